"""A refusal that asks for approval in words: the policy by its name."""

from collections.abc import Mapping
from typing import Any

from canglian.kernel.errors import CODES
from canglian.web.error_text import Say, register_format


def say(text: str) -> str:
    """Marks a message id."""
    return text


NAMED = say("Approval required (policy “{name}”): submit an approval request.")


def _required(fields: Mapping[str, Any], say: Say) -> tuple[str, dict[str, Any]]:
    """What is always approved has no policy; refusals of before have no name of it."""
    name = fields.get("name")
    return (NAMED, {**fields, "name": say(str(name))}) if name else (CODES["approval.required"], dict(fields))


register_format("approval.required", _required)
