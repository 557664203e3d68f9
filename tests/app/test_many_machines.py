"""What ``/readyz``, ``canglian doctor`` and ``canglian migrate`` say of a database that is distributed over nodes.

The server has the stand-in for Citus (``tests/citus_stand_in.py``).
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from canglian.app import health
from canglian.app.cli.doctor import nodes
from canglian.app.opening import Opened, opened
from canglian.app.server import create_app
from canglian.kernel.postgres.distribute import distribute
from tests.citus_stand_in import add_workers, offer
from tests.conftest import client_of, settings_on
from tests.serving import PATIENCE


@pytest.fixture
def spreading(fresh_database: str, folder: Path) -> str:
    return offer(folder, fresh_database)


@pytest.fixture
async def connection(spreading: str) -> AsyncIterator[Any]:
    opened_connection = await asyncpg.connect(spreading)
    yield opened_connection
    await opened_connection.close()


async def test_readyz_names_a_node_that_is_away_and_tables_that_are_not_distributed(
    spreading: str, connection: Any, tmp_path: Path
) -> None:
    await add_workers(connection)
    await distribute(spreading)
    async with opened(settings_on(spreading, tmp_path)) as running, client_of(create_app(running)) as client:
        well = await client.get("/readyz")
        checks = {"database": "ok", "migrations": "ok", "distribution": "ok"}
        assert (well.status_code, well.json()) == (200, {"status": "ready", "checks": checks})
        await connection.execute("UPDATE pg_dist_node SET answers = false WHERE nodename = 'w2'")
        away = await client.get("/readyz")
        assert (away.status_code, away.json()["status"]) == (200, "degraded")
        assert away.json()["checks"] == {**checks, "nodes": "away: w2:5432"}
        await connection.execute("DELETE FROM pg_dist_partition WHERE logicalrelid = 'hold'::regclass")
        pending = await client.get("/readyz")
        assert (pending.status_code, pending.json()["checks"]["distribution"]) == (503, "pending")


async def test_readyz_answers_in_time_where_the_database_takes_questions_and_answers_none(
    installation: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that hangs or is cut off: not even giving up is answered."""
    released = asyncio.Event()

    async def hangs(*_: object) -> None:
        while not released.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await released.wait()

    monkeypatch.setattr(health, "book_figures", hangs)
    monkeypatch.setattr(health, "ANSWER_SECONDS", 0.1)
    async with client_of(create_app(installation)) as client:
        try:
            async with asyncio.timeout(PATIENCE):
                hung = await client.get("/readyz")
            assert (hung.status_code, hung.json()["checks"]) == (503, {"database": "database.away"})
        finally:
            released.set()


async def test_doctor_sees_extension_nodes_tables_and_what_makes_workers_durable(
    spreading: str, connection: Any, tmp_path: Path
) -> None:
    settings = settings_on(spreading, tmp_path)
    assert (await nodes(settings)).found == "one: the server has no Citus"
    await add_workers(connection)
    bare = await nodes(settings)
    assert (bare.well, bare.remedy) == (False, "Run canglian migrate --distribute.")
    await distribute(spreading)
    well = await nodes(settings)
    assert (well.well, well.found) == (True, "Citus 1.0, 2 workers answer")
    await connection.execute("UPDATE pg_dist_node SET durable = 'off on' WHERE nodename = 'w1'")
    assert (await nodes(settings)).found == "w1:5432 have fsync or full_page_writes off"
    await connection.execute("UPDATE pg_dist_node SET answers = false WHERE nodename = 'w2'")
    assert (await nodes(settings)).found == "w2:5432 do not answer"
