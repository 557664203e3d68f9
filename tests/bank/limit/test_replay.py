"""On PostgreSQL: what was counted is stored, and the log of a book with limits leads to what is stored."""

from datetime import date

import pytest

from canglian.bank.approval import Book
from canglian.bank.limit import LimitTally, Measure
from canglian.kernel.auditing import replay, verify
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger import AUDITED
from tests.bank.limit.test_overrides import Counter
from tests.bank.limit.till import Move, TakeBack, ecny, moving, rule
from tests.ledger.branch import TODAY


@pytest.mark.parametrize("cache", [500_000, 2])
async def test_a_life_with_limits_replays(database: str, cache: int) -> None:
    store = await PostgresStore.open(database)
    counter = Counter(store)
    counter.engine._limits["cache_max"] = cache
    await counter.open()
    for amount in (100, 200):
        await counter.move(amount)
    await counter.do(TakeBack(movement=moving(100), on=TODAY))
    await counter.granted()
    await counter.do(Move(movement=ecny(250_000)))
    await counter.do_refused(Move(movement=ecny(300_001)))
    await counter.add(rule("day", 500), rule("often", 3, Measure.DAY_COUNT), effective_from=date(2026, 1, 6))
    await counter.next_day()
    await counter.move(500)
    await counter.do_refused(Move(movement=moving(1)))
    tally: LimitTally = await counter.get(LimitTally, "deposit:dep_1")
    assert tally.used == {
        "account.out:year_sum:2026": 200,
        "day:day_sum:2026-01-06": 500,
        "often:day_count:2026-01-06": 1,
    }
    await counter.engine.stop()

    assert (await verify(Reader(store.pool), 1, AUDITED)).broken is None
    replayed = await replay(store, 1, Book)
    await store.close()
    assert replayed.differences == []
    assert (replayed.rows["limit_rules"], replayed.rows["limit_tally"], replayed.rows["limit_override"]) == (2, 2, 1)
