"""The live board of a campaign: claims and uses by the hour and by store, and how far the money goes."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer
from canglian.bank.reward.campaigns.queries import FunderMoney
from canglian.bank.reward.shares import split
from canglian.kernel.postgres.reader import Reader
from canglian.scenario.shopping.rules import Forecast, forecast

HOURS_MAX = 72
"""How many of the last hours a board shows."""

STORES_MAX = 50


class Hour(msgspec.Struct, frozen=True):
    """An hour by its beginning: coupons that were claimed, that were used, and what those took off, in fen."""

    begin: datetime
    claims: int = 0
    uses: int = 0
    discount: int = 0


class StoreUse(msgspec.Struct, frozen=True):
    """What was used at a store, or at a merchant where the order names none."""

    merchant: str
    name: str
    store: str | None
    uses: int
    discount: int


async def hours(reader: Reader, book: int, campaign: str, since: datetime) -> list[Hour]:
    """The hours since then in which anything happened, the first one first."""
    sql = (
        "SELECT h.begin, sum(h.claims)::bigint, sum(h.uses)::bigint, sum(h.discount)::bigint FROM ("
        "SELECT date_trunc('hour', n.claimed_at, 'Asia/Shanghai') AS begin, count(*) AS claims, 0 AS uses, "
        "0 AS discount FROM coupon n WHERE n.book = $1 AND n.campaign = $2 AND n.claimed_at >= $3 GROUP BY 1 "
        "UNION ALL SELECT date_trunc('hour', p.at, 'Asia/Shanghai'), 0, count(*), sum(u.used) FROM coupon u "
        "JOIN payment p ON p.book = $1 AND p.id = u.payment "
        "WHERE u.book = $1 AND u.campaign = $2 AND u.used > 0 AND p.at >= $3 GROUP BY 1"
        ") h GROUP BY h.begin ORDER BY h.begin"
    )
    return [Hour(*row) for row in await reader.rows(sql, book, campaign, since)]


async def stores(reader: Reader, book: int, campaign: str) -> list[StoreUse]:
    """Where coupons were used, most discount first."""
    sql = (
        "SELECT p.merchant, m.name, s.name, count(*), sum(n.used)::bigint AS discount FROM coupon n "
        "JOIN payment p ON p.book = $1 AND p.id = n.payment JOIN merchant m ON m.book = $1 AND m.id = p.merchant "
        'JOIN payment_order o ON o.book = $1 AND o.id = p."order" '
        "LEFT JOIN merchant_store s ON s.book = $1 AND s.id = o.store "
        "WHERE n.book = $1 AND n.campaign = $2 AND n.used > 0 "
        f"GROUP BY p.merchant, m.name, s.name ORDER BY discount DESC, p.merchant LIMIT {STORES_MAX}"
    )
    return [StoreUse(*row) for row in await reader.rows(sql, book, campaign)]


def coupons_left(campaign: Campaign, offers: Sequence[CampaignOffer], money: Sequence[FunderMoney]) -> int:
    """How many more coupons can be claimed: by the stock, and by the money of every funder at the dearest coupon."""
    stock = sum(offer.left for offer in offers)
    dearest = max((offer.most for offer in offers), default=0)
    if not dearest:
        return stock
    parts = split(dearest, [funder.share_bps for funder in campaign.funders])
    by_money = [funder.unreserved // part for funder, part in zip(money, parts, strict=True) if part]
    return min([stock, *by_money])


def foreseen(
    campaign: Campaign,
    offers: Sequence[CampaignOffer],
    money: Sequence[FunderMoney],
    found: Sequence[Hour],
    now: datetime,
) -> Forecast:
    """When the last coupon is claimed, if claims go on as in the last hours."""
    claims = [(hour.begin, hour.claims) for hour in found]
    return forecast(coupons_left(campaign, offers, money), claims, now, campaign.starts_at)
