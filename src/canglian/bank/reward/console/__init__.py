"""Rewards for operators: pages that translate forms into commands and compute no rule."""

from canglian.bank.reward.console import campaign, coupon, designer, estimate, lists, quotes
from canglian.bank.reward.draws import console as draws
from canglian.bank.reward.points.console import HANDLERS as POINTS

HANDLERS = (
    *lists.handlers,
    *designer.handlers,
    *estimate.handlers,
    *campaign.handlers,
    *coupon.handlers,
    *quotes.handlers,
    *draws.HANDLERS,
    *POINTS,
)
"""The pages of campaigns and coupons."""
