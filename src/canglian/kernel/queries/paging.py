"""Lists: filters, sorting and keyset cursors, so that the thousandth page costs what the first does.

SQL is put together from fixed fragments only; every value travels as an argument. A cursor is opaque to clients: it
holds the sort and the last row's place, and is refused where it does not fit the list that it is sent to.
"""

import base64
import binascii
import enum
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Generic, TypeVar

import msgspec

from canglian.kernel.errors import Malformed, declare
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.untrusted import read_json

T = TypeVar("T")

LIMIT_MAX = 200
LIMIT_DEFAULT = 50

declare(
    {
        "list.cursor_invalid": "The cursor is not one of this list.",
        "list.sort_unknown": "This list is not sorted by {sort}; it can be by {known}.",
        "list.limit_invalid": "A page has 1 to {most} rows, not {limit}.",
    }
)


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Some rows, and the cursor of the next page or None at the end."""

    items: list[T]
    next_cursor: str | None


class Operator(enum.StrEnum):
    """How a field is compared with a value; what is empty is not a value, so it differs from each."""

    IS = "="
    NOT = "IS DISTINCT FROM"
    STARTS = "^@"
    LEAST = ">="
    MOST = "<="
    AFTER = ">"
    BEFORE = "<"
    ONE_OF = "= ANY"
    EMPTY = "IS NULL"
    FILLED = "IS NOT NULL"


class Condition(msgspec.Struct, frozen=True):
    """What a list is narrowed by beside its filters: a field of its ``Listing``, compared with a value."""

    field: str
    operator: Operator
    value: Any = None


class Order(msgspec.Struct, frozen=True):
    """How a list is read on: ``sort`` (a minus before it turns it round), ``cursor`` and ``limit``; and narrowed."""

    sort: str | None = None
    cursor: str | None = None
    limit: int = LIMIT_DEFAULT
    conditions: tuple[Condition, ...] = ()


class Where:
    """Conditions that are joined by AND, and their arguments; ``$1`` is always the book."""

    def __init__(self, *first: str) -> None:
        self.conditions = list(first)
        self.arguments: list[Any] = []

    def add(self, condition: str, value: Any) -> None:
        """Add a condition with ``?`` in the place of its value, unless the value is None."""
        if value is not None:
            self.arguments.append(value)
            self.conditions.append(condition.replace("?", f"${len(self.arguments) + 1}"))

    def parameter(self, value: Any) -> str:
        """The placeholder of one more argument."""
        self.arguments.append(value)
        return f"${len(self.arguments) + 1}"

    def compare(self, column: str, operator: Operator, value: Any) -> None:
        """Compare a column with a value."""
        if operator in (Operator.EMPTY, Operator.FILLED):
            self.conditions.append(f"{column} {operator.value}")
        else:
            self.conditions.append(f"{column} {operator.value} ({self.parameter(value)})")

    @property
    def sql(self) -> str:
        """The conditions as SQL."""
        return " AND ".join(self.conditions)


class Sort(msgspec.Struct, frozen=True):
    """A column that a list can be sorted by: its SQL, its SQL type, and how a cursor's text becomes its value."""

    column: str
    type: str = "bigint"
    revive: Callable[[Any], Any] = int


def by_number(column: str) -> Sort:
    """Sorted by a whole number."""
    return Sort(column)


def by_instant(column: str) -> Sort:
    """Sorted by an instant."""
    return Sort(column, "timestamptz", datetime.fromisoformat)


def by_date(column: str) -> Sort:
    """Sorted by a date."""
    return Sort(column, "date", date.fromisoformat)


def by_text(column: str) -> Sort:
    """Sorted by a text."""
    return Sort(column, "text", str)


class Listing(Generic[T]):
    """A list that can be paged: what is selected, its unique key, and its sorts by name (the first is the default).

    ``fields`` are the columns that it can be narrowed by with conditions, by name; ``key`` always is its unique key.

    ``by_index`` is for a list whose conditions and order are one index's: it is read from there row by row. The planner
    often takes a busy account for one with few rows, and would fetch and sort all of them for a page; where it cannot
    know how many rows are wanted, it takes the way that begins at once.
    """

    def __init__(
        self,
        select: str,
        key: Sort,
        sorts: dict[str, Sort],
        make: Callable[[Any], T],
        default: str,
        *,
        by_index: bool = False,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        self._select = select
        self._key = key
        self._sorts = sorts
        self._make = make
        self._default = default
        self._by_index = by_index
        self._fields = {**(fields or {}), "key": key.column}

    async def page(self, reader: Reader, book: int, where: Where, order: Order) -> Page[T]:
        """One page. Raises Malformed ``list.*``."""
        sql, sort = self.sql(where, order)
        rows = await reader.rows(sql, book, *where.arguments)
        return self.cut(rows, sort, order.limit)

    def sql(self, where: Where, order: Order) -> tuple[str, str]:
        """The statement, which selects one row more than the page has, and the sort that is in force."""
        if not 1 <= order.limit <= LIMIT_MAX:
            raise Malformed("list.limit_invalid", limit=order.limit, most=LIMIT_MAX)
        sort = order.sort or self._default
        column = self._sorts.get(sort.removeprefix("-"))
        if column is None:
            raise Malformed("list.sort_unknown", sort=sort.removeprefix("-"), known=", ".join(self._sorts))
        down = sort.startswith("-")
        for condition in order.conditions:
            where.compare(self._fields[condition.field], condition.operator, condition.value)
        if order.cursor is not None:
            self._go_on(where, column, order.cursor, sort, down=down)
        way = "DESC" if down else "ASC"
        # ASC and DESC are spelled out for both, so that one index gives the order.
        by = f"{column.column} {way}" + (f", {self._key.column} {way}" if column != self._key else "")
        place = f"{column.column} AS place, {self._key.column} AS place_key"
        most = f"(SELECT {order.limit + 1})" if self._by_index else f"{order.limit + 1}"
        return f"SELECT {place}, {self._select} WHERE {where.sql} ORDER BY {by} LIMIT {most}", sort

    def cut(self, rows: list[Any], sort: str, limit: int) -> Page[T]:
        """The page of rows that were read with one too many."""
        more = len(rows) > limit
        items = [self._make(row[2:]) for row in rows[:limit]]
        if not more:
            return Page(items, None)
        last = rows[limit - 1]
        return Page(items, _write([sort, last[0], last[1]]))

    def _go_on(self, where: Where, column: Sort, cursor: str, sort: str, *, down: bool) -> None:
        try:
            of, place, key = _read(cursor)
            if of != sort:
                raise Malformed("list.cursor_invalid")
            values = [column.revive(place), self._key.revive(key)]
        except (ValueError, TypeError, binascii.Error, msgspec.DecodeError):
            raise Malformed("list.cursor_invalid") from None
        after = "<" if down else ">"
        if column == self._key:
            where.add(f"{column.column} {after} ?::{column.type}", values[1])
            return
        first, second = (where.parameter(value) for value in values)
        places = f"({first}::{column.type}, {second}::{self._key.type})"
        where.conditions.append(f"({column.column}, {self._key.column}) {after} {places}")


def escaped(text: str) -> str:
    """A text as it stands for itself in a LIKE pattern."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def _write(values: list[Any]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(values)).decode().rstrip("=")


def _read(cursor: str) -> Any:
    return read_json(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), tuple[str, Any, Any])
