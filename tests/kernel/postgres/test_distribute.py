"""``canglian migrate --distribute``: every table by book, once; and a book at work on a server that is spread.

Citus itself is not at hand. A stand-in extension of the same name keeps what it was asked for, so that our statements
run on a real server, and the store takes the way that it takes there.
"""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from canglian import ledger
from canglian.kernel import Engine
from canglian.kernel.auditing import replay, verify
from canglian.kernel.errors import Unavailable
from canglian.kernel.postgres.distribute import FIRST, distribute
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger.commands import Line, OpenAccount, OpenBook, PostTransfers

CONTROL = "default_version = '1.0'\n"
SCRIPT = """
CREATE TABLE pg_dist_partition (logicalrelid regclass, spread_by text, beside text);
CREATE FUNCTION create_distributed_table(t regclass, spread_by text, colocate_with text DEFAULT 'default')
RETURNS void LANGUAGE sql AS $$ INSERT INTO pg_dist_partition VALUES (t, spread_by, colocate_with) $$;
"""


@pytest.fixture
def spreading(fresh_database: str, folder: Path) -> str:
    """The address of a migrated database whose server has the stand-in, in a folder that the server can read."""
    extension = folder / "extension"
    extension.mkdir()
    (extension / "citus.control").write_text(CONTROL)
    (extension / "citus--1.0.sql").write_text(SCRIPT)
    return f"{fresh_database}&extension_control_path={folder}:$system"


@pytest.fixture
async def connection(spreading: str) -> AsyncIterator[Any]:
    opened = await asyncpg.connect(spreading)
    yield opened
    await opened.close()


async def test_a_server_without_citus_is_told_and_nothing_is_done(fresh_database: str) -> None:
    with pytest.raises(Unavailable, match=r"database\.no_citus"):
        await distribute(fresh_database)


async def test_every_table_is_spread_by_book_beside_the_books_own_and_once(spreading: str, connection: Any) -> None:
    with_book = {
        row[0]
        for row in await connection.fetch(
            "SELECT table_name FROM information_schema.columns WHERE column_name = 'book' AND table_schema = 'public'"
        )
    }
    names = await distribute(spreading)
    assert names[0] == FIRST
    assert set(names) == with_book
    rows = await connection.fetch("SELECT logicalrelid::regclass::text, spread_by, beside FROM pg_dist_partition")
    assert {(row[1], row[2]) for row in rows if row[0] != FIRST} == {("book", FIRST)}
    assert {row[0] for row in rows} == with_book
    assert await distribute(spreading) == []


async def test_only_the_list_of_migrations_belongs_to_no_book(connection: Any) -> None:
    rows = await connection.fetch(
        "SELECT c.relname FROM pg_class AS c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace "
        "AND NOT EXISTS (SELECT FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attname = 'book')"
    )
    assert [row[0] for row in rows] == ["migration"]


async def test_every_key_and_every_unique_index_starts_with_the_book(connection: Any) -> None:
    rows = await connection.fetch(
        "SELECT i.indrelid::regclass::text, a.attname FROM pg_index AS i "
        "JOIN pg_class AS c ON c.oid = i.indrelid AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace "
        "JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0] WHERE i.indisunique"
    )
    assert len(rows) > 20
    assert {row[1] for row in rows if row[0] != "migration"} == {"book"}


async def test_a_book_on_a_spread_server_verifies_and_replays(spreading: str) -> None:
    await distribute(spreading)
    store = await PostgresStore.open(spreading)
    engine = Engine(store, ledger.Book, audited=ledger.AUDITED)
    try:
        await engine.found(1, date(2026, 1, 5))
        await engine.execute(1, OpenBook(), actor="t")
        for number in range(400):
            await engine.execute(1, OpenAccount(asset="CNY", head="2011", floor=None if number == 0 else 0), actor="t")
        lines = [Line(debit=1, credit=2 + number % 399, amount=5, code="pay") for number in range(1200)]
        posted = await engine.execute(1, PostTransfers(lines=lines), actor="t", key="all")
        assert posted.posted == 1200
        again = await engine.execute(1, PostTransfers(lines=lines), actor="t", key="all")
        assert again.transfers == posted.transfers
        assert (await store.load(1, ledger.Balance, [1]))[1].debits == 6000
        assert (await verify(Reader(store.pool), 1, ledger.AUDITED)).broken is None
        assert (await replay(store, 1, ledger.Book)).differences == []
        staged = await store.pool.fetchval("SELECT count(*) FROM pg_class WHERE relname LIKE 'staged%'")
        assert staged == 0, "no temporary table on the way"
    finally:
        await engine.stop()
        await store.close()
