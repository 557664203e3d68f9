"""What offers take off, where and when: pure functions of prices and times, without a book."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from random import Random

from canglian.bank.purpose.rules import MINUTES, Payee, not_allowed
from canglian.bank.reward.campaigns.model import Audience, CampaignOffer, Earning, OfferKind, Tier
from canglian.kernel.values import SHANGHAI

BPS = 10_000


def discount(tiers: Sequence[Tier], price: int) -> int:
    """What is taken off a price, never more than it: by the highest tier that it reaches; shares are rounded down."""
    tier = None
    for found in tiers:
        if price >= found.over and (tier is None or found.over > tier.over):
            tier = found
    if tier is None:
        return 0
    off = tier.off if tier.share_bps is None else min(price * tier.share_bps // BPS, tier.off)
    return min(off, price)


def least_price(tiers: Sequence[Tier]) -> int:
    """From which price on anything is taken off."""
    return min(tier.over for tier in tiers)


def are_sound(kind: OfferKind, tiers: Sequence[Tier], earning: Earning | None = None) -> bool:
    """Whether each tier takes more off than the one before it and never more than its price, as its kind does it."""
    if not tiers or kind.is_claimed != (earning is None):
        return False
    if (len(tiers) > 1) != (kind in (OfferKind.TIERED, OfferKind.RANDOM)):
        return False
    prices, offs = [tier.over for tier in tiers], [tier.off for tier in tiers]
    if offs != sorted(set(offs)) or offs[0] < 1:
        return False
    if any((tier.weight is None) == (kind is OfferKind.RANDOM) for tier in tiers):
        return False
    if kind is OfferKind.PERCENT:
        return tiers[0].share_bps is not None and 1 <= tiers[0].share_bps <= BPS
    if any(tier.share_bps is not None for tier in tiers):
        return False
    if kind is OfferKind.BENEFIT:
        return not tiers[0].over
    rises = len(set(prices)) == 1 if kind is OfferKind.RANDOM else prices == sorted(set(prices))
    return rises and all(tier.off <= tier.over for tier in tiers) and _steps_are_sound(kind, tiers[0], earning)


def _steps_are_sound(kind: OfferKind, tier: Tier, earning: Earning | None) -> bool:
    """Whether a task has steps, each after more purchases, the largest of which the tier takes off; and others none."""
    steps = () if earning is None else earning.steps
    if kind is not OfferKind.TASK:
        return not steps
    purchases = [step.purchases for step in steps]
    return bool(steps) and purchases == sorted(set(purchases)) and tier.off == max(step.reward for step in steps)


def tiers_of(offer: CampaignOffer, amount: int) -> tuple[Tier, ...]:
    """What a coupon of an offer takes off: where each has an amount of its own, that one from the offer's price on."""
    return (Tier(offer.tiers[0].over, amount),) if offer.kind.is_drawn else offer.tiers


def drawn(offer: CampaignOffer, chance: Random) -> int:
    """What a new coupon of an offer takes off: chance says so by the weights that are published, where it does."""
    if offer.kind is not OfferKind.RANDOM:
        return offer.most
    at = chance.randrange(sum(tier.weight or 0 for tier in offer.tiers))
    for tier in offer.tiers:
        at -= tier.weight or 0
        if at < 0:
            return tier.off
    raise AssertionError(offer.id)


def expected(tiers: Sequence[Tier]) -> int:
    """What a random discount comes to on average, in fen, rounded half up."""
    whole = sum(tier.weight or 0 for tier in tiers)
    return (2 * sum(tier.off * (tier.weight or 0) for tier in tiers) + whole) // (2 * whole)


def refused(audience: Audience, payee: Payee, now: datetime) -> str | None:
    """Why a coupon is not taken there now, or None."""
    if audience.days or audience.from_minute or audience.until_minute < MINUTES:
        local = now.astimezone(SHANGHAI)
        if audience.days and local.isoweekday() not in audience.days:
            return "coupon.day_not_allowed"
        if not audience.from_minute <= local.hour * 60 + local.minute < audience.until_minute:
            return "coupon.hour_not_allowed"
    found = not_allowed(audience.payees, payee)
    if found is None:
        return None
    return "coupon.goods_not_allowed" if found == "purpose.goods_not_allowed" else "coupon.payee_not_allowed"


def open_until(audience: Audience, now: datetime) -> datetime:
    """Before when a coupon that is taken now is still taken: the end of its hours, or of the day before one of rest."""
    local = now.astimezone(SHANGHAI)
    day = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if audience.until_minute < MINUTES or audience.from_minute:
        return day + timedelta(minutes=audience.until_minute)
    days = 1
    while days < 8 and (not audience.days or (day + timedelta(days=days)).isoweekday() in audience.days):
        days += 1
    return day + timedelta(days=days)
