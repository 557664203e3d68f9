"""Funders and offers as people type them, each a row of the designer's form."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.purpose.rules import MINUTES, Category, Payees, RegionPart, Text
from canglian.bank.reward.bounds.model import Bounds, Cap
from canglian.bank.reward.campaigns.commands.values import CampaignName, FunderAsked, OfferAsked, WalletId
from canglian.bank.reward.campaigns.model import (
    Audience,
    CampaignOffer,
    ClawBack,
    Earning,
    Funder,
    FunderKind,
    GroupRule,
    OfferKind,
    RefundPolicy,
    Segment,
    TaskStep,
    Tier,
)
from canglian.bank.reward.segments.forms import is_known
from canglian.kernel.amounts import major, minor, share
from canglian.kernel.errors import CanglianError, Rejection
from canglian.kernel.fields import Field, Unit, doc
from canglian.kernel.values import SHANGHAI, Amount

TIER = re.compile(r"(?P<over>[0-9.]+)=(?P<off>[0-9.]+)(?P<percent>%(?P<most>[0-9.]+))?(?:\*(?P<weight>[0-9]{1,7}))?\Z")
_STEP = re.compile(r"(?P<purchases>[0-9]{1,3})=(?P<reward>[0-9.]+)\Z")
_CLOCK = re.compile(r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})\Z")

_Tiers = Annotated[
    tuple[str, ...],
    Meta(min_length=1, max_length=10),
    doc("From which yuan on how much off: `100=25`; which percent, and the most: `0=10%20`; with a weight: `20=5*30`."),
    Field(
        label="What is taken off",
        help="From which yuan on how much: 100=25 200=60; a share with its most: 0=10%20; by chance: 20=1*70 20=5*30.",
        check=lambda texts: _are_tiers(texts),
    ),
]


class FunderTyped(msgspec.Struct, frozen=True, kw_only=True):
    """Who pays which share."""

    kind: Annotated[FunderKind, Field(label="Whose money")]
    name: CampaignName
    share_bps: Annotated[int, Meta(ge=1, le=10_000), Field(label="Share of each discount (%)", unit=Unit.SHARE_BPS)]
    wallet: Annotated[WalletId | None, Field(label="Wallet", help="Empty for the bank.")] = None

    def asked(self) -> FunderAsked:
        """It, as a command asks for it."""
        return FunderAsked(self.kind, self.name, self.share_bps, self.wallet)


class OfferTyped(msgspec.Struct, frozen=True, kw_only=True):
    """What is offered.

    ``lists`` are those of merchants that rooms above keep: a form carries them on unseen.
    """

    kind: Annotated[OfferKind, Field(label="Kind of offer")]
    name: Annotated[CampaignName, Field(label="Name of the coupon", help="Such as 满 100 减 25.")]
    tiers: _Tiers
    stock: Annotated[int, Meta(ge=1, le=10**9), Field(label="Number of coupons")]
    per_person: Annotated[int, Meta(ge=1, le=1_000), Field(label="Per person")] = 1
    per_day: Annotated[
        Annotated[int, Meta(ge=1, le=10**9)] | None,
        Field(label="Per day", help="How many are claimed on a day at most; empty for no bound."),
    ] = None
    valid_days: Annotated[
        Annotated[int, Meta(ge=1, le=366)] | None,
        Field(label="Valid for how many days", help="From the claim on; empty for the campaign's time."),
    ] = None
    refund: Annotated[RefundPolicy, Field(label="After a refund")] = RefundPolicy.RETURN
    stacks: Annotated[bool, Field(label="Used together with other coupons")] = False
    rank: Annotated[
        int,
        Meta(ge=1, le=100),
        Field(label="Rank", help="Where several coupons are used, the lowest rank applies first."),
    ] = 1
    group: Annotated[
        str,
        Meta(pattern=r"^([a-z][a-z0-9-]{0,31})?\Z"),
        Field(label="Exclusive group", help="Of one group an order takes one coupon: tea; empty for none."),
    ] = ""
    group_rule: Annotated[GroupRule, Field(label="Which one of the group")] = GroupRule.BEST
    together_max: Annotated[
        Amount | None,
        Field(
            label="All coupons of an order at most",
            help="In yuan, where this one is among them; empty for no bound.",
            unit=Unit.MONEY,
        ),
    ] = None
    merchants: Annotated[tuple[Text, ...], Field(label="Merchants that take it", help="Empty for all.")] = ()
    lists: Annotated[tuple[Text, ...], Meta(max_length=100)] = ()
    categories: Annotated[
        tuple[Category, ...],
        Meta(max_length=500),
        Field(label="Categories of merchants", help="None for all."),
    ] = ()
    regions: Annotated[
        tuple[RegionPart, ...],
        Meta(max_length=500),
        Field(label="Places", help="Provinces, cities or districts, by the first digits of GB/T 2260; none for all."),
    ] = ()
    goods: Annotated[
        tuple[Text, ...], Meta(max_length=500), Field(label="Goods", help="Kinds of goods; empty for all.")
    ] = ()
    segments: Annotated[
        tuple[Segment, ...],
        Meta(max_length=10),
        Field(
            label="Only for",
            help="People who belong to all of these; none for everybody.",
            check=lambda segments: _are_known(segments),
        ),
    ] = ()
    from_clock: Annotated[
        str, Field(label="From which hour", help="Such as 17:00.", check=lambda text: _is_clock(text, "from_clock"))
    ] = "00:00"
    until_clock: Annotated[
        str, Field(label="Before which hour", help="Such as 24:00.", check=lambda text: _is_clock(text, "until_clock"))
    ] = "24:00"
    steps: Annotated[
        tuple[str, ...],
        Meta(max_length=10),
        Field(label="Steps of a task", help="After how many purchases how many yuan: 0=2 3=1 5=2; 0 is for joining."),
    ] = ()
    purchase_min: Annotated[
        Amount | None,
        Field(label="A purchase counts from", help="In yuan; for tasks and invitations.", unit=Unit.MONEY),
    ] = None
    claw_back: Annotated[ClawBack, Field(label="When a purchase is given back")] = ClawBack.END
    verified_days: Annotated[
        int,
        Meta(ge=1, le=366),
        Field(label="Newly verified (days)", help="Of those who accept an invitation."),
    ] = Earning().verified_days
    opens_at: Annotated[datetime | None, Field(label="Flash sale from", help="Empty for the time of the campaign.")] = (
        None
    )
    closes_at: Annotated[datetime | None, Field(label="Flash sale until", help="Empty for the end of claims.")] = None
    caps: Annotated[
        tuple[str, ...],
        Meta(max_length=5),
        Field(label="Caps", help="Of phone, id_number, card, device, household: device=1 household=2; empty for none."),
    ] = ()
    again: Annotated[bool, Field(label="May be claimed again after it ended without a use")] = False
    holdout_bps: Annotated[
        int,
        Meta(ge=0, le=5_000),
        Field(
            label="Held out (%)",
            help="Which share of people is offered nothing, to tell the effect; 0 for nobody.",
            unit=Unit.SHARE_BPS,
        ),
    ] = 0

    def asked(self, days: Sequence[int] = ()) -> OfferAsked:
        """It, as a command asks for it.

        Rejects ``campaign_offer.tier_typed``, ``.step_typed``, ``.clock_typed`` and ``.cap_typed``.
        """
        steps = tuple(step_typed(text) for text in self.steps)
        tiers = tuple(tier_typed(text) for text in self.tiers)
        if self.kind is OfferKind.TASK and steps:
            tiers = (Tier(tiers[0].over, max(step.reward for step in steps)),)
        earning = None
        if not self.kind.is_claimed:
            earning = Earning(steps, self.purchase_min or 0, self.claw_back, self.verified_days)
        return OfferAsked(
            kind=self.kind,
            name=self.name,
            tiers=tiers,
            stock=self.stock,
            audience=Audience(
                payees=Payees(
                    ids=self.merchants,
                    lists=self.lists,
                    categories=self.categories,
                    regions=self.regions,
                    goods=self.goods,
                ),
                days=tuple(days),
                from_minute=_minute(self.from_clock, "from_clock"),
                until_minute=_minute(self.until_clock, "until_clock"),
                segments=self.segments,
                holdout_bps=self.holdout_bps,
            ),
            per_day=self.per_day,
            per_person=self.per_person,
            valid_days=self.valid_days,
            refund=self.refund,
            stacks=self.stacks,
            rank=self.rank,
            group=self.group,
            group_rule=self.group_rule,
            together_max=self.together_max,
            earning=earning,
            bounds=Bounds(self.opens_at, self.closes_at, tuple(cap_typed(text) for text in self.caps), self.again),
        )


def tier_typed(text: str) -> Tier:
    """A tier as it is typed. Rejects ``campaign_offer.tier_typed``."""
    found = TIER.match(text)
    try:
        if found is None:
            raise Rejection("campaign_offer.tier_typed", field="tiers")
        over, weight = _over(found["over"]), int(found["weight"]) if found["weight"] else None
        if found["percent"]:
            return Tier(over, minor(found["most"], 2, "CNY"), share(found["off"], 2), weight)
        return Tier(over, minor(found["off"], 2, "CNY"), None, weight)
    except CanglianError as error:
        raise Rejection("campaign_offer.tier_typed", field="tiers") from error


def _over(text: str) -> int:
    """From which price on, which may be from nothing on."""
    return minor(text, 2, "CNY") if text.strip("0.") else 0


def tier_text(tier: Tier) -> str:
    """A tier as people type it."""
    off = _yuan(tier.off) if tier.share_bps is None else f"{_yuan(tier.share_bps)}%{_yuan(tier.off)}"
    return f"{_yuan(tier.over)}={off}" + ("" if tier.weight is None else f"*{tier.weight}")


def step_typed(text: str) -> TaskStep:
    """A step of a task as it is typed. Rejects ``campaign_offer.step_typed``."""
    found = _STEP.match(text)
    try:
        if found is None:
            raise Rejection("campaign_offer.step_typed", field="steps")
        return TaskStep(int(found["purchases"]), minor(found["reward"], 2, "CNY"))
    except CanglianError as error:
        raise Rejection("campaign_offer.step_typed", field="steps") from error


def cap_typed(text: str) -> Cap:
    """A cap as it is typed. Rejects ``campaign_offer.cap_typed``."""
    kind, _, most = text.partition("=")
    try:
        return msgspec.convert({"kind": kind, "most": int(most)}, Cap)
    except (ValueError, msgspec.ValidationError) as error:
        raise Rejection("campaign_offer.cap_typed", field="caps") from error


def funder_texts(funder: Funder) -> dict[str, str]:
    """A funder as a form has it."""
    return {
        "kind": funder.kind.value,
        "name": funder.name,
        "wallet": funder.wallet or "",
        "share_bps": _yuan(funder.share_bps),
    }


def offer_texts(offer: CampaignOffer) -> dict[str, str]:
    """An offer as a form has it."""
    audience, earning, bounds = offer.audience, offer.earning or Earning(), offer.bounds
    return {
        "kind": offer.kind.value,
        "name": offer.name,
        "tiers": " ".join(map(tier_text, offer.tiers)),
        "stock": str(offer.stock),
        "per_person": str(offer.per_person),
        "per_day": _number(offer.per_day),
        "valid_days": _number(offer.valid_days),
        "refund": offer.refund.value,
        "stacks": "yes" if offer.stacks else "",
        "rank": str(offer.rank),
        "group": offer.group,
        "group_rule": offer.group_rule.value,
        "together_max": money_text(offer.together_max),
        "merchants": " ".join(audience.payees.ids),
        "lists": " ".join(audience.payees.lists),
        "categories": " ".join(audience.payees.categories),
        "regions": " ".join(audience.payees.regions),
        "goods": " ".join(audience.payees.goods),
        "segments": " ".join(audience.segments),
        "from_clock": _clock(audience.from_minute),
        "until_clock": _clock(audience.until_minute),
        "steps": " ".join(f"{step.purchases}={_yuan(step.reward)}" for step in earning.steps),
        "purchase_min": _yuan(earning.purchase_min) if earning.purchase_min else "",
        "claw_back": earning.claw_back.value,
        "verified_days": str(earning.verified_days),
        "opens_at": "" if bounds.opens_at is None else local_text(bounds.opens_at),
        "closes_at": "" if bounds.closes_at is None else local_text(bounds.closes_at),
        "caps": " ".join(f"{cap.kind.value}={cap.most}" for cap in bounds.caps),
        "again": "yes" if bounds.again else "",
        "holdout_bps": _yuan(audience.holdout_bps),
    }


def local_text(instant: datetime) -> str:
    """An instant as a form has it, in Shanghai: to the minute, or as far as it goes."""
    local = instant.astimezone(SHANGHAI).replace(tzinfo=None)
    return local.isoformat(timespec="auto" if local.second or local.microsecond else "minutes")


def _yuan(amount: int) -> str:
    return major(amount, 2).replace(",", "").removesuffix(".00")


def money_text(amount: int | None) -> str:
    """An amount as a form has it; none is empty."""
    return "" if amount is None else _yuan(amount)


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _are_tiers(texts: Sequence[str]) -> None:
    """Rejects ``campaign_offer.tier_typed``."""
    for text in texts:
        tier_typed(text)


def _is_clock(text: str, field: str) -> None:
    """Rejects ``campaign_offer.clock_typed``."""
    _minute(text, field)


def _are_known(segments: Sequence[str]) -> None:
    """Rejects ``campaign_offer.segment`` for people whom no room knows."""
    for segment in segments:
        if not is_known(segment):
            raise Rejection("campaign_offer.segment", segment=segment, field="segments")


def _minute(text: str, field: str) -> int:
    found = _CLOCK.match(text)
    minute = int(found["hour"]) * 60 + int(found["minute"]) if found and int(found["minute"]) < 60 else MINUTES + 1
    if minute > MINUTES:
        raise Rejection("campaign_offer.clock_typed", field=field)
    return minute
