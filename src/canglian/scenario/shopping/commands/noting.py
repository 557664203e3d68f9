"""Notes for risk about merchants: made by the watch, with the settlement on hold, and looked at by people."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from canglian.bank.payment import Merchant, MerchantRisk
from canglian.bank.payment.commands import SetMerchantRisk
from canglian.bank.settlement.settling.commands import HoldSettlement, ReleaseSettlement
from canglian.bank.settlement.settling.terms import terms_of
from canglian.kernel.command import Command
from canglian.kernel.fields import Reason
from canglian.ledger.book import Book
from canglian.scenario.shopping.commands.values import MerchantId, NoteId
from canglian.scenario.shopping.model import NoteState, SeasonNote, Sign

HELD = "消费季风险提示：疑似自买自卖"
"""Why a settlement is on hold, as the merchant's terms say."""


class NoteMerchant(Command[SeasonNote], kind="shopping.note_merchant"):
    """Note a merchant whose sales with coupons look made: it is watched, and its settlement is on hold meanwhile.

    Rejects ``season_note.open`` where one is open already.
    """

    merchant: MerchantId
    signs: Annotated[tuple[Sign, ...], Meta(min_length=1, max_length=3, description="What was seen.")]
    payments: Annotated[int, Meta(ge=1, description="How many payments with coupons it had in that time.")]
    discount: Annotated[int, Meta(ge=0, description="What coupons took off in them, in fen.")]
    since: Annotated[datetime, Meta(tz=True, description="The beginning of the time that was looked at.")]

    def decide(self, book: Book) -> SeasonNote:
        merchant = book.get(Merchant, self.merchant)
        if any(note.state is NoteState.OPEN for note in book.find(SeasonNote, "merchant", merchant.id)):
            book.reject("season_note.open")
        holds = terms_of(book, merchant.id).hold_reason is None
        if holds:
            HoldSettlement(merchant=merchant.id, reason=HELD).decide(book)
        if merchant.risk is MerchantRisk.NORMAL:
            SetMerchantRisk(merchant=merchant.id, risk=MerchantRisk.WATCH, reason=HELD).decide(book)
        identity = book.new_id("srn")
        book.emit("season.merchant_noted", f"merchant:{merchant.id}", season_note=identity, merchant=merchant.id)
        return book.add(
            SeasonNote(
                id=identity,
                merchant=merchant.id,
                signs=self.signs,
                payments=self.payments,
                discount=self.discount,
                since=self.since,
                holds=holds,
                state=NoteState.OPEN,
                reason=None,
                noted_at=book.now,
                updated_at=book.now,
            )
        )


class ClearNote(Command[SeasonNote], kind="shopping.clear_note"):
    """Nothing was wrong: the settlement goes on, and the merchant is as it was. Rejects ``season_note.state``."""

    note: NoteId
    reason: Reason

    def decide(self, book: Book) -> SeasonNote:
        note = _require_open(book, self.note)
        if note.holds and terms_of(book, note.merchant).hold_reason == HELD:
            ReleaseSettlement(merchant=note.merchant, reason=self.reason).decide(book)
        if book.get(Merchant, note.merchant).risk is MerchantRisk.WATCH:
            SetMerchantRisk(merchant=note.merchant, risk=MerchantRisk.NORMAL, reason=self.reason).decide(book)
        return _looked_at(book, note, NoteState.CLEARED, self.reason)


class ConfirmNote(Command[SeasonNote], kind="shopping.confirm_note"):
    """It was so: the settlement stays on hold, and the merchant is of high risk. Rejects ``season_note.state``."""

    note: NoteId
    reason: Reason

    def decide(self, book: Book) -> SeasonNote:
        note = _require_open(book, self.note)
        SetMerchantRisk(merchant=note.merchant, risk=MerchantRisk.HIGH, reason=self.reason).decide(book)
        return _looked_at(book, note, NoteState.CONFIRMED, self.reason)


def _require_open(book: Book, identity: str) -> SeasonNote:
    note = book.get(SeasonNote, identity)
    if note.state is not NoteState.OPEN:
        book.reject("season_note.state", state=note.state.value)
    return note


def _looked_at(book: Book, note: SeasonNote, state: NoteState, reason: str) -> SeasonNote:
    book.emit(f"season.note_{state.value}", f"merchant:{note.merchant}", season_note=note.id, reason=reason)
    return book.put(note.replace(state=state, reason=reason, updated_at=book.now))
