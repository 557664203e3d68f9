"""The machine words of draws that people read."""

from canglian.bank.reward.draws import money
from canglian.bank.reward.draws.model import ConditionKind, DrawState, EntropyKind, PrizeKind, WinState

CODES = (money.PRIZE,)
EVENTS = tuple(f"draw.{state.value}" for state in DrawState)
"""Events whose names are put together where they are emitted."""

STATES = (DrawState, WinState)
FAMILIES = {"draw_condition": (ConditionKind,), "draw_entropy": (EntropyKind,), "prize_kind": (PrizeKind,)}
