"""The end of a day: its steps in order, killed and resumed to the same, failed items by themselves, twice harmless."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from canglian.bank.purpose.commands import (
    DraftPurposeContract,
    ExpirePurposeContract,
    FundPurposeContract,
    GrantLine,
    IssuePurposeGrants,
    SignPurposeContract,
)
from canglian.bank.settlement.closing import builtin, queries
from canglian.bank.settlement.closing.commands import StartEndOfDay
from canglian.bank.settlement.closing.model import EodState, StepState
from canglian.bank.settlement.closing.running import keep_running, run_end_of_day
from canglian.bank.settlement.closing.steps import STEPS, Step, Turn
from canglian.kernel.errors import Rejection
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger.commands import CloseDay
from tests.bank.settlement.stalls import Stalls

NAMES = [
    "cut-off",
    "deposit-interest",
    "wallet-interest",
    "payment-expiry",
    "purpose-expiry",
    "settlement",
    "reconciliation",
    "trial-balance",
    "open-next-day",
]


@pytest.fixture
async def branch(database: str) -> AsyncIterator[Stalls]:
    store = await PostgresStore.open(database)
    running = Stalls(store)
    await running.open()
    yield running
    await running.engine.stop()
    await store.close()


def services(branch: Stalls, engine: Any = None, clock: str = "") -> Any:
    """What a run works with."""
    settings = SimpleNamespace(eod_at=clock, channel_url=None)
    return SimpleNamespace(engine=engine or branch.engine, reader=branch.reader, settings=settings)


class Killed(Exception):
    """The process died."""


class Dying:
    """An engine that dies after so many commands."""

    def __init__(self, engine: Any, after: int) -> None:
        self.engine = engine
        self.clock = engine.clock
        self.left = after

    async def submit(self, book: int, command: Any, **asked: Any) -> Any:
        if self.left == 0:
            raise Killed
        self.left -= 1
        return await self.engine.submit(book, command, **asked)


async def traded(branch: Stalls) -> Any:
    """Three shops that were paid yesterday and today; one has no place to be paid out to."""
    purse, payer = await branch.ecny(2, 0, serial=2), await branch.ecny(2, 90_000)
    shops = [await branch.shop(name=f"第{number}店", payout_wallet=purse.id) for number in range(2)]
    shops.append(await branch.shop(name="乙店"))
    for number, shop in enumerate(shops, 1):
        await branch.paid(shop, payer, 1_000 * number)
    await branch.day()
    for shop in shops:
        await branch.paid(shop, payer, 500)
    return shops, purse


async def test_the_steps_run_in_their_order_and_the_next_business_day_begins(branch: Stalls) -> None:
    assert builtin.ACTOR
    shops, purse = await traded(branch)
    run = await run_end_of_day(services(branch), 1)
    assert (run.state, run.date) == (EodState.DONE, date(2026, 1, 6))
    whole = await queries.whole(branch.reader, 1, run.date)
    steps = [step for step in whole.steps if step.name in NAMES]
    assert [step.name for step in steps] == NAMES
    assert {step.state for step in whole.steps} == {StepState.DONE}
    assert all(step.done == step.total for step in whole.steps)
    by_name = {step.name: step for step in whole.steps}
    assert by_name["settlement"].figures["settled"] == 3
    assert by_name["settlement"].figures["paid_ECNY"] == await branch.has_in(purse) == 2_988  # 3,000 less fees
    assert (await branch.store.state(1)).today == date(2026, 1, 7)
    code, _ = await branch.refused(StartEndOfDay(date=run.date, steps=("cut-off",)))
    assert code == "eod.done"
    assert [len(await branch.of(shop)) for shop in shops] == [1, 1, 1]
    branch.today = date(2026, 1, 7)
    for day in (7, 8, 9):
        assert (await run_end_of_day(services(branch), 1)).date == date(2026, 1, day)
    assert (await branch.store.state(1)).today == date(2026, 1, 12), "Friday is followed by Monday"


@pytest.mark.parametrize("after", [0, 3, 7, 12, 16, 20])
async def test_a_run_that_is_killed_goes_on_and_comes_to_the_same(branch: Stalls, after: int) -> None:
    shops, purse = await traded(branch)
    with pytest.raises((Killed, BaseExceptionGroup)):
        await run_end_of_day(services(branch, Dying(branch.engine, after)), 1)
    both = await asyncio.gather(*(run_end_of_day(services(branch), 1) for _ in range(2)), return_exceptions=True)
    done = [run for run in both if not isinstance(run, BaseException)]
    assert done, both
    assert (await queries.whole(branch.reader, 1, date(2026, 1, 6))).run.state is EodState.DONE
    assert await branch.has_in(purse) == 2_988
    assert [len(await branch.of(shop)) for shop in shops] == [1, 1, 1]
    assert (await branch.store.state(1)).today in (date(2026, 1, 7), date(2026, 1, 8))


async def test_an_item_that_fails_is_listed_and_tried_again_and_the_next_day_waits(branch: Stalls) -> None:
    failing = {"a", "b"}

    async def count(_services: Any, _book: int, _day: date) -> int:
        return 3

    async def run(turn: Turn) -> None:
        turn.advance(3 - len(failing))
        for item in failing:
            turn.fail(item, "test.away")

    async def refused(turn: Turn) -> None:
        if failing:
            raise Rejection("eod.not_expired")

    STEPS.register(Step("test-items", 45, count, run), Step("test-whole", 46, count, refused))
    try:
        ended = await run_end_of_day(services(branch), 1)
        assert (ended.state, (await branch.store.state(1)).today) == (EodState.INCOMPLETE, date(2026, 1, 5))
        whole = await queries.whole(branch.reader, 1, ended.date)
        assert sorted((failure.step, failure.item, failure.code) for failure in whole.failures) == [
            ("test-items", "a", "test.away"),
            ("test-items", "b", "test.away"),
            ("test-whole", "test-whole", "eod.not_expired"),
        ]
        states = {step.name: (step.state, step.done, step.failed) for step in whole.steps}
        assert states["test-items"] == (StepState.INCOMPLETE, 1, 2)
        assert states["trial-balance"][0] is StepState.DONE
        assert states["open-next-day"][0] is StepState.WAITING
        failing.clear()
        failing.add("b")
        await run_end_of_day(services(branch), 1)
        (left, _) = sorted((await queries.whole(branch.reader, 1, ended.date)).failures, key=lambda f: f.step)
        assert (left.item, left.tries) == ("b", 2)
        failing.clear()
        assert (await run_end_of_day(services(branch), 1)).state is EodState.DONE
        assert (await queries.whole(branch.reader, 1, ended.date)).failures == []
    finally:
        for name in ("test-items", "test-whole"):
            del STEPS.known[name]


async def test_money_of_a_contract_that_a_killed_run_has_ended_goes_back_with_the_next_one(branch: Stalls) -> None:
    payer = await branch.ecny(2, 90_000)
    until = branch.today
    draft = DraftPurposeContract(template="welfare", name="敬老餐", payer=payer.id, valid_until=until)
    contract = await branch.do(draft)
    await branch.do(SignPurposeContract(contract=contract.id, channel="counter"))
    await branch.do(FundPurposeContract(contract=contract.id, amount=10_000, channel="counter"))
    await branch.do(IssuePurposeGrants(contract=contract.id, lines=(GrantLine(payer.id, 4_000),)))
    await branch.day()
    await branch.do(ExpirePurposeContract(contract=contract.id))
    await run_end_of_day(services(branch), 1)
    assert await branch.has_in(payer) == 90_000
    (step,) = [
        step for step in (await queries.whole(branch.reader, 1, branch.today)).steps if step.name == "purpose-expiry"
    ]
    assert (step.state, step.total, step.done) == (StepState.DONE, 1, 1)


async def test_the_scheduler_starts_when_the_clock_says_so_and_goes_on_with_what_was_started(branch: Stalls) -> None:
    await keep_running(services(branch), 1)
    assert await queries.open_run(branch.reader, 1) is None, "off by default"
    assert (await branch.store.state(1)).today == date(2026, 1, 5)
    await branch.do(StartEndOfDay(steps=tuple(step.name for step in STEPS.ordered())))
    await keep_running(services(branch), 1)
    assert (await branch.store.state(1)).today == date(2026, 1, 6)
    await keep_running(services(branch, clock="00:00"), 1)
    assert (await branch.store.state(1)).today == date(2026, 1, 7), "its time is long over"


async def test_a_next_day_that_is_too_far_ahead_waits_for_approval(branch: Stalls) -> None:
    await branch.do(CloseDay(next_day=date(2026, 1, 12)))
    ended = await run_end_of_day(services(branch), 1)
    assert ended.state is EodState.INCOMPLETE
    (failure,) = (await queries.whole(branch.reader, 1, ended.date)).failures
    assert (failure.step, failure.code) == ("open-next-day", "approval.required")
