"""The command log decided again from its first line, and what comes out compared with what is stored.

The decisions run on a book in memory, with the logged time, actor and number of every command and the book's own
seed. Records are compared as they come out; the state of every entity, and the book's row, at the end. Memory grows
with the number of living entities (and by some sixty bytes for a record that the book does not number), not with the
length of the history. The log is read on while the book is at work; the comparison at the end sees one moment of it, in
a transaction that only reads.
"""

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from canglian.kernel.auditing.comparing import COMPARE_ROWS, Comparison, Difference, last_number
from canglian.kernel.auditing.queries import Stream
from canglian.kernel.auditing.verify import PROGRESS_EVERY, Progress, unheard
from canglian.kernel.book import Book, FindKey, Missing
from canglian.kernel.command import COMMANDS, Status
from canglian.kernel.entity import Record
from canglian.kernel.errors import CanglianError, Unavailable
from canglian.kernel.postgres.faults import AWAY
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.postgres.writer import STATE, state_of
from canglian.kernel.records import Batch, BookState, CommandLine
from canglian.kernel.store import Lost

_ENGINE_CODES = frozenset({"command.too_many_reads"})
"""Refusals by the engine, not by a decision: they left nothing behind and are not decided again. Those by the
book's admission (``Book.admission_codes``) are treated alike."""


class Replayed(msgspec.Struct, frozen=True):
    """What a replay found. ``rows`` counts what was compared, by table; ``differences`` holds the first of them."""

    book: int
    commands: int
    applied: int
    rejected: int
    rows: dict[str, int]
    differing: int
    differences: list[Difference]

    @property
    def holds(self) -> bool:
        """Whether the stored state is exactly what the log leads to."""
        return self.differing == 0


async def replay(
    store: PostgresStore,
    book: int,
    book_type: type[Book],
    progress: Progress | None = None,
    *,
    differences_max: int = 100,
) -> Replayed:
    """Decide the whole log of a book again and compare. NotFound ``book.not_found``.

    ``book_type`` is the type of book that the engine was given. Every command of the log must be imported; a kind
    that is not known is a difference.
    """
    try:
        state = await store.state(book)
    except Lost:
        raise Unavailable("database.away") from None
    report = progress or unheard
    comparison = Comparison(differences_max)
    replayer = _Replayer(state, book_type, comparison)
    await replayer.follow(Reader(store.pool), state, report)
    async with _moment(store) as reader:
        state = state_of(book, await reader.row(STATE, book))
        await replayer.follow(reader, state, report)
        await replayer.finish(reader, state)
    return Replayed(
        book,
        replayer.commands,
        replayer.applied,
        replayer.rejected,
        comparison.rows,
        comparison.differing,
        comparison.differences,
    )


@asynccontextmanager
async def _moment(store: PostgresStore) -> AsyncGenerator[Reader]:
    """A transaction that sees one moment and may take its time between statements."""
    try:
        async with store.pool.acquire() as held, held.transaction(isolation="repeatable_read", readonly=True):
            await held.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            yield Reader(held)  # pyright: ignore[reportArgumentType] - it fetches as a pool does
    except AWAY:
        raise Unavailable("database.away") from None


class _Replayer:
    def __init__(self, state: BookState, book_type: type[Book], comparison: Comparison) -> None:
        self.commands = self.applied = self.rejected = 0
        self._batch = 0
        self._book_type = book_type
        self._start = state
        self._book: Book | None = None
        self._comparison = comparison
        self._pending: dict[type[Record], list[Any]] = {}
        self._written: dict[type[Record], set[int]] = {}

    async def follow(self, reader: Reader, state: BookState, progress: Progress) -> None:
        """Decide the batches after the last one, up to the one at which the book stands."""
        batches, lines = (Stream(reader, state.book, kind) for kind in (Batch, CommandLine))
        batches.go_to(self._batch)
        lines.go_to(self.commands)
        reported = self.commands
        while self._batch < state.sequence:
            batch = await batches.next()
            if batch is None:
                self._comparison.lone("batch", self._batch + 1, stored=False)
                break
            await self._decide(reader, batch, await lines.through(batch.last_command))
            if self.commands - reported >= PROGRESS_EVERY:
                reported = self.commands
                progress(reported, state.commands)
        await self._compare_records(reader)
        progress(self.commands, state.commands)

    async def finish(self, reader: Reader, state: BookState) -> None:
        """Compare the state of every entity, the records that nothing wrote, and the book's row."""
        book = self._world(state.today)
        await self._comparison.entities(reader, book)
        await self._comparison.strangers(reader, book, self._is_hashed)
        replayed = (self._batch, self.commands, book.events, book.today, _counted(book.counters))
        stored = (state.sequence, state.commands, state.events, state.today, _counted(state.counters))
        names = ("sequence", "commands", "events", "today", "counters")
        self._comparison.fields("book", state.book, names, stored, replayed)

    def _world(self, today: Any) -> Book:
        """The book as it was founded; its first date is that of the first batch."""
        if self._book is None:
            start = self._start
            self._book = self._book_type(BookState(start.book, 0, 0, 0, today, start.seed, b"", {}))
            self._book.finds = _WholeIndex()
        return self._book

    async def _decide(self, reader: Reader, batch: Batch, lines: list[CommandLine]) -> None:
        book = self._world(batch.today)
        self._comparison.fields("batch", batch.number, ("today",), (batch.today,), (book.today,))
        self._batch = batch.number
        book.now = batch.at
        for line in lines:
            self._comparison.fields(
                "command", line.number, ("batch", "at"), (line.batch, line.at), (batch.number, batch.at)
            )
            self._comparison.outcome(line, *await self._outcome(reader, book, line))
        if len(lines) != batch.last_command - self.commands:
            self._comparison.fields(
                "batch", batch.number, ("commands",), (batch.last_command - self.commands,), (len(lines),)
            )
        self.commands = batch.last_command
        self._keep(book)
        if sum(map(len, self._pending.values())) >= COMPARE_ROWS:
            await self._compare_records(reader)

    def _keep(self, book: Book) -> None:
        """Take over the records of the batch; only entities stay in the book."""
        _, _, records = book.take_changes()
        book.landed()
        for kind, rows in records.items():
            self._pending.setdefault(kind, []).extend(rows)
            if last_number(kind, book) is None:
                self._written.setdefault(kind, set()).update(hash(kind.__id__(row)) for row in rows)
            book.tables[kind].clear()

    async def _outcome(self, reader: Reader, book: Book, line: CommandLine) -> tuple[str, str | None, Any]:
        """How a command ends now: status, code, and the result or the error's fields."""
        command_type = COMMANDS.get(line.kind)
        if line.code in _ENGINE_CODES or line.code in self._book_type.admission_codes:
            self.rejected += 1
            return line.status, line.code, msgspec.json.decode(line.result or "{}")
        if command_type is None:
            return "unknown", None, None
        try:
            command = msgspec.json.decode(line.payload, type=command_type)
        except msgspec.DecodeError as problem:
            return "unreadable", None, {"problem": str(problem)}
        while True:
            book.begin(line.number, line.actor)
            try:
                result = command.decide(book)
            except Missing as missing:
                book.undo()
                await self._load(reader, book, missing)
            except CanglianError as refused:
                book.undo()
                self.rejected += 1
                return Status.REJECTED.value, refused.code, refused.fields
            except Exception:
                book.undo()
                return Status.FAILED.value, "command.failed", {"command": line.number}
            else:
                self.applied += 1
                return Status.APPLIED.value, None, result

    async def _load(self, reader: Reader, book: Book, missing: Missing) -> None:
        """Give the book what a decision asked for: entities live in memory, so what is not there never was."""
        entity, key = missing.entity, missing.key
        if issubclass(entity, Record) and self._was_written(entity, key, book):
            await self._compare_records(reader)
            book.install(entity, [key], await self._comparison.stored(reader, book.number, entity, [key]))
        else:
            book.install(entity, [key], {})

    def _was_written(self, kind: type[Record], key: Any, book: Book) -> bool:
        """Whether a record had been written by now; the stored table may also hold what comes later in the log."""
        last = last_number(kind, book)
        return self._is_hashed(kind, key) if last is None else 0 < key <= last

    def _is_hashed(self, kind: type[Record], key: Any) -> bool:
        return hash(key) in self._written.get(kind, ())

    async def _compare_records(self, reader: Reader) -> None:
        pending, self._pending = self._pending, {}
        for kind, rows in pending.items():
            await self._comparison.records(reader, self._start.book, kind, rows)


class _WholeIndex(dict[FindKey, set[Any]]):
    """Every index of a book whose entities are all in memory: a key that nothing has yet has an empty set."""

    def get(self, key: FindKey, default: Any = None) -> Any:
        return self.setdefault(key, set())


def _counted(counters: dict[str, int]) -> Iterable[tuple[str, int]]:
    return sorted(counters.items())
