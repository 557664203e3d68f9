"""Machine words as texts for people: kinds, refusals, actors, subjects, and the facts of a payload.

A machine word has its translation under the id ``<family>.<word>``: ``event.transfer.posted``, ``command.ledger.…``,
``code.salary``, ``field.happened_at``. What has no translation is shown as it is: a bank's own codes are its own words.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from canglian.kernel.amounts import major
from canglian.kernel.command import COMMANDS
from canglian.kernel.errors import AMOUNTS, CODES
from canglian.kernel.fields import DECIMALS, Unit, field_of, fields_of
from canglian.web.console.formats import money, number, when
from canglian.web.error_text import Say, format_error

_AMOUNTS = AMOUNTS | {"captured", "debit_balance", "credit_balance"}
_FAMILIES = {"code": "code", "state": "state", "before": "state", "role": "role", "normal_side": "side"}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_LONGEST = 200


class Fact(msgspec.Struct, frozen=True):
    """A field of a payload in words, and the page of what it names."""

    title: str
    text: str
    href: str | None = None


_CHANCE = re.compile(r"[a-z]{3,4}_[0-9a-z]{26}")


def worded(family: str, value: str, say: Say) -> str:
    """A machine word in the reader's language; itself where there is no translation."""
    text = say(f"{family}.{value}")
    return value if text == f"{family}.{value}" else text


def refusal(code: str, say: Say, fields: Mapping[str, Any] | None = None) -> str:
    """Why something was refused; without the fields of this refusal they show as an ellipsis."""
    template = CODES.get(code)
    if template is None:
        return code
    if fields is None:
        return re.sub(r"{.*?}", "…", say(template))
    return format_error(code, fields, say)


def who(actor: str, say: Say) -> str:
    """``user:ann`` as "User ann"; of an id that chance made the end alone."""
    return _named("actor", _end_of(actor), say)


def about(subject: str, say: Say, *, short: bool = False) -> str:
    """``account:12`` as "Account 12"; ``short`` leaves the end alone of an id that chance made."""
    return _named("subject", _end_of(subject) if short else subject, say)


def _end_of(named: str) -> str:
    kind, _, name = named.partition(":")
    return f"{kind}:…{name[-6:]}" if _CHANCE.fullmatch(name) else named


def _named(family: str, value: str, say: Say) -> str:
    kind, _, name = value.partition(":")
    text = say(f"{family}.{kind}")
    return value if not name or text == f"{family}.{kind}" else text.replace("%(name)s", name)


def page_of(subject: str, objects: Mapping[str, str]) -> str | None:
    """The address of what an event is about."""
    kind, _, name = subject.partition(":")
    return objects[kind].format(name) if name and kind in objects else None


def facts(
    payload: Any, scales: Mapping[str, int], objects: Mapping[str, str], say: Say, asset: str | None = None
) -> list[Fact]:
    """The fields of a payload that say something, in their order; amounts as people write them.

    ``asset`` is that of a payload that leaves its own out.
    """
    if not isinstance(payload, dict):
        return [] if payload is None else [Fact(say("field.value"), _plain(payload, say))]
    fields: dict[str, Any] = payload
    asset = fields.get("asset") or asset
    facts: list[Fact] = []
    for name, value in fields.items():
        if value in (None, "", {}, []):
            continue
        if isinstance(value, dict):
            inner: dict[str, Any] = value
            facts += [Fact(str(key), _plain(item, say)) for key, item in inner.items()]
        else:
            facts.append(
                Fact(worded("field", name, say), _text(name, value, asset, scales, say), _page(name, value, objects))
            )
    return facts


def line(facts: Iterable[Fact]) -> str:
    """Facts in one line."""
    return " · ".join(f"{fact.title} {fact.text}" for fact in facts)


def _page(name: str, value: Any, objects: Mapping[str, str]) -> str | None:
    return objects[name].format(value) if name in objects and isinstance(value, int | str) else None


def _text(name: str, value: Any, asset: Any, scales: Mapping[str, int], say: Say) -> str:
    if type(value) is int:
        unit = Unit.MONEY if name in _AMOUNTS else _units().get(name)
        if unit is not None:
            is_money = unit is Unit.MONEY
            return _amount(value, asset, scales) if is_money else f"{major(value, DECIMALS[unit])} %"
    if name in _FAMILIES and isinstance(value, str):
        return worded(_FAMILIES[name], value, say)
    return _plain(value, say)


@cache
def _units() -> dict[str, Unit]:
    """What the fields of commands count, by their names, where it is money or a share."""
    fields = [(name, field_of(kind).unit) for of in COMMANDS.values() for name, kind, _ in fields_of(of)]
    return {name: unit for name, unit in fields if unit is not None}


def _amount(units: int, asset: Any, scales: Mapping[str, int]) -> str:
    """An amount; without an asset, in whole units without a sign if all assets agree on their decimals."""
    if isinstance(asset, str):
        return money(units, asset, scales)
    known = set(scales.values())
    if len(known) != 1:
        return number(units)
    return f"{'-' if units < 0 else ''}{major(abs(units), known.pop())}"


def _plain(value: Any, say: Say) -> str:
    if isinstance(value, bool):
        return say("Yes") if value else say("No")
    if isinstance(value, str):
        return when(datetime.fromisoformat(value)) if _INSTANT.fullmatch(value) else value[:_LONGEST]
    if isinstance(value, list):
        items: list[Any] = value
        if all(isinstance(item, str | int) for item in items) and len(items) <= 10:
            return " ".join(str(item) for item in items)
        return say("%(count)s in all").replace("%(count)s", number(len(items)))
    return str(value)[:_LONGEST]
