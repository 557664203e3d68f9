"""A chain, for a use case."""

from collections.abc import AsyncIterator

import pytest

from tests.bank.chain.chains import Chain


@pytest.fixture
async def chain() -> AsyncIterator[Chain]:
    """A core company with a limit and three suppliers, in memory."""
    running = Chain()
    await running.open()
    await running.enrol()
    yield running
    await running.engine.stop()
