"""Decision tables by cells of bits: what a column's value rules out is one look-up, whatever the number of rows.

Each column is cut into ranges in which every cell of it says the same. For each range a whole number has one bit a row
whose cell holds there. The rows that a case hits are those whose bit is in the numbers of all columns; the first is the
lowest bit. The same numbers show what is wrong with a table: a combination without a bit is a gap, a row whose bit is
the lowest in none is never reached.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from canglian.bank.decision.language.syntax import (
    Binary,
    Constant,
    Current,
    Expression,
    Fault,
    Interval,
    Items,
    Literal,
    Unary,
)
from canglian.bank.decision.language.typing import Kind, Type, joined, type_of

STEPS_MAX = 200_000
"""How many combinations the lint looks at before it says that a table is too wide to be proved."""

OTHER_TEXT = "\N{BULLET}"
"""Stands for a text that no cell names."""


@dataclass(frozen=True)
class Range:
    """A part of a column in which each cell says the same: a value of it, and the rows whose cells hold there.

    ``certain`` has the rows that hold for sure, ``possible`` also those of which only a case can tell.
    """

    example: Any
    certain: int
    possible: int


@dataclass(frozen=True)
class Cut:
    """A column cut into ranges. ``thresholds`` are where the ranges of numbers and days begin; ``between`` says that
    each threshold is a range of its own, as decimals without fixed places need it."""

    kind: Kind
    ranges: tuple[Range, ...]
    thresholds: tuple[Any, ...] = ()
    between: bool = False
    null: Range | None = None

    def all_ranges(self) -> tuple[Range, ...]:
        """The ranges, and null where it can be."""
        return self.ranges if self.null is None else (*self.ranges, self.null)


def is_fixed(test: Expression) -> bool:
    """Whether a cell compares its column's value with values that stand in the text, and with nothing else."""
    match test:
        case Binary(operator="and" | "or", left=left, right=right):
            return is_fixed(left) and is_fixed(right)
        case Unary(operator="not", operand=operand):
            return is_fixed(operand)
        case Binary(operator="in" | "not in", left=Current(), right=Items(items=items)):
            return all(isinstance(item, Literal) for item in items)
        case Binary(operator="in" | "not in", left=Current(), right=Interval(low=Literal(), high=Literal())):
            return True
        case Binary(operator="==" | "!=" | "<" | "<=" | ">" | ">=", left=Current(), right=Literal()):
            return True
        case _:
            return False


def check_fixed(test: Expression, column: Type) -> None:
    """A fixed cell goes with its column's type. Raises a Fault."""
    for operator, value in _compared(test):
        if value is None:
            if operator not in ("==", "!=", "in"):
                raise Fault("rule_lint.null_possible")
            continue
        joined(replace(column, nullable=False), type_of(value))
        if operator in ("<", "<=", ">", ">=", "..") and column.kind in (Kind.TEXT, Kind.BOOLEAN):
            raise Fault("rule_lint.order", kind=str(column.kind))
        if column.values is not None and isinstance(value, str) and value not in column.values:
            raise Fault("rule_lint.value_unknown", text=value)
    for low, high in _intervals(test):
        if low > high:
            raise Fault("rule_lint.interval", low=str(low), high=str(high))


def holds(test: Expression, value: Any) -> bool:
    """Whether a fixed cell holds for a value. Null passes only where a cell says null."""
    match test:
        case Binary(operator="and", left=left, right=right):
            return holds(left, value) and holds(right, value)
        case Binary(operator="or", left=left, right=right):
            return holds(left, value) or holds(right, value)
        case Unary(operand=operand):
            return value is not None and not holds(operand, value)
        case Binary(operator="in" | "not in" as operator, right=Items(items=items)):
            found = any(isinstance(item, Literal) and _same(item.value, value) for item in items)
            return found if operator == "in" else value is not None and not found
        case Binary(operator=operator, right=Interval(low=Literal(value=low), high=Literal(value=high)) as interval):
            if value is None:
                return False
            above = value > low if interval.low_open else value >= low  # pyright: ignore[reportOperatorIssue]
            below = value < high if interval.high_open else value <= high  # pyright: ignore[reportOperatorIssue]
            return (above and below) is (operator == "in")
        case Binary(operator=operator, right=Literal(value=other)):
            return _compare(operator, value, other)
        case _:
            raise AssertionError("only fixed cells are tried")


def _same(left: Any, right: Any) -> bool:
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def _compare(operator: str, value: Any, other: Any) -> bool:
    if operator == "==":
        return _same(value, other)
    if operator == "!=":
        return not _same(value, other) if other is None or value is not None else False
    if value is None:
        return False
    match operator:
        case "<":
            return value < other
        case "<=":
            return value <= other
        case ">":
            return value > other
        case _:
            return value >= other


def _compared(test: Expression) -> Iterator[tuple[str, Constant]]:
    """Every value that a fixed cell names, with how it is compared."""
    match test:
        case Binary(operator="and" | "or", left=left, right=right):
            yield from _compared(left)
            yield from _compared(right)
        case Unary(operand=operand):
            yield from _compared(operand)
        case Binary(right=Items(items=items)):
            yield from (("in", item.value) for item in items if isinstance(item, Literal))
        case Binary(right=Interval(low=Literal(value=low), high=Literal(value=high))):
            yield "..", low
            yield "..", high
        case Binary(operator=operator, right=Literal(value=value)):
            yield operator, value
        case _:
            pass


def _intervals(test: Expression) -> Iterator[tuple[Any, Any]]:
    match test:
        case Binary(operator="and" | "or", left=left, right=right):
            yield from _intervals(left)
            yield from _intervals(right)
        case Unary(operand=operand):
            yield from _intervals(operand)
        case Binary(right=Interval(low=Literal(value=low), high=Literal(value=high))):
            yield low, high
        case _:
            pass


# -- cutting a column ------------------------------------------------------------------------------------------------


def cut(column: Type, cells: list[Expression | None]) -> Cut:
    """A column with its cells, one a row: None holds always, a cell that is not fixed may hold anywhere."""
    kind = column.kind
    assert kind is not None
    named = {value for cell in cells if cell is not None and is_fixed(cell) for _, value in _compared(cell)}
    named.discard(None)

    def range_of(example: Any) -> Range:
        certain = possible = 0
        for row, cell in enumerate(cells):
            if cell is None:
                certain |= 1 << row
            elif not is_fixed(cell):
                possible |= (example is not None) << row
            elif holds(cell, example):
                certain |= 1 << row
        return Range(example, certain, certain | possible)

    null = range_of(None) if column.nullable else None
    if kind is Kind.BOOLEAN:
        return Cut(kind, (range_of(False), range_of(True)), null=null)
    if kind is Kind.TEXT:
        if column.values is not None:
            return Cut(kind, tuple(range_of(value) for value in column.values), null=null)
        texts = sorted(value for value in named if isinstance(value, str))
        return Cut(kind, (*(range_of(text) for text in texts), range_of(OTHER_TEXT)), null=null)
    if kind is Kind.DECIMAL and column.places is None:
        return _cut_between(column, sorted(named), range_of, null)  # pyright: ignore[reportArgumentType]
    starts = _starts(column, named)
    return Cut(kind, tuple(range_of(start) for start in starts), tuple(starts[1:]), null=null)


def _starts(column: Type, named: set[Any]) -> list[Any]:
    """Where the ranges of whole numbers, of decimals with fixed places or of days begin, within the column's bounds."""
    step: Any = timedelta(days=1) if column.kind is Kind.DATE else Decimal(1).scaleb(-(column.places or 0))
    if column.kind is Kind.INTEGER:
        step = 1
    starts: set[Any] = set()
    for value in named:
        if isinstance(value, date):
            starts.update((value, value + step))
            continue
        unit = Decimal(step)
        floor, ceiling = (value / unit).to_integral_value(ROUND_FLOOR), (value / unit).to_integral_value(ROUND_CEILING)
        after = [ceiling, floor + 1]
        starts.update(int(each) if column.kind is Kind.INTEGER else each * unit for each in after)
    low, high = column.low, column.high
    within = [start for start in starts if (low is None or start > low) and (high is None or start <= high)]
    lowest: Any = low if low is not None else (min(within) - step if within else 0 * step)
    return [lowest, *sorted(within)]


def _cut_between(column: Type, named: list[Any], range_of: Any, null: Range | None) -> Cut:
    """Ranges where each named number is one, and what lies between two is one."""
    low, high = column.low, column.high
    points: list[Any] = []
    below = named[0] - 1 if named else Decimal(0)
    for place, value in enumerate(named):
        before = below if place == 0 else (Decimal(named[place - 1]) + Decimal(value)) / 2
        points += [before, value]
    points.append(named[-1] + 1 if named else below)
    ranges: list[Range] = []
    for place, example in enumerate(points):
        lowest = named[(place - 1) // 2] if place else None
        highest = named[place // 2] if place // 2 < len(named) else None
        is_point = place % 2 == 1
        out = _is_outside(is_point, example, lowest, highest, low, high)
        found = range_of(example)
        ranges.append(Range(None, -1, -1) if out else found)
    return Cut(Kind.DECIMAL, tuple(ranges), tuple(named), between=True, null=null)


def _is_outside(is_point: bool, example: Any, lowest: Any, highest: Any, low: Any, high: Any) -> bool:
    """Whether no value between the column's bounds lies in a range."""
    if is_point:
        return (low is not None and example < low) or (high is not None and example > high)
    return (low is not None and highest is not None and highest <= low) or (
        high is not None and lowest is not None and lowest >= high
    )


# -- what is wrong with a table --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Proof:
    """What a table was found to be: a combination that no row is sure to take, and rows that nothing reaches."""

    gap: tuple[Any, ...] | None
    reached: int


def prove(cuts: list[Cut], rows: int, doubtful: int) -> Proof:
    """Go through all combinations of ranges, each set of rows once a column.

    ``doubtful`` are rows that also ask something that only a case can tell. Raises a Fault where that takes too long.
    """
    everything = (1 << rows) - 1
    seen: set[tuple[int, int, int]] = set()
    steps = reached = 0
    gap: tuple[Any, ...] | None = None
    stack: list[tuple[int, int, int, tuple[Any, ...]]] = [(0, everything & ~doubtful, everything, ())]
    while stack:
        place, certain, possible, path = stack.pop()
        if place == len(cuts):
            if not certain and gap is None:
                gap = path
            first = certain & -certain
            reached |= possible & ((first << 1) - 1 if first else -1)
            continue
        if not certain and gap is not None and not possible & ~reached:
            continue
        for each in cuts[place].all_ranges():
            if each.certain == -1:
                continue
            state = (place + 1, certain & each.certain, possible & each.possible)
            if state not in seen:
                seen.add(state)
                steps += 1
                stack.append((*state, (*path, each.example)))
        if steps > STEPS_MAX:
            raise Fault("rule_lint.too_wide", limit=STEPS_MAX)
    return Proof(gap, reached & everything)


def overlapping(cuts: list[Cut], rows: int, doubtful: int) -> list[tuple[int, int]]:
    """Rows of which a part would also hit an earlier one that asks about the same columns, each with the first such.

    Neither lies inside the other: one that does stands there on purpose, or is never reached.
    """
    sides = [
        [sum(1 << place for place, each in enumerate(ranges) if each.certain >> row & 1) for row in range(rows)]
        for ranges in ([each for each in column.all_ranges() if each.certain != -1] for column in cuts)
    ]
    full = [(1 << sum(each.certain != -1 for each in column.all_ranges())) - 1 for column in cuts]
    pairs: list[tuple[int, int]] = []
    for later in range(rows):
        for earlier in range(later):
            if (doubtful >> later | doubtful >> earlier) & 1:
                continue
            if not all(side[earlier] & side[later] for side in sides):
                continue
            asked = [
                [side[row] != everything for side, everything in zip(sides, full, strict=True)]
                for row in (earlier, later)
            ]
            if asked[0] != asked[1]:
                continue
            inside = all(side[later] | side[earlier] == side[later] for side in sides)
            outside = all(side[later] | side[earlier] == side[earlier] for side in sides)
            if not inside and not outside:
                pairs.append((later, earlier))
                break
    return pairs
