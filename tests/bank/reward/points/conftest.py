"""A branch with points for a use case."""

from collections.abc import AsyncIterator

import pytest

from tests.bank.reward.points.schemes import Points


@pytest.fixture
async def street() -> AsyncIterator[Points]:
    """A branch in memory."""
    running = Points()
    await running.open()
    yield running
    await running.engine.stop()
