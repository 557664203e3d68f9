"""``canglian bench onboarding``: people taken on from a file, killed in the middle and resumed.

A CSV of made-up people whom a partner has verified: each gets a party, a remote opening with its steps and evidence,
a deposit account, a bound account and an e-wallet, as ``canglian wallet onboard`` does it. Every 1,000th line has a
number whose checksum is wrong, every 997th names somebody who stands further up. A process of its own does it; when
half of the lines are done it is killed with SIGKILL, and another one is started on the same file.

*Rate*: lines a second of the first process from its first chunk to its last, and of the second one for what was left.
*Outcome*: what the file of outcomes says of every line against what the line is, and what stands in the database
against both: a party, an account, a bound account and a wallet for each, no more and no less. *Memory*: the resident
memory of the processes after each chunk, together with those that they have started, beyond what the first eighth has
seen. *Yardstick*: transfers a second, one command each, as ``posting`` measures them, on the same database before the
first process, between the two and after the second; the median is what the lines a second are held against.
"""

import csv
import subprocess
import sys
import time
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import msgspec
import psutil
import uvloop
from rich.progress import Progress

from canglian.bank.party.checks import identity_check
from canglian.bank.wallet.bench import PACKAGES
from canglian.bank.wallet.onboarding import CACHE_MAX, CHUNK_LINES, COLUMNS, Asked, onboard
from canglian.kernel import Engine
from canglian.kernel.crypto import Keyring
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger import AUDITED, Book
from canglian.ledger.bench import posting
from canglian.ledger.bench.ground import BOOK, bars, flush_microseconds, fresh_postgres, open_accounts, running_engine
from canglian.ledger.bench.report import Bar, Report, median

WRONG_EVERY, AGAIN_EVERY = 1000, 997
MEMORY_MIB_MAX = 128
_BORN = date(1950, 1, 1)
_KEY = bytes(range(32))


class Size(msgspec.Struct, frozen=True):
    """How many lines, how many of them are one command, and how many transfers between accounts the yardstick has."""

    lines: int
    chunk: int = CHUNK_LINES
    transfers: int = 100_000
    accounts: int = 20_000


FULL = Size(300_000)
QUICK = Size(20_000, transfers=40_000)
TINY = Size(2_100, chunk=100, transfers=1_000, accounts=500)


class Reading(msgspec.Struct, frozen=True):
    """A line of the process: lines done of the file, of how many it had the outcome before, memory, seconds."""

    done: int
    resident_mib: float
    seconds: float
    repeated: int = 0
    finished: bool = False


class Run(NamedTuple):
    """What became of a process."""

    readings: list[Reading]

    @property
    def last(self) -> Reading:
        """Where it stood when it ended or was killed."""
        return self.readings[-1]


def run(folder: Path, size: Size) -> Report:
    """Measure in a database of its own below ``folder``."""
    file, outcomes = folder / "people.csv", folder / "outcomes.csv"
    expected = write_people(file, size.lines)
    with fresh_postgres(folder, PACKAGES) as postgres, bars() as progress:
        numbers = uvloop.run(_found(postgres.url, size, progress))
        pairs = posting.uniform(numbers, size.transfers)
        yardstick = [uvloop.run(_yardstick(postgres.url, pairs))]
        task = progress.add_task("taking on", total=size.lines)
        asked = [postgres.url, str(file), str(outcomes), str(size.chunk)]

        def report(done: int) -> None:
            progress.update(task, completed=done)

        killed = _process(asked, report, kill_at=size.lines // 2)
        before = uvloop.run(_count(postgres.url))
        yardstick.append(uvloop.run(_yardstick(postgres.url, pairs)))
        rest = _process(asked, report)
        yardstick.append(uvloop.run(_yardstick(postgres.url, pairs)))
        apart = uvloop.run(_judge(postgres.url, outcomes, expected))
    return _report(size, killed, before, rest, apart, yardstick, flush_microseconds(folder))


def _report(
    size: Size, killed: Run, before: int, rest: Run, apart: Counter[str], yardstick: list[float], flush: float
) -> Report:
    first, last = killed.readings[0], killed.last
    rate = (last.done - first.done) / max(last.seconds - first.seconds, 1e-9)
    fresh = size.lines - rest.last.repeated
    grown = max(_grown(run.readings, size) for run in (killed, rest))
    most = max(reading.resident_mib for run in (killed, rest) for reading in run.readings)
    return Report(
        "onboarding",
        {
            "lines": size.lines,
            "lines_per_second": round(rate),
            "transfers_one_by_one_per_second": [round(rate) for rate in yardstick],
            "lines_for_each_of_them": round(rate / median(yardstick), 3),
            "killed_after_lines": last.done,
            "people_there_then": before,
            "resumed_seconds": round(rest.last.seconds, 2),
            "resumed_lines_known": rest.last.repeated,
            "resumed_lines_per_second": round(fresh / rest.last.seconds),
            "people": apart["people"],
            "resident_mib_most": round(most, 1),
            "bounded_by": {"cache_max": CACHE_MAX, "chunk": size.chunk},
            "flush_microseconds": flush,
        },
        [
            Bar("killed before the end", int(not last.finished and before < apart["people"]), 1),
            Bar("lost", apart["lost"], 0, at_most=True),
            Bar("doubled", apart["doubled"], 0, at_most=True),
            Bar("lines with another outcome than theirs, or none", apart["wrong_outcome"], 0, at_most=True),
            Bar("resident MiB grown since the first eighth", grown, MEMORY_MIB_MAX, at_most=True),
        ],
    )


def _grown(readings: list[Reading], size: Size) -> float:
    early = [reading.resident_mib for reading in readings if reading.done <= size.lines // 8]
    first = max(early or [readings[0].resident_mib])
    return max(0.0, max(reading.resident_mib for reading in readings) - first)


# -- the people ----------------------------------------------------------------------------------------------------


def write_people(path: Path, count: int) -> list[str]:
    """A file of made-up people; what should become of each line."""
    expected: list[str] = []
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for serial in range(count):
            again = serial > 0 and serial % AGAIN_EVERY == 0
            wrong = not again and serial % WRONG_EVERY == WRONG_EVERY - 1
            expected.append("refused" if again else "malformed" if wrong else "opened")
            writer.writerow(_person(serial - 1 if again else serial, wrong=wrong))
    return expected


def _person(serial: int, *, wrong: bool) -> list[str]:
    born = _BORN + timedelta(days=serial // 1000)
    digits = f"440106{born:%Y%m%d}{serial % 1000:03d}"
    check = identity_check(digits)
    values = {
        "name": f"测试{chr(0x4E00 + serial % 5000)}",
        "number": digits + (check if not wrong else "1" if check != "1" else "2"),
        "mobile": f"139{serial:08d}",
        "account": f"62220202{serial:011d}",
        "authority": "新城县公安局",
        "valid_from": "2020-01-01",
        "document_digest": f"{serial:064x}",
        "face_score": "9200",
        "face_reference": f"face-{serial}",
        "face_digest": f"{serial + 1:064x}",
        "elements": "5",
        "elements_reference": f"el-{serial}",
        "code_reference": f"sms-{serial}",
        "bank": "新城农村商业银行",
    }
    return [values[name] for name in COLUMNS]


async def _found(url: str, size: Size, progress: Progress) -> list[int]:
    """A book with accounts for the yardstick; their numbers."""
    async with running_engine(url) as (engine, _):
        numbers, _ = await open_accounts(engine, size.accounts, progress)
        return numbers


async def _yardstick(url: str, pairs: posting.Pairs) -> float:
    """Transfers a second, one command each, once their accounts are in memory."""
    async with running_engine(url) as (engine, _):
        await posting.single(engine, pairs[: len(pairs) // 2])
        return await posting.single(engine, pairs)


# -- the process ---------------------------------------------------------------------------------------------------


def _process(asked: list[str], report: Any, kill_at: int | None = None) -> Run:
    """Start a process that takes the people on, and kill it when so many lines are done."""
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
        raise RuntimeError(f"the process that takes people on ended with {process.returncode}")
    return Run(readings)


async def _work(url: str, file: Path, outcomes: Path, chunk: int) -> None:
    """What the process does."""
    store = await PostgresStore.open(url)
    engine = Engine(store, Book, audited=AUDITED, cache_max=CACHE_MAX)
    keyring = Keyring({"1": _KEY}, _KEY)
    begun = time.perf_counter()

    def report(done: int, _total: int = 0, *, repeated: int = 0, finished: bool = False) -> None:
        this = psutil.Process()
        resident = sum(process.memory_info().rss for process in (this, *this.children(recursive=True))) / 2**20
        reading = Reading(done, resident, time.perf_counter() - begun, repeated, finished)
        print(msgspec.json.encode(reading).decode(), flush=True)

    try:
        summary = await onboard(
            engine, keyring, BOOK, file, Asked(), actor="bench", outcomes=outcomes, report=report, chunk_lines=chunk
        )
        report(summary.lines, repeated=summary.repeated, finished=True)
    finally:
        await engine.stop()
        await store.close()


# -- what came of it -----------------------------------------------------------------------------------------------


async def _count(url: str) -> int:
    connection: Any = await asyncpg.connect(url)
    try:
        return await connection.fetchval("SELECT count(*) FROM party WHERE book = $1", BOOK)
    finally:
        await connection.close()


_HELD = """
SELECT p.id, p.number_index, d.id, w.id FROM party p
JOIN remote_opening o ON o.book = p.book AND o.party = p.id AND o.state = 'active'
JOIN deposit_account d ON d.book = p.book AND d.party = p.id AND d.opening = o.id AND d.state = 'active'
JOIN bound_account b ON b.book = p.book AND b.account = d.id AND b.state = 'active'
JOIN account a ON a.book = p.book AND a.id = d.account AND a.owner = d.id
JOIN balance m ON m.book = p.book AND m.account = a.id
JOIN deposit_interest i ON i.book = p.book AND i.account = a.id
JOIN wallet w ON w.book = p.book AND w.party = p.id AND w.deposit = d.id AND w.account = d.account
WHERE p.book = $1
"""
"""Everybody with everything that belongs to them; somebody who has something twice is there twice."""

_TABLES = ("party", "remote_opening", "deposit_account", "bound_account", "deposit_interest", "wallet")


async def _judge(url: str, outcomes: Path, expected: list[str]) -> Counter[str]:
    """Every line's outcome against what the line is, and the database against the outcomes."""
    connection: Any = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(_HELD, BOOK)
        counts = [await connection.fetchval(f"SELECT count(*) FROM {table} WHERE book = $1", BOOK) for table in _TABLES]
    finally:
        await connection.close()
    held = {(row[0], row[2], row[3]) for row in rows}
    wanted = expected.count("opened")
    apart: Counter[str] = Counter(people=len(held))
    apart["doubled"] += len(rows) - len({row[1] for row in rows})
    apart["doubled"] += sum(max(0, count - wanted) for count in counts)
    apart["lost"] += max(0, wanted - len(held))
    seen: Counter[int] = Counter()
    with outcomes.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            line = int(row["line"]) - 2  # after the header, and from nought
            seen[line] += 1
            there = (row["party"], row["deposit_account"], row["wallet"]) in held
            apart["wrong_outcome"] += row["outcome"] != expected[line] or there is not (row["outcome"] == "opened")
    apart["wrong_outcome"] += sum(abs(seen[line] - 1) for line in range(len(expected)))
    return apart


if __name__ == "__main__":
    uvloop.run(_work(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])))
