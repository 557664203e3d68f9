"""What an audit reads: rows of a book in the order of their keys, a bounded page at a time."""

from collections import deque
from collections.abc import AsyncGenerator, Callable
from operator import attrgetter
from typing import Any

from canglian.kernel.entity import ENTITIES, Entity, Record
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.records import Batch, CommandLine
from canglian.kernel.shape import quoted, shape

PAGE_ROWS = 2000
PAGE_BYTES = 16 * 2**20
"""Bulk commands are large: a page of the log stops at so many bytes."""

_LOWEST, _HIGHEST = -(2**63), 2**63 - 1

_UP_TO = (
    "SELECT max(number) FROM (SELECT number, sum(octet_length(payload) + coalesce(octet_length(result), 0)) "
    "OVER (ORDER BY number) AS bytes FROM (SELECT number, payload, result FROM command "
    "WHERE book = $1 AND number > $2 ORDER BY number LIMIT $3) AS page) AS sized WHERE bytes <= $4"
)


class Stream:
    """The rows of one record type whose key is one number, in its order."""

    def __init__(self, reader: Reader, book: int, kind: type[Record]) -> None:
        (key,) = shape(kind).key
        table = shape(kind)
        name = quoted(key.name)
        self.kind = kind
        self.last = 0
        self._reader = reader
        self._book = book
        self._make = table.make
        self._key: Callable[[Any], int] = attrgetter(key.name)
        self._command: Callable[[Any], int] = attrgetter("number" if kind is CommandLine else "command")
        self._sql = (
            f"SELECT {', '.join(table.names)} FROM {quoted(table.table)} "
            f"WHERE book = $1 AND {name} > $2 AND {name} <= $3 ORDER BY {name} LIMIT $4"
        )
        self._place = _LOWEST
        self._page: deque[Any] = deque()
        self._ended = False

    def go_to(self, number: int) -> None:
        """Begin after this number."""
        self._place = number

    async def next(self) -> Any | None:
        """The next row, or None at the end."""
        if not self._page and not self._ended:
            await self._turn()
        return self._page.popleft() if self._page else None

    async def through(self, command: int) -> list[Any]:
        """The next rows, as far as they were written by commands up to this one."""
        rows: list[Any] = []
        while self._page or not self._ended:
            if not self._page:
                await self._turn()
                continue
            if self._command(self._page[0]) > command:
                break
            rows.append(self._page.popleft())
        return rows

    def gap(self, rows: list[Any]) -> tuple[int, int] | None:
        """The number that is missing and the one that stands in its place; None when all follow each other."""
        for row in rows:
            number = self._key(row)
            if number != self.last + 1:
                return self.last + 1, number
            self.last = number
        return None

    async def _turn(self) -> None:
        upto, limit = _HIGHEST, PAGE_ROWS
        if self.kind is CommandLine:
            small = await self._reader.value(_UP_TO, self._book, self._place, PAGE_ROWS, PAGE_BYTES)
            upto, limit = (_HIGHEST, 1) if small is None else (small, PAGE_ROWS)
        rows = await self._reader.rows(self._sql, self._book, self._place, upto, limit)
        self._page.extend(map(self._make, rows))
        self._ended = not rows
        if rows:
            self._place = self._key(self._page[-1])


async def ends(reader: Reader, book: int, kinds: list[type[Record]]) -> Any | None:
    """The book's counts and the last number of some kinds, in one statement and so of one moment."""
    last = ", ".join(
        f"(SELECT max({quoted(shape(kind).key[0].name)}) FROM {quoted(kind.__table__)} WHERE book = $1)"
        for kind in kinds
    )
    return await reader.row(f"SELECT sequence, commands, events, counters, {last} FROM book WHERE book = $1", book)


async def tables(reader: Reader, book: int, base: type[Entity]) -> list[type[Any]]:
    """The kinds that this database has a table for; the log and the batches are what is replayed from."""
    kinds = [
        kind
        for kind in ENTITIES.values()
        if issubclass(kind, Record) is (base is Record) and kind not in (Batch, CommandLine)
    ]
    names = [quoted(kind.__table__) for kind in kinds]
    there = await reader.rows(
        "SELECT name FROM unnest($2::text[]) AS name WHERE $1::integer IS NOT NULL AND to_regclass(name) IS NOT NULL",
        book,
        names,
    )
    found = {row[0] for row in there}
    return [kind for kind, name in zip(kinds, names, strict=True) if name in found]


async def pages(reader: Reader, book: int, kind: type[Entity]) -> AsyncGenerator[list[Any]]:
    """All rows in the order of their keys, a page at a time."""
    form = shape(kind)
    keys = [quoted(column.name) for column in form.key]
    places = ", ".join(f"${position}::{column.type}" for position, column in enumerate(form.key, start=3))
    select = f"SELECT {', '.join(form.names)} FROM {quoted(form.table)} WHERE book = $1"
    order = f"ORDER BY {', '.join(keys)} LIMIT $2"
    page = await reader.rows(f"{select} {order}", book, PAGE_ROWS)
    while page:
        yield page
        last = [page[-1][column.name] for column in form.key]
        page = await reader.rows(f"{select} AND ({', '.join(keys)}) > ({places}) {order}", book, PAGE_ROWS, *last)


async def outside(reader: Reader, book: int, kind: type[Entity], last: int) -> AsyncGenerator[list[Any]]:
    """The rows whose number was never handed out."""
    form = shape(kind)
    name = quoted(form.key[0].name)
    yield await reader.rows(
        f"SELECT {', '.join(form.names)} FROM {quoted(form.table)} "
        f"WHERE book = $1 AND ({name} < 1 OR {name} > $2) ORDER BY {name} LIMIT $3",
        book,
        last,
        PAGE_ROWS,
    )
