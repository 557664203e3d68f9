"""``canglian bench growth``: what history costs. Posting, memory and reading after a few transfers and after many.

One engine posts bulk commands of 1,024 movements, uniformly between 100,000 accounts; every twentieth movement pays
from one of ten busy accounts. At two points, early and late, it is measured:

*Rate*: transfers a second of several windows of the business date after the point; their median. Both points begin
right after a checkpoint, so that they write as many whole pages to the log. Two figures beside it do not hang on where
a checkpoint falls: the processor time of a transfer, in this process and in the server's connections, and the rate of
everything between the points, which has every checkpoint and every vacuum that came due.

*Memory*: the resident memory of the process that posts, looked at all the way. It is bounded by the engine's limits,
whatever the history: ``cache_max`` entities of a kind, ``queue_max`` movements that wait, and three batches of
``batch_max`` (one being decided, two on their way). The accounts all lie in the cache by the early point, so what is
added afterwards is held to ``MEMORY_MIB_MAX``.

*Reading*: medians in milliseconds on the busy accounts while nothing is posted: the balance now, the balance as of
an instant anywhere in the history (what had happened, and what had been booked), the last page of entries, and the
first page of a statement of the last business date.
"""

import asyncio
import itertools
import os
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import psutil
import uvloop

from canglian.kernel import Engine
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import utc_now
from canglian.ledger.bench.ground import (
    BOOK,
    LINES,
    TODAY,
    bars,
    flush_microseconds,
    fresh_postgres,
    open_accounts,
    running_engine,
)
from canglian.ledger.bench.report import Bar, Report, median, spread
from canglian.ledger.commands import CloseDay, Line, PostTransfers
from canglian.ledger.queries import balances, statements

IN_FLIGHT = 24
"""Bulk commands waiting at a time: three batches."""
BUSY_EVERY = 20
"""Every so many movements are paid by a busy account."""
MEMORY_MIB_MAX = 64
"""Nothing that is bounded grows after the early point, so what is allowed is for what the allocator keeps between
batches; runs on two cores added 5 to 15 MiB. An engine that kept 20 bytes of each transfer would add 90 MiB."""
SAMPLE_EVERY = 32
"""After so many bulk commands the resident memory is looked at, with everything that is under way."""


class Size(msgspec.Struct, frozen=True):
    """How much is measured: the two points, the windows after each, and the reads of each kind."""

    early: int
    late: int
    window: int
    windows: int = 5
    accounts: int = 100_000
    busy: int = 10
    lines: int = LINES
    reads: int = 300

    @property
    def day(self) -> int:
        """Movements of a business date."""
        return self.window * self.windows


FULL = Size(early=200_000, late=5_000_000, window=50_000)
QUICK = Size(early=20_000, late=500_000, window=20_000, busy=1, reads=100)
TINY = Size(early=1_000, late=10_000, window=2_000, windows=2, accounts=1_000, busy=1, lines=20, reads=5)


class Point(msgspec.Struct, frozen=True):
    """What is measured after so many transfers."""

    transfers: int
    per_second: float
    spread: float
    cpu_microseconds: float
    resident_mib: float
    read_ms: dict[str, float]


def run(folder: Path, size: Size) -> Report:
    """Measure in a database of its own below ``folder``."""
    with fresh_postgres(folder) as postgres:
        first = int((postgres.places.data / "postmaster.pid").read_text().split()[0])
        return uvloop.run(_measure(postgres.url, first, folder, size))


async def _measure(url: str, server: int, folder: Path, size: Size) -> Report:
    with bars() as progress:
        async with running_engine(url) as (engine, store):
            numbers, _source = await open_accounts(engine, size.accounts, progress)
            task = progress.add_task("posting", total=size.late + size.day)
            course = Course(engine, numbers, size, lambda count: progress.advance(task, count))
            await course.post(size.early)
            samples = len(course.resident_mib)
            early = await _point(course, store, server, size)
            begun, so_far = time.perf_counter(), course.posted
            while course.posted < size.late:
                await course.close_day()
                await course.post(min(size.day, size.late - course.posted))
            sustained = (course.posted - so_far) / (time.perf_counter() - begun)
            late = await _point(course, store, server, size)
    before, after = max(course.resident_mib[:samples]), max(course.resident_mib[samples:])
    return _report(early, late, (before, after), sustained, flush_microseconds(folder), size)


class Course:
    """The posting from the first transfer to the last."""

    def __init__(self, engine: Engine, numbers: list[int], size: Size, progress: Callable[[int], None]) -> None:
        self.numbers = numbers
        self.busy = numbers[: size.busy]
        self.posted = 0
        self.resident_mib: list[float] = []
        self.begun = utc_now()
        self._engine = engine
        self._lines = size.lines
        self._progress = progress
        self._chance = random.Random(20260105)  # noqa: S311 - the same movements in every run
        self._day = TODAY

    async def post(self, count: int) -> list[tuple[float, int]]:
        """Post so many movements; when how many of them had been answered."""
        answered = [(time.perf_counter(), 0)]
        sizes = iter([min(self._lines, count - start) for start in range(0, count, self._lines)])

        async def client() -> None:
            for size in sizes:
                done = await self._engine.execute(BOOK, PostTransfers(lines=self._movements(size)), actor="bench")
                assert done.refused == 0, done.errors[:1]
                answered.append((time.perf_counter(), answered[-1][1] + size))
                self.posted += size
                self._progress(size)
                if len(answered) % SAMPLE_EVERY == 0:
                    self.resident_mib.append(_resident_mib())

        await asyncio.gather(*(client() for _ in range(IN_FLIGHT)))
        self.resident_mib.append(_resident_mib())
        return answered

    async def close_day(self) -> None:
        """Begin the next business date."""
        self._day += timedelta(days=1)
        await self._engine.execute(BOOK, CloseDay(next_day=self._day), actor="bench")

    @property
    def today(self) -> date:
        """The business date."""
        return self._day

    def _movements(self, count: int) -> list[Line]:
        chosen = self._chance.choices(self.numbers, k=2 * count)
        payers, payees = chosen[:count], chosen[count:]
        for position in range(0, count, BUSY_EVERY):
            payers[position] = self._chance.choice(self.busy)
        return [
            Line(debit=payer, credit=payee if payee != payer else self.numbers[payee % len(self.numbers)], amount=1,
                 code="bench.move")
            for payer, payee in zip(payers, payees, strict=True)
        ]  # fmt: skip


async def _point(course: Course, store: PostgresStore, server: int, size: Size) -> Point:
    """Read, then post one business date from a checkpoint on, so that both points are equally far from theirs."""
    transfers, resident = course.posted, _resident_mib()
    reads = await _reads(Reader(store.pool), course, size.reads)
    await store.pool.execute("CHECKPOINT")
    await course.close_day()
    cpu = _cpu_seconds(server)
    answered = await course.post(size.day)
    used = sum(after - cpu.get(process, 0.0) for process, after in _cpu_seconds(server).items())
    rates = _rates(answered, size.window)
    return Point(
        transfers,
        round(median(rates)),
        spread(rates),
        round(used / size.day * 1e6, 2),
        round(resident, 1),
        {name: round(ms, 3) for name, ms in reads.items()},
    )


def _rates(answered: list[tuple[float, int]], window: int) -> list[float]:
    """Movements a second of each window: between the first answers at or after its two ends."""
    ends = [next(mark for mark in answered if mark[1] >= goal) for goal in range(0, answered[-1][1] + 1, window)]
    return [(later[1] - before[1]) / (later[0] - before[0]) for before, later in itertools.pairwise(ends)]


async def _reads(reader: Reader, course: Course, count: int) -> dict[str, float]:
    """The median time of each kind of reading, in milliseconds; every read takes another busy account and instant."""
    chance = random.Random(count)  # noqa: S311 - the same questions in every run
    span = utc_now() - course.begun

    def instant() -> datetime:
        return course.begun + span * chance.random()

    kinds: dict[str, Callable[[int], Awaitable[Any]]] = {
        "balance_now": lambda account: balances.now(reader, BOOK, account),
        "balance_as_of_happened": lambda account: balances.at(reader, BOOK, account, instant()),
        "balance_as_of_booked": lambda account: balances.at(reader, BOOK, account, instant(), "booked"),
        "last_entries": lambda account: statements.entries(reader, BOOK, account, Order(sort="-id")),
        "statement_of_a_day": lambda account: statements.statement(
            reader, BOOK, account, course.today, course.today, Order()
        ),
    }
    times: dict[str, list[float]] = {name: [] for name in kinds}
    for turn in range(-len(course.busy), count):  # the first round only warms up
        for name, read in kinds.items():
            start = time.perf_counter()
            await read(course.busy[turn % len(course.busy)])
            if turn >= 0:
                times[name].append((time.perf_counter() - start) * 1000)
    return {name: median(values) for name, values in times.items()}


def _resident_mib() -> float:
    return psutil.Process().memory_info().rss / 2**20


def _cpu_seconds(server: int) -> dict[int, float]:
    """What this process and the server's connections have used; not what checkpoints and vacuum use beside them."""
    used: dict[int, float] = {}
    for process in (psutil.Process(), *psutil.Process(server).children()):
        with suppress(psutil.NoSuchProcess):
            if process.pid == os.getpid() or process.cmdline()[0].startswith("postgres: canglian"):
                times = process.cpu_times()
                used[process.pid] = times.user + times.system
    return used


def _report(
    early: Point, late: Point, resident: tuple[float, float], sustained: float, flush: float, size: Size
) -> Report:
    cpu = late.cpu_microseconds / early.cpu_microseconds
    figures: dict[str, Any] = {
        "early": early,
        "late": late,
        "sustained_per_second": round(sustained),
        "resident_mib_most": {"until_early": round(resident[0], 1), "after": round(resident[1], 1)},
        "bounded_by": {"cache_max": 500_000, "queue_max": 100_000, "batch_max": 8192},
        "accounts": size.accounts,
        "flush_microseconds": flush,
    }
    return Report(
        "growth",
        figures,
        [
            Bar("rate late / early", late.per_second / early.per_second, 0.8),
            Bar("processor time of a transfer late / early", cpu, 1.25, at_most=True),
            Bar("resident MiB grown since early", resident[1] - resident[0], MEMORY_MIB_MAX, at_most=True),
            *(
                Bar(f"{name} late / early", late.read_ms[name] / early.read_ms[name], 3, at_most=True)
                for name in early.read_ms
            ),
        ],
    )
