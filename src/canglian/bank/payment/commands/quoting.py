"""What a payment or a refund would come to, source by source. Nothing is changed: all of it is undone at once."""

from collections.abc import Iterable
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.payment import sources
from canglian.bank.payment.authorising import lines_of
from canglian.bank.payment.commands.values import Channel, OrderId, PaymentId, Sources
from canglian.bank.payment.foreseeing import require_payment, require_refund
from canglian.bank.payment.model import Payment, PaymentLine, PaymentOrder
from canglian.bank.payment.paying import pay
from canglian.bank.payment.refunding import refund
from canglian.bank.payment.rules import require_active_merchant, require_captured, require_open_order
from canglian.kernel.command import Command, Read
from canglian.kernel.fields import doc
from canglian.kernel.foreseeing import foreseeing
from canglian.kernel.values import Amount
from canglian.ledger.book import Book


class QuotedLine(msgspec.Struct, frozen=True):
    """What one source would pay, or get back."""

    source: Annotated[str, doc("What kind of source, such as `wallet`.")]
    item: Annotated[str, doc("The id of what pays, such as a wallet's.")]
    holder: Annotated[str | None, doc("Whose money it is: the customer's id, or null.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    amount: Annotated[int, doc("How much, in fen.")]


class QuoteOrder(Command[list[QuotedLine]], kind="payment.quote_order"):
    """Which source would pay what of an order. Rejects what paying it rejects."""

    order: OrderId
    sources: Sources
    channel: Channel

    def reads(self) -> Iterable[Read]:
        return [(PaymentOrder, self.order), *sources.reads(self.sources)]

    def decide(self, book: Book) -> list[QuotedLine]:
        order = require_open_order(book, self.order)
        with foreseeing(book, lambda: require_payment(book, [order.merchant], self.sources)):
            return self._decide(book, order)

    def _decide(self, book: Book, order: PaymentOrder) -> list[QuotedLine]:
        merchant = require_active_merchant(book, order.merchant)

        def lines(preview: Book) -> list[QuotedLine]:
            paid = pay(preview, order, merchant, self.sources, channel=self.channel)
            return [_quoted(line, line.captured) for line in lines_of(preview, paid)]

        return book.preview(lines)


class QuoteRefundsAhead(Command[list[list[QuotedLine]]], kind="payment.quote_refunds_ahead"):
    """What would go back to which source if an order were paid like this, and each of some amounts refunded of it.

    Rejects what paying it and refunding it reject.
    """

    order: OrderId
    sources: Sources
    channel: Channel
    amounts: Annotated[tuple[Amount, ...], Meta(min_length=1, max_length=4)]

    def reads(self) -> Iterable[Read]:
        return [(PaymentOrder, self.order), *sources.reads(self.sources)]

    def decide(self, book: Book) -> list[list[QuotedLine]]:
        order = require_open_order(book, self.order)
        with foreseeing(book, lambda: require_payment(book, [order.merchant], self.sources)):
            return [self._decide(book, order, amount) for amount in self.amounts]

    def _decide(self, book: Book, order: PaymentOrder, amount: int) -> list[QuotedLine]:
        merchant = require_active_merchant(book, order.merchant)

        def lines(preview: Book) -> list[QuotedLine]:
            paid = pay(preview, order, merchant, self.sources, channel=self.channel)
            refund(preview, paid, amount, number="quote", reason="quote", channel=self.channel)
            return [_quoted(line, line.refunded) for line in reversed(lines_of(preview, paid)) if line.refunded]

        return book.preview(lines)


class QuoteRefund(Command[list[QuotedLine]], kind="payment.quote_refund"):
    """What would go back to which source. Rejects what the refund rejects."""

    payment: PaymentId
    amount: Amount

    def reads(self) -> Iterable[Read]:
        return ((Payment, self.payment),)

    def decide(self, book: Book) -> list[QuotedLine]:
        payment = require_captured(book, self.payment)
        with foreseeing(book, lambda: require_refund(book, payment)):
            return self._decide(book, payment)

    def _decide(self, book: Book, payment: Payment) -> list[QuotedLine]:
        before = {line.id: line.refunded for line in lines_of(book, payment)}

        def lines(preview: Book) -> list[QuotedLine]:
            refund(preview, payment, self.amount, number="quote", reason="quote", channel=payment.channel)
            back = [(line, line.refunded - before[line.id]) for line in reversed(lines_of(preview, payment))]
            return [_quoted(line, amount) for line, amount in back if amount]

        return book.preview(lines)


def _quoted(line: PaymentLine, amount: int) -> QuotedLine:
    return QuotedLine(line.source, line.item, line.holder, line.asset, amount)
