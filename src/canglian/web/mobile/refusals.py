"""How a person reads what was refused: without numbers that only the bank knows, and with what they can do now.

A room says at import what it offers::

    offer("limit.exceeded", "See my limits", "/m/wallets/{wallet}/limits")
    say_plainly("transfer.insufficient_funds", "You have {available} there; {amount} is needed.")
"""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from canglian.kernel.errors import CanglianError, render
from canglian.web.console.forms import Wrong, wrong
from canglian.web.error_text import at_the_bank, format_error
from canglian.web.words import translated

INTERNAL = ("account", "transfer", "hold", "debit", "credit")
"""Fields of errors that have numbers of the ledger."""

_ID = re.compile(r"[a-z]{2,5}_[0-9a-hjkmnp-tv-z]{26}")


class Refused(msgspec.Struct, frozen=True):
    """A sentence on top of a form, the field that it is about, and what may be done now: a text and its page."""

    text: str
    field: str = ""
    then: tuple[tuple[str, str], ...] = ()


_offers: dict[str, tuple[str, str]] = {}
_plain: dict[str, str] = {}


def offer(code: str, text: str, address: str) -> None:
    """After a refusal with this code a page is offered; ``{wallet}`` in its address is the wallet of the page."""
    _offers[code] = (text, address)


def say_plainly(code: str, text: str) -> None:
    """A refusal with this code has another sentence on a person's pages."""
    _plain[code] = text


def refused(error: CanglianError, language: str, path: Mapping[str, Any]) -> Refused:
    """A refusal as a person reads it; ``path`` are the parameters of the page's address."""
    shown: Wrong = wrong(error, language)
    then = _offers.get(error.code)
    offered = () if then is None or ("{wallet}" in then[1] and "wallet" not in path) else (then,)
    return Refused(
        sentence(error, language),
        shown.field,
        tuple((translated(text, language), address.format(**path)) for text, address in offered),
    )


def sentence(error: CanglianError, language: str) -> str:
    """The sentence of an error without internal numbers."""
    fields = {name: "" if _is_internal(name, value) else value for name, value in error.fields.items()}
    plain = _plain.get(error.code)
    if plain is None:
        text = format_error(error.code, fields, lambda text: translated(text, language))
    else:
        shown = {name: at_the_bank(value) for name, value in fields.items()}
        text = render(error.code, shown, translated(plain, language))
    return re.sub(r" +([,.:;，。：；])", r"\1", re.sub(r" {2,}", " ", text))


def _is_internal(name: str, value: Any) -> bool:
    return (name in INTERNAL and isinstance(value, int)) or (isinstance(value, str) and bool(_ID.fullmatch(value)))
