"""The fields that commands of seasons share."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from canglian.bank.payment.commands.values import MerchantId
from canglian.bank.reward.campaigns.commands.values import CampaignId
from canglian.bank.wallet.commands.values import WalletId
from canglian.kernel.fields import Field, PlainText, doc, identifier, impersonal
from canglian.scenario.shopping.model import District, Mall, MallCode

SeasonId = Annotated[str, identifier("sea", "A season's id.")]
ThemeId = Annotated[str, identifier("thm", "A theme's id.")]
PlaceId = Annotated[str, identifier("sca", "The id of a campaign's place in a season.")]
PartId = Annotated[str, identifier("spa", "The id of a merchant's part.")]
BureauId = Annotated[str, identifier("bur", "A bureau's id.")]
NoteId = Annotated[str, identifier("srn", "A note's id.")]

SeasonName = Annotated[PlainText, doc("What people read."), Field(label="Name", check=impersonal)]
Summary = Annotated[PlainText, doc("What it is about, for people."), Field(label="Summary", check=impersonal)]
FirstDay = Annotated[date, doc("Its first day."), Field(label="First day")]
LastDay = Annotated[date, doc("Its last day."), Field(label="Last day")]
Malls = Annotated[
    tuple[Mall, ...],
    Meta(max_length=100, description="The malls that take part."),
    Field(label="Malls"),
]
Districts = Annotated[
    tuple[District, ...],
    Meta(max_length=100, description="The divisions of GB/T 2260 where it is on; none for everywhere."),
    Field(label="Districts", help="Divisions of GB/T 2260 with a comma between them: 320508; empty for everywhere."),
]
MallCodes = Annotated[
    tuple[MallCode, ...],
    Meta(max_length=100, description="The codes of the season's malls where it is on; none for all."),
    Field(label="Malls", help="Codes of the season's malls with a comma between them; empty for all."),
]
OfMall = Annotated[MallCode | None, doc("The code of the mall in which it is, or null."), Field(label="Mall")]
LeaveDays = Annotated[
    int,
    Meta(ge=0, le=90, description="For how many days a merchant that leaves still takes its coupons."),
    Field(label="Days after leaving", help="For how many days a merchant that leaves still takes its coupons."),
]
Wallets = Annotated[
    tuple[WalletId, ...],
    Meta(min_length=1, max_length=20, description="The wallets from which it pays in."),
    Field(label="Wallets"),
]
Login = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9._-]{1,31}\Z", description="A login of the console.")]
Logins = Annotated[
    tuple[Login, ...],
    Meta(max_length=50, description="The logins of the console that see its money."),
    Field(label="Logins", help="Logins of the console with a comma between them, each with the role of a visitor."),
]

__all__ = [
    "BureauId",
    "CampaignId",
    "Districts",
    "FirstDay",
    "LastDay",
    "LeaveDays",
    "Logins",
    "MallCodes",
    "Malls",
    "MerchantId",
    "NoteId",
    "OfMall",
    "PartId",
    "PlaceId",
    "SeasonId",
    "SeasonName",
    "Summary",
    "ThemeId",
    "Wallets",
]
