"""The PostgreSQL store: reads and small commits on the main loop, large commits beside it.

store = await PostgresStore.open(url)
...
await store.close()
"""

from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec

from canglian.kernel.entity import Entity
from canglian.kernel.postgres.beside import Beside
from canglian.kernel.postgres.connect import open_pool
from canglian.kernel.postgres.faults import AWAY, RESOURCES, lost
from canglian.kernel.postgres.small import SMALL_SETTINGS, commit_small
from canglian.kernel.postgres.writer import STATE, Writer, state_of
from canglian.kernel.postgres.writing import find_sql, key_arrays, load_sql
from canglian.kernel.records import Batch, BookState, CommandLine
from canglian.kernel.shape import shape
from canglian.kernel.store import Change, Locked


class PostgresStore:
    """Books in PostgreSQL."""

    def __init__(
        self,
        pool: asyncpg.Pool,
        writing_pool: asyncpg.Pool,
        beside: Beside,
        quick_pool: asyncpg.Pool | None,
        *,
        distributed: bool,
    ) -> None:
        self.pool = pool
        self._writing_pool = writing_pool
        self._beside = beside
        self._writer = Writer(writing_pool, staged=not distributed)
        self._quick_pool = quick_pool
        self._on_the_way: Counter[int] = Counter()

    @classmethod
    async def open(cls, url: str, *, readers: int = 10, writers: int = 4) -> "PostgresStore":
        """Connect. ``readers`` serve loading and queries, ``writers`` commit: one at a time for each book."""
        pool = await open_pool(url, most=readers)
        distributed = await pool.fetchval("SELECT count(*) > 0 FROM pg_extension WHERE extname = 'citus'")
        beside = Beside("commit")
        writing_pool = await beside.run(open_pool(url, most=writers))
        quick_pool = None if distributed else await open_pool(url, most=writers, settings=SMALL_SETTINGS)
        return cls(pool, writing_pool, beside, quick_pool, distributed=distributed)

    async def close(self) -> None:
        """Disconnect; what is under way is finished first."""
        await self._beside.run(self._writing_pool.close())
        await self._beside.stop()
        if self._quick_pool is not None:
            await self._quick_pool.close()
        await self.pool.close()

    async def found(self, state: BookState) -> None:
        await self._fetch(
            "INSERT INTO book (book, sequence, commands, events, today, seed, hash, counters) "
            "SELECT $1, $2, $3, $4, $5, $6, $7, $8 ON CONFLICT (book) DO NOTHING",
            *msgspec.structs.astuple(state),
        )

    async def state(self, book: int) -> BookState:
        rows = await self._fetch(STATE, book)
        return state_of(book, rows[0] if rows else None)

    async def load(self, book: int, entity: type[Entity], keys: list[Any]) -> dict[Any, Any]:
        form = shape(entity)
        rows = await self._fetch(load_sql(entity), book, *key_arrays(len(form.key), keys))
        return {entity.__id__(thing): thing for thing in map(form.make, rows)}

    async def find(self, book: int, entity: type[Entity], index: str, keys: list[Any]) -> dict[Any, list[Any]]:
        fields = len(entity.__indexes__[index])
        rows = await self._fetch(find_sql(entity, index), book, *key_arrays(fields, keys))
        found: defaultdict[Any, list[Any]] = defaultdict(list)
        for thing in map(shape(entity).make, rows):
            found[entity.__index_of__[index](thing)].append(thing)
        return {key: found[key] for key in keys}

    async def known(self, book: int, keys: Iterable[str]) -> dict[str, CommandLine]:
        """Keys are joined, not searched for in an array, which a young log is scanned for row by row."""
        names = ", ".join(shape(CommandLine).names)
        rows = await self._fetch(
            f"SELECT {names} FROM command WHERE book = $1 AND key IN (SELECT * FROM unnest($2::text[]))",
            book,
            list(keys),
        )
        return {row["key"]: CommandLine(*row) for row in rows}

    async def batch(self, book: int, number: int) -> Batch | None:
        found = await self.load(book, Batch, [number])
        return found.get(number)

    async def commit(self, change: Change) -> None:
        book = change.before.book
        if self._quick_pool is not None and not self._on_the_way[book] and change.is_small:
            await commit_small(self._quick_pool, change)
            return
        self._on_the_way[book] += 1
        try:
            await self._beside.run(self._writer.commit(change))
        finally:
            self._on_the_way[book] -= 1

    @asynccontextmanager
    async def lock(self, book: int) -> AsyncGenerator[Locked]:
        """Hold the book's row; the transaction is undone on leaving unless ``commit`` ended it."""
        connection, state = await self._beside.run(self._writer.lock(book))
        try:
            yield _Held(state, self._beside, self._writer, connection)
        finally:
            await self._beside.run(self._writer.unlock(connection))

    async def _fetch(self, sql: str, *arguments: Any) -> list[Any]:
        try:
            return await self.pool.fetch(sql, *arguments)
        except (*AWAY, *RESOURCES) as away:
            raise lost(away) from away


class _Held:
    """A book whose row is locked by an open transaction."""

    def __init__(self, state: BookState, beside: Beside, writer: Writer, connection: Any) -> None:
        self.state = state
        self._beside = beside
        self._writer = writer
        self._connection = connection

    async def commit(self, change: Change) -> None:
        await self._beside.run(self._writer.commit_locked(self._connection, change))
