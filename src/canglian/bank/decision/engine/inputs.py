"""What a rule set is given: each input with its type and the values that it can have, and how it is read.

Whole numbers, decimals with fixed places, texts, true or false, days. A number is never a float and never written with
an exponent; a decimal and a day are texts. What does not fit is a ``Misfit``, which at run time sends the case to a
person.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from canglian.bank.decision.language.syntax import Fault
from canglian.bank.decision.language.typing import Kind, Type
from canglian.kernel.fields import Field, PlainText, doc, impersonal, visible

Scalar = int | Annotated[str, Field(check=impersonal)] | bool | None
"""A value as it goes in and comes out: decimals and days are texts."""

NAME = r"^[a-z][a-z0-9_]{0,39}\Z"
PLACES_MAX = 8
_WHOLE = r"-?(?:0|[1-9][0-9]{0,24})"
_DECIMALS = [
    re.compile(rf"{_WHOLE}(?:\.[0-9]{{1,{places}}})?\Z" if places else rf"{_WHOLE}\Z")
    for places in range(PLACES_MAX + 1)
]
_DAY = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\Z", re.ASCII)
_INTEGER_MAX = 10**15
TEXT_MAX = 200

Figure = Annotated[str, Meta(max_length=40, description="A number or a day, as text."), Field(check=visible)]


class InputField(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An input: its name in the rules, its type, and what it can be."""

    name: Annotated[str, Meta(pattern=NAME, description="Its name in the rules.")]
    kind: Annotated[Kind, doc("What it is.")]
    label: Annotated[PlainText, doc("What people read.")]
    low: Annotated[Figure | None, doc("The least that it can be; numbers and days need it.")] = None
    high: Annotated[Figure | None, doc("The most that it can be; numbers and days need it.")] = None
    places: Annotated[int, Meta(ge=0, le=PLACES_MAX, description="How many decimals a decimal has.")] = 2
    values: Annotated[
        tuple[Annotated[str, Meta(min_length=1, max_length=60), Field(check=impersonal)], ...],
        Meta(max_length=60, description="All that a text can be; empty where it can be any."),
    ] = ()
    nullable: Annotated[bool, doc("Whether it may be null.")] = False


class Misfit(Exception):
    """A value that an input cannot have."""

    def __init__(self, name: str, code: str) -> None:
        super().__init__(name, code)
        self.name = name
        self.code = code


def type_of_input(declared: InputField) -> Type:
    """The type of an input. Raises a Fault where its bounds are missing, ill written or the wrong way round."""
    low = high = None
    if declared.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.DATE):
        if declared.low is None or declared.high is None:
            raise Fault("rule_lint.bounds", name=declared.name)
        texts = (declared.low, declared.high)
        try:
            low, high = (read_value(declared, text, typed=True) for text in texts)
        except Misfit as misfit:
            code = "rule_lint.date" if declared.kind is Kind.DATE else "rule_lint.number_form"
            raise Fault(code, text=misfit.name if misfit.code == "rule_input.missing" else "…".join(texts)) from None
        if low > high:
            raise Fault("rule_lint.bounds", name=declared.name)
    values = declared.values or None if declared.kind is Kind.TEXT else None
    places = {Kind.DECIMAL: declared.places, Kind.INTEGER: 0}.get(declared.kind)
    return Type(declared.kind, declared.nullable, low, high, places, values)


def read_value(declared: InputField, value: Any, *, typed: bool = False) -> Any:
    """A value of an input in the form in which rules reckon. Raises a Misfit. ``typed``: integers may be text."""
    if value is None:
        if declared.nullable:
            return None
        raise Misfit(declared.name, "rule_input.missing")
    match declared.kind:
        case Kind.INTEGER:
            if typed and isinstance(value, str) and _DECIMALS[0].match(value):
                value = int(value)
            if type(value) is not int or abs(value) > _INTEGER_MAX:
                raise Misfit(declared.name, "rule_input.form")
            return value
        case Kind.DECIMAL:
            text = str(value) if type(value) is int else value
            if type(text) is not str or not _DECIMALS[declared.places].match(text):
                raise Misfit(declared.name, "rule_input.form")
            return Decimal(text)
        case Kind.DATE:
            if not isinstance(value, str) or not _DAY.match(value):
                raise Misfit(declared.name, "rule_input.form")
            try:
                return date.fromisoformat(value)
            except ValueError:
                raise Misfit(declared.name, "rule_input.form") from None
        case Kind.BOOLEAN:
            if typed and value in ("true", "false"):
                return value == "true"
            if not isinstance(value, bool):
                raise Misfit(declared.name, "rule_input.form")
            return value
        case Kind.TEXT:
            if not isinstance(value, str) or len(value) > TEXT_MAX:
                raise Misfit(declared.name, "rule_input.form")
            return value


def reading(declared: tuple[InputField, ...], variables: list[str], keep: Callable[[Any], str]) -> list[str]:
    """The lines of Python by which a rule's function reads its ``inputs`` into variables, and raises a Misfit.

    What is as it should be is seen by a look at its type; anything else goes to a function that says what is wrong.
    ``keep`` puts a value beside the source, and gives its name there.
    """
    lines = ["get = inputs.get"]
    for each, variable in zip(declared, variables, strict=True):
        known = type_of_input(each)
        low, high = keep(known.low), keep(known.high)
        read = f"{keep(_reader(each, known))}({variable})"
        lines.append(f"{variable} = get({keep(each.name)})")
        match each.kind:
            case Kind.INTEGER:
                test = f"type({variable}) is not int or not {low} <= {variable} <= {high}"
            case Kind.BOOLEAN:
                test = f"{variable} is not True and {variable} is not False"
            case Kind.TEXT if known.values is not None:
                test = f"type({variable}) is not str or {variable} not in {keep(frozenset(known.values))}"
            case Kind.TEXT:
                test = f"type({variable}) is not str or len({variable}) > {TEXT_MAX}"
            case _:
                test = "True"
        lines.append(f"if {test}: {variable} = {read}")
    names = keep(frozenset(each.name for each in declared))
    may_lack = any(each.nullable for each in declared)
    lines.append(f"if {may_lack} or len(inputs) != {len(declared)}: {keep(_refuse_unknown)}({names}, inputs)")
    return lines


def _reader(declared: InputField, known: Type) -> Callable[[Any], Any]:
    """Reads one value and holds it against its bounds."""
    low, high, values = known.low, known.high, known.values

    def read(value: Any) -> Any:
        found = read_value(declared, value)
        if found is not None and (
            (low is not None and not low <= found <= high)  # pyright: ignore[reportOperatorIssue]
            or (values is not None and found not in values)
        ):
            raise Misfit(declared.name, "rule_input.range")
        return found

    return read


def _refuse_unknown(names: frozenset[str], inputs: Mapping[str, Any]) -> None:
    for name in inputs:
        if name not in names:
            raise Misfit(name, "rule_input.unknown")


@lru_cache(maxsize=4096)
def decimal_text(value: Decimal) -> str:
    """A decimal as it goes out, without zeros at its end."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def written(value: Any) -> Scalar:
    """A value of a rule as it goes out: a decimal and a day as text."""
    if isinstance(value, Decimal):
        return decimal_text(value)
    return value.isoformat() if isinstance(value, date) else value


def rows_out(rows: list[dict[str, Any]]) -> list[dict[str, Scalar]]:
    """Collected rows as they go out."""
    return [{name: written(value) for name, value in row.items()} for row in rows]
