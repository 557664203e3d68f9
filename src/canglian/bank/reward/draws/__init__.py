"""Draws: rules and seeds published beforehand, entrants frozen, winners that anybody can compute again.

Owns the tables draw, draw_seed, draw_rules, draw_entry, draw_entrant and draw_win.

Promises: what was published changes in favour of entrants alone; nobody joins after the freeze, and nobody twice; the
winners follow from the rules, the entries, the seed and what nobody knew at the freeze, and from nothing else; the
money of every prize is reserved before the draw is published.
"""

from canglian.bank.reward.draws.model import (
    ConditionKind,
    Draw,
    DrawCondition,
    DrawEntrant,
    DrawEntry,
    DrawState,
    DrawWin,
    EntropyKind,
    Prize,
    PrizeKind,
    WinState,
)

__all__ = [
    "ConditionKind",
    "Draw",
    "DrawCondition",
    "DrawEntrant",
    "DrawEntry",
    "DrawState",
    "DrawWin",
    "EntropyKind",
    "Prize",
    "PrizeKind",
    "WinState",
]
