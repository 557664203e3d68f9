"""Seasons with their themes and campaigns, merchants that take part, bureaus that pay, and notes about merchants."""

import enum
from datetime import date, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.kernel.entity import Entity
from canglian.kernel.fields import PlainText, doc

MallCode = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{1,31}\Z", description="The short stable name of a mall.")]
District = Annotated[str, Meta(pattern=r"^[1-9][0-9]{1,5}\Z", description="A division of GB/T 2260, by its beginning.")]


class Mall(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A mall or a street of shops (商圈)."""

    code: MallCode
    name: Annotated[PlainText, doc("What people read.")]
    region: Annotated[
        str, Meta(pattern=r"^[1-9][0-9]{5}\Z", description="The division of GB/T 2260 in which it is: 330106.")
    ]


class Season(Entity, frozen=True, table="season"):
    """A shopping season (消费季): dates, both included, and the malls that take part."""

    id: Annotated[str, doc("The season's id.")]
    name: Annotated[str, doc("What people read.")]
    starts_on: Annotated[date, doc("Its first day.")]
    ends_on: Annotated[date, doc("Its last day.")]
    malls: Annotated[tuple[Mall, ...], doc("The malls that take part.")]
    opened_at: Annotated[datetime, doc("When it was opened.")]
    opened_by: Annotated[str, doc("Who opened it.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]


class Theme(Entity, frozen=True, table="season_theme", indexes={"season": ("season",)}):
    """A theme of a season (主题), such as 青团季. Empty districts and malls leave nobody out."""

    id: Annotated[str, doc("The theme's id.")]
    season: Annotated[str, doc("The season's id.")]
    name: Annotated[str, doc("What people read.")]
    summary: Annotated[str, doc("What it is about, for people.")]
    starts_on: Annotated[date, doc("Its first day.")]
    ends_on: Annotated[date, doc("Its last day.")]
    districts: Annotated[tuple[str, ...], doc("The divisions of GB/T 2260 where it is on; none for everywhere.")]
    malls: Annotated[tuple[str, ...], doc("The codes of the season's malls where it is on; none for all.")]
    added_at: Annotated[datetime, doc("When it was added.")]
    added_by: Annotated[str, doc("Who added it.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]


class Joining(enum.StrEnum):
    """How merchants come into a campaign: all that fit, without joining; by themselves; or after the bank agreed."""

    EVERYBODY = "everybody"
    OPEN = "open"
    APPROVED = "approved"


class SeasonCampaign(
    Entity, frozen=True, table="season_campaign", indexes={"theme": ("theme",), "campaign": ("campaign",)}
):
    """A campaign of a theme, and the published rule of joining and leaving it.

    A merchant that leaves takes its coupons for ``leave_days`` more days: those in people's hands are used that long.
    """

    id: Annotated[str, doc("The id of the campaign's place in the season.")]
    season: Annotated[str, doc("The season's id.")]
    theme: Annotated[str, doc("The theme's id.")]
    campaign: Annotated[str, doc("The campaign's id.")]
    joining: Annotated[Joining, doc("How merchants come into it: `everybody`, `open` or `approved`.")]
    leave_days: Annotated[int, doc("For how many days a merchant that leaves still takes its coupons.")]
    added_at: Annotated[datetime, doc("When it was added.")]
    added_by: Annotated[str, doc("Who added it.")]


class PartState(enum.StrEnum):
    """Invited by the bank or asked for by the merchant; joined; leaving while its days run; left, or declined."""

    INVITED = "invited"
    ASKED = "asked"
    JOINED = "joined"
    LEAVING = "leaving"
    LEFT = "left"
    DECLINED = "declined"


class SeasonMerchant(
    Entity,
    frozen=True,
    table="season_merchant",
    indexes={"merchant": ("merchant",), "place": ("place", "merchant"), "parts": ("place",)},
):
    """A merchant in a campaign of a season. It takes the coupons while it is joined or leaving."""

    id: Annotated[str, doc("The id of the merchant's part.")]
    place: Annotated[str, doc("The id of the campaign's place in the season.")]
    campaign: Annotated[str, doc("The campaign's id.")]
    merchant: Annotated[str, doc("The merchant's id.")]
    mall: Annotated[str | None, doc("The code of the mall in which it is, or null.")]
    state: Annotated[PartState, doc("`invited`, `asked`, `joined`, `leaving`, `left` or `declined`.")]
    reason: Annotated[str | None, doc("Why it left or was declined, or null.")]
    asked_at: Annotated[datetime, doc("When it was invited or asked.")]
    asked_by: Annotated[str, doc("Who invited it or asked.")]
    joined_at: Annotated[datetime | None, doc("Since when it takes coupons, or null.")]
    leaves_at: Annotated[datetime | None, doc("Until when it takes coupons after leaving, or null.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]

    @property
    def takes_coupons(self) -> bool:
        """Whether the coupons of the campaign are taken there."""
        return self.state in (PartState.JOINED, PartState.LEAVING)


class Bureau(Entity, frozen=True, table="season_bureau"):
    """An office of the government that pays for campaigns: whose wallets they are, and which logins read about it."""

    id: Annotated[str, doc("The bureau's id.")]
    name: Annotated[str, doc("What people read.")]
    wallets: Annotated[tuple[str, ...], doc("The wallets from which it pays in.")]
    logins: Annotated[tuple[str, ...], doc("The logins of the console that see its money.")]
    opened_at: Annotated[datetime, doc("When it was entered.")]
    opened_by: Annotated[str, doc("Who entered it.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]


class NoteState(enum.StrEnum):
    """Open until somebody has looked at it."""

    OPEN = "open"
    CLEARED = "cleared"
    CONFIRMED = "confirmed"


class Sign(enum.StrEnum):
    """What looks like a merchant that buys from itself."""

    OWN_PEOPLE = "own_people"
    ROUND_AMOUNTS = "round_amounts"
    QUICK_REFUNDS = "quick_refunds"


class SeasonNote(Entity, frozen=True, table="season_note", indexes={"merchant": ("merchant",)}):
    """A note for risk (风险提示): sales with coupons that look made; the settlement is on hold meanwhile."""

    id: Annotated[str, doc("The note's id.")]
    merchant: Annotated[str, doc("The merchant's id.")]
    signs: Annotated[tuple[Sign, ...], doc("What was seen.")]
    payments: Annotated[int, doc("How many payments with coupons it had in that time.")]
    discount: Annotated[int, doc("What coupons took off in them, in fen.")]
    since: Annotated[datetime, doc("The beginning of the time that was looked at.")]
    holds: Annotated[bool, doc("Whether its settlement is on hold because of this note.")]
    state: Annotated[NoteState, doc("`open`, `cleared` or `confirmed`.")]
    reason: Annotated[str | None, doc("What somebody found, or null.")]
    noted_at: Annotated[datetime, doc("When it was noted.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]


__all__ = [
    "Bureau",
    "District",
    "Joining",
    "Mall",
    "MallCode",
    "NoteState",
    "PartState",
    "Season",
    "SeasonCampaign",
    "SeasonMerchant",
    "SeasonNote",
    "Sign",
    "Theme",
]
