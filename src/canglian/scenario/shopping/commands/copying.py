"""A season is copied for a later year: its themes, its campaigns as drafts, and invitations to whoever took part."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

import msgspec

from canglian.bank.payment import Merchant
from canglian.bank.reward.campaigns.commands.drafting import CopyCampaign, same_day_in
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer
from canglian.kernel.command import Command, Find, Read
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import Field, doc
from canglian.ledger.book import Book
from canglian.scenario.shopping.commands.joining import InviteMerchant
from canglian.scenario.shopping.commands.seasons import AddCampaign, AddTheme, OpenSeason
from canglian.scenario.shopping.commands.values import SeasonId, SeasonName
from canglian.scenario.shopping.model import Joining, PartState, Season, SeasonCampaign, SeasonMerchant, Theme

_TAKES_PART = (PartState.JOINED, PartState.LEAVING, PartState.LEFT)


class LeftOutCampaign(msgspec.Struct, frozen=True):
    """A campaign that was not copied, and why."""

    campaign: Annotated[str, doc("The campaign's id.")]
    name: Annotated[str, doc("What it is called.")]
    code: Annotated[str, doc("The code of its refusal.")]


class CopiedSeason(msgspec.Struct, frozen=True):
    """A season that was copied."""

    season: Annotated[Season, doc("The new season.")]
    themes: Annotated[int, doc("How many themes it has.")]
    campaigns: Annotated[list[str], doc("The drafts of its campaigns, by their ids.")]
    invited: Annotated[int, doc("How many invitations went to merchants that took part before.")]
    left_out: Annotated[list[LeftOutCampaign], doc("What was not copied, and why.")]


class CopySeason(Command[CopiedSeason], kind="shopping.copy_season"):
    """Open a season as another one was, as few years later as lets it still happen.

    It has the same themes; its campaigns are drafts in the same places, with the same rule of joining, and whoever took
    part is invited. A campaign that cannot be drafted again is left out. Rejects as opening a season does.
    """

    season: SeasonId
    name: Annotated[
        SeasonName | None,
        doc("What people read; null for the same name, with its year moved on."),
        Field(label="Name", help="Empty for the same name, with its year moved on."),
    ] = None

    def reads(self) -> Iterable[Read]:
        return ((Season, self.season),)

    def finds(self) -> Iterable[Find]:
        return ((Theme, "season", self.season),)

    def decide(self, book: Book) -> CopiedSeason:
        known = book.get(Season, self.season)
        themes = sorted(book.find(Theme, "season", known.id), key=lambda theme: theme.id)
        book.require((), [(SeasonCampaign, "theme", theme.id) for theme in themes])
        places = {theme.id: sorted(book.find(SeasonCampaign, "theme", theme.id), key=_age) for theme in themes}
        _require_all(book, [place for of_theme in places.values() for place in of_theme])
        years = _years(known, book.today)
        name = self.name or known.name.replace(str(known.starts_on.year), str(known.starts_on.year + years))
        opened = OpenSeason(
            name=name,
            starts_on=_later(known.starts_on, years),
            ends_on=_later(known.ends_on, years),
            malls=known.malls,
        ).decide(book)
        done = CopiedSeason(opened, len(themes), [], 0, [])
        invited = 0
        for theme in themes:
            added = AddTheme(
                season=opened.id,
                name=theme.name,
                summary=theme.summary,
                starts_on=_later(theme.starts_on, years),
                ends_on=_later(theme.ends_on, years),
                districts=theme.districts,
                malls=theme.malls,
            ).decide(book)
            for place in places[theme.id]:
                invited += _copied(book, place, added, years, done)
        return msgspec.structs.replace(done, invited=invited)


def _copied(book: Book, place: SeasonCampaign, theme: Theme, years: int, done: CopiedSeason) -> int:
    """Draft a campaign again in a theme of the new season; how many merchants are invited to it."""
    campaign = book.get(Campaign, place.campaign)
    try:
        starts_at = same_day_in(campaign.starts_at, years)
        draft = CopyCampaign(campaign=campaign.id, starts_at=starts_at).decide(book)
        made = AddCampaign(
            theme=theme.id, campaign=draft.id, joining=place.joining, leave_days=place.leave_days
        ).decide(book)
    except Rejection as refused:
        done.left_out.append(LeftOutCampaign(campaign.id, campaign.name, refused.code))
        return 0
    done.campaigns.append(draft.id)
    if place.joining is Joining.EVERYBODY:
        return 0
    invited = 0
    for part in sorted(book.find(SeasonMerchant, "parts", place.id), key=lambda part: part.id):
        if part.state in _TAKES_PART:
            try:
                InviteMerchant(place=made.id, merchant=part.merchant).decide(book)
            except Rejection:
                continue
            invited += 1
    return invited


def _require_all(book: Book, places: list[SeasonCampaign]) -> None:
    """Have loaded what copying campaigns reads, in a few rounds."""
    book.require(
        [(Campaign, place.campaign) for place in places],
        [
            *((CampaignOffer, "campaign", place.campaign) for place in places),
            *((SeasonMerchant, "parts", place.id) for place in places),
        ],
    )
    parts = [part for place in places for part in book.find(SeasonMerchant, "parts", place.id)]
    book.require([(Merchant, merchant) for merchant in dict.fromkeys(part.merchant for part in parts)])


def _years(season: Season, today: date) -> int:
    """How many years later a season is copied: as few as make its last day come."""
    years = 1
    while _later(season.ends_on, years) <= today:
        years += 1
    return years


def _later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _age(place: SeasonCampaign) -> str:
    return place.id
