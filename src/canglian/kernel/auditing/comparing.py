"""Rows as a replay makes them against the rows that are stored: what differs, counted, and the first of it kept."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from canglian.kernel.auditing.queries import outside, pages, tables
from canglian.kernel.book import Book
from canglian.kernel.command import COMMANDS
from canglian.kernel.entity import Entity, Record
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.writing import key_arrays, load_sql
from canglian.kernel.records import CommandLine, Event
from canglian.kernel.shape import shape

COMPARE_ROWS = 2000
"""How many records are compared with one query."""
SHOWN = 300
"""Characters of a differing value that are kept."""

_encode = msgspec.json.Encoder(order="deterministic").encode


class Difference(msgspec.Struct, frozen=True):
    """One field of one row that is not what the log leads to; an empty ``field`` is a row on one side only."""

    entity: str
    key: str
    field: str
    stored: str
    replayed: str


class Comparison:
    """Counts what was compared, by table, and what differs."""

    def __init__(self, most: int) -> None:
        self.rows: dict[str, int] = {}
        self.differing = 0
        self.differences: list[Difference] = []
        self._most = most

    def outcome(self, line: CommandLine, status: str, code: str | None, content: Any) -> None:
        """Compare how a command ended with its line in the log."""
        self._count("command", 1)
        names = ("status", "code")
        self.fields("command", line.number, names, (line.status, line.code), (status, code))
        if status != line.status:
            return
        text = None if content is None else _encode(content).decode()
        if text != line.result and not _same_result(line, text):
            self._differ("command", line.number, "result", line.result, text)

    def fields(
        self, entity: str, key: Any, names: tuple[str, ...], stored: tuple[Any, ...], replayed: tuple[Any, ...]
    ) -> None:
        """Compare one row, field by field."""
        if stored == replayed:
            return
        for name, kept, decided in zip(names, stored, replayed, strict=True):
            if kept != decided:
                self._differ(entity, key, name, kept, decided)

    def lone(self, entity: str, key: Any, *, stored: bool) -> None:
        """A row that is there on one side only."""
        self._differ(entity, key, "", "there" if stored else "not there", "not there" if stored else "there")

    async def stored(self, reader: Reader, book: int, kind: type[Entity], keys: list[Any]) -> dict[Any, Any]:
        """The stored rows with these keys."""
        rows = await reader.rows(load_sql(kind), book, *key_arrays(len(shape(kind).key), keys))
        return {kind.__id__(thing): thing for thing in self._made(kind, rows)}

    async def records(self, reader: Reader, book: int, kind: type[Record], rows: list[Any]) -> None:
        """Compare new records, in pages."""
        for start in range(0, len(rows), COMPARE_ROWS):
            page = {kind.__id__(row): row for row in rows[start : start + COMPARE_ROWS]}
            stored = await self.stored(reader, book, kind, list(page))
            self._count(kind.__table__, len(page))
            for key, row in page.items():
                self._pair(kind, key, stored.get(key), row)

    async def entities(self, reader: Reader, book: Book) -> None:
        """Compare the state of everything that is not a record. The book is used up by it."""
        for kind in await tables(reader, book.number, Entity):
            table = book.tables[kind]
            async for page in pages(reader, book.number, kind):
                things = list(self._made(kind, page))
                self._count(kind.__table__, len(things))
                for thing in things:
                    key = kind.__id__(thing)
                    self._pair(kind, key, thing, table.pop(key, None))
            for key, thing in table.items():
                if thing is not None:
                    self.lone(kind.__table__, key, stored=False)

    async def strangers(self, reader: Reader, book: Book, was_written: Callable[[type[Record], Any], bool]) -> None:
        """Find stored records that no command wrote."""
        for kind in await tables(reader, book.number, Record):
            last = last_number(kind, book)
            found = pages(reader, book.number, kind) if last is None else outside(reader, book.number, kind, last)
            async for page in found:
                for row in page:
                    key = _key(kind, row)
                    if last is not None or not was_written(kind, key):
                        self.lone(kind.__table__, key, stored=True)

    def _pair(self, kind: type[Entity], key: Any, stored: Any, replayed: Any) -> None:
        if stored is None or replayed is None:
            self.lone(kind.__table__, key, stored=stored is not None)
        elif stored != replayed:
            values = msgspec.structs.astuple
            self.fields(kind.__table__, key, kind.__struct_fields__, values(stored), values(replayed))

    def _made(self, kind: type[Entity], rows: Iterable[Any]) -> Iterable[Any]:
        make = shape(kind).make
        for row in rows:
            try:
                yield make(row)
            except (ValueError, msgspec.ValidationError) as problem:
                self._differ(kind.__table__, _key(kind, row), "", problem, "there")

    def _count(self, table: str, rows: int) -> None:
        self.rows[table] = self.rows.get(table, 0) + rows

    def _differ(self, entity: str, key: Any, field: str, stored: Any, replayed: Any) -> None:
        self.differing += 1
        if len(self.differences) < self._most:
            self.differences.append(Difference(entity, str(key), field, str(stored)[:SHOWN], str(replayed)[:SHOWN]))


def last_number(kind: type[Entity], book: Book) -> int | None:
    """The last key of a kind whose keys are numbers that the book hands out one by one; None for other kinds."""
    return book.events if kind is Event else book.counters.get(kind.__table__)


def _same_result(line: CommandLine, text: str | None) -> bool:
    """Whether two results mean the same: an instant may be written in more than one zone."""
    command = COMMANDS.get(line.kind)
    if line.result is None or text is None or command is None or line.code is not None:
        return False
    try:
        stored = msgspec.json.decode(line.result, type=command.__result__)
        return bool(stored == msgspec.json.decode(text, type=command.__result__))
    except msgspec.DecodeError:
        return False


def _key(kind: type[Entity], row: Any) -> Any:
    values = tuple(row[name] for name in kind.__key__)
    return values[0] if len(values) == 1 else values
