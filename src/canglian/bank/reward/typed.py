"""A campaign as people type it: one offer, with a government, the bank and a merchant as its funders."""

import re
from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta

from canglian.bank.purpose.rules import Category, Payees, Text
from canglian.bank.reward.campaigns.commands.values import (
    Asset,
    CampaignName,
    EndsAt,
    FunderAsked,
    OfferAsked,
    StartsAt,
    Summary,
    WalletId,
)
from canglian.bank.reward.campaigns.model import Audience, FunderKind, OfferKind, RefundPolicy, Tier
from canglian.kernel.amounts import minor, share
from canglian.kernel.errors import CanglianError, Rejection
from canglian.kernel.fields import Field, Unit, doc
from canglian.web.actions import Typed

_Share = Annotated[
    int, Meta(ge=0, le=10_000, description="The share of each discount, in percent."), Field(unit=Unit.SHARE_BPS)
]
_TIER = re.compile(r"(?P<over>[0-9.]+)=(?P<off>[0-9.]+)(?P<percent>%(?P<most>[0-9.]+))?\Z")


class CampaignTyped(Typed, frozen=True, kw_only=True):
    """A campaign with one offer. A share of nothing leaves a funder out."""

    name: CampaignName
    summary: Summary
    kind: Annotated[
        OfferKind, doc("What it is: `spend_and_save`, `tiered` or `percent`."), Field(label="Kind of offer")
    ]
    offer_name: Annotated[CampaignName, Field(label="Name of the coupon", help="Such as 满 100 减 25.")]
    tiers: Annotated[
        tuple[str, ...],
        Meta(min_length=1, max_length=10),
        doc("From which yuan on how much off: `100=25`; or which percent, and the most: `0=10%20`."),
        Field(
            label="What is taken off",
            help="From which yuan on how much: 100=25 200=60; a share with its most in yuan: 0=10%20.",
        ),
    ]
    stock: Annotated[int, Meta(ge=1, le=10**9), doc("How many coupons there are."), Field(label="Number of coupons")]
    starts_at: StartsAt
    ends_at: EndsAt
    uses_until: Annotated[
        datetime | None,
        doc("Before when coupons are used; nothing for the end of claims."),
        Field(label="Used until", help="Empty for the end of claims."),
    ] = None
    per_person: Annotated[int, Meta(ge=1, le=1_000), doc("How many a person may claim."), Field(label="Per person")] = 1
    per_day: Annotated[
        Annotated[int, Meta(ge=1, le=10**9)] | None,
        doc("How many are claimed on a day at most; nothing for no bound."),
        Field(label="Per day", help="How many are claimed on a day at most; empty for no bound."),
    ] = None
    valid_days: Annotated[
        Annotated[int, Meta(ge=1, le=366)] | None,
        doc("For how many days a coupon is valid; nothing for the campaign's time."),
        Field(label="Valid for how many days", help="From the claim on; empty for the campaign's time."),
    ] = None
    refund: Annotated[
        RefundPolicy, doc("What a refund makes of a coupon: `return` or `net`."), Field(label="After a refund")
    ] = RefundPolicy.RETURN
    stacks: Annotated[
        bool,
        doc("Whether its coupons are used together with those of other offers."),
        Field(label="Used together with other coupons"),
    ] = False
    rank: Annotated[
        int,
        Meta(ge=1, le=100),
        doc("When its coupons apply where several are used, the lowest rank first."),
        Field(label="Rank", help="Where several coupons are used, the lowest rank applies first."),
    ] = 1
    categories: Annotated[
        tuple[Category, ...],
        Meta(max_length=500),
        doc("Categories of merchants that take it, of ISO 18245; none for all."),
        Field(label="Categories of merchants", help="Four digits, ISO 18245: 5812 5814; empty for all."),
    ] = ()
    merchants: Annotated[
        tuple[Text, ...],
        Meta(max_length=1_000),
        doc("The merchants that take it, by their ids; none for all."),
        Field(label="Merchants", help="Ids of merchants, mer_…, with spaces between; empty for all."),
    ] = ()
    asset: Asset = "CNY"
    government_wallet: Annotated[
        WalletId | None, doc("The government's wallet."), Field(label="Government's wallet", help="Empty for none.")
    ] = None
    government_share: Annotated[_Share, Field(label="Government's share (%)", unit=Unit.SHARE_BPS)] = 0
    bank_share: Annotated[_Share, Field(label="Bank's share (%)", unit=Unit.SHARE_BPS)] = 10_000
    merchant_wallet: Annotated[
        WalletId | None, doc("The merchant's wallet."), Field(label="Merchant's wallet", help="Empty for none.")
    ] = None
    merchant_share: Annotated[_Share, Field(label="Merchant's share (%)", unit=Unit.SHARE_BPS)] = 0

    def command_fields(self) -> dict[str, Any]:
        offer = OfferAsked(
            kind=self.kind,
            name=self.offer_name,
            tiers=tuple(tier_typed(text) for text in self.tiers),
            stock=self.stock,
            audience=Audience(payees=Payees(ids=self.merchants, categories=self.categories)),
            per_day=self.per_day,
            per_person=self.per_person,
            valid_days=self.valid_days,
            refund=self.refund,
            stacks=self.stacks,
            rank=self.rank,
        )
        shares = (
            (FunderKind.GOVERNMENT, "政府补贴", self.government_share, self.government_wallet),
            (FunderKind.BANK, "本行", self.bank_share, None),
            (FunderKind.MERCHANT, "商户", self.merchant_share, self.merchant_wallet),
        )
        funders = tuple(FunderAsked(kind, name, part, wallet) for kind, name, part, wallet in shares if part)
        same = ("name", "summary", "starts_at", "ends_at", "uses_until", "asset")
        return {**{name: getattr(self, name) for name in same}, "funders": funders, "offers": (offer,)}


def tier_typed(text: str) -> Tier:
    """A tier as it is typed. Rejects ``campaign_offer.tier_typed``."""
    found = _TIER.match(text)
    try:
        if found is None:
            raise Rejection("campaign_offer.tier_typed", field="tiers")
        over = minor(found["over"], 2, "CNY")
        if found["percent"]:
            return Tier(over, minor(found["most"], 2, "CNY"), share(found["off"], 2))
        return Tier(over, minor(found["off"], 2, "CNY"))
    except CanglianError as error:
        raise Rejection("campaign_offer.tier_typed", field="tiers") from error
