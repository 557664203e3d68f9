"""Draws in plain words: where one stands, and what comes next."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from canglian.bank.reward.draws.model import ConditionKind, Draw, DrawState, EntropyKind

Translate = Callable[[str], str]
_STATE = DrawState
_LINE = (_STATE.PUBLISHED, _STATE.FROZEN, _STATE.DRAWN, _STATE.REVEALED, _STATE.VERIFIED)


class Step(NamedTuple):
    """A step of a draw: its state, and whether it was reached."""

    state: str
    done: bool
    is_now: bool


def steps_of(draw: Draw) -> list[Step]:
    """The steps that a published draw passes, as a line."""
    reached = _LINE.index(draw.state) if draw.state in _LINE else -1
    return [Step(state.value, place <= reached, place == reached) for place, state in enumerate(_LINE)]


def next_step(draw: Draw, say: Translate) -> str:
    """What comes next, for operators."""
    if draw.state is _STATE.FROZEN and draw.entropy is EntropyKind.DRAND:
        return say("The list is closed. The round of the beacon that was fixed beforehand decides.")
    return {
        _STATE.DRAFT: say("Look at the rules once more and submit it; somebody else publishes it."),
        _STATE.REVIEW: say("Somebody else publishes it: from then on it only changes in favour of entrants."),
        _STATE.PUBLISHED: say("People join. The entries are frozen by the clock once the time to join is over."),
        _STATE.FROZEN: say("The list is closed. The second office reveals its seed, which decides."),
        _STATE.DRAWN: say("Nobody changes the outcome any more. The bank's seed is revealed by the clock."),
        _STATE.REVEALED: say("The winners are known. It is computed again from the proof by the clock."),
        _STATE.VERIFIED: say("Anybody can check it with the proof. Prizes that nobody claims go to the alternates."),
        _STATE.VOID: say("Nobody has joined: the money of the prizes is free again."),
        _STATE.DROPPED: say("It was dropped before it was published."),
    }[draw.state]


def standing(draw: Draw, now: datetime, say: Translate, *, is_in: bool = False) -> str:
    """Where a published draw stands, for people; ``is_in`` says that whoever reads it has joined."""
    if draw.state is _STATE.PUBLISHED and now < draw.joins_from:
        return say("It can be joined later.")
    if draw.state is _STATE.PUBLISHED and now < draw.joins_until:
        return say("You have joined it.") if is_in else say("It can be joined now.")
    return {
        _STATE.PUBLISHED: say("The list is being closed."),
        _STATE.FROZEN: say("The list is closed; it is drawn soon."),
        _STATE.DRAWN: say("It is being drawn."),
        _STATE.REVEALED: say("It has been drawn."),
        _STATE.VERIFIED: say("It has been drawn, and computed again with the same winners."),
        _STATE.VOID: say("Nobody has joined."),
    }.get(draw.state, "")


def basis_missing(draw: Draw, say: Translate) -> str:
    """What somebody lacks who has nothing that lets them join; nothing where nothing is asked for."""
    return {
        ConditionKind.PAYMENT: say("You have no payment yet that lets you join."),
        ConditionKind.COUPON: say("You have no used coupon yet that lets you join."),
    }.get(draw.condition.kind, "")
