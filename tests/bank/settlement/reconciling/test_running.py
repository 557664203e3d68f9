"""A day of a channel over a real database: what differs is found, waits, is a break, and is dealt with once."""

from collections.abc import AsyncIterator, Iterable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from canglian.bank.payment import Merchant
from canglian.bank.settlement.reconciling import queries
from canglian.bank.settlement.reconciling.commands import AcceptDifference, AssignDifference, ResolveDifference
from canglian.bank.settlement.reconciling.matching import DifferenceKind, Side
from canglian.bank.settlement.reconciling.model import (
    DayState,
    DifferenceState,
    Priority,
    ReconciliationDay,
    ReconciliationDifference,
    ResolutionKind,
)
from canglian.bank.settlement.reconciling.queries import DifferenceFilter
from canglian.bank.settlement.reconciling.running import mark_breaks, reconcile
from canglian.kernel.errors import Malformed, Rejection
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.queries.paging import Order
from canglian.ledger.commands import CloseDay
from tests.bank.payment.shops import Shops

BOOK = 1
HEADER = "channel_no,merchant_order_no,merchant_no,kind,amount,finished_at,state\n"


class Stored(Shops):
    """A branch in PostgreSQL, with a shop that was paid four times and gave half of one back."""

    on: date
    merchant: Merchant
    reader: Reader
    folder: Path

    async def trade(self) -> None:
        self.merchant = await self.shop()
        wallet = await self.ecny(funds=10_000_000)
        payments = [await self.paid(self.merchant, wallet, amount) for amount in (1_000, 2_000, 150_000, 2_000_000)]
        await self.refund(payments[0], 500)

    def line(self, number: str, amount: int, kind: str = "payment", own: str | None = None) -> str:
        yuan = f'"{amount // 100:,}.{amount % 100:02d}"'
        at = f"{self.on}T10:00:00+08:00"
        return f"{own or f'C-{number}'},{number},{self.merchant.id},{kind},{yuan},{at},success\n"

    def good(self) -> list[str]:
        paid = [self.line(f"o-{place}", amount) for place, amount in enumerate((1_000, 2_000, 150_000, 2_000_000), 1)]
        return [*paid, self.line("r-1", 500, "refund")]

    def file(self, lines: Iterable[str], *, totals: bool = True) -> Path:
        lines = list(lines)
        path = self.folder / "channel.csv"
        sums = {"payment": 0, "refund": 0}
        for line in lines:
            kind, amount = line.split(",", 4)[3], line.split('"')[1]
            sums[kind] += int(amount.replace(",", "").replace(".", ""))
        written = [f'"{amount // 100:,}.{amount % 100:02d}"' for amount in sums.values()]
        end = f"TOTAL,{len(lines)},{','.join(written)}\n" if totals else ""
        path.write_text(HEADER + "".join(lines) + end)
        return path

    async def day(self, days: int = 1) -> date:
        """So many business days pass."""
        today = (await self.store.state(BOOK)).today
        return await self.do(CloseDay(next_day=today + timedelta(days=days)))

    async def run(self, file: Path | None, **more: Any) -> ReconciliationDay:
        return await reconcile(self.engine, self.reader, BOOK, self.on, "wallet", file=file, **more)

    async def found(self, **asked: Any) -> list[ReconciliationDifference]:
        page = await queries.differences(self.reader, BOOK, DifferenceFilter(**asked), Order("id"))
        return sorted(page.items, key=lambda difference: difference.key)


@pytest.fixture
async def branch(database: str, tmp_path: Path) -> AsyncIterator[Stored]:
    store = await PostgresStore.open(database)
    running = Stored(store)
    await running.open()
    running.reader, running.folder = Reader(store.pool), tmp_path
    running.on = (await store.state(BOOK)).today
    try:
        await running.trade()
        yield running
    finally:
        await running.engine.stop()
        await store.close()


async def test_a_day_is_incomplete_until_its_file_comes_and_balanced_when_all_agree(branch: Stored) -> None:
    day = await branch.run(None)
    assert (day.state, {figures.side for figures in day.sides}) == (DayState.INCOMPLETE, {Side.LEDGER, Side.ORDERS})
    assert await branch.found() == []
    day = await branch.run(branch.file(branch.good()))
    assert (day.state, day.pending, day.breaks) == (DayState.BALANCED, 0, 0)
    assert day.matched == {"1:1:1": 5}
    assert [(bridge.ledger, bridge.total, bridge.residual) for bridge in day.bridges] == [(2_152_500, 2_152_500, 0)] * 2
    again = await branch.run(branch.file(branch.good()))
    assert (again.run, again.state, again.digest) == (3, DayState.BALANCED, day.digest)


async def test_what_differs_is_pending_then_a_break_and_each_is_the_same_when_found_again(branch: Stored) -> None:
    lines = branch.good()
    lines[1] = branch.line("o-2", 2_100)
    del lines[3]
    lines += [branch.line("o-9", 700), lines[0]]
    day = await branch.run(branch.file(lines))
    assert (day.state, day.pending, day.breaks) == (DayState.OPEN, 4, 0)
    found = await branch.found()
    assert {(d.key.rsplit(" ", 1)[1], d.kind, d.difference, d.priority) for d in found} == {
        ("o-1", DifferenceKind.DUPLICATE, 1_000, Priority.LOW),
        ("o-2", DifferenceKind.AMOUNT, 100, Priority.LOW),
        ("o-4", DifferenceKind.MISSING, -2_000_000, Priority.HIGH),
        ("o-9", DifferenceKind.EXTRA, 700, Priority.LOW),
    }
    assert all(bridge.residual == 0 for bridge in day.bridges)
    assert (await branch.run(branch.file(lines))).pending == 4
    assert await branch.found() == found, "the same file again changes nothing"
    assert await mark_breaks(branch.engine, branch.reader, BOOK) == 0
    await branch.day(2)
    assert await mark_breaks(branch.engine, branch.reader, BOOK) == 4
    marked = await queries.day(branch.reader, BOOK, branch.on, "wallet")
    assert (marked.state, marked.pending, marked.breaks) == (DayState.BREAKS, 0, 4)
    day = await branch.run(branch.file(branch.good()))
    assert (day.state, {d.state for d in await branch.found()}) == (DayState.BALANCED, {DifferenceState.CLEARED})
    day = await branch.run(branch.file(lines))
    assert (day.state, day.breaks) == (DayState.BREAKS, 4)
    assert {d.reopened for d in await branch.found()} == {1}


async def test_differences_are_assigned_resolved_and_accepted_and_open_again_with_another_amount(
    branch: Stored,
) -> None:
    lines = branch.good()
    lines[1] = branch.line("o-2", 2_100)
    del lines[3]
    await branch.run(branch.file(lines))
    amount, missing = await branch.found()
    assigned = await branch.do(AssignDifference(difference=missing.id, assignee="王芳"))
    assert (assigned.state, assigned.assignee) == (DifferenceState.ASSIGNED, "王芳")
    await branch.do(
        ResolveDifference(difference=missing.id, resolution=ResolutionKind.CORRECTED_THERE, reason="渠道已补记")
    )
    await branch.do(AcceptDifference(difference=amount.id, reason="尾差由本行承担"))
    day = await branch.run(branch.file(lines))
    assert (day.state, day.pending, day.breaks) == (DayState.BALANCED, 0, 0)
    for command in (
        AssignDifference(difference=amount.id, assignee="王芳"),
        AcceptDifference(difference=amount.id, reason="再次"),
    ):
        with pytest.raises(Rejection, match="closed"):
            await branch.do(command)
    lines[1] = branch.line("o-2", 2_200)
    day = await branch.run(branch.file(lines))
    assert (day.state, day.pending) == (DayState.OPEN, 1)
    (reopened,) = await branch.found(state=DifferenceState.PENDING)
    assert (reopened.id, reopened.difference, reopened.reopened, reopened.reason) == (amount.id, 200, 1, None)


async def test_a_file_that_is_not_whole_leaves_the_day_incomplete(branch: Stored) -> None:
    day = await branch.run(branch.file(branch.good(), totals=False))
    assert (day.state, day.breaks, day.pending) == (DayState.INCOMPLETE, 0, 0)
    broken = branch.file(branch.good())
    broken.write_text(broken.read_text().replace("payment", "gift", 1))
    day = await branch.run(broken)
    (channel,) = [figures for figures in day.sides if figures.side is Side.CHANNEL]
    assert (day.state, channel.refused, channel.problems) == (
        DayState.INCOMPLETE,
        1,
        {"2": "reconciliation.line_kind"},
    )
    empty = branch.folder / "empty.csv"
    empty.write_text("")
    with pytest.raises(Malformed, match="file_empty"):
        await branch.run(empty)


async def test_what_comes_a_day_later_makes_good_what_was_missing(branch: Stored) -> None:
    lines = branch.good()
    late = lines.pop(1)
    await branch.run(branch.file(lines))
    (missing,) = await branch.found()
    first, branch.on = branch.on, branch.on + timedelta(days=1)
    await branch.day()
    day = await branch.run(branch.file([late]))
    assert day.state is DayState.BALANCED
    assert {(d.state, d.resolution) for d in await branch.found()} == {
        (DifferenceState.RESOLVED, ResolutionKind.TIMING)
    }
    assert (await queries.day(branch.reader, BOOK, first, "wallet")).state is DayState.BALANCED
    assert missing.state is DifferenceState.PENDING


async def test_orders_as_merchants_say_them_take_the_place_of_those_of_the_book(branch: Stored) -> None:
    orders = branch.folder / "orders.csv"
    rows = [f"o-{place},{branch.merchant.id},payment,{amount}" for place, amount in ((1, "10.00"), (2, "20.01"))]
    orders.write_text("order_no,merchant_no,kind,amount,paid_at\n" + "".join(f"{row},{branch.on}\n" for row in rows))
    await branch.run(branch.file(branch.good()), orders=orders)
    assert {(d.side, d.kind, d.key.split(" ")[2]) for d in await branch.found()} == {
        (Side.ORDERS, DifferenceKind.AMOUNT, "o-2"),
        (Side.ORDERS, DifferenceKind.MISSING, "o-3"),
        (Side.ORDERS, DifferenceKind.MISSING, "o-4"),
        (Side.ORDERS, DifferenceKind.MISSING, "r-1"),
    }


async def test_a_run_that_was_killed_is_run_again(branch: Stored, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("canglian.bank.settlement.reconciling.running.CHUNK", 1)
    lines = branch.good()[:2]
    engine, submit, left = branch.engine, branch.engine.submit, 3

    async def dying(*asked: Any, **more: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        return await submit(*asked, **more)

    monkeypatch.setattr(engine, "submit", dying)
    with pytest.raises(KeyboardInterrupt):
        await branch.run(branch.file(lines))
    monkeypatch.setattr(engine, "submit", submit)
    assert len(await branch.found()) == 2
    day = await branch.run(branch.file(lines))
    assert (day.run, day.pending, len(await branch.found())) == (1, 3, 3)


async def test_a_day_that_has_not_begun_is_refused(branch: Stored) -> None:
    branch.on += timedelta(days=1)
    with pytest.raises(Rejection, match="not_over"):
        await branch.run(None)
    assert await queries.day_or_none(branch.reader, BOOK, branch.on, "wallet") is None
