"""Splitting a payment among receivers."""

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from canglian.bank.payment import splitting
from canglian.bank.payment.commands.values import OwnNumber, PaymentId
from canglian.bank.payment.foreseeing import require_payment
from canglian.bank.payment.model import Payment, PaymentLine, Receiver, ShareState, SplitShare
from canglian.bank.payment.rules import require_captured
from canglian.kernel.book import FindKey
from canglian.kernel.command import Command, Read
from canglian.kernel.fields import identifier
from canglian.kernel.foreseeing import foreseeing
from canglian.ledger.book import Book

ShareId = Annotated[str, identifier("shr", "A share's id.")]


class SplitPayment(Command[list[SplitShare]], kind="payment.split"):
    """Give shares of a payment to other merchants. The same number with the same receivers again answers the same.

    Rejects ``payment.not_paid``, ``merchant.not_found`` and ``split.*``.
    """

    payment: PaymentId
    number: OwnNumber
    receivers: Annotated[
        tuple[Receiver, ...], Meta(min_length=1, max_length=50, description="Who gets how much, in this order.")
    ]

    def reads(self) -> Iterable[Read]:
        return ((Payment, self.payment),)

    def decide(self, book: Book) -> list[SplitShare]:
        payment = require_captured(book, self.payment)
        with foreseeing(book, lambda: self._require(book, payment)):
            return self._decide(book, payment)

    def _require(self, book: Book, payment: Payment) -> None:
        more: list[FindKey] = [
            (SplitShare, "number", (payment.merchant, self.number)),
            (SplitShare, "payment", payment.id),
            (PaymentLine, "payment", payment.id),
        ]
        names = (payment.merchant, *(receiver.merchant for receiver in self.receivers))
        require_payment(book, names, more=more)

    def _decide(self, book: Book, payment: Payment) -> list[SplitShare]:
        known = sorted(
            book.find(SplitShare, "number", (payment.merchant, self.number)), key=lambda share: share.position
        )
        if known:
            return self._again(book, known)
        return splitting.split(book, payment, self.receivers, self.number)

    def _again(self, book: Book, known: list[SplitShare]) -> list[SplitShare]:
        asked = [(receiver.merchant, receiver.amount) for receiver in self.receivers]
        same = len(asked) == len(known) and all(
            merchant == share.receiver and amount in (None, share.amount)
            for (merchant, amount), share in zip(asked, known, strict=False)
        )
        if known[0].payment != self.payment or not same:
            book.reject("split.number_taken", number=self.number, payment=known[0].payment, field="number")
        return known


class CompleteShare(Command[SplitShare], kind="payment.complete_share"):
    """Give a share that waits to its receiver, or let it fail. Rejects ``split.not_pending`` and ``split.waiting``."""

    share: ShareId

    def decide(self, book: Book) -> SplitShare:
        share = book.get(SplitShare, self.share)
        if share.state is not ShareState.PENDING:
            book.reject("split.not_pending", split_share=share.id, state=share.state.value)
        return splitting.complete(book, book.get(Payment, share.payment), share)


class KeepUnsplit(Command[Payment], kind="payment.keep_unsplit"):
    """What was kept back to be split is the merchant's: its time is over, or the merchant says so.

    Rejects ``split.not_frozen``.
    """

    payment: PaymentId

    def decide(self, book: Book) -> Payment:
        payment = book.get(Payment, self.payment)
        if payment.split_until is None:
            book.reject("split.not_frozen", payment=payment.id)
        book.emit("payment.unsplit", f"payment:{payment.id}", payment=payment.id, merchant=payment.merchant)
        return book.put(payment.replace(split_until=None, updated_at=book.now))
