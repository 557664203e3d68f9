"""``canglian bench payment``: a payment from two sources with limits, fee and a three-way split, against an ORM.

One request opens an order of a merchant, has it paid by a person's e-CNY wallet of tier 2 and e-wallet on a Class II
account, takes the fee with its tax, and gives three other merchants their shares: order, payment, two lines, three
shares, about eight transfers, limits counted, an idempotency record. *Engine*: 64 clients in this process, each waiting
for its answer; the version of the PIN was looked at before, as by every face. *ORM*: the same 64 clients, one
SQLAlchemy transaction a request on a pool of 20 (``rival.py``). *HTTP*: 64 connections each to the product as
``canglian serve`` starts it and to the same ORM code behind plain ASGI, with two pay codes that were shown, since a PIN
costs both sides the same hash. People, merchants and receivers are taken at random; *hot* has one merchant for all. The
rounds are interleaved and the medians are compared.

People and codes are put into the database by COPY, and every person pays once before anything is measured. At the end
every acknowledged payment is looked for, limits are held against what moved, and balances against what there was.
"""

import asyncio
import itertools
import random
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import uvloop
from rich.progress import Progress

from canglian.bank.approval import Book
from canglian.bank.payment import Receiver, SourceUse
from canglian.bank.payment.bench import rival
from canglian.bank.payment.bench.rival import Asked, Rival
from canglian.bank.payment.bench.street import FIRST_SHARE, FUNDS, Payer, Street, build
from canglian.bank.payment.commands import CreatePayment
from canglian.kernel import Engine
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger import AUDITED
from canglian.ledger.bench.ground import BOOK, bars, flush_microseconds, fresh_postgres
from canglian.ledger.bench.load import Load, Numbered, put, request, timed
from canglian.ledger.bench.product import Installation, Product
from canglian.ledger.bench.report import Bar, Report, median, percentile, spread
from canglian.ledger.bench.rivals import standing
from canglian.ledger.bench.server_process import ServerProcess
from canglian.web.services import Services

IN_FLIGHT = 64
AMOUNT_MIN, AMOUNT_MAX = 5_000, 9_999
SHARES = (1_000, 800, 500)
"""What the three receivers get, in basis points."""
PATTERNS = ("spread", "hot")
SIDES = ("engine", "orm")

_SUBJECT = "鲜果一篮"
_encode = msgspec.json.Encoder().encode

Pay = Callable[[str, Asked], Awaitable[None]]


class Size(msgspec.Struct, frozen=True):
    """How much is measured: rounds of so many seconds for each side and pattern, among so many people and merchants.

    ``codes`` are the pay codes that each person has shown for each wallet: so many times they pay over HTTP at most.
    """

    rounds: int
    seconds: float
    payers: int
    merchants: int
    codes: int


FULL = Size(rounds=5, seconds=4, payers=5_000, merchants=500, codes=20)
QUICK = Size(rounds=2, seconds=2, payers=2_000, merchants=200, codes=20)
TINY = Size(rounds=1, seconds=1, payers=100, merchants=20, codes=20)


class Measured:
    """Rates and times by side and pattern, and the numbers of the orders whose payment was acknowledged."""

    def __init__(self) -> None:
        self.rates: defaultdict[str, list[float]] = defaultdict(list)
        self.ms: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
        self.acknowledged: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.refused: Counter[str] = Counter()


def run(folder: Path, size: Size, product: Product) -> Report:
    """Measure in a database of its own below ``folder``."""
    with fresh_postgres(folder, product.packages) as postgres, bars() as progress:
        return uvloop.run(_measure(postgres.url, folder, size, product, progress))


async def _measure(url: str, folder: Path, size: Size, product: Product, progress: Progress) -> Report:
    streets: list[Street] = []

    async def fill(services: Services) -> None:
        streets.append(await build(services, url, size.merchants, size.payers, size.codes))

    installation = await product.install(url, folder, fill)
    requests, measured = Requests(streets[0], installation), Measured()
    store = await PostgresStore.open(url)
    await rival.prepare(url, (await store.state(BOOK)).today, streets[0].payers)
    try:
        await _in_process(url, store, requests, size, measured, progress)
        await _over_http(url, folder, size, product, installation, requests, measured, progress)
        apart = await _apart(store, measured)
    finally:
        await store.close()
    return _report(size, measured, apart, flush_microseconds(folder))


# -- what is asked for ---------------------------------------------------------------------------------------------


class Requests:
    """Payments of people at random, each with a number of its own."""

    def __init__(self, street: Street, installation: Installation) -> None:
        self.street = street
        self._token = installation.token
        self._chance = random.Random(20260105)  # noqa: S311 - the same payments in every run
        self._number = itertools.count()
        self._turns: Counter[str] = Counter()

    def by_wallets(self, pattern: str, payer: Payer | None = None) -> Asked:
        """One with the PIN that was looked at."""
        payer = self._chance.choice(self.street.payers) if payer is None else payer
        return self._asked(pattern, wallets=[(payer.ecny, FIRST_SHARE), (payer.ewallet, None)], pin=1)

    def by_codes(self, side: str, pattern: str, sent: dict[int, str]) -> Iterator[Numbered]:
        """Requests with two pay codes, everybody in turn, until the codes are used up; ``sent`` gets their numbers."""
        payers = self.street.payers
        while (turn := self._turns[side]) < len(payers) * len(payers[0].codes):
            self._turns[side] += 1
            codes = payers[turn % len(payers)].codes[turn // len(payers)]
            asked = self._asked(pattern, codes=list(codes))
            sent[turn] = asked.number
            body = _encode({name: value for name, value in msgspec.to_builtins(asked).items() if value})
            yield turn, request("/v1/payments", f"{side}-{asked.number}", body, self._token)

    def _asked(self, pattern: str, **fields: Any) -> Asked:
        merchants = self.street.merchants
        merchant = merchants[0] if pattern == "hot" else self._chance.choice(merchants)
        shops: list[str] = []
        while len(shops) < len(SHARES):
            shop = self._chance.choice(merchants)
            if shop != merchant and shop not in shops:
                shops.append(shop)
        receivers = [rival.Receiver(shop, share) for shop, share in zip(shops, SHARES, strict=True)]
        amount = self._chance.randint(AMOUNT_MIN, AMOUNT_MAX)
        return Asked(merchant, f"b-{next(self._number)}", _SUBJECT, amount, receivers, **fields)


def _command(asked: Asked) -> CreatePayment:
    return CreatePayment(
        merchant=asked.merchant,
        number=asked.number,
        subject=asked.subject,
        amount=asked.amount,
        channel="mobile",
        sources=tuple(SourceUse(item=wallet, most=most, pin=asked.pin) for wallet, most in asked.wallets),
        receivers=tuple(
            Receiver(merchant=receiver.merchant, share_bps=receiver.share_bps) for receiver in asked.receivers
        ),
    )


# -- in this process -----------------------------------------------------------------------------------------------


async def _in_process(
    url: str, store: PostgresStore, requests: Requests, size: Size, measured: Measured, progress: Progress
) -> None:
    engine, orm = Engine(store, Book, audited=AUDITED, queue_max=100_000), await Rival.open(url)
    sides = {"engine": _by_engine(engine, measured), "orm": _by_orm(orm, measured)}
    for pay in sides.values():
        waiting = iter(requests.street.payers)
        await asyncio.gather(*(_everybody(pay, requests, waiting) for _ in range(IN_FLIGHT)))
    task = progress.add_task("engine and ORM", total=size.rounds * len(PATTERNS) * len(sides))
    for _ in range(size.rounds):
        for pattern in PATTERNS:
            for side, pay in sides.items():
                rate, times = await _round(pay, requests, pattern, size.seconds)
                measured.rates[f"{side}_{pattern}"].append(rate)
                measured.ms[f"{side}_{pattern}"].append((percentile(times, 0.5) * 1000, percentile(times, 0.99) * 1000))
                progress.advance(task)
    await engine.stop()
    await orm.close()


def _by_engine(engine: Engine, measured: Measured) -> Pay:
    async def pay(key: str, asked: Asked) -> None:
        (await engine.submit(BOOK, _command(asked), actor="bench", key=key)).unwrap()
        measured.acknowledged["engine"][asked.number] += 1

    return pay


def _by_orm(orm: Rival, measured: Measured) -> Pay:
    async def pay(key: str, asked: Asked) -> None:
        if (await orm.post(key, asked)).transfer is None:
            raise RuntimeError("the ORM refused a payment")
        measured.acknowledged["orm"][asked.number] += 1

    return pay


async def _everybody(pay: Pay, requests: Requests, payers: Iterator[Payer]) -> None:
    """Everybody pays once."""
    for payer in payers:
        asked = requests.by_wallets("spread", payer)
        await pay(f"warm-{asked.number}", asked)


async def _round(pay: Pay, requests: Requests, pattern: str, seconds: float) -> tuple[float, list[float]]:
    """Some seconds of one side and pattern: payments a second, and how long each took."""
    times: list[float] = []
    begun = time.perf_counter()

    async def client() -> None:
        while (sent := time.perf_counter()) < begun + seconds:
            asked = requests.by_wallets(pattern)
            await pay(f"round-{asked.number}", asked)
            times.append(time.perf_counter() - sent)

    await asyncio.gather(*(client() for _ in range(IN_FLIGHT)))
    return len(times) / (time.perf_counter() - begun), times


# -- over HTTP -----------------------------------------------------------------------------------------------------


async def _over_http(
    url: str,
    folder: Path,
    size: Size,
    product: Product,
    installation: Installation,
    requests: Requests,
    measured: Measured,
    progress: Progress,
) -> None:
    with ExitStack() as stack:
        servers = {
            "engine": stack.enter_context(product.served(installation.environment, folder)),
            "orm": stack.enter_context(standing(rival.__name__, url, installation.token, folder)),
        }
        for side, count in (("engine", size.payers), ("orm", 4 * IN_FLIGHT)):
            warm = Http(requests, side, "spread", measured)
            await put(Load(itertools.islice(warm.requests, count), warm.answered), servers[side].port, IN_FLIGHT)
        task = progress.add_task("over HTTP", total=size.rounds * len(PATTERNS) * len(servers))
        for _ in range(size.rounds):
            for pattern in PATTERNS:
                for side, server in servers.items():
                    await _http_round(server, Http(requests, side, pattern, measured), size.seconds)
                    progress.advance(task)


class Http:
    """Requests of one side and pattern, and what was answered."""

    def __init__(self, requests: Requests, side: str, pattern: str, measured: Measured) -> None:
        self.name = f"http_{side}_{pattern}"
        self.measured = measured
        self._side = side
        self._sent: dict[int, str] = {}
        self.requests = requests.by_codes(side, pattern, self._sent)

    def answered(self, number: int, status: int, body: bytes) -> None:
        """Note a payment that was acknowledged."""
        if status == 201:
            self.measured.acknowledged[self._side][self._sent[number]] += 1
        else:
            self.measured.refused[f"{self.name}: {status} {body[:200].decode(errors='replace')}"] += 1


async def _http_round(server: ServerProcess, http: Http, seconds: float) -> None:
    load = Load(http.requests, http.answered)
    result = await timed(load, server.port, IN_FLIGHT, warm=seconds / 4, seconds=seconds)
    http.measured.rates[http.name].append(result.per_second)
    http.measured.ms[http.name].append((result.p50_ms, result.p99_ms))


# -- what came of it -----------------------------------------------------------------------------------------------


_PAID = """
SELECT o.number FROM {0}payment_order o JOIN {0}payment p ON p.book = o.book AND p.id = o.payment AND p.state = 'paid'
WHERE o.book = $1 AND (SELECT sum(l.captured) FROM {0}payment_line l WHERE l.book = $1 AND l.payment = p.id) = o.amount
AND (SELECT count(*) FROM {0}split_share s WHERE s.book = $1 AND s.payment = p.id AND s.state = 'done') = 3
"""
"""Orders that are paid, by lines that sum up, and split."""

_FIGURES = {
    "moved": "SELECT sum(captured)::bigint FROM payment_line WHERE book = $1",
    "counted": "SELECT sum(value::bigint)::bigint FROM limit_tally, jsonb_each_text(used) "
    "WHERE book = $1 AND key LIKE '%:day_sum:%'",
    "orm_moved": "SELECT sum(captured)::bigint FROM orm_payment_line WHERE book = $1",
    "orm_counted": "SELECT sum(used)::bigint FROM orm_counter WHERE book = $1 AND period LIKE 'day:%'",
    "wallets": "SELECT sum(b.credits - b.debits)::bigint FROM wallet w "
    "JOIN balance b ON b.book = w.book AND b.account = w.account WHERE w.book = $1",
    "all": "SELECT sum(credits - debits)::bigint FROM balance WHERE book = $1",
    "posted": "SELECT sum(amount)::bigint FROM transfer WHERE book = $1 AND code = 'payment.paid'",
    "split": "SELECT sum(amount)::bigint FROM transfer WHERE book = $1 AND code = 'payment.split'",
    "shares": "SELECT sum(amount)::bigint FROM split_share WHERE book = $1",
    "fees": "SELECT sum(amount)::bigint FROM transfer WHERE book = $1 AND code IN ('payment.fee', 'payment.tax')",
    "charged": "SELECT sum(fee)::bigint FROM payment WHERE book = $1",
    "people": "SELECT count(*)::bigint FROM wallet WHERE book = $1",
}


async def _apart(store: PostgresStore, measured: Measured) -> dict[str, int]:
    """Every acknowledged payment against what is stored, limits against what moved, balances against the beginning."""
    apart: Counter[str] = Counter()
    for side, prefix in zip(SIDES, ("", "orm_"), strict=True):
        stored = Counter(row[0] for row in await store.pool.fetch(_PAID.format(prefix), BOOK))
        wanted = measured.acknowledged[side]
        apart["lost"] += sum((wanted - stored).values())
        apart["doubled"] += sum((stored - wanted).values())
        apart["payments"] += len(stored)
    found = {name: await store.pool.fetchval(sql, BOOK) or 0 for name, sql in _FIGURES.items()}
    apart["counted"] += abs(found["moved"] - found["counted"]) + abs(found["orm_moved"] - found["orm_counted"])
    began = found["people"] * FUNDS
    apart["money"] += abs(found["all"] - began) + abs(began - found["wallets"] - found["moved"])
    apart["money"] += abs(found["posted"] - found["moved"]) + abs(found["split"] - found["shares"])
    apart["money"] += abs(found["fees"] - found["charged"])
    return apart


def _report(size: Size, measured: Measured, apart: dict[str, int], flush: float) -> Report:
    middle = {name: median(values) for name, values in measured.rates.items()}
    figures: dict[str, Any] = {f"{name}_per_second": round(value) for name, value in middle.items()}
    figures["spread"] = {name: spread(values) for name, values in measured.rates.items()}
    figures["ms_50_99"] = {
        name: [round(median(column), 2) for column in zip(*pairs, strict=True)] for name, pairs in measured.ms.items()
    }
    figures |= {"payers": size.payers, "merchants": size.merchants, "in_flight": IN_FLIGHT}
    figures |= {"payments": apart["payments"], "refused": dict(measured.refused.most_common(3))}
    figures["flush_microseconds"] = flush
    return Report(
        "payment",
        figures,
        [
            Bar("spread / ORM", middle["engine_spread"] / middle["orm_spread"], 10),
            Bar("spread over HTTP / ORM over HTTP", middle["http_engine_spread"] / middle["http_orm_spread"], 5),
            Bar("hot merchant / spread", middle["engine_hot"] / middle["engine_spread"], 0.9),
            Bar("refused or broken off", sum(measured.refused.values()), 0, at_most=True),
            Bar("lost", apart["lost"], 0, at_most=True),
            Bar("doubled", apart["doubled"], 0, at_most=True),
            Bar(
                "fen counted against limits but not moved, or moved but not counted", apart["counted"], 0, at_most=True
            ),
            Bar("fen that came from nowhere or went there", apart["money"], 0, at_most=True),
        ],
    )
