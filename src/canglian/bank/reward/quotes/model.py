"""What a quote keeps: which coupons an order takes, why it takes no others, and until when that holds."""

import enum
from datetime import datetime
from typing import Annotated

import msgspec

from canglian.kernel.entity import Entity, Record
from canglian.kernel.fields import doc


class QuoteState(enum.StrEnum):
    """Open until the order is paid or held with it, until its window is over, or until it is let go.

    It is let go where the order ends otherwise, and where it is quoted again.
    """

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class QuotedCoupon(msgspec.Struct, frozen=True):
    """A coupon that the order takes, and what it takes off."""

    coupon: Annotated[str, doc("The coupon's id: a source of the payment.")]
    offer: Annotated[str, doc("The offer's id.")]
    wallet: Annotated[str, doc("The wallet whose PIN agrees to its use.")]
    amount: Annotated[int, doc("What it takes off, in fen.")]


class OfferLeftOut(msgspec.Struct, frozen=True):
    """An offer whose coupon the order does not take: the code of the reason, with its figures where it has any."""

    coupon: Annotated[str, doc("The coupon's id.")]
    offer: Annotated[str, doc("The offer's id.")]
    code: Annotated[str, doc("Why, as a code of errors: `coupon.below`.")]
    amount: Annotated[
        int | None,
        doc("From which price on it is taken, or what its campaign has left for the store, in fen; null otherwise."),
    ]
    asset: Annotated[str, doc("The unit of value, such as `CNY`.")]


class CouponQuote(Entity, frozen=True, table="coupon_quote", indexes={"order": ("order",)}):
    """A quote (优惠报价). Its coupons are locked for the order before ``expires_at``; what is paid after that is quoted
    again.
    """

    id: Annotated[str, doc("The quote's id.")]
    order: Annotated[str, doc("The order's id.")]
    merchant: Annotated[str, doc("The merchant's id.")]
    wallets: Annotated[tuple[str, ...], doc("The wallets whose coupons were weighed.")]
    state: Annotated[QuoteState, doc("`open`, `used`, `expired` or `cancelled`.")]
    price: Annotated[int, doc("The price of the goods that coupons take off, in fen.")]
    off: Annotated[int, doc("What is taken off in all, in fen.")]
    due: Annotated[int, doc("What is left to be paid, with shipping, in fen.")]
    taken: Annotated[tuple[QuotedCoupon, ...], doc("The coupons that the order takes, in the order of applying.")]
    left_out: Annotated[tuple[OfferLeftOut, ...], doc("The offers that it does not take, and why.")]
    payment: Annotated[str | None, doc("The payment that used it, or null.")]
    quoted_at: Annotated[datetime, doc("When it was quoted.")]
    expires_at: Annotated[datetime, doc("Before when it holds.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]


class QuoteOfWallet(Record, frozen=True, table="coupon_quote_wallet", key=("wallet", "quote")):
    """That a quote weighed the coupons of a wallet: by it the quotes of a customer are found."""

    wallet: Annotated[str, doc("The wallet's id.")]
    quote: Annotated[str, doc("The quote's id.")]
