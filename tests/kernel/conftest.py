"""An engine on either store."""

from collections.abc import AsyncIterator
from datetime import date

import asyncpg
import pytest

from canglian.kernel import Engine, MemoryStore
from canglian.kernel.postgres.store import PostgresStore
from tests.kernel.toy import SQL


@pytest.fixture(params=["memory", "postgres"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[MemoryStore | PostgresStore]:
    """Each store in turn, empty."""
    if request.param == "memory":
        yield MemoryStore()
        return
    url = await _toy_database(request)
    opened = await PostgresStore.open(url)
    yield opened
    await opened.close()


@pytest.fixture
async def engine(store: MemoryStore | PostgresStore) -> AsyncIterator[Engine]:
    """An engine with book 1."""
    running = Engine(store)
    await running.found(1, date(2026, 1, 5))
    yield running
    await running.stop()


@pytest.fixture
async def toy_database(database: str) -> str:
    """A database with the table of the toy business."""
    connection = await asyncpg.connect(database)
    await connection.execute(SQL)
    await connection.close()
    return database


async def _toy_database(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue("toy_database")
