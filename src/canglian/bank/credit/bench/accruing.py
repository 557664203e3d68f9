"""A day's accrual and ageing over many loans, and the next day's, killed three times.

Loans are put into the database by COPY (``lives.py``); that is not measured. Another process brings them to the
business date by the run that does so in operation (``loans/running.py``), on an engine of its own, whose commands are
decided, logged, chained and committed like all others: interest, what falls due, what becomes overdue, penalty,
buckets, and the day's postings on the ledger.

*First day*: from the start of the run to the answer of its last command. *Second day*: the process is ended with
SIGKILL at a quarter, a half and three quarters of the loans, and another one goes on each time from what it finds.
*Baseline*: one UPDATE of a table with the same rows, columns and indexes, for the first day: interest, penalty, days
overdue and buckets; nothing falls due, nothing is posted, logged or chained, and one kill would lose it all.

Afterwards every loan is held against its plan and what was paid, computed by fractions in one step, and what was posted
on each day against the same.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

import asyncpg
import msgspec
import psutil
import uvloop

from canglian.bank.approval import Book
from canglian.bank.credit.bench.lives import WANTED, Life, earned, identity, lives, put_loans, wanted
from canglian.bank.credit.loans.accruing import DAY, PARTS
from canglian.bank.credit.loans.commands.bringing import CHUNK_MAX
from canglian.bank.credit.loans.model import BUCKETS
from canglian.bank.credit.loans.running import bring_loans
from canglian.kernel import Engine
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger import AUDITED
from canglian.ledger.bench.ground import BOOK, TODAY
from canglian.ledger.bench.report import Bar
from canglian.ledger.commands import CloseDay

KILLS = 3
SECONDS_MAX = 60
"""For a million loans."""
MILLION = 1_000_000
MEMORY_MIB_MAX = 512
FIRST, SECOND = TODAY + DAY, TODAY + 2 * DAY

_BUCKET = "".join(f"WHEN $2 - oldest_due >= {days} THEN {days} " for days in reversed(BUCKETS[1:]))
_BASELINE = f"""
UPDATE rival_loan SET
    accrued = CASE WHEN next_due IS NULL THEN accrued ELSE
        round((outstanding - due_principal)::numeric * rate_ppm * ($2 - period_from) / {PARTS})::bigint END,
    penalty = penalty + (penalty_rest + overdue_principal * penalty_ppm) / {PARTS},
    penalty_rest = (penalty_rest + overdue_principal * penalty_ppm) % {PARTS},
    compounded = compounded + (compound_rest + overdue_interest * penalty_ppm) / {PARTS},
    compound_rest = (compound_rest + overdue_interest * penalty_ppm) % {PARTS},
    days_overdue = CASE WHEN overdue_principal > 0 THEN $2 - oldest_due ELSE 0 END,
    bucket = CASE WHEN overdue_principal = 0 THEN 0 {_BUCKET} ELSE 0 END,
    accrued_to = $2, updated_at = now()
WHERE book = $1 AND accrued_to < $2 AND state IN ('active', 'grace', 'overdue')
"""


class Accruing(msgspec.Struct, frozen=True):
    """How many loans, how many lives they have had, and how many of them one command brings."""

    loans: int
    lives: int
    chunk: int = CHUNK_MAX


class Step(msgspec.Struct, frozen=True):
    """A line that the process prints: loans of a chunk, its resident memory, seconds since it began."""

    loans: int
    resident_mib: float
    seconds: float


class Run(NamedTuple):
    """What became of a process: loans brought, the most memory, its seconds, whether it ended by itself."""

    loans: int
    resident_mib: float
    seconds: float
    ended: bool


class Found(NamedTuple):
    """What stands in the database, held against what should."""

    differing: int
    fen_apart: int
    chained: int


def measure(url: str, size: Accruing, advance: Callable[[int], None]) -> tuple[dict[str, Any], list[Bar]]:
    """Accrue two days; ``advance`` is called with loans put, accrued and held against what they should be."""
    found = lives(size.lives)
    update = uvloop.run(_prepare(url, found, size, advance))
    uvloop.run(_next_day(url))
    first = _bring(url, size.chunk, advance)
    uvloop.run(_next_day(url))
    marks = [size.loans * turn // (KILLS + 1) for turn in range(1, KILLS + 1)]
    runs = list[Run]()
    for turn, mark in enumerate(marks):
        runs.append(_bring(url, size.chunk, advance, kill_at=mark - (marks[turn - 1] if turn else 0)))
    runs.append(_bring(url, size.chunk, advance))
    judged = uvloop.run(_judge(url, found, size))
    most = max(run.resident_mib for run in (first, *runs))
    figures = {
        "loans": size.loans,
        "seconds": round(first.seconds, 2),
        "microseconds_a_loan": round(first.seconds / size.loans * 1e6, 2),
        "update_seconds": round(update, 2),
        "run_for_each_update": round(first.seconds / update, 2),
        "killed_after": [run.loans for run in runs[:-1]],
        "resumed_seconds": round(sum(run.seconds for run in runs), 2),
        "resident_mib_most": round(most, 1),
    }
    kills = sum(not run.ended for run in runs[:-1])
    unfinished = (not first.ended) + (not runs[-1].ended)
    return figures, [
        Bar("a day over a million loans, seconds", first.seconds * MILLION / size.loans, SECONDS_MAX, at_most=True),
        Bar("resident MiB", most, MEMORY_MIB_MAX, at_most=True),
        Bar("times killed", kills, KILLS),
        Bar("days not finished", unfinished, 0, at_most=True),
        Bar("loans that differ from fractions", judged.differing, 0, at_most=True),
        Bar("fen posted on a day but not earned, or earned but not posted", judged.fen_apart, 0, at_most=True),
        Bar("loans brought twice or not at all", abs(judged.chained - 2 * size.loans), 0, at_most=True),
    ]


async def _prepare(url: str, found: list[Life], size: Accruing, advance: Callable[[int], None]) -> float:
    """Put the loans there, and a table for the baseline; how many seconds its one UPDATE takes."""
    connection: Any = await asyncpg.connect(url)
    try:
        await connection.execute("UPDATE book SET today = $2 WHERE book = $1", BOOK, TODAY)
        await put_loans(connection, found, size.loans, advance)
        await connection.execute("CREATE TABLE rival_loan (LIKE loan INCLUDING ALL)")
        await connection.execute("INSERT INTO rival_loan SELECT * FROM loan")
        await connection.execute("VACUUM ANALYZE rival_loan")
        await connection.execute("CHECKPOINT")
        begun = time.perf_counter()
        done = await connection.execute(_BASELINE, BOOK, FIRST)
        took = time.perf_counter() - begun
        assert done == f"UPDATE {size.loans}", done
        await connection.execute("DROP TABLE rival_loan")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()
    return took


async def _next_day(url: str) -> None:
    store = await PostgresStore.open(url)
    engine = Engine(store, Book, audited=AUDITED)
    try:
        today = (await store.state(BOOK)).today
        await engine.execute(BOOK, CloseDay(next_day=today + DAY), actor="bench")
    finally:
        await engine.stop()
        await store.close()


# -- the process that brings loans to the day ----------------------------------------------------------------------


def _bring(url: str, chunk: int, advance: Callable[[int], None], kill_at: int | None = None) -> Run:
    """Start a process that brings all loans to the day, and kill it when so many are done."""
    loans, resident, seconds = 0, 0.0, 0.0
    with subprocess.Popen([sys.executable, "-m", __name__, url, str(chunk)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                step = msgspec.json.decode(line, type=Step)
                loans, seconds = loans + step.loans, step.seconds
                resident = max(resident, step.resident_mib)
                advance(step.loans)
                if kill_at is not None and loans >= kill_at:
                    break
            else:
                process.wait()
        finally:
            process.kill()
    if kill_at is None and process.returncode != 0:
        raise RuntimeError(f"the process that brings loans to the day ended with {process.returncode}")
    return Run(loans, resident, seconds, process.returncode == 0)


async def _work(url: str, chunk: int) -> None:
    """What the process does."""
    store = await PostgresStore.open(url)
    engine = Engine(store, Book, audited=AUDITED)
    begun = time.perf_counter()

    def report(loans: int) -> None:
        resident = psutil.Process().memory_info().rss / 2**20
        print(msgspec.json.encode(Step(loans, resident, time.perf_counter() - begun)).decode(), flush=True)

    try:
        await bring_loans(engine, Reader(store.pool), BOOK, chunk=chunk, progress=report)
        report(0)
    finally:
        await engine.stop()
        await store.close()


# -- what came of it -----------------------------------------------------------------------------------------------


async def _judge(url: str, found: list[Life], size: Accruing) -> Found:
    """Every loan against its plan, the postings of each day against all of them, the log against their number."""
    expected = [tuple(wanted(life, SECOND)) for life in found]
    connection: Any = await asyncpg.connect(url)
    differing = count = 0
    try:
        sql = (
            f"SELECT id, i.accrued_to, i.accrued, {WANTED} FROM loan JOIN loan_interest i "
            "ON i.book = $1 AND i.loan = loan.id WHERE loan.book = $1 ORDER BY id"
        )
        async with connection.transaction():
            async for row in connection.cursor(sql, BOOK, prefetch=10_000):
                right = (identity(count), SECOND, *expected[count % len(found)])
                differing += tuple(row) != right
                count += 1
        posted = await connection.fetch(
            "SELECT date, sum(amount)::bigint FROM transfer WHERE book = $1 "
            "AND code IN ('credit.interest', 'credit.penalty', 'credit.off_balance') GROUP BY date",
            BOOK,
        )
        chained = await connection.fetchval(
            "SELECT coalesce(sum((result::jsonb->>'loans')::bigint), 0)::bigint FROM command "
            "WHERE book = $1 AND kind = 'credit.bring_loans' AND status = 'applied'",
            BOOK,
        )
    finally:
        await connection.close()
    booked = dict(map(tuple, posted))
    apart = 0
    for day in (TODAY, FIRST):
        before, after = _earned(found, size.loans, day), _earned(found, size.loans, day + DAY)
        apart += abs(booked.pop(day, 0) - (after - before))
    return Found(differing + abs(size.loans - count), apart + abs(sum(booked.values())), chained)


def _earned(found: list[Life], loans: int, day: date) -> int:
    """What all loans have earned before a day, recognised or not."""
    times, more = divmod(loans, len(found))
    return sum(earned(life, day) * (times + (place < more)) for place, life in enumerate(found))


if __name__ == "__main__":
    uvloop.run(_work(sys.argv[1], int(sys.argv[2])))
