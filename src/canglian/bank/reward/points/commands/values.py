"""The fields that commands of points share."""

from typing import Annotated

from msgspec import Meta

from canglian.bank.reward.points.model import (
    POINTS_MAX,
    AfterRefund,
    Deduction,
    EarningRule,
    ExchangeRule,
    Expiry,
)
from canglian.bank.wallet.commands.values import Channel, WalletId
from canglian.kernel.fields import Field, PlainText, doc, identifier, impersonal
from canglian.kernel.values import Reference

SchemeId = Annotated[str, identifier("psc", "A point scheme's id.")]
MemberId = Annotated[str, identifier("pmb", "The id of somebody's points of a scheme.")]
ExchangeId = Annotated[str, identifier("pex", "The id of an exchange of points.")]
PartyId = Annotated[str, identifier("pty", "A customer's id."), Field(label="Customer")]
Pin = Annotated[int, Meta(ge=1, le=10**6)]

SchemeCode = Annotated[
    str,
    Meta(
        pattern=r"^[a-z0-9_-]{1,32}\Z",
        description="A short stable name, from which its asset is made: `street` for `PTS:street`.",
    ),
    Field(label="Short name", help="Small letters, digits, - and _: street makes the asset PTS:street."),
]
SchemeName = Annotated[PlainText, doc("What people read."), Field(label="Name", check=impersonal)]
Owner = Annotated[PlainText, doc("Who answers for it."), Field(label="Run by", check=impersonal)]
Rules = Annotated[tuple[EarningRule, ...], Meta(max_length=20, description="How points are earned.")]
Exchanges = Annotated[tuple[ExchangeRule, ...], Meta(max_length=20, description="What points are exchanged for.")]
Deductions = Annotated[Deduction | None, doc("What points take off payments; null where they take off nothing.")]
ExpiryAsked = Annotated[Expiry, doc("How long points live.")]
Refunds = Annotated[
    AfterRefund,
    doc("What a refund does to the points of its purchase: `take_back`, `net` or `keep`."),
    Field(label="After a refund"),
]
Price = Annotated[
    int,
    Meta(ge=0, le=10**9, description="What 100 points cost, in fen, by which the liability is counted."),
]
AloneMax = Annotated[
    int,
    Meta(ge=0, le=POINTS_MAX, description="Up to how many points somebody awards without a second person."),
    Field(label="Awards without a second person", help="Larger awards are requested, and approved by somebody else."),
]
Bound = Annotated[
    Annotated[int, Meta(ge=1, le=POINTS_MAX)] | None, doc("The most that a person earns by rules; null for no bound.")
]
PointsAsked = Annotated[
    int,
    Meta(ge=1, le=POINTS_MAX, description="How many points, a whole number."),
    Field(label="Points", help="A whole number."),
]
AwardNumber = Annotated[
    Reference,
    doc("The caller's own number of the award, once in a scheme: the same again awards nothing."),
    Field(
        label="Number of the award", help="Once in a scheme; the same number again awards nothing.", check=impersonal
    ),
]
Event = Annotated[
    str,
    Meta(pattern=r"^[a-z][a-z0-9_.-]{0,39}\Z", description="The event, as a rule of the scheme names it."),
    Field(label="Event"),
]
Place = Annotated[
    int,
    Meta(ge=1, le=20, description="Which of the scheme's exchanges, from 1."),
    Field(label="What for"),
]
Pieces = Annotated[int, Meta(ge=1, le=1_000, description="How many pieces."), Field(label="Pieces")]

__all__ = [
    "AloneMax",
    "AwardNumber",
    "Bound",
    "Channel",
    "Deductions",
    "Event",
    "ExchangeId",
    "Exchanges",
    "ExpiryAsked",
    "MemberId",
    "Owner",
    "PartyId",
    "Pieces",
    "Pin",
    "Place",
    "PointsAsked",
    "Price",
    "Refunds",
    "Rules",
    "SchemeCode",
    "SchemeId",
    "SchemeName",
    "WalletId",
]
