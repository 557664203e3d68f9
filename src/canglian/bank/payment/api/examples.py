"""Examples of bodies, links, and what the tags are about, for the API's description. Everybody in them is made up."""

from typing import Any

_WALLET = "wal_" + "0" * 26
_MERCHANT = "mer_" + "0" * 26

EXAMPLES: dict[str, dict[str, Any]] = {
    "RegisterMerchant": {
        "name": "新城鲜果店",
        "category": "5411",
        "region": "330106",
        "store": "文二路店",
        "payout_wallet": _WALLET,
    },
    "MerchantChange": {"store": "文三路店"},
    "OpenOrder": {
        "merchant": _MERCHANT,
        "number": "till-1-0007",
        "subject": "鲜果一篮",
        "amount": 4990,
        "discount": 500,
        "minutes": 15,
    },
    "AddStore": {
        "merchant": _MERCHANT,
        "code": "wener",
        "name": "文二路店",
        "region": "330106",
        "address": "文二路 391 号",
    },
    "StoreChange": {"name": "文三路店"},
    "AddMerchantStaff": {"merchant": _MERCHANT, "party": "pty_" + "0" * 26, "role": "cashier"},
    "MerchantRiskRequest": {"risk": "watch", "reason": "投诉增多"},
    "PayOrderRequest": {"sources": [{"item": _WALLET, "pin": "719064"}]},
    "TakePaymentRequest": {"code": "280000000000000016"},
    "DrawCardRequest": {
        "merchant": _MERCHANT,
        "number": "visit-0007",
        "subject": "健身一次",
        "amount": 5000,
        "code": "280000000000000016",
    },
    "CreatePaymentRequest": {
        "merchant": _MERCHANT,
        "number": "till-1-0008",
        "subject": "鲜果一篮",
        "amount": 4990,
        "store": "sto_" + "0" * 26,
        "codes": ["280000000000000016"],
        "receivers": [{"merchant": _MERCHANT[:-1] + "1", "share_bps": 1000}],
    },
    "CaptureRequest": {"amount": 1000, "final": False},
    "PayByChannel": {"order": "ord_" + "0" * 26, "method": "qr"},
    "NotificationRequest": {"url": "https://shop.example/canglian", "kinds": ["payment.paid", "payment.refunded"]},
    "SplitRequest": {"number": "split-0001", "receivers": [{"merchant": _MERCHANT, "share_bps": 1000}]},
    "RefundRequest": {"number": "return-0001", "amount": 1000, "reason": "少了一盒"},
    "SetFeeSchedule": {
        "code": "standard",
        "name": "标准商户",
        "rate_bps": 38,
        "tax_bps": 600,
        "refundable": True,
        "note": "新费率",
        "effective_from": "2099-01-01",
    },
    "AddPaymentPolicy": {
        "effective_from": "2099-01-01",
        "order_minutes": 30,
        "order_days_max": 7,
        "refund_days": 365,
        "refunds_max": 50,
        "hold_days": 30,
        "split_share_max_bps": 3000,
        "split_days": 30,
        "note": "新规生效",
    },
}
"""An example by the name of the body's schema."""

TAGS = {
    "payments": "Merchants, their orders, what is paid for them, and refunds; fees and bounds by version.",
}

LINKS: dict[str, dict[str, str]] = {
    "registerMerchant": {"getMerchant": "merchant", "suspendMerchant": "merchant"},
    "openPaymentOrder": {
        "getPaymentOrder": "payment_order",
        "payOrder": "payment_order",
        "authoriseOrder": "payment_order",
        "takePayment": "payment_order",
        "closePaymentOrder": "payment_order",
    },
    "payOrder": {"getPayment": "payment", "refundPayment": "payment"},
    "createPayment": {"getPayment": "payment", "refundPayment": "payment"},
    "drawPrepaidCard": {"getPayment": "payment", "refundPayment": "payment"},
    "authoriseOrder": {"capturePayment": "payment", "cancelPayment": "payment"},
    "takePayment": {"getPayment": "payment", "refundPayment": "payment"},
    "payOrderByChannel": {"getChannelOrder": "channel_order", "enquireChannelOrder": "channel_order"},
    "refundPayment": {"getRefund": "refund"},
}
"""From the id of an operation's answer to the parameter of another that it fills."""
