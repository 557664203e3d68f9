"""Refunds, splits and closings that others approve where a policy says so: refused directly, filed, done once."""

from collections.abc import AsyncIterator

import pytest

from canglian.bank.approval import ProposalState
from canglian.bank.payment import Merchant, MerchantState, Receiver
from canglian.bank.payment.commands import CloseMerchant, RefundPayment, SplitPayment
from tests.bank.approval.office import Office
from tests.bank.payment.shops import Shops


class Till(Shops, Office):  # pyright: ignore[reportIncompatibleMethodOverride] - both have people who pay
    """An office whose refunds of 10.00 and more are approved by others."""

    async def open(self) -> "Till":
        await Office.open(self)
        await self.policy(code="refunds", kind=RefundPayment.__kind__, asset="CNY", amount_from=1_000)
        for kind in (SplitPayment, CloseMerchant):
            code = kind.__kind__.replace(".", "-").replace("_", "-")
            await self.policy(code=code, kind=kind.__kind__, asset=None)
        return self


@pytest.fixture
async def till() -> AsyncIterator[Till]:
    running = Till()
    await running.open()
    yield running
    await running.engine.stop()


async def test_a_large_refund_is_approved_and_a_small_one_goes_at_once(till: Till) -> None:
    shop, wallet = await till.shop(), await till.ecny(2, 5_000)
    paid = await till.paid(shop, wallet, 5_000)
    small = till.refunding(paid, 999, "small")
    await till.do(small)
    assert await till.has(wallet) == 999
    large = till.refunding(paid, 1_000, "large")
    assert await till.refused_to("ann", large) == "approval.required"
    assert await till.has(wallet) == 999
    filed = await till.file(large)
    done = await till.approve(filed.id, "chen")
    assert (done.state, done.outcome) == (ProposalState.APPROVED, f"payment:{paid.id}")
    assert await till.has(wallet) == 1_999


async def test_splits_and_closings_are_approved_where_a_policy_says_so(till: Till) -> None:
    shop, other, wallet = await till.shop(), await till.shop(name="西溪配送"), await till.ecny(2, 5_000)
    paid = await till.paid(shop, wallet, 5_000)
    split = SplitPayment(payment=paid.id, number="s-1", receivers=(Receiver(merchant=other.id, share_bps=1_000),))
    assert await till.refused_to("ann", split) == "approval.required"
    await till.approve((await till.file(split)).id, "chen")
    assert await till.owed(other, "ECNY") == 500
    closing = CloseMerchant(merchant=shop.id, reason="停业")
    assert await till.refused_to("ann", closing) == "approval.required"
    await till.approve((await till.file(closing)).id, "chen")
    assert (await till.get(Merchant, shop.id)).state is MerchantState.CLOSED
