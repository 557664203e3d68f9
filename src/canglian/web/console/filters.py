"""The filters of a list: how each is declared, what an address says of it, and the chip that shows it.

Under the filter's own name stands what something is; under ``amount.gte`` what it is compared with otherwise::

    ?state=open&code.not=interest&amount.gte=100&amount.lte=250.50&date=last_7_days&reference.empty=no

What a handler reads itself, by the filter's own name, it narrows itself. With a ``field`` of the list's query the
filter can be compared in more ways, which are conditions of the order that the list is read by (``kernel.queries``).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

import msgspec

from canglian.kernel.amounts import limit
from canglian.kernel.errors import Malformed, declare
from canglian.kernel.fields import fields_of
from canglian.kernel.queries.paging import Condition, Operator
from canglian.kernel.values import SHANGHAI
from canglian.web.console import plain
from canglian.web.console.days import PRESETS
from canglian.web.console.formats import money
from canglian.web.console.picking import TEXT, Shown

declare(
    {
        "filter.value_invalid": '"{text}" is no value that this list can be filtered by.',
        "filter.reversed": "The end is before the beginning.",
        "pick.unchosen": "Choose what fits from what was found.",
    }
)

F = TypeVar("F", bound=msgspec.Struct)

Translate = Callable[[str], str]

_FIND = ".find"
"""Behind the name of a filter whose thing was typed and not chosen: several fit, or none."""

_OPERATOR = ".op"
_UNTIL = ".to"
"""Behind a filter's name in its form: how it is compared, and the second of two values."""

_NUMBERS = ("number", "money")
_DAYS = ("date", "instant")
_CENT = 2


class Choice(msgspec.Struct, frozen=True):
    """One value of a filter and its word."""

    value: str
    title: str


OPERATORS = (
    Choice("is", "is"),
    Choice("not", "is not"),
    Choice("starts", "starts with"),
    Choice("between", "between"),
    Choice("gte", "at least"),
    Choice("lte", "at most"),
    Choice("lt", "before"),
    Choice("gt", "after"),
    Choice("empty", "is empty"),
    Choice("filled", "is not empty"),
)
"""How a field is compared, in words."""

_PRESETS = (
    Choice("today", "Current day"),
    Choice("yesterday", "Yesterday"),
    Choice("last_7_days", "Last 7 days"),
    Choice("last_30_days", "Last 30 days"),
    Choice("this_month", "This month"),
    Choice("last_month", "Last month"),
)
_COMPARED = {
    "is": Operator.IS,
    "not": Operator.NOT,
    "starts": Operator.STARTS,
    "gte": Operator.LEAST,
    "lte": Operator.MOST,
    "lt": Operator.BEFORE,
    "gt": Operator.AFTER,
}


class Filter(msgspec.Struct, frozen=True):
    """A filter: its name in the address, its label, and its choices, if it has some.

    ``kind`` is text, search, number, money, date or instant; ``pick`` is the kind of thing that is chosen. ``field`` is
    the field of the list's query by which it can be compared in more ways; days and amounts have one of their own name.
    ``by_start`` says that an index carries how texts begin, ``may_lack`` that the field may be empty. ``family`` are
    machine words that it suggests with what they mean; any other text is taken too. ``earlier`` are the names of the
    first and last day in addresses that were made before there were presets. What is ``by_link`` only links of other
    pages ask for: it is shown where they do, and offered to nobody, who would have to type an id.
    """

    name: str
    label: str
    kind: str = "text"
    choices: Sequence[Choice] = ()
    family: str = ""
    field: str = ""
    pick: str = ""
    by_start: bool = False
    may_lack: bool = False
    earlier: tuple[str, str] | None = None
    by_link: bool = False

    @property
    def column(self) -> str:
        """The field of the query; empty where only the handler knows it."""
        return self.field or (self.name if self.kind in ("money", *_DAYS) else "")

    @property
    def operators(self) -> list[str]:
        """How it can be compared, the usual way first."""
        if self.kind in _DAYS:
            usual = ["between", "lt", "gt"]
        elif self.column and self.kind in _NUMBERS:
            usual = ["between", "gte", "lte", "is"] if self.kind == "money" else ["is", "between", "gte", "lte"]
        else:
            usual = ["is", *(["not"] if self.column else []), *(["starts"] if self.by_start else [])]
        return [*usual, *(["empty", "filled"] if self.may_lack else [])]

    @property
    def is_days(self) -> bool:
        """Whether it asks for days."""
        return self.kind in _DAYS

    def names(self, query: Mapping[str, str]) -> set[str]:
        """What an address says of it."""
        return {name for name in query if name == self.name or name.startswith(f"{self.name}.")}


class Asked(msgspec.Struct, frozen=True):
    """What an address asks of a filter: how it is compared, or a preset; and with what."""

    operator: str
    value: str = ""
    until: str = ""


class Chip(msgspec.Struct, frozen=True):
    """A filter as it is shown: what it can be compared by, and what it says now, if anything."""

    filter: Filter
    operators: list[tuple[str, str]]
    presets: list[tuple[str, str]]
    asked: Asked
    text: str = ""
    clear_url: str = ""
    problem: str = ""
    pick: Shown | None = None


def asked_for(kind: type[F], query: Mapping[str, Any]) -> F:
    """A struct of filters from a query; each field is read by its type, and left out where that does not do."""
    asked: dict[str, Any] = {}
    for name, annotation, _ in fields_of(kind):
        text = query.get(name)
        if text:
            try:
                asked[name] = msgspec.convert(text, annotation, strict=False)
            except msgspec.ValidationError:
                continue
    return kind(**asked)


def current(filters: Iterable[Filter], query: Mapping[str, str]) -> dict[str, str]:
    """A query by the names of today."""
    known = dict(query)
    for days in filters:
        for old, name in zip(days.earlier or (), ("gte", "lte"), strict=False):
            text = known.pop(old, "")
            if text and not days.names(known) - {f"{days.name}.gte"}:
                known[f"{days.name}.{name}"] = text
    return known


def typed(form: Mapping[str, str]) -> dict[str, str]:
    """A query from what the form of filters says: of each filter what is compared with a value, or needs none."""
    query = {name: text for name, text in form.items() if text and not name.startswith("_")}
    for name in [name.removeprefix(TEXT) for name, text in form.items() if text and name.startswith(TEXT)]:
        if not form.get(name):
            query |= {name + _FIND: form[TEXT + name]}
    for name in [name.removesuffix(_OPERATOR) for name in query if name.endswith(_OPERATOR)]:
        operator = query.pop(name + _OPERATOR)
        value, until = query.pop(name, ""), query.pop(name + _UNTIL, "")
        query |= {key: text for key, text in _written(name, operator, value, until).items() if text}
    return query


def _written(name: str, operator: str, value: str, until: str) -> dict[str, str]:
    if operator in PRESETS:
        return {name: operator}
    if operator == "between":
        return {f"{name}.gte": value, f"{name}.lte": until}
    if operator in ("empty", "filled"):
        return {f"{name}.empty": "yes" if operator == "empty" else "no"}
    return {name if operator == "is" else f"{name}.{operator}": value}


def asked_of(filter: Filter, query: Mapping[str, str]) -> Asked | None:
    """What a query asks of a filter, None where it asks for nothing."""
    value = query.get(filter.name, "")
    if value:
        if filter.is_days and value in PRESETS:
            return Asked(value)
        known = [choice.value for choice in filter.choices]
        return Asked("is", value) if value in known or not known else None
    if filter.pick and (value := query.get(filter.name + _FIND, "")):
        return Asked("find", value)
    for operator in ("not", "starts", "lt", "gt"):
        if operator in filter.operators and (value := query.get(f"{filter.name}.{operator}", "")):
            return Asked(operator, value)
    if filter.may_lack and (value := query.get(f"{filter.name}.empty", "")):
        return Asked("empty" if value == "yes" else "filled")
    first, last = (query.get(f"{filter.name}.{end}", "") if filter.column else "" for end in ("gte", "lte"))
    if (first and last) or (filter.is_days and (first or last)):
        return Asked("between", first, last)
    return Asked("gte", first) if first else Asked("lte", last) if last else None


def conditions(filter: Filter, asked: Asked, today: date) -> list[Condition]:
    """What a list is narrowed by. Raises Malformed ``filter.*``, ``pick.unchosen`` and ``amount.*``."""
    if asked.operator == "find":
        raise Malformed("pick.unchosen")
    if not filter.column:
        return []
    if asked.operator in ("empty", "filled"):
        return [Condition(filter.column, Operator.EMPTY if asked.operator == "empty" else Operator.FILLED)]
    if filter.is_days:
        return _of_days(filter, _bounds(asked, today))
    if asked.operator == "between":
        least, most = _in_order(_value(filter, asked.value), _value(filter, asked.until))
        return [Condition(filter.column, Operator.LEAST, least), Condition(filter.column, Operator.MOST, most)]
    if filter.pick and asked.operator == "is":
        return []
    return [Condition(filter.column, _COMPARED[asked.operator], _value(filter, asked.value))]


def _bounds(asked: Asked, today: date) -> tuple[date | None, date | None]:
    """The first and the last day that are asked for, both included."""
    if asked.operator in PRESETS:
        return PRESETS[asked.operator](today)
    if asked.operator == "between":
        first, last = (_day(asked.value) if asked.value else None), (_day(asked.until) if asked.until else None)
        return (first, last) if first is None or last is None else _in_order(first, last)
    day, beside = _day(asked.value), timedelta(days=1)
    return {"is": (day, day), "gt": (day + beside, None), "lt": (None, day - beside)}[asked.operator]


def _in_order(first: Any, last: Any) -> tuple[Any, Any]:
    if last < first:
        raise Malformed("filter.reversed")
    return first, last


def _of_days(filter: Filter, days: tuple[date | None, date | None]) -> list[Condition]:
    first, last = days
    if filter.kind == "date":
        ends: list[tuple[Operator, Any]] = [(Operator.LEAST, first), (Operator.MOST, last)]
    else:
        after = None if last is None else last + timedelta(days=1)
        ends = [(Operator.LEAST, _midnight(first)), (Operator.BEFORE, _midnight(after))]
    return [Condition(filter.column, operator, value) for operator, value in ends if value is not None]


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time.min, SHANGHAI)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Malformed("filter.value_invalid", text=text) from None
    if not 1900 <= day.year <= 9000:
        raise Malformed("filter.value_invalid", text=text)
    return day


def _value(filter: Filter, text: str) -> Any:
    if filter.kind == "money":
        return limit(text, _CENT, "CNY")
    if filter.kind == "number":
        if not text.isdecimal() or len(text) > 18:
            raise Malformed("filter.value_invalid", text=text)
        return int(text)
    return text


# -- chips ---------------------------------------------------------------------------------------------------------


def chip(filter: Filter, asked: Asked, translate: Translate, clear_url: str, pick: Shown | None, wrong: str) -> Chip:
    """A filter as it is shown, with what is wrong with its value, in words."""
    words = {choice.value: translate(choice.title) for choice in (*OPERATORS, *_PRESETS)}
    presets = [(choice.value, words[choice.value]) for choice in _PRESETS] if filter.is_days else []
    operators = [(name, words[name]) for name in filter.operators]
    if not asked.operator:
        return Chip(filter, operators, presets, Asked(filter.operators[0]), pick=pick)
    text = asked.value if wrong else _shown(filter, asked, words, translate, pick)
    return Chip(filter, operators, presets, asked, text, clear_url, wrong, pick)


def _shown(filter: Filter, asked: Asked, words: Mapping[str, str], translate: Translate, pick: Shown | None) -> str:
    if asked.operator in PRESETS or asked.operator in ("empty", "filled"):
        return words[asked.operator]
    first = _value_text(filter, asked.value, translate, pick)
    if asked.operator == "between":
        return f"{first} – {_value_text(filter, asked.until, translate, pick)}".strip()
    return first if asked.operator == "is" else f"{words[asked.operator]} {first}"


def _value_text(filter: Filter, text: str, translate: Translate, pick: Shown | None) -> str:
    """A value as people read it."""
    for choice in filter.choices:
        if choice.value == text:
            return translate(choice.title)
    if filter.by_link:
        return f"…{text[-6:]}"
    if pick is not None:
        return next((option.title for option in pick.options if option.id == text), text)
    if filter.kind == "money":
        return money(limit(text, _CENT, "CNY"))
    return plain.worded(filter.family, text, translate) if filter.family and filter.family != "refusal" else text
