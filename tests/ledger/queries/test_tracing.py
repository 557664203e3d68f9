"""Tracing follows money first in, first out, and names what else belongs together."""

from collections.abc import AsyncIterator
from datetime import date

import pytest

from canglian import ledger
from canglian.kernel import Engine
from canglian.kernel.errors import NotFound
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger.commands import (
    CaptureHold,
    HoldFunds,
    Line,
    OpenAccount,
    OpenBook,
    PostTransfer,
    PostTransfers,
    ReverseTransfer,
)
from canglian.ledger.queries.tracing import Flow, trace


@pytest.fixture
async def book(database: str) -> AsyncIterator[tuple[Engine, Reader]]:
    store = await PostgresStore.open(database)
    engine = Engine(store, ledger.Book, audited=ledger.AUDITED)
    await engine.found(1, date(2026, 1, 5))
    await engine.execute(1, OpenBook(), actor="t")
    for number in range(1, 7):
        await engine.execute(1, OpenAccount(asset="CNY", head="2011", floor=None if number == 1 else 0), actor="t")
    yield engine, Reader(store.pool)
    await engine.stop()
    await store.close()


async def move(engine: Engine, debit: int, credit: int, amount: int, reference: str | None = None) -> int:
    command = PostTransfer(debit=debit, credit=credit, amount=amount, code="t", reference=reference)
    return (await engine.execute(1, command, actor="t")).id


async def test_money_is_followed_first_in_first_out_both_ways(book: tuple[Engine, Reader]) -> None:
    engine, reader = book
    first, second = await move(engine, 1, 2, 100), await move(engine, 1, 2, 50)
    third = await move(engine, 2, 3, 120)
    fourth = await move(engine, 3, 4, 30)
    fifth = await move(engine, 2, 5, 30)
    assert (await trace(reader, 1, first)).flows == [Flow(first, third, 100), Flow(third, fourth, 30)]
    assert (await trace(reader, 1, second)).flows == [Flow(second, third, 20), Flow(second, fifth, 30)]
    assert (await trace(reader, 1, fifth)).flows == [Flow(second, fifth, 30)]
    met = await trace(reader, 1, fourth)
    assert met.flows == [Flow(third, fourth, 30), Flow(first, third, 30)]
    assert [view.id for view in met.transfers] == [first, third, fourth]
    assert set(met.accounts) == {1, 2, 3, 4}
    assert not met.cut


async def test_a_stretch_is_found_past_many_marks(book: tuple[Engine, Reader]) -> None:
    engine, reader = book
    lines = [Line(debit=1, credit=2, amount=3, code="t") for _ in range(2500)]
    await engine.execute(1, PostTransfers(lines=lines), actor="t")
    await engine.execute(1, PostTransfers(lines=[Line(debit=2, credit=3, amount=2, code="t")] * 3000), actor="t")
    found = await trace(reader, 1, 2000, depth=1)  # units 5997 to 6000 of account 2, so the last outflow and none more
    assert found.flows == [Flow(2000, 5499, 1), Flow(2000, 5500, 2)]


async def test_a_search_that_is_too_wide_says_that_it_was_cut(book: tuple[Engine, Reader]) -> None:
    engine, reader = book
    first = await move(engine, 1, 2, 1000)
    await engine.execute(1, PostTransfers(lines=[Line(debit=2, credit=3, amount=10, code="t")] * 100), actor="t")
    found = await trace(reader, 1, first, depth=1)
    assert found.cut
    assert len(found.flows) == 25


async def test_what_belongs_together_is_named(book: tuple[Engine, Reader]) -> None:
    engine, reader = book
    first, second = await move(engine, 1, 2, 10, "INV-1"), await move(engine, 1, 3, 10, "INV-1")
    kin = (await trace(reader, 1, first)).kin
    assert [(k.by, k.value, k.transfers) for k in kin] == [("reference", "INV-1", [first, second])]
    undone = (await engine.execute(1, ReverseTransfer(transfer=second), actor="t")).id
    kin = (await trace(reader, 1, undone)).kin
    assert ("reversal", str(second), [undone, second]) in [(k.by, k.value, k.transfers) for k in kin]
    held = await engine.execute(1, HoldFunds(debit=2, credit=4, amount=8, code="t"), actor="t")
    parts = [(await engine.execute(1, CaptureHold(hold=held.id, amount=4), actor="t")).id for _ in range(2)]
    assert ("hold", parts) in [(k.by, k.transfers) for k in (await trace(reader, 1, parts[0])).kin]
    lines = [Line(debit=1, credit=n, amount=5, code="t") for n in (2, 3, 4)]
    posted = await engine.execute(1, PostTransfers(lines=lines, atomic=True), actor="t")
    kin = (await trace(reader, 1, posted.transfers[1])).kin
    assert [(k.by, k.transfers) for k in kin] == [("group", posted.transfers), ("command", posted.transfers)]


async def test_an_unknown_transfer_has_no_trace(book: tuple[Engine, Reader]) -> None:
    with pytest.raises(NotFound, match="99"):
        await trace(book[1], 1, 99)
