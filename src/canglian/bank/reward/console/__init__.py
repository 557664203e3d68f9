"""Rewards for operators: pages that translate forms into commands and compute no rule."""

from canglian.bank.reward.console import campaign, coupon, lists
from canglian.bank.reward.draws import console as draws

HANDLERS = (*lists.handlers, *campaign.handlers, *coupon.handlers, *draws.HANDLERS)
"""The pages of campaigns and coupons."""
