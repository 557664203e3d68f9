"""``canglian migrate --distribute``: every table by book, once; and a book at work on a server that is spread.

Citus itself is not at hand: the server has a stand-in (``tests/citus_stand_in.py``), so that our statements run on a
real server, and the store takes the way that it takes there.
"""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from canglian import ledger
from canglian.app.rooms import packages
from canglian.kernel import Engine
from canglian.kernel.auditing import replay, verify
from canglian.kernel.errors import Conflict, Unavailable
from canglian.kernel.postgres import migrate
from canglian.kernel.postgres.distribute import FIRST, Node, distribute, inspect
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger.commands import Line, OpenAccount, OpenBook, PostTransfers
from tests.citus_stand_in import add_workers, offer


@pytest.fixture
def spreading(fresh_database: str, folder: Path) -> str:
    """The address of a migrated database whose server has the stand-in, in a folder that the server can read."""
    return offer(folder, fresh_database)


@pytest.fixture
async def connection(spreading: str) -> AsyncIterator[Any]:
    opened = await asyncpg.connect(spreading)
    yield opened
    await opened.close()


async def test_a_server_without_citus_is_told_and_nothing_is_done(fresh_database: str) -> None:
    with pytest.raises(Conflict, match=r"many-machines.*database\.no_citus"):
        await distribute(fresh_database)


async def test_without_workers_nothing_is_distributed(spreading: str, connection: Any) -> None:
    with pytest.raises(Conflict, match=r"citus_add_node.*database\.no_workers"):
        await distribute(spreading)
    assert await connection.fetchval("SELECT count(*) FROM pg_dist_partition") == 0


async def test_a_role_that_may_not_create_the_extension_is_told_what_to_do(fresh_database: str, folder: Path) -> None:
    url = offer(folder, fresh_database, superuser=True)
    admin = await asyncpg.connect(url)
    await admin.execute("CREATE ROLE plain_clerk")
    user = await admin.fetchval("SELECT current_user")
    try:
        await admin.execute(f'ALTER ROLE "{user}" IN DATABASE {await database_of(admin)} SET role = plain_clerk')
        with pytest.raises(Conflict, match=r"superuser run `CREATE EXTENSION citus`.*database\.citus_refused"):
            await distribute(url)
        assert await admin.fetchval("SELECT count(*) FROM pg_extension WHERE extname = 'citus'") == 0
    finally:
        await admin.execute(f'ALTER ROLE "{user}" IN DATABASE {await database_of(admin)} RESET role')
        await admin.execute("DROP ROLE plain_clerk")
        await admin.close()


async def database_of(connection: Any) -> str:
    return await connection.fetchval("SELECT current_database()")


async def test_a_table_that_is_refused_is_named_and_the_next_try_goes_on_from_there(
    spreading: str, connection: Any
) -> None:
    await add_workers(connection)
    await connection.execute("ALTER TABLE pg_dist_partition ADD CHECK (logicalrelid <> 'balance'::regclass)")
    with pytest.raises(Unavailable, match=r"Table balance cannot be distributed: .*database\.not_distributed"):
        await distribute(spreading)
    await connection.execute("ALTER TABLE pg_dist_partition DROP CONSTRAINT pg_dist_partition_logicalrelid_check")
    assert (await distribute(spreading))[0] == "balance"


async def test_rows_that_were_there_before_leave_no_copy(spreading: str, connection: Any) -> None:
    await add_workers(connection)
    store = await PostgresStore.open(spreading)
    await Engine(store, ledger.Book, audited=ledger.AUDITED).found(1, date(2026, 1, 5))
    await store.close()
    reported: list[str] = []
    names = await distribute(spreading, reported.append)
    assert [row[0] for row in await connection.fetch("SELECT logicalrelid::text FROM truncated")] == ["book"]
    assert reported == [*(f"{name} distributed" for name in names), "book: local copy removed"]


async def test_an_upgrade_distributes_what_is_new(spreading: str, connection: Any) -> None:
    await migrate.apply_async(spreading, packages())
    assert await connection.fetchval("SELECT to_regclass('pg_dist_partition')") is None, (
        "nothing was distributed before"
    )
    await add_workers(connection)
    await distribute(spreading)
    await connection.execute("DELETE FROM pg_dist_partition WHERE logicalrelid = 'hold'::regclass")
    found = await inspect(spreading)
    assert found is not None
    assert (found.distributed, found.missing) == (True, ["hold"])
    await migrate.apply_async(spreading, packages())
    beside = "SELECT spread_by, beside FROM pg_dist_partition WHERE logicalrelid = 'hold'::regclass"
    assert tuple(await connection.fetchrow(beside)) == ("book", FIRST)


async def test_nodes_that_are_away_or_not_durable_are_seen(spreading: str, connection: Any) -> None:
    assert await inspect(spreading) is None
    await add_workers(connection)
    await connection.execute("UPDATE pg_dist_node SET answers = false WHERE nodename = 'w1'")
    await connection.execute("UPDATE pg_dist_node SET durable = 'off on' WHERE nodename = 'w2'")
    found = await inspect(spreading)
    assert found is not None
    assert found.nodes == [Node("w1:5432", answers=False, durable=False), Node("w2:5432", answers=True, durable=False)]


async def test_every_table_is_spread_by_book_beside_the_books_own_and_once(spreading: str, connection: Any) -> None:
    await add_workers(connection)
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


async def test_a_book_on_a_spread_server_verifies_and_replays(spreading: str, connection: Any) -> None:
    await add_workers(connection)
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
