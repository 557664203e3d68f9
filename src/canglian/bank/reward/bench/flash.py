"""``canglian bench flash``: 300,000 claims by 100,000 people for 10,000 coupons, against one statement a claim.

Everybody claims three times, in an order of chance, each claim under an idempotency key of its own; only one claim of a
person counts. *Engine*: as many claims wait as two batches hold; each winner gets a coupon whose money is reserved on
the ledger and stands in the command log with its key, and the answer comes after the commit. Once the coupons are gone
the rush is refused as ``kernel.refusing`` does it: without a line in the log, as neither rival keeps one, but with each
key looked up, and when it is known that nobody else has written. *Row*: one statement a claim on
20 connections, ``UPDATE … WHERE stock > 0`` with the claim's row, which is unique for each person (``flash_rival.py``).
*Buckets*: the same, with the stock in 16 rows. Neither keeps money, keys, events or a chain of hashes. The
rounds are interleaved, each with an offer of its own, and the medians are compared. *HTTP*: the same proportions over
256 connections to the product as ``canglian serve`` starts it.

At the end the winners are counted in the database, and every refusal is looked at: one for the stock is false where a
coupon was given after it (to a later line of the log, or to whoever claimed after it was answered), one for the person
where they have none.
"""

import asyncio
import gc
import itertools
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import uvloop
from rich.progress import Progress

from canglian.bank.approval import Book
from canglian.bank.reward.bench import flash_rival
from canglian.bank.reward.campaigns.commands.values import FunderAsked, OfferAsked
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer, FunderKind, OfferKind, Tier
from canglian.bank.reward.commands import (
    ApproveCampaign,
    ClaimCoupon,
    DraftCampaign,
    FundCampaign,
    SubmitCampaign,
)
from canglian.bank.wallet import Wallet
from canglian.bank.wallet.bench.wallet import wallet_row
from canglian.kernel import Engine
from canglian.kernel.encoding import encode
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.postgres.writing import copy
from canglian.kernel.queries.entities import some
from canglian.kernel.values import utc_now
from canglian.ledger import AUDITED
from canglian.ledger.bench.ground import BOOK, bars, flush_microseconds, fresh_postgres
from canglian.ledger.bench.load import Load, Numbered, put, request
from canglian.ledger.bench.product import Product
from canglian.ledger.bench.report import Bar, Report, median, percentile, spread
from canglian.web.services import Services

CONNECTIONS = 256
BATCH = 8192
IN_FLIGHT = 2 * BATCH
"""Claims that wait at a time: two batches."""
OFF = 500
"""What a coupon takes off, in fen."""
_FIRST = 1_000_000
"""The number of the first wallet, above those that the product hands out."""

_encode = msgspec.json.Encoder().encode


class Size(msgspec.Struct, frozen=True):
    """How many claims by how many people for how many coupons, in how many rounds; over HTTP this part of them."""

    claims: int
    people: int
    coupons: int
    rounds: int
    http_part: int = 5


FULL = Size(300_000, 100_000, 10_000, rounds=3)
QUICK = Size(60_000, 20_000, 2_000, rounds=1)
TINY = Size(600, 200, 20, rounds=1, http_part=1)


class Round(msgspec.Struct, frozen=True):
    """One sale: claims a second, who got a coupon, and by codes how often somebody got none."""

    per_second: float
    winners: list[str]
    refused: dict[str, int]
    false_refusals: int
    p99_ms: float = 0.0


def run(folder: Path, size: Size, product: Product) -> Report:
    """Measure in a database of its own below ``folder``."""
    with fresh_postgres(folder, product.packages) as postgres, bars() as progress:
        return uvloop.run(_measure(postgres.url, folder, size, product, progress))


async def _measure(url: str, folder: Path, size: Size, product: Product, progress: Progress) -> Report:
    offers: list[str] = []
    people = [f"wal_{number:026d}" for number in range(_FIRST, _FIRST + size.people)]

    async def fill(services: Services) -> None:
        offers.extend([await _on_sale(services, f"engine-{turn}", size.coupons) for turn in range(size.rounds)])
        offers.append(await _on_sale(services, "http", size.coupons // size.http_part))
        await _put_in(url, people)

    installation = await product.install(url, folder, fill)
    await flash_rival.prepare(url)
    store = await PostgresStore.open(url)
    engine = Engine(store, Book, audited=AUDITED, queue_max=100_000)
    _collect_as_served()
    measured: defaultdict[str, list[Round]] = defaultdict(list)
    task = progress.add_task("claiming", total=3 * size.rounds + 1)
    try:
        for turn in range(size.rounds):
            claims = _claims(people, size.claims, turn)
            measured["engine"].append(await _by_engine(engine, f"engine-{turn}", offers[turn], claims))
            progress.advance(task)
            for buckets in (1, flash_rival.BUCKETS):
                name = "row" if buckets == 1 else "buckets"
                measured[name].append(await _by_statement(url, f"{name}-{turn}", buckets, claims, size.coupons))
                progress.advance(task)
        stored = [await _stored(store, offer) for offer in offers[:-1]]
        await engine.stop()
        with product.served(installation.environment, folder) as server:
            some_people = people[: size.people // size.http_part]
            claims = _claims(some_people, size.claims // size.http_part, size.rounds)
            http = await _by_http(server.port, installation.token, offers[-1], claims)
        progress.advance(task)
        stored.append(await _stored(store, offers[-1]))
    finally:
        await store.close()
    return _report(size, measured, http, stored, flush_microseconds(folder))


def _collect_as_served() -> None:
    """Look for garbage as seldom as the server does, whose memory is full of entities that stay."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


# -- the ground ----------------------------------------------------------------------------------------------------


async def _on_sale(services: Services, name: str, coupons: int) -> str:
    """A campaign that runs, with money for each of its coupons; the id of its offer."""
    now = utc_now()

    async def ask(command: Any, actor: str = "bench") -> Any:
        return await services.engine.execute(BOOK, command, actor=actor)

    draft = DraftCampaign(
        name=f"抢券 {name}",
        summary="抢券",
        starts_at=now - timedelta(hours=1),
        ends_at=now + timedelta(days=1),
        asset="ECNY",
        funders=(FunderAsked(FunderKind.BANK, "本行", 10_000),),
        offers=(OfferAsked(kind=OfferKind.SPEND_AND_SAVE, name="立减 5 元", tiers=(Tier(OFF, OFF),), stock=coupons),),
    )
    campaign: Campaign = await ask(draft)
    await ask(FundCampaign(campaign=campaign.id, funder=1, amount=coupons * OFF, channel="counter"))
    await ask(SubmitCampaign(campaign=campaign.id))
    await ask(ApproveCampaign(campaign=campaign.id), "second")
    (offer,) = await some(services.reader, BOOK, CampaignOffer, "campaign", campaign.id)
    return offer.id


async def _put_in(url: str, people: list[str]) -> None:
    """Put wallets of people into the database, each of somebody else."""
    now = utc_now()
    rows = [wallet_row(_FIRST + number, wallet, now) for number, wallet in enumerate(people)]
    connection: Any = await asyncpg.connect(url)
    try:
        await copy(connection, Wallet.__table__, Wallet, encode(Wallet, BOOK, rows))
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


def _claims(people: list[str], count: int, turn: int) -> list[str]:
    """Who claims, in which order: everybody equally often."""
    chance = random.Random(f"flash {turn}")  # noqa: S311 - the same order in every run
    claims = (people * -(-count // len(people)))[:count]
    chance.shuffle(claims)
    return claims


# -- the sides -----------------------------------------------------------------------------------------------------


async def _by_engine(engine: Engine, name: str, offer: str, claims: list[str]) -> Round:
    winners: dict[str, int] = {}
    refused: list[tuple[int, int, str, str]] = []
    waits: list[float] = []
    left = iter(enumerate(claims))
    clock = itertools.count(1)
    last_sent = 0

    async def client() -> None:
        nonlocal last_sent
        for number, wallet in left:
            sent, began = next(clock), time.perf_counter()
            outcome = await engine.submit(
                BOOK, ClaimCoupon(offer=offer, wallet=wallet), actor="bench", key=f"{name}-{number}"
            )
            waits.append(time.perf_counter() - began)
            if outcome.error is None:
                winners[wallet] = outcome.command
                last_sent = max(last_sent, sent)
            else:
                refused.append((next(clock), outcome.command, outcome.error.code, wallet))

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(IN_FLIGHT)))
    took = time.perf_counter() - begun
    last = max(winners.values(), default=0)
    false = sum(
        (number < last if number else answered < last_sent)
        if code == "campaign_offer.none_left"
        else winners.get(wallet, number) >= number
        for answered, number, code, wallet in refused
    )
    codes = Counter(code for _, _, code, _ in refused)
    return Round(len(claims) / took, list(winners), dict(codes), false, percentile(waits, 0.99) * 1000)


async def _by_statement(url: str, name: str, buckets: int, claims: list[str], coupons: int) -> Round:
    rival = await flash_rival.Rival.open(url, name, buckets, coupons)
    winners: list[str] = []
    left = iter(claims)

    async def client() -> None:
        async with rival.connected() as claim:
            winners.extend([wallet for wallet in left if await claim(wallet)])

    begun = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(flash_rival.CONNECTIONS)))
    took = time.perf_counter() - begun
    await rival.close()
    return Round(len(claims) / took, winners, {"refused": len(claims) - len(winners)}, 0)


async def _by_http(port: int, token: str, offer: str, claims: list[str]) -> Round:
    winners: list[str] = []
    refused: Counter[str] = Counter()

    def requests() -> Iterator[Numbered]:
        for number, wallet in enumerate(claims):
            body = _encode({"wallet": wallet})
            yield number, request(f"/v1/campaign-offers/{offer}/claims", f"http-{number}", body, token)

    def answered(number: int, status: int, body: bytes) -> None:
        if status == 201:
            winners.append(claims[number])
        else:
            refused[f"{status} {msgspec.json.decode(body)['code'] if body else ''}".strip()] += 1

    load = Load(requests(), answered)
    begun = time.perf_counter()
    await put(load, port, CONNECTIONS)
    took = time.perf_counter() - begun
    seconds = [second for times in load.seconds.values() for second in times]
    return Round(len(claims) / took, winners, dict(refused), load.broken, percentile(seconds, 0.99) * 1000)


# -- what came of it -----------------------------------------------------------------------------------------------


async def _stored(store: PostgresStore, offer: str) -> tuple[int, int, int]:
    """Coupons of an offer in the database, the people who have them, and the fen that are reserved for them."""
    sql = (
        "SELECT count(*), count(DISTINCT party), coalesce(sum((reserved->>0)::bigint), 0)::bigint "
        "FROM coupon WHERE book = $1 AND offer = $2"
    )
    coupons, people, reserved = await store.pool.fetchrow(sql, BOOK, offer)
    return coupons, people, reserved


def _report(
    size: Size, measured: dict[str, list[Round]], http: Round, stored: list[tuple[int, int, int]], flush: float
) -> Report:
    middle = {name: median(found.per_second for found in rounds) for name, rounds in measured.items()}
    figures: dict[str, Any] = {f"{name}_per_second": round(value) for name, value in middle.items()}
    figures["spread"] = {name: spread([found.per_second for found in rounds]) for name, rounds in measured.items()}
    figures |= {"claims": size.claims, "people": size.people, "coupons": size.coupons}
    figures["engine_refused"] = measured["engine"][-1].refused
    figures["engine_p99_ms"] = round(max(found.p99_ms for found in measured["engine"]), 1)
    figures["http"] = {
        "connections": CONNECTIONS,
        "claims": sum(http.refused.values()) + len(http.winners),
        "per_second": round(http.per_second),
        "p99_ms": round(http.p99_ms, 1),
        "winners": len(http.winners),
        "refused": http.refused,
    }
    figures["flush_microseconds"] = flush
    wanted = [*[size.coupons] * size.rounds, size.coupons // size.http_part]
    rounds = [*measured["engine"], http]
    unlike = sum(
        abs(len(found.winners) - count) + abs(coupons - count) + abs(people - count) + abs(reserved - count * OFF)
        for found, count, (coupons, people, reserved) in zip(rounds, wanted, stored, strict=True)
    )
    rivals_unlike = sum(
        abs(len(set(found.winners)) - size.coupons) for name in ("row", "buckets") for found in measured[name]
    )
    figures["rivals_unlike"] = rivals_unlike
    return Report(
        "flash",
        figures,
        [
            Bar("claims a second", middle["engine"], 10_000),
            Bar("engine / the better rival", middle["engine"] / max(middle["row"], middle["buckets"]), 3),
            Bar("winners, coupons or fen that are not as many as they should be", unlike, 0, at_most=True),
            Bar("false refusals", sum(found.false_refusals for found in rounds), 0, at_most=True),
        ],
    )
