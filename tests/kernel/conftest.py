"""An engine on either store."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from canglian.kernel import Engine, MemoryStore
from canglian.kernel.postgres.store import PostgresStore
from tests.databases import Databases
from tests.kernel.toy import SQL


@pytest.fixture(params=["memory", "postgres"])
def store_url(request: pytest.FixtureRequest) -> str | None:
    """Where the store lives; None for memory."""
    return None if request.param == "memory" else request.getfixturevalue("toy_database")


@pytest.fixture
async def store(store_url: str | None) -> AsyncIterator[MemoryStore | PostgresStore]:
    """Each store in turn, empty."""
    if store_url is None:
        yield MemoryStore()
        return
    opened = await PostgresStore.open(store_url)
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
async def toy_database(databases: Databases) -> AsyncIterator[str]:
    """An empty database with the table of the toy business."""
    async with databases.empty(SQL) as url:
        yield url
