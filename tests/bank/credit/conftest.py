"""A branch that lends, for a use case."""

from collections.abc import AsyncIterator

import pytest

from tests.bank.credit.lending import Lending


@pytest.fixture
async def branch() -> AsyncIterator[Lending]:
    """A branch in memory."""
    running = Lending()
    await running.open()
    yield running
    await running.engine.stop()
