"""A branch with merchants for a use case."""

from collections.abc import AsyncIterator

import pytest

from tests.bank.payment.shops import Shops


@pytest.fixture
async def branch() -> AsyncIterator[Shops]:
    """A branch in memory."""
    running = Shops()
    await running.open()
    yield running
    await running.engine.stop()
