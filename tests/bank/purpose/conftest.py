"""A branch with money for a purpose."""

from collections.abc import AsyncIterator

import pytest

from tests.bank.purpose.funds import Funds


@pytest.fixture
async def branch() -> AsyncIterator[Funds]:
    """A branch in memory."""
    running = Funds()
    await running.open()
    yield running
    await running.engine.stop()
