"""Which coupons of a person an order takes: the best lawful combination, and why each other one is left out.

One of each offer is weighed, the one that expires first. It reads no book: decisions and pages ask the same question.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

import msgspec

from canglian.bank.payment import Merchant, PaymentOrder
from canglian.bank.payment.from_purpose import payee_of
from canglian.bank.reward import offers, stacking
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer, OfferKind
from canglian.bank.reward.coupons.model import Coupon
from canglian.kernel.errors import Rejection

Owned = tuple[Coupon, CampaignOffer, Campaign]

WEIGHED_MAX = 50
"""How many offers are weighed for an order at most; those whose coupons expire first."""


class Taken(msgspec.Struct, frozen=True):
    """A coupon that is used, and what it takes off."""

    coupon: Coupon
    offer: CampaignOffer
    campaign: Campaign
    amount: int


class LeftOut(msgspec.Struct, frozen=True):
    """A coupon that is not used, and why: a refusal as paying with it would say it, or what is better."""

    coupon: Coupon
    offer: CampaignOffer
    campaign: Campaign
    why: Rejection


class Weighed(msgspec.Struct, frozen=True):
    """What is used, in the order of applying, and what is not."""

    taken: tuple[Taken, ...]
    left: tuple[LeftOut, ...]

    @property
    def off(self) -> int:
        """What is taken off in all."""
        return sum(taken.amount for taken in self.taken)


def candidate_of(coupon: Coupon, offer: CampaignOffer) -> stacking.Candidate:
    """A coupon as one of several that might be used together: one of each offer, and of each exclusive group."""
    return stacking.Candidate(
        coupon.id,
        offers.tiers_of(offer, coupon.amount),
        offer.rank,
        offer.stacks,
        offer.group or offer.id,
        offer.group_rule,
        offer.together_max,
    )


def refused(
    coupon: Coupon, offer: CampaignOffer, campaign: Campaign, order: PaymentOrder, merchant: Merchant, now: datetime
) -> Rejection | None:
    """Why a coupon is not taken for an order, whichever others are used; or None."""
    if now >= coupon.expires_at:
        return Rejection("coupon.expired", expires_at=coupon.expires_at.isoformat())
    if offer.kind is OfferKind.BENEFIT:
        return Rejection("coupon.no_payment")
    if campaign.asset not in merchant.accounts:
        return Rejection("coupon.asset", asset=campaign.asset)
    found = offers.refused(offer.audience, payee_of(merchant, order), now)
    return None if found is None else Rejection(found)


def weigh(
    owned: Iterable[Owned],
    order: PaymentOrder,
    merchant: Merchant,
    now: datetime,
    rooms: Mapping[str, int] = MappingProxyType({}),
) -> Weighed:
    """The best lawful combination of somebody's coupons for an order now, and why each other offer is left out.

    ``rooms`` says what coupons may still take off at the order's store, by the campaigns that bound it. Where those
    that are used would take more, the one that takes least of them is left out, and the rest is weighed again.
    """
    first: dict[str, Owned] = {}
    for found in sorted(owned, key=lambda found: (found[0].expires_at, found[0].id)):
        first.setdefault(found[1].id, found)
    weighed = list(first.values())[:WEIGHED_MAX]
    left: list[LeftOut] = []
    fitting: dict[str, Owned] = {}
    for coupon, offer, campaign in weighed:
        why = refused(coupon, offer, campaign, order, merchant, now)
        if why is None:
            fitting[coupon.id] = coupon, offer, campaign
        else:
            left.append(LeftOut(coupon, offer, campaign, why))
    while True:
        candidates = [candidate_of(coupon, offer) for coupon, offer, _ in fitting.values()]
        found = stacking.best(order.discountable, candidates)
        taken = tuple(Taken(*fitting[candidate.id], amount) for candidate, amount in found.used)
        over = _over(taken, rooms)
        if over is None:
            break
        why = Rejection("campaign.store_budget", left=rooms[over.campaign.id], asset=over.campaign.asset)
        left.append(LeftOut(*fitting.pop(over.coupon.id), why))
    left += [LeftOut(*fitting[identity], _why(why, *fitting[identity])) for identity, why in found.left.items()]
    return Weighed(taken, tuple(sorted(left, key=lambda out: (out.coupon.expires_at, out.coupon.id))))


def _over(taken: Sequence[Taken], rooms: Mapping[str, int]) -> Taken | None:
    """Of a campaign whose coupons take more off than it has left for the store, the one that takes least; or None."""
    for identity, room in rooms.items():
        own = [each for each in taken if each.campaign.id == identity]
        if sum(each.amount for each in own) > room:
            return min(own, key=lambda each: (each.amount, each.coupon.id))
    return None


def _why(why: stacking.Left, coupon: Coupon, offer: CampaignOffer, campaign: Campaign) -> Rejection:
    if why is stacking.Left.BELOW:
        return Rejection("coupon.below", amount=offers.least_price(offer.tiers), asset=campaign.asset)
    if why is stacking.Left.COUNT:
        return Rejection("coupon.count", most=stacking.TOGETHER_MAX)
    return Rejection(f"coupon.{why.value}")
