"""The machine words of this room that people read."""

from canglian.bank.settlement.reconciling import channels
from canglian.bank.settlement.reconciling.matching import DifferenceKind, Side
from canglian.bank.settlement.reconciling.model import DayState, DifferenceState, Priority, ResolutionKind
from canglian.bank.settlement.settling.paying_out import CLAIM, PAYOUT

CODES = (PAYOUT, CLAIM)
"""What transfers of this room are for."""

EVENTS = ("eod.done", "eod.incomplete")
"""Events whose name is made of the state."""

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
