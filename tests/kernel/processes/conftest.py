"""Processes on one book, and what must be true of the book afterwards."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import IO, Any

import asyncpg
import pytest

from canglian import ledger
from canglian.kernel import Engine, audit
from canglian.kernel.encoding import encode
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.records import AUDITED, Batch
from canglian.ledger.commands import OpenAccount, OpenBook

ROOT = Path(__file__).parents[3]


class Worker:
    """A running process; what it says goes to a file, so that it never waits for a reader."""

    def __init__(self, output: Path, *arguments: str) -> None:
        self.output = output
        self._file: IO[bytes] = output.open("wb")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.kernel.processes.worker", *arguments],
            cwd=ROOT, stdout=self._file, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def lines(self, word: str) -> list[list[str]]:
        text = self.output.read_text()
        whole = text[: text.rfind("\n") + 1]
        return [line.split()[1:] for line in whole.splitlines() if line.startswith(word)]

    def wait(self, seconds: float = 100) -> None:
        assert self.process.wait(seconds) == 0, self.output.read_text()[-3000:]

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(10)
        self._file.close()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Worker]]:
    """Starts workers; none outlives the test."""
    workers: list[Worker] = []

    def run(*arguments: str) -> Worker:
        workers.append(Worker(tmp_path / f"worker-{len(workers)}", *arguments))
        return workers[-1]

    yield run
    for worker in workers:
        worker.kill()


@pytest.fixture
async def bank(database: str) -> str:
    """A database with a book 1: account 1 gives without bound, 2 to 4 take."""
    await set_up(database)
    return database


async def set_up(url: str) -> None:
    """Open book 1 with four accounts."""
    store = await PostgresStore.open(url)
    engine = Engine(store, ledger.Book, audited=ledger.AUDITED)
    await engine.found(1, date(2026, 1, 5))
    await engine.execute(1, OpenBook(), actor="t")
    for number in range(4):
        command = OpenAccount(asset="CNY", head="2011", floor=None if number == 0 else 0)
        await engine.execute(1, command, actor="t")
    await engine.stop()
    await store.close()


async def check(url: str, asked: dict[str, int], done: dict[str, int]) -> dict[str, int]:
    """Everything acknowledged is there once, nothing that nobody asked for, the sums are exact, the chain is whole.

    ``asked`` has the amount by key, ``done`` the first transfer by key. Returns the amounts that are stored, by key.
    """
    connection = await asyncpg.connect(url)
    rows = await connection.fetch("SELECT id, credit, amount, reference FROM transfer WHERE book = 1 ORDER BY id")
    keys = await connection.fetch("SELECT key FROM command WHERE book = 1 AND key IS NOT NULL")
    sums = await connection.fetch("SELECT account, debits, credits FROM balance WHERE book = 1")
    await connection.close()
    stored: Counter[str] = Counter()
    first: dict[str, int] = {}
    for row in rows:
        stored[row["reference"]] += row["amount"]
        first.setdefault(row["reference"], row["id"])
    assert [row["id"] for row in rows] == list(range(1, len(rows) + 1))
    assert len({row["key"] for row in keys}) == len(keys)
    assert {key: asked[key] for key in stored} == dict(stored), "whole, and once"
    assert {key: first.get(key) for key in done} == done, "nothing acknowledged is lost"
    received = Counter(dict.fromkeys((1, 2, 3, 4), 0))
    for row in rows:
        received[row["credit"]] += row["amount"]
    total = sum(stored.values())
    assert {row["account"]: (row["debits"], row["credits"]) for row in sums} == {
        1: (total, 0), **{account: (0, received[account]) for account in (2, 3, 4)},
    }  # fmt: skip
    await check_chain(url)
    return dict(stored)


async def check_chain(url: str) -> None:
    """Every link follows from the stored rows."""
    store = await PostgresStore.open(url)
    state = await store.state(1)
    kinds: list[Any] = [*AUDITED, *ledger.AUDITED]
    counts = [state.commands, state.events, state.counters.get("transfer", 0)]
    rows = [await store.load(1, kind, list(range(1, n + 1))) for kind, n in zip(kinds, counts, strict=True)]
    assert [len(found) for found in rows] == counts
    batches = await store.load(1, Batch, list(range(1, state.sequence + 1)))
    previous, command, at = audit.GENESIS, 0, [0, 1, 1]
    for number in range(1, state.sequence + 1):
        batch = batches[number]
        assert (batch.previous, batch.first_command) == (previous, command + 1)
        encoded = [encode(kinds[0], 1, [rows[0][n] for n in range(batch.first_command, batch.last_command + 1)])]
        for position in (1, 2):
            mine = []
            while (row := rows[position].get(at[position])) is not None and row.command <= batch.last_command:
                mine.append(row)
                at[position] += 1
            if mine:
                encoded.append(encode(kinds[position], 1, mine))
        assert audit.link(previous, batch.replace(hash=b""), encoded) == batch.hash
        previous, command = batch.hash, batch.last_command
    assert (previous, command, at[1:]) == (state.hash, state.commands, [state.events + 1, counts[2] + 1])
    await store.close()
