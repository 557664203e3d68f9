"""``canglian bench posting``: durable transfers a second through the engine, against COPY alone and against SQL.

Every measurement posts movements between 100,000 accounts that may not go below zero, on one PostgreSQL with fsync
on. *Engine*: bulk commands of 1,024 lines, batches of up to 8,192, every line with its own balance check, running
balances, command log and audit chain; also one command a transfer. *Ceiling*: binary COPY alone of the rows that the
engine has just written, into a table with the same indexes and the same history, on one connection, 8,192 rows a
transaction. *Baseline*: one SQL statement a transfer that locks both balances in order, checks, moves and inserts, on
20 connections, without log or chain. The rounds are interleaved and the medians are compared.
"""

import asyncio
import itertools
import random
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import uvloop

from canglian.kernel import Engine
from canglian.ledger.bench.ground import (
    BOOK,
    LINES,
    bars,
    flush_microseconds,
    fresh_postgres,
    open_accounts,
    running_engine,
)
from canglian.ledger.bench.report import Bar, Report, median, spread
from canglian.ledger.commands import Line, PostTransfer, PostTransfers

Pairs = list[tuple[int, int]]

BATCH = 8192
CONNECTIONS = 20
IN_FLIGHT = 24
"""Bulk commands waiting at a time: three batches."""

_BASELINE = """
WITH locked AS MATERIALIZED (
    SELECT account, credits - debits - debits_held AS available FROM base_balance
    WHERE book = $1 AND account IN ($2, $3) ORDER BY account FOR UPDATE
), moved AS (
    UPDATE base_balance AS b SET
        debits = debits + CASE WHEN account = $2 THEN $4 ELSE 0 END,
        credits = credits + CASE WHEN account = $3 THEN $4 ELSE 0 END,
        entries = entries + 1
    WHERE b.book = $1 AND b.account IN ($2, $3)
      AND EXISTS (SELECT FROM locked WHERE account = $2 AND available >= $4)
    RETURNING account, debits - credits AS net
)
INSERT INTO base_transfer (book, id, debit, credit, amount, asset, code, date, happened_at, booked_at,
                           debit_balance, credit_balance, command, flags)
SELECT $1, nextval('base_transfer_id'), $2, $3, $4, 'CNY', 'bench.move', current_date, now(), now(), d.net, c.net, 0, 0
FROM moved AS d, moved AS c WHERE d.account = $2 AND c.account = $3
RETURNING id
"""


class Size(msgspec.Struct, frozen=True):
    """How much is measured: so many rounds of so many transfers each between so many accounts."""

    rounds: int
    each: int
    accounts: int = 100_000


FULL = Size(rounds=5, each=400_000)
QUICK = Size(rounds=3, each=100_000)
TINY = Size(rounds=1, each=2_000, accounts=1_000)


def run(folder: Path, size: Size) -> Report:
    """Measure in a database of its own below ``folder``."""
    with fresh_postgres(folder) as postgres:
        return uvloop.run(_measure(postgres.url, folder, size))


async def _measure(url: str, folder: Path, size: Size) -> Report:
    rates: defaultdict[str, list[float]] = defaultdict(list)
    flushes: list[float] = []
    with bars() as progress:
        async with running_engine(url) as (engine, _store):
            numbers, _source = await open_accounts(engine, size.accounts, progress)
            connection = await asyncpg.connect(url)
            await _prepare(connection)
            task = progress.add_task("measuring", total=size.rounds * 7)
            patterns = _patterns(numbers, size.each)
            for _ in range(size.rounds):
                flushes.append(flush_microseconds(folder))
                async for name, rate in _round(engine, connection, url, patterns):
                    rates[name].append(rate)
                    progress.advance(task)
            await connection.close()
    return _report(rates, median(flushes))


async def _round(
    engine: Engine, connection: Any, url: str, patterns: dict[str, Pairs]
) -> AsyncGenerator[tuple[str, float]]:
    """Everything once, neighbours in time being those that are compared."""
    each = len(patterns["uniform"])
    yield "zipf", await _bulk(engine, patterns["zipf"])
    yield "uniform", await _bulk(engine, patterns["uniform"])
    yield "ceiling", await _ceiling(connection, each)
    yield "hot", await _bulk(engine, patterns["hot"])
    yield "single", await single(engine, patterns["uniform"][: each // 4])
    for name in ("uniform", "hot"):
        yield f"baseline_{name}", await _baseline(url, patterns[name][: each // 8])


def _report(rates: dict[str, list[float]], flush: float) -> Report:
    middle = {name: median(values) for name, values in rates.items()}
    figures: dict[str, Any] = {f"{name}_per_second": round(value) for name, value in middle.items()}
    figures["spread"] = {name: spread(values) for name, values in rates.items()}
    figures["flush_microseconds"] = flush
    return Report(
        "posting",
        figures,
        [
            Bar("uniform / ceiling", middle["uniform"] / middle["ceiling"], 0.55),
            Bar("uniform / baseline", middle["uniform"] / middle["baseline_uniform"], 4),
            Bar("hot / baseline hot", middle["hot"] / middle["baseline_hot"], 4),
            Bar("zipf / uniform", middle["zipf"] / middle["uniform"], 1),
            Bar("hot / uniform", middle["hot"] / middle["uniform"], 1),
        ],
    )


def _patterns(numbers: list[int], each: int) -> dict[str, Pairs]:
    """Who pays whom: uniform; Zipf with s = 1 on both sides; all debits from ten accounts."""
    chance = random.Random(20260105)  # noqa: S311 - the same movements in every run
    shuffled = chance.sample(numbers, len(numbers))
    weights = list(itertools.accumulate(1 / rank for rank in range(1, len(numbers) + 1)))
    payees = chance.choices(numbers, k=each)
    zipf = chance.choices(shuffled, cum_weights=weights, k=2 * each)
    return {
        "uniform": distinct(zip(chance.choices(numbers, k=each), payees, strict=True), numbers),
        "zipf": distinct(zip(zipf[:each], zipf[each:], strict=True), numbers),
        "hot": distinct(zip(chance.choices(numbers[:10], k=each), payees, strict=True), numbers),
    }


def uniform(numbers: list[int], each: int) -> Pairs:
    """Pairs of accounts at random, the same ones in every run."""
    chance = random.Random(20260105)  # noqa: S311 - the same movements in every run
    payers, payees = chance.choices(numbers, k=each), chance.choices(numbers, k=each)
    return distinct(zip(payers, payees, strict=True), numbers)


def distinct(pairs: Any, numbers: list[int]) -> Pairs:
    """The pairs, but nobody pays themselves."""
    return [(payer, payee if payee != payer else numbers[payee % len(numbers)]) for payer, payee in pairs]


async def _bulk(engine: Engine, pairs: Pairs) -> float:
    chunks = iter([pairs[start : start + LINES] for start in range(0, len(pairs), LINES)])

    async def client() -> None:
        for chunk in chunks:
            lines = [Line(debit=payer, credit=payee, amount=1, code="bench.move") for payer, payee in chunk]
            posted = await engine.execute(BOOK, PostTransfers(lines=lines), actor="bench")
            assert posted.refused == 0, posted.errors[:1]

    return await _rate(len(pairs), lambda: asyncio.gather(*(client() for _ in range(IN_FLIGHT))))


async def single(engine: Engine, pairs: Pairs) -> float:
    """Transfers a second, each of them a command of its own: what other benchmarks are held against."""

    async def client(mine: Pairs) -> None:
        for start in range(0, len(mine), BATCH):
            await asyncio.gather(
                *(
                    engine.execute(BOOK, PostTransfer(debit=a, credit=b, amount=1, code="bench.move"), actor="bench")
                    for a, b in mine[start : start + BATCH]
                )
            )

    half = len(pairs) // 2
    return await _rate(len(pairs), lambda: asyncio.gather(client(pairs[:half]), client(pairs[half:])))


async def _rate(count: int, work: Callable[[], Awaitable[Any]]) -> float:
    start = time.perf_counter()
    await work()
    return count / (time.perf_counter() - start)


async def _prepare(connection: Any) -> None:
    await connection.execute(
        "CREATE TABLE ceiling (LIKE transfer INCLUDING ALL);"
        "CREATE TABLE base_transfer (LIKE transfer INCLUDING ALL); CREATE SEQUENCE base_transfer_id CACHE 100;"
        "CREATE TABLE base_balance (LIKE balance INCLUDING ALL) WITH (fillfactor = 50);"
        "INSERT INTO base_balance SELECT * FROM balance; ANALYZE base_balance;"
    )


async def _ceiling(connection: Any, each: int) -> float:
    """COPY of the last rows on top of all earlier ones, so that the indexes are as large as the engine's were."""
    first = await connection.fetchval("SELECT max(id) - $1 + 1 FROM transfer", each)
    last = await connection.fetchval("SELECT coalesce(max(id), 0) FROM ceiling")
    await connection.execute("INSERT INTO ceiling SELECT * FROM transfer WHERE id > $1 AND id < $2", last, first)
    rows = [tuple(row) for row in await connection.fetch("SELECT * FROM transfer WHERE id >= $1 ORDER BY id", first)]

    async def copy() -> None:
        for start in range(0, len(rows), BATCH):
            await connection.copy_records_to_table("ceiling", records=rows[start : start + BATCH])

    return await _rate(len(rows), copy)


async def _baseline(url: str, pairs: Pairs) -> float:
    pool = await asyncpg.create_pool(url, min_size=CONNECTIONS, max_size=CONNECTIONS)
    left = iter(pairs)

    async def client() -> None:
        async with pool.acquire() as connection:
            statement = await connection.prepare(_BASELINE)
            for payer, payee in left:
                assert await statement.fetchval(BOOK, payer, payee, 1) is not None

    try:
        return await _rate(len(pairs), lambda: asyncio.gather(*(client() for _ in range(CONNECTIONS))))
    finally:
        await pool.close()
