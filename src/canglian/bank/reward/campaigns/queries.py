"""Campaigns and what they offer, as they are shown."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

import msgspec

from canglian.bank.reward import accounts
from canglian.bank.reward.bounds.queries import BoundLeft, bounds
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer, CampaignState, FunderKind
from canglian.bank.wallet.queries.wallets import balances
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one, some
from canglian.kernel.queries.paging import Order, Page, Where, by_instant, by_text
from canglian.kernel.shape import shape
from canglian.kernel.values import SHANGHAI, utc_now


class CampaignFilter(msgspec.Struct, frozen=True):
    """Which campaigns; None means any."""

    state: Annotated[CampaignState | None, doc("Only in this state.")] = None


class CampaignOfferFilter(msgspec.Struct, frozen=True):
    """Which offers; None means any."""

    campaign: Annotated[str | None, doc("Only of this campaign.")] = None


class FunderMoney(msgspec.Struct, frozen=True):
    """A funder with where its money is: together it is what was paid in, less what was paid back."""

    kind: Annotated[FunderKind, doc("Whose money it is: `government`, `bank` or `merchant`.")]
    name: Annotated[str, doc("What people read.")]
    wallet: Annotated[str | None, doc("The wallet that pays in; null for the bank's own money.")]
    share_bps: Annotated[int, doc("Its share of each discount, in basis points.")]
    unreserved: Annotated[int, doc("What is free, in fen.")]
    reserved: Annotated[int, doc("What is reserved for coupons, in fen.")]
    spent: Annotated[int, doc("What was spent, less what refunds gave back, in fen.")]
    returned: Annotated[int, doc("What is its own again and was not paid back yet, in fen.")]

    @property
    def funded(self) -> int:
        """What it has paid in, less what was paid back."""
        return self.unreserved + self.reserved + self.spent + self.returned


class CampaignWhole(msgspec.Struct, frozen=True):
    """A campaign with its funders' money and what it offers."""

    campaign: Annotated[Campaign, doc("The campaign itself.")]
    funders: Annotated[list[FunderMoney], doc("Where the money of each funder is.")]
    offers: Annotated[list[CampaignOffer], doc("What it offers, the first one first.")]
    bounds: Annotated[list[BoundLeft], doc("What bounds it, and what is left of each.")]


_CAMPAIGNS = listing(Campaign, by_text("id"), starts_at=by_instant("starts_at"))
_OFFERS = listing(CampaignOffer, by_text("id"))


async def campaigns(reader: Reader, book: int, asked: CampaignFilter, order: Order) -> Page[Campaign]:
    """A page of campaigns, newest first."""
    where = Where("book = $1")
    where.add("state = ?", asked.state)
    return await _CAMPAIGNS.page(reader, book, where, order)


async def campaign(reader: Reader, book: int, identity: str) -> Campaign:
    """A campaign; NotFound ``campaign.not_found``."""
    return await one(reader, book, Campaign, identity)


async def whole(reader: Reader, book: int, identity: str) -> CampaignWhole:
    """A campaign with its money and its offers; NotFound ``campaign.not_found``."""
    found = await campaign(reader, book, identity)
    funders, offered = await money(reader, book, found), await offers_of(reader, book, identity)
    day = utc_now().astimezone(SHANGHAI).date()
    paid_in = [(funder.name, funder.funded - funder.returned, funder.unreserved) for funder in funders]
    return CampaignWhole(found, funders, offered, await bounds(reader, book, found, offered, paid_in, day))


async def money(reader: Reader, book: int, found: Campaign) -> list[FunderMoney]:
    """Where the money of each funder of a campaign is, by its accounts of the ledger."""
    numbers = [
        number for each in found.funders for number in (each.unreserved, each.reserved, each.spent, each.returned)
    ]
    figures = await balances(reader, book, numbers)
    return [
        FunderMoney(
            kind=each.kind,
            name=each.name,
            wallet=each.wallet,
            share_bps=each.share_bps,
            unreserved=figures[each.unreserved][0],
            reserved=figures[each.reserved][0],
            spent=figures[each.spent][0],
            returned=figures[each.returned][0],
        )
        for each in found.funders
    ]


async def offers(reader: Reader, book: int, asked: CampaignOfferFilter, order: Order) -> Page[CampaignOffer]:
    """A page of offers, newest first."""
    where = Where("book = $1 AND position > 0")
    where.add("campaign = ?", asked.campaign)
    return await _OFFERS.page(reader, book, where, order)


async def offer(reader: Reader, book: int, identity: str) -> CampaignOffer:
    """An offer; NotFound ``campaign_offer.not_found``."""
    return await one(reader, book, CampaignOffer, identity)


async def offers_of(reader: Reader, book: int, identity: str) -> list[CampaignOffer]:
    """What a campaign offers, the first one first."""
    found = await some(reader, book, CampaignOffer, "campaign", identity)
    return sorted((offer for offer in found if offer.position), key=lambda offer: offer.position)


async def claimable(
    reader: Reader, book: int, now: datetime, most: int = 50
) -> list[tuple[Campaign, list[CampaignOffer]]]:
    """Campaigns whose time it is, and which take claims, each with its offers; those that end first come first."""
    form = shape(Campaign)
    sql = (
        f"SELECT {', '.join(form.names)} FROM campaign WHERE book = $1 "
        "AND state IN ('scheduled', 'running') AND starts_at <= $2 AND ends_at > $2 ORDER BY ends_at, id LIMIT $3"
    )
    found = [form.make(row) for row in map(tuple, await reader.rows(sql, book, now, most))]
    return [(each, await offers_of(reader, book, each.id)) for each in found]


async def due(reader: Reader, book: int, now: datetime, most: int = 100) -> tuple[list[str], list[str]]:
    """Campaigns whose time has come, and those whose time is over."""
    starting = "SELECT id FROM campaign WHERE book = $1 AND state = 'scheduled' AND starts_at <= $2 LIMIT $3"
    over = (
        "SELECT id FROM campaign WHERE book = $1 AND state IN ('scheduled', 'running', 'paused', 'exhausted') "
        "AND ends_at <= $2 LIMIT $3"
    )
    ended = [row[0] for row in await reader.rows(over, book, now, most)]
    started = [row[0] for row in await reader.rows(starting, book, now, most)]
    return [identity for identity in started if identity not in ended], ended


async def names(reader: Reader, book: int, identities: Iterable[str]) -> dict[str, str]:
    """What campaigns are called, by their ids."""
    sql = "SELECT id, name FROM campaign WHERE book = $1 AND id = ANY($2::text[])"
    return {row[0]: row[1] for row in await reader.rows(sql, book, list(dict.fromkeys(identities)))}


async def of_transfers(reader: Reader, book: int, transfers: list[int]) -> dict[int, tuple[str, str]]:
    """The names of campaigns whose funders' wallets a transfer took money from or gave it back to, and its code."""
    sql = (
        "SELECT t.id, c.name, t.code FROM transfer t JOIN campaign c ON c.book = $1 AND c.id = t.reference "
        "WHERE t.book = $1 AND t.id = ANY($2::bigint[]) AND t.code = ANY($3::text[])"
    )
    rows = await reader.rows(sql, book, transfers, [accounts.FUNDED, accounts.PAID_BACK])
    return {row[0]: (row[1], row[2]) for row in rows}


async def offer_names(reader: Reader, book: int, identities: Iterable[str]) -> dict[str, str]:
    """What offers are called, by their ids."""
    sql = "SELECT id, name FROM campaign_offer WHERE book = $1 AND id = ANY($2::text[])"
    return {row[0]: row[1] for row in await reader.rows(sql, book, list(dict.fromkeys(identities)))}


async def count(reader: Reader, book: int, state: CampaignState, most: int) -> int:
    """How many campaigns are in a state, up to a bound."""
    sql = "SELECT count(*) FROM (SELECT 1 FROM campaign WHERE book = $1 AND state = $2 LIMIT $3) found"
    return await reader.value(sql, book, state.value, most)


async def assets(reader: Reader, book: int, identities: Iterable[str]) -> dict[str, str]:
    """In which unit of value campaigns pay, by their ids."""
    sql = "SELECT id, asset FROM campaign WHERE book = $1 AND id = ANY($2::text[])"
    return {row[0]: row[1] for row in await reader.rows(sql, book, list(dict.fromkeys(identities)))}
