"""Drawdowns through the engine at 64 in flight, against one transaction a request.

Each takes from the limit of a customer at random, makes the plan of twelve instalments, opens an account for the
principal, pays out to the customer's e-wallet, and keeps loan, plan and transaction under an idempotency key. *Engine*:
64 clients in this process, each waiting for its answer; the version of the PIN was looked at before, as by every face.
*ORM*: the same 64 clients, one SQLAlchemy transaction a request on a pool of 20 (``rival.py``). The rounds are
interleaved and the medians are compared; everybody has drawn once on each side before anything is measured.

At the end every acknowledged drawdown is looked for, limits are held against what was drawn, and wallets against what
they had and were paid.
"""

import asyncio
import itertools
import random
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import asyncpg
import msgspec

from canglian.bank.approval import Book
from canglian.bank.credit.applications.model import ApplicationState, CreditApplication
from canglian.bank.credit.bench.lives import MONTHS, products
from canglian.bank.credit.bench.rival import PREFIX, Drawing, Rival, prepare
from canglian.bank.credit.facilities.model import Facility, FacilityState, SubLimit
from canglian.bank.credit.loans.commands import DrawLoan
from canglian.bank.credit.products.model import LoanProduct
from canglian.bank.payment.bench.street import FUNDS, Street, build
from canglian.kernel import Engine
from canglian.kernel.encoding import encode
from canglian.kernel.entity import Entity
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.postgres.writing import copy
from canglian.kernel.values import utc_now
from canglian.ledger import AUDITED
from canglian.ledger.bench.ground import BOOK
from canglian.ledger.bench.report import Bar, median, percentile, spread
from canglian.web.services import Services

IN_FLIGHT = 64
AMOUNT_MIN, AMOUNT_MAX = 1_000_00, 9_999_00
LIMIT = 100_000_000_00
UNTIL = date(2027, 1, 5)
SIDES = ("engine", "orm")
TIMES_MIN = 8
"""How many times as many drawdowns as one transaction a request does."""

Draw = Callable[[str, Drawing], Awaitable[None]]


class Drawings(msgspec.Struct, frozen=True):
    """Rounds of so many seconds for each side, among so many customers."""

    rounds: int
    seconds: float
    customers: int


async def people(services: Services, url: str, size: Drawings) -> Street:
    """Customers with e-wallets, before anything else is in the book."""
    return await build(services, url, 1, size.customers, 0)


async def measure(
    url: str, street: Street, size: Drawings, advance: Callable[[int], None]
) -> tuple[dict[str, Any], list[Bar]]:
    """Draw on both sides; ``advance`` is called with every round."""
    store = await PostgresStore.open(url)
    today = (await store.state(BOOK)).today
    wallets = [payer.ewallet for payer in street.payers]
    product = products(utc_now())[0].replace(code="loan.bench", amount_max=LIMIT)
    customers = await _open_limits(url, wallets, product)
    await prepare(url)
    engine, orm = Engine(store, Book, audited=AUDITED, queue_max=100_000), Rival(url, today, product)
    done: defaultdict[str, Counter[str]] = defaultdict(Counter)
    sides = {"engine": _by_engine(engine, product, done["engine"]), "orm": _by_orm(orm, done["orm"])}
    rates: defaultdict[str, list[float]] = defaultdict(list)
    delays: defaultdict[str, list[float]] = defaultdict(list)
    try:
        for side, draw in sides.items():
            waiting = iter(customers)
            await asyncio.gather(*(_everybody(draw, side, waiting) for _ in range(IN_FLIGHT)))
        for turn in range(size.rounds):
            for side, draw in sides.items():
                rate, times = await _round(draw, customers, size.seconds, f"{side}-{turn}")
                rates[side].append(rate)
                delays[side] += times
                advance(1)
        apart = await _apart(store, done, len(wallets))
    finally:
        await engine.stop()
        await orm.close()
        await store.close()
    middle = {side: median(rates[side]) for side in SIDES}
    figures = {
        "per_second": {side: round(middle[side]) for side in SIDES},
        "spread": {side: spread(rates[side]) for side in SIDES},
        "ms_50_99": {side: [round(percentile(delays[side], part) * 1000, 1) for part in (0.5, 0.99)] for side in SIDES},
        "customers": size.customers,
        "drawn": {side: sum(done[side].values()) for side in SIDES},
    }
    return figures, [
        Bar("drawdowns a second / one transaction a request", middle["engine"] / middle["orm"], TIMES_MIN),
        Bar("drawdowns lost, doubled, or beside limit and wallet", apart, 0, at_most=True),
    ]


async def _open_limits(url: str, wallets: list[str], product: LoanProduct) -> list[tuple[str, str]]:
    """Give everybody a limit by an application that was signed; their facilities with their wallets."""
    connection: Any = await asyncpg.connect(url)
    try:
        sql = "SELECT id, party FROM wallet WHERE book = $1 AND id = ANY($2) ORDER BY id"
        rows: dict[type[Entity], list[Any]] = {LoanProduct: [product], Facility: [], CreditApplication: []}
        customers = list[tuple[str, str]]()
        for place, (wallet, party) in enumerate(await connection.fetch(sql, BOOK, wallets)):
            facility, application = f"fac_d{place:025d}", f"apl_d{place:025d}"
            rows[Facility].append(_facility(facility, party, application, product))
            rows[CreditApplication].append(_application(application, party, facility, product))
            customers.append((facility, wallet))
        for kind, things in rows.items():
            await copy(connection, kind.__table__, kind, encode(kind, BOOK, things))
        await connection.execute("ANALYZE")
    finally:
        await connection.close()
    return customers


def _facility(identity: str, party: str, application: str, product: LoanProduct) -> Facility:
    part = SubLimit(product.code, 1, LIMIT, 0, 0, True, product.rate_ppm, UNTIL, application)
    now = utc_now()
    return Facility(identity, party, FacilityState.ACTIVE, LIMIT, (part,), 0, 0, UNTIL, None, now, now)


def _application(identity: str, party: str, facility: str, product: LoanProduct) -> CreditApplication:
    now = utc_now()
    return CreditApplication(
        id=identity,
        party=party,
        product=product.code,
        version=1,
        amount=LIMIT,
        months=MONTHS,
        purpose="买化肥和种子",
        inputs={},
        state=ApplicationState.SIGNED,
        channel="mobile",
        open=None,
        verdict="approve",
        reasons=(),
        why_person=None,
        rule_version=0,
        rule_hash="",
        limit=LIMIT,
        rate_ppm=product.rate_ppm,
        refusal=None,
        text=None,
        text_hash=None,
        offer_until=None,
        facility=facility,
        submitted_at=now,
        submitted_by="bench",
        decided_at=now,
        decided_by="bench",
        signed_at=now,
        updated_at=now,
    )


def _by_engine(engine: Engine, product: LoanProduct, done: Counter[str]) -> Draw:
    async def draw(key: str, asked: Drawing) -> None:
        command = DrawLoan(
            facility=asked.facility,
            product=product.code,
            amount=asked.amount,
            months=asked.months,
            wallet=asked.wallet,
            channel="mobile",
            pin=1,
        )
        (await engine.submit(BOOK, command, actor="bench", key=key)).unwrap()
        done[f"{asked.facility} {asked.amount}"] += 1

    return draw


def _by_orm(orm: Rival, done: Counter[str]) -> Draw:
    async def draw(key: str, asked: Drawing) -> None:
        await orm.draw(key, asked)
        done[f"{asked.facility} {asked.amount}"] += 1

    return draw


async def _everybody(draw: Draw, side: str, customers: Any) -> None:
    for facility, wallet in customers:
        await draw(f"{side}-warm-{facility}", Drawing(facility, wallet, AMOUNT_MIN, MONTHS))


async def _round(draw: Draw, customers: list[tuple[str, str]], seconds: float, key: str) -> tuple[float, list[float]]:
    """Some seconds of one side: drawdowns a second, and how long each took."""
    chance, numbers, times = random.Random(key), itertools.count(), list[float]()  # noqa: S311 - the same in every run
    begun = time.perf_counter()

    async def client() -> None:
        while (sent := time.perf_counter()) < begun + seconds:
            facility, wallet = chance.choice(customers)
            asked = Drawing(facility, wallet, chance.randrange(AMOUNT_MIN, AMOUNT_MAX, 100), MONTHS)
            await draw(f"{key}-{next(numbers)}", asked)
            times.append(time.perf_counter() - sent)

    await asyncio.gather(*(client() for _ in range(IN_FLIGHT)))
    return len(times) / (time.perf_counter() - begun), times


async def _apart(store: PostgresStore, done: dict[str, Counter[str]], wallets: int) -> int:
    """Acknowledged drawdowns that are not stored or more than once, and fen of limits and wallets that differ."""
    apart = 0
    for side, prefix, ledger in zip(SIDES, ("", PREFIX), ("", "orm_"), strict=True):
        loans = (
            f"SELECT loan.facility, loan.principal FROM {prefix}loan loan JOIN {prefix}loan_plan plan "
            "ON plan.book = $1 AND plan.loan = loan.id WHERE loan.book = $1 AND loan.product = 'loan.bench' "
            "AND jsonb_array_length(plan.rows) = loan.months"
        )
        stored = Counter(f"{row[0]} {row[1]}" for row in await store.pool.fetch(loans, BOOK))
        apart += sum((done[side] - stored).values()) + sum((stored - done[side]).values())
        drawn = sum(int(key.split()[1]) * count for key, count in stored.items())
        used = await store.pool.fetchval(f"SELECT sum(used)::bigint FROM {prefix}facility WHERE book = $1", BOOK)
        paid = (
            f"SELECT sum(b.credits - b.debits)::bigint FROM {prefix}wallet w JOIN {ledger}balance b "
            "ON b.book = $1 AND b.account = w.account WHERE w.book = $1 AND w.deposit IS NOT NULL"
        )
        apart += abs(used - drawn) + abs(await store.pool.fetchval(paid, BOOK) - wallets * FUNDS - drawn)
    return apart
