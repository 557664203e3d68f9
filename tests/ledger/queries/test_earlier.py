"""What an import may bring again is found in the database as the book has it."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from canglian import ledger
from canglian.kernel import Engine
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger.commands import OpenBook, ReverseTransfer
from canglian.ledger.importing import Summary, import_history, load_mapping
from canglian.ledger.queries.earlier import StoredTransfers
from tests.ledger.importing.test_history import PLAIN
from tests.ledger.importing.test_identity import CONTENT, HEADER


@pytest.fixture
async def book(database: str) -> AsyncIterator[tuple[Engine, StoredTransfers]]:
    store = await PostgresStore.open(database)
    engine = Engine(store, ledger.Book, audited=ledger.AUDITED)
    await engine.found(1, date(2026, 1, 5))
    await engine.execute(1, OpenBook(), actor="t")
    yield engine, StoredTransfers(Reader(store.pool), 1)
    await engine.stop()
    await store.close()


def _rows(count: int) -> list[str]:
    days = (f"2025-01-{1 + number * 20 // count:02d}" for number in range(count))
    return [f"R{number},{'ab'[number % 2]},{day},{1 + number % 3}.00,memo" for number, day in enumerate(days)]


@pytest.mark.parametrize("flags", [PLAIN, CONTENT], ids=["reference", "content"])
async def test_a_file_again_books_nothing_and_one_that_goes_on_the_rest(
    book: tuple[Engine, StoredTransfers], tmp_path: Path, flags: dict[str, str]
) -> None:
    engine, earlier = book
    rows = _rows(60)

    async def load(lines: list[str], name: str, end: str) -> Summary:
        path = tmp_path / name
        path.write_bytes((HEADER + end.join(lines) + end).encode())
        mapping = load_mapping(None, flags)
        return await import_history(engine, 1, path, mapping, actor="t", earlier=earlier, chunk_lines=7)

    first = await load(rows[:45], "a.csv", "\n")
    again = await load(rows[:45], "b.csv", "\r\n")
    more = await load(rows[30:], "c.csv", "\n")
    assert [(s.posted, s.repeated, s.ok) for s in (first, again, more)] == [
        (45, 0, True),
        (45, 45, True),
        (30, 15, True),
    ]


async def test_transfers_are_found_by_reference_and_by_account_and_day(
    book: tuple[Engine, StoredTransfers], tmp_path: Path
) -> None:
    engine, earlier = book
    path = tmp_path / "a.csv"
    path.write_text(HEADER + "\n".join(_rows(60)) + "\n")
    await import_history(engine, 1, path, load_mapping(None, PLAIN), actor="t", earlier=earlier)
    (third,) = await earlier.by_reference(["R3", "none"])
    assert (third.reference, third.amount, third.metadata) == ("R3", 100, None)
    account = third.credit
    of_day = await earlier.by_day([(account, date(2025, 1, 2)), (account, date(2025, 2, 1))])
    assert [transfer.reference for transfer in of_day] == ["R3", "R5"]
    await engine.execute(1, ReverseTransfer(transfer=third.id), actor="t")
    assert [transfer.id for transfer in await earlier.by_reference(["R3"])] == [third.id]
