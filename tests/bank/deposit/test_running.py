"""The runs over a real database: a day over many accounts, killed and resumed; the rail's file."""

import hashlib
import random
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import msgspec
import pytest

from canglian.bank.deposit import BoundAccount, DepositInterest, Inside, InterestDay
from canglian.bank.deposit.accruing import BalanceThen
from canglian.bank.deposit.commands import (
    AccrueInterest,
    CloseDepositAccount,
    ReconcileRailLine,
    RequestPull,
    SettleInterest,
)
from canglian.bank.deposit.running import INTEREST, FileRun, run_rail_file
from canglian.bank.wallet.running import INTEREST as WALLET_RUNS
from canglian.kernel.command import Command
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.queries.paging import Order
from canglian.ledger.commands import CloseDay
from canglian.ledger.model import Balance
from canglian.ledger.queries.statements import entries
from canglian.ledger.queries.trial_balance import TrialLine, trial_balance
from tests.bank.deposit.holders import Holders, Pay


class Stored(Holders):
    """A branch in PostgreSQL."""

    async def rows(self, kind: Any, **fields: Any) -> list[Any]:
        raise AssertionError("read what you need by its id")


@pytest.fixture
async def branch(database: str) -> AsyncIterator[Stored]:
    store = await PostgresStore.open(database)
    running = Stored(store)
    await running.open()
    yield running
    await running.engine.stop()
    await store.close()


class Killed(Exception):
    """The process died."""


class Dying:
    """An engine that dies after so many commands, once."""

    def __init__(self, engine: Any, after: int) -> None:
        self.engine = engine
        self.left = after

    async def submit(self, book: int, command: Command[Any], **asked: Any) -> Any:
        if self.left == 0:
            raise Killed
        self.left -= 1
        return await self.engine.submit(book, command, **asked)


async def made(branch: Stored, count: int) -> list[Any]:
    """Accounts with uneven balances, opened on the first day."""
    chance = random.Random(7)
    accounts = [await branch.counter(await branch.seen(serial)) for serial in range(1, count + 1)]
    for account in accounts:
        await branch.fund(account, chance.randint(1, 10**9))
    return accounts


async def lived(branch: Stored, accounts: list[Any], reader: Reader) -> list[tuple[Any, ...]]:
    """Some weeks over a settlement, with movements in between; what every account has at the end."""
    chance = random.Random(11)
    today, kills = date(2026, 1, 5), 0
    while today < date(2026, 3, 24):
        today = await close(branch, today, chance.randint(1, 9))
        payer, payee = chance.sample(accounts, 2)
        await branch.do(Pay(payer=payer.id, payee=payee.id, amount=chance.randint(1, 1000), channel="counter"))
        for after in range(4):
            try:
                dying: Any = Dying(branch.engine, after)
                await INTEREST.run(dying, reader, 1, chunk=2)
            except Killed:
                kills += 1
        await INTEREST.run(branch.engine, reader, 1, chunk=2)
    assert kills > 20
    ends: list[tuple[Any, ...]] = []
    for account in accounts:
        interest: DepositInterest = await branch.get(DepositInterest, account.account)
        balance: Balance = await branch.get(Balance, account.account)
        ends.append((interest.accrued, interest.remainder, interest.until, balance.credits - balance.debits))
    return ends


async def close(branch: Stored, today: date, days: int) -> date:
    after = today.fromordinal(today.toordinal() + days)
    await branch.do(CloseDay(next_day=after))
    branch.later(days=days)
    return after


async def test_a_run_killed_anywhere_and_resumed_comes_to_the_same_to_the_fen(branch: Stored) -> None:
    reader = Reader(branch.store.pool)
    killed = await lived(branch, await made(branch, 5), reader)
    calm = Holders()
    await calm.open()
    accounts = await made(calm, 5)  # pyright: ignore[reportArgumentType]
    whole = await in_memory(calm, accounts)
    await calm.engine.stop()
    assert killed == whole
    assert await branch.get(InterestDay, date(2026, 3, 20)) is not None


async def in_memory(branch: Holders, accounts: list[Any]) -> list[tuple[Any, ...]]:
    """The same weeks in memory, with what each account had at the end of every day written down beforehand."""
    chance = random.Random(11)
    day = date(2026, 1, 5)
    while day < date(2026, 3, 24):
        then = [BalanceThen(account.account, await branch.money(account)) for account in accounts]
        today = await branch.day(chance.randint(1, 9))
        payer, payee = chance.sample(accounts, 2)
        await branch.do(Pay(payer=payer.id, payee=payee.id, amount=chance.randint(1, 1000), channel="counter"))
        while day < today:
            await branch.do(AccrueInterest(date=day, accounts=[account.account for account in accounts], moved=then))
            if day == date(2026, 3, 20):
                paid = [(await branch.do(SettleInterest(account=of.account, date=day))).paid for of in accounts]
                then = [BalanceThen(of.account, of.balance + more) for of, more in zip(then, paid, strict=True)]
            day = day.fromordinal(day.toordinal() + 1)
    ends: list[tuple[Any, ...]] = []
    for account in accounts:
        interest: DepositInterest = await branch.get(DepositInterest, account.account)
        ends.append((interest.accrued, interest.remainder, interest.until, await branch.money(account)))
    return ends


async def grown(branch: Stored, opened: date, last: date, *, days: int) -> tuple[list[TrialLine], list[int]]:
    """A deposit of 100,000.00 from a day until after ``last``, closed over so many days at a time, with a run each.

    Answers with the trial balance at the end of ``last`` and the dates and amounts of what was paid.
    """
    reader = Reader(branch.store.pool)
    today = await close(branch, date(2026, 1, 5), (opened - date(2026, 1, 5)).days)
    account = await branch.counter(await branch.seen(1))
    await branch.fund(account, 10_000_000)
    while today <= last:
        today = await close(branch, today, min(days, (last - today).days + 1))
        await INTEREST.run(branch.engine, reader, 1)
    found = await trial_balance(reader, 1, last)
    page = await entries(reader, 1, account.account, Order(limit=200))
    return found.lines, [entry.amount for entry in page.items if entry.code == "interest.settled"]


@pytest.fixture
async def another(fresh_database: str) -> AsyncIterator[Stored]:
    store = await PostgresStore.open(fresh_database)
    running = Stored(store)
    await running.open()
    yield running
    await running.engine.stop()
    await store.close()


async def test_the_trial_balance_of_the_years_last_day_has_its_interest(branch: Stored) -> None:
    reader = Reader(branch.store.pool)
    today = await close(branch, date(2026, 1, 5), (date(2026, 12, 25) - date(2026, 1, 5)).days)
    account, other = await branch.counter(await branch.seen(1)), await branch.counter(await branch.seen(2))
    await branch.fund(account, 181_000_000)
    await branch.fund(other, 36_000_000)
    today = await close(branch, today, 7)
    assert today == date(2027, 1, 1)
    await branch.do(Pay(payer=account.id, payee=await branch.inside(Inside.CASH), amount=1, channel="counter"))
    closing = CloseDepositAccount(account=other.id, reason="客户申请", channel="counter", cash=True)
    await branch.do(closing)  # paid from what is owed, on 1 January, before the days of the others are in it
    await INTEREST.run(branch.engine, reader, 1)
    booked = [
        {line.head: (line.debits, line.credits) for line in (await trial_balance(reader, 1, day)).lines}
        for day in (date(2026, 12, day) for day in range(25, 32))
    ]
    owed = [181_000_000 * 500 * days // (360 * 1_000_000) + 50 * days for days in range(1, 8)]
    assert owed[-1] == 1759 + 350
    assert [heads["6411"] for heads in booked] == [(fen, 0) for fen in owed]
    assert [heads["2231"] for heads in booked] == [(0, fen) for fen in owed]
    for day in range(25, 32):
        assert (await trial_balance(reader, 1, date(2026, 12, day))).is_balanced


async def test_one_close_over_many_settlement_days_pays_as_day_by_day(branch: Stored, another: Stored) -> None:
    opened, last = date(2026, 11, 29), date(2029, 12, 20)
    once = await grown(branch, opened, last, days=10_000)
    monthly = await grown(another, opened, last, days=29)
    assert once == monthly
    assert (len(once[1]), sum(once[1])) == (13, 15_538)


async def test_a_book_without_accounts_has_no_interest(branch: Stored) -> None:
    assert await INTEREST.run(branch.engine, Reader(branch.store.pool), 1) == []


async def test_the_file_of_a_day_agrees_settles_differs_and_misses(branch: Stored) -> None:
    reader = Reader(branch.store.pool)
    account = await branch.afar(await branch.opened_afar())
    (bound,) = (await branch.store.find(1, BoundAccount, "account", [account.id]))[account.id]
    orders = [
        await branch.do(RequestPull(bound_account=bound.id, amount=amount, channel="mobile")) for amount in (1, 2, 3)
    ]
    today = await close(branch, account.opened_on, 1)
    assert today > account.opened_on
    lines = [
        ReconcileRailLine(
            date=account.opened_on,
            order=order.id,
            order_kind=order.kind,
            amount=order.amount + (order is orders[1]),
            succeeded=True,
            reference=f"R-{order.amount}",
        )
        for order in orders[:2]
    ]
    assert await run_rail_file(branch.engine, reader, 1, account.opened_on, lines) == FileRun(0, 1, 1, 2)
    assert await run_rail_file(branch.engine, reader, 1, account.opened_on, lines) == FileRun(0, 1, 1, 0)
    assert await branch.money(account) == 1


def test_commands_and_keys_of_the_runs_stay_as_they_are_stored() -> None:
    """A run that is begun again after an upgrade has to know what it asked for before."""
    day, then = date(2026, 3, 20), [BalanceThen(2, 5)]
    for runs, kind, key in (
        (INTEREST, "deposit", "accrue:2026-03-20:1:"),
        (WALLET_RUNS, "wallet", "wallet-accrue:2026-03-20:1:"),
    ):
        command = runs.accrue(date=day, accounts=[1, 2], moved=then)
        payload = b'{"date":"2026-03-20","accounts":[1,2],"moved":[{"account":2,"balance":5}]}'
        assert msgspec.json.encode(command) == payload
        assert runs.key_of(command) == key + hashlib.sha256(payload).hexdigest()[:16]
        kinds = [command.__kind__ for command in (runs.accrue, runs.settle, runs.finish)]
        assert kinds == [f"{kind}.accrue_interest", f"{kind}.settle_interest", f"{kind}.finish_interest_day"]
