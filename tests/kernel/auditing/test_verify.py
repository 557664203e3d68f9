"""The chain of hashes: a clean book verifies, and no column of an audited row can be changed unseen."""

from typing import Any

import pytest

from canglian import ledger
from canglian.kernel.auditing import Verified, queries, verify
from canglian.kernel.entity import Record
from canglian.kernel.errors import NotFound
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.records import Batch, CommandLine, Event
from canglian.kernel.shape import Column, shape
from tests.kernel.auditing.conftest import Past

COLUMNS = [
    pytest.param(kind, column, id=f"{kind.__table__}.{column.name}")
    for kind in (Batch, CommandLine, Event, ledger.Transfer)
    for column in shape(kind).columns
]

EXTRA_TRANSFER = (
    "INSERT INTO transfer SELECT book, 99, debit, credit, amount, asset, code, date, happened_at, booked_at, "
    "debit_balance, credit_balance, 99, flags FROM transfer WHERE book = 1 AND id = 1"
)
EXTRA_EVENT = (
    "INSERT INTO event SELECT book, 999, 999, at, kind, subject, payload FROM event WHERE book = 1 AND number = 1"
)
EXTRA_COMMAND = (
    "INSERT INTO command SELECT book, 999, 999, at, kind, actor, NULL, status, code, payload, result "
    "FROM command WHERE book = 1 AND number = 1"
)

_OTHER = {
    "bigint": "coalesce({0}, 0) + 1000000",
    "text": "coalesce({0}, '') || 'x'",
    "timestamptz": "{0} + interval '1 microsecond'",
    "date": "{0} + 1",
    "bytea": "set_byte({0}, 0, (get_byte({0}, 0) + 1) % 256)",
    "jsonb": "coalesce({0}, '{{}}'::jsonb) || '{{\"x\": \"y\"}}'::jsonb",
}


async def _verify(past: Past, **more: Any) -> Verified:
    return await verify(Reader(past.store.pool), 1, ledger.AUDITED, **more)


async def test_a_clean_book_verifies_to_its_last_row(past: Past) -> None:
    reports: list[tuple[int, int]] = []
    verified = await _verify(past, progress=lambda done, total: reports.append((done, total)))
    state = await past.store.state(1)
    assert verified.holds
    assert verified.hash == state.hash.hex()
    assert (verified.batches, verified.commands, verified.events) == (state.sequence, state.commands, state.events)
    assert verified.rows == {"command": 18, "event": state.events, "transfer": 6}
    assert reports[-1] == (18, 18)


async def test_an_untouched_book_verifies_and_an_unknown_one_is_refused(past: Past) -> None:
    engine = past.engine()
    await engine.found(3, past.now.date())
    await engine.stop()
    assert (await verify(Reader(past.store.pool), 3, ledger.AUDITED)).holds
    with pytest.raises(NotFound, match=r"book\.not_found"):
        await verify(Reader(past.store.pool), 9)


async def test_many_pages_verify_as_one_does(past: Past, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE_ROWS", 3)
    monkeypatch.setattr(queries, "PAGE_BYTES", 150)
    assert (await _verify(past)).rows["command"] == 18


@pytest.mark.parametrize(("kind", "column"), COLUMNS)
async def test_a_change_of_any_column_of_any_audited_row_is_found(
    past: Past, kind: type[Record], column: Column
) -> None:
    key = shape(kind).key[0].name
    name = f'"{column.name}"'
    middle = await past.store.pool.fetchval(f"SELECT max({key}) / 2 + 1 FROM {kind.__table__} WHERE book = 1")
    other = _OTHER[column.type].format(name)
    changed = await past.store.pool.execute(
        f"UPDATE {kind.__table__} SET {name} = {other} WHERE book = 1 AND {key} = $1", middle
    )
    assert changed == "UPDATE 1"
    broken = (await _verify(past)).broken
    assert broken is not None
    batch = {
        Batch: "SELECT $1::bigint",
        CommandLine: "SELECT batch FROM command WHERE book = 1 AND number = $1",
        Event: "SELECT batch FROM command c JOIN event e ON e.command = c.number AND e.book = 1 "
        "WHERE c.book = 1 AND e.number = $1",
        ledger.Transfer: "SELECT batch FROM command c JOIN transfer t ON t.command = c.number AND t.book = 1 "
        "WHERE c.book = 1 AND t.id = $1",
    }[kind]
    if column.name not in ("number", "id", "command", "batch"):
        assert broken.batch == await past.store.pool.fetchval(batch, middle)


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("DELETE FROM batch WHERE book = 1 AND number = 5", "batch.missing"),
        ("DELETE FROM batch WHERE book = 1 AND number = (SELECT sequence FROM book WHERE book = 1)", "batch.missing"),
        ("DELETE FROM command WHERE book = 1 AND number = 5", "command.missing"),
        ("DELETE FROM event WHERE book = 1 AND number = 5", "event.missing"),
        ("DELETE FROM event WHERE book = 1 AND number = (SELECT events FROM book WHERE book = 1)", "batch.altered"),
        ("DELETE FROM transfer WHERE book = 1 AND id = 3", "transfer.missing"),
        (
            EXTRA_TRANSFER,
            "transfer.unexpected",
        ),
        (
            EXTRA_EVENT,
            "event.unexpected",
        ),
        (
            EXTRA_COMMAND,
            "command.unexpected",
        ),
        ("UPDATE book SET hash = set_byte(hash, 3, 255 - get_byte(hash, 3)) WHERE book = 1", "book.hash"),
        ("UPDATE book SET commands = commands + 1 WHERE book = 1", "book.commands"),
        ("UPDATE book SET events = events + 1 WHERE book = 1", "event.missing"),
        ("UPDATE book SET events = events - 1 WHERE book = 1", "event.unexpected"),
        ("UPDATE book SET sequence = sequence + 1 WHERE book = 1", "batch.missing"),
        ("UPDATE book SET sequence = sequence - 1 WHERE book = 1", "book.commands"),
    ],
)
async def test_a_row_that_is_missing_or_too_many_is_named(past: Past, statement: str, kind: str) -> None:
    await past.store.pool.execute(statement)
    broken = (await _verify(past)).broken
    assert broken is not None
    assert broken.kind == kind


async def test_what_happens_in_another_book_does_not_matter(past: Past) -> None:
    await past.store.pool.execute("UPDATE command SET payload = '{}', actor = 'mallory' WHERE book = 2")
    assert (await _verify(past)).holds
    assert not (await verify(Reader(past.store.pool), 2, ledger.AUDITED)).holds
