"""A refusal by a limit in words: what the limit is called, how much of it is left, and when it begins anew."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from canglian.bank.limit.measures import Measure
from canglian.kernel.values import SHANGHAI
from canglian.web.telling import Say, told_by


def _exceeded(fields: Mapping[str, Any], say: Say) -> tuple[str, dict[str, Any]]:
    renews = fields.get("renews_at")
    told = {
        **fields,
        "name": say(str(fields.get("name", ""))),
        "renews_at": "" if renews is None else f"{datetime.fromisoformat(renews).astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
    }
    return _template(str(fields.get("measure", "")), fields.get("limit") == 0), told


def _template(measure: str, nothing: bool) -> str:
    if measure == Measure.SINGLE:
        return NOTHING if nothing else AT_ONCE
    if measure == Measure.BALANCE:
        return HELD
    return COUNTED if measure.endswith("_count") else ADDED


def say(text: str) -> str:
    """Marks a message id."""
    return text


NOTHING = say("The limit “{name}” stops this.")
AT_ONCE = say("The limit “{name}” stops this: at most {limit} at once.")
HELD = say("The limit “{name}” stops this: at most {limit}; there is room for {left} more.")
ADDED = say("The limit “{name}” stops this: of {limit}, {used} is used and {left} left. It begins anew at {renews_at}.")
COUNTED = say(
    "The limit “{name}” stops this: of {limit} times, {used} are used and {left} left. It begins anew at {renews_at}."
)

told_by("limit.exceeded", _exceeded)
