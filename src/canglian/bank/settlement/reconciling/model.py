"""What is kept of reconciliation: figures by version, days, and what differed on them."""

import enum
from datetime import date, datetime
from typing import Annotated

import msgspec

from canglian.bank.settlement.reconciling.matching import DifferenceKind, Side
from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc


class DayState(enum.StrEnum):
    """Incomplete while a side has not arrived whole; open while differences wait within their grace."""

    INCOMPLETE = "incomplete"
    OPEN = "open"
    BREAKS = "with_breaks"
    BALANCED = "balanced"


class DifferenceState(enum.StrEnum):
    """Pending within its grace, a break after it. Resolved has its cause; accepted stays as it is, for its amount.

    Cleared says that the sides agree now.
    """

    PENDING = "pending"
    BREAK = "break"
    ASSIGNED = "assigned"
    RESOLVED = "resolved"
    ACCEPTED = "accepted"
    CLEARED = "cleared"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something about it, or time has."""
        return self in (DifferenceState.PENDING, DifferenceState.BREAK, DifferenceState.ASSIGNED)


class Priority(enum.StrEnum):
    """How soon somebody has to look at it; its amount decides."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class ResolutionKind(enum.StrEnum):
    """Why a difference needs no more work."""

    TIMING = "timing"
    CORRECTED_HERE = "corrected_here"
    CORRECTED_THERE = "corrected_there"
    WRONG_FILE = "wrong_file"
    OTHER = "other"


Day = date  # a field named date would hide the type


class ReconciliationPolicy(
    Entity, frozen=True, table="reconciliation_policy", key=("effective_from",), indexes={"rules": ("rules",)}
):
    """The figures of reconciliation from a business date on."""

    effective_from: Annotated[date, doc("The business date from which the figures count.")]
    rules: Annotated[str, doc("The name of the set of rules.")]
    grace_days: Annotated[int, doc("For how many days a difference is pending before it is a break.")]
    medium_from: Annotated[int, doc("From which amount on a difference is of medium priority, in fen.")]
    high_from: Annotated[int, doc("From which amount on a difference is of high priority, in fen.")]
    note: Annotated[str, doc("A remark; it must hold no personal number.")]
    added_at: Annotated[datetime, doc("When it was added.")]
    added_by: Annotated[str, doc("Who added it.")]


class SideFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of a side. Amounts are payments less refunds, in fen.

    ``digest`` is of the file that it came from, null where it came from the book; ``problems`` are some of the lines
    that could not be read, ``refused`` says how many there were.
    """

    side: Annotated[Side, doc("`ledger`, `channel` or `orders`.")]
    whole: Annotated[
        bool, doc("Whether every line of it was read, and its own totals, if any, are those of its lines.")
    ]
    lines: Annotated[int, doc("How many lines count.")]
    amount: Annotated[int, doc("Payments less refunds, in fen.")]
    digest: Annotated[str | None, doc("The fingerprint of the file, or null.")] = None
    fee: Annotated[int | None, doc("The channel's fees in fen, or null where its file has none.")] = None
    payouts: Annotated[dict[str, int], doc("What the channel pays out for the day, by the number of the line.")] = (
        msgspec.field(default_factory=dict[str, int])
    )
    unsettled: Annotated[int, doc("Lines whose money has not moved.")] = 0
    refused: Annotated[int, doc("Lines that could not be read.")] = 0
    foreign: Annotated[int, doc("Lines of merchants that are not known here.")] = 0
    other_day: Annotated[int, doc("Lines of the day before or after.")] = 0
    problems: Annotated[dict[str, str], doc("Some of the lines that could not be read: the code by the line.")] = (
        msgspec.field(default_factory=dict[str, str])
    )

    @property
    def payable(self) -> int | None:
        """What the channel has to pay out: payments less refunds, less fees; None where its file has no fees."""
        return None if self.fee is None else self.amount - self.fee


class BridgeFigures(msgspec.Struct, frozen=True):
    """From the total of the ledger to that of another side, by what differs; the residual is zero."""

    side: Annotated[Side, doc("The side to which it leads.")]
    ledger: Annotated[int, doc("The total of the ledger, in fen.")]
    steps: Annotated[dict[str, int], doc("The sum of the differences, by side and kind.")]
    total: Annotated[int, doc("The total of the side.")]
    residual: Annotated[int, doc("What no difference explains.")]


class SideLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line of a side that a difference is about."""

    side: Annotated[Side, doc("Whose line it is: `ledger`, `channel` or `orders`.")]
    number: Annotated[str, doc("The number that the side itself gave it.")]
    amount: Annotated[int, doc("Its amount, in fen; refunds are negative.")]


class ReconciliationDay(Entity, frozen=True, table="reconciliation_day", key=("date", "channel")):
    """A day of a channel. ``sides`` has those that have arrived; ``pending`` and ``breaks`` count what is open.

    ``begun`` counts the runs that were begun, of which only the last may record; ``run`` those that came to their end.
    ``digest`` is of what the last one found; ``fee_booked`` and ``paid_out_booked`` are what its file has booked.
    """

    date: Annotated[date, doc("The business date.")]
    channel: Annotated[str, doc("The channel by which the money came.")]
    state: Annotated[DayState, doc("`incomplete`, `open`, `with_breaks` or `balanced`.")]
    sides: Annotated[list[SideFigures], doc("What was read of each side that has arrived.")]
    bridges: Annotated[list[BridgeFigures], doc("How the ledger leads to each other side.")]
    matched: Annotated[dict[str, int], doc("Keys without a difference, by how many lines each side has of them.")]
    pending: Annotated[int, doc("Differences within their grace.")]
    breaks: Annotated[int, doc("Differences after their grace, assigned or not.")]
    run: Annotated[int, doc("How often it was reconciled.")]
    digest: Annotated[str, doc("The fingerprint of what the last run found.")]
    first_at: Annotated[datetime, doc("When it was first reconciled.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    updated_by: Annotated[str, doc("Who changed it last.")]
    begun: Annotated[int, doc("How often a run of it was begun.")]
    fee_booked: Annotated[int, doc("The channel's fee as it was booked as an expense, in fen.")] = 0
    paid_out_booked: Annotated[int, doc("What was booked as paid out by the channel, in fen.")] = 0

    def has(self, side: Side) -> bool:
        """Whether a side has arrived, whole or not."""
        return any(figures.side is side for figures in self.sides)

    @property
    def is_whole(self) -> bool:
        """Whether all sides have arrived whole, and every bridge closes."""
        arrived = {figures.side for figures in self.sides if figures.whole}
        return arrived == set(Side) and all(bridge.residual == 0 for bridge in self.bridges)


class ReconciliationDifference(
    Entity, frozen=True, table="reconciliation_difference", indexes={"key": ("channel", "key")}
):
    """A difference. Its id follows from its day, channel, side, kind and key: found again, it is the same one.

    ``key`` is what the lines are matched by: a payment or refund, the merchant, and the merchant's number of it.
    """

    id: Annotated[str, doc("The difference's id.")]
    date: Annotated[date, doc("The business date.")]
    channel: Annotated[str, doc("The channel by which the money came.")]
    side: Annotated[Side, doc("The side on which it is wrong: `ledger`, `channel` or `orders`.")]
    kind: Annotated[DifferenceKind, doc("`missing`, `extra`, `amount` or `duplicate`.")]
    key: Annotated[str, doc("By what lines are matched: payment or refund, and the reference.")]
    found: Annotated[int, doc("What the side has, in fen; refunds are negative.")]
    expected: Annotated[int, doc("What it should have.")]
    difference: Annotated[int, doc("How much too much the side has.")]
    priority: Annotated[Priority, doc("`high`, `medium` or `low`.")]
    state: Annotated[DifferenceState, doc("`pending`, `break`, `assigned`, `resolved`, `accepted` or `cleared`.")]
    grace_until: Annotated[Day, doc("The last business date on which it is merely pending.")]
    assignee: Annotated[str | None, doc("Who looks into it, or null.")]
    resolution: Annotated[ResolutionKind | None, doc("Why it needs no more work, or null.")]
    reason: Annotated[str | None, doc("What was said of it, or null.")]
    reopened: Annotated[int, doc("How often it came again after its end.")]
    first_at: Annotated[datetime, doc("When it was first found.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    updated_by: Annotated[str, doc("Who changed it last.")]
    lines: Annotated[
        list[SideLine], doc("The lines of each side that it is about, the first ones where there are many.")
    ]
