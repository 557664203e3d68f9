"""A branch with a shopping season for a use case."""

from collections.abc import AsyncIterator

import pytest
from tests.scenario.shopping.cities import City


@pytest.fixture
async def city() -> AsyncIterator[City]:
    """A branch in memory."""
    running = City()
    await running.open()
    yield running
    await running.engine.stop()
