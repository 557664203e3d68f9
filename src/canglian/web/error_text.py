"""Errors as sentences for people, in their language.

A code has one template, which is enough for most. Where a refusal has several wordings, or names a thing
whose name is translated, its room registers a formatter with ``register_format``.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from canglian.kernel.errors import CODES, for_staff_only, render
from canglian.kernel.values import EARLIEST, LATEST, SHANGHAI

Say = Callable[[str], str]
"""Gives a message id in the reader's language."""

Formatter = Callable[[Mapping[str, Any], Say], tuple[str, dict[str, Any]]]
"""Gives the message id that fits the fields of an error, and the fields as they are shown."""

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")

_FORMATTERS: Final[dict[str, Formatter]] = {}


def register_format(code: str, formatter: Formatter) -> None:
    """Register the formatter of a code's errors; once."""
    if _FORMATTERS.setdefault(code, formatter) is not formatter:
        raise AssertionError(f"{code} has two formatters")


def register_staff_only(code: str, field: str, without: str) -> None:
    """Say that a field names somebody else, and the message id for programs, who are not told it."""

    def formatted(fields: Mapping[str, Any], _: Say) -> tuple[str, dict[str, Any]]:
        return (CODES[code] if field in fields else without), dict(fields)

    for_staff_only(code, field)
    register_format(code, formatted)


def _forbidden(fields: Mapping[str, Any], say: Say) -> tuple[str, dict[str, Any]]:
    """Role and permission in words."""
    words = {name: (value, say(f"{name}.{value}")) for name, value in fields.items() if name in ("role", "permission")}
    plain = {name: str(value) if text == f"{name}.{value}" else text for name, (value, text) in words.items()}
    return CODES["auth.forbidden"], {**fields, **plain}


register_format("auth.forbidden", _forbidden)


def format_error(code: str, fields: Mapping[str, Any], say: Say) -> str:
    """The sentence of an error; instants in it are in the bank's own time."""
    formatter = _FORMATTERS.get(code)
    template, shown = (CODES[code], dict(fields)) if formatter is None else formatter(fields, say)
    return render(code, {name: at_the_bank(value) for name, value in shown.items()}, say(template))


def at_the_bank(value: Any) -> Any:
    """An instant as the bank's clocks show it; anything else, and an instant beyond all calendars, as it is."""
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        return value
    instant = datetime.fromisoformat(value)
    return f"{instant.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if EARLIEST <= instant <= LATEST else value
