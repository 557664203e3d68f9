"""What can be done to merchants, orders and payments: who may, and what is asked."""

from typing import Any

from canglian.bank.party.api.paths import ReasonBody
from canglian.bank.payment import availability, requests
from canglian.bank.payment.api import bodies, lists
from canglian.bank.payment.api.orders import OrderView, seen
from canglian.bank.payment.api.paths import ClaimPath, MerchantPath, OrderPath, PaymentPath, RefundPath
from canglian.bank.payment.commands import (
    AuthoriseOrder,
    CancelPayment,
    CapturePayment,
    ChangeMerchant,
    CloseMerchant,
    CloseOrder,
    CreatePayment,
    DrawPrepaidCard,
    KeepUnsplit,
    OpenOrder,
    PayOrder,
    RefundPayment,
    RegisterMerchant,
    ResumeMerchant,
    SetMerchantRisk,
    SplitPayment,
    SuspendMerchant,
    TakePayment,
)
from canglian.bank.payment.model import Merchant, Payment, PaymentOrder, Refund, SplitShare
from canglian.bank.payment.queries import claims, merchants, orders, payments
from canglian.bank.payment.typed import PaymentTyped, SplitTyped
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.form import Form, Input
from canglian.web.principal import Permission


def _act(command: Any, name: str, help_: str, route: Route, **more: Any) -> Action:
    return Action(command=command, name=name, help=help_, permission=Permission.POST, route=route, **more)


REGISTER = _act(
    RegisterMerchant,
    "register",
    "Register a merchant, and open the accounts in which it is owed what is paid to it.",
    Route(operation_id="registerMerchant", response=Merchant, status=201),
    form=Form(title="Register a merchant", submit="Register"),
)
CHANGE = _act(
    ChangeMerchant,
    "change",
    "Change what is known of a merchant; what is left out stays.",
    Route(
        operation_id="changeMerchant",
        path="/{merchant:str}",
        method="PATCH",
        response=Merchant,
        body="MerchantChange",
        body_help="What to change of a merchant; what is left out stays, null clears.",
    ),
    target=("merchant",),
    form=Form(title="Change the merchant", submit="Change"),
)
SUSPEND = _act(
    SuspendMerchant,
    "suspend",
    "Take no new order and no payment for a merchant.",
    Route(operation_id="suspendMerchant", path="/{merchant:str}/suspension", response=Merchant, body=ReasonBody),
    target=("merchant",),
    form=Form(
        title="Suspend the merchant",
        submit="Suspend",
        confirm="Suspend this merchant? It takes no payments until it is resumed.",
        danger=True,
        applies=availability.is_active,
    ),
)
RESUME = _act(
    ResumeMerchant,
    "resume",
    "Take orders and payments for a merchant again.",
    Route(operation_id="resumeMerchant", path="/{merchant:str}/resumption", response=Merchant, body=ReasonBody),
    target=("merchant",),
    form=Form(title="Resume the merchant", submit="Resume", applies=availability.is_suspended),
)
OPEN = _act(
    OpenOrder,
    "open",
    "Open an order. The same number with the same figures again answers the order that there is.",
    Route(operation_id="openPaymentOrder", response=OrderView, seen=seen, status=201),
    form=Form(title="Open an order", submit="Open the order", omit=("merchant",), unavailable=availability.taking),
)
CLOSE = _act(
    CloseOrder,
    "close",
    "Close an order that nobody has paid.",
    Route(operation_id="closePaymentOrder", path="/{payment_order:str}/close", response=PaymentOrder, body=ReasonBody),
    target=("order",),
    form=Form(
        title="Close the order",
        submit="Close",
        confirm="Close this order? It cannot be paid any more.",
        unavailable=availability.closed,
    ),
)
PAY = _act(
    PayOrder,
    "pay",
    "Pay an order from one or several sources, with the PIN of each wallet.",
    Route(
        operation_id="payOrder",
        path="/{payment_order:str}/pay",
        response=Payment,
        status=201,
        body=bodies.PayOrderRequest,
    ),
    target=("order",),
    resolve={"sources": requests.sources, "channel": requests.channel},
    cli=False,
)
AUTHORISE = _act(
    AuthoriseOrder,
    "authorise",
    "Set aside what an order asks for, with the PIN of each wallet; it is taken later.",
    Route(
        operation_id="authoriseOrder",
        path="/{payment_order:str}/authorise",
        response=Payment,
        status=201,
        body=bodies.PayOrderRequest,
    ),
    target=("order",),
    resolve={"sources": requests.sources, "channel": requests.channel},
    cli=False,
)
TAKE = _act(
    TakePayment,
    "take",
    "Take the payment of an order by the pay code of the payer's wallet.",
    Route(
        operation_id="takePayment",
        path="/{payment_order:str}/take",
        response=Payment,
        status=201,
        body=bodies.TakePaymentRequest,
    ),
    target=("order",),
    resolve={"code_digest": requests.code, "channel": requests.channel},
    cli=False,
)
CREATE = _act(
    CreatePayment,
    "create",
    "Open an order and have it paid at once, by the codes that the merchant has scanned or by sources with their PINs.",
    Route(operation_id="createPayment", response=Payment, status=201, body=bodies.CreatePaymentRequest),
    resolve={
        "sources": requests.sources,
        "code_digests": requests.codes,
        "receivers": requests.receivers,
        "channel": requests.channel,
    },
    typed=PaymentTyped,
)
DRAW = _act(
    DrawPrepaidCard,
    "draw",
    "Draw a use on a prepaid card by the pay code of its buyer's wallet: the card alone pays.",
    Route(
        operation_id="drawPrepaidCard",
        path="/prepaid-uses",
        response=Payment,
        status=201,
        body=bodies.DrawCardRequest,
    ),
    resolve={"code_digest": requests.code, "channel": requests.channel},
    cli=False,
)
CAPTURE = _act(
    CapturePayment,
    "capture",
    "Take what is held for a payment, or a part of the order's price; let go of it where the payee may not be paid.",
    Route(
        operation_id="capturePayment",
        path="/{payment:str}/capture",
        response=Payment,
        body="CaptureRequest",
        body_help="How much of the order's price is taken.",
    ),
    target=("payment",),
    form=Form(title="Capture", submit="Capture", applies=availability.is_held, unavailable=availability.captured),
)
CANCEL = _act(
    CancelPayment,
    "cancel",
    "Let go of what is still held for a payment.",
    Route(operation_id="cancelPayment", path="/{payment:str}/cancel", response=Payment, body=ReasonBody),
    target=("payment",),
    form=Form(
        title="Cancel the authorisation",
        submit="Cancel it",
        confirm="Let go of what is held? The merchant cannot take it any more.",
        danger=True,
        applies=availability.is_held,
        unavailable=availability.captured,
    ),
)
CLOSE_MERCHANT = _act(
    CloseMerchant,
    "close",
    "Close a merchant for ever: no orders and no payments; what was paid may still be refunded.",
    Route(operation_id="closeMerchant", path="/{merchant:str}/closing", response=Merchant, body=ReasonBody),
    target=("merchant",),
    form=Form(
        title="Close the merchant",
        submit="Close for ever",
        confirm="Close this merchant for ever? It takes no payments any more; refunds stay possible.",
        danger=True,
        note=availability.closing_gives_back,
        applies=availability.may_close,
    ),
)
RISK = _act(
    SetMerchantRisk,
    "set-risk",
    "Say how the bank sees a merchant: of high risk, nothing is split and nothing paid out.",
    Route(
        operation_id="setMerchantRisk",
        path="/{merchant:str}/risk",
        response=Merchant,
        body="MerchantRiskRequest",
        body_help="How the bank sees a merchant, and why.",
    ),
    target=("merchant",),
    form=Form(
        title="Set the risk",
        submit="Set",
        note="Of high risk, nothing is split and nothing paid out.",
        applies=availability.is_not_closed,
    ),
)
SPLIT = _act(
    SplitPayment,
    "split",
    "Give shares of a payment to other merchants, each with an outcome of its own.",
    Route(
        operation_id="splitPayment",
        path="/{payment:str}/splits",
        response=list[SplitShare],
        status=201,
        body="SplitRequest",
        body_help="Who gets how much of a payment.",
    ),
    target=("payment",),
    typed=SplitTyped,
    form=Form(
        title="Split",
        submit="Split",
        confirm="Give this share to the receiver? It comes back only with refunds.",
        inputs=(
            Input(name="number", help="A number of the merchant for this split; the same one again splits nothing."),
        ),
        unavailable=availability.split,
    ),
)
UNSPLIT = _act(
    KeepUnsplit,
    "keep-unsplit",
    "What was kept back of a payment to be split is the merchant's.",
    Route(operation_id="keepPaymentUnsplit", path="/{payment:str}/unsplit", response=Payment),
    target=("payment",),
    form=Form(
        title="Split nothing more",
        submit="Give the rest to the merchant",
        confirm="Keep nothing of this payment back any more? It is the merchant's.",
        applies=availability.is_kept_back,
    ),
)
REFUND = _act(
    RefundPayment,
    "refund",
    "Give a payment back, or a part of the order's price, to its sources in reverse order.",
    Route(
        operation_id="refundPayment",
        path="/{payment:str}/refunds",
        response=Refund,
        status=201,
        body="RefundRequest",
        body_help="How much of the order's price is refunded, and why.",
    ),
    target=("payment",),
    resolve={"channel": requests.channel},
    form=Form(
        title="Refund",
        submit="Refund",
        confirm="Refund this amount? The money goes back to the sources of the payment.",
        danger=True,
        inputs=(
            Input(name="number", help="A number of the merchant for this refund; the same one again refunds nothing."),
            Input(name="amount", help="In yuan of the order's price, before its discount."),
        ),
        unavailable=availability.refunded,
    ),
)

MERCHANTS = Resource(
    name="merchant",
    path="/merchants",
    tag="payments",
    plural="merchants",
    actions=(REGISTER, CHANGE, SUSPEND, RESUME, CLOSE_MERCHANT, RISK),
    parameters={"merchant": MerchantPath},
    handlers=lists.MERCHANTS,
    listing=Listing(
        read=merchants.merchants,
        filter=merchants.MerchantFilter,
        columns=("id", "name", "category", "region", "store", "state", "fees"),
    ),
    show=merchants.merchant,
)
ORDERS = Resource(
    name="payment-order",
    path="/payment-orders",
    tag="payments",
    plural="orders",
    actions=(OPEN, CLOSE, PAY, AUTHORISE, TAKE),
    parameters={"payment_order": OrderPath},
    handlers=lists.ORDERS,
    listing=Listing(
        read=orders.orders,
        filter=orders.OrderFilter,
        columns=("id", "merchant", "number", "subject", "amount", "discount", "state", "expires_at"),
        money=("discount", "shipping"),
    ),
    show=orders.order,
)
PAYMENTS = Resource(
    name="payment",
    path="/payments",
    tag="payments",
    actions=(CREATE, DRAW, CAPTURE, CANCEL, SPLIT, UNSPLIT, REFUND),
    parameters={"payment": PaymentPath},
    handlers=lists.PAYMENTS,
    listing=Listing(
        read=payments.payments,
        filter=payments.PaymentFilter,
        columns=("id", "merchant", "order", "amount", "fee", "refunded", "state", "at"),
        money=("gross", "gross_captured", "captured", "gross_refunded", "refunded", "fee", "tax", "capturing"),
    ),
    show=payments.payment,
)
REFUNDS = Resource(
    name="refund",
    path="/refunds",
    tag="payments",
    plural="refunds",
    parameters={"refund": RefundPath},
    handlers=lists.REFUNDS,
    listing=Listing(
        read=payments.refunds,
        filter=payments.RefundFilter,
        columns=("id", "payment", "number", "gross", "amount", "reason", "at"),
        money=("gross", "fee", "tax"),
    ),
    show=payments.refund,
)

CLAIMS = Resource(
    name="split-claim",
    path="/split-claims",
    tag="payments",
    plural="claims",
    parameters={"split_claim": ClaimPath},
    handlers=lists.CLAIMS,
    listing=Listing(
        read=claims.claims,
        filter=claims.ClaimFilter,
        columns=("id", "receiver", "merchant", "amount", "on", "share", "refund"),
        money=("collected",),
    ),
    show=claims.claim,
)

RESOURCES = (MERCHANTS, ORDERS, PAYMENTS, REFUNDS, CLAIMS)
ON_MERCHANT = (CHANGE, SUSPEND, RESUME, RISK, CLOSE_MERCHANT)
"""What the page of a merchant offers, in its order; ``OPEN`` stands before them."""
ON_PAYMENT = (CAPTURE, CANCEL, REFUND, SPLIT, UNSPLIT)
"""What the page of a payment offers, in its order."""
