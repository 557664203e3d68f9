"""Orders: opened by a merchant, closed by it, or expired because nobody paid."""

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from canglian.bank.payment.commands.values import (
    Discount,
    Goods,
    MerchantId,
    OrderId,
    OwnNumber,
    ReturnUrl,
    Shipping,
    StoreId,
    Subject,
)
from canglian.bank.payment.model import Merchant, OrderState, PaymentOrder
from canglian.bank.payment.ordering import open_order
from canglian.bank.payment.quoted import ended
from canglian.bank.payment.rules import require_active_merchant
from canglian.kernel.command import Command, Find, Read
from canglian.kernel.fields import Field, Reason, doc
from canglian.kernel.values import Amount
from canglian.ledger.book import Book


class OpenOrder(Command[PaymentOrder], kind="payment.open_order"):
    """Ask to be paid. The same number with the same figures again answers the order that there is.

    Rejects ``merchant.*``, ``payment_order.number_taken``, ``payment_order.discount`` and ``payment_order.too_long``.
    """

    merchant: MerchantId
    number: OwnNumber
    subject: Subject
    amount: Amount
    discount: Discount = 0
    minutes: Annotated[
        Annotated[int, Meta(ge=1, le=60 * 24 * 366)] | None,
        doc("For how many minutes it can be paid; null for the usual time."),
        Field(label="Minutes to pay"),
    ] = None
    split: Annotated[
        bool,
        doc("Whether what is paid is kept back to be split among receivers."),
        Field(label="Keep back to be split"),
    ] = False
    goods: Goods = ()
    store: Annotated[StoreId | None, doc("The store that asks to be paid, or null."), Field(label="Store")] = None
    return_url: Annotated[
        ReturnUrl | None, doc("Where the payer is sent back to, on a web site of the merchant; null for nowhere.")
    ] = None
    shipping: Shipping = 0

    def reads(self) -> Iterable[Read]:
        return ((Merchant, self.merchant),)

    def finds(self) -> Iterable[Find]:
        return ((PaymentOrder, "number", (self.merchant, self.number)),)

    def decide(self, book: Book) -> PaymentOrder:
        merchant = require_active_merchant(book, self.merchant)
        return open_order(
            book,
            merchant,
            number=self.number,
            subject=self.subject,
            amount=self.amount,
            discount=self.discount,
            minutes=self.minutes,
            split=self.split,
            goods=self.goods,
            store=self.store,
            return_url=self.return_url,
            shipping=self.shipping,
        )


class CloseOrder(Command[PaymentOrder], kind="payment.close_order"):
    """The merchant wants no payment for an order any more. Rejects ``payment_order.*`` where it is not open."""

    order: OrderId
    reason: Reason

    def decide(self, book: Book) -> PaymentOrder:
        order = book.get(PaymentOrder, self.order)
        if order.state is not OrderState.OPEN:
            book.reject(f"payment_order.{order.state.value}", payment_order=order.id)
        ended(book, order)
        book.emit("payment_order.closed", f"payment_order:{order.id}", payment_order=order.id, merchant=order.merchant)
        return book.put(order.replace(state=OrderState.CLOSED, reason=self.reason, updated_at=book.now))


class ExpireOrder(Command[PaymentOrder], kind="payment.expire_order"):
    """Nobody has paid in time. Rejects ``payment_order.not_due``, and ``payment_order.*`` where it is not open."""

    order: OrderId

    def decide(self, book: Book) -> PaymentOrder:
        order = book.get(PaymentOrder, self.order)
        if order.state is not OrderState.OPEN:
            book.reject(f"payment_order.{order.state.value}", payment_order=order.id)
        if order.expires_at > book.now:
            book.reject("payment_order.not_due", payment_order=order.id)
        ended(book, order)
        book.emit("payment_order.expired", f"payment_order:{order.id}", payment_order=order.id, merchant=order.merchant)
        return book.put(order.replace(state=OrderState.EXPIRED, updated_at=book.now))
