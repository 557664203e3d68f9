"""``canglian bench chain``: vouchers split and financed, 64 in flight, against two ways of one transaction a request.

Half of the requests split a voucher into two parts, half have a whole one financed: a discount, three transfers and the
money in the supplier's account. Each is signed (the version of the PIN was looked at before) and has an idempotency
key. *Engine*: 64 clients in this process, each waiting for its answer. *Statements*: the same 64 clients, one
transaction of prepared statements a request on a pool of 20 (``rival.py``). *ORM*: the same as one SQLAlchemy
transaction a request (``orm.py``). The rounds are interleaved, the medians are compared, after each side has run
unmeasured; no voucher is asked for twice.

At the end every acknowledged request is looked for, the parts of what was split are held against its face, and what
suppliers have against what they had and were paid.
"""

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import uvloop

from canglian.bank.approval import Book
from canglian.bank.chain.bench import orm, rival
from canglian.bank.chain.bench.ground import FACE, Chain, lay
from canglian.bank.chain.bench.orm import Orm
from canglian.bank.chain.bench.rival import Rival
from canglian.bank.chain.commands import FinanceVoucher, SplitVoucher
from canglian.kernel import Engine
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger import AUDITED
from canglian.ledger.bench.ground import BOOK, bars, flush_microseconds, fresh_postgres
from canglian.ledger.bench.product import Product
from canglian.ledger.bench.report import Bar, Report, median, percentile, spread
from canglian.web.services import Services

IN_FLIGHT = 64
TIMES_MIN = 8
"""How many times as many requests as one transaction of an ORM each does: the bar of drawdowns of loans."""

SIDES = ("engine", "statements", "orm")
TABLES = (("", "balance"), (rival.PREFIX, f"{rival.PREFIX}balance"), (orm.PREFIX, "orm_balance"))
"""For each side the prefix of its tables of vouchers, and its table of balances."""

Ask = Callable[[str, str, str, bool], Awaitable[None]]
"""Split (or have financed) a voucher under a key; the wallet signs."""


class Size(msgspec.Struct, frozen=True):
    """Rounds of so many seconds for each side, among so many suppliers with so many vouchers in all."""

    rounds: int
    seconds: float
    suppliers: int
    vouchers: int


FULL = Size(rounds=5, seconds=3, suppliers=2_000, vouchers=120_000)
QUICK = Size(rounds=3, seconds=2, suppliers=1_000, vouchers=50_000)
TINY = Size(rounds=1, seconds=0.3, suppliers=20, vouchers=4_000)


def run(folder: Path, size: Size, product: Product) -> Report:
    """Measure in a database of its own below ``folder``."""
    with fresh_postgres(folder, product.packages) as postgres, bars() as progress:
        task = progress.add_task("vouchers", total=len(SIDES) * size.rounds)
        figures, held_to = uvloop.run(_measure(postgres.url, folder, size, product, lambda: progress.advance(task)))
        figures["flush_microseconds"] = flush_microseconds(folder)
    return Report("chain", figures, held_to)


async def _measure(
    url: str, folder: Path, size: Size, product: Product, advance: Callable[[], None]
) -> tuple[dict[str, Any], list[Bar]]:
    laid: list[Chain] = []

    async def fill(services: Services) -> None:
        laid.append(await lay(services, url, size.suppliers, size.vouchers))

    await product.install(url, folder, fill)
    (chain,) = laid
    await rival.prepare(url)
    await orm.prepare(url)
    store = await PostgresStore.open(url)
    engine = Engine(store, Book, audited=AUDITED, queue_max=100_000)
    statements, mapped = await Rival.open(url, chain.today), Orm(url, chain.today)
    done: defaultdict[str, dict[str, bool]] = defaultdict(dict)
    sides: dict[str, Ask] = {"engine": _by_engine(engine), "statements": statements.ask, "orm": mapped.ask}
    waiting = {side: iter(chain.vouchers) for side in SIDES}
    rates: defaultdict[str, list[float]] = defaultdict(list)
    delays: defaultdict[str, list[float]] = defaultdict(list)
    try:
        for side, ask in sides.items():
            await _round(ask, waiting[side], done[side], size.seconds / 2, f"{side}-warm")
        for turn in range(size.rounds):
            for side, ask in sides.items():
                rate, times = await _round(ask, waiting[side], done[side], size.seconds, f"{side}-{turn}")
                rates[side].append(rate)
                delays[side] += times
                advance()
        apart = await _apart(store, done, chain)
    finally:
        await engine.stop()
        await statements.close()
        await mapped.close()
        await store.close()
    middle = {side: median(rates[side]) for side in SIDES}
    figures = {
        "per_second": {side: round(middle[side]) for side in SIDES},
        "times_statements": round(middle["engine"] / middle["statements"], 2),
        "spread": {side: spread(rates[side]) for side in SIDES},
        "ms_50_99": {side: [round(percentile(delays[side], part) * 1000, 1) for part in (0.5, 0.99)] for side in SIDES},
        "split": {side: sum(done[side].values()) for side in SIDES},
        "financed": {side: len(done[side]) - sum(done[side].values()) for side in SIDES},
        "suppliers": size.suppliers,
    }
    return figures, [
        Bar(
            "splits and financings a second / one transaction of an ORM a request",
            middle["engine"] / middle["orm"],
            TIMES_MIN,
        ),
        Bar("vouchers lost, doubled, or beside face and account", apart, 0, at_most=True),
    ]


def _by_engine(engine: Engine) -> Ask:
    async def ask(key: str, voucher: str, wallet: str, split: bool) -> None:
        signed: dict[str, Any] = {"voucher": voucher, "channel": "mobile", "wallet": wallet, "pin": 1}
        command: Any = FinanceVoucher(**signed)
        if split:
            command = SplitVoucher(parts=[FACE // 4, FACE - FACE // 4], **signed)
        (await engine.submit(BOOK, command, actor="bench", key=key)).unwrap()

    return ask


async def _round(
    ask: Ask, vouchers: Iterator[tuple[str, str]], done: dict[str, bool], seconds: float, key: str
) -> tuple[float, list[float]]:
    """Some seconds of one side: requests a second, and how long each took."""
    chance, times = random.Random(key), list[float]()  # noqa: S311 - the same in every run
    begun = time.perf_counter()

    async def client() -> None:
        while (sent := time.perf_counter()) < begun + seconds:
            voucher, wallet = next(vouchers, ("", ""))
            if not voucher:
                return
            split = chance.random() < 0.5
            await ask(f"{key}-{voucher}", voucher, wallet, split)
            done[voucher] = split
            times.append(time.perf_counter() - sent)

    await asyncio.gather(*(client() for _ in range(IN_FLIGHT)))
    return len(times) / (time.perf_counter() - begun), times


async def _apart(store: PostgresStore, done: dict[str, dict[str, bool]], chain: Chain) -> int:
    """Vouchers that are not what was acknowledged, fen of parts beside a face, and of accounts beside what was paid."""
    apart = 0
    for side, (prefix, balance) in zip(SIDES, TABLES, strict=True):
        sql = f"SELECT id, state FROM {prefix}voucher WHERE book = $1 AND parent IS NULL AND state <> 'accepted'"
        stored = {row[0]: row[1] == "split" for row in await store.pool.fetch(sql, BOOK)}
        apart += len(stored.items() ^ done[side].items())
        parts = (
            f"SELECT count(*) FROM (SELECT v.id FROM {prefix}voucher v JOIN {prefix}voucher p ON p.book = $1 "
            "AND p.parent = v.id WHERE v.book = $1 GROUP BY v.id, v.face, v.parts "
            "HAVING sum(p.face) <> v.face OR count(*) <> v.parts) AS wrong"
        )
        apart += await store.pool.fetchval(parts, BOOK)
        paid = f"SELECT coalesce(sum(advance - discount), 0)::bigint FROM {prefix}voucher_financing WHERE book = $1"
        has = f"SELECT sum(credits - debits)::bigint FROM {balance} WHERE book = $1 AND account = ANY($2::bigint[])"
        money = await store.pool.fetchval(has, BOOK, chain.accounts) - chain.funds
        apart += abs(money - await store.pool.fetchval(paid, BOOK))
    return apart
