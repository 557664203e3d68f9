"""Authorising an order, taking what is held in parts, and letting go of it."""

from collections.abc import Iterable
from typing import Annotated

from canglian.bank.payment import authorising, sources
from canglian.bank.payment.commands.values import Channel, OrderId, PaymentId, Sources
from canglian.bank.payment.foreseeing import require_payment
from canglian.bank.payment.model import Payment, PaymentOrder
from canglian.bank.payment.rules import require_active_merchant, require_open_order
from canglian.kernel.command import Command, Read
from canglian.kernel.fields import Field, Reason, Unit, doc
from canglian.kernel.foreseeing import foreseeing
from canglian.kernel.values import Amount
from canglian.ledger.book import Book


class AuthoriseOrder(Command[Payment], kind="payment.authorise_order"):
    """Set aside what an order asks for, from one or several sources; it is taken later.

    Rejects as ``PayOrder`` does.
    """

    order: OrderId
    sources: Sources
    channel: Channel

    def reads(self) -> Iterable[Read]:
        return [(PaymentOrder, self.order), *sources.reads(self.sources)]

    def decide(self, book: Book) -> Payment:
        order = require_open_order(book, self.order)
        with foreseeing(book, lambda: require_payment(book, (order.merchant,), self.sources)):
            merchant = require_active_merchant(book, order.merchant)
            return authorising.authorise(book, order, merchant, self.sources, channel=self.channel)


class CapturePayment(Command[Payment], kind="payment.capture"):
    """Take what is held for a payment, or a part of it; where its payee may not be paid any more, let go of it.

    What the channel has set aside is asked for there: the payment is ``capturing`` until it answers.
    Rejects ``payment.not_held``, ``payment.capturing``, ``payment.hold_expired`` and ``payment.above_authorised``.
    """

    payment: PaymentId
    amount: Annotated[
        Amount | None,
        doc("How much of the order's price is taken; null for all that is left."),
        Field(unit=Unit.MONEY, help="In yuan of the order's price; empty for all that is left."),
    ] = None
    final: Annotated[bool, doc("Whether what is left is let go."), Field(label="Let go of the rest")] = False

    def reads(self) -> Iterable[Read]:
        return ((Payment, self.payment),)

    def decide(self, book: Book) -> Payment:
        payment = book.get(Payment, self.payment)
        return authorising.capture(book, payment, self.amount, final=self.final)


class CancelPayment(Command[Payment], kind="payment.cancel"):
    """Let go of what is still held for a payment. Rejects ``payment.not_held`` and ``payment.capturing``."""

    payment: PaymentId
    reason: Reason

    def reads(self) -> Iterable[Read]:
        return ((Payment, self.payment),)

    def decide(self, book: Book) -> Payment:
        return authorising.release(book, book.get(Payment, self.payment), "cancelled", self.reason)


class ExpireAuthorisation(Command[Payment], kind="payment.expire_authorisation"):
    """What is held was not taken in time: it is let go, after the answer where a part of it is being asked for.

    Rejects ``payment.not_held`` and ``payment.not_due``.
    """

    payment: PaymentId

    def decide(self, book: Book) -> Payment:
        payment = book.get(Payment, self.payment)
        if payment.expires_at is not None and payment.expires_at > book.now:
            book.reject("payment.not_due", payment=payment.id)
        if payment.capturing:
            return payment
        return authorising.release(book, payment, "expired")
