"""The demo book: realistic, balanced, and filled exactly once."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, time

import msgspec
import pytest

from canglian import ledger
from canglian.app.demo import Filling
from canglian.app.demo.branch import plan
from canglian.app.demo.traffic import DAYS, business_days, history
from canglian.kernel import Engine, MemoryStore
from canglian.kernel.records import CommandLine
from canglian.kernel.values import SHANGHAI
from canglian.ledger import Account, Balance, Hold, Reversal, Transfer, words

FOUNDED = date(2026, 8, 3)
FOUNDINGS = [
    datetime(2026, 8, 3, 12, tzinfo=SHANGHAI),  # a Monday
    datetime(2026, 11, 27, 23, tzinfo=SHANGHAI),  # a Friday, late
    datetime(2026, 11, 28, 7, 59, tzinfo=SHANGHAI),  # a Saturday, and Friday by UTC
    datetime(2026, 11, 29, 12, tzinfo=SHANGHAI),  # a Sunday
    datetime(2027, 1, 1, 0, 1, tzinfo=SHANGHAI),  # the year's first minute, and last year by UTC
    datetime(2028, 3, 1, 12, tzinfo=SHANGHAI),  # the day after a leap day
]
HISTORY = 20_479
"""Movements of the sixty days."""
TODAY = 20 + 4 + 6 + 12
"""Purchases, returns, captured holds, and a payroll."""


class KilledError(Exception):
    """What a test throws into a fill."""


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    clock = datetime(FOUNDED.year, FOUNDED.month, FOUNDED.day, 4, tzinfo=UTC)
    engine = Engine(MemoryStore(), ledger.Book, audited=ledger.AUDITED, clock=lambda: clock)
    await engine.found(1, FOUNDED)
    yield engine
    await engine.stop()


def _rows(engine: Engine, kind: type) -> list:
    return list(engine.store.rows[1][kind].values())


async def test_the_demo_book_is_full_after_one_fill_and_balanced(engine: Engine) -> None:
    filling = Filling(engine, engine.store, 1)
    assert not await filling.is_done()
    steps: list[tuple[int, int]] = []
    await filling.run(lambda done, total: steps.append((done, total)))
    assert await filling.is_done()
    assert steps == [(n, DAYS + 1) for n in range(1, DAYS + 2)]
    assert len(_rows(engine, Account)) == 316
    assert len(_rows(engine, Transfer)) > 20_000
    net = Counter()
    for balance in _rows(engine, Balance):
        account = engine.store.rows[1][Account][balance.account]
        net[account.asset] += balance.debits - balance.credits
    assert dict(net) == {"CNY": 0, "ECNY": 0}
    assert Counter(hold.state.value for hold in _rows(engine, Hold)) == {
        "captured": 4,
        "pending": 6,
        "released": 2,
    }
    assert len(_rows(engine, Reversal)) == 4


async def test_history_is_never_refused_and_each_planned_refusal_is(engine: Engine) -> None:
    await Filling(engine, engine.store, 1).run(lambda *_: None)
    lines = _rows(engine, CommandLine)
    imports = [line for line in lines if line.kind == "ledger.import_history"]
    assert len(imports) == DAYS
    assert sum(msgspec.json.decode(line.result)["refused"] for line in imports) == 0
    assert sorted(line.code for line in lines if line.status == "rejected") == [
        "account.frozen",
        "account.not_found",
        "transfer.above_ceiling",
        "transfer.asset_mismatch",
        "transfer.insufficient_funds",
        "transfer.purpose_mismatch",
    ]


async def test_every_code_and_purpose_of_the_demo_has_words(engine: Engine) -> None:
    await Filling(engine, engine.store, 1).run(lambda *_: None)
    assert {transfer.code for transfer in _rows(engine, Transfer)} <= set(words.CODES)
    assert {hold.code for hold in _rows(engine, Hold)} <= set(words.CODES)
    assert {account.purpose for account in _rows(engine, Account)} <= {None, *words.PURPOSES}


async def test_a_second_fill_changes_nothing(engine: Engine) -> None:
    filling = Filling(engine, engine.store, 1)
    await filling.run(lambda *_: None)
    before = engine.store.states[1]
    await filling.run(lambda *_: None)
    assert engine.store.states[1] == before


async def test_a_fill_that_was_killed_goes_on_where_it_was(engine: Engine) -> None:
    filling = Filling(engine, engine.store, 1)

    def kill(done: int, total: int) -> None:
        if done == 20:
            raise KilledError

    with pytest.raises(KilledError):
        await filling.run(kill)
    assert not await filling.is_done()
    await filling.run(lambda *_: None)
    whole = {transfer.id: transfer for transfer in _rows(engine, Transfer)}
    numbers = {account.reference: account.id for account in _rows(engine, Account)}
    planned = sum(len(lines) for _, lines in history(plan(), numbers, FOUNDED))
    imported = [transfer for transfer in whole.values() if transfer.flags == ledger.Flag.IMPORTED]
    assert len(imported) == planned


@pytest.mark.parametrize("founding", FOUNDINGS, ids=str)
async def test_a_fresh_branch_ends_at_the_same_transfer_whatever_the_date(founding: datetime) -> None:
    engine = Engine(MemoryStore(), ledger.Book, audited=ledger.AUDITED, clock=lambda: founding.astimezone(UTC))
    await engine.found(1, founding.date())
    await Filling(engine, engine.store, 1).run(lambda *_: None)
    await engine.stop()
    refused = [
        msgspec.json.decode(line.result)["refused"]
        for line in _rows(engine, CommandLine)
        if line.kind == "ledger.import_history"
    ]
    assert refused == [0] * DAYS
    assert max(transfer.id for transfer in _rows(engine, Transfer)) == HISTORY + TODAY


@pytest.mark.parametrize("founding", FOUNDINGS, ids=str)
def test_each_day_has_the_same_movements_whatever_its_date(founding: datetime) -> None:
    numbers = {reference: number for number, reference in enumerate(plan().accounts, 1)}

    def movements(founded: date) -> list[tuple[object, ...]]:
        return [
            (
                count,
                line.happened_at - datetime.combine(day, time(), SHANGHAI),
                (line.debit, line.credit, line.amount, line.code, line.metadata),
                line.reference and line.reference.split("-")[1],
            )
            for count, (day, lines) in enumerate(history(plan(), numbers, founded))
            for line in lines
        ]

    found = movements(founding.date())
    assert len(found) == HISTORY
    assert found == movements(FOUNDED)


def test_business_days_are_sixty_weekdays_before_the_founding() -> None:
    days = business_days(FOUNDED)
    assert len(days) == 60
    assert days[-1] == date(2026, 7, 31)
    assert days[0] == date(2026, 5, 11)
    assert all(day.weekday() < 5 for day in days)


def test_the_plan_is_the_same_every_time() -> None:
    assert plan() == plan()
    assert len(plan().accounts) == 315
