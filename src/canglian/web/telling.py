"""Errors as sentences for people, in their language.

A code has one template, which is enough for most. Where a refusal is told in different ways, or names a thing whose
name is translated, its room says how with ``told_by``.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from canglian.kernel.errors import CODES, render

Say = Callable[[str], str]
"""Gives a message id in the reader's language."""

Teller = Callable[[Mapping[str, Any], Say], tuple[str, dict[str, Any]]]
"""Gives the message id that fits the fields of an error, and the fields as they are said."""

_TELLERS: Final[dict[str, Teller]] = {}


def told_by(code: str, teller: Teller) -> None:
    """Say how the errors of a code are told; once."""
    if _TELLERS.setdefault(code, teller) is not teller:
        raise AssertionError(f"{code} is told in two ways")


def tell(code: str, fields: Mapping[str, Any], say: Say) -> str:
    """The sentence of an error."""
    teller = _TELLERS.get(code)
    template, told = (CODES[code], dict(fields)) if teller is None else teller(fields, say)
    return render(code, told, say(template))
