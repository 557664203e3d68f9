"""``canglian bench season``: the settlement of a season's funding shares over a million payments, to the fen.

Twenty campaigns of a season with three funders each, whose shares leave remainders, and payments at two hundred
merchants in each of which a coupon took an odd amount off. Payments, coupons and what they moved on the ledger are put
into the database, which is not measured. *Settlement*: what each funder paid to each merchant in each campaign, from
the parts that each coupon keeps (``shares_of_season``), and then each campaign is ended and settled through the engine.

*Set-based SQL*: the same figures by one statement that knows the discounts and the shares alone and splits each of them
anew by the largest remainder. Both agree on every fen, and so does the ledger: what the accounts of each funder say was
spent, and that what was spent and what is its own again is what it paid in.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import uvloop
from rich.progress import Progress

from canglian.bank.approval import Book
from canglian.bank.payment.commands import RegisterMerchant
from canglian.bank.payment.model import Payment, PaymentState
from canglian.bank.reward.campaigns.commands.values import FunderAsked, OfferAsked
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer, FunderKind, OfferKind, Tier
from canglian.bank.reward.commands import (
    ApproveCampaign,
    DraftCampaign,
    EndCampaign,
    FundCampaign,
    SettleCampaign,
    SubmitCampaign,
)
from canglian.bank.reward.coupons.model import Coupon, CouponState
from canglian.bank.reward.shares import split
from canglian.kernel import Engine
from canglian.kernel.encoding import encode
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.postgres.writing import copy
from canglian.kernel.queries.entities import some
from canglian.kernel.values import SHANGHAI, utc_now
from canglian.ledger import AUDITED
from canglian.ledger.bench.ground import BOOK, TODAY, bars, flush_microseconds, fresh_postgres
from canglian.ledger.bench.product import Product
from canglian.ledger.bench.report import Bar, Report
from canglian.scenario.shopping.commands import AddCampaign, AddTheme, OpenSeason
from canglian.scenario.shopping.model import Joining, Season, Theme
from canglian.scenario.shopping.queries.money import shares_of_season
from canglian.scenario.shopping.queries.seasons import money_of
from canglian.web.services import Services

WEIGHTS = (6_000, 3_001, 999)
"""The funders' shares in basis points: hardly any amount goes by them without a remainder."""
OFF_MIN, OFF_MAX = 101, 999
TOGETHER = 20_000
DAYS = 10


class Size(msgspec.Struct, frozen=True):
    """How many payments at how many merchants, in how many campaigns."""

    payments: int
    merchants: int
    campaigns: int


FULL = Size(1_000_000, 200, 20)
QUICK = Size(100_000, 100, 10)
TINY = Size(600, 5, 2)

Shares = dict[tuple[str, int, str], int]
"""Fen by campaign, funder (from 1) and merchant."""


class _Ground(msgspec.Struct):
    """What the season consists of."""

    season: str
    campaigns: list[Campaign]
    offers: list[str]
    merchants: list[tuple[str, int]]


def run(folder: Path, size: Size, product: Product) -> Report:
    """Measure in a database of its own below ``folder``."""
    with fresh_postgres(folder, product.packages) as postgres, bars() as progress:
        return uvloop.run(_measure(postgres.url, folder, size, product, progress))


async def _measure(url: str, folder: Path, size: Size, product: Product, progress: Progress) -> Report:
    grounds: list[_Ground] = []

    async def fill(services: Services) -> None:
        grounds.append(await _season(services, size))
        await _put_in(url, grounds[0], size, progress)

    await product.install(url, folder, fill)
    (ground,) = grounds
    store = await PostgresStore.open(url)
    engine = Engine(store, Book, audited=AUDITED)
    reader = Reader(store.pool)
    try:
        begun = time.perf_counter()
        found = await shares_of_season(reader, BOOK, ground.season)
        looked = time.perf_counter()
        for campaign in ground.campaigns:
            await engine.execute(BOOK, EndCampaign(campaign=campaign.id, reason="活动结束"), actor="bench")
            await engine.execute(BOOK, SettleCampaign(campaign=campaign.id), actor="bench")
        settled = time.perf_counter()
        rows = await store.pool.fetch(_ANEW, BOOK, [campaign.id for campaign in ground.campaigns], list(WEIGHTS))
        anew_seconds = time.perf_counter() - settled
        unlike_ledger, not_funded = await _unexplained(reader, ground, found)
    finally:
        await engine.stop()
        await store.close()
    shares: Shares = {(row.campaign, row.funder, row.merchant): row.share for row in found}
    anew: Shares = {(row[0], row[1], row[2]): row[3] for row in rows}
    unlike_anew = sum(abs(shares.get(key, 0) - anew.get(key, 0)) for key in shares.keys() | anew.keys())
    return Report(
        "season",
        {
            "payments": sum(row.payments for row in found if row.funder == 1),
            "shares": len(found),
            "fen": sum(shares.values()),
            "shares_seconds": round(looked - begun, 3),
            "settling_seconds": round(settled - looked, 3),
            "sql_seconds": round(anew_seconds, 3),
            "flush_microseconds": flush_microseconds(folder),
        },
        [
            Bar("seconds of the settlement / set-based SQL", (settled - begun) / anew_seconds, 1, at_most=True),
            Bar("fen that set-based SQL finds elsewhere", unlike_anew, 0, at_most=True),
            Bar("fen that the ledger has spent otherwise", unlike_ledger, 0, at_most=True),
            Bar("fen paid in that were neither spent nor given back", not_funded, 0, at_most=True),
            Bar("payments without a share", size.payments - sum(r.payments for r in found if r.funder == 1), 0, True),
        ],
    )


_ANEW = """
WITH used AS (
    SELECT n.campaign, p.merchant, n.used, f.place, n.used * f.weight / 10000 AS part,
           row_number() OVER (PARTITION BY n.id ORDER BY -(n.used * f.weight % 10000), f.place) AS rank,
           n.used - sum(n.used * f.weight / 10000) OVER (PARTITION BY n.id) AS left_over
    FROM coupon n JOIN payment p ON p.book = $1 AND p.id = n.payment
    CROSS JOIN unnest($3::bigint[]) WITH ORDINALITY AS f(weight, place)
    WHERE n.book = $1 AND n.campaign = ANY($2::text[]) AND n.used > 0
)
SELECT campaign, place::integer, merchant, sum(part + (rank <= left_over)::integer)::bigint
FROM used GROUP BY campaign, place, merchant
"""
"""A funder's part of each discount is what its weight gives, rounded down; the largest remainders get what is left."""


async def _unexplained(reader: Reader, ground: _Ground, found: list[Any]) -> tuple[int, int]:
    """Fen that the ledger says were spent otherwise; fen that funders paid in and that are in neither place now."""
    spent: Counter[tuple[str, int]] = Counter()
    for row in found:
        spent[row.campaign, row.funder] += row.share
    money = await money_of(reader, BOOK, ground.campaigns)
    unlike = apart = 0
    for campaign in ground.campaigns:
        for place, (funder, paid_in) in enumerate(zip(money[campaign.id], _PAID_IN, strict=True), 1):
            unlike += abs(funder.spent - spent[campaign.id, place])
            apart += abs(paid_in - funder.spent - funder.returned) + funder.reserved + funder.unreserved
    return unlike, apart


# -- the ground ----------------------------------------------------------------------------------------------------


_PAID_IN = tuple(weight * 10_000 for weight in WEIGHTS)
"""What each funder of a campaign pays in, in fen."""


async def _season(services: Services, size: Size) -> _Ground:
    """A season with its campaigns, all of them running, and merchants."""

    async def ask(command: Any, actor: str = "bench") -> Any:
        return await services.engine.execute(BOOK, command, actor=actor)

    now = utc_now()
    first = (now - timedelta(days=1)).astimezone(SHANGHAI).date()
    last = first + timedelta(days=DAYS + 2)
    season: Season = await ask(OpenSeason(name="春季", starts_on=first, ends_on=last))
    theme: Theme = await ask(AddTheme(season=season.id, name="春季品茗", summary="满减", starts_on=first, ends_on=last))
    campaigns: list[Campaign] = []
    offers: list[str] = []
    for number in range(size.campaigns):
        draft: Campaign = await ask(
            DraftCampaign(
                name=f"活动{number}",
                summary="满减",
                starts_at=now - timedelta(hours=1),
                ends_at=now + timedelta(days=DAYS),
                funders=tuple(FunderAsked(FunderKind.BANK, f"出资{weight}", weight) for weight in WEIGHTS),
                offers=(
                    OfferAsked(kind=OfferKind.SPEND_AND_SAVE, name="满减", tiers=(Tier(1_000, OFF_MAX),), stock=1_000),
                ),
            )
        )
        for place, amount in enumerate(_PAID_IN, 1):
            await ask(FundCampaign(campaign=draft.id, funder=place, amount=amount, channel="counter"))
        await ask(AddCampaign(theme=theme.id, campaign=draft.id, joining=Joining.EVERYBODY))
        await ask(SubmitCampaign(campaign=draft.id))
        campaigns.append(await ask(ApproveCampaign(campaign=draft.id), "second"))
        (offer,) = await some(services.reader, BOOK, CampaignOffer, "campaign", draft.id)
        offers.append(offer.id)
    merchants: list[tuple[str, int]] = []
    for number in range(size.merchants):
        merchant = await ask(RegisterMerchant(name=f"商户{number}", category="5411", region="330106"))
        merchants.append((merchant.id, merchant.accounts["CNY"]))
    return _Ground(season.id, campaigns, offers, merchants)


async def _put_in(url: str, ground: _Ground, size: Size, progress: Progress) -> None:
    """Payments with their coupons, and what they came to on the accounts of funders, campaigns and merchants."""
    moved: Counter[int] = Counter()
    chance = random.Random("season")  # noqa: S311 - the same season in every run
    connection: Any = await asyncpg.connect(url)
    task = progress.add_task("payments", total=size.payments)
    try:
        for first in range(0, size.payments, TOGETHER):
            rows = list(_paid(ground, chance, range(first, min(first + TOGETHER, size.payments)), moved))
            for kind, things in ((Payment, [row[0] for row in rows]), (Coupon, [row[1] for row in rows])):
                await copy(connection, kind.__table__, kind, encode(kind, BOOK, things))
            progress.advance(task, len(rows))
        await connection.executemany(
            "UPDATE balance SET credits = credits + greatest($3, 0), debits = debits + greatest(-$3, 0) "
            "WHERE book = $1 AND account = $2",
            [(BOOK, account, amount) for account, amount in moved.items()],
        )
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


def _paid(
    ground: _Ground, chance: random.Random, numbers: range, moved: Counter[int]
) -> Iterator[tuple[Payment, Coupon]]:
    """Payments, each with a coupon that was used; ``moved`` counts what came to each account, or went."""
    now = utc_now()
    for number in numbers:
        place = number % len(ground.campaigns)
        campaign = ground.campaigns[place]
        merchant, account = ground.merchants[chance.randrange(len(ground.merchants))]
        off, gross = chance.randint(OFF_MIN, OFF_MAX), chance.randint(1_000, 20_000)
        parts = split(off, WEIGHTS)
        for funder, part in zip(campaign.funders, parts, strict=True):
            moved[funder.unreserved] -= part
            moved[funder.spent] += part
        moved[campaign.redeemed] -= off
        moved[account] += off
        payment = Payment(
            id=f"pay_{number:026d}",
            order=f"ord_{number:026d}",
            merchant=merchant,
            gross=gross,
            amount=gross,
            gross_captured=gross,
            captured=gross,
            gross_refunded=0,
            refunded=0,
            refunds=0,
            fee=0,
            tax=0,
            schedule="none:1",
            state=PaymentState.PAID,
            channel="mobile",
            code=None,
            on=TODAY,
            at=now,
            by="bench",
            expires_at=None,
            updated_at=now,
        )
        yield (
            payment,
            Coupon(
                id=f"cpn_{number:026d}",
                campaign=campaign.id,
                offer=ground.offers[place],
                party=f"pty_{number % 100_000:026d}",
                wallet=f"wal_{number % 100_000:026d}",
                state=CouponState.USED,
                amount=OFF_MAX,
                used=off,
                reserved=(0,) * len(parts),
                spent=parts,
                order=payment.order,
                payment=payment.id,
                reserving=False,
                returns=0,
                reason=None,
                claimed_at=now,
                expires_at=now + timedelta(days=DAYS),
                updated_at=now,
            ),
        )


__all__ = ["FULL", "QUICK", "TINY", "Size", "run"]
