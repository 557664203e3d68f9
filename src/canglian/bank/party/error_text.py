"""Refusals that say more to people at the bank than to programs, in words."""

from collections.abc import Mapping
from typing import Any

from canglian.kernel.errors import CODES, for_staff_only
from canglian.web.error_text import Say, register_format


def _number_taken(fields: Mapping[str, Any], _: Say) -> tuple[str, dict[str, Any]]:
    return (CODES["party.number_taken"] if "other" in fields else TAKEN), dict(fields)


def say(text: str) -> str:
    """Marks a message id."""
    return text


TAKEN = say("This number belongs to another customer already.")

for_staff_only("party.number_taken", "other")
register_format("party.number_taken", _number_taken)
