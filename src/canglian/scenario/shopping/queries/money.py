"""Where a bureau's money went: campaign, merchant, payment, to the fen.

What the rows of a level add up to is what the level above says, and on top what the accounts of the ledger hold.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated

import msgspec

from canglian.bank.reward.campaigns.model import Campaign, CampaignState
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one
from canglian.kernel.queries.paging import Order, Page, Where, by_text
from canglian.kernel.shape import shape
from canglian.scenario.shopping.model import Bureau
from canglian.scenario.shopping.queries.seasons import money_of

CAMPAIGNS_MAX = 1_000
MERCHANTS_MAX = 2_000
_UNDECIDED = (CampaignState.DRAFT, CampaignState.REVIEW)
"""Of these a bureau sees only what somebody has paid for: anybody's draft may name it."""

PAYMENTS_MAX = 5_000
"""How many payments of a merchant in a campaign are shown or written at once."""


class BureauFilter(msgspec.Struct, frozen=True):
    """Which bureaus; None means any."""

    login: Annotated[str | None, doc("Only those whose money this login sees.")] = None


class BureauCampaign(msgspec.Struct, frozen=True):
    """A campaign for which a bureau pays, with where its own money stands. All amounts are in fen."""

    campaign: Annotated[str, doc("The campaign's id.")]
    name: Annotated[str, doc("What people read.")]
    state: Annotated[str, doc("Where the campaign stands.")]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]
    starts_at: Annotated[datetime, doc("From when on coupons are claimed.")]
    ends_at: Annotated[datetime, doc("Before when coupons are claimed.")]
    share_bps: Annotated[int, doc("The bureau's share of each discount, in basis points.")]
    funded: Annotated[int, doc("What it paid in, less what it was paid back.")]
    unreserved: Annotated[int, doc("What is free.")]
    reserved: Annotated[int, doc("What is reserved for coupons in people's hands.")]
    spent: Annotated[int, doc("What was spent on coupons that were used, less what refunds gave back.")]
    returned: Annotated[int, doc("What is its own again and was not paid back yet.")]


class BureauMoney(msgspec.Struct, frozen=True):
    """A bureau with its money, by campaign."""

    bureau: Annotated[Bureau, doc("The bureau.")]
    campaigns: Annotated[
        list[BureauCampaign], doc("Its campaigns, the newest first, without drafts for which nobody has paid yet.")
    ]

    def total(self, name: str) -> int:
        """One of the figures over all campaigns."""
        return sum(getattr(row, name) for row in self.campaigns)


class MerchantShare(msgspec.Struct, frozen=True):
    """What of a funder's money went to one merchant in a campaign. All amounts are in fen."""

    merchant: Annotated[str, doc("The merchant's id.")]
    name: Annotated[str, doc("What people read on receipts.")]
    payments: Annotated[int, doc("How many payments coupons were used in.")]
    sales: Annotated[int, doc("What those payments came to, before discounts, less what was refunded of it.")]
    discount: Annotated[int, doc("What coupons took off in them, whoever paid for it.")]
    share: Annotated[int, doc("What of that the bureau paid.")]


class PaymentShare(msgspec.Struct, frozen=True):
    """What of a funder's money one payment took. All amounts are in fen. Who paid is not told."""

    payment: Annotated[str, doc("The payment's id.")]
    at: Annotated[datetime, doc("When it was paid.")]
    gross: Annotated[int, doc("The price.")]
    refunded: Annotated[int, doc("What of the price was refunded.")]
    coupon: Annotated[str, doc("The id of the coupon that was used.")]
    discount: Annotated[int, doc("What the coupon took off, less what refunds gave back.")]
    share: Annotated[int, doc("What of that the bureau paid.")]


_BUREAUS = listing(Bureau, by_text("id"))


async def bureaus(reader: Reader, book: int, asked: BureauFilter, order: Order) -> Page[Bureau]:
    """A page of bureaus, newest first."""
    where = Where("book = $1")
    where.add("logins @> to_jsonb(?::text)", asked.login)
    return await _BUREAUS.page(reader, book, where, order)


async def bureau(reader: Reader, book: int, identity: str) -> Bureau:
    """A bureau; NotFound ``season_bureau.not_found``."""
    return await one(reader, book, Bureau, identity)


async def whole(reader: Reader, book: int, identity: str) -> BureauMoney:
    """A bureau with its money; NotFound ``season_bureau.not_found``."""
    found = await bureau(reader, book, identity)
    paid_for = await _campaigns_of(reader, book, found.wallets)
    money = await money_of(reader, book, paid_for)
    rows = [
        BureauCampaign(
            campaign=campaign.id,
            name=campaign.name,
            state=campaign.state.value,
            asset=campaign.asset,
            starts_at=campaign.starts_at,
            ends_at=campaign.ends_at,
            share_bps=funder.share_bps,
            funded=funder.funded,
            unreserved=funder.unreserved,
            reserved=funder.reserved,
            spent=funder.spent,
            returned=funder.returned,
        )
        for campaign in paid_for
        if campaign.state not in _UNDECIDED or any(funder.funded for funder in money[campaign.id])
        for funder in money[campaign.id]
        if funder.wallet in found.wallets
    ]
    return BureauMoney(found, rows)


async def _campaigns_of(reader: Reader, book: int, wallets: Iterable[str]) -> list[Campaign]:
    """Campaigns into which some wallets pay, the newest first."""
    form = shape(Campaign)
    sql = (
        f"SELECT {', '.join(form.names)} FROM campaign WHERE book = $1 "
        "AND EXISTS (SELECT 1 FROM jsonb_array_elements(funders) f WHERE f ->> 'wallet' = ANY($2::text[])) "
        f"ORDER BY id DESC LIMIT {CAMPAIGNS_MAX}"
    )
    return [form.make(row) for row in map(tuple, await reader.rows(sql, book, list(wallets)))]


def places_of(campaign: Campaign, wallets: Sequence[str]) -> list[int]:
    """Which of a campaign's funders, from 0, pay in from one of some wallets."""
    return [place for place, funder in enumerate(campaign.funders) if funder.wallet in wallets]


_SHARE = "(SELECT coalesce(sum((n.spent ->> place)::bigint), 0) FROM unnest({places}::int[]) place)"


async def by_merchant(reader: Reader, book: int, campaign: str, places: Sequence[int]) -> list[MerchantShare]:
    """What some funders of a campaign paid, by merchant, the largest first."""
    sql = (
        "SELECT p.merchant, m.name, count(*), sum(p.gross - p.gross_refunded)::bigint, sum(n.used)::bigint, "
        f"sum({_SHARE.format(places='$3')})::bigint AS share "
        "FROM coupon n JOIN payment p ON p.book = $1 AND p.id = n.payment "
        "JOIN merchant m ON m.book = $1 AND m.id = p.merchant "
        "WHERE n.book = $1 AND n.campaign = $2 AND n.used > 0 "
        f"GROUP BY p.merchant, m.name ORDER BY share DESC, p.merchant LIMIT {MERCHANTS_MAX}"
    )
    return [MerchantShare(*row) for row in await reader.rows(sql, book, campaign, list(places))]


async def by_payment(
    reader: Reader, book: int, campaign: str, merchant: str, places: Sequence[int]
) -> list[PaymentShare]:
    """What some funders of a campaign paid at a merchant, by payment, the newest first."""
    sql = (
        "SELECT p.id, p.at, p.gross, p.gross_refunded, n.id, n.used, "
        f"{_SHARE.format(places='$4')}::bigint "
        "FROM coupon n JOIN payment p ON p.book = $1 AND p.id = n.payment "
        "WHERE n.book = $1 AND n.campaign = $2 AND p.merchant = $3 AND n.used > 0 "
        f"ORDER BY p.id DESC, n.id LIMIT {PAYMENTS_MAX}"
    )
    return [PaymentShare(*row) for row in await reader.rows(sql, book, campaign, merchant, list(places))]


class FunderShare(msgspec.Struct, frozen=True):
    """What a funder of a campaign owes each merchant's sales: its part of all discounts there, in fen."""

    campaign: Annotated[str, doc("The campaign's id.")]
    funder: Annotated[int, doc("Which of the campaign's funders, from 1.")]
    merchant: Annotated[str, doc("The merchant's id.")]
    payments: Annotated[int, doc("How many payments coupons were used in.")]
    share: Annotated[int, doc("What the funder paid, in fen.")]


async def shares_of_season(reader: Reader, book: int, season: str) -> list[FunderShare]:
    """What each funder of a season paid to each merchant in each campaign: the season's settlement of its shares."""
    sql = (
        "SELECT x.campaign, x.funder, x.merchant, sum(x.payments)::bigint, sum(x.share)::bigint FROM ("
        "SELECT n.campaign, p.merchant, count(*) AS payments, f.place AS funder, "
        "sum((n.spent ->> (f.place - 1))::bigint) AS share FROM coupon n "
        "JOIN season_campaign s ON s.book = $1 AND s.campaign = n.campaign "
        "JOIN payment p ON p.book = $1 AND p.id = n.payment "
        "CROSS JOIN LATERAL generate_series(1, jsonb_array_length(n.spent)) AS f(place) "
        "WHERE n.book = $1 AND s.season = $2 AND n.used > 0 GROUP BY n.campaign, p.merchant, f.place"
        ") x GROUP BY x.campaign, x.funder, x.merchant ORDER BY x.campaign, x.funder, x.merchant"
    )
    return [FunderShare(*row) for row in await reader.rows(sql, book, season)]
