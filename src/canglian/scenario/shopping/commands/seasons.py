"""Seasons come to be, with their themes and the campaigns of these."""

from datetime import date
from typing import Annotated

from msgspec import UNSET, UnsetType, structs

from canglian.bank.reward.campaigns.model import Campaign, CampaignState
from canglian.bank.reward.campaigns.rules import offers_of
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, doc
from canglian.ledger.book import Book
from canglian.scenario.shopping.commands.values import (
    CampaignId,
    Districts,
    FirstDay,
    LastDay,
    LeaveDays,
    MallCodes,
    Malls,
    SeasonId,
    SeasonName,
    Summary,
    ThemeId,
)
from canglian.scenario.shopping.model import Joining, Season, SeasonCampaign, Theme
from canglian.scenario.shopping.rules import last_date, local_date

_OVER = (CampaignState.ENDED, CampaignState.SETTLED)


class OpenSeason(Command[Season], kind="shopping.open_season"):
    """Open a shopping season. Rejects ``season.dates`` and ``season.malls``."""

    name: SeasonName
    starts_on: FirstDay
    ends_on: LastDay
    malls: Malls = ()

    def decide(self, book: Book) -> Season:
        if self.ends_on < self.starts_on:
            book.reject("season.dates", field="ends_on")
        if len({mall.code for mall in self.malls}) < len(self.malls):
            book.reject("season.malls", field="malls")
        identity = book.new_id("sea")
        book.emit("season.opened", f"season:{identity}", season=identity)
        return book.add(
            Season(
                id=identity,
                name=self.name,
                starts_on=self.starts_on,
                ends_on=self.ends_on,
                malls=self.malls,
                opened_at=book.now,
                opened_by=book.actor,
                updated_at=book.now,
            )
        )


class AddTheme(Command[Theme], kind="shopping.add_theme"):
    """Add a theme to a season. Rejects ``season.dates``, ``season_theme.dates`` and ``season_theme.mall_unknown``."""

    season: SeasonId
    name: SeasonName
    summary: Summary
    starts_on: FirstDay
    ends_on: LastDay
    districts: Districts = ()
    malls: MallCodes = ()

    def decide(self, book: Book) -> Theme:
        season = book.get(Season, self.season)
        _refuse_dates(book, season, self.starts_on, self.ends_on)
        _refuse_malls(book, season, self.malls)
        identity = book.new_id("thm")
        book.emit("season.theme_added", f"season:{season.id}", season=season.id, season_theme=identity)
        return book.add(
            Theme(
                id=identity,
                season=season.id,
                name=self.name,
                summary=self.summary,
                starts_on=self.starts_on,
                ends_on=self.ends_on,
                districts=self.districts,
                malls=self.malls,
                added_at=book.now,
                added_by=book.actor,
                updated_at=book.now,
            )
        )


class ChangeTheme(Command[Theme], kind="shopping.change_theme"):
    """Change a theme; what is left out stays. Rejects as adding one does, and ``season_campaign.window``."""

    theme: ThemeId
    name: SeasonName | UnsetType = UNSET
    summary: Summary | UnsetType = UNSET
    starts_on: FirstDay | UnsetType = UNSET
    ends_on: LastDay | UnsetType = UNSET
    districts: Districts | UnsetType = UNSET
    malls: MallCodes | UnsetType = UNSET

    def decide(self, book: Book) -> Theme:
        theme = book.get(Theme, self.theme)
        asked = {name: getattr(self, name) for name in self.__struct_fields__ if name != "theme"}
        changes = {name: value for name, value in asked.items() if value is not UNSET}
        changed = structs.replace(theme, **changes, updated_at=book.now)
        season = book.get(Season, theme.season)
        _refuse_dates(book, season, changed.starts_on, changed.ends_on)
        _refuse_malls(book, season, changed.malls)
        for place in book.find(SeasonCampaign, "theme", theme.id):
            _refuse_window(book, changed, book.get(Campaign, place.campaign))
        book.emit("season.theme_changed", f"season:{season.id}", season=season.id, season_theme=theme.id)
        return book.put(changed)


class AddCampaign(Command[SeasonCampaign], kind="shopping.add_campaign"):
    """Put a campaign into a theme. Where merchants join it, its coupons are bound to those that do, from now on.

    Rejects ``season_campaign.taken``, ``season_campaign.over``, ``season_campaign.window``, and
    ``season_campaign.drafted`` where merchants join a campaign that is no draft: what was approved stays as it is.
    """

    theme: ThemeId
    campaign: CampaignId
    joining: Annotated[
        Joining,
        doc("How merchants come into it: `everybody` that fits, `open` to who joins, or `approved` by the bank."),
        Field(label="Who takes part"),
    ] = Joining.OPEN
    leave_days: LeaveDays = 7

    def decide(self, book: Book) -> SeasonCampaign:
        theme, campaign = book.get(Theme, self.theme), book.get(Campaign, self.campaign)
        if book.find(SeasonCampaign, "campaign", campaign.id):
            book.reject("season_campaign.taken", field="campaign")
        if campaign.state in _OVER:
            book.reject("season_campaign.over", field="campaign")
        _refuse_window(book, theme, campaign)
        if self.joining is not Joining.EVERYBODY:
            _bind(book, campaign)
        elif any(campaign.id in offer.audience.payees.lists for offer in offers_of(book, campaign.id)):
            _bind(book, campaign, to=())
        identity = book.new_id("sca")
        book.emit("season.campaign_added", f"campaign:{campaign.id}", season_campaign=identity, campaign=campaign.id)
        return book.add(
            SeasonCampaign(
                id=identity,
                season=theme.season,
                theme=theme.id,
                campaign=campaign.id,
                joining=self.joining,
                leave_days=self.leave_days,
                added_at=book.now,
                added_by=book.actor,
            )
        )


def _bind(book: Book, campaign: Campaign, to: tuple[str, ...] | None = None) -> None:
    """The coupons of a draft are taken by the merchants on the campaign's own list only, and by nobody at first.

    ``to`` other lists, or to none: by everybody that fits.
    """
    if campaign.state is not CampaignState.DRAFT:
        book.reject("season_campaign.drafted", field="joining")
    for offer in offers_of(book, campaign.id):
        payees = structs.replace(offer.audience.payees, lists=(campaign.id,) if to is None else to)
        book.put(offer.replace(audience=structs.replace(offer.audience, payees=payees), updated_at=book.now))


def _refuse_dates(book: Book, season: Season, starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        book.reject("season.dates", field="ends_on")
    if starts_on < season.starts_on or ends_on > season.ends_on:
        book.reject(
            "season_theme.dates",
            starts_on=season.starts_on.isoformat(),
            ends_on=season.ends_on.isoformat(),
            field="starts_on" if starts_on < season.starts_on else "ends_on",
        )


def _refuse_malls(book: Book, season: Season, malls: tuple[str, ...]) -> None:
    known = {mall.code for mall in season.malls}
    for code in malls:
        if code not in known:
            book.reject("season_theme.mall_unknown", mall=code, field="malls")


def _refuse_window(book: Book, theme: Theme, campaign: Campaign) -> None:
    """The coupons of a campaign are claimed while its theme is on. Rejects ``season_campaign.window``."""
    first, last = local_date(campaign.starts_at), last_date(campaign.ends_at)
    if first < theme.starts_on or last > theme.ends_on:
        book.reject("season_campaign.window", starts_on=theme.starts_on.isoformat(), ends_on=theme.ends_on.isoformat())
