"""The machine words of this room that people read."""

from canglian.bank.reward import accounts
from canglian.bank.reward.campaigns.model import CampaignState, FunderKind, OfferKind, RefundPolicy
from canglian.bank.reward.coupons.model import CouponState

CODES = (
    accounts.FUNDED,
    accounts.RESERVED,
    accounts.FREED,
    accounts.SPENT,
    accounts.REFUNDED,
    accounts.RETURNED,
    accounts.PAID_BACK,
)
"""What transfers of this room are for."""

EVENTS = (
    *(f"campaign.{state.value}" for state in CampaignState),
    "coupon.expired",
    "coupon.void",
)
"""Events whose names are put together where they are emitted."""

FAMILIES = {
    "state": (CampaignState, CouponState),
    "offer_kind": (OfferKind,),
    "funder_kind": (FunderKind,),
    "refund_policy": (RefundPolicy,),
}
"""The enums that pages show, by their family of words."""
