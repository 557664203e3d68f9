"""Past balances, statements, trial balances and lists against a model that keeps every transfer and adds up."""

import json
import random
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from canglian import ledger
from canglian.kernel import Command, Engine
from canglian.kernel.errors import Malformed, NotFound
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import AMOUNT_MAX
from canglian.ledger import Side, Transfer
from canglian.ledger.commands import CloseDay, Line, OpenAccount, OpenBook, PostTransfers
from canglian.ledger.queries import balances, overview, statements, trial_balance
from canglian.ledger.queries.accounts import AccountFilter, account, accounts
from canglian.ledger.queries.transfers import TransferFilter, transfers
from tests.databases import Databases

FIRST = date(2026, 1, 5)
START = datetime(2026, 1, 5, 1, tzinfo=UTC)
ACCOUNTS = 6
DAYS = 6


class Belated(Command[Transfer], kind="test.belated"):
    """A movement that becomes known when its day is over."""

    debit: int
    credit: int
    amount: int
    on: date

    def decide(self, book: Any) -> Transfer:
        return book.transfer(self.debit, self.credit, self.amount, "test.belated", on=self.on)


class World:
    """A book with a busy past, and everything that happened in it."""

    def __init__(self, engine: Engine, reader: Reader) -> None:
        self.engine = engine
        self.reader = reader
        self.now = START
        self.all: list[Transfer] = []

    async def fill(self) -> None:
        chance = random.Random(7)
        await self.engine.found(1, FIRST)
        await self.engine.execute(1, OpenBook(), actor="t")
        for number in range(ACCOUNTS):
            head = "1003" if number == 0 else "2011"
            await self.engine.execute(1, OpenAccount(asset="CNY", head=head, floor=None), actor="t")
        for day in range(DAYS):
            for _ in range(3):
                self.now += timedelta(hours=2)
                await self._post(chance, 1200 if day == 2 else 40)
                await self._belated(chance, FIRST + timedelta(days=day))
            if day < DAYS - 1:
                next_day = FIRST + timedelta(days=day + 1)
                await self.engine.execute(1, CloseDay(next_day=next_day), actor="t")
                self.now = START + timedelta(days=day + 1)

    async def _belated(self, chance: random.Random, today: date) -> None:
        """Of accounts 3 to 5, on a day up to today, whatever they had since."""
        for _ in range(4):
            debit, credit = chance.sample(range(3, ACCOUNTS), 2)
            on = FIRST + timedelta(days=chance.randrange(-1, (today - FIRST).days + 1))
            command = Belated(debit=debit, credit=credit, amount=chance.randrange(1, 1000), on=on)
            self.all.append(await self.engine.execute(1, command, actor="t"))

    async def _post(self, chance: random.Random, count: int) -> None:
        lines = []
        for _ in range(count):
            debit, credit = chance.sample(range(1, ACCOUNTS), 2)  # account 6 stays without movement
            late = chance.random() < 0.1
            back = timedelta(minutes=chance.randrange(1, 4000) if late else chance.randrange(0, 30))
            lines.append(
                Line(
                    debit=debit,
                    credit=credit,
                    amount=chance.randrange(1, 1000),
                    code=chance.choice(["a.b", "c.d"]),
                    happened_at=self.now - back,
                    reference=chance.choice([None, "R1"]),
                    metadata=chance.choice([None, {"shop": "7"}]),
                )
            )
        posted = await self.engine.execute(1, PostTransfers(lines=lines), actor="t")
        found = await self.engine.store.load(1, Transfer, posted.transfers)
        self.all += [found[number] for number in sorted(found)]

    def net(self, number: int, counts: Any) -> int:
        """Debits less credits of an account over the transfers that count."""
        mine = [t for t in self.all if counts(t)]
        return sum(t.amount for t in mine if t.debit == number) - sum(t.amount for t in mine if t.credit == number)

    def sign(self, number: int) -> int:
        return 1 if number == 1 else -1


@pytest.fixture(scope="module")
async def world(databases: Databases) -> AsyncIterator[World]:
    async with databases.fresh() as url:
        store = await PostgresStore.open(url)
        made: World | None = None
        engine = Engine(store, ledger.Book, audited=ledger.AUDITED, clock=lambda: START if made is None else made.now)
        made = World(engine, Reader(store.pool))
        await made.fill()
        yield made
        await engine.stop()
        await store.close()


async def test_a_balance_on_a_date_counts_what_carries_that_date_or_an_earlier_one(world: World) -> None:
    for number in range(1, ACCOUNTS + 1):
        for day in range(-1, DAYS):
            asked = FIRST + timedelta(days=day)
            view = await balances.on(world.reader, 1, number, asked)
            assert view.balance == world.sign(number) * world.net(number, lambda t, d=asked: t.date <= d), (
                number,
                asked,
            )


async def test_a_balance_at_an_instant_counts_what_had_happened(world: World) -> None:
    for number in (1, 2, 5):
        for hours in range(-72, DAYS * 24, 7):
            asked = START + timedelta(hours=hours)
            view = await balances.at(world.reader, 1, number, asked)
            expected = world.net(number, lambda t, i=asked: t.happened_at <= i)
            assert view.balance == world.sign(number) * expected, (number, asked)


async def test_a_balance_at_an_instant_counts_what_had_been_booked(world: World) -> None:
    for number in (1, 3):
        for hours in range(-2, DAYS * 24, 5):
            asked = START + timedelta(hours=hours)
            view = await balances.at(world.reader, 1, number, asked, "booked")
            expected = world.net(number, lambda t, i=asked: t.booked_at <= i)
            assert view.balance == world.sign(number) * expected, (number, asked)


async def test_a_moment_before_the_account_says_so(world: World) -> None:
    view = await balances.at(world.reader, 1, 2, START - timedelta(days=30))
    assert (view.balance, view.entries, view.opened) == (0, 0, False)
    with pytest.raises(NotFound, match="999"):
        await balances.on(world.reader, 1, 999, FIRST)
    with pytest.raises(Malformed, match="in_future"):
        await balances.on(world.reader, 1, 2, FIRST + timedelta(days=DAYS))


async def test_an_account_is_opened_on_a_business_date_and_not_on_the_clocks(database: str) -> None:
    store = await PostgresStore.open(database)
    engine = Engine(store, ledger.Book, audited=ledger.AUDITED, clock=lambda: START)
    reader = Reader(store.pool)
    await engine.found(1, FIRST)
    await engine.execute(1, OpenBook(), actor="t")
    await engine.execute(1, CloseDay(next_day=FIRST + timedelta(days=20)), actor="t")
    await engine.execute(1, OpenAccount(asset="CNY", head="2011"), actor="t")
    views = [await balances.on(reader, 1, 1, FIRST + timedelta(days=day)) for day in (0, 19, 20)]
    assert [(view.balance, view.opened) for view in views] == [(0, False), (0, False), (0, True)]
    await engine.stop()
    await store.close()


async def test_the_sums_of_a_head_may_be_larger_than_any_account(database: str) -> None:
    store = await PostgresStore.open(database)
    engine = Engine(store, ledger.Book, audited=ledger.AUDITED)
    reader = Reader(store.pool)
    await engine.found(1, FIRST)
    await engine.execute(1, OpenBook(), actor="t")
    for _ in range(4):
        await engine.execute(1, OpenAccount(asset="CNY", head="2011", floor=None), actor="t")
    for debit in (1, 3):
        lines = [Line(debit=debit, credit=debit + 1, amount=AMOUNT_MAX, code="pay")] * 5000
        assert (await engine.execute(1, PostTransfers(lines=lines), actor="t")).posted == 5000
    (line,) = (await trial_balance.trial_balance(reader, 1)).lines
    assert line.debits == line.credits == line.debit_balance == line.credit_balance == 10_000 * AMOUNT_MAX > 2**63
    assert [volume.amount for volume in await overview.volumes(reader, 1)] == [10_000 * AMOUNT_MAX]
    await engine.stop()
    await store.close()


async def test_the_balance_now_is_the_sum_of_everything(world: World) -> None:
    for number in range(1, ACCOUNTS + 1):
        view = await account(world.reader, 1, number)
        assert view.balance == world.sign(number) * world.net(number, lambda _: True)
        assert view.balance == (await balances.now(world.reader, 1, number)).balance


async def test_the_course_of_a_balance_ends_each_day_as_the_day_did(world: World) -> None:
    for number, days in ((2, 10), (3, 10), (4, 10), (5, 3)):
        points = await balances.course(world.reader, 1, number, days=days)
        assert len(points) >= days - 1 if days == 3 else points[0].balance == 0
        for point in points:
            assert point.balance == -world.net(number, lambda t, d=point.date: t.date <= d)
        assert points[-1].date == FIRST + timedelta(days=DAYS - 1)


async def test_what_was_backdated_is_there_and_crosses_days(world: World) -> None:
    rows = await world.reader.rows("SELECT until - date FROM backdated_entry WHERE book = $1", 1)
    assert len(rows) > 50
    assert {row[0] for row in rows} == {1, 2, 3, 4, 5, 6}


@pytest.mark.parametrize("number", [2, 3, 4, 5])
@pytest.mark.parametrize(("begins", "ends"), [(1, 3), (0, 0), (2, 2), (-1, 4), (4, 5), (5, 5)])
async def test_a_statement_chains_from_its_opening_to_its_closing(
    world: World, number: int, begins: int, ends: int
) -> None:
    first, last = FIRST + timedelta(days=begins), FIRST + timedelta(days=ends)
    got: list[statements.Entry] = []
    cursor = None
    while True:
        statement = await statements.statement(world.reader, 1, number, first, last, Order(cursor=cursor, limit=200))
        got += statement.page.items
        cursor = statement.page.next_cursor
        if cursor is None:
            break
    running = statement.opening
    assert running == -world.net(number, lambda t: t.date < first)
    for entry in got:
        running += entry.amount
        assert entry.balance == running
    assert running == statement.closing
    assert (
        len(got)
        == statement.entries
        == len([t for t in world.all if first <= t.date <= last and number in (t.debit, t.credit)])
    )
    back = await statements.entries(world.reader, 1, number, Order("-id", limit=200), first, last)
    assert back.items == got[::-1][:200]
    assert statement.opening + statement.paid_in - statement.paid_out == statement.closing
    assert {entry.side for entry in got} == {Side.DEBIT, Side.CREDIT}


async def test_a_period_that_ends_before_it_begins_is_refused(world: World) -> None:
    with pytest.raises(Malformed, match="period_invalid"):
        await statements.statement(world.reader, 1, 2, FIRST + timedelta(days=1), FIRST, Order())


class Examined(Reader):
    """A reader that also counts the rows of transfers that its statements look at."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        super().__init__(pool)
        self.pool = pool
        self.transfers: list[int] = []

    async def rows(self, sql: str, book: int, *arguments: Any) -> list[Any]:
        plan = await self.pool.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", book, *arguments)
        self._count(json.loads(plan)[0]["Plan"])
        return await super().rows(sql, book, *arguments)

    def _count(self, node: dict[str, Any]) -> None:
        if node.get("Relation Name") == "transfer":
            self.transfers.append(int(node["Actual Rows"] + node.get("Rows Removed by Filter", 0)))
        for inner in node.get("Plans", ()):
            self._count(inner)


@pytest.mark.parametrize("sort", ["id", "-id"])
async def test_a_page_of_a_busy_account_reads_no_more_entries_than_it_shows(world: World, sort: str) -> None:
    """Neither on the way to the period that is asked for, nor beyond it."""
    reader = Examined(world.engine.store.pool)
    order = Order(sort=sort, limit=50)
    mine = sorted((t for t in world.all if 2 in (t.debit, t.credit)), key=lambda t: t.id, reverse=sort == "-id")
    page = await statements.entries(reader, 1, 2, order)
    assert [entry.transfer for entry in page.items] == [t.id for t in mine[:50]]
    for day in (FIRST + timedelta(days=2), FIRST + timedelta(days=3)):
        statement = await statements.statement(reader, 1, 2, day, day, order)
        assert [entry.transfer for entry in statement.page.items] == [t.id for t in mine if t.date == day][:50]
    assert len(reader.transfers) == 6
    assert max(reader.transfers) <= 51


async def test_the_trial_balance_of_every_day_is_at_zero_and_agrees_with_the_accounts(world: World) -> None:
    for day in range(-1, DAYS):
        asked = FIRST + timedelta(days=day)
        trial = await trial_balance.trial_balance(world.reader, 1, asked)
        assert trial.is_balanced
        assert sum(line.accounts for line in trial.lines) == ACCOUNTS
        nets = [world.net(number, lambda t, d=asked: t.date <= d) for number in range(1, ACCOUNTS + 1)]
        assert trial.totals[0].debit_balance == sum(net for net in nets if net > 0)
    with pytest.raises(Malformed, match="in_future"):
        await trial_balance.trial_balance(world.reader, 1, FIRST + timedelta(days=99))


async def test_lists_are_paged_to_the_end_without_a_gap(world: World) -> None:
    for asked, expected in (
        (TransferFilter(account=2), [t.id for t in world.all if 2 in (t.debit, t.credit)]),
        (TransferFilter(debit=2, code="a.b"), [t.id for t in world.all if t.debit == 2 and t.code == "a.b"]),
        (TransferFilter(metadata={"shop": "7"}, first_date=FIRST + timedelta(days=4)),
         [t.id for t in world.all if t.metadata and t.date >= FIRST + timedelta(days=4)]),
        (TransferFilter(reference="R1", least=900), [t.id for t in world.all if t.reference and t.amount >= 900]),
    ):  # fmt: skip
        for sort in ("-id", "id"):
            got: list[int] = []
            cursor = None
            while True:
                page = await transfers(world.reader, 1, asked, Order(sort, cursor, 177))
                got += [view.id for view in page.items]
                cursor = page.next_cursor
                if cursor is None:
                    break
            assert got == (expected if sort == "id" else expected[::-1]), asked


async def test_accounts_are_found_and_sorted(world: World) -> None:
    page = await accounts(world.reader, 1, AccountFilter(head="2011"), Order("-balance", None, 3))
    rest = await accounts(world.reader, 1, AccountFilter(head="2011"), Order("-balance", page.next_cursor, 3))
    got = [view.balance for view in (*page.items, *rest.items)]
    assert got == sorted(got, reverse=True)
    assert len(got) == ACCOUNTS - 1
    assert [v.id for v in (await accounts(world.reader, 1, AccountFilter(search="4"), Order())).items] == [4]


async def test_a_cursor_of_another_list_is_refused(world: World) -> None:
    page = await transfers(world.reader, 1, TransferFilter(), Order("-id", None, 1))
    for sort, cursor in (("id", page.next_cursor), ("-id", "nonsense"), ("-id", "e30")):
        with pytest.raises(Malformed, match="cursor_invalid"):
            await transfers(world.reader, 1, TransferFilter(), Order(sort, cursor, 1))
    with pytest.raises(Malformed, match="sort_unknown"):
        await transfers(world.reader, 1, TransferFilter(), Order("amount", None, 1))
    with pytest.raises(Malformed, match="limit_invalid"):
        await transfers(world.reader, 1, TransferFilter(), Order("id", None, 201))


async def test_another_book_sees_nothing(world: World) -> None:
    with pytest.raises(NotFound):
        await account(world.reader, 2, 1)
    assert (await transfers(world.reader, 2, TransferFilter(), Order())).items == []
