"""``canglian campaign``, ``campaign-offer``, ``coupon`` and ``coupon-quote``."""

from canglian.bank.reward.actions import CAMPAIGNS, COUPONS, OFFERS, QUOTES
from canglian.web.cli import Noun

NOUNS = {
    "campaign": Noun(resource=CAMPAIGNS),
    "campaign-offer": Noun(resource=OFFERS),
    "coupon": Noun(resource=COUPONS),
    "coupon-quote": Noun(resource=QUOTES),
}
