"""A branch with limits for a use case."""

from collections.abc import AsyncIterator

import pytest

from tests.bank.limit.till import Till


@pytest.fixture
async def till() -> AsyncIterator[Till]:
    """In memory."""
    running = Till()
    await running.open()
    yield running
    await running.engine.stop()
