"""Committing: one transaction a batch, ordered by the one row of its book."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
import structlog

from canglian.kernel.errors import NotFound
from canglian.kernel.postgres.faults import AWAY, CROSSED, RESOURCES, is_repeated, lost
from canglian.kernel.postgres.writing import copy, update
from canglian.kernel.records import BookState
from canglian.kernel.store import Change, Lost, Moved, OutcomeUnknown, Overtaken, Repeated

STATE = "SELECT book, sequence, commands, events, today, seed, hash, counters FROM book WHERE book = $1"
_MOVE = (
    "UPDATE book SET sequence = $3, commands = $4, events = $5, today = $6, hash = $7, counters = $8 "
    "WHERE book = $1 AND sequence = $2 AND hash = $9 RETURNING sequence"
)
"""The hash distinguishes the batch that this one builds on from another process's batch of the same number."""

log = structlog.get_logger()

AHEAD_SECONDS = 1.0
"""How long rows sent ahead wait for the batch before them; then they are taken back and sent again."""


class Writer:
    """Transactions on a pool of connections; lives in the loop that opened the pool."""

    def __init__(self, pool: asyncpg.Pool, *, staged: bool) -> None:
        self._pool = pool
        self._staged = staged
        self._landings: dict[tuple[int, int], asyncio.Future[bool]] = {}

    async def commit(self, change: Change) -> None:
        """Write the change if the book is where it expects; Moved, Repeated, Lost or OutcomeUnknown otherwise.

        While the batch before it is still on its way, its new rows are sent ahead; only then it waits.
        """
        book = change.before.book
        ahead = self._landings.get((book, change.before.sequence))
        landing = self._landings[book, change.after.sequence] = asyncio.get_running_loop().create_future()
        try:
            async with self._connection() as connection:
                await connection.execute("BEGIN")
                if ahead is None:
                    await self._write(connection, change)
                else:
                    await self._write_ahead(connection, change, ahead)
            landing.set_result(True)
        finally:
            if not landing.done():
                landing.set_result(False)
            if self._landings.get((book, change.after.sequence)) is landing:
                del self._landings[book, change.after.sequence]

    async def _write_ahead(self, connection: Any, change: Change, ahead: asyncio.Future[bool]) -> None:
        try:
            await self._insert(connection, change)
            landed = await asyncio.wait_for(asyncio.shield(ahead), AHEAD_SECONDS)
        except (TimeoutError, *CROSSED) as crossed:
            raise Overtaken from crossed
        if not landed:
            raise Overtaken
        try:
            await self._move(connection, change)
        except asyncpg.DeadlockDetectedError as crossed:
            raise Moved from crossed
        await self._finish(connection, change)

    async def lock(self, book: int) -> tuple[Any, BookState]:
        """Begin a transaction that holds the book's row, and the row."""
        connection: Any = None
        try:
            connection = await self._pool.acquire()
            await connection.execute("BEGIN")
            return connection, state_of(book, await connection.fetchrow(STATE + " FOR UPDATE", book))
        except (*AWAY, *RESOURCES) as away:
            await self._give_back(connection)
            raise lost(away) from away
        except BaseException:
            await self._give_back(connection)
            raise

    async def commit_locked(self, connection: Any, change: Change) -> None:
        """Write the change in the transaction that ``lock`` began; Moved when it crossed rows sent ahead."""
        try:
            await self._write(connection, change)
        except asyncpg.DeadlockDetectedError as crossed:
            raise Moved from crossed
        except (*AWAY, *RESOURCES) as away:
            raise lost(away) from away

    async def unlock(self, connection: Any) -> None:
        """Give the connection back; what was not committed is undone."""
        await self._give_back(connection)

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[Any]:
        connection: Any = None
        try:
            connection = await self._pool.acquire()
            yield connection
        except (*AWAY, *RESOURCES) as away:
            raise lost(away) from away
        except asyncpg.UniqueViolationError as taken:
            if not is_repeated(taken):
                raise
            raise Repeated from taken
        finally:
            await self._give_back(connection)

    async def _give_back(self, connection: Any) -> None:
        """Never raises: what was committed stays committed, whatever becomes of the connection."""
        if connection is None:
            return
        try:
            if not connection.is_closed() and connection.is_in_transaction():
                await connection.execute("ROLLBACK")
        except Exception:
            log.warning("connection given up", exc_info=True)
            with suppress(Exception):  # the pool may have taken it back when it broke
                connection.terminate()
        try:
            await self._pool.release(connection)
        except Exception:
            log.warning("connection not released", exc_info=True)

    async def _write(self, connection: Any, change: Change) -> None:
        await self._move(connection, change)
        await self._insert(connection, change)
        await self._finish(connection, change)

    async def _move(self, connection: Any, change: Change) -> None:
        """Take the book's row and move it on; from here until the end no other process writes to the book."""
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
            before.hash,
        )
        if moved is None:
            raise Moved

    async def _insert(self, connection: Any, change: Change) -> None:
        for kind, rows in change.new.items():
            await copy(connection, kind.__table__, kind, rows.encoded)

    async def _finish(self, connection: Any, change: Change) -> None:
        for kind, rows in change.changed.items():
            await update(connection, change.before.book, kind, rows, staged=self._staged)
        try:
            done = await connection.execute("COMMIT")
        except AWAY as away:
            raise OutcomeUnknown(str(away)) from away
        if done != "COMMIT":
            raise Lost(f"the transaction ended with {done}")


def state_of(book: int, row: Any) -> BookState:
    """The book's row as a struct; NotFound ``book.not_found`` where there is none."""
    if row is None:
        raise NotFound("book.not_found", book=book)
    return BookState(*row)
