"""The fields that commands of campaigns share."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.reward.bounds.model import Bounds
from canglian.bank.reward.campaigns.model import (
    Audience,
    Earning,
    FunderKind,
    GroupRule,
    OfferKind,
    RefundPolicy,
    Segment,
    Tier,
)
from canglian.bank.wallet.commands.values import Channel, WalletId
from canglian.kernel.fields import Field, PlainText, Unit, doc, identifier, impersonal
from canglian.kernel.values import Amount

CampaignId = Annotated[str, identifier("cmp", "A campaign's id.")]
CampaignOfferId = Annotated[str, identifier("cof", "The id of a campaign's offer.")]
Pin = Annotated[int, Meta(ge=1, le=10**6)]

CampaignName = Annotated[PlainText, doc("What people read."), Field(label="Name", check=impersonal)]
Summary = Annotated[
    PlainText,
    doc("What it is about, for people who may take part."),
    Field(label="Summary", check=impersonal),
]
StartsAt = Annotated[
    datetime, Meta(tz=True, description="From when on coupons are claimed."), Field(label="Claims from")
]
EndsAt = Annotated[datetime, Meta(tz=True, description="Before when coupons are claimed."), Field(label="Claims until")]
UsesUntil = Annotated[datetime, Meta(tz=True, description="Before when coupons are used; null for the end of claims.")]
ShareBps = Annotated[
    int,
    Meta(ge=1, le=10_000, description="Its share of each discount, in basis points."),
    Field(label="Share of each discount (%)", unit=Unit.SHARE_BPS),
]
DayBudget = Annotated[
    int,
    Meta(ge=1, le=10**15, description="What coupons claimed on one day reserve at most, in fen."),
    Field(
        label="Budget of a day",
        help="In yuan; what coupons claimed on one day reserve at most. Empty for no bound.",
        unit=Unit.MONEY,
    ),
]
StoreBudget = Annotated[
    int,
    Meta(ge=1, le=10**15, description="What coupons take off at one store at most, in fen."),
    Field(
        label="Budget of a store",
        help="In yuan; what coupons take off at one store at most. Empty for no bound.",
        unit=Unit.MONEY,
    ),
]
Place = Annotated[
    int, Meta(ge=1, le=5, description="Which of the campaign's funders, from 1."), Field(label="Which funder")
]
ASSETS = ("CNY", "ECNY")
Asset = Annotated[
    str,
    Meta(pattern=r"^(CNY|ECNY)\Z", description="The unit of value: `CNY` or `ECNY`."),
    Field(label="Asset"),
]


SegmentsSeen = Annotated[
    tuple[Segment, ...],
    Meta(max_length=10, description="To which segments of the offer the person belongs, as it was looked up."),
]


class FunderAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who pays which share. A government and a merchant pay in from a wallet, the bank from its own costs."""

    kind: Annotated[FunderKind, doc("Whose money it is: `government`, `bank` or `merchant`.")]
    name: CampaignName
    share_bps: ShareBps
    wallet: Annotated[WalletId | None, doc("The wallet that pays in; null for the bank.")] = None


class OfferAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What is offered."""

    kind: Annotated[OfferKind, doc("What it is, such as `spend_and_save`.")]
    name: CampaignName
    tiers: Annotated[
        tuple[Tier, ...],
        Meta(min_length=1, max_length=10, description="What is taken off from which price on, the lowest price first."),
    ]
    stock: Annotated[int, Meta(ge=1, le=10**9, description="How many coupons there are.")]
    audience: Annotated[Audience, doc("Where and when its coupons are used.")] = Audience()
    per_day: Annotated[
        Annotated[int, Meta(ge=1, le=10**9)] | None, doc("How many are claimed on a day at most; null for no bound.")
    ] = None
    per_person: Annotated[int, Meta(ge=1, le=1_000, description="How many a person may claim.")] = 1
    valid_days: Annotated[
        Annotated[int, Meta(ge=1, le=366)] | None,
        doc("For how many days a coupon is valid; null for the campaign's time."),
    ] = None
    refund: Annotated[
        RefundPolicy, doc("What a refund makes of a coupon: `return`, `net`, `forfeit` or `requalify`.")
    ] = RefundPolicy.RETURN
    stacks: Annotated[bool, doc("Whether its coupons are used together with those of other offers.")] = False
    rank: Annotated[
        int, Meta(ge=1, le=100), doc("When its coupons apply where several are used, the lowest rank first.")
    ] = 1
    group: Annotated[
        str,
        Meta(pattern=r"^([a-z][a-z0-9-]{0,31})?\Z"),
        doc("The exclusive group of which an order takes one coupon, whichever campaign it is of; empty for none."),
    ] = ""
    group_rule: Annotated[
        GroupRule, doc("Which one of the group: `best`, `first` in order, `highest` or `lowest`.")
    ] = GroupRule.BEST
    together_max: Annotated[
        Amount | None, doc("What all coupons of an order take off together at most, in fen; null for no bound.")
    ] = None
    bounds: Annotated[Bounds, doc("Caps on who claims, and when claims open.")] = Bounds()
    earning: Annotated[Earning | None, doc("How its coupons are earned; null where they are claimed.")] = None


Funders = Annotated[tuple[FunderAsked, ...], Meta(min_length=1, max_length=5, description="Who pays which share.")]
Offers = Annotated[tuple[OfferAsked, ...], Meta(min_length=1, max_length=20, description="What is offered.")]

__all__ = [
    "ASSETS",
    "Asset",
    "CampaignId",
    "CampaignName",
    "CampaignOfferId",
    "Channel",
    "DayBudget",
    "EndsAt",
    "FunderAsked",
    "Funders",
    "OfferAsked",
    "Offers",
    "Pin",
    "Place",
    "SegmentsSeen",
    "ShareBps",
    "StartsAt",
    "StoreBudget",
    "Summary",
    "UsesUntil",
    "WalletId",
]
