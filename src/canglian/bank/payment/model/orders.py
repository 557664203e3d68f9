"""Orders: what a merchant asks to be paid for."""

import enum
from datetime import date, datetime
from typing import Annotated

from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc


class OrderState(enum.StrEnum):
    """Open until it is paid, closed by the merchant, or expired; authorised while money is held for it."""

    OPEN = "open"
    AUTHORISED = "authorised"
    PAID = "paid"
    CLOSED = "closed"
    EXPIRED = "expired"


class PaymentOrder(
    Entity, frozen=True, table="payment_order", indexes={"number": ("merchant", "number"), "code": ("code",)}
):
    """An order (订单). ``number`` is the merchant's own, once for each merchant.

    ``amount`` is the price, of which ``discount`` is the merchant's own gift: the rest is paid. ``code`` are the digits
    that a payer scans; they ask for money and move none, so they stand here in plain.
    """

    id: Annotated[str, doc("The order's id.")]
    merchant: Annotated[str, doc("The merchant's id.")]
    number: Annotated[str, doc("The merchant's own number of the order.")]
    subject: Annotated[str, doc("What is paid for; the payer reads it.")]
    amount: Annotated[int, doc("The price in fen, before the discount.")]
    discount: Annotated[int, doc("What the merchant takes off the price, in fen.")]
    code: Annotated[str, doc("The digits that a payer scans or types to pay it.")]
    state: Annotated[OrderState, doc("`open`, `authorised`, `paid`, `closed` or `expired`.")]
    payment: Annotated[str | None, doc("The payment that paid it, or null.")]
    reason: Annotated[str | None, doc("Why it was closed, or null.")]
    opened_on: Annotated[date, doc("The business date on which it was opened.")]
    opened_at: Annotated[datetime, doc("When it was opened.")]
    opened_by: Annotated[str, doc("Who opened it.")]
    expires_at: Annotated[datetime, doc("Until when it can be paid.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    split: Annotated[bool, doc("Whether what is paid is kept back to be split among receivers.")] = False
    goods: Annotated[tuple[str, ...], doc("The kinds of goods that are paid for, as the merchant says.")] = ()
    store: Annotated[str | None, doc("The store that asks to be paid, or null.")] = None
    region: Annotated[
        str | None, doc("The division of GB/T 2260 in which it is paid for, or null for the merchant's.")
    ] = None
    return_url: Annotated[str | None, doc("Where the payer is sent back to, on a web site of the merchant.")] = None
    shipping: Annotated[int, doc("What of the price is no goods, such as shipping: no coupon takes it off.")] = 0
    quote: Annotated[str | None, doc("The quote that keeps discounts for it, or null.")] = None

    @property
    def payable(self) -> int:
        """What has to be paid for it."""
        return self.amount - self.discount

    @property
    def discountable(self) -> int:
        """What of it coupons may take off: all but shipping."""
        return self.payable - self.shipping
