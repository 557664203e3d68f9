"""``canglian bench interest``: a day's interest over many deposit accounts, and the next day's, killed in its middle.

The accounts are put into the database by COPY, which is not measured: opening them one by one would take longer than
what is measured. One in twenty has moved since the days ended, so its balance then is found by its mark. The interest
itself is accrued as in operation: another process runs ``bank/deposit/running.py`` on an engine of its own, whose
commands are decided, logged, chained and committed like all others.

*First day*: from the start of the process's run to the answer of its last command. *Second day*: the process is killed
with SIGKILL when half of the accounts are done, and another one goes on from what it finds. Afterwards every account
is held against its interest as it follows from its balance alone, computed here in one step for both days; what was
booked as owed against the sum of what the accounts have; and the log against the number of accounts.

*Memory*: the resident memory of the process after each chunk. Its engine keeps a tenth of the accounts in its cache, so
after the first quarter it has whatever it will ever need.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import msgspec
import psutil
import uvloop

from canglian.bank.deposit.bench import PACKAGES
from canglian.bank.deposit.interest import UNITS
from canglian.bank.deposit.model import AccountState, DepositAccount, DepositInterest, DepositProduct, ProductClass
from canglian.bank.deposit.moving import Inside
from canglian.bank.deposit.rules import first_products
from canglian.bank.deposit.running import INTEREST
from canglian.bank.party import Level
from canglian.kernel import Engine
from canglian.kernel.encoding import encode
from canglian.kernel.entity import Entity
from canglian.kernel.postgres.connect import open_pool
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.postgres.writing import copy
from canglian.kernel.values import utc_now
from canglian.ledger import AUDITED, Book
from canglian.ledger.bench.ground import BOOK, TODAY, bars, flush_microseconds, fresh_postgres, running_engine
from canglian.ledger.bench.report import Bar, Report
from canglian.ledger.commands import CloseDay
from canglian.ledger.model import Account, Balance, BalanceMark, Side
from canglian.ledger.model import AccountState as LedgerState

FIRST_DAY = TODAY
SECOND_DAY = TODAY + timedelta(days=1)
SETTLED = date(2025, 12, 20)
PRODUCT = "deposit.class2"
MOVED_EVERY = 20
"""Every so many accounts have moved since the days ended."""
BALANCE_MAX = 5_000_000
COPIED = 20_000
MEMORY_MIB_MAX = 64
"""What may be added after the first quarter; runs on two cores added a few MiB. Entities of all accounts would add some
hundred bytes of each, twice."""


class Size(msgspec.Struct, frozen=True):
    """Over how many accounts, and how many of them one command carries."""

    accounts: int
    chunk: int = 8192

    @property
    def cache_max(self) -> int:
        """How many entities of a kind the process keeps."""
        return max(self.accounts // 10, 2 * self.chunk)


FULL = Size(1_000_000)
QUICK = Size(200_000)
TINY = Size(1_000, chunk=64)


class Step(msgspec.Struct, frozen=True):
    """A line that the process that accrues prints: accounts of a chunk, its resident memory, seconds since it began."""

    accrued: int
    resident_mib: float
    seconds: float
    finished: bool = False


class Run(NamedTuple):
    """What became of a process: accounts done, the memory seen after each chunk, its seconds, whether it ended."""

    accrued: int
    resident_mib: list[float]
    seconds: float
    finished: bool


class Found(msgspec.Struct, frozen=True):
    """What stands in the database afterwards, held against what should."""

    differing: int
    fen_differing: int
    sum_differing: int
    accrued_twice: int
    unfinished: int
    fen: int


def run(folder: Path, size: Size) -> Report:
    """Measure in a database of its own below ``folder``."""
    with fresh_postgres(folder, PACKAGES) as postgres, bars() as progress:
        task = progress.add_task("putting accounts there", total=size.accounts)

        def advance(count: int) -> None:
            progress.advance(task, count)

        uvloop.run(_prepare(postgres.url, size, advance))
        task = progress.add_task("accruing two days", total=2 * size.accounts)
        whole = _accrue(postgres.url, FIRST_DAY, size, advance)
        killed = _accrue(postgres.url, SECOND_DAY, size, advance, kill_at=size.accounts // 2)
        rest = _accrue(postgres.url, SECOND_DAY, size, advance)
        found = uvloop.run(_judge(postgres.url, size))
    return _report(size, whole, killed, rest, found, flush_microseconds(folder))


def _report(size: Size, whole: Run, killed: Run, rest: Run, found: Found, flush: float) -> Report:
    grown = _grown(whole.resident_mib)
    return Report(
        "interest",
        {
            "accounts": size.accounts,
            "seconds": round(whole.seconds, 2),
            "microseconds_an_account": round(whole.seconds / size.accounts * 1e6, 2),
            "accounts_per_second": round(size.accounts / whole.seconds),
            "killed_after_accounts": killed.accrued,
            "resumed_accounts": rest.accrued,
            "resumed_seconds": round(rest.seconds, 2),
            "interest_fen": found.fen,
            "resident_mib_most": round(max(whole.resident_mib), 1),
            "bounded_by": {"cache_max": size.cache_max, "chunk": size.chunk},
            "flush_microseconds": flush,
        },
        [
            Bar("days not finished", found.unfinished + (not whole.finished) + (not rest.finished), 0, at_most=True),
            Bar("killed before the end", int(not killed.finished and 0 < killed.accrued < size.accounts), 1),
            Bar("accounts that differ", found.differing, 0, at_most=True),
            Bar("sum that differs, in ten-thousandths of a fen", found.sum_differing, 0, at_most=True),
            Bar("fen booked but not accrued, or accrued but not booked", found.fen_differing, 0, at_most=True),
            Bar("accounts accrued twice or not at all", found.accrued_twice, 0, at_most=True),
            Bar("resident MiB grown since the first quarter", grown, MEMORY_MIB_MAX, at_most=True),
        ],
    )


def _grown(resident_mib: list[float]) -> float:
    quarter = max(1, len(resident_mib) // 4)
    return max(0.0, max(resident_mib[quarter:], default=0.0) - max(resident_mib[:quarter], default=0.0))


# -- the accounts --------------------------------------------------------------------------------------------------


def _balance(account: int) -> int:
    """What an account had at the end of both days; every fiftieth has nothing."""
    return 0 if account % 50 == 0 else account * 2_654_435_761 % BALANCE_MAX


async def _prepare(url: str, size: Size, progress: Callable[[int], None]) -> None:
    """The book at its third day, with as many accounts as wanted."""
    async with running_engine(url) as (engine, store):
        await engine.execute(BOOK, CloseDay(next_day=SECOND_DAY + timedelta(days=1)), actor="bench")
        counters = (await store.state(BOOK)).counters
    first = counters.get(Account.__table__, 0) + 1
    connection: Any = await asyncpg.connect(url)
    try:
        for start in range(first, first + size.accounts, COPIED):
            numbers = range(start, min(start + COPIED, first + size.accounts))
            for kind, rows in _rows(numbers):
                await copy(connection, kind.__table__, kind, encode(kind, BOOK, rows))
            progress(len(numbers))
        last = first + size.accounts - 1
        await connection.execute(
            "UPDATE book SET counters = counters || jsonb_build_object('account', $2::bigint, "
            "'deposit_account', $3::bigint) WHERE book = $1",
            BOOK,
            last,
            size.accounts,
        )
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


def _rows(numbers: range) -> Iterator[tuple[type[Entity], list[Any]]]:
    """The accounts with these numbers in the ledger, as opening them would have left them."""
    now, business_date = utc_now(), SECOND_DAY + timedelta(days=1)
    product = next(product for product in first_products(now) if product.code == PRODUCT)
    open_, side, none = LedgerState.OPEN, Side.CREDIT, None
    yield (
        Account,
        [
            Account(n, "CNY", product.head, side, open_, 0, none, none, _id(n), none, none, none, now, none)
            for n in numbers
        ],
    )
    moved = [n for n in numbers if n % MOVED_EVERY == 0]
    yield (
        Balance,
        [
            Balance(n, 0, _balance(n) + 12_345, 0, 0, 2, 0, business_date, now)
            if n % MOVED_EVERY == 0
            else Balance(n, 0, _balance(n), 0, 0, 1, 0, SETTLED, now)
            for n in numbers
        ],
    )
    yield BalanceMark, [BalanceMark(n, SETTLED, 1, now, 0, _balance(n), 1) for n in moved]
    yield DepositAccount, [account_row(n, now) for n in numbers]
    yield DepositInterest, [_interest(n, product) for n in numbers]


def _interest(number: int, product: DepositProduct) -> DepositInterest:
    return DepositInterest(
        account=number,
        deposit=_id(number),
        product=PRODUCT,
        accrued=0,
        remainder=0,
        day_count=product.day_count,
        until=FIRST_DAY - timedelta(days=1),
        settled_on=SETTLED,
        closed=False,
    )


def _id(number: int) -> str:
    return f"dep_{number:026d}"


def account_row(number: int, now: Any) -> DepositAccount:
    """A Class II account."""
    return DepositAccount(
        id=_id(number),
        ordinal=number,
        product=PRODUCT,
        product_class=ProductClass.CLASS2,
        party=None,
        account=number,
        asset="CNY",
        number_sealed=f"sealed:{number:060d}",
        number_mask="621999*********0000",
        number_index=f"{number:032x}",
        level=Level.REMOTE,
        state=AccountState.ACTIVE,
        stops_in=False,
        stops_out=False,
        counter_only=False,
        bound_inflow=False,
        channel="api",
        opening=None,
        opened_on=SETTLED,
        dormant_on=None,
        moved_on=SETTLED,
        closed_on=None,
        opened_at=now,
        opened_by="bench",
        updated_at=now,
    )


# -- the process that accrues --------------------------------------------------------------------------------------


def _accrue(url: str, day: date, size: Size, progress: Any, kill_at: int | None = None) -> Run:
    """Start a process that accrues a day, and kill it when so many accounts are done."""
    asked = [url, day.isoformat(), str(size.chunk), str(size.cache_max)]
    accrued, resident, seconds, finished = 0, list[float](), 0.0, False
    with subprocess.Popen([sys.executable, "-m", __name__, *asked], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for line in process.stdout:
            step = msgspec.json.decode(line, type=Step)
            accrued, seconds, finished = accrued + step.accrued, step.seconds, step.finished
            resident.append(step.resident_mib)
            progress(step.accrued)
            if kill_at is not None and accrued >= kill_at:
                process.kill()
                break
    if kill_at is None and process.returncode != 0:
        raise RuntimeError(f"the process that accrues ended with {process.returncode}")
    return Run(accrued, resident, seconds, finished)


async def _work(url: str, day: date, chunk: int, cache_max: int) -> None:
    """What the process does."""
    store = await PostgresStore.open(url)
    engine = Engine(store, Book, audited=AUDITED, cache_max=cache_max)
    begun = time.perf_counter()

    def report(accrued: int, *, finished: bool = False) -> None:
        resident = psutil.Process().memory_info().rss / 2**20
        line = msgspec.json.encode(Step(accrued, resident, time.perf_counter() - begun, finished))
        print(line.decode(), flush=True)

    try:
        done = await INTEREST.run_day(engine, Reader(store.pool), BOOK, day, chunk=chunk, progress=report)
        report(0, finished=done.finished)
    finally:
        await engine.stop()
        await store.close()


# -- what came of it -----------------------------------------------------------------------------------------------


async def _judge(url: str, size: Size) -> Found:
    """Every account against its balance, what was booked against the accounts, and the log against both."""
    rate, per_unit = _rate()
    differing = wanted_sum = found_sum = whole = 0
    pool = await open_pool(url, most=1)
    async with pool.acquire() as connection, connection.transaction():
        rows = "SELECT account, accrued, remainder, until FROM deposit_interest WHERE book = $1"
        async for account, accrued, remainder, until in connection.cursor(rows, BOOK, prefetch=10_000):
            wanted = divmod(2 * _balance(account) * rate, per_unit)
            differing += wanted != (accrued, remainder) or until != SECOND_DAY
            wanted_sum, found_sum, whole = wanted_sum + wanted[0], found_sum + accrued, whole + accrued // UNITS
        count = await connection.fetchval("SELECT count(*) FROM deposit_interest WHERE book = $1", BOOK)
        booked = await connection.fetchval(
            "SELECT coalesce(sum(b.credits - b.debits), 0)::bigint FROM balance b JOIN account a "
            "ON a.book = b.book AND a.id = b.account WHERE a.book = $1 AND a.reference = $2",
            BOOK,
            f"deposit.{Inside.INTEREST_PAYABLE.name.lower()}.cny",
        )
        logged = await connection.fetch(
            "SELECT (payload->>'date')::date, sum((result->>'accrued')::bigint)::bigint FROM (SELECT payload::jsonb, "
            "result::jsonb FROM command WHERE book = $1 AND kind = 'deposit.accrue_interest' AND status = 'applied') "
            "AS done GROUP BY 1",
            BOOK,
        )
        finished = await connection.fetchval("SELECT count(*) FROM interest_day WHERE book = $1", BOOK)
    await pool.close()
    by_day = dict(logged)
    twice = sum(abs(by_day.get(day, 0) - size.accounts) for day in (FIRST_DAY, SECOND_DAY))
    lost = abs(count - size.accounts)
    return Found(differing + lost, abs(booked - whole), abs(wanted_sum - found_sum), twice, 2 - finished, whole)


def _rate() -> tuple[int, int]:
    """The yearly rate, and by what a balance times it is divided for a day."""
    product = next(product for product in first_products(utc_now()) if product.code == PRODUCT)
    return product.rate_ppm, product.day_count * 1_000_000 // UNITS


if __name__ == "__main__":
    uvloop.run(_work(sys.argv[1], date.fromisoformat(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])))
