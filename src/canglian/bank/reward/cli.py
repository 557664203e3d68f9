"""``canglian campaign``, ``campaign-offer``, ``coupon``, ``coupon-quote`` and ``draw``."""

from canglian.bank.reward.actions import CAMPAIGNS, COUPONS, INVITATIONS, OFFERS, QUOTES
from canglian.bank.reward.designing import files
from canglian.bank.reward.draws import cli as draws
from canglian.bank.reward.estimating.cli import estimate
from canglian.bank.reward.points.cli import NOUNS as POINTS
from canglian.web.cli import Noun

NOUNS = {
    "campaign": Noun(resource=CAMPAIGNS, verbs=(files.write, files.revise, estimate)),
    "campaign-offer": Noun(resource=OFFERS),
    "coupon": Noun(resource=COUPONS),
    "coupon-quote": Noun(resource=QUOTES),
    **draws.NOUNS,
    **POINTS,
    "invitation": Noun(resource=INVITATIONS),
}
