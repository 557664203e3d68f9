"""The use cases of reconciliation: what a run found, and what people make of it.

A run begins the day, records what it found by chunks, clears what it did not find again, and ends. Each is done once
under its key, and done twice in vain, so a run that was killed is run again.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.settlement.reconciling.matching import DifferenceKind, Side
from canglian.bank.settlement.reconciling.model import (
    BridgeFigures,
    DayState,
    DifferenceState,
    ReconciliationDay,
    ReconciliationDifference,
    ReconciliationPolicy,
    ResolutionKind,
    SideFigures,
    SideLine,
)
from canglian.bank.settlement.reconciling.payouts import book_payout
from canglian.bank.settlement.reconciling.rules import (
    POLICIES,
    RULES,
    change,
    difference_id,
    grace_until,
    moved,
    policy_on,
    priority_of,
    state_of,
)
from canglian.kernel.command import Command, Read
from canglian.kernel.fields import Field, Note, Reason, Unit, doc, identifier, impersonal
from canglian.kernel.values import AMOUNT_MAX, Name
from canglian.ledger.book import Book

DAYS_MAX = 3_660
"""So many days back a day may lie: channels keep their files for some years, and no book is older than its bank."""
CHUNK_MAX = 1_000
LINES_MAX = 20
"""So many lines of a side are kept with a difference."""

Day = Annotated[date, Field(label="Date"), doc("The business date.")]
ChannelCode = Annotated[
    str,
    Meta(pattern=r"^[a-z][a-z_]{1,23}\Z", description="The channel by which the money came: `wallet`."),
    Field(label="Channel"),
]
DifferenceId = Annotated[str, identifier("rcd", "A difference's id."), Field(label="Difference")]
Key = Annotated[str, Meta(min_length=1, max_length=700, description="By what lines are matched.")]
Sum = Annotated[int, Meta(ge=-(2**62), le=2**62)]
Begun = Annotated[int | None, doc("Which run records it; another one that has begun meanwhile has the last word.")]


class FoundDifference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A difference as a run found it."""

    side: Annotated[Side, doc("The side on which it is wrong.")]
    kind: Annotated[DifferenceKind, doc("What is wrong.")]
    key: Key
    found: Annotated[Sum, doc("What the side has, in fen.")]
    expected: Annotated[Sum, doc("What it should have.")]
    lines: Annotated[
        list[SideLine], Meta(max_length=3 * LINES_MAX), doc("The lines of each side that it is about.")
    ] = msgspec.field(default_factory=list[SideLine])


class Recorded(msgspec.Struct, frozen=True):
    """What became of a chunk: differences that are new, open again, or open with another amount."""

    opened: int
    reopened: int
    changed: int


class BeginReconciliation(Command[ReconciliationDay], kind="reconciliation.begin"):
    """Begin a run of a day of a channel; one that is under way records no more.

    Rejects ``reconciliation_day.not_over`` and ``reconciliation_day.too_old``.
    """

    date: Day
    channel: ChannelCode

    def reads(self) -> Iterable[Read]:
        return ((ReconciliationDay, (self.date, self.channel)),)

    def decide(self, book: Book) -> ReconciliationDay:
        if self.date > book.today:
            book.reject("reconciliation_day.not_over", date=self.date.isoformat(), today=book.today.isoformat())
        first = book.today - timedelta(days=DAYS_MAX)
        if self.date < first:
            book.reject("reconciliation_day.too_old", date=self.date.isoformat(), first=first.isoformat())
        day = book.maybe(ReconciliationDay, (self.date, self.channel))
        if day is not None:
            return book.put(day.replace(begun=day.begun + 1))
        return book.add(
            ReconciliationDay(
                date=self.date,
                channel=self.channel,
                state=DayState.INCOMPLETE,
                sides=[],
                bridges=[],
                matched={},
                pending=0,
                breaks=0,
                begun=1,
                run=0,
                digest="",
                first_at=book.now,
                updated_at=book.now,
                updated_by=book.actor,
            )
        )


class RecordDifferences(Command[Recorded], kind="reconciliation.record"):
    """Note what a run found. What is known with the same amount stays as it is; with another it is open again.

    What one day lacks and another has too much is a matter of time: both are resolved. Rejects
    ``reconciliation_day.superseded``.
    """

    date: Day
    channel: ChannelCode
    differences: Annotated[list[FoundDifference], Meta(max_length=CHUNK_MAX, description="What was found.")]
    begun: Begun = None

    def reads(self) -> Iterable[Read]:
        return [(ReconciliationDay, (self.date, self.channel)), *((ReconciliationDifference, i) for i in self._ids())]

    def _ids(self) -> list[str]:
        return [difference_id(self.date, self.channel, d.side, d.kind, d.key) for d in self.differences]

    def decide(self, book: Book) -> Recorded:
        book.require(
            self.reads(), [(ReconciliationDifference, "key", (self.channel, found.key)) for found in self.differences]
        )
        day = _day_of_run(book, self.date, self.channel, self.begun)
        opened = reopened = changed = 0
        for identity, found in zip(self._ids(), self.differences, strict=True):
            known = book.maybe(ReconciliationDifference, identity)
            if known is None:
                opened += 1
                day = self._open(book, day, identity, found)
            elif known.state is DifferenceState.CLEARED or known.difference != found.found - found.expected:
                reopened += not known.state.is_open
                changed += known.state.is_open
                day = self._again(book, day, known, found)
        book.put(day)
        return Recorded(opened, reopened, changed)

    def _open(self, book: Book, day: ReconciliationDay, identity: str, found: FoundDifference) -> ReconciliationDay:
        policy, difference = policy_on(book, self.date), found.found - found.expected
        until = grace_until(policy, self.date)
        state = DifferenceState.PENDING if book.today <= until else DifferenceState.BREAK
        other = self._other_day(book, found)
        if other is not None:
            state = DifferenceState.RESOLVED
            change(book, other, state=state, resolution=ResolutionKind.TIMING)
        book.add(
            ReconciliationDifference(
                id=identity,
                date=self.date,
                channel=self.channel,
                side=found.side,
                kind=found.kind,
                key=found.key,
                found=found.found,
                expected=found.expected,
                difference=difference,
                lines=found.lines,
                priority=priority_of(policy, difference),
                state=state,
                grace_until=until,
                assignee=None,
                resolution=None if other is None else ResolutionKind.TIMING,
                reason=None,
                reopened=0,
                first_at=book.now,
                updated_at=book.now,
                updated_by=book.actor,
            )
        )
        if state is DifferenceState.BREAK:
            _emit(book, "reconciliation.break_opened", identity)
        return moved(book, day, None, state)

    def _other_day(self, book: Book, found: FoundDifference) -> ReconciliationDifference | None:
        """The open difference of another day that this one makes good."""
        known = book.find(ReconciliationDifference, "key", (self.channel, found.key))
        return next(
            (
                other
                for other in known
                if other.state.is_open
                and other.date != self.date
                and other.side is found.side
                and other.difference == found.expected - found.found
            ),
            None,
        )

    def _again(
        self, book: Book, day: ReconciliationDay, known: ReconciliationDifference, found: FoundDifference
    ) -> ReconciliationDay:
        difference, state = found.found - found.expected, known.state
        if not state.is_open:
            state = DifferenceState.PENDING if book.today <= known.grace_until else DifferenceState.BREAK
            _emit(book, "reconciliation.difference_reopened", known.id)
        book.put(
            known.replace(
                found=found.found,
                expected=found.expected,
                difference=difference,
                lines=found.lines,
                priority=priority_of(policy_on(book, self.date), difference),
                state=state,
                assignee=known.assignee if known.state.is_open else None,
                resolution=None,
                reason=None,
                reopened=known.reopened + (not known.state.is_open),
                updated_at=book.now,
                updated_by=book.actor,
            )
        )
        return moved(book, day, known.state, state)


class ClearDifferences(Command[int], kind="reconciliation.clear"):
    """A run did not find these again: the sides agree about them now. What is open no more stays as it is.

    Rejects ``reconciliation_day.superseded``.
    """

    differences: Annotated[list[DifferenceId], Meta(max_length=CHUNK_MAX, description="The differences' ids.")]
    begun: Begun = None

    def reads(self) -> Iterable[Read]:
        return [(ReconciliationDifference, identity) for identity in self.differences]

    def decide(self, book: Book) -> int:
        found = [book.get(ReconciliationDifference, identity) for identity in self.differences]
        for on, channel in {(difference.date, difference.channel): None for difference in found}:
            _day_of_run(book, on, channel, self.begun)
        still = [difference for difference in found if difference.state.is_open]
        for difference in still:
            change(book, difference, state=DifferenceState.CLEARED)
        return len(still)


class MarkBreaks(Command[int], kind="reconciliation.mark_breaks"):
    """The grace of these is over: what is still pending is a break."""

    differences: Annotated[list[DifferenceId], Meta(max_length=CHUNK_MAX, description="The differences' ids.")]

    def reads(self) -> Iterable[Read]:
        return [(ReconciliationDifference, identity) for identity in self.differences]

    def decide(self, book: Book) -> int:
        found = [book.get(ReconciliationDifference, identity) for identity in self.differences]
        over = [
            difference
            for difference in found
            if difference.state is DifferenceState.PENDING and difference.grace_until < book.today
        ]
        for difference in over:
            change(book, difference, state=DifferenceState.BREAK)
            _emit(book, "reconciliation.break_opened", difference.id)
        return len(over)


class EndReconciliation(Command[ReconciliationDay], kind="reconciliation.end"):
    """A run is at its end: what it read, how the sides lead to each other, and what the channel keeps and pays out.

    Rejects ``reconciliation_day.superseded``.
    """

    date: Day
    channel: ChannelCode
    sides: Annotated[list[SideFigures], doc("What was read of each side that has arrived.")]
    bridges: Annotated[list[BridgeFigures], doc("How the ledger leads to each other side.")]
    matched: Annotated[dict[str, int], doc("Keys without a difference, by their shape.")]
    digest: Annotated[str, Meta(max_length=64, description="The fingerprint of what was found.")]
    begun: Begun = None

    def reads(self) -> Iterable[Read]:
        return ((ReconciliationDay, (self.date, self.channel)),)

    def decide(self, book: Book) -> ReconciliationDay:
        day = _day_of_run(book, self.date, self.channel, self.begun)
        after = day.replace(
            sides=self.sides,
            bridges=self.bridges,
            matched=self.matched,
            digest=self.digest,
            run=day.run + 1,
            updated_at=book.now,
            updated_by=book.actor,
        )
        after = book_payout(book, after.replace(state=state_of(after)))
        book.emit(
            "reconciliation.ended",
            f"reconciliation:{self.date.isoformat()}:{self.channel}",
            date=self.date.isoformat(),
            channel=self.channel,
            state=after.state.value,
            breaks=after.breaks,
        )
        return book.put(after)


class AssignDifference(Command[ReconciliationDifference], kind="reconciliation.assign"):
    """Somebody looks into a difference. Rejects ``reconciliation_difference.closed``."""

    difference: DifferenceId
    assignee: Annotated[Name, Field(label="Assigned to", check=impersonal), doc("Who looks into it.")]

    def decide(self, book: Book) -> ReconciliationDifference:
        found = _open_one(book, self.difference)
        _emit(book, "reconciliation.difference_assigned", found.id)
        return change(book, found, state=DifferenceState.ASSIGNED, assignee=self.assignee)


class ResolveDifference(Command[ReconciliationDifference], kind="reconciliation.resolve"):
    """The cause of a difference is known and dealt with; money that had to move has moved by a use case of its own.

    Rejects ``reconciliation_difference.closed``.
    """

    difference: DifferenceId
    resolution: Annotated[ResolutionKind, Field(label="Resolution"), doc("Why it needs no more work.")]
    reason: Reason

    def decide(self, book: Book) -> ReconciliationDifference:
        found = _open_one(book, self.difference)
        _emit(book, "reconciliation.difference_resolved", found.id)
        return change(book, found, state=DifferenceState.RESOLVED, resolution=self.resolution, reason=self.reason)


class AcceptDifference(Command[ReconciliationDifference], kind="reconciliation.accept"):
    """A difference stays as it is; with another amount it is open again.

    Rejects ``reconciliation_difference.closed``.
    """

    difference: DifferenceId
    reason: Reason

    def decide(self, book: Book) -> ReconciliationDifference:
        found = _open_one(book, self.difference)
        _emit(book, "reconciliation.difference_accepted", found.id)
        return change(book, found, state=DifferenceState.ACCEPTED, reason=self.reason)


class ReopenDifference(Command[ReconciliationDifference], kind="reconciliation.reopen"):
    """A difference that was resolved or accepted needs work again. Rejects ``reconciliation_difference.not_ended``."""

    difference: DifferenceId
    reason: Reason

    def decide(self, book: Book) -> ReconciliationDifference:
        found = book.get(ReconciliationDifference, self.difference)
        if found.state not in (DifferenceState.RESOLVED, DifferenceState.ACCEPTED):
            book.reject("reconciliation_difference.not_ended", state=found.state.value)
        state = DifferenceState.PENDING if book.today <= found.grace_until else DifferenceState.BREAK
        _emit(book, "reconciliation.difference_reopened", found.id)
        return change(
            book,
            found,
            state=state,
            assignee=None,
            resolution=None,
            reason=self.reason,
            reopened=found.reopened + 1,
        )


class AddReconciliationPolicy(Command[ReconciliationPolicy], kind="reconciliation.add_policy"):
    """A new version of the figures.

    Rejects ``reconciliation_policy.in_past``, ``reconciliation_policy.exists``, ``reconciliation_policy.bounds``.
    """

    effective_from: Annotated[date, doc("The business date from which the figures count.")]
    grace_days: Annotated[
        int,
        Meta(ge=0, le=30, description="For how many days a difference is pending before it is a break."),
        Field(label="Days of grace"),
    ]
    medium_from: Annotated[
        int,
        Meta(ge=0, le=AMOUNT_MAX, description="From which amount on a difference is of medium priority, in fen."),
        Field(label="Medium priority from, yuan", unit=Unit.MONEY),
    ]
    high_from: Annotated[
        int,
        Meta(ge=0, le=AMOUNT_MAX, description="From which amount on a difference is of high priority, in fen."),
        Field(label="High priority from, yuan", unit=Unit.MONEY),
    ]
    note: Note

    def decide(self, book: Book) -> ReconciliationPolicy:
        if self.high_from < self.medium_from:
            book.reject("reconciliation_policy.bounds", field="high_from")
        figures = {name: getattr(self, name) for name in self.__struct_fields__}
        return POLICIES.add(book, RULES, self.effective_from, {"rules": RULES, **figures})


def _day_of_run(book: Book, on: date, channel: str, begun: int | None) -> ReconciliationDay:
    """A day, for the run that was begun last."""
    day = book.get(ReconciliationDay, (on, channel))
    if begun is not None and begun != day.begun:
        book.reject("reconciliation_day.superseded", date=on.isoformat())
    return day


def _open_one(book: Book, identity: str) -> ReconciliationDifference:
    found = book.get(ReconciliationDifference, identity)
    if not found.state.is_open:
        book.reject("reconciliation_difference.closed", reconciliation_difference=identity, state=found.state.value)
    return found


def _emit(book: Book, kind: str, difference: str) -> None:
    book.emit(kind, f"reconciliation_difference:{difference}", reconciliation_difference=difference)
