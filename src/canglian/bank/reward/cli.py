"""``canglian campaign``, ``campaign-offer`` and ``coupon``."""

from canglian.bank.reward.actions import CAMPAIGNS, COUPONS, OFFERS
from canglian.web.cli import Noun

NOUNS = {
    "campaign": Noun(resource=CAMPAIGNS),
    "campaign-offer": Noun(resource=OFFERS),
    "coupon": Noun(resource=COUPONS),
}
