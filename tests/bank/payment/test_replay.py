"""On PostgreSQL: a life with payments is stored, its chain holds, and its log leads to what is stored."""

from typing import Any

import pytest

from canglian.bank.approval import Book
from canglian.bank.payment import Receiver
from canglian.bank.payment.commands import CapturePayment, CloseOrder, ExpireOrder, SetFeeSchedule, SplitPayment
from canglian.kernel import Engine
from canglian.kernel.auditing import replay, verify
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger import AUDITED
from tests.bank.payment.shops import Shops


class Stored(Shops):
    """Shops on a database, with the book that an installation has."""

    def _engine(self) -> Engine:
        return Engine(self.store, Book, audited=AUDITED, clock=lambda: self.now)


@pytest.mark.parametrize("cache", [500_000, 2])
async def test_a_life_with_payments_replays(database: str, cache: int) -> None:
    store = await PostgresStore.open(database)
    branch = Stored(store)
    branch.engine._limits["cache_max"] = cache
    await branch.open()
    shop = await branch.shop()
    first, second = await branch.ecny(2, 3_000), await branch.ewallet(2, 90_000)
    paid = await branch.do(branch.pays(await branch.order(shop, 8_000, discount=700), first, second))
    await branch.refund(paid, 1_234, "r-1")
    await branch.refund(paid, 6_766, "r-2")
    figures: dict[str, Any] = {"name": "标准商户", "rate_bps": 60, "tax_bps": 600, "refundable": True, "note": "测试"}
    await branch.do(SetFeeSchedule(code="standard", **figures))
    await branch.paid(shop, second, 5_000)
    held = await branch.do(branch.authorises(await branch.order(shop, 6_000, discount=11), first, second))
    await branch.do(CapturePayment(payment=held.id, amount=1_001))
    await branch.refund(held, 1_000, "r-3")
    await branch.do(CapturePayment(payment=held.id, amount=4_000, final=True))
    other = await branch.shop(name="乙店")
    receivers = (Receiver(merchant=other.id, amount=300), Receiver(merchant=other.id))
    await branch.do(SplitPayment(payment=held.id, number="s-1", receivers=receivers))
    await branch.refund(held, 500, "r-4")
    late, unwanted = await branch.order(shop, 100, minutes=1), await branch.order(shop, 100)
    await branch.do(CloseOrder(order=unwanted.id, reason="不要了"))
    refused = await branch.ask(branch.pays(await branch.order(shop, 1_000_000), second))
    assert refused.error is not None
    branch.later(minutes=1)
    await branch.do(ExpireOrder(order=late.id))
    await branch.engine.stop()

    assert (await verify(Reader(store.pool), 1, AUDITED)).broken is None
    replayed = await replay(store, 1, Book)
    await store.close()
    assert replayed.differences == []
    assert [replayed.rows[table] for table in ("payment", "payment_line", "refund", "refund_line")] == [3, 5, 4, 5]
