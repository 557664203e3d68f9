"""The card and QR channel as a source of payments: a payer of another bank, whose money the channel has collected.

Only the answer of the channel pays from it; whoever else names it is refused.
"""

from collections.abc import Iterable

from canglian.bank.payment import channel
from canglian.bank.payment.from_wallets import PAID
from canglian.bank.payment.model import Merchant, Payment, PaymentLine, SourceUse
from canglian.bank.payment.model.channel import ChannelKind, ChannelOrder, ChannelState
from canglian.bank.payment.sources import Capture, Held, Leg, Paying, register
from canglian.kernel.command import Read
from canglian.ledger.book import Book


class _Channel:
    discount = False

    def reads(self, use: SourceUse) -> Iterable[Read]:
        return ((ChannelOrder, use.item),)

    def needs(self, book: Book, use: SourceUse) -> Iterable[Read]:
        return ()

    def available(self, book: Book, paying: Paying, use: SourceUse) -> int:
        return self._came(book, paying, use).amount

    def pay(self, book: Book, paying: Paying, use: SourceUse, amount: int) -> Leg:
        order = self._came(book, paying, use)
        moved = book.transfer(
            channel.owed_account(book), paying.payable(book, order.asset), amount, PAID, reference=paying.payment
        )
        book.put(order.replace(transfer=moved.id))
        return Leg(order.asset, None, moved.id)

    def refund(
        self, book: Book, payment: Payment, line: PaymentLine, merchant: Merchant, amount: int, *, whole: bool
    ) -> int:
        return channel.refund(book, payment, line.item, merchant, amount)

    def hold(self, book: Book, paying: Paying, use: SourceUse, amount: int) -> Held:
        order = self._came(book, paying, use)
        owed, payable = channel.owed_account(book), paying.payable(book, order.asset)
        return Held(order.asset, None, book.hold(owed, payable, amount, PAID, reference=paying.payment).id)

    def allows(self, book: Book, line: PaymentLine, merchant: Merchant) -> bool:
        return True

    def request_capture(self, book: Book, capture: Capture, line: PaymentLine) -> bool:
        channel.request_capture(book, line.item, capture)
        return True

    def capture(self, book: Book, payment: Payment, line: PaymentLine, amount: int) -> int:
        return book.capture(line.hold or 0, amount, reference=payment.id).id

    def release(self, book: Book, payment: Payment, line: PaymentLine) -> None:
        book.release(line.hold or 0)
        channel.request_release(book, line.item, line.amount - line.captured, payment.id)

    @staticmethod
    def _came(book: Book, paying: Paying, use: SourceUse) -> ChannelOrder:
        """An order whose money has just come for this very order, or was set aside for it.

        Rejects ``channel_order.not_collected``.
        """
        order = book.get(ChannelOrder, use.item)
        kind = ChannelKind.AUTHORISE if paying.later else ChannelKind.PAY
        came = order.kind is kind and order.state is ChannelState.SUCCEEDED
        used = order.late or order.payment is not None or order.transfer is not None
        if not came or used or order.order != paying.order.id or order.amount != paying.order.payable:
            book.reject("channel_order.not_collected", channel_order=order.id, field="sources")
        return order


register(channel.SOURCE, _Channel())
