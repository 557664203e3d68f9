"""Coupons that are kept for an order: found, locked by a quote, and let go."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from canglian.bank.payment import PaymentOrder
from canglian.bank.payment.quoted import on_order_end, quote
from canglian.bank.reward import offers
from canglian.bank.reward.bounds.budgets import rooms_at, store_of
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer
from canglian.bank.reward.coupons.model import Coupon, CouponState
from canglian.bank.reward.coupons.weighing import LeftOut, Owned, Taken, Weighed
from canglian.bank.reward.quotes.model import CouponQuote, OfferLeftOut, QuotedCoupon, QuoteOfWallet, QuoteState
from canglian.kernel.book import FindKey
from canglian.kernel.command import Read
from canglian.ledger.book import Book

MINUTES: Final = 10
"""For how many minutes a quote holds at most."""


def finds(wallets: Iterable[str]) -> list[FindKey]:
    """By which look-ups the coupons of wallets are found that can be used."""
    return [(Coupon, "claimed", (wallet, CouponState.CLAIMED.value)) for wallet in wallets]


def reads(book: Book, wallets: Iterable[str]) -> list[Read]:
    """What weighing the coupons of wallets reads, as far as what is loaded says."""
    needed: list[Read] = []
    for find in finds(wallets):
        for identity in book.finds.get(find) or ():
            needed.append((Coupon, identity))
            coupon: Coupon | None = book.tables[Coupon].get(identity)
            if coupon is not None:
                needed += [(CampaignOffer, coupon.offer), (Campaign, coupon.campaign)]
    return needed


def owned(book: Book, wallets: Iterable[str]) -> list[Owned]:
    """The coupons that were claimed with wallets and can be used."""
    found = [coupon for _, index, key in finds(wallets) for coupon in book.find(Coupon, index, key)]
    return [
        (coupon, book.get(CampaignOffer, coupon.offer), book.get(Campaign, coupon.campaign))
        for coupon in found
        if book.now < coupon.expires_at
    ]


def rooms(book: Book, found: Iterable[Owned], order: PaymentOrder) -> dict[str, int]:
    """What coupons may still take off at the store of an order, by the campaigns that bound it."""
    return rooms_at(book, [campaign for _, _, campaign in found], store_of(order))


def kept(book: Book, order: PaymentOrder, wallets: Sequence[str]) -> list[Owned]:
    """The coupons of wallets that a quote keeps for an order now."""
    made = None if order.quote is None else book.get(CouponQuote, order.quote)
    if made is None or made.state is not QuoteState.OPEN or made.expires_at <= book.now:
        return []
    coupons = [book.get(Coupon, quoted.coupon) for quoted in made.taken if quoted.wallet in wallets]
    return [
        (coupon, book.get(CampaignOffer, coupon.offer), book.get(Campaign, coupon.campaign))
        for coupon in coupons
        if coupon.quote == made.id and book.now < coupon.expires_at
    ]


def keep(book: Book, order: PaymentOrder, wallets: Sequence[str], found: Weighed) -> CouponQuote:
    """Quote what was weighed, and lock its coupons for the order."""
    identity = book.new_id("cqt")
    made = CouponQuote(
        id=identity,
        order=order.id,
        merchant=order.merchant,
        wallets=tuple(wallets),
        state=QuoteState.OPEN,
        price=order.discountable,
        off=found.off,
        due=order.payable - found.off,
        taken=tuple(_quoted(taken) for taken in found.taken),
        left_out=tuple(_left_out(out) for out in found.left),
        payment=None,
        quoted_at=book.now,
        expires_at=_until(book.now, order, found.taken),
        updated_at=book.now,
    )
    for wallet in dict.fromkeys(wallets):
        book.add(QuoteOfWallet(wallet, identity))
    for taken in found.taken:
        book.put(taken.coupon.replace(state=CouponState.LOCKED, order=order.id, quote=identity, updated_at=book.now))
    if found.taken:
        quote(book, order, identity)
    book.emit(
        "coupon_quote.open",
        f"payment_order:{order.id}",
        coupon_quote=identity,
        payment_order=order.id,
        amount=found.off,
    )
    return book.add(made)


def end(book: Book, made: CouponQuote, state: QuoteState, payment: str | None = None) -> CouponQuote:
    """A quote does not hold any more: what it still keeps can be used again."""
    for quoted in made.taken:
        coupon = book.get(Coupon, quoted.coupon)
        if coupon.quote == made.id:
            book.put(coupon.replace(state=CouponState.CLAIMED, order=None, quote=None, updated_at=book.now))
    book.emit(
        f"coupon_quote.{state.value}",
        f"payment_order:{made.order}",
        coupon_quote=made.id,
        payment_order=made.order,
    )
    return book.put(made.replace(state=state, payment=payment, updated_at=book.now))


def kept_reads(book: Book, order: PaymentOrder) -> list[Read]:
    """What letting go of a quote of an order reads, as far as what is loaded says."""
    if order.quote is None:
        return []
    made: CouponQuote | None = book.tables[CouponQuote].get(order.quote)
    return [(CouponQuote, order.quote), *((Coupon, quoted.coupon) for quoted in (made.taken if made else ()))]


def cancel(book: Book, made: CouponQuote, state: QuoteState) -> CouponQuote:
    """End a quote that is open; its order is quoted nothing any more."""
    order = book.get(PaymentOrder, made.order)
    if order.quote == made.id:
        quote(book, order, None)
    return end(book, made, state)


def let_go(book: Book, order: PaymentOrder) -> PaymentOrder:
    """Let go of what an open order was quoted, because it is quoted again; the order after it."""
    if order.quote is None:
        return order
    made = book.get(CouponQuote, order.quote)
    if made.state is QuoteState.OPEN:
        end(book, made, QuoteState.CANCELLED if book.now < made.expires_at else QuoteState.EXPIRED)
    return quote(book, order, None)


def _order_ended(book: Book, order: PaymentOrder) -> None:
    """What an order was quoted is used where it is paid or held with it, and let go otherwise."""
    made = book.get(CouponQuote, order.quote)
    if made.state is not QuoteState.OPEN:
        return
    after = book.get(PaymentOrder, order.id)
    coupons = [book.get(Coupon, quoted.coupon) for quoted in made.taken]
    used = after.payment is not None and any(coupon.payment == after.payment for coupon in coupons)
    end(book, made, QuoteState.USED if used else QuoteState.CANCELLED, after.payment if used else None)


def _until(now: datetime, order: PaymentOrder, taken: Sequence[Taken]) -> datetime:
    """Before when a quote holds: its minutes, while the order and its coupons last and each hour and day fits."""
    bounds = [now + timedelta(minutes=MINUTES), order.expires_at]
    for each in taken:
        bounds += (each.coupon.expires_at, offers.open_until(each.offer.audience, now))
    return min(bounds)


def _quoted(taken: Taken) -> QuotedCoupon:
    return QuotedCoupon(taken.coupon.id, taken.offer.id, taken.coupon.wallet, taken.amount)


def _left_out(out: LeftOut) -> OfferLeftOut:
    fields = out.why.fields
    amount = fields.get("amount", fields.get("left"))
    return OfferLeftOut(out.coupon.id, out.offer.id, out.why.code, amount, out.campaign.asset)


on_order_end(_order_ended)
