"""``canglian bench purpose``: one contract with hundreds of thousands of holders, from its file to its end.

*Issue*: a process of its own issues the grants of a CSV file as ``canglian purpose-grant import`` does it. When half of
the lines are done it is killed with SIGKILL, and another one is started on the same file. Every 997th line names a
wallet that stands further up. *Use*: grants of holders chosen at random pay a shop, one command each, some under way at
a time. *Trace*: where every fen is, by holder, and a page of grants, read from all of it. *Expire*: the contract ends
and all its grants are closed in the steps of the job; what is left goes back to its payer. *Memory*: the resident
memory of the issuing processes beyond what the first eighth has seen.

Afterwards every holder has one grant, and the contract's account what the trace says: no fen more and no fen less.
"""

import asyncio
import random
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import msgspec
import psutil
import uvloop

from canglian.bank.deposit.moving import open_in_ledger
from canglian.bank.purpose import Payee, PurposeContract, PurposeGrant, queries, spending, tracing
from canglian.bank.purpose.bench import PACKAGES
from canglian.bank.purpose.commands import (
    DraftPurposeContract,
    FundPurposeContract,
    SignPurposeContract,
    TerminatePurposeContract,
    WindUpPurposeContract,
)
from canglian.bank.purpose.commands.ending import STEP
from canglian.bank.purpose.commands.values import GrantId
from canglian.bank.purpose.importing import CACHE_MAX, CHUNK_LINES, Target, import_grants
from canglian.bank.purpose.queries import GrantFilter
from canglian.bank.wallet import Wallet
from canglian.bank.wallet.bench.wallet import account_row, wallet_row
from canglian.kernel import Command, Engine
from canglian.kernel.encoding import encode
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.postgres.writing import copy
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import utc_now
from canglian.ledger import AUDITED, Book
from canglian.ledger.bench.ground import BOOK, TODAY, bars, flush_microseconds, fresh_postgres, running_engine
from canglian.ledger.bench.report import Bar, Report
from canglian.ledger.model import Account, Balance

AMOUNT = 10_000
"""What each holder is granted, in fen."""

USED = 7
"""What each use pays, in fen."""

AGAIN_EVERY = 997
MEMORY_MIB_MAX = 128
READ_SECONDS_MAX = 3.0
"""A trace by holder and a page of grants: what somebody still waits for at a page."""

IN_FLIGHT = 64
_SHOP = Payee(id="mer_bench", category="5411", region="330106")


class Size(msgspec.Struct, frozen=True):
    """How many holders, how many lines are one command, and how many uses."""

    holders: int
    uses: int
    chunk: int = CHUNK_LINES


FULL = Size(300_000, 30_000)
QUICK = Size(20_000, 4_000)
TINY = Size(600, 50, chunk=50)


class OpenShop(Command[int], kind="bench.purpose_shop"):
    """An account in which a shop is owed money."""

    def decide(self, book: Any) -> int:
        return open_in_ledger(book, "2241", "ECNY", floor=None, name="shop").id


class Use(Command[None], kind="bench.purpose_use"):
    """Pay from a grant, as the room of payments does."""

    grant: GrantId
    account: int
    amount: int

    def decide(self, book: Any) -> None:
        spending.spend(book, book.get(PurposeGrant, self.grant), self.account, self.amount, _SHOP)


class Reading(msgspec.Struct, frozen=True):
    """A line of the process: lines done, memory, seconds; at its end how many it had from before."""

    done: int
    resident_mib: float
    seconds: float
    repeated: int = 0
    finished: bool = False


class Found(NamedTuple):
    """What came of the contract after its grants were issued."""

    grants: int
    holders: int
    uses_per_second: float
    trace_seconds: float
    page_seconds: float
    apart: int
    expire_per_second: float
    left: int
    returned: int


def run(folder: Path, size: Size) -> Report:
    """Measure in a database of its own below ``folder``."""
    with fresh_postgres(folder, PACKAGES) as postgres, bars() as progress:
        contract = uvloop.run(_begun(postgres.url, size))
        file = write_holders(folder / "holders.csv", size.holders)
        lines = size.holders + size.holders // AGAIN_EVERY
        task = progress.add_task("issuing", total=lines)
        asked = [postgres.url, contract, str(file), str(size.chunk)]

        def report(done: int) -> None:
            progress.update(task, completed=done)

        killed = _process(asked, report, kill_at=lines // 2)
        rest = _process(asked, report)
        found = uvloop.run(_after(postgres.url, contract, size))
    return _report(size, killed, rest, found, flush_microseconds(folder))


def _report(size: Size, killed: list[Reading], rest: list[Reading], found: Found, flush: float) -> Report:
    first, last = killed[0], killed[-1]
    fresh = size.holders + size.holders // AGAIN_EVERY - rest[-1].repeated
    grown = max(_grown(readings, size) for readings in (killed, rest))
    return Report(
        "purpose",
        {
            "holders": size.holders,
            "issued_per_second": round((last.done - first.done) / max(last.seconds - first.seconds, 1e-9)),
            "killed_after_lines": last.done,
            "resumed_lines_known": rest[-1].repeated,
            "resumed_lines_per_second": round(fresh / rest[-1].seconds),
            "uses_per_second": round(found.uses_per_second),
            "expired_per_second": round(found.expire_per_second),
            "trace_seconds": round(found.trace_seconds, 3),
            "page_of_grants_seconds": round(found.page_seconds, 4),
            "resident_mib_most": round(max(reading.resident_mib for reading in (*killed, *rest)), 1),
            "bounded_by": {"cache_max": CACHE_MAX, "chunk": size.chunk},
            "flush_microseconds": flush,
        },
        [
            Bar("killed before the end", int(not last.finished), 1),
            Bar("holders without a grant", size.holders - found.holders, 0, at_most=True),
            Bar("grants too many", found.grants - found.holders, 0, at_most=True),
            Bar("fen that the trace does not find", found.apart, 0, at_most=True),
            Bar("fen left in the contract after its end", found.left, 0, at_most=True),
            Bar("fen that went back to the payer", found.returned, _left_over(size)),
            Bar(
                "seconds of a trace and of a page of grants",
                found.trace_seconds + found.page_seconds,
                READ_SECONDS_MAX,
                at_most=True,
            ),
            Bar("resident MiB grown since the first eighth", grown, MEMORY_MIB_MAX, at_most=True),
        ],
    )


def _left_over(size: Size) -> int:
    """What goes back to the payer: all that was not used."""
    return AMOUNT * size.holders - USED * size.uses


def _grown(readings: list[Reading], size: Size) -> float:
    early = [reading.resident_mib for reading in readings if reading.done <= size.holders // 8]
    first = max(early or [readings[0].resident_mib])
    return max(0.0, max(reading.resident_mib for reading in readings) - first)


# -- before ------------------------------------------------------------------------------------------------------------


def _holder(number: int) -> str:
    return f"wal_{number:026d}"


def write_holders(path: Path, count: int) -> Path:
    """The file of the holders, each with an amount; some stand there twice."""
    with path.open("w", encoding="utf-8") as file:
        file.write("wallet,amount\n")
        for number in range(1, count + 1):
            file.write(f"{_holder(number)},{AMOUNT // 100}\n")
            if number % AGAIN_EVERY == 0:
                file.write(f"{_holder(number - 1)},{AMOUNT // 100}\n")
    return path


async def _begun(url: str, size: Size) -> str:
    """A book with the holders' wallets, and a contract that has money for all of them; its id."""
    funds = AMOUNT * size.holders
    async with running_engine(url) as (_, store):
        first = (await store.state(BOOK)).counters.get(Account.__table__, 0) + 1
    now = utc_now()
    connection: Any = await asyncpg.connect(url)
    try:
        numbers = range(first, first + size.holders + 1)
        names = [_holder(number - first) for number in numbers]
        wallets = [wallet_row(number, name, now) for number, name in zip(numbers, names, strict=True)]
        wallets[0] = msgspec.structs.replace(wallets[0], tier=1, product="wallet.ecny1")
        accounts = [account_row(number, name, now) for number, name in zip(numbers, names, strict=True)]
        has = {first: funds}
        balances = [Balance(number, 0, has.get(number, 0), 0, 0, 1, 0, TODAY, now) for number in numbers]
        for kind, rows in ((Wallet, wallets), (Account, accounts), (Balance, balances)):
            await copy(connection, kind.__table__, kind, encode(kind, BOOK, rows))
        sql = "UPDATE book SET counters = counters || jsonb_build_object('account', $2::bigint) WHERE book = $1"
        await connection.execute(sql, BOOK, numbers[-1])
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()
    async with running_engine(url) as (engine, _):
        draft = DraftPurposeContract(template="payroll", name="普惠补贴", payer=_holder(0), valid_until=TODAY)
        contract: PurposeContract = await engine.execute(BOOK, draft, actor="bench")
        await engine.execute(BOOK, SignPurposeContract(contract=contract.id, channel="counter"), actor="bench")
        funding = FundPurposeContract(contract=contract.id, amount=funds, channel="counter")
        await engine.execute(BOOK, funding, actor="bench")
        return contract.id


# -- issuing -----------------------------------------------------------------------------------------------------------


def _process(asked: list[str], report: Callable[[int], None], kill_at: int | None = None) -> list[Reading]:
    """Start a process that issues the grants, and kill it when so many lines are done."""
    readings: list[Reading] = []
    with subprocess.Popen([sys.executable, "-m", __name__, *asked], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for line in process.stdout:
            readings.append(msgspec.json.decode(line, type=Reading))
            report(readings[-1].done)
            if kill_at is not None and readings[-1].done >= kill_at:
                process.kill()
                break
    if kill_at is None and process.returncode != 0:
        raise RuntimeError(f"the process that issues grants ended with {process.returncode}")
    return readings


async def _work(url: str, contract: str, file: Path, chunk: int) -> None:
    """What the process does."""
    store = await PostgresStore.open(url)
    engine = Engine(store, Book, audited=AUDITED, cache_max=CACHE_MAX)
    begun = time.perf_counter()

    def report(done: int, _total: int = 0, *, repeated: int = 0, finished: bool = False) -> None:
        resident = psutil.Process().memory_info().rss / 2**20
        reading = Reading(done, resident, time.perf_counter() - begun, repeated, finished)
        print(msgspec.json.encode(reading).decode(), flush=True)

    async def nobody(_: list[str]) -> dict[str, str]:
        return {}

    try:
        summary = await import_grants(
            engine, BOOK, Target(contract, "ECNY"), file, nobody, actor="bench", report=report, chunk_lines=chunk
        )
        report(summary.lines, repeated=summary.repeated, finished=True)
    finally:
        await engine.stop()
        await store.close()


# -- after -------------------------------------------------------------------------------------------------------------


async def _after(url: str, contract: str, size: Size) -> Found:
    async with running_engine(url) as (engine, store):
        reader = Reader(store.pool)
        counted = "SELECT count(*), count(DISTINCT holder) FROM purpose_grant WHERE book = $1 AND contract = $2"
        grants, holders = tuple((await reader.rows(counted, BOOK, contract))[0])
        uses = await _used(engine, reader, contract, size)
        begun = time.perf_counter()
        traced = await tracing.trace(reader, BOOK, contract)
        trace_seconds = time.perf_counter() - begun
        begun = time.perf_counter()
        await queries.grants(reader, BOOK, GrantFilter(contract=contract), Order(limit=50))
        page_seconds = time.perf_counter() - begun
        apart = abs(traced.funded - sum(part.amount for part in traced.parts))
        expired = await _expired(engine, reader, contract, size)
        after = await queries.contract(reader, BOOK, contract)
        returned = await queries.returned(reader, BOOK, contract)
        left = after.allotted + after.unallotted
        return Found(grants, holders, uses, trace_seconds, page_seconds, apart, expired, left, returned)


async def _used(engine: Engine, reader: Reader, contract: str, size: Size) -> float:
    """Uses a second, of grants chosen at random."""
    shop = await engine.execute(BOOK, OpenShop(), actor="bench")
    rows = await reader.rows("SELECT id FROM purpose_grant WHERE book = $1 AND contract = $2", BOOK, contract)
    chosen = iter(random.Random(1).choices([row[0] for row in rows], k=size.uses))  # noqa: S311 - no secret

    async def work() -> None:
        for grant in chosen:
            await engine.execute(BOOK, Use(grant=grant, account=shop, amount=USED), actor="bench")

    begun = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
    return size.uses / (time.perf_counter() - begun)


async def _expired(engine: Engine, reader: Reader, contract: str, size: Size) -> float:
    """Grants a second that are closed once the contract has ended, in the steps of the job."""
    begun = time.perf_counter()
    await engine.execute(BOOK, TerminatePurposeContract(contract=contract, reason="项目结束"), actor="bench")
    last = ""
    while grants := await queries.living(reader, BOOK, contract, last, STEP):
        last = grants[-1]
        await engine.execute(BOOK, WindUpPurposeContract(contract=contract, grants=tuple(grants)), actor="bench")
    return size.holders / (time.perf_counter() - begun)


if __name__ == "__main__":
    uvloop.run(_work(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])))
