"""``canglian bench points``: points awarded to people, against one transaction an award.

*Engine*: 64 clients in this process, each waiting for its answer: a lot with its expiry, the member's figures, a
transfer of the ledger between two accounts, an event, an idempotency record and the audit chain. *One transaction*: the
same 64 clients, each award a transaction of its own on a pool of 20 connections: the member's row locked and raised,
the lot, a movement and the number of the award inserted; nothing that all awards share is touched. People are taken at
random, and the rounds of both sides take turns.

At the end every acknowledged award is looked for, and what remains of all lots is held against the ledger.
"""

import asyncio
import itertools
import random
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import msgspec
import uvloop
from rich.progress import Progress

from canglian.bank.approval import Book
from canglian.bank.party.commands import RegisterParty
from canglian.bank.party.model import PartyKind
from canglian.bank.party.sealing import Sealer
from canglian.bank.reward.points.commands import ApprovePointScheme, AwardPoints, DraftPointScheme
from canglian.bank.reward.points.model import Expiry, ExpiryKind
from canglian.kernel import Engine
from canglian.kernel.postgres.store import PostgresStore
from canglian.ledger import AUDITED
from canglian.ledger.bench.ground import BOOK, TODAY, bars, flush_microseconds, fresh_postgres
from canglian.ledger.bench.product import Product
from canglian.ledger.bench.report import Bar, Report, median, percentile, spread
from canglian.web.services import Services

IN_FLIGHT = 64
CONNECTIONS = 20
TOGETHER = 500
SIDES = ("engine", "transaction")

Award = Callable[[str, str, int], Awaitable[None]]

_TABLES = """
CREATE TABLE rival_member (party text PRIMARY KEY, points bigint NOT NULL);
CREATE TABLE rival_lot (
    number text PRIMARY KEY, party text NOT NULL, points bigint NOT NULL, remaining bigint NOT NULL,
    valid_until date NOT NULL, earned_at timestamptz NOT NULL
);
CREATE INDEX rival_lot_party ON rival_lot (party, valid_until) WHERE remaining > 0;
CREATE TABLE rival_movement (
    id bigserial PRIMARY KEY, party text NOT NULL, points bigint NOT NULL, balance bigint NOT NULL
);
"""


class Size(msgspec.Struct, frozen=True):
    """Rounds of so many seconds for each side, among so many people."""

    rounds: int
    seconds: float
    people: int


FULL = Size(rounds=5, seconds=4, people=5_000)
QUICK = Size(rounds=2, seconds=2, people=2_000)
TINY = Size(rounds=1, seconds=1, people=100)


class Measured(msgspec.Struct):
    """Rates and times of a side, and the numbers of the awards that were acknowledged."""

    rates: list[float] = msgspec.field(default_factory=list[float])
    seconds: list[float] = msgspec.field(default_factory=list[float])
    numbers: list[str] = msgspec.field(default_factory=list[str])


def run(folder: Path, size: Size, product: Product) -> Report:
    """Measure in a database of its own below ``folder``."""
    with fresh_postgres(folder, product.packages) as postgres, bars() as progress:
        return uvloop.run(_measure(postgres.url, folder, size, product, progress))


async def _measure(url: str, folder: Path, size: Size, product: Product, progress: Progress) -> Report:
    people: list[str] = []
    schemes: list[str] = []

    async def fill(services: Services) -> None:
        schemes.append(await _scheme(services.engine))
        people.extend(await _people(services, size.people))

    await product.install(url, folder, fill)
    store = await PostgresStore.open(url)
    engine = Engine(store, Book, audited=AUDITED, queue_max=100_000)
    pool = await asyncpg.create_pool(url, min_size=CONNECTIONS, max_size=CONNECTIONS)
    measured = {side: Measured() for side in SIDES}
    try:
        await pool.execute(_TABLES)
        await pool.executemany("INSERT INTO rival_member VALUES ($1, 0)", [(person,) for person in people])
        sides = {"engine": _by_engine(engine, schemes[0]), "transaction": _by_transaction(pool)}
        task = progress.add_task("awarding", total=(size.rounds + 1) * len(sides))
        numbers, chance = itertools.count(), random.Random(20260105)  # noqa: S311 - the same people every time
        for turn in range(size.rounds + 1):
            for side, award in sides.items():
                kept = measured[side] if turn else Measured()
                await _round(award, people, numbers, chance, size.seconds if turn else size.seconds / 2, kept)
                measured[side].numbers += [] if turn else kept.numbers
                progress.advance(task)
        lost, apart = await _apart(store, measured)
    finally:
        await engine.stop()
        await pool.close()
        await store.close()
    return _report(size, measured, lost, apart, flush_microseconds(folder))


async def _scheme(engine: Engine) -> str:
    """A scheme whose awards need nobody else."""
    draft = DraftPointScheme(
        code="bench", name="积分", owner="本行", expiry=Expiry(kind=ExpiryKind.MONTHS, months=12), alone_max=10**6
    )
    scheme = await engine.execute(BOOK, draft, actor="bench")
    await engine.execute(BOOK, ApprovePointScheme(scheme=scheme.id), actor="second")
    return scheme.id


async def _people(services: Services, count: int) -> list[str]:
    """People whom the bank knows by their names."""
    sealer = Sealer(services.keyring, TODAY, None)
    found: list[str] = []
    for start in range(0, count, TOGETHER):
        asked = [
            services.engine.execute(
                BOOK,
                RegisterParty(
                    party_kind=PartyKind.PERSON,
                    name=sealer.name(f"居民{'甲乙丙丁戊己庚辛壬癸'[number % 10]}", PartyKind.PERSON),
                    number=None,
                    mobile=None,
                ),
                actor="bench",
            )
            for number in range(start, min(start + TOGETHER, count))
        ]
        found += [party.id for party in await asyncio.gather(*asked)]
    return found


def _by_engine(engine: Engine, scheme: str) -> Award:
    async def award(number: str, person: str, points: int) -> None:
        command = AwardPoints(scheme=scheme, party=person, points=points, number=number, reason="参加活动")
        (await engine.submit(BOOK, command, actor="bench", key=number)).unwrap()

    return award


def _by_transaction(pool: asyncpg.Pool) -> Award:
    async def award(number: str, person: str, points: int) -> None:
        async with pool.acquire() as connection, connection.transaction():
            balance = await connection.fetchval(
                "UPDATE rival_member SET points = points + $2 WHERE party = $1 RETURNING points", person, points
            )
            await connection.execute(
                "INSERT INTO rival_lot VALUES ($1, $2, $3, $3, $4, now())",
                number,
                person,
                points,
                TODAY.replace(year=TODAY.year + 1),
            )
            await connection.execute(
                "INSERT INTO rival_movement (party, points, balance) VALUES ($1, $2, $3)", person, points, balance
            )

    return award


async def _round(
    award: Award,
    people: list[str],
    numbers: "itertools.count[int]",
    chance: random.Random,
    seconds: float,
    kept: Measured,
) -> None:
    """So many seconds of clients that wait for their answers."""
    begun = time.perf_counter()
    until, before = begun + seconds, len(kept.numbers)

    async def client() -> None:
        while (asked := time.perf_counter()) < until:
            number = f"b-{next(numbers)}"
            await award(number, chance.choice(people), chance.randint(1, 500))
            kept.numbers.append(number)
            kept.seconds.append(time.perf_counter() - asked)

    await asyncio.gather(*(client() for _ in range(IN_FLIGHT)))
    kept.rates.append((len(kept.numbers) - before) / (time.perf_counter() - begun))


async def _apart(store: PostgresStore, measured: dict[str, Measured]) -> tuple[int, int]:
    """Acknowledged awards that are not there or there twice; points of lots that the ledger does not have."""
    engine = {row[0] for row in await store.pool.fetch("SELECT number FROM point_lot WHERE book = $1", BOOK)}
    rival = {row[0] for row in await store.pool.fetch("SELECT number FROM rival_lot")}
    lost = len(engine ^ set(measured["engine"].numbers)) + len(rival ^ set(measured["transaction"].numbers))
    lots = await store.pool.fetchval("SELECT coalesce(sum(remaining), 0)::bigint FROM point_lot WHERE book = $1", BOOK)
    ledger = await store.pool.fetchval(
        "SELECT coalesce(sum(credits - debits), 0)::bigint FROM balance WHERE book = $1 "
        "AND account IN (SELECT account FROM point_member WHERE book = $1)",
        BOOK,
    )
    return lost, abs(lots - ledger)


def _report(size: Size, measured: dict[str, Measured], lost: int, apart: int, flush: float) -> Report:
    middle = {side: median(found.rates) for side, found in measured.items()}
    return Report(
        "points",
        {
            **{f"{side}_per_second": round(rate) for side, rate in middle.items()},
            "spread": {side: spread(found.rates) for side, found in measured.items()},
            "p99_ms": {side: round(percentile(found.seconds, 0.99) * 1_000, 2) for side, found in measured.items()},
            "people": size.people,
            "in_flight": IN_FLIGHT,
            "awards": sum(len(found.numbers) for found in measured.values()),
            "flush_microseconds": flush,
        },
        [
            Bar("engine / one transaction an award", middle["engine"] / middle["transaction"], 3),
            Bar("awards lost or doubled", lost, 0, at_most=True),
            Bar("points of lots that the ledger does not have", apart, 0, at_most=True),
        ],
    )
