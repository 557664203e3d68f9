"""The types of values in rules: what kind, between which bounds, whether it may be missing."""

import enum
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from canglian.bank.decision.language.syntax import Constant, Fault


class Kind(enum.StrEnum):
    """Of what kind a value is. Integers are whole, such as money in fen; a decimal has places."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"


NUMBERS = (Kind.INTEGER, Kind.DECIMAL)


@dataclass(frozen=True)
class Type:
    """What is known of a value before it is there. ``kind`` is None for null alone, ``rows`` for a list of rows.

    ``values`` has all that a text can be, where they are known; ``places`` the decimals of a declared input.
    """

    kind: Kind | None
    nullable: bool = False
    low: int | Decimal | date | None = None
    high: int | Decimal | date | None = None
    places: int | None = None
    values: tuple[str, ...] | None = None
    is_rows: bool = False
    excluded: frozenset[int | Decimal] = field(default_factory=frozenset)

    @property
    def is_number(self) -> bool:
        """Whether one may reckon with it."""
        return self.kind in NUMBERS

    def may_be(self, value: int) -> bool:
        """Whether a number of this type can be this one."""
        if value in self.excluded:
            return False
        low, high = self.low, self.high
        return not (
            (isinstance(low, int | Decimal) and low > value) or (isinstance(high, int | Decimal) and high < value)
        )


NULL = Type(None, nullable=True)
BOOLEAN = Type(Kind.BOOLEAN)


def type_of(value: Constant) -> Type:
    """The type of a value that stands in the text."""
    match value:
        case None:
            return NULL
        case bool():
            return BOOLEAN
        case int():
            return Type(Kind.INTEGER, low=value, high=value)
        case Decimal():
            return Type(Kind.DECIMAL, low=value, high=value)
        case str():
            return Type(Kind.TEXT, values=(value,))
        case date():
            return Type(Kind.DATE, low=value, high=value)


def joined(left: Type, right: Type) -> Type:
    """The type of what is one or the other. Raises a Fault where they are of two kinds."""
    if left.is_rows or right.is_rows:
        if left.is_rows and right.is_rows:
            return left
        raise Fault("rule_lint.kinds", left=name_of(left), right=name_of(right))
    if left.kind is None or right.kind is None:
        some = right if left.kind is None else left
        return _with_null(some) if some.kind is not None else NULL
    if left.kind is not right.kind and not (left.is_number and right.is_number):
        raise Fault("rule_lint.kinds", left=name_of(left), right=name_of(right))
    kind = left.kind if left.kind is right.kind else Kind.DECIMAL
    values = None if left.values is None or right.values is None else tuple(dict.fromkeys(left.values + right.values))
    return Type(
        kind,
        nullable=left.nullable or right.nullable,
        low=None if left.low is None or right.low is None else min(left.low, right.low),  # pyright: ignore[reportArgumentType]
        high=None if left.high is None or right.high is None else max(left.high, right.high),  # pyright: ignore[reportArgumentType]
        places=left.places if left.places == right.places else None,
        values=values,
        excluded=left.excluded & right.excluded,
    )


def _with_null(some: Type) -> Type:
    return Type(some.kind, True, some.low, some.high, some.places, some.values, some.is_rows, some.excluded)


def nullable(some: Type) -> Type:
    """The same, but it may be missing."""
    return _with_null(some)


def present(some: Type) -> Type:
    """The same, and it is there."""
    return Type(some.kind, False, some.low, some.high, some.places, some.values, some.is_rows, some.excluded)


def name_of(some: Type) -> str:
    """Its kind in one word."""
    return "rows" if some.is_rows else "null" if some.kind is None else some.kind.value
