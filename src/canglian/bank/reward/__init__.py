"""Rewards: campaigns with the money of several funders, the coupons that people claim of their offers, and points.

Owns the tables campaign, campaign_offer, offer_claims, coupon, coupon_quote, coupon_quote_wallet, task_progress,
invitation, invitee, benefit_code and typed_codes.

Of points it owns point_scheme, point_member, point_lot, point_rule_count and point_exchange.

Promises: what a funder paid in is at every commit unreserved, reserved, spent or returned, each on an account of the
ledger; a coupon's money is reserved when it is claimed and freed when it ends; no stock, no cap and no budget is ever
passed; a coupon is used in the commit of the payment that it pays for, or not at all; what remains of somebody's lots
of points is what their account of the ledger has.
"""

import canglian.bank.reward.approving  # pyright: ignore[reportUnusedImport] - what may be approved
import canglian.bank.reward.coupons.source  # pyright: ignore[reportUnusedImport] - coupons pay
import canglian.bank.reward.draws.errors  # pyright: ignore[reportUnusedImport] - declares the codes
import canglian.bank.reward.earning.following  # pyright: ignore[reportUnusedImport] - purchases earn
import canglian.bank.reward.errors  # pyright: ignore[reportUnusedImport] - declares the codes
import canglian.bank.reward.points.approving  # pyright: ignore[reportUnusedImport] - what may be approved
import canglian.bank.reward.points.deduction.source  # pyright: ignore[reportUnusedImport] - points pay
import canglian.bank.reward.points.earning  # pyright: ignore[reportUnusedImport] - payments earn points
import canglian.bank.reward.points.errors  # pyright: ignore[reportUnusedImport] - declares the codes
import canglian.bank.reward.quotes.by_codes  # pyright: ignore[reportUnusedImport] - taken off by code
import canglian.bank.reward.segments.kinds  # noqa: F401  # pyright: ignore[reportUnusedImport] - segments are known
from canglian.bank.reward.campaigns.model import (
    Campaign,
    CampaignOffer,
    CampaignState,
    Funder,
    FunderKind,
    GroupRule,
    OfferClaims,
    OfferKind,
    RefundPolicy,
    Tier,
)
from canglian.bank.reward.coupons.model import Coupon, CouponState
from canglian.bank.reward.quotes.model import CouponQuote, QuoteState

__all__ = [
    "Campaign",
    "CampaignOffer",
    "CampaignState",
    "Coupon",
    "CouponQuote",
    "CouponState",
    "Funder",
    "FunderKind",
    "GroupRule",
    "OfferClaims",
    "OfferKind",
    "QuoteState",
    "RefundPolicy",
    "Tier",
]
