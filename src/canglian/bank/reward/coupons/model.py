"""Coupons: one person's right to a discount, with the money that is reserved for it."""

import enum
from datetime import datetime
from typing import Annotated

from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc


class CouponState(enum.StrEnum):
    """Claimed until it is used, and locked while an order is quoted with it or paid later; a refund of all may make it
    claimed again.

    Expired and void are the ends of one that was not used.
    """

    CLAIMED = "claimed"
    LOCKED = "locked"
    USED = "used"
    EXPIRED = "expired"
    VOID = "void"


class Coupon(Entity, frozen=True, table="coupon", indexes={"claimed": ("wallet", "state")}):
    """A coupon (优惠券). ``reserved`` and ``spent`` are the parts of its funders, in their order.

    ``amount`` is the most that it takes off; ``used`` what it took off, less what refunds gave back. ``order`` and
    ``payment`` are those that it is locked for or was used in.
    """

    id: Annotated[str, doc("The coupon's id.")]
    campaign: Annotated[str, doc("The campaign's id.")]
    offer: Annotated[str, doc("The offer's id.")]
    party: Annotated[str, doc("Whose it is: the customer's id.")]
    wallet: Annotated[str, doc("The wallet with which it was claimed, whose PIN agrees to its use.")]
    state: Annotated[CouponState, doc("`claimed`, `locked`, `used`, `expired` or `void`.")]
    amount: Annotated[int, doc("The most that it takes off, in fen.")]
    used: Annotated[int, doc("What it took off, less what refunds gave back, in fen.")]
    reserved: Annotated[tuple[int, ...], doc("What is reserved for it of each funder, in fen.")]
    spent: Annotated[tuple[int, ...], doc("What was spent of each funder, less what came back, in fen.")]
    order: Annotated[str | None, doc("The order that it is locked for or was used for, or null.")]
    payment: Annotated[str | None, doc("The payment in which it was used, or null.")]
    reserving: Annotated[bool, doc("Whether anything is reserved for it.")]
    returns: Annotated[int, doc("How often a refund gave it back.")]
    reason: Annotated[str | None, doc("Why it is void, or null.")]
    claimed_at: Annotated[datetime, doc("When it was claimed.")]
    expires_at: Annotated[datetime, doc("Before when it is used.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    quote: Annotated[str | None, doc("The quote that keeps it for its order, or null.")] = None
