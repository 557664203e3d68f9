"""The audit chain computed again from the rows, batch by batch.

What is hashed stands in ``kernel.audit``. Beside the hashes the numbers are checked: batches, commands, events and
every audited record that is numbered by the book follow each other without a gap, and the book's own row names the
last of each. Memory holds one page of every table and the rows of one batch, however long the history is.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from canglian.kernel.audit import GENESIS, link
from canglian.kernel.auditing.queries import Stream, ends
from canglian.kernel.encoding import encode
from canglian.kernel.entity import Record
from canglian.kernel.errors import NotFound
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.writer import STATE
from canglian.kernel.records import AUDITED, Batch, BookState, CommandLine, Event

Progress = Callable[[int, int], None]
"""Told the commands done and the commands in all."""

PROGRESS_EVERY = 5000


def unheard(_done: int, _total: int) -> None:
    """Progress that nobody follows."""


class Broken(msgspec.Struct, frozen=True):
    """The first place where the chain does not hold.

    ``kind`` is ``<table>.missing`` (a number is not there), ``<table>.unexpected`` (rows that no batch wrote),
    ``batch.range`` (a batch's commands do not follow those before), ``batch.previous`` (it builds on another hash),
    ``batch.altered`` (its rows, or itself, are not those that were hashed) or ``book.<column>``.
    """

    kind: str
    batch: int
    expected: str
    found: str


class Verified(msgspec.Struct, frozen=True):
    """What was verified, up to the batch at which the book stood; ``rows`` counts the audited rows by table."""

    book: int
    batches: int
    commands: int
    events: int
    rows: dict[str, int]
    hash: str
    broken: Broken | None

    @property
    def holds(self) -> bool:
        """Whether the whole chain holds."""
        return self.broken is None


class _Break(Exception):
    def __init__(self, kind: str, batch: int, expected: object, found: object) -> None:
        super().__init__(kind)
        self.broken = Broken(kind, batch, _shown(expected), _shown(found))


async def verify(
    reader: Reader, book: int, audited: tuple[type[Record], ...] = (), progress: Progress | None = None
) -> Verified:
    """Compute the chain of a book again and stop at the first break. NotFound ``book.not_found``.

    ``audited`` are the records that the engine of this book was given.
    """
    state = await _state(reader, book)
    chain = _Chain(reader, state, (*AUDITED, *audited))
    broken: Broken | None = None
    try:
        await chain.walk(progress or unheard)
        await _check_ends(reader, book, chain)
    except _Break as found:
        broken = found.broken
    rows = {kind.__table__: stream.last for kind, stream in chain.streams.items()}
    return Verified(book, chain.number, chain.commands, rows[Event.__table__], rows, chain.hash.hex(), broken)


class _Chain:
    def __init__(self, reader: Reader, state: BookState, audited: tuple[type[Record], ...]) -> None:
        self.state = state
        self.streams = {kind: Stream(reader, state.book, kind) for kind in audited}
        self.batches = Stream(reader, state.book, Batch)
        self.hash = GENESIS
        self.number = 0
        self.commands = 0

    async def walk(self, progress: Progress) -> None:
        """Follow the chain to the batch at which the book stands."""
        reported = 0
        while self.number < self.state.sequence:
            batch = await self.batches.next()
            if batch is None or batch.number != self.number + 1:
                found = "the end" if batch is None else batch.number
                raise _Break("batch.missing", self.number + 1, self.number + 1, found)
            await self._check(batch)
            if self.commands - reported >= PROGRESS_EVERY:
                reported = self.commands
                progress(reported, self.state.commands)
        progress(self.commands, self.state.commands)
        _same("book.commands", self.number, self.commands, self.state.commands)
        _same("book.hash", self.number, self.hash, self.state.hash)

    async def _check(self, batch: Batch) -> None:
        _same("batch.range", batch.number, self.commands + 1, batch.first_command)
        _same("batch.previous", batch.number, self.hash, batch.previous)
        encoded: list[bytes] = []
        for kind, stream in self.streams.items():
            rows = await stream.through(batch.last_command)
            self._no_gap(batch, stream, rows)
            if rows:
                encoded.append(encode(kind, self.state.book, rows))
        last = self.streams[CommandLine].last
        if last != batch.last_command:
            raise _Break("command.missing", batch.number, batch.last_command, last)
        digest = link(self.hash, batch, encoded)
        if digest != batch.hash:
            await self._explain(batch)
        _same("batch.altered", batch.number, digest, batch.hash)
        self.hash, self.number, self.commands = digest, batch.number, batch.last_command

    async def _explain(self, batch: Batch) -> None:
        """A row may lack at the end of the batch: then the next one shows it."""
        for stream in self.streams.values():
            following = await stream.next()
            self._no_gap(batch, stream, [] if following is None else [following])

    def _no_gap(self, batch: Batch, stream: Stream, rows: list[Any]) -> None:
        gap = stream.gap(rows)
        if gap is not None:
            raise _Break(f"{stream.kind.__table__}.missing", batch.number, *gap)


async def _check_ends(reader: Reader, book: int, chain: _Chain) -> None:
    """Nothing stands behind the last batch, and the book's row counts what is there: seen in one statement."""
    kinds = [Batch, *chain.streams]
    row = await ends(reader, book, kinds)
    assert row is not None
    counters: dict[str, int] = row[3]
    counted = {**counters, "batch": row[0], "command": row[1], "event": row[2]}
    for kind, last in zip(kinds, row[4:], strict=True):
        table, last = kind.__table__, last or 0
        count = counted.get(table, 0)
        if last > count:
            raise _Break(f"{table}.unexpected", row[0], count, last)
        if last < count:
            raise _Break(f"{table}.missing", row[0], count, last)


async def _state(reader: Reader, book: int) -> BookState:
    row = await reader.row(STATE, book)
    if row is None:
        raise NotFound("book.not_found", book=book)
    return BookState(*row)


def _same(kind: str, batch: int, expected: object, found: object) -> None:
    if expected != found:
        raise _Break(kind, batch, expected, found)


def _shown(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
