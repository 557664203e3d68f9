"""A branch with people for a use case."""

from collections.abc import AsyncIterator

import pytest

from tests.bank.party.people import People


@pytest.fixture
async def branch() -> AsyncIterator[People]:
    """A branch in memory, where nobody is known yet."""
    running = People()
    await running.open()
    yield running
    await running.engine.stop()
