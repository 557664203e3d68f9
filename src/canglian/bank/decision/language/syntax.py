"""What an expression is once it is parsed."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Constant = int | Decimal | str | bool | date | None
"""A value as it stands in a rule."""


class Fault(Exception):
    """What is wrong with a rule: a stable code with its fields."""

    def __init__(self, code: str, **fields: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.fields = fields


@dataclass(frozen=True)
class Literal:
    """A value that stands in the text."""

    value: Constant


@dataclass(frozen=True)
class Name:
    """An input, or what a node before has made."""

    name: str


@dataclass(frozen=True)
class Own:
    """``$.name``: what the same node has made above."""

    name: str


@dataclass(frozen=True)
class Current:
    """``$``: the value of the column in which a cell stands."""


@dataclass(frozen=True)
class Items:
    """``[a, b]``."""

    items: "tuple[Expression, ...]"


@dataclass(frozen=True)
class Interval:
    """``[a..b]``, with either end open or closed."""

    low: "Expression"
    high: "Expression"
    low_open: bool
    high_open: bool


@dataclass(frozen=True)
class Unary:
    """``-x`` or ``not x``."""

    operator: str
    operand: "Expression"


@dataclass(frozen=True)
class Binary:
    """Two values and an operator between them."""

    operator: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True)
class Conditional:
    """``test ? yes : no``."""

    test: "Expression"
    yes: "Expression"
    no: "Expression"


@dataclass(frozen=True)
class Call:
    """A function and what it is given."""

    function: str
    arguments: "tuple[Expression, ...]"


Expression = Literal | Name | Own | Current | Items | Interval | Unary | Binary | Conditional | Call
