"""Reading for screens and APIs: async SQL that never changes anything, on the primary or on a standby."""

from typing import Any

import asyncpg

from canglian.kernel.errors import Malformed, Unavailable
from canglian.kernel.postgres.faults import AWAY, RESOURCES


class Reader:
    """What query modules are given. Every statement carries ``book = $1``."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def rows(self, sql: str, book: int, *arguments: Any) -> list[Any]:
        """All rows of a statement. Unavailable ``database.away_reading`` where the database does not answer."""
        try:
            return await self._pool.fetch(sql, book, *arguments)
        except (*AWAY, *RESOURCES):
            raise Unavailable("database.away_reading") from None
        except asyncpg.DataError:
            raise Malformed("request.malformed", problem="a value lies outside what is kept", field="") from None

    async def row(self, sql: str, book: int, *arguments: Any) -> Any | None:
        """The first row, or None."""
        rows = await self.rows(sql, book, *arguments)
        return rows[0] if rows else None

    async def value(self, sql: str, book: int, *arguments: Any) -> Any:
        """The first column of the first row, or None."""
        row = await self.row(sql, book, *arguments)
        return None if row is None else row[0]
