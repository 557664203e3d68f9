"""``canglian bench draw``: a draw with a million entrants, from joining to a proof that anybody computes again.

*Join*: the bank names people by lists of five hundred, one command each, through the engine. *Freeze*, *reveal*: the
commands of the clock; the winners and alternates are drawn in one decision. *Proof*: the file, read from the database.
*Verify*: the independent script of ``docs/`` computes the draw again from the file in a process of its own, and so does
Canglian; both find the same winners. An entry that is left out of the file is found by both.
"""

import asyncio
import resource
import subprocess
import sys
import time
from datetime import datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import msgspec
import psutil
import uvloop

from canglian.bank.reward.draws import drawing, proof, queries
from canglian.bank.reward.draws.commands import (
    AddEntrants,
    ApproveDraw,
    ConfirmDraw,
    DraftDraw,
    FreezeDraw,
    RevealDraw,
    RevealSecondSeed,
    SubmitDraw,
)
from canglian.bank.reward.draws.commands.holding import result_of
from canglian.bank.reward.draws.commands.joining import TOGETHER
from canglian.bank.reward.draws.commands.values import CommittedSeed
from canglian.bank.reward.draws.model import ConditionKind, Draw, DrawCondition, Prize, PrizeKind
from canglian.bank.wallet import Wallet
from canglian.bank.wallet.bench import PACKAGES as BELOW
from canglian.bank.wallet.bench.wallet import wallet_row
from canglian.kernel import Engine
from canglian.kernel.encoding import encode
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.postgres.writing import copy
from canglian.kernel.values import utc_now
from canglian.ledger import AUDITED, Book
from canglian.ledger.bench.ground import BOOK, TODAY, bars, flush_microseconds, fresh_postgres
from canglian.ledger.bench.report import Bar, Report
from canglian.ledger.commands import OpenBook

PACKAGES = (*BELOW, "canglian.bank.purpose", "canglian.bank.payment", "canglian.bank.reward")
SCRIPT = "verify_draw.txt"
VERIFY_SECONDS_MAX = 5.0
CACHE_MAX = 20_000
IN_FLIGHT = 8
_SEED, _SECOND = "5a" * 32, "c3" * 32
_PRIZES = (
    Prize("一等奖", PrizeKind.BENEFIT, 888_800, 1),
    Prize("二等奖", PrizeKind.BENEFIT, 8_800, 99),
    Prize("三等奖", PrizeKind.GOODS, 1_900, 700),
)


class Size(msgspec.Struct, frozen=True):
    """How many people join, and how many alternates are drawn beside 800 prizes."""

    entrants: int
    alternates: int


FULL = Size(1_000_000, 200)
QUICK = Size(100_000, 200)
TINY = Size(3_000, 20)


class Held(NamedTuple):
    """What the draw took, in seconds."""

    joined_per_second: float
    freeze: float
    reveal: float
    written: float
    winners: int
    differing: int


class Verified(NamedTuple):
    """What a process that computed the draw again said, took, and needed."""

    code: int
    printed: str
    seconds: float
    resident_mib: float


class _Clock:
    """The wall clock, moved on."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return utc_now() + self.ahead


def run(folder: Path, size: Size) -> Report:
    """Measure in a database of its own below ``folder``."""
    file = folder / "proof.json"
    with fresh_postgres(folder, PACKAGES) as postgres, bars() as progress:
        held = uvloop.run(_held(postgres.url, size, file, progress))
    independent = _independent(file)
    begun = time.perf_counter()
    checked = proof.check(proof.read_proof(file.read_bytes()))
    own_seconds = time.perf_counter() - begun
    tampered = folder / "tampered.json"
    tampered.write_bytes(_without_one(file.read_bytes()))
    caught = _independent(tampered)
    return Report(
        "draw",
        {
            "entrants": size.entrants,
            "joined_per_second": round(held.joined_per_second),
            "freeze_seconds": round(held.freeze, 4),
            "reveal_seconds": round(held.reveal, 3),
            "winners_and_alternates": held.winners,
            "proof_mib": round(file.stat().st_size / 2**20, 1),
            "proof_written_seconds": round(held.written, 3),
            "independent_script_seconds": round(independent.seconds, 3),
            "independent_script_resident_mib": round(independent.resident_mib, 1),
            "canglian_verify_seconds": round(own_seconds, 3),
            "resident_mib_most": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10, 1),
            "flush_microseconds": flush_microseconds(folder),
        },
        [
            Bar("seconds of the independent script", independent.seconds, VERIFY_SECONDS_MAX, at_most=True),
            Bar(
                "entries that the independent script does not find",
                size.entrants - _found(independent),
                0,
                at_most=True,
            ),
            Bar("winners that differ", held.differing + (len(checked.winners) != held.winners), 0, at_most=True),
            Bar(
                "proofs with an entry left out that pass",
                int("draw_proof.entries" not in caught.printed),
                0,
                at_most=True,
            ),
        ],
    )


def _found(verified: Verified) -> int:
    """How many entries the script has counted; none where it found a fault."""
    words = verified.printed.split()
    return int(words[2]) if verified.code == 0 and words[:1] == ["OK"] else 0


def _without_one(raw: bytes) -> bytes:
    """A proof without its last entry."""
    found = proof.read_proof(raw)
    return msgspec.json.encode(msgspec.structs.replace(found, entries=found.entries[:-1]))


def _independent(file: Path) -> Verified:
    """Compute a draw again with the script that needs nothing but the standard library."""
    with as_file(files("canglian.bank.reward.draws") / SCRIPT) as script:
        begun = time.perf_counter()
        asked = [sys.executable, "-I", str(script), str(file)]
        with subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
            watched, most = psutil.Process(process.pid), 0.0
            while process.poll() is None:
                try:
                    most = max(most, watched.memory_info().rss / 2**20)
                except psutil.Error:
                    break
                time.sleep(0.01)
            assert process.stdout is not None
            printed = process.stdout.read()
        return Verified(process.returncode, printed, time.perf_counter() - begun, most)


async def _held(url: str, size: Size, file: Path, progress: Any) -> Held:
    clock = _Clock()
    store = await PostgresStore.open(url)
    engine = Engine(store, Book, audited=AUDITED, queue_max=100_000, cache_max=CACHE_MAX, clock=clock)
    try:
        await engine.found(BOOK, TODAY)
        await engine.execute(BOOK, OpenBook(), actor="bench")
        await _wallets(url, size.entrants)
        draw = await _published(engine, size, clock())
        joined = await _joined(engine, draw, size, progress)
        clock.ahead = timedelta(days=1, hours=1)
        freeze = await _timed(engine, FreezeDraw(draw=draw), "bench")
        await engine.execute(BOOK, RevealSecondSeed(draw=draw, secret=_SECOND), actor="second")
        reveal = await _timed(engine, RevealDraw(draw=draw, seed=_SEED), "bench")
        reader = Reader(store.pool)
        begun = time.perf_counter()
        with file.open("wb") as to:
            async for part in await queries.proof_file(reader, BOOK, draw):
                to.write(part)
        written = time.perf_counter() - begun
        found = await queries.proof(reader, BOOK, draw)
        again = result_of(proof.check(found).winners)
        after: Draw = await engine.execute(BOOK, ConfirmDraw(draw=draw, result_hash=again), actor="bench")
        return Held(joined, freeze, reveal, written, len(found.winners), int(after.result_hash != again))
    finally:
        await engine.stop()
        await store.close()


async def _timed(engine: Engine, command: Any, actor: str) -> float:
    begun = time.perf_counter()
    await engine.execute(BOOK, command, actor=actor)
    return time.perf_counter() - begun


def _wallet(number: int) -> str:
    return f"wal_{number:026d}"


async def _wallets(url: str, count: int) -> None:
    """The wallets of people, as many as join."""
    connection: Any = await asyncpg.connect(url)
    now = utc_now()
    try:
        for start in range(1, count + 1, 50_000):
            numbers = range(start, min(start + 50_000, count + 1))
            rows = [wallet_row(number, _wallet(number), now) for number in numbers]
            await copy(connection, Wallet.__table__, Wallet, encode(Wallet, BOOK, rows))
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


async def _published(engine: Engine, size: Size, now: datetime) -> str:
    """A draw that people join by lists; its id."""
    draft = DraftDraw(
        name="百万抽奖",
        summary="基准",
        prizes=_PRIZES,
        joins_from=now - timedelta(hours=1),
        joins_until=now + timedelta(days=1),
        draws_at=now + timedelta(days=1),
        fallback="上证指数收盘价",
        fallback_at=now + timedelta(days=3),
        seed=CommittedSeed(drawing.commitment(_SEED), "sealed:0:"),
        condition=DrawCondition(kind=ConditionKind.LIST),
        alternates=size.alternates,
    )
    drafted: Draw = await engine.execute(BOOK, draft, actor="bench")
    await engine.execute(BOOK, SubmitDraw(draw=drafted.id), actor="bench")
    second = CommittedSeed(drawing.commitment(_SECOND))
    await engine.execute(BOOK, ApproveDraw(draw=drafted.id, second=second), actor="second")
    return drafted.id


async def _joined(engine: Engine, draw: str, size: Size, progress: Any) -> float:
    """People a second that join."""
    task = progress.add_task("joining", total=size.entrants)
    starts = iter(range(1, size.entrants + 1, TOGETHER))

    async def work() -> None:
        for start in starts:
            wallets = tuple(_wallet(number) for number in range(start, min(start + TOGETHER, size.entrants + 1)))
            await engine.execute(BOOK, AddEntrants(draw=draw, wallets=wallets, reason="基准"), actor="bench")
            progress.advance(task, len(wallets))

    begun = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))
    return size.entrants / (time.perf_counter() - begun)
