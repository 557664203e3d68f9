"""A book to import into, and files to import."""

from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from canglian import ledger
from canglian.kernel import Engine, MemoryStore
from canglian.ledger import Account, Balance, Transfer, signed_balance
from canglian.ledger.commands import DefineAsset, OpenBook
from canglian.ledger.importing import Summary, import_history, load_mapping

HERE = Path(__file__).parent
EXCERPT = HERE / "berka-excerpt.asc"
BERKA = HERE.parents[2] / "docs" / "guides" / "berka.toml"


class MemoryTransfers:
    """The transfers of a book in memory, as ``ledger.queries.earlier`` finds them in the database."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store

    async def by_reference(self, references: list[str]) -> list[Transfer]:
        return [t for t in self._unreversed() if t.reference in references]

    async def by_day(self, pairs: list[tuple[int, date]]) -> list[Transfer]:
        return [t for t in self._unreversed() if (t.debit, t.date) in pairs or (t.credit, t.date) in pairs]

    def _unreversed(self) -> list[Transfer]:
        return [t for t in self._store.rows[1][Transfer].values() if t.reverses is None]


class Branch:
    """Book 1 in memory, and what was booked in it."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.engine = Engine(self.store, ledger.Book, audited=ledger.AUDITED)

    async def open(self) -> None:
        await self.engine.found(1, date(2026, 1, 5))
        await self.engine.execute(1, OpenBook(), actor="t")
        await self.engine.execute(1, DefineAsset(code="CZK", name="koruna"), actor="t")

    async def load(self, file: Path, mapping: Path | None = None, **more: Any) -> Summary:
        flags = more.pop("flags", {})
        more.setdefault("earlier", MemoryTransfers(self.store))
        return await import_history(self.engine, 1, file, load_mapping(mapping, flags), actor="user:ann", **more)

    @property
    def transfers(self) -> list[Transfer]:
        return list(self.store.rows[1][Transfer].values())

    def account(self, reference: str) -> Account:
        (found,) = [a for a in self.store.rows[1][Account].values() if a.reference == reference]
        return found

    @property
    def references(self) -> set[str | None]:
        """Those of the accounts that are there."""
        return {account.reference for account in self.store.rows[1][Account].values()}

    def balance(self, reference: str) -> int:
        account = self.account(reference)
        return signed_balance(account, self.store.rows[1][Balance][account.id])

    @property
    def total(self) -> int:
        """Debits less credits of everything."""
        return sum(b.debits - b.credits for b in self.store.rows[1][Balance].values())

    def entries(self, reference: str) -> list[tuple[str, int, str | None]]:
        """The account's movements in their order: date, signed amount, reference."""
        number = self.account(reference).id
        return [
            (t.date.isoformat(), t.amount if t.credit == number else -t.amount, t.reference)
            for t in self.transfers
            if number in (t.debit, t.credit)
        ]


@pytest.fixture
async def branch() -> AsyncIterator[Branch]:
    made = Branch()
    await made.open()
    yield made
    await made.engine.stop()


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Writes a CSV file."""

    def writing(text: str, name: str = "in.csv", encoding: str = "utf-8") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return path

    return writing
