"""What offers take off, where and when: pure functions of prices and times, without a book."""

from collections.abc import Sequence
from datetime import datetime

from canglian.bank.purpose.rules import Payee, Rules, refused_payee
from canglian.bank.reward.campaigns.model import Audience, OfferKind, Tier
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


def are_sound(kind: OfferKind, tiers: Sequence[Tier]) -> bool:
    """Whether each tier takes more off than the one before it and never more than its price, as its kind does it."""
    if not tiers or (len(tiers) > 1) != (kind is OfferKind.TIERED):
        return False
    prices = [tier.over for tier in tiers]
    offs = [tier.off for tier in tiers]
    if prices != sorted(set(prices)) or offs != sorted(set(offs)) or offs[0] < 1:
        return False
    if kind is OfferKind.PERCENT:
        return tiers[0].share_bps is not None
    return all(tier.share_bps is None and tier.off <= tier.over for tier in tiers)


def refused(audience: Audience, payee: Payee, now: datetime) -> str | None:
    """Why a coupon is not taken there now, or None."""
    local = now.astimezone(SHANGHAI)
    if audience.days and local.isoweekday() not in audience.days:
        return "coupon.day_not_allowed"
    if not audience.from_minute <= local.hour * 60 + local.minute < audience.until_minute:
        return "coupon.hour_not_allowed"
    found = refused_payee(Rules(allowed=audience.payees), payee)
    if found is None:
        return None
    return "coupon.goods_not_allowed" if found == "purpose.goods_not_allowed" else "coupon.payee_not_allowed"
