"""A book with a busy past: every kind of command, refusals and a failure among them."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta

import pytest

from canglian import ledger
from canglian.kernel import Engine
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger.commands import (
    CaptureHold,
    CloseAccount,
    CloseDay,
    HistoryLine,
    HoldFunds,
    ImportHistory,
    Line,
    OpenAccount,
    OpenBook,
    PostTransfer,
    PostTransfers,
    ReleaseHold,
    ReverseTransfer,
    SetAccountState,
)

START = datetime(2026, 1, 5, 1, tzinfo=UTC)


class Past:
    """A book 1 with a past in it."""

    def __init__(self, store: PostgresStore, url: str) -> None:
        self.store = store
        self.url = url
        self.now = START

    def clock(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def engine(self, **limits: int) -> Engine:
        return Engine(self.store, ledger.Book, audited=ledger.AUDITED, clock=self.clock, **limits)

    async def fill(self, engine: Engine) -> None:
        await engine.found(1, date(2026, 1, 5))
        await engine.found(2, date(2026, 1, 5))
        for book in (1, 2):
            await engine.execute(book, OpenBook(), actor="t")
        for number in range(4):
            floor = None if number == 0 else 0
            head = "1001" if number == 0 else "2011"
            command = OpenAccount(asset="CNY", head=head, floor=floor, reference=f"a{number}", metadata={"shop": "7"})
            await engine.execute(1, command, actor="user:ann", key=f"open-{number}")
        lines = [
            Line(debit=1, credit=n, amount=500 + n, code="cash.in", metadata={"b": "2", "aa": "1"}) for n in (2, 3)
        ]
        await engine.execute(1, PostTransfers(lines=lines), actor="t")
        await engine.submit(1, PostTransfer(debit=2, credit=3, amount=10**9, code="too.much"), actor="t")
        first = await engine.execute(1, PostTransfer(debit=2, credit=3, amount=7, code="pay"), actor="t")
        await engine.execute(1, ReverseTransfer(transfer=first.id, reason="wrong"), actor="t")
        await engine.submit(1, ReverseTransfer(transfer=first.id), actor="t")
        hold = await engine.execute(1, HoldFunds(debit=2, credit=4, amount=50, code="stay"), actor="t", key="hold")
        await engine.execute(1, CaptureHold(hold=hold.id, amount=20, reference="r"), actor="t")
        await engine.execute(1, CloseDay(next_day=date(2026, 1, 6)), actor="t")
        await engine.execute(1, ReleaseHold(hold=hold.id), actor="t")
        history = [
            HistoryLine(debit=1, credit=4, amount=11, code="old", happened_at=START, date=date(2026, 1, day))
            for day in (6, 5)
        ]
        await engine.execute(1, ImportHistory(lines=history), actor="t")
        await engine.execute(1, SetAccountState(account=4, state=ledger.AccountState.FROZEN_OUT, reason="x"), actor="t")
        await engine.submit(1, CloseAccount(account=3), actor="t")
        await engine.submit(1, OpenAccount(asset="CNY", head="2011", reference="a3"), actor="t")


@pytest.fixture
async def past(database: str) -> AsyncIterator[Past]:
    store = await PostgresStore.open(database)
    world = Past(store, database)
    engine = world.engine()
    await world.fill(engine)
    await engine.stop()
    yield world
    await world.store.close()
