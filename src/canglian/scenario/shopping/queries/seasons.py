"""Seasons with their themes, the campaigns of these, and where the money of each stands."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated

import msgspec

from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer
from canglian.bank.reward.campaigns.queries import FunderMoney, offer_names
from canglian.bank.wallet.queries.wallets import balances
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.entities import listing, one, some
from canglian.kernel.queries.paging import Order, Page, Where, by_date, by_text, escaped
from canglian.kernel.shape import shape
from canglian.scenario.shopping.model import Mall, Season, SeasonCampaign, Theme

ALL_MAX = 500
"""The most campaigns of a season that are read at once."""


class SeasonFilter(msgspec.Struct, frozen=True):
    """Which seasons; None means any."""

    on: Annotated[date | None, doc("Only those that are on that day.")] = None


class ThemeFilter(msgspec.Struct, frozen=True):
    """Which themes; None means any."""

    season: Annotated[str | None, doc("Only of this season.")] = None


class PlaceFilter(msgspec.Struct, frozen=True):
    """Which campaigns of seasons; None means any."""

    season: Annotated[str | None, doc("Only of this season.")] = None
    theme: Annotated[str | None, doc("Only of this theme.")] = None
    campaign: Annotated[str | None, doc("Only this campaign.")] = None


class Placed(msgspec.Struct, frozen=True):
    """A campaign at its place in a season, with where its money stands, all its funders together."""

    place: SeasonCampaign
    campaign: Campaign
    unreserved: int
    reserved: int
    spent: int
    returned: int

    @property
    def budget(self) -> int:
        """What was paid in, less what was paid back."""
        return self.unreserved + self.reserved + self.spent + self.returned


class SeasonWhole(msgspec.Struct, frozen=True):
    """A season with its themes and their campaigns."""

    season: Annotated[Season, doc("The season itself.")]
    themes: Annotated[list[Theme], doc("Its themes, the first one first.")]
    campaigns: Annotated[list[SeasonCampaign], doc("The campaigns of its themes.")]


_SEASONS = listing(Season, by_text("id"), starts_on=by_date("starts_on"))
_THEMES = listing(Theme, by_text("id"), starts_on=by_date("starts_on"))
_PLACES = listing(SeasonCampaign, by_text("id"))


async def seasons(reader: Reader, book: int, asked: SeasonFilter, order: Order) -> Page[Season]:
    """A page of seasons, newest first."""
    where = Where("book = $1")
    where.add("starts_on <= ?", asked.on)
    where.add("ends_on >= ?", asked.on)
    return await _SEASONS.page(reader, book, where, order)


async def season(reader: Reader, book: int, identity: str) -> Season:
    """A season; NotFound ``season.not_found``."""
    return await one(reader, book, Season, identity)


async def themes(reader: Reader, book: int, asked: ThemeFilter, order: Order) -> Page[Theme]:
    """A page of themes, newest first."""
    where = Where("book = $1")
    where.add("season = ?", asked.season)
    return await _THEMES.page(reader, book, where, order)


async def theme(reader: Reader, book: int, identity: str) -> Theme:
    """A theme; NotFound ``season_theme.not_found``."""
    return await one(reader, book, Theme, identity)


async def malls(reader: Reader, book: int, *, called: str = "", codes: Iterable[str] = ()) -> list[Mall]:
    """The malls of all seasons with a part of a name, or with some codes; each once, by name."""
    sql = (
        "SELECT DISTINCT m ->> 'name', m ->> 'code', m ->> 'region' "
        "FROM season s CROSS JOIN jsonb_array_elements(s.malls) m WHERE s.book = $1 "
        "AND ((m ->> 'name') ILIKE $2 OR m ->> 'code' = ANY($3::text[])) ORDER BY 1, 2 LIMIT 20"
    )
    rows = await reader.rows(sql, book, f"%{escaped(called)}%" if called else None, list(codes))
    return [Mall(code, name, region) for name, code, region in rows]


async def themes_of(reader: Reader, book: int, identity: str) -> list[Theme]:
    """The themes of a season, the first one first."""
    found = await some(reader, book, Theme, "season", identity)
    return sorted(found, key=lambda theme: (theme.starts_on, theme.id))


async def places(reader: Reader, book: int, asked: PlaceFilter, order: Order) -> Page[SeasonCampaign]:
    """A page of campaigns of seasons, newest first."""
    where = Where("book = $1")
    where.add("season = ?", asked.season)
    where.add("theme = ?", asked.theme)
    where.add("campaign = ?", asked.campaign)
    return await _PLACES.page(reader, book, where, order)


async def place(reader: Reader, book: int, identity: str) -> SeasonCampaign:
    """A campaign's place in a season; NotFound ``season_campaign.not_found``."""
    return await one(reader, book, SeasonCampaign, identity)


async def whole(reader: Reader, book: int, identity: str) -> SeasonWhole:
    """A season with its themes and campaigns; NotFound ``season.not_found``."""
    found = await season(reader, book, identity)
    placed = await _places_in(reader, book, "season", identity)
    return SeasonWhole(found, await themes_of(reader, book, identity), placed)


async def _places_in(reader: Reader, book: int, column: str, identity: str) -> list[SeasonCampaign]:
    form = shape(SeasonCampaign)
    sql = (
        f"SELECT {', '.join(form.names)} FROM season_campaign WHERE book = $1 AND {column} = $2 "
        f"ORDER BY id LIMIT {ALL_MAX}"
    )
    return [form.make(row) for row in map(tuple, await reader.rows(sql, book, identity))]


async def placed_in(reader: Reader, book: int, *, season: str = "", theme: str = "") -> list[Placed]:
    """The campaigns of a season or a theme with their money; those that begin first come first."""
    found = await _places_in(reader, book, "theme" if theme else "season", theme or season)
    return await with_money(reader, book, found)


async def with_money(reader: Reader, book: int, found: Sequence[SeasonCampaign]) -> list[Placed]:
    """Campaigns at their places, with their money, all read at once."""
    by_id = {each.id: each for each in await campaigns_by_ids(reader, book, [place.campaign for place in found])}
    money = await money_of(reader, book, list(by_id.values()))
    placed = [
        Placed(
            place,
            by_id[place.campaign],
            *(sum(getattr(funder, name) for funder in money[place.campaign]) for name in _PLACES_OF_MONEY),
        )
        for place in found
    ]
    return sorted(placed, key=lambda each: (each.campaign.starts_at, each.campaign.id))


_PLACES_OF_MONEY = ("unreserved", "reserved", "spent", "returned")


async def campaigns_by_ids(reader: Reader, book: int, identities: Iterable[str]) -> list[Campaign]:
    """Campaigns by their ids."""
    form = shape(Campaign)
    sql = f"SELECT {', '.join(form.names)} FROM campaign WHERE book = $1 AND id = ANY($2::text[])"
    return [form.make(row) for row in map(tuple, await reader.rows(sql, book, list(dict.fromkeys(identities))))]


async def offers_of(reader: Reader, book: int, identities: Iterable[str]) -> dict[str, list[CampaignOffer]]:
    """What campaigns offer, by their ids."""
    form = shape(CampaignOffer)
    sql = (
        f"SELECT {', '.join(form.names)} FROM campaign_offer WHERE book = $1 AND campaign = ANY($2::text[]) "
        "ORDER BY position, id"
    )
    found: dict[str, list[CampaignOffer]] = {}
    for row in map(tuple, await reader.rows(sql, book, list(dict.fromkeys(identities)))):
        offer = form.make(row)
        found.setdefault(offer.campaign, []).append(offer)
    return found


async def money_of(reader: Reader, book: int, found: Sequence[Campaign]) -> dict[str, list[FunderMoney]]:
    """Where the money of each funder of some campaigns is, by campaign, from the accounts of the ledger."""
    numbers = [
        number
        for campaign in found
        for funder in campaign.funders
        for number in (funder.unreserved, funder.reserved, funder.spent, funder.returned)
    ]
    figures = await balances(reader, book, numbers)
    return {
        campaign.id: [
            FunderMoney(
                kind=funder.kind,
                name=funder.name,
                wallet=funder.wallet,
                share_bps=funder.share_bps,
                unreserved=figures[funder.unreserved][0],
                reserved=figures[funder.reserved][0],
                spent=figures[funder.spent][0],
                returned=figures[funder.returned][0],
            )
            for funder in campaign.funders
        ]
        for campaign in found
    }


async def placeable(reader: Reader, book: int, theme: Theme, most: int = 100) -> list[tuple[str, str]]:
    """Campaigns in no season whose claims lie in a theme: their ids and names, those that begin first come first."""
    sql = (
        "SELECT c.id, c.name FROM campaign c WHERE c.book = $1 AND c.state NOT IN ('ended', 'settled') "
        "AND c.starts_at >= ($2::date)::timestamp AT TIME ZONE 'Asia/Shanghai' "
        "AND c.ends_at <= ($3::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai' "
        "AND NOT EXISTS (SELECT 1 FROM season_campaign s WHERE s.book = $1 AND s.campaign = c.id) "
        "ORDER BY c.starts_at, c.id LIMIT $4"
    )
    rows = await reader.rows(sql, book, theme.starts_on, theme.ends_on, most)
    return [(row[0], row[1]) for row in rows]


async def going(reader: Reader, book: int, now: datetime, most: int = 200) -> list[tuple[SeasonCampaign, Theme]]:
    """The places of campaigns whose coupons are claimed now, with their themes; those that end first come first."""
    place_form, theme_form = shape(SeasonCampaign), shape(Theme)
    selected = [*(f"s.{name}" for name in place_form.names), *(f"t.{name}" for name in theme_form.names)]
    sql = (
        f"SELECT {', '.join(selected)} FROM season_campaign s "
        "JOIN season_theme t ON t.book = $1 AND t.id = s.theme "
        "JOIN campaign c ON c.book = $1 AND c.id = s.campaign "
        "WHERE s.book = $1 AND c.state IN ('scheduled', 'running') AND c.starts_at <= $2 AND c.ends_at > $2 "
        "ORDER BY c.ends_at, s.id LIMIT $3"
    )
    cut = len(place_form.names)
    rows = map(tuple, await reader.rows(sql, book, now, most))
    return [(place_form.make(row[:cut]), theme_form.make(row[cut:])) for row in rows]


async def joinable(reader: Reader, book: int, now: datetime, most: int = 200) -> list[tuple[SeasonCampaign, Theme]]:
    """The places of campaigns that merchants may join: not over, those that begin first come first."""
    place_form, theme_form = shape(SeasonCampaign), shape(Theme)
    selected = [*(f"s.{name}" for name in place_form.names), *(f"t.{name}" for name in theme_form.names)]
    sql = (
        f"SELECT {', '.join(selected)} FROM season_campaign s "
        "JOIN season_theme t ON t.book = $1 AND t.id = s.theme "
        "JOIN campaign c ON c.book = $1 AND c.id = s.campaign "
        "WHERE s.book = $1 AND s.joining <> 'everybody' AND c.state NOT IN ('draft', 'review', 'ended', 'settled') "
        "AND c.ends_at > $2 ORDER BY c.starts_at, s.id LIMIT $3"
    )
    cut = len(place_form.names)
    rows = map(tuple, await reader.rows(sql, book, now, most))
    return [(place_form.make(row[:cut]), theme_form.make(row[cut:])) for row in rows]


__all__ = [
    "PlaceFilter",
    "Placed",
    "SeasonFilter",
    "SeasonWhole",
    "ThemeFilter",
    "campaigns_by_ids",
    "going",
    "joinable",
    "money_of",
    "offer_names",
    "offers_of",
    "place",
    "placeable",
    "placed_in",
    "places",
    "season",
    "seasons",
    "theme",
    "themes",
    "themes_of",
    "whole",
    "with_money",
]
