"""A branch with draws for a use case."""

from collections.abc import AsyncIterator

import pytest

from tests.bank.reward.draws.lots import Lots


@pytest.fixture
async def lots() -> AsyncIterator[Lots]:
    """A branch in memory."""
    running = Lots()
    await running.open()
    yield running
    await running.engine.stop()
