"""Rewards: campaigns with the money of several funders, and the coupons that people claim of their offers.

Owns the tables campaign, campaign_offer, offer_claims and coupon.

Promises: what a funder paid in is at every commit unreserved, reserved, spent or returned, each on an account of the
ledger; a coupon's money is reserved when it is claimed and freed when it ends; no stock, no cap and no budget is ever
passed; a coupon is used in the commit of the payment that it pays for, or not at all.
"""

import canglian.bank.reward.coupons.source  # pyright: ignore[reportUnusedImport] - coupons pay
import canglian.bank.reward.errors  # noqa: F401  # pyright: ignore[reportUnusedImport] - declares the codes
from canglian.bank.reward.campaigns.model import (
    Campaign,
    CampaignOffer,
    CampaignState,
    Funder,
    FunderKind,
    OfferClaims,
    OfferKind,
    RefundPolicy,
    Tier,
)
from canglian.bank.reward.coupons.model import Coupon, CouponState

__all__ = [
    "Campaign",
    "CampaignOffer",
    "CampaignState",
    "Coupon",
    "CouponState",
    "Funder",
    "FunderKind",
    "OfferClaims",
    "OfferKind",
    "RefundPolicy",
    "Tier",
]
