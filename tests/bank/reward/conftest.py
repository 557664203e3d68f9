"""A branch with a season for a use case."""

from collections.abc import AsyncIterator

import pytest

from tests.bank.reward.seasons import Season


@pytest.fixture
async def season() -> AsyncIterator[Season]:
    """A branch in memory."""
    running = Season()
    await running.open()
    yield running
    await running.engine.stop()
