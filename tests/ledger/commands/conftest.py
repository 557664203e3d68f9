"""A branch for a use case."""

from collections.abc import AsyncIterator

import pytest

from tests.ledger.branch import Branch


@pytest.fixture
async def branch() -> AsyncIterator[Branch]:
    """A branch in memory."""
    running = await Branch().open()
    yield running
    await running.engine.stop()
