"""The log of a branch's accounts, replayed: the same state again, whatever was forgotten on the way."""

from datetime import date, timedelta
from typing import Any

import pytest

from canglian.bank.approval import Book
from canglian.bank.deposit import BoundAccount, FreezeCause, FreezeKind
from canglian.bank.deposit.commands import (
    AnswerRailOrder,
    CloseDepositAccount,
    FreezeAccount,
    LiftFreeze,
    RequestPull,
    RequestPush,
)
from canglian.bank.deposit.running import INTEREST
from canglian.kernel import Engine
from canglian.kernel.auditing import replay, verify
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger import AUDITED
from canglian.ledger.commands import CloseDay
from tests.bank.deposit.holders import Holders


class Kept(Holders):
    """A branch on the book of an installation."""

    def _engine(self) -> Engine:
        return Engine(self.store, Book, audited=AUDITED, clock=lambda: self.now)

    async def today(self) -> date:
        return (await self.store.state(1)).today

    async def first_bound(self, account: Any) -> Any:
        return (await self.store.find(1, BoundAccount, "account", [account.id]))[account.id][0]


@pytest.mark.parametrize("cache", [500_000, 8])
async def test_a_replay_comes_to_the_same_accounts_interest_and_orders(database: str, cache: int) -> None:
    store = await PostgresStore.open(database)
    branch = Kept(store)
    branch.engine._limits["cache_max"] = cache
    await branch.open()
    reader = Reader(store.pool)
    account = await branch.afar(await branch.opened_afar())
    bound = await branch.first_bound(account)
    for amount, succeeded in ((36_000_000, True), (5, False)):
        order = await branch.do(RequestPull(bound_account=bound.id, amount=amount, channel="mobile"))
        await branch.do(AnswerRailOrder(order=order.id, succeeded=succeeded, reference="R"))
        await branch.do(AnswerRailOrder(order=order.id, succeeded=not succeeded, reference="R"))
    push = RequestPush(bound_account=bound.id, amount=100, channel="mobile")
    freeze = await branch.do(
        FreezeAccount(account=account.id, freeze_kind=FreezeKind.OUT, cause=FreezeCause.RISK, reason="异常")
    )
    refused = await branch.ask(push)
    assert refused.error is not None
    assert refused.error.code == "deposit_account.frozen_out"
    await branch.do(LiftFreeze(freeze=freeze.id, reason="解除"))
    await branch.do(push)
    for _ in range(3):
        await branch.do(CloseDay(next_day=await branch.today() + timedelta(days=1)))
        assert all(day.finished for day in await INTEREST.run(branch.engine, reader, 1))
    other = await branch.counter(await branch.seen(2))
    await branch.fund(other, 1_000)
    await branch.do(CloseDepositAccount(account=other.id, reason="客户申请", channel="counter", cash=True))
    await branch.engine.stop()

    assert (await verify(reader, 1, AUDITED)).broken is None
    replayed = await replay(store, 1, Book)
    await store.close()
    assert replayed.differences == []
    rows = {name: replayed.rows[name] for name in ("deposit_account", "rail_order", "rail_difference", "interest_day")}
    assert rows == {"deposit_account": 2, "rail_order": 3, "rail_difference": 2, "interest_day": 3}
