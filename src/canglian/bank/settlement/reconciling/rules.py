"""The figures in force, how a difference is known again, and what its day says of it."""

import base64
import hashlib
from datetime import date, datetime, timedelta
from typing import Final

from canglian.bank.settlement.reconciling.matching import DifferenceKind, Side
from canglian.bank.settlement.reconciling.model import (
    DayState,
    DifferenceState,
    Priority,
    ReconciliationDay,
    ReconciliationDifference,
    ReconciliationPolicy,
)
from canglian.kernel.book import Book
from canglian.kernel.versions import Versioned

RULES = "reconciliation"
BEGINNING = date(2000, 1, 1)


def first_policy(at: datetime) -> ReconciliationPolicy:
    """The figures that a book begins with: a day of grace, and a thousand and ten thousand yuan."""
    return ReconciliationPolicy(BEGINNING, RULES, 1, 100_000, 1_000_000, "", at, "system:reconciliation")


POLICIES: Final = Versioned(ReconciliationPolicy, "rules", lambda book, rules: [first_policy(book.now)])


def policy_on(book: Book, day: date) -> ReconciliationPolicy:
    """The figures in force on a day."""
    return POLICIES.on(book, RULES, day) or first_policy(book.now)


def difference_id(day: date, channel: str, side: Side, kind: DifferenceKind, key: str) -> str:
    """The id of a difference: the same one whenever it is found again."""
    named = "\n".join((day.isoformat(), channel, side.value, kind.value, key))
    return "rcd_" + base64.b32hexencode(hashlib.sha256(named.encode()).digest())[:26].decode().lower()


def priority_of(policy: ReconciliationPolicy, difference: int) -> Priority:
    """How soon somebody has to look at it."""
    amount = abs(difference)
    if amount >= policy.high_from:
        return Priority.HIGH
    return Priority.MEDIUM if amount >= policy.medium_from else Priority.LOW


def grace_until(policy: ReconciliationPolicy, day: date) -> date:
    """The last business date on which a difference of a day is merely pending."""
    return day + timedelta(days=policy.grace_days)


def state_of(day: ReconciliationDay) -> DayState:
    """What a day comes to. It is never balanced while a side has not arrived whole."""
    if not day.is_whole:
        return DayState.INCOMPLETE
    if day.breaks:
        return DayState.BREAKS
    return DayState.OPEN if day.pending else DayState.BALANCED


def moved(
    book: Book, day: ReconciliationDay, before: DifferenceState | None, after: DifferenceState
) -> ReconciliationDay:
    """A day of which one difference is in another state now."""
    pending = day.pending - (before is DifferenceState.PENDING) + (after is DifferenceState.PENDING)
    breaks = day.breaks - _is_break(before) + _is_break(after)
    counted = day.replace(pending=pending, breaks=breaks, updated_at=book.now, updated_by=book.actor)
    return counted.replace(state=state_of(counted))


def change(book: Book, difference: ReconciliationDifference, **changes: object) -> ReconciliationDifference:
    """Put a difference with some fields changed, and its day."""
    after = difference.replace(**changes, updated_at=book.now, updated_by=book.actor)
    day = book.get(ReconciliationDay, (difference.date, difference.channel))
    book.put(moved(book, day, difference.state, after.state))
    return book.put(after)


def _is_break(state: DifferenceState | None) -> bool:
    return state in (DifferenceState.BREAK, DifferenceState.ASSIGNED)
