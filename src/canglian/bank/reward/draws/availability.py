"""Why something cannot be done to a draw or a prize now, as its page says before anybody tries."""

from canglian.bank.reward.draws.model import ConditionKind, DrawState, DrawWin, EntropyKind, PrizeKind, WinState
from canglian.bank.reward.draws.queries import DrawWhole
from canglian.kernel.values import utc_now

_STATE = DrawState


def is_draft(shown: DrawWhole) -> bool:
    """It was not submitted yet."""
    return shown.draw.state is _STATE.DRAFT


def is_in_review(shown: DrawWhole) -> bool:
    """Somebody else has to look at it."""
    return shown.draw.state is _STATE.REVIEW


def is_unpublished(shown: DrawWhole) -> bool:
    """Nobody was promised anything."""
    return shown.draw.state in (_STATE.DRAFT, _STATE.REVIEW)


def is_published(shown: DrawWhole) -> bool:
    """People join, or will."""
    return shown.draw.state is _STATE.PUBLISHED


def is_by_list(shown: DrawWhole) -> bool:
    """The bank names who is in it."""
    return is_published(shown) and shown.draw.condition.kind is ConditionKind.LIST


def changing(shown: DrawWhole) -> str | None:
    """What was published is changed in favour of entrants."""
    return None if utc_now() < shown.draw.joins_until else "Nobody joins any more: nothing is changed now."


def freezing(shown: DrawWhole) -> str | None:
    """The entries are frozen."""
    return "People can still join." if utc_now() < shown.draw.joins_until else None


def awaits_beacon(shown: DrawWhole) -> bool:
    """A round of the beacon decides it."""
    return shown.draw.state is _STATE.FROZEN and shown.draw.entropy is EntropyKind.DRAND


def awaits_second_seed(shown: DrawWhole) -> bool:
    """The second office has to reveal its seed."""
    return shown.draw.state is _STATE.FROZEN and shown.draw.entropy is EntropyKind.SECOND_SEED


def drawing(shown: DrawWhole) -> str | None:
    """What nobody knew at the freeze comes in."""
    if utc_now() < shown.draw.draws_at:
        return "Its time has not come."
    return _in_time(shown)


def is_drawn(shown: DrawWhole) -> bool:
    """Only the bank's seed is missing."""
    return shown.draw.state is _STATE.DRAWN


def revealing(shown: DrawWhole) -> str | None:
    """The bank's seed is revealed."""
    return _in_time(shown)


def _in_time(shown: DrawWhole) -> str | None:
    return None if utc_now() < shown.draw.fallback_at else "The time for it is over: the public figure stands in."


def may_fall_back(shown: DrawWhole) -> bool:
    """Something may have been withheld."""
    return shown.draw.state in (_STATE.FROZEN, _STATE.DRAWN)


def falling_back(shown: DrawWhole) -> str | None:
    """The public figure is stated."""
    return "The time of the public figure has not come." if utc_now() < shown.draw.fallback_at else None


def confirming(shown: DrawWhole) -> str | None:
    """The public figure is confirmed."""
    return falling_back(shown) or (None if shown.draw.figure else "Somebody has to state the figure first.")


def is_revealed(shown: DrawWhole) -> bool:
    """It has winners, and was not computed again yet."""
    return shown.draw.state is _STATE.REVEALED


def handing_over(shown: tuple[DrawWin, PrizeKind | None]) -> str | None:
    """Goods are handed over."""
    win, kind = shown
    if kind is not PrizeKind.GOODS:
        return "This prize is money."
    return None if win.state is WinState.CLAIMED else "Its winner has to claim it first."
