"""Settling merchants: their terms, the cut-off of a day, many accounts at once, and a payout that is tried again."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.payment.commands.values import MerchantId
from canglian.bank.payment.model import Merchant
from canglian.bank.settlement.settling.model import (
    Cutoff,
    Settlement,
    SettlementPosition,
    SettlementState,
    SettlementTerms,
)
from canglian.bank.settlement.settling.paying_out import pay_out, require_destinations
from canglian.bank.settlement.settling.settle import DueSettlement, settle
from canglian.bank.settlement.settling.terms import CYCLE_MAX, terms_of
from canglian.kernel.command import Command, Read
from canglian.kernel.fields import Field, Reason, Unit, doc, identifier
from canglian.kernel.values import AMOUNT_MAX
from canglian.ledger.book import Book
from canglian.ledger.model import Balance

Day = date  # a field named date would hide the type
SettlementId = Annotated[str, identifier("stl", "A settlement's id.")]
CHUNK_MAX = 1024


class SetSettlementTerms(Command[SettlementTerms], kind="settlement.set_terms"):
    """How a merchant is settled from the next run on. Rejects ``merchant.not_found``."""

    merchant: MerchantId
    cycle: Annotated[
        int,
        Meta(
            ge=0,
            le=CYCLE_MAX,
            description="After how many business days what is paid is settled: 0 is T+0, 1 is T+1.",
        ),
        Field(label="Settled after business days", help="0 is T+0, 1 is T+1."),
    ]
    minimum: Annotated[
        int,
        Meta(ge=0, le=AMOUNT_MAX, description="What a payout comes to at least, in fen; less is carried over."),
        Field(label="At least, yuan", unit=Unit.MONEY),
    ] = 0

    def decide(self, book: Book) -> SettlementTerms:
        terms = _terms(book, self.merchant)
        return _stored(book, terms.replace(cycle=self.cycle, minimum=self.minimum))


class HoldSettlement(Command[SettlementTerms], kind="settlement.hold"):
    """Pay a merchant nothing out for now; what it is owed waits. Rejects ``settlement.held_already``."""

    merchant: MerchantId
    reason: Reason

    def decide(self, book: Book) -> SettlementTerms:
        terms = _terms(book, self.merchant)
        if terms.hold_reason is not None:
            book.reject("settlement.held_already", merchant=self.merchant)
        return _stored(book, terms.replace(hold_reason=self.reason))


class ReleaseSettlement(Command[SettlementTerms], kind="settlement.release"):
    """Pay a merchant out again, from the next run on. Rejects ``settlement.not_held``."""

    merchant: MerchantId
    reason: Reason

    def decide(self, book: Book) -> SettlementTerms:
        terms = _terms(book, self.merchant)
        if terms.hold_reason is None:
            book.reject("settlement.not_held", merchant=self.merchant)
        return _stored(book, terms.replace(hold_reason=None))


class CutOffDay(Command[Cutoff], kind="settlement.cut_off"):
    """Note where the movements of the business date end. The same day again answers what was noted first.

    Rejects ``settlement.other_day``.
    """

    date: Annotated[Day, doc("The business date.")]
    last_transfer: Annotated[int, Meta(ge=0), doc("The last transfer of the ledger before the cut-off.")]

    def decide(self, book: Book) -> Cutoff:
        found = book.maybe(Cutoff, self.date)
        if found is not None:
            return found
        if self.date != book.today:
            book.reject("settlement.other_day", date=self.date.isoformat(), today=book.today.isoformat())
        book.emit("day.cut_off", f"day:{self.date.isoformat()}", date=self.date.isoformat())
        return book.add(Cutoff(self.date, self.last_transfer, book.now))


class LeftAccount(msgspec.Struct, frozen=True):
    """An account that was not settled, and why: ``settlement.moved`` asks for another reading."""

    account: int
    code: str


class SettledAccounts(msgspec.Struct, frozen=True):
    """How many accounts were settled, what was paid out of them in fen by asset, and those that were not."""

    settled: int
    paid: dict[str, int]
    left: list[LeftAccount]


class SettleAccounts(Command[SettledAccounts], kind="settlement.settle"):
    """Settle many accounts of merchants on a business date, as they were read. Rejects ``settlement.other_day``.

    One that has moved since it was read is left out, and read again; so is one that was settled on the date.
    """

    date: Annotated[Day, doc("The business date.")]
    accounts: Annotated[list[DueSettlement], Meta(min_length=1, max_length=CHUNK_MAX), doc("What was read.")]

    def weight(self) -> int:
        return len(self.accounts)

    def reads(self) -> Iterable[Read]:
        for due in self.accounts:
            yield from due.reads()

    def decide(self, book: Book) -> SettledAccounts:
        if self.date != book.today:
            book.reject("settlement.other_day", date=self.date.isoformat(), today=book.today.isoformat())
        book.require(self.reads())
        require_destinations(book, [(due.merchant, due.asset) for due in self.accounts])
        book.require([(Balance, due.account) for due in self.accounts])
        paid, left, count = dict[str, int](), list[LeftAccount](), 0
        for due in self.accounts:
            done = settle(book, self.date, due)
            if isinstance(done, str):
                left.append(LeftAccount(due.account, done))
                continue
            count += 1
            paid[done.asset] = paid.get(done.asset, 0) + done.paid_out
        return SettledAccounts(count, paid, left)


class PayOutSettlement(Command[Settlement], kind="settlement.pay_out"):
    """Try again to pay out what a settlement carried over, as the last one of its account.

    Rejects ``settlement.superseded``, ``settlement.nothing_due``, ``settlement.held``, ``settlement.no_destination``
    and what the payout itself rejects.
    """

    settlement: SettlementId
    kept: Annotated[int, Meta(ge=0), doc("What of the account is kept back to be split now.")]

    def decide(self, book: Book) -> Settlement:
        settlement = book.get(Settlement, self.settlement)
        position = book.get(SettlementPosition, settlement.account)
        if position.settlement != settlement.id:
            book.reject("settlement.superseded", settlement=settlement.id, last=position.settlement)
        balance = book.get(Balance, settlement.account)
        has = balance.credits - balance.debits
        payable = max(0, min(settlement.carried_out - min(settlement.kept_back, self.kept), has - self.kept))
        if not payable:
            book.reject("settlement.nothing_due", settlement=settlement.id)
        if terms_of(book, settlement.merchant).hold_reason is not None:
            book.reject("settlement.held", merchant=settlement.merchant)
        paid = pay_out(book, settlement.merchant, settlement.asset, settlement.account, payable, settlement.id)
        book.put(position.replace(carried=position.carried - payable))
        book.emit(
            "settlement.paid",
            f"settlement:{settlement.id}",
            settlement=settlement.id,
            merchant=settlement.merchant,
            amount=payable,
            asset=settlement.asset,
        )
        return book.put(
            settlement.replace(
                paid_out=settlement.paid_out + payable,
                carried_out=settlement.carried_out - payable,
                state=SettlementState.PAID,
                reason=None,
                destination=paid.destination,
                transfer=paid.transfer,
                updated_at=book.now,
            )
        )


def _terms(book: Book, merchant: str) -> SettlementTerms:
    book.get(Merchant, merchant)
    return terms_of(book, merchant)


def _stored(book: Book, terms: SettlementTerms) -> SettlementTerms:
    terms = terms.replace(updated_at=book.now, updated_by=book.actor)
    held = terms.hold_reason is not None
    book.emit("settlement.terms_set", f"merchant:{terms.merchant}", merchant=terms.merchant, held=held)
    return book.add(terms) if book.maybe(SettlementTerms, terms.merchant) is None else book.put(terms)
