"""A branch with holders for a use case."""

from collections.abc import AsyncIterator

import pytest

from tests.bank.deposit.holders import Holders


@pytest.fixture
async def branch() -> AsyncIterator[Holders]:
    """A branch in memory."""
    running = Holders()
    await running.open()
    yield running
    await running.engine.stop()
