"""``canglian bench http``: single transfers over HTTP, against an ORM and against one SQL statement a request.

Three servers stand beside each other on one durable PostgreSQL: the product as ``canglian serve`` starts it, and two
endpoints that do the same transfer by other means (see ``rivals``). This process is the load: every request carries
its own idempotency key, every connection sends again as soon as it has its answer. Then the product alone: ten times
as many connections as its line takes, and a bulk import beside single transfers.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import uvloop
from rich.progress import Progress

from canglian.app.bench.serving import Prepared, prepare, served, settings_of
from canglian.app.rooms import packages
from canglian.ledger.bench import rivals
from canglian.ledger.bench.ground import BOOK, bars, flush_microseconds, fresh_postgres
from canglian.ledger.bench.load import Load, Numbered, Timed, put, request, timed
from canglian.ledger.bench.report import Bar, Report, median, spread
from canglian.ledger.bench.rivals import tables
from canglian.ledger.bench.server_process import ServerProcess
from canglian.ledger.commands import Line, PostTransfers

US = "canglian"
LEVELS = (1, 16, 64, 256)
AT = 64
"""The level that the bars are about."""
LINE = 64
"""Movements that may wait in the overloaded server; it is then asked for ten times as many at once."""
OVER = 10 * LINE
PIECE = 256
"""Lines that the import sends in one request, as the guide for importers says; two requests are on their way."""
LARGE_PIECE = 1024
"""Lines a request of an importer who does not care for others: a figure without a bar."""
LARGE_SHARE = 5
"""It imports this part of the lines."""

_PATH = "/v1/transfers"
_encode = msgspec.json.Encoder().encode


class Size(msgspec.Struct, frozen=True):
    """How much is measured: rounds of so many seconds at each level, and the lines of the import."""

    rounds: int
    seconds: float
    accounts: int
    lines: int
    levels: tuple[int, ...] = LEVELS


FULL = Size(rounds=3, seconds=4, accounts=100_000, lines=1_000_000)
QUICK = Size(rounds=1, seconds=2, accounts=10_000, lines=100_000)
TINY = Size(rounds=1, seconds=0.2, accounts=200, lines=2_000, levels=(1, AT))

Measured = dict[tuple[str, str, int], list[Timed]]
"""What was measured, by server, pattern (spread or hot) and connections."""


def run(folder: Path, size: Size) -> Report:
    """Measure on a database of its own below ``folder``."""
    with fresh_postgres(folder, packages()) as postgres, bars() as progress:
        return uvloop.run(_run(postgres.url, folder, size, progress))


async def _run(url: str, folder: Path, size: Size, progress: Progress) -> Report:
    settings, environment = settings_of(url, folder, queue_max="20000")
    prepared = await prepare(settings, size.accounts, progress)
    await tables.create(url)
    requests = Requests(prepared)
    flush = flush_microseconds(folder)
    with ExitStack() as stack:
        servers = {US: stack.enter_context(served(environment, folder))}
        for name in tables.NAMES:
            servers[name] = stack.enter_context(rivals.standing(name, url, prepared.token, folder))
        measured = await _levels(servers, requests, size, progress)
        beside = await _beside(servers[US], requests, size, url, progress, PIECE)
        large = msgspec.structs.replace(size, lines=size.lines // LARGE_SHARE)
        beside_large = await _beside(servers[US], requests, large, url, progress, LARGE_PIECE)
        memory = servers[US].resident_bytes
    with served({**environment, "CANGLIAN_QUEUE_MAX": str(LINE)}, folder, "overloaded") as server:
        over = await _overload(server, requests, size, url, progress)
    figures = {"flush_microseconds": flush, "server_resident_mib": round(memory / 2**20), **_figures(measured)}
    figures |= {"overload": over, "import": beside, "import_large": beside_large}
    return Report("http", figures, _bars(measured, over, beside))


class Requests:
    """Makes requests: movements of one fen, each with a key that was never used before."""

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self._chance = random.Random(20260105)  # noqa: S311 - the same movements in every run
        self._number = 0

    def singles(self, pattern: str, code: str = "bench.move") -> Iterator[Numbered]:
        """Single transfers without end; ``hot`` ones all pay from the first account."""
        numbers = self._prepared.numbers
        while True:
            payer = numbers[0] if pattern == "hot" else self._chance.choice(numbers)
            payee = self._chance.choice(numbers)
            if payee != payer:
                yield self._of(
                    _PATH, b'{"debit":%d,"credit":%d,"amount":1,"code":"%b"}' % (payer, payee, code.encode())
                )

    def bulks(self, lines: int, piece: int, code: str) -> Iterator[Numbered]:
        """Bulk requests of ``piece`` lines each, with so many lines together."""
        numbers = self._prepared.numbers
        for start in range(0, lines, piece):
            pairs = (self._chance.sample(numbers, 2) for _ in range(min(piece, lines - start)))
            command = PostTransfers(lines=[Line(debit=a, credit=b, amount=1, code=code) for a, b in pairs])
            yield self._of(f"{_PATH}/bulk", _encode(command))

    def _of(self, path: str, body: bytes) -> Numbered:
        self._number += 1
        return self._number, request(path, f"bench-{self._number}", body, self._prepared.token)


async def _levels(servers: dict[str, ServerProcess], requests: Requests, size: Size, progress: Progress) -> Measured:
    """Every level on every server, neighbours in time being those that are compared."""
    plan = [("spread", level) for level in size.levels] + [("hot", AT)]
    task = progress.add_task("single transfers", total=size.rounds * len(plan) * len(servers))
    measured: Measured = defaultdict(list)
    for _ in range(size.rounds):
        for pattern, level in plan:
            for name, server in servers.items():
                load = Load(requests.singles(pattern))
                result = await timed(load, server.port, level, warm=size.seconds / 4, seconds=size.seconds)
                assert set(result.statuses) == {"201"}, (name, result.statuses)
                measured[name, pattern, level].append(result)
                progress.advance(task)
    return measured


async def _beside(
    server: ServerProcess, requests: Requests, size: Size, url: str, progress: Progress, piece: int
) -> dict[str, Any]:
    """Single transfers beside a bulk import on the same book, and alone before and after it: the median of these."""
    code = f"bench.import_{piece}"
    alone = [await _alone(server, requests, size) for _ in range(size.rounds)]
    task = progress.add_task("importing beside", total=size.lines)

    def answered(_number: int, _status: int, _body: bytes) -> None:
        progress.advance(task, piece)

    bulk = Load(requests.bulks(size.lines, piece, code), answered)
    single = Load(requests.singles("spread"))
    singles = asyncio.ensure_future(put(single, server.port, AT))
    loop = asyncio.get_running_loop()
    begun = loop.time()
    await put(bulk, server.port, 2)
    took = loop.time() - begun
    single.stopping = True
    await singles
    beside = _timed(single, took)
    posted = await _count(url, code)
    alone = sorted([*alone, *[await _alone(server, requests, size) for _ in range(size.rounds)]], key=_p99)
    usual = alone[len(alone) // 2]
    return {
        "lines": size.lines,
        "lines_a_request": piece,
        "lines_per_second": round(size.lines / took),
        "lines_lost": size.lines - posted,
        "singles_alone": usual,
        "singles_beside": beside,
        "p99_ratio": round(beside.p99_ms / usual.p99_ms, 2),
    }


async def _alone(server: ServerProcess, requests: Requests, size: Size) -> Timed:
    return await timed(Load(requests.singles("spread")), server.port, AT, warm=size.seconds / 4, seconds=size.seconds)


def _p99(result: Timed) -> float:
    return result.p99_ms


async def _overload(
    server: ServerProcess, requests: Requests, size: Size, url: str, progress: Progress
) -> dict[str, Any]:
    """Ten times what the line takes: how many were done, how fast, and whether each of them is stored."""
    task = progress.add_task("overload", total=2)
    capacity = await timed(Load(requests.singles("spread")), server.port, LINE, warm=1, seconds=size.seconds)
    progress.advance(task)
    load = Load(requests.singles("spread", "bench.over"))
    ended = asyncio.ensure_future(put(load, server.port, OVER))
    await asyncio.sleep(2 * size.seconds)
    load.stopping = True
    await ended
    result = _timed(load, 2 * size.seconds)
    progress.advance(task)
    return {
        "capacity_per_second": capacity.per_second,
        "asked_per_second": round(sum(result.statuses.values()) / (2 * size.seconds)),
        "accepted": result,
        "broken": load.broken,
        "other_answers": sum(count for status, count in result.statuses.items() if status not in ("201", "429")),
        "lost_or_doubled": abs(result.statuses["201"] - await _count(url, "bench.over")),
        "p99_ratio": round(result.p99_ms / capacity.p99_ms, 2),
    }


def _timed(load: Load, seconds: float) -> Timed:
    return Timed.of(load.seconds, seconds)


async def _count(url: str, code: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval("SELECT count(*) FROM transfer WHERE book = $1 AND code = $2", BOOK, code)
    finally:
        await connection.close()


def _figures(measured: Measured) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    for (name, pattern, level), results in measured.items():
        figures.setdefault(name, {})[f"{pattern}_{level}"] = {
            "per_second": _middle(measured, name, pattern, level),
            "p50_ms": _middle(measured, name, pattern, level, "p50_ms"),
            "p99_ms": _middle(measured, name, pattern, level, "p99_ms"),
            "spread": spread([result.per_second for result in results]),
        }
    return figures


def _middle(measured: Measured, name: str, pattern: str, level: int, figure: str = "per_second") -> float:
    return round(median(getattr(result, figure) for result in measured[name, pattern, level]), 3)


def _bars(measured: Measured, over: dict[str, Any], beside: dict[str, Any]) -> list[Bar]:
    def rate(name: str, pattern: str = "spread") -> float:
        return _middle(measured, name, pattern, AT)

    tail = _middle(measured, US, "spread", AT, "p99_ms") / _middle(measured, US, "spread", AT, "p50_ms")
    alone = [_middle(measured, name, "spread", 1, "p50_ms") for name in (US, "orm")]
    return [
        Bar("spread at 64 / ORM", rate(US) / rate("orm"), 6),
        Bar("spread at 64 / statement", rate(US) / rate("statement"), 1.3),
        Bar("hot at 64 / statement", rate(US, "hot") / rate("statement", "hot"), 3),
        Bar("p99 / p50 at 64", tail, 5, at_most=True),
        Bar("p50 with one connection / ORM", alone[0] / alone[1], 1, at_most=True),
        Bar("answers but 201 and 429 under overload", over["other_answers"] + over["broken"], 0, at_most=True),
        Bar("lost or doubled under overload", over["lost_or_doubled"], 0, at_most=True),
        Bar("accepted p99 under overload / p99 at capacity", over["p99_ratio"], 10, at_most=True),
        Bar("p99 beside an import / alone", beside["p99_ratio"], 4, at_most=True),
        Bar("import lines lost", beside["lines_lost"], 0, at_most=True),
    ]
