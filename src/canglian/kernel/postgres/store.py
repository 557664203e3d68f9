"""The PostgreSQL store: a batch is one transaction, ordered by the one row of its book."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec

from canglian.kernel.entity import Entity
from canglian.kernel.errors import NotFound
from canglian.kernel.postgres.columns import shape
from canglian.kernel.postgres.writing import find_sql, insert, key_arrays, load_sql, upsert
from canglian.kernel.records import Batch, BookState, CommandLine
from canglian.kernel.store import Change, Lost, Moved, OutcomeUnknown

AWAY = (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError, asyncpg.OperatorInterventionError)
"""What asyncpg raises when the server is not there, or goes."""

RESOURCES = (asyncpg.InsufficientResourcesError, asyncpg.LockNotAvailableError, asyncpg.PostgresIOError)
"""The server is there but cannot: a full disk, no memory, too many connections, a lock that does not come."""

_STATE = "SELECT book, sequence, commands, events, today, seed, hash, counters FROM book WHERE book = $1"
_MOVE = (
    "UPDATE book SET sequence = $3, commands = $4, events = $5, today = $6, hash = $7, counters = $8 "
    "WHERE book = $1 AND sequence = $2 RETURNING sequence"
)


class PostgresStore:
    """Books in PostgreSQL, through a pool of prepared connections."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def found(self, state: BookState) -> None:
        await self._pool.execute(
            "INSERT INTO book (book, sequence, commands, events, today, seed, hash, counters) "
            "SELECT $1, $2, $3, $4, $5, $6, $7, $8 ON CONFLICT (book) DO NOTHING",
            *msgspec.structs.astuple(state),
        )

    async def state(self, book: int) -> BookState:
        return _state(book, await self._fetchrow(_STATE, book))

    async def load(self, book: int, entity: type[Entity], keys: list[Any]) -> dict[Any, Any]:
        form = shape(entity)
        rows = await self._fetch(load_sql(entity), book, *key_arrays(form.key, keys))
        return {entity.__id__(thing): thing for thing in map(form.make, rows)}

    async def find(self, book: int, entity: type[Entity], index: str, keys: list[Any]) -> dict[Any, list[Any]]:
        form = shape(entity)
        fields = [form.column(name) for name in entity.__indexes__[index]]
        rows = await self._fetch(find_sql(entity, index), book, *key_arrays(fields, keys))
        found: defaultdict[Any, list[Any]] = defaultdict(list)
        for thing in map(form.make, rows):
            found[entity.__index_of__[index](thing)].append(thing)
        return {key: found[key] for key in keys}

    async def known(self, book: int, keys: Iterable[str]) -> dict[str, CommandLine]:
        names = ", ".join(shape(CommandLine).names)
        rows = await self._fetch(
            f"SELECT {names} FROM command WHERE book = $1 AND key = ANY($2::text[])",  # noqa: S608 - fixed names
            book,
            list(keys),
        )
        return {row["key"]: CommandLine(*row) for row in rows}

    async def batch(self, book: int, number: int) -> Batch | None:
        found = await self.load(book, Batch, [number])
        return found.get(number)

    async def commit(self, change: Change) -> None:
        async with self._transaction() as connection:
            await self._write(connection, change)

    @asynccontextmanager
    async def lock(self, book: int) -> AsyncIterator["_Held"]:
        async with self._transaction() as connection:
            held = _Held(self, connection, _state(book, await connection.fetchrow(_STATE + " FOR UPDATE", book)))
            yield held
            if not held.committed:
                await connection.execute("ROLLBACK")

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Any]:
        """A connection inside BEGIN; whoever uses it commits. Errors become those of the store."""
        connection: Any = None
        try:
            connection = await self._pool.acquire()
            await connection.execute("BEGIN")
            yield connection
        except (*AWAY, *RESOURCES) as away:
            raise Lost(str(away)) from away
        finally:
            if connection is not None:
                await self._give_back(connection)

    async def _give_back(self, connection: Any) -> None:
        try:
            if not connection.is_closed() and connection.is_in_transaction():
                await connection.execute("ROLLBACK")
        except AWAY:
            connection.terminate()
        finally:
            await self._pool.release(connection)

    async def _write(self, connection: Any, change: Change) -> None:
        before, after = change.before, change.after
        moved = await connection.fetchval(
            _MOVE,
            before.book,
            before.sequence,
            after.sequence,
            after.commands,
            after.events,
            after.today,
            after.hash,
            after.counters,
        )
        if moved is None:
            await connection.execute("ROLLBACK")
            raise Moved
        for kind, rows in change.records.items():
            await insert(connection, before.book, kind, rows)
        await insert(connection, before.book, Batch, [change.batch])
        for kind, rows in change.entities.items():
            await upsert(connection, before.book, kind, rows)
        await self._commit(connection)

    async def _commit(self, connection: Any) -> None:
        try:
            await connection.execute("COMMIT")
        except AWAY as away:
            raise OutcomeUnknown(str(away)) from away

    async def _fetch(self, sql: str, *arguments: Any) -> list[Any]:
        try:
            return await self._pool.fetch(sql, *arguments)
        except (*AWAY, *RESOURCES) as away:
            raise Lost(str(away)) from away

    async def _fetchrow(self, sql: str, *arguments: Any) -> Any:
        rows = await self._fetch(sql, *arguments)
        return rows[0] if rows else None


class _Held:
    """A book whose row is locked by this transaction."""

    def __init__(self, store: PostgresStore, connection: Any, state: BookState) -> None:
        self.state = state
        self.committed = False
        self._store = store
        self._connection = connection

    async def commit(self, change: Change) -> None:
        await self._store._write(self._connection, change)  # noqa: SLF001 - the other half of the same class
        self.committed = True


def _state(book: int, row: Any) -> BookState:
    if row is None:
        raise NotFound("book.not_found", book=book)
    return BookState(*row)


