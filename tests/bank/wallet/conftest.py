"""A branch with wallets for a use case."""

from collections.abc import AsyncIterator

import pytest

from tests.bank.wallet.purses import Purses


@pytest.fixture
async def branch() -> AsyncIterator[Purses]:
    """A branch in memory."""
    running = Purses()
    await running.open()
    yield running
    await running.engine.stop()
