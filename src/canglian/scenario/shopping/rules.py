"""What has to be so in a season, and its figures, as pure functions without a book."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec

from canglian.bank.purpose.rules import Payee, Rules, refused_payee
from canglian.bank.reward.campaigns.model import Audience, CampaignOffer, Tier
from canglian.bank.reward.offers import BPS, discount
from canglian.kernel.values import SHANGHAI

HUNDRED = 10_000
"""A hundred yuan, in fen."""

RATE_HOURS = 6
"""The forecast goes on with what was claimed in so many whole hours."""


class JoiningCost(msgspec.Struct, frozen=True):
    """What joining costs a merchant for 100 yuan of sales with coupons, in fen: the whole discount, and its share.

    ``payments`` is how many of its own sales it was counted from; none where it is counted at the least price.
    """

    discount: int
    share: int
    payments: int


def joining_cost(tiers: Sequence[Tier], share_bps: int, prices: Sequence[int]) -> JoiningCost:
    """What a merchant's share of the discount comes to for 100 yuan of sales.

    Counted from the merchant's own prices, each with a coupon that fits it; a merchant without any is told the dearest
    case, a sale at the price from which on the coupon is taken. Rounded up: never less than it costs.
    """
    reached = [price for price in prices if discount(tiers, price)]
    counted = reached or [max(tier.over, 1) if tier.share_bps is None else HUNDRED for tier in tiers]
    offs = [discount(tiers, price) for price in counted]
    if reached:
        off, price = sum(offs), sum(reached)
    else:
        off, price = max(zip(offs, counted, strict=True), key=lambda pair: (pair[0] * BPS // pair[1], pair[1]))
    whole = -(-off * HUNDRED // price)
    return JoiningCost(whole, -(-off * HUNDRED * share_bps // (price * BPS)), len(reached))


def local_date(instant: datetime) -> date:
    """The day of an instant in Shanghai."""
    return instant.astimezone(SHANGHAI).date()


def last_date(instant: datetime) -> date:
    """The last day of a window that ends before an instant."""
    return local_date(instant - timedelta(microseconds=1))


def is_in(region: str, districts: Sequence[str]) -> bool:
    """Whether a division lies in one of some districts; no districts leave nobody out."""
    return not districts or any(region.startswith(district) for district in districts)


def is_open_now(audience: Audience, now: datetime) -> bool:
    """Whether a coupon is taken at this time of this day, wherever it is."""
    local = now.astimezone(SHANGHAI)
    minute = local.hour * 60 + local.minute
    on_the_day = not audience.days or local.isoweekday() in audience.days
    return on_the_day and audience.from_minute <= minute < audience.until_minute


def fits(offers: Sequence[CampaignOffer], payee: Payee) -> bool:
    """Whether a merchant takes the coupons of any of these offers, at some time and for some goods."""
    refusals = [refused_payee(Rules(allowed=offer.audience.payees), payee) for offer in offers]
    return any(code in (None, "purpose.goods_not_allowed") for code in refusals)


class Forecast(msgspec.Struct, frozen=True):
    """How far the money goes: claims an hour lately, how many coupons are left, and the hour in which none is."""

    per_hour: float
    left: int
    at: datetime | None


def forecast(left: int, claims: Sequence[tuple[datetime, int]], now: datetime, since: datetime) -> Forecast:
    """When the last of ``left`` coupons is claimed, if claims go on as in the last hours.

    ``claims`` are those of each hour by its beginning; ``since`` is when claims began. Nothing is foreseen where
    nothing was claimed lately.
    """
    begin = max(now - timedelta(hours=RATE_HOURS), since)
    hours = (now - begin).total_seconds() / 3600
    taken = sum(count for hour, count in claims if hour + timedelta(hours=1) > begin)
    if not taken or hours <= 0:
        return Forecast(0.0, left, now if not left else None)
    rate = taken / hours
    return Forecast(rate, left, now + timedelta(hours=left / rate))
