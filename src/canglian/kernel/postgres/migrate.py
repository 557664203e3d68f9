"""Migrations: plain SQL files, applied once and in order, package by package.

Each package may have a folder ``migrations`` with files named ``0001_title.sql``. What was applied is kept in the
table ``migration`` with a checksum; a file that changed afterwards is refused. Two processes at once are safe: one
applies, the other waits. A file is sent statement by statement in one transaction, because Citus passes each on to its
nodes by its text; where the tables are distributed, new ones are distributed at the end. Why this is our own:
``docs/decisions/0002-migrations.md``.
"""

import asyncio
import hashlib
import re
from collections.abc import Callable, Iterable
from importlib import resources
from typing import Any

import asyncpg
import msgspec

from canglian.kernel.errors import Conflict, Unavailable, declare
from canglian.kernel.postgres import distribute
from canglian.kernel.postgres.faults import AWAY

declare(
    {
        "migration.pending": "The database lacks {count} migrations, from {first} on: run `canglian migrate`.",
        "migration.changed": "Migration {name} was changed after it had been applied.",
        "migration.unknown": "The database has migration {name}, which this version does not know: it is newer.",
    }
)

_LOCK = 0x63616E67
_NAME = re.compile(r"\d{4}_[a-z0-9_]+\.sql")
_PART = re.compile(r"""--[^\n]*|/\*.*?\*/|(?P<words>'[^']*'|"[^"]*"|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$|.)""", re.DOTALL)


class Migration(msgspec.Struct, frozen=True):
    """One file: ``name`` is ``package/0001_title.sql``."""

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """What shows that a file was changed."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def statements(self) -> list[str]:
        """Its statements one by one, without comments."""
        found = [""]
        for part in _PART.finditer(self.sql):
            if part["words"] == ";":
                found.append("")
            else:
                found[-1] += part["words"] or " "
        return [statement.strip() for statement in found if statement.strip()]


def discover(packages: Iterable[str]) -> list[Migration]:
    """All migrations of some packages, in the order in which they apply."""
    found: list[Migration] = []
    for package in packages:
        folder = resources.files(package) / "migrations"
        if folder.is_dir():
            files = sorted((f for f in folder.iterdir() if _NAME.fullmatch(f.name)), key=lambda f: f.name)
            found += [Migration(f"{package}/{f.name}", f.read_text(encoding="utf-8")) for f in files]
    return found


def apply(url: str, packages: Iterable[str], progress: Callable[[str], None] | None = None) -> list[str]:
    """Apply what is missing and return its names. Rejects ``migration.changed`` and ``migration.unknown``."""
    return asyncio.run(apply_async(url, packages, progress))


def pending(url: str, packages: Iterable[str]) -> list[str]:
    """The names of what is missing."""
    return asyncio.run(pending_async(url, packages))


async def apply_async(url: str, packages: Iterable[str], progress: Callable[[str], None] | None = None) -> list[str]:
    """``apply`` inside a running loop."""
    connection = await _connect(url)
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS migration "
            "(name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        missing = await _missing(connection, discover(packages))
        for migration in missing:
            async with connection.transaction():
                for statement in migration.statements:
                    await connection.fetch(statement)  # prepared: the server refuses two statements in one
                await connection.execute(
                    "INSERT INTO migration (name, checksum) VALUES ($1, $2)", migration.name, migration.checksum
                )
            if progress is not None:
                progress(migration.name)
        if await distribute.is_distributed(connection):
            await distribute.distribute_new(connection, progress)
        return [migration.name for migration in missing]
    finally:
        await connection.close()


async def pending_async(url: str, packages: Iterable[str]) -> list[str]:
    """``pending`` inside a running loop."""
    connection = await _connect(url)
    try:
        known = discover(packages)
        if await connection.fetchval("SELECT to_regclass('migration')") is None:
            return [migration.name for migration in known]
        return [migration.name for migration in await _missing(connection, known)]
    finally:
        await connection.close()


async def _connect(url: str) -> Any:
    try:
        return await asyncpg.connect(url)
    except AWAY:
        raise Unavailable("database.away") from None


async def _missing(connection: Any, known: list[Migration]) -> list[Migration]:
    rows = await connection.fetch("SELECT name, checksum FROM migration")
    applied = {row["name"]: row["checksum"] for row in rows}
    packages = {migration.name.split("/")[0] for migration in known}
    names = {migration.name for migration in known}
    for name in applied:
        if name not in names and name.split("/")[0] in packages:
            raise Conflict("migration.unknown", name=name)
    for migration in known:
        if applied.get(migration.name, migration.checksum) != migration.checksum:
            raise Conflict("migration.changed", name=migration.name)
    return [migration for migration in known if migration.name not in applied]
