"""Rewards for operators: pages that translate forms into commands and compute no rule."""

from canglian.bank.reward.console import campaign, coupon, lists

HANDLERS = (*lists.handlers, *campaign.handlers, *coupon.handlers)
"""The pages of campaigns and coupons."""
