"""Migrations are applied once and in order, whoever asks and how often; what does not fit is refused."""

import asyncio
import itertools
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import sqlglot

from canglian.app.rooms import packages
from canglian.kernel.errors import Conflict, Unavailable
from canglian.kernel.postgres import migrate

_numbers = itertools.count(1)


@pytest.fixture
async def empty(postgres_url: str) -> AsyncIterator[str]:
    """The address of a database without a schema."""
    name = f"migrating_{next(_numbers)}"
    connection = await asyncpg.connect(postgres_url)
    await connection.execute(f"CREATE DATABASE {name}")
    start, _, rest = postgres_url.partition("/canglian?")
    yield f"{start}/{name}?{rest}"
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


@pytest.fixture
def floor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The migrations of a package of its own, ``toyfloor``."""
    folder = tmp_path / "toyfloor" / "migrations"
    folder.mkdir(parents=True)
    (tmp_path / "toyfloor" / "__init__.py").touch()
    (folder / "0001_first.sql").write_text("CREATE TABLE first (book integer PRIMARY KEY);")
    (folder / "0002_second.sql").write_text("ALTER TABLE first ADD COLUMN more text;")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "toyfloor", raising=False)
    return folder


FLOOR = ("toyfloor",)
BOTH = ["toyfloor/0001_first.sql", "toyfloor/0002_second.sql"]


@pytest.mark.usefixtures("floor")
async def test_what_is_missing_is_applied_in_order_and_once(empty: str) -> None:
    assert await migrate.pending_async(empty, FLOOR) == BOTH
    reported: list[str] = []
    assert await migrate.apply_async(empty, FLOOR, reported.append) == BOTH == reported
    assert await migrate.apply_async(empty, FLOOR) == []
    assert await migrate.pending_async(empty, FLOOR) == []


async def test_the_whole_schema_is_made_by_one_of_two_that_ask_at_once(empty: str) -> None:
    names = [migration.name for migration in migrate.discover(packages())]
    applied = await asyncio.gather(*(migrate.apply_async(empty, packages()) for _ in range(3)))
    assert sorted(applied, key=len) == [[], [], names]


async def test_a_migration_that_fails_leaves_nothing_of_itself(empty: str, floor: Path) -> None:
    (floor / "0002_second.sql").write_text("CREATE TABLE half (book integer); SELECT 1 / 0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate.apply_async(empty, FLOOR)
    assert await migrate.pending_async(empty, FLOOR) == BOTH[1:]
    connection = await asyncpg.connect(empty)
    assert await connection.fetchval("SELECT to_regclass('half')") is None
    await connection.close()
    (floor / "0002_second.sql").write_text("CREATE TABLE half (book integer);")
    assert await migrate.apply_async(empty, FLOOR) == BOTH[1:]


def test_statements_end_at_semicolons_outside_of_texts_and_comments() -> None:
    sql = "-- a; b\nSELECT 'x;''y', \"a;b\"; /* c; */ SELECT $a$ d; $$ e; $a$ ;;\n-- end;\n"
    assert migrate.Migration("a", sql).statements == ["SELECT 'x;''y', \"a;b\"", "SELECT $a$ d; $$ e; $a$"]


@pytest.mark.parametrize("migration", migrate.discover(packages()), ids=lambda migration: migration.name)
def test_every_migration_comes_apart_into_the_statements_that_a_parser_finds(migration: migrate.Migration) -> None:
    whole = [statement for statement in sqlglot.parse(migration.sql, dialect="postgres") if statement is not None]
    each = [sqlglot.parse(statement, dialect="postgres") for statement in migration.statements]
    assert all(len(found) == 1 for found in each)
    assert len(each) == len(whole) > 0


async def test_the_schema_is_made_statement_by_statement(empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is prepared, and a server prepares no two at once: what Citus does with the text it passes on."""
    texts: list[str] = []
    fetch = asyncpg.Connection.fetch

    async def noting(self: asyncpg.Connection, query: str, *arguments: object) -> object:
        texts.append(query)
        return await fetch(self, query, *arguments)

    monkeypatch.setattr(asyncpg.Connection, "fetch", noting)
    await migrate.apply_async(empty, packages())
    wanted = [statement for migration in migrate.discover(packages()) for statement in migration.statements]
    assert [text for text in texts if text in set(wanted)] == wanted


async def test_a_file_that_was_changed_afterwards_is_refused(empty: str, floor: Path) -> None:
    await migrate.apply_async(empty, FLOOR)
    (floor / "0001_first.sql").write_text("CREATE TABLE other (book integer);")
    for ask in (migrate.apply_async, migrate.pending_async):
        with pytest.raises(Conflict, match=r"migration\.changed"):
            await ask(empty, FLOOR)


async def test_a_database_of_a_newer_version_is_refused(empty: str, floor: Path) -> None:
    await migrate.apply_async(empty, FLOOR)
    (floor / "0002_second.sql").unlink()
    for ask in (migrate.apply_async, migrate.pending_async):
        with pytest.raises(Conflict, match=r"migration\.unknown"):
            await ask(empty, FLOOR)


async def test_a_database_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    for ask in (migrate.apply_async, migrate.pending_async):
        with pytest.raises(Unavailable, match=r"database\.away"):
            await ask(f"postgresql://nobody@/nothing?host={tmp_path}", FLOOR)
