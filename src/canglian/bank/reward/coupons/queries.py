"""Coupons as they are shown."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

import msgspec

from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer
from canglian.bank.reward.coupons.model import Coupon, CouponState
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one
from canglian.kernel.queries.paging import Order, Page, Where, by_text
from canglian.kernel.shape import shape


class CouponFilter(msgspec.Struct, frozen=True):
    """Which coupons; None means any."""

    campaign: Annotated[str | None, doc("Only of this campaign.")] = None
    offer: Annotated[str | None, doc("Only of this offer.")] = None
    party: Annotated[str | None, doc("Only of this customer.")] = None
    payment: Annotated[str | None, doc("Only used in this payment.")] = None
    state: Annotated[CouponState | None, doc("Only in this state.")] = None


_COUPONS = listing(Coupon, by_text("id"))


async def coupons(reader: Reader, book: int, asked: CouponFilter, order: Order) -> Page[Coupon]:
    """A page of coupons, newest first."""
    where = Where("book = $1")
    where.add("campaign = ?", asked.campaign)
    where.add("campaign = (SELECT campaign FROM campaign_offer WHERE book = $1 AND id = ?)", asked.offer)
    where.add("offer = ?", asked.offer)
    where.add("party = ?", asked.party)
    where.add("payment = ?", asked.payment)
    where.add("state = ?", asked.state)
    return await _COUPONS.page(reader, book, where, order)


async def coupon(reader: Reader, book: int, identity: str) -> Coupon:
    """A coupon; NotFound ``coupon.not_found``."""
    return await one(reader, book, Coupon, identity)


async def expiring(reader: Reader, book: int, now: datetime, most: int) -> list[str]:
    """Coupons whose time is over and for which something is reserved; those locked for an order wait."""
    sql = (
        "SELECT id FROM coupon WHERE book = $1 AND reserving AND expires_at <= $2 AND state <> 'locked' "
        "ORDER BY expires_at, id LIMIT $3"
    )
    return [row[0] for row in await reader.rows(sql, book, now, most)]


async def usable(
    reader: Reader, book: int, wallets: Iterable[str], now: datetime, order: str, most: int = 50
) -> list[tuple[Coupon, CampaignOffer, Campaign]]:
    """Coupons that some wallets can use for an order now, those kept for it too; those that expire first come first."""
    coupon_form, offer_form, campaign_form = shape(Coupon), shape(CampaignOffer), shape(Campaign)
    selected = [
        *(f"n.{name}" for name in coupon_form.names),
        *(f"o.{name}" for name in offer_form.names),
        *(f"c.{name}" for name in campaign_form.names),
    ]
    sql = (
        f"SELECT {', '.join(selected)} FROM coupon n "
        "JOIN campaign_offer o ON o.book = $1 AND o.id = n.offer JOIN campaign c ON c.book = $1 AND c.id = n.campaign "
        "WHERE n.book = $1 AND n.wallet = ANY($2::text[]) AND n.expires_at > $3 AND (n.state = 'claimed' "
        "OR (n.state = 'locked' AND n.\"order\" = $5 AND n.quote IS NOT NULL)) "
        "AND o.kind <> 'benefit' "
        "ORDER BY n.expires_at, n.id LIMIT $4"
    )
    first, second = len(coupon_form.names), len(coupon_form.names) + len(offer_form.names)
    rows = map(tuple, await reader.rows(sql, book, list(wallets), now, most, order))
    return [
        (coupon_form.make(row[:first]), offer_form.make(row[first:second]), campaign_form.make(row[second:]))
        for row in rows
    ]


async def claimed_by(reader: Reader, book: int, party: str, offers: Iterable[str]) -> dict[str, int]:
    """How many coupons of each offer a person has claimed."""
    sql = "SELECT offer, claimed FROM offer_claims WHERE book = $1 AND party = $2 AND offer = ANY($3::text[])"
    return {row[0]: row[1] for row in await reader.rows(sql, book, party, list(offers))}


async def counts(reader: Reader, book: int, campaign: str) -> dict[str, tuple[int, int]]:
    """How many coupons of a campaign are in each state, and what they took off."""
    sql = (
        "SELECT state, count(*), coalesce(sum(used), 0)::bigint FROM coupon "
        "WHERE book = $1 AND campaign = $2 GROUP BY state"
    )
    return {row[0]: (row[1], row[2]) for row in await reader.rows(sql, book, campaign)}


async def of_offer(reader: Reader, book: int, party: str, offer: str, most: int = 20) -> list[Coupon]:
    """The coupons of an offer that a person has and has not lost, the newest first."""
    form = shape(Coupon)
    sql = (
        f"SELECT {', '.join(form.names)} FROM coupon WHERE book = $1 AND party = $2 AND offer = $3 "
        "AND state NOT IN ('expired', 'void') ORDER BY id DESC LIMIT $4"
    )
    return [form.make(tuple(row)) for row in await reader.rows(sql, book, party, offer, most)]
