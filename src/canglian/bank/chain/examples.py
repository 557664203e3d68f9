"""Examples of bodies, links, and what the tags are about, for the API's description. Everybody in them is made up."""

from typing import Any

_MEMBER = "chm_" + "0" * 26
_INVOICE = {
    "core": _MEMBER,
    "supplier": "chm_" + "1" * 26,
    "face": 50_000_000,
    "invoice_number": "26330000000012345678",
    "invoice_total": 50_000_000,
    "invoice_dated": "2026-01-04",
    "invoice_digest": "5" * 64,
}

EXAMPLES: dict[str, dict[str, Any]] = {
    "EnrolCore": {
        "party": "pty_" + "0" * 26,
        "account": "dep_" + "0" * 26,
        "facility": "fac_" + "0" * 26,
        "product": "loan.chain",
        "advance_bps": 9_000,
        "order_bps": 7_000,
    },
    "EnrolSupplier": {
        "core": _MEMBER,
        "party": "pty_" + "0" * 26,
        "account": "dep_" + "0" * 26,
        "tier": 1,
        "dealer": False,
    },
    "VoucherRequest": {**_INVOICE, "matures_on": "2026-06-30"},
    "LongVoucherRequest": {**_INVOICE, "matures_on": "2026-12-30", "reason": "电站质保期一年"},
    "VoucherAcceptanceRequest": {"wallet": "wal_" + "0" * 26, "pin": "271828"},
    "VoucherRefusalRequest": {"reason": "到货数量与发票不符"},
    "VoucherPartsRequest": {"parts": [30_000_000, 20_000_000]},
    "VoucherTransferRequest": {"new_holder": _MEMBER, "amount": 20_000_000},
    "VoucherFinancingRequest": {"amount": 20_000_000, "recourse": True},
    "TradeContractRequest": {
        "core": _MEMBER,
        "partner": "chm_" + "1" * 26,
        "number": "PO-2026-0117",
        "amount": 80_000_000,
        "dated": "2026-01-04",
        "deliver_by": "2026-03-01",
        "digest": "6" * 64,
    },
    "TradeSignatureRequest": {"wallet": "wal_" + "0" * 26, "pin": "271828"},
    "TradeRefusalRequest": {"reason": "到货数量与发票不符"},
    "TradeFinancingRequest": {"months": 3, "amount": 50_000_000},
    "TradeDeliveryRequest": {
        "seller": "chm_" + "1" * 26,
        "buyer": _MEMBER,
        "delivery_digest": "7" * 64,
        "invoice_number": "26330000000012345679",
        "invoice_total": 80_000_000,
        "invoice_dated": "2026-02-20",
        "invoice_digest": "8" * 64,
    },
    "GoodsReleaseRequest": {"goods": 20_000_000},
    "VoucherFreezeRequest": {"reason": "贸易背景核查"},
    "VoucherUnfreezeRequest": {"reason": "核查完毕，情况属实"},
}
"""An example by the name of the body's schema."""

TAGS = {
    "chain members": "Core companies with their limits, and the suppliers of their chains; who owes whom.",
    "trade contracts": "Orders and dealers' purchases that the bank finances against a core company's limit.",
    "vouchers": "Receivable e-vouchers: issued, accepted, split, transferred, financed, redeemed or in default.",
}

LINKS: dict[str, dict[str, str]] = {
    "enrolCore": {"getChainMember": "chain_member", "listDebts": "chain_member"},
    "registerTradeContract": {
        "getTradeContract": "contract",
        "confirmTradeContract": "contract",
        "declineTradeContract": "contract",
        "financeTradeContract": "contract",
    },
    "issueVoucher": {
        "getVoucher": "voucher",
        "quoteVoucher": "voucher",
        "acceptVoucher": "voucher",
        "declineVoucher": "voucher",
        "splitVoucher": "voucher",
        "transferVoucher": "voucher",
        "financeVoucher": "voucher",
    },
}
"""From the id of an operation's answer to the parameter of another that it fills."""
