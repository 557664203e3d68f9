"""The replay: the log leads to what is stored, and what was changed by hand beside the log is found."""

import asyncio
from importlib import import_module
from typing import Any

import pytest

from canglian import ledger
from canglian.kernel.auditing import Difference, Replayed, comparing, queries, replay
from canglian.kernel.errors import NotFound, Unavailable
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger.commands import PostTransfer
from tests.kernel.auditing.conftest import Past

EXTRA_TRANSFER = (
    "INSERT INTO transfer SELECT book, 99, debit, credit, amount, asset, code, date, happened_at, booked_at, "
    "debit_balance, credit_balance, 99, flags FROM transfer WHERE book = 1 AND id = 1"
)


async def _replay(past: Past, **more: Any) -> Replayed:
    return await replay(past.store, 1, ledger.Book, **more)


async def test_a_clean_book_comes_out_as_it_is_stored(past: Past) -> None:
    reports: list[tuple[int, int]] = []
    replayed = await _replay(past, progress=lambda done, total: reports.append((done, total)))
    assert replayed.differences == []
    assert replayed.holds
    assert (replayed.commands, replayed.applied, replayed.rejected) == (18, 14, 4)
    assert replayed.rows["account"] == replayed.rows["balance"] == 4
    assert replayed.rows["transfer"] == 6
    assert replayed.rows["hold"] == replayed.rows["reversal"] == 1
    assert reports[-1] == (18, 18)


async def test_records_are_compared_in_pages_too(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "COMPARE_ROWS", 1)
    monkeypatch.setattr(import_module("canglian.kernel.auditing.replay"), "COMPARE_ROWS", 1)
    monkeypatch.setattr(queries, "PAGE_ROWS", 2)
    assert (await _replay(past)).differences == []


@pytest.mark.parametrize(
    ("statement", "difference"),
    [
        (
            "UPDATE balance SET credits = credits + 1 WHERE book = 1 AND account = 3",
            Difference("balance", "3", "credits", "511", "510"),
        ),
        (
            "UPDATE account SET floor = -100 WHERE book = 1 AND id = 2",
            Difference("account", "2", "floor", "-100", "0"),
        ),
        (
            "UPDATE account SET metadata = NULL WHERE book = 1 AND id = 2",
            Difference("account", "2", "metadata", "None", "{'shop': '7'}"),
        ),
        ("UPDATE hold SET state = 'pending' WHERE book = 1", Difference("hold", "1", "state", "pending", "released")),
        ("UPDATE hold SET state = 'lost' WHERE book = 1", None),
        ("DELETE FROM hold WHERE book = 1", Difference("hold", "1", "", "not there", "there")),
        (
            "INSERT INTO reversal VALUES (1, 1, 2)",
            Difference("reversal", "1", "", "there", "not there"),
        ),
        (
            "INSERT INTO asset VALUES (1, 'GOLD', 'gold', 2)",
            Difference("asset", "GOLD", "", "there", "not there"),
        ),
        (
            "UPDATE transfer SET amount = amount + 1 WHERE book = 1 AND id = 1",
            Difference("transfer", "1", "amount", "503", "502"),
        ),
        (
            EXTRA_TRANSFER,
            Difference("transfer", "99", "", "there", "not there"),
        ),
        (
            "UPDATE book SET today = today + 1 WHERE book = 1",
            Difference("book", "1", "today", "2026-01-07", "2026-01-06"),
        ),
        (
            "UPDATE command SET result = '{}' WHERE book = 1 AND number = 1",
            Difference("command", "1", "result", "{}", "None"),
        ),
        ("UPDATE book SET counters = counters || '{\"hold\": 7}' WHERE book = 1", None),
        (
            "UPDATE command SET code = 'account.closed' WHERE book = 1 AND code = 'transfer.insufficient_funds'",
            Difference("command", "7", "code", "account.closed", "transfer.insufficient_funds"),
        ),
    ],
)
async def test_what_was_changed_by_hand_is_found_and_nothing_else(
    past: Past, statement: str, difference: Difference | None
) -> None:
    await past.store.pool.execute(statement)
    replayed = await _replay(past)
    assert not replayed.holds
    assert replayed.differing >= 1
    if difference is not None:
        assert replayed.differences == [difference]


async def test_a_record_that_a_decision_misses_is_named_before_what_follows_from_it(past: Past) -> None:
    await past.store.pool.execute("DELETE FROM reversal WHERE book = 1")
    replayed = await _replay(past)
    assert replayed.differences[0] == Difference("reversal", "3", "", "not there", "there")
    assert replayed.differences[1] == Difference("command", "10", "status", "rejected", "applied")


async def test_every_difference_is_counted_and_the_first_are_kept(past: Past) -> None:
    await past.store.pool.execute("UPDATE account SET name = 'x' WHERE book = 1")
    replayed = await _replay(past, differences_max=2)
    assert replayed.differing == 4
    assert [difference.key for difference in replayed.differences] == ["1", "2"]


async def test_a_command_of_an_unknown_kind_is_a_difference(past: Past) -> None:
    await past.store.pool.execute("UPDATE command SET kind = 'ledger.gone' WHERE book = 1 AND number = 18")
    replayed = await _replay(past)
    assert replayed.differences[0] == Difference("command", "18", "status", "rejected", "unknown")


async def test_what_is_committed_during_the_replay_is_followed(past: Past) -> None:
    engine = past.engine()
    working: list[asyncio.Task[Any]] = []

    def work(done: int, total: int) -> None:
        if not working:
            command = PostTransfer(debit=1, credit=2, amount=5, code="more")
            working.append(asyncio.create_task(engine.execute(1, command, actor="t")))

    replayed = await _replay(past, progress=work)
    await asyncio.gather(*working)
    await engine.stop()
    assert replayed.differences == []
    assert (await _replay(past)).commands == 19


async def test_a_database_that_is_away_and_a_book_that_is_none_are_said(past: Past) -> None:
    with pytest.raises(NotFound, match=r"book\.not_found"):
        await replay(past.store, 9, ledger.Book)
    await past.store.close()
    with pytest.raises(Unavailable, match=r"database\.away"):
        await _replay(past)
    past.store = await PostgresStore.open(past.url)
