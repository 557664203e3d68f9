"""A branch whose merchants are settled."""

from collections.abc import AsyncIterator

import pytest

from canglian.kernel.postgres.store import PostgresStore
from tests.bank.settlement.stalls import Stalls


@pytest.fixture
async def branch(database: str) -> AsyncIterator[Stalls]:
    """A branch on a database."""
    store = await PostgresStore.open(database)
    running = Stalls(store)
    await running.open()
    yield running
    await running.engine.stop()
    await store.close()
