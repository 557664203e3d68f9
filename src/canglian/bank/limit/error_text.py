"""A refusal by a limit in words: what the limit is called, how much of it is left, and when it begins anew."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from canglian.bank.limit.measures import Measure
from canglian.kernel.values import SHANGHAI
from canglian.web.error_text import Say, register_format


def _exceeded(fields: Mapping[str, Any], say: Say) -> tuple[str, dict[str, Any]]:
    renews = fields.get("renews_at")
    texts = {
        **fields,
        "name": say(str(fields.get("name", ""))),
        "renews_at": "" if renews is None else f"{datetime.fromisoformat(renews).astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
    }
    return _template(str(fields.get("measure", "")), fields.get("limit") == 0), texts


def _template(measure: str, nothing: bool) -> str:
    if measure == Measure.SINGLE:
        return NOTHING if nothing else AT_ONCE
    if measure == Measure.BALANCE:
        return HELD
    return COUNTED if measure.endswith("_count") else ADDED


def say(text: str) -> str:
    """Marks a message id."""
    return text


NOTHING = say("Limit “{name}” exceeded.")
AT_ONCE = say("Limit “{name}” exceeded: at most {limit} per transaction.")
HELD = say("Limit “{name}” exceeded: at most {limit}; {left} more can be added.")
ADDED = say("Limit “{name}” exceeded: limit {limit}, used {used}, remaining {left}. It resets at {renews_at}.")
COUNTED = say(
    "Limit “{name}” exceeded: limit {limit} transactions, used {used}, remaining {left}. It resets at {renews_at}."
)

register_format("limit.exceeded", _exceeded)
