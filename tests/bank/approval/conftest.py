"""A branch with approvers for a use case."""

from collections.abc import AsyncIterator

import pytest

from tests.bank.approval.office import Office


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    """In memory."""
    running = await Office().open()
    yield running
    await running.engine.stop()
