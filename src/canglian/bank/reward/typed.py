"""A campaign as people type it: one offer, with a government, the bank and a merchant as its funders."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import Meta

from canglian.bank.purpose.rules import Category, RegionPart, Text
from canglian.bank.reward.campaigns.commands.values import (
    Asset,
    CampaignName,
    DayBudget,
    EndsAt,
    FunderAsked,
    StartsAt,
    StoreBudget,
    Summary,
    WalletId,
)
from canglian.bank.reward.campaigns.model import FunderKind, GroupRule, OfferKind, RefundPolicy, Segment
from canglian.bank.reward.designing.typed import OfferTyped
from canglian.kernel.fields import Field, Unit, doc
from canglian.kernel.values import Amount
from canglian.web.actions import Typed

_Share = Annotated[
    int, Meta(ge=0, le=10_000, description="The share of each discount, in percent."), Field(unit=Unit.SHARE_BPS)
]


class CampaignTyped(Typed, frozen=True, kw_only=True):
    """A campaign with one offer. A share of nothing leaves a funder out."""

    name: CampaignName
    summary: Summary
    kind: Annotated[OfferKind, doc("What it is, such as `spend_and_save`."), Field(label="Kind of offer")]
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
        RefundPolicy,
        doc("What a refund makes of a coupon: `return`, `net`, `forfeit` or `requalify`."),
        Field(label="After a refund"),
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
    group: Annotated[
        str,
        Meta(pattern=r"^([a-z][a-z0-9-]{0,31})?\Z"),
        doc("The exclusive group of which an order takes one coupon; nothing for none."),
        Field(label="Exclusive group", help="Of one group an order takes one coupon: tea; empty for none."),
    ] = ""
    group_rule: Annotated[
        GroupRule,
        doc("Which one of the group: `best`, `first`, `highest` or `lowest`."),
        Field(label="Which one of the group"),
    ] = GroupRule.BEST
    together_max: Annotated[
        Amount | None,
        doc("What all coupons of an order take off together at most, in fen; nothing for no bound."),
        Field(
            label="All coupons of an order at most",
            help="In yuan, where this one is among them; empty for no bound.",
            unit=Unit.MONEY,
        ),
    ] = None
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
        Field(label="Merchants", help="Empty for all."),
    ] = ()
    opens_at: Annotated[
        datetime | None,
        doc("From when on coupons are claimed as a flash sale; nothing for the campaign's time."),
        Field(label="Flash sale from", help="Empty for the time of the campaign."),
    ] = None
    closes_at: Annotated[
        datetime | None,
        doc("Before when they are claimed; nothing for the campaign's end."),
        Field(label="Flash sale until", help="Empty for the end of claims."),
    ] = None
    caps: Annotated[
        tuple[str, ...],
        Meta(max_length=5),
        doc("How many each phone, card, device and so on may have: `device=1`; none for no caps."),
        Field(label="Caps", help="Of phone, id_number, card, device, household: device=1 household=2; empty for none."),
    ] = ()
    again: Annotated[
        bool,
        doc("Whether a coupon that ended without a use gives its place in caps and in the day back."),
        Field(label="May be claimed again after it ended without a use"),
    ] = False
    holdout_bps: Annotated[
        int,
        Meta(ge=0, le=5_000, description="Which share of people is offered nothing, to tell the effect; in percent."),
        Field(label="Held out (%)", unit=Unit.SHARE_BPS),
    ] = 0
    day_budget: DayBudget | None = None
    store_budget: StoreBudget | None = None
    regions: Annotated[
        tuple[RegionPart, ...],
        Meta(max_length=500),
        doc("The first digits of the divisions where it is taken, GB/T 2260; none for all."),
    ] = ()
    segments: Annotated[
        tuple[Segment, ...], Meta(max_length=10), doc("For whom it is, such as new_customer:30; none for everybody.")
    ] = ()
    steps: Annotated[
        tuple[str, ...], Meta(max_length=10), doc("Of a task, after how many purchases how many yuan: 3=1.")
    ] = ()
    purchase_min: Annotated[Amount | None, doc("From which price on a purchase counts, in fen.")] = None
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
        offer_fields = set(OfferTyped.__struct_fields__) & set(self.__struct_fields__) - {"name"}
        typed = OfferTyped(name=self.offer_name, **{name: getattr(self, name) for name in offer_fields})
        offer = typed.asked()
        shares = (
            (FunderKind.GOVERNMENT, "政府补贴", self.government_share, self.government_wallet),
            (FunderKind.BANK, "本行", self.bank_share, None),
            (FunderKind.MERCHANT, "商户", self.merchant_share, self.merchant_wallet),
        )
        funders = tuple(FunderAsked(kind, name, part, wallet) for kind, name, part, wallet in shares if part)
        head = ("name", "summary", "starts_at", "ends_at", "uses_until", "asset", "day_budget", "store_budget")
        return {**{name: getattr(self, name) for name in head}, "funders": funders, "offers": (offer,)}
