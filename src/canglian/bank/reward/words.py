"""The machine words of this room that people read."""

from canglian.bank.reward import accounts
from canglian.bank.reward.bounds.model import CapKind
from canglian.bank.reward.bounds.queries import BoundKind
from canglian.bank.reward.campaigns.model import CampaignState, ClawBack, FunderKind, GroupRule, OfferKind, RefundPolicy
from canglian.bank.reward.coupons.model import CouponState
from canglian.bank.reward.draws import words as draws
from canglian.bank.reward.estimating.model import Assumption
from canglian.bank.reward.points import words as points
from canglian.bank.reward.quotes.model import QuoteState
from canglian.bank.reward.segments.kinds import Own

CODES = (
    accounts.FUNDED,
    accounts.RESERVED,
    accounts.FREED,
    accounts.SPENT,
    accounts.REFUNDED,
    accounts.RETURNED,
    accounts.PAID_BACK,
    *points.CODES,
    *draws.CODES,
)
"""What transfers of this room are for."""

EVENTS = (
    *(f"campaign.{state.value}" for state in CampaignState),
    *(f"coupon_quote.{state.value}" for state in QuoteState),
    "coupon.expired",
    "coupon.void",
    *points.EVENTS,
    *draws.EVENTS,
)
"""Events whose names are put together where they are emitted."""

FAMILIES = {
    **points.FAMILIES,
    "state": (CampaignState, CouponState, QuoteState, *draws.STATES, *points.FAMILIES["state"]),
    "offer_kind": (OfferKind,),
    "offer_help": (OfferKind,),
    "funder_kind": (FunderKind,),
    "refund_policy": (RefundPolicy,),
    "group_rule": (GroupRule,),
    **draws.FAMILIES,
    "cap": (CapKind,),
    "bound": (BoundKind,),
    "claw_back": (ClawBack,),
    "assumption": (Assumption,),
    "segment": (Own,),
}
"""The enums that pages show, by their family of words."""
