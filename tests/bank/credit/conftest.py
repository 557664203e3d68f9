"""A branch that lends, for a use case."""

from collections.abc import AsyncIterator

import pytest

from tests.bank.credit.billing import Billing
from tests.bank.credit.lending import Lending


@pytest.fixture
async def branch() -> AsyncIterator[Lending]:
    """A branch in memory."""
    running = Lending()
    await running.open()
    yield running
    await running.engine.stop()


@pytest.fixture
async def clinic() -> AsyncIterator[Billing]:
    """A branch in memory that lends and has pay-later."""
    running = Billing()
    await running.open()
    await running.product()
    await running.pay_later()
    yield running
    await running.engine.stop()
