"""The ground of a benchmark: a fresh database of its own, a book with accounts, and what the disk can do."""

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Generator, Iterable
from contextlib import asynccontextmanager, contextmanager
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TimeElapsedColumn

from canglian.kernel import Engine
from canglian.kernel.postgres import migrate
from canglian.kernel.postgres.embedded import EmbeddedPostgres
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger import AUDITED, Book
from canglian.ledger.bench.report import median
from canglian.ledger.commands import Line, OpenAccount, OpenBook, PostTransfers

PACKAGES = ("canglian.kernel", "canglian.web", "canglian.ledger")
"""Whose tables the benchmarks of the ledger need."""

BOOK = 1
TODAY = date(2026, 1, 5)
FUNDS = 10**10
LINES = 1024
"""How many movements one bulk command of a benchmark carries."""


@contextmanager
def fresh_postgres(folder: Path, packages: Iterable[str] = PACKAGES) -> Generator[EmbeddedPostgres]:
    """A durable PostgreSQL of its own in ``folder``, with the tables of some packages."""
    server = EmbeddedPostgres(folder / "database")
    server.start()
    try:
        migrate.apply(server.url, packages)
        yield server
    finally:
        server.remove()


@asynccontextmanager
async def running_engine(url: str, queue_max: int = 100_000) -> AsyncGenerator[tuple[Engine, PostgresStore]]:
    """An engine on the database, with a book founded and opened."""
    store = await PostgresStore.open(url)
    engine = Engine(store, Book, audited=AUDITED, queue_max=queue_max)
    await engine.found(BOOK, TODAY)
    await engine.execute(BOOK, OpenBook(), actor="bench")
    try:
        yield engine, store
    finally:
        await engine.stop()
        await store.close()


async def open_accounts(engine: Engine, count: int, progress: Progress) -> tuple[list[int], int]:
    """Deposit accounts with a floor of zero, funded from one account without; their numbers, and that account."""
    task = progress.add_task("opening accounts", total=count)
    source = await engine.execute(BOOK, OpenAccount(asset="CNY", head="1003", floor=None), actor="bench")
    numbers = list(range(source.id + 1, source.id + count + 1))
    for start in range(0, count, LINES):
        chunk = numbers[start : start + LINES]
        opening = OpenAccount(asset="CNY", head="2011")
        await asyncio.gather(*(engine.execute(BOOK, opening, actor="bench") for _ in chunk))
        lines = [Line(debit=source.id, credit=number, amount=FUNDS, code="bench.fund") for number in chunk]
        await engine.execute(BOOK, PostTransfers(lines=lines), actor="bench")
        progress.advance(task, len(chunk))
    return numbers, source.id


def flush_microseconds(folder: Path, tries: int = 200) -> float:
    """How long the disk takes to make 8 KiB durable: the median of some writes with fdatasync, in microseconds."""
    path = folder / "flush"
    block = os.urandom(8192)
    times: list[float] = []
    handle = os.open(path, os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        for _ in range(tries):
            start = time.perf_counter()
            os.pwrite(handle, block, 0)
            os.fdatasync(handle)
            times.append((time.perf_counter() - start) * 1e6)
    finally:
        os.close(handle)
        path.unlink()
    return round(median(times), 1)


def bars() -> Progress:
    """Progress on stderr, as every benchmark shows it."""
    return Progress(*Progress.get_default_columns(), TimeElapsedColumn(), console=Console(stderr=True))
