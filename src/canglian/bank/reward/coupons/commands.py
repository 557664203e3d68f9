"""Coupons end: made void by the bank, expired by the clock. ``claiming`` has how they begin."""

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from canglian.bank.reward.coupons.claiming import ClaimCoupon
from canglian.bank.reward.coupons.model import Coupon, CouponState
from canglian.bank.reward.coupons.moving import let_go
from canglian.kernel.command import Command, Read
from canglian.kernel.fields import Reason, identifier
from canglian.ledger.book import Book

CouponId = Annotated[str, identifier("cpn", "A coupon's id.")]
TOGETHER = 200
"""How many coupons expire in one command at most."""


class VoidCoupon(Command[Coupon], kind="reward.void_coupon"):
    """End a coupon that was not used; its money is free again. Rejects ``coupon.state``."""

    coupon: CouponId
    reason: Reason

    def decide(self, book: Book) -> Coupon:
        coupon = book.get(Coupon, self.coupon)
        if coupon.state is not CouponState.CLAIMED:
            book.reject("coupon.state", coupon=coupon.id, state=coupon.state.value)
        return let_go(book, coupon, CouponState.VOID, self.reason)


class ExpireCoupons(Command[int], kind="reward.expire_coupons"):
    """The time of some coupons is over: what is reserved for them is free again; how many it was.

    One that is locked for an order waits until that is paid or let go.
    """

    coupons: Annotated[tuple[CouponId, ...], Meta(min_length=1, max_length=TOGETHER)]

    def reads(self) -> Iterable[Read]:
        return [(Coupon, coupon) for coupon in self.coupons]

    def weight(self) -> int:
        return len(self.coupons)

    def decide(self, book: Book) -> int:
        ended = 0
        for identity in self.coupons:
            coupon = book.get(Coupon, identity)
            if coupon.reserving and coupon.expires_at <= book.now and coupon.state is not CouponState.LOCKED:
                state = CouponState.USED if coupon.state is CouponState.USED else CouponState.EXPIRED
                let_go(book, coupon, state)
                ended += 1
        return ended


__all__ = ["ClaimCoupon", "CouponId", "ExpireCoupons", "VoidCoupon"]
