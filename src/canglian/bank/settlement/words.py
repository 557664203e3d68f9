"""The machine words of this room that people read."""

from canglian.bank.settlement.settling.paying_out import CLAIM, PAYOUT

CODES = (PAYOUT, CLAIM)
"""What transfers of this room are for."""

EVENTS = ("eod.done", "eod.incomplete")
"""Events whose name is made of the state."""
