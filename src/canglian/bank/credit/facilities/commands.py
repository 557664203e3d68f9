"""Facilities: their limit changed and reviewed, frozen and freed; parts of a limit held and let go of."""

from datetime import date, timedelta
from typing import Annotated

from msgspec import Meta

from canglian.bank.approval import Approvable, Description, Fact, approvable
from canglian.bank.credit.facilities import limits
from canglian.bank.credit.facilities.model import Facility, FacilityState, LimitHold, LimitHoldState
from canglian.bank.credit.loans.owing import refuse_owing
from canglian.bank.credit.products.commands import LoanProductCode
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, PlainText, Reason, Unit, doc, identifier, impersonal
from canglian.kernel.values import AMOUNT_MAX, Amount, Reference
from canglian.ledger.book import Book

FacilityId = Annotated[str, identifier("fac", "A facility's id.")]
LimitHoldId = Annotated[str, identifier("fho", "The id of a hold on a limit.")]
HELD_DAYS_MAX = 90
REVIEW_DAYS = 365
"""After how many days a facility is reviewed."""


class ReviewFacility(Command[Facility], kind="credit.review_facility"):
    """Review a facility: set its limit over all products, and when it is reviewed next.

    A limit below what is drawn stays in force: nothing more is drawn until enough is repaid. Rejects
    ``facility.review_past``.
    """

    facility: FacilityId
    limit: Annotated[
        int,
        Meta(ge=0, le=AMOUNT_MAX, description="The most over all products, in fen."),
        Field(label="Unified limit", help="In yuan, over all products.", unit=Unit.MONEY),
    ]
    reason: Reason
    review_on: Annotated[
        date | None,
        doc("When it is reviewed next; left out, in a year."),
        Field(label="Next review", help="Empty for in a year."),
    ] = None

    def decide(self, book: Book) -> Facility:
        facility = book.get(Facility, self.facility)
        review_on = self.review_on or book.today + timedelta(days=REVIEW_DAYS)
        if review_on <= book.today:
            book.reject("facility.review_past", today=book.today.isoformat(), field="review_on")
        book.emit("facility.reviewed", f"facility:{facility.id}", facility=facility.id, limit=self.limit)
        return book.put(
            facility.replace(limit=self.limit, review_on=review_on, reason=self.reason, updated_at=book.now)
        )


class FreezeFacility(Command[Facility], kind="credit.freeze_facility"):
    """Freeze a facility: nothing is drawn or held of it any more. Rejects ``facility.state``."""

    facility: FacilityId
    reason: Reason

    def decide(self, book: Book) -> Facility:
        return _moved(book, self.facility, FacilityState.ACTIVE, FacilityState.FROZEN, self.reason)


class UnfreezeFacility(Command[Facility], kind="credit.unfreeze_facility"):
    """Free a facility again. Rejects ``facility.state``."""

    facility: FacilityId
    reason: Reason

    def decide(self, book: Book) -> Facility:
        return _moved(book, self.facility, FacilityState.FROZEN, FacilityState.ACTIVE, self.reason)


class HoldLimit(Command[LimitHold], kind="credit.hold_limit"):
    """Set a part of a limit aside: an estimate of what will be drawn. The same number again holds nothing more.

    Rejects ``facility.*`` and ``loan.party_overdue`` as a drawdown does, ``limit_hold.until`` and
    ``limit_hold.number_taken``.
    """

    facility: FacilityId
    product: LoanProductCode
    amount: Annotated[Amount, doc("How much is set aside, in fen.")]
    note: Annotated[
        PlainText,
        doc("What it is for."),
        Field(label="What for", help="Kept on record as plain text: do not enter numbers here.", check=impersonal),
    ]
    until: Annotated[
        date | None,
        doc("The last business date on which it counts; left out, seven days from now."),
        Field(label="Until", help="Empty for seven days."),
    ] = None
    number: Annotated[
        Reference | None, doc("The caller's own number of it, once in a facility."), Field(label="Number")
    ] = None

    def decide(self, book: Book) -> LimitHold:
        facility = book.get(Facility, self.facility)
        until = self.until or book.today + timedelta(days=7)
        if not book.today <= until <= book.today + timedelta(days=HELD_DAYS_MAX):
            book.reject("limit_hold.until", days=HELD_DAYS_MAX, field="until")
        if self.number is not None:
            for other in book.find(LimitHold, "number", (facility.id, self.number)):
                if (other.product, other.amount) == (self.product, self.amount):
                    return other
                book.reject("limit_hold.number_taken", number=self.number, limit_hold=other.id, field="number")
        refuse_owing(book, facility.party)
        limits.hold(book, facility, self.product, self.amount)
        identity = book.new_id("fho")
        book.emit("limit_hold.pending", f"facility:{facility.id}", facility=facility.id, amount=self.amount)
        return book.add(
            LimitHold(
                id=identity,
                facility=facility.id,
                product=self.product,
                amount=self.amount,
                drawn=0,
                state=LimitHoldState.PENDING,
                number=self.number,
                note=self.note,
                until=until,
                at=book.now,
                by=book.actor,
                updated_at=book.now,
            )
        )


class ReleaseLimit(Command[LimitHold], kind="credit.release_limit"):
    """Let go of a hold on a limit. Rejects ``limit_hold.state``."""

    limit_hold: LimitHoldId

    def decide(self, book: Book) -> LimitHold:
        return _ended(book, self.limit_hold, LimitHoldState.RELEASED)


class ExpireLimitHold(Command[LimitHold], kind="credit.expire_limit_hold"):
    """A hold whose last day is over is let go of. Rejects ``limit_hold.state`` and ``limit_hold.not_due``."""

    limit_hold: LimitHoldId

    def decide(self, book: Book) -> LimitHold:
        held = book.get(LimitHold, self.limit_hold)
        if held.until >= book.today:
            book.reject("limit_hold.not_due", until=held.until.isoformat())
        return _ended(book, self.limit_hold, LimitHoldState.EXPIRED)


def require_pending(book: Book, identity: str) -> LimitHold:
    """A hold that counts. Rejects ``limit_hold.not_found`` and ``limit_hold.state``."""
    held = book.get(LimitHold, identity)
    if held.state is not LimitHoldState.PENDING:
        book.reject("limit_hold.state", limit_hold=held.id, state=held.state.value)
    return held


def _ended(book: Book, identity: str, state: LimitHoldState) -> LimitHold:
    held = require_pending(book, identity)
    book.emit(f"limit_hold.{state.value}", f"facility:{held.facility}", facility=held.facility, amount=held.amount)
    return limits.end_hold(book, held, state)


def _moved(book: Book, identity: str, before: FacilityState, after: FacilityState, reason: str) -> Facility:
    facility = book.get(Facility, identity)
    if facility.state is not before:
        book.reject("facility.state", facility=facility.id, state=facility.state.value)
    book.emit(f"facility.{after.value}", f"facility:{facility.id}", facility=facility.id)
    return book.put(facility.replace(state=after, reason=reason, updated_at=book.now))


def _reviewing(book: Book, command: ReviewFacility) -> Description:
    facility = book.get(Facility, command.facility)
    facts = [
        Fact("Facility", "code", facility.id),
        Fact("Holder", "holder", facility.party),
        Fact("Unified limit now", "money", facility.limit, asset="CNY", watched=True),
        Fact("Unified limit", "money", command.limit, asset="CNY"),
        Fact("Drawn", "money", facility.used, asset="CNY"),
        Fact("Reason", "text", command.reason),
    ]
    return Description(f"facility:{facility.id}", facts, command.limit, "CNY")


approvable(
    Approvable(
        ReviewFacility,
        "Review a facility",
        _reviewing,
        outcome=lambda facility: f"facility:{facility.id}",
        reason="reason",
        matter=lambda command: f"facility:{command.facility}",
    )
)
