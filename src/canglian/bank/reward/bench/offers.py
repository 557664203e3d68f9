"""``canglian bench payment --with-offers``: a payment with a quoted combination of two offers, beside one without.

Orders are opened and quoted, and coupons claimed, before anything is measured. *Without*: an order is paid by a
person's e-wallet. *With*: it is paid by two coupons that a quote keeps for it, and the e-wallet pays the rest. 64
clients in this process wait for their answers; both sides pay as many orders, in turns, and the medians are compared.

At the end every order is looked for, and the funder's money in its four places is held against what it paid in.
"""

import asyncio
import itertools
import random
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import uvloop
from rich.progress import Progress

from canglian.bank.approval import Book
from canglian.bank.payment import SourceUse
from canglian.bank.payment.bench.street import Street, build
from canglian.bank.payment.commands import OpenOrder, PayOrder
from canglian.bank.reward.campaigns.commands.values import FunderAsked, OfferAsked
from canglian.bank.reward.campaigns.model import Campaign, FunderKind, OfferKind, Tier
from canglian.bank.reward.commands import (
    ApproveCampaign,
    ClaimCoupon,
    DraftCampaign,
    FundCampaign,
    QuoteCoupons,
    SubmitCampaign,
)
from canglian.kernel import Engine
from canglian.kernel.command import Command
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.values import utc_now
from canglian.ledger import AUDITED
from canglian.ledger.bench.ground import BOOK, bars, flush_microseconds, fresh_postgres
from canglian.ledger.bench.product import Product
from canglian.ledger.bench.report import Bar, Report, median, percentile, spread
from canglian.web.services import Services

IN_FLIGHT = 64
SIDES = ("without", "with")
FIRST, SECOND = 500, 300
"""What the two coupons take off at most, in fen: so much from a price on, and a share of the rest."""

AMOUNT_MIN, AMOUNT_MAX = 5_000, 9_999


class Size(msgspec.Struct, frozen=True):
    """How many orders each side pays in a round, how many rounds, among so many people and merchants."""

    rounds: int
    orders: int
    payers: int
    merchants: int


FULL = Size(rounds=5, orders=5_000, payers=5_000, merchants=500)
QUICK = Size(rounds=3, orders=2_000, payers=2_000, merchants=200)
TINY = Size(rounds=1, orders=200, payers=100, merchants=20)


def run(folder: Path, size: Size, product: Product) -> Report:
    """Measure in a database of its own below ``folder``."""
    with fresh_postgres(folder, product.packages) as postgres, bars() as progress:
        return uvloop.run(_measure(postgres.url, folder, size, product, progress))


async def _measure(url: str, folder: Path, size: Size, product: Product, progress: Progress) -> Report:
    streets: list[Street] = []

    async def fill(services: Services) -> None:
        streets.append(await build(services, url, size.merchants, size.payers, 0))

    await product.install(url, folder, fill)
    store = await PostgresStore.open(url)
    engine = Engine(store, Book, audited=AUDITED, queue_max=100_000)
    try:
        paying = _Paying(engine, streets[0], size)
        await paying.prepare(progress)
        rates, times = await paying.measure(progress)
        apart = await _apart(store, paying)
    finally:
        await engine.stop()
        await store.close()
    middle = {side: median(found) for side, found in rates.items()}
    figures: dict[str, Any] = {f"{side}_per_second": round(middle[side]) for side in SIDES}
    figures["spread"] = {side: spread(rates[side]) for side in SIDES}
    figures["ms_50_99"] = {
        side: [round(percentile(times[side], share) * 1_000, 2) for share in (0.5, 0.99)] for side in SIDES
    }
    figures |= {"payers": size.payers, "in_flight": IN_FLIGHT, "flush_microseconds": flush_microseconds(folder)}
    return Report(
        "payment_with_offers",
        figures,
        [
            Bar("with two offers / without", middle["with"] / middle["without"], 0.7),
            Bar("orders not paid as quoted", apart["orders"], 0, at_most=True),
            Bar("fen of the funder without a place", apart["money"], 0, at_most=True),
        ],
    )


class _Paying:
    """Orders of people at random, paid by the one side or the other."""

    def __init__(self, engine: Engine, street: Street, size: Size) -> None:
        self._engine = engine
        self._street = street
        self._size = size
        self._chance = random.Random(20260105)  # noqa: S311 - the same payments in every run
        self._number = itertools.count()
        self.commands: dict[str, list[PayOrder]] = {side: [] for side in SIDES}
        self.campaign = ""
        self.off = 0

    async def do(self, command: Command[Any], actor: str = "bench") -> Any:
        return (await self._engine.submit(BOOK, command, actor=actor)).unwrap()

    async def prepare(self, progress: Progress) -> None:
        """Have the campaign run, coupons claimed, orders opened and quoted; and warm both sides up."""
        orders = self._size.rounds * self._size.orders
        first, second = await self._offers(2 * orders)
        task = progress.add_task("orders, coupons and quotes", total=2 * orders)

        async def prepared(side: str) -> None:
            payer = self._chance.choice(self._street.payers).ewallet
            order = await self.do(
                OpenOrder(
                    merchant=self._chance.choice(self._street.merchants),
                    number=f"o-{next(self._number)}",
                    subject="鲜果一篮",
                    amount=self._chance.randint(AMOUNT_MIN, AMOUNT_MAX),
                    minutes=24 * 60,
                )
            )
            uses: list[SourceUse] = []
            if side == "with":
                for offer in (first, second):
                    await self.do(ClaimCoupon(offer=offer, wallet=payer))
                quote = await self.do(QuoteCoupons(order=order.id, wallets=(payer,)))
                self.off += quote.off
                uses += [SourceUse(source="coupon", item=taken.coupon, pin=1) for taken in quote.taken]
            command = PayOrder(order=order.id, sources=(*uses, SourceUse(item=payer, pin=1)), channel="mobile")
            self.commands[side].append(command)
            progress.advance(task)

        async def client(sides: Iterator[str]) -> None:
            for side in sides:
                await prepared(side)

        sides = iter(SIDES * orders)
        await asyncio.gather(*(client(sides) for _ in range(IN_FLIGHT)))

    async def _offers(self, stock: int) -> tuple[str, str]:
        start = utc_now() - timedelta(hours=1)
        fields: dict[str, Any] = {"stock": stock, "stacks": True, "per_person": 1_000}
        drafted: Campaign = await self.do(
            DraftCampaign(
                name="春季品茗",
                summary="满减",
                starts_at=start,
                ends_at=start + timedelta(days=10),
                funders=(FunderAsked(FunderKind.BANK, "本行", 10_000),),
                offers=(
                    OfferAsked(kind=OfferKind.SPEND_AND_SAVE, name="满减", tiers=(Tier(1_000, FIRST),), **fields),
                    OfferAsked(kind=OfferKind.PERCENT, name="九折", tiers=(Tier(0, SECOND, 1_000),), rank=2, **fields),
                ),
            )
        )
        self.campaign = drafted.id
        self.funded = stock * (FIRST + SECOND)
        await self.do(FundCampaign(campaign=drafted.id, funder=1, amount=self.funded, channel="counter"))
        await self.do(SubmitCampaign(campaign=drafted.id))
        await self.do(ApproveCampaign(campaign=drafted.id), "second")
        sql = "SELECT id FROM campaign_offer WHERE book = $1 AND campaign = $2 ORDER BY position"
        rows = await self._engine.store.pool.fetch(sql, BOOK, drafted.id)  # pyright: ignore[reportAttributeAccessIssue]
        return rows[0][0], rows[1][0]

    async def measure(self, progress: Progress) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
        """Rates by side, and how long each payment took."""
        rates: dict[str, list[float]] = {side: [] for side in SIDES}
        times: dict[str, list[float]] = {side: [] for side in SIDES}
        task = progress.add_task("payments", total=self._size.rounds * len(SIDES))
        for number in range(self._size.rounds):
            begin = number * self._size.orders
            for side in SIDES:
                commands = iter(self.commands[side][begin : begin + self._size.orders])
                begun = time.perf_counter()
                await asyncio.gather(*(self._client(commands, times[side]) for _ in range(IN_FLIGHT)))
                rates[side].append(self._size.orders / (time.perf_counter() - begun))
                progress.advance(task)
        return rates, times

    async def _client(self, commands: Iterator[PayOrder], times: list[float]) -> None:
        for command in commands:
            sent = time.perf_counter()
            (await self._engine.submit(BOOK, command, actor="bench", key=f"pay-{command.order}")).unwrap()
            times.append(time.perf_counter() - sent)


async def _apart(store: PostgresStore, paying: _Paying) -> dict[str, int]:
    """Orders that are not paid by as many sources as were named; fen of the funder that are in none of its places."""
    sql = (
        "SELECT count(*) FROM payment_order o JOIN payment p ON p.book = $1 AND p.id = o.payment AND p.state = 'paid' "
        "WHERE o.book = $1 AND o.number LIKE 'o-%' AND "
        "(SELECT sum(l.captured) FROM payment_line l WHERE l.book = $1 AND l.payment = p.id) = o.amount"
    )
    paid = await store.pool.fetchval(sql, BOOK)
    taken = await store.pool.fetchval(
        "SELECT coalesce(sum(captured), 0)::bigint FROM payment_line WHERE book = $1 AND discount", BOOK
    )
    places = await store.pool.fetchval(
        "SELECT sum(b.credits - b.debits)::bigint FROM account a JOIN balance b ON b.book = $1 AND b.account = a.id "
        "WHERE a.book = $1 AND a.owner = $2 AND a.floor IS NOT NULL",
        BOOK,
        paying.campaign,
    )
    wanted = sum(map(len, paying.commands.values()))
    return {"orders": abs(wanted - paid), "money": abs(places - paying.funded) + abs(taken - paying.off)}


__all__ = ["FULL", "QUICK", "TINY", "Size", "run"]
