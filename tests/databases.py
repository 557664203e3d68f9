"""Databases for tests: one that a worker keeps and empties between tests, and fresh ones for who changes the schema."""

import itertools
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from canglian.app.rooms import packages
from canglian.kernel.postgres import migrate

_TEMPLATE = "template_canglian"
_SMALL = 2**18
"""Up to this size, in bytes, rows are deleted; a table that has grown larger gets a new file."""
_TABLES = """
SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'migration' ORDER BY 1
"""
_SHAPE = """
SELECT c.relname::text, c.relkind::text, a.attname::text, a.atttypid::bigint, a.attnotnull
FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
WHERE c.relnamespace = 'public'::regnamespace ORDER BY 1, 3
"""
_END_OTHERS = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Databases:
    """The databases of a server that is there for tests only."""

    def __init__(self, url: str, server: Any) -> None:
        self.url = url
        self._server = server
        self._kept: dict[str, Kept] = {}
        self._numbers = itertools.count(1)

    @classmethod
    async def of(cls, url: str) -> "Databases":
        """On an empty server. Nothing on it has to survive a crash, so it does not wait for the disk."""
        server = await asyncpg.connect(url)
        for setting in ("fsync", "full_page_writes"):
            await server.execute(f"ALTER SYSTEM SET {setting} = off")
        await server.execute("SELECT pg_reload_conf()")
        databases = cls(url, server)
        await server.execute(f"CREATE DATABASE {_TEMPLATE}")
        await migrate.apply_async(databases.at(_TEMPLATE), packages())
        return databases

    async def close(self) -> None:
        """Let go of the server."""
        for kept in self._kept.values():
            await kept.connection.close()
        await self._server.close()

    def at(self, name: str) -> str:
        """The address of a database by its name."""
        start, _, rest = self.url.partition("/canglian?")
        return f"{start}/{name}?{rest}"

    @asynccontextmanager
    async def fresh(self) -> AsyncGenerator[str]:
        """The address of a migrated database of one's own, deleted afterwards."""
        name = await self._copy()
        yield self.at(name)
        await self._server.execute(f"DROP DATABASE {name} WITH (FORCE)")

    @asynccontextmanager
    async def copy_of(self, url: str) -> AsyncGenerator[str]:
        """The address of a copy of a database to which nobody is connected, deleted afterwards."""
        name = await self._copy(urlsplit(url).path.strip("/"))
        yield self.at(name)
        await self._server.execute(f"DROP DATABASE {name} WITH (FORCE)")

    @asynccontextmanager
    async def empty(self, more: str = "") -> AsyncGenerator[str]:
        """The address of a migrated database without a row, the same one every time; its schema stays as it is.

        ``more`` are statements that add tables: each has a database of its own.
        """
        if more not in self._kept:
            url = self.at(await self._copy())
            self._kept[more] = await Kept.of(url, more)
        kept = self._kept[more]
        await kept.clear()
        yield kept.url
        assert await kept.shape() == kept.wanted, "a test that changes the schema asks for `fresh_database`"

    async def _copy(self, template: str = _TEMPLATE) -> str:
        name = f"test_{next(self._numbers)}"
        await self._server.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return name


class Kept:
    """A database that is emptied and used again."""

    def __init__(self, url: str, connection: Any) -> None:
        self.url = url
        self.connection = connection
        self.wanted: list[Any] = []
        self._filled = ""

    @classmethod
    async def of(cls, url: str, more: str) -> "Kept":
        """A database with more tables than the migrations make."""
        kept = cls(url, await asyncpg.connect(url))
        if more:
            await kept.connection.execute(more)
        tables = [row[0] for row in await kept.connection.fetch(_TABLES)]
        kept._filled = " UNION ALL ".join(
            f'SELECT \'"{table}"\', pg_relation_size(\'"{table}"\') WHERE EXISTS (SELECT FROM "{table}")'
            for table in tables
        )
        kept.wanted = await kept.shape()
        return kept

    async def shape(self) -> list[Any]:
        """Its tables, indexes and their columns."""
        return [tuple(row) for row in await self.connection.fetch(_SHAPE)]

    async def clear(self) -> None:
        """End whoever is still connected, and delete all rows."""
        if self.connection.is_closed():
            self.connection = await asyncpg.connect(self.url)
        await self.connection.execute(_END_OTHERS)
        filled = [tuple(row) for row in await self.connection.fetch(self._filled)]
        statements = [f"DELETE FROM {table}" for table, size in filled if size <= _SMALL]
        large = [table for table, size in filled if size > _SMALL]
        if large:
            statements.append(f"TRUNCATE {', '.join(large)}")
        for statement in statements:
            await self.connection.execute(statement)
