"""Refunds of payments, whole or in parts."""

from collections.abc import Iterable

from canglian.bank.payment.commands.values import Channel, OwnNumber, PaymentId
from canglian.bank.payment.foreseeing import require_refund
from canglian.bank.payment.model import Payment, Refund
from canglian.bank.payment.refunding import refund
from canglian.bank.payment.rules import require_captured
from canglian.kernel.command import Command, Read
from canglian.kernel.fields import Reason
from canglian.kernel.foreseeing import foreseeing
from canglian.kernel.values import Amount
from canglian.ledger.book import Book


class RefundPayment(Command[Refund], kind="payment.refund"):
    """Give a payment back, or a part of it: ``amount`` of the order's price, to the sources in reverse order.

    The same number with the same figures again answers the refund that there is. Rejects ``payment.not_paid``,
    ``refund.*``, and what a source refuses to take back.
    """

    payment: PaymentId
    number: OwnNumber
    amount: Amount
    reason: Reason
    channel: Channel

    def reads(self) -> Iterable[Read]:
        return ((Payment, self.payment),)

    def decide(self, book: Book) -> Refund:
        payment = require_captured(book, self.payment)
        with foreseeing(book, lambda: require_refund(book, payment, number=self.number)):
            return self._decide(book, payment)

    def _decide(self, book: Book, payment: Payment) -> Refund:
        known = book.find(Refund, "number", (payment.merchant, self.number))
        if known:
            return self._again(book, known[0])
        return refund(book, payment, self.amount, number=self.number, reason=self.reason, channel=self.channel)

    def _again(self, book: Book, known: Refund) -> Refund:
        if (known.payment, known.gross) != (self.payment, self.amount):
            book.reject("refund.number_taken", number=self.number, refund=known.id, field="number")
        return known
