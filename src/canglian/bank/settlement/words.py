"""The machine words of this room that people read."""

from canglian.bank.settlement.reconciling import channels
from canglian.bank.settlement.reconciling.matching import DifferenceKind, Side
from canglian.bank.settlement.reconciling.model import DayState, DifferenceState, Priority, ResolutionKind
from canglian.bank.settlement.settling.paying_out import CLAIM, PAYOUT

CODES = (PAYOUT, CLAIM)
"""What transfers of this room are for."""

EVENTS = (
    "eod.done",
    "eod.incomplete",
    "reconciliation.break_opened",
    "reconciliation.difference_accepted",
    "reconciliation.difference_assigned",
    "reconciliation.difference_reopened",
    "reconciliation.difference_resolved",
)
"""Events whose name is not written where they are emitted."""

RECONCILIATION = {
    "reconciliation_day": DayState,
    "reconciliation_difference": DifferenceState,
    "reconciliation_side": Side,
    "reconciliation_kind": DifferenceKind,
    "priority": Priority,
    "resolution": ResolutionKind,
}
"""The families of words in which reconciliation speaks."""

CHANNELS = tuple(channels.CHANNELS)
"""The channels by which money comes."""
