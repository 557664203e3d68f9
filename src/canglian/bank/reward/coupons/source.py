"""Coupons as sources of payments: what a coupon takes off is its funders' money, which the merchant is owed.

Whoever uses one has agreed with the PIN of the wallet with which it was claimed.
"""

from collections.abc import Iterable
from typing import Final

from canglian.bank.payment import Merchant, Payment, PaymentLine, PaymentOrder, SourceUse, payable_account, register
from canglian.bank.payment.from_purpose import payee_of
from canglian.bank.payment.sources import Capture, Held, Leg, Paying
from canglian.bank.reward import accounts, offers, stacking
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer, RefundPolicy
from canglian.bank.reward.coupons.model import Coupon, CouponState
from canglian.bank.reward.coupons.moving import let_go
from canglian.bank.reward.shares import split
from canglian.bank.wallet import Wallet, WalletPin
from canglian.bank.wallet.moving import refuse_without_pin
from canglian.kernel.command import Read
from canglian.ledger.book import Book, Release
from canglian.ledger.model import Hold

KIND: Final = "coupon"


class _Coupons:
    discount = True

    def reads(self, use: SourceUse) -> Iterable[Read]:
        return [(Coupon, use.item)]

    def needs(self, book: Book, use: SourceUse) -> Iterable[Read]:
        coupon: Coupon | None = book.tables[Coupon].get(use.item)
        if coupon is None:
            return ()
        reads: list[Read] = [(Campaign, coupon.campaign), (CampaignOffer, coupon.offer)]
        reads += [(Wallet, coupon.wallet), (WalletPin, coupon.wallet)]
        campaign: Campaign | None = book.tables[Campaign].get(coupon.campaign)
        return reads if campaign is None else [*reads, *accounts.reads(campaign)]

    def available(self, book: Book, paying: Paying, use: SourceUse) -> int:
        """What it takes off this order. Rejects ``coupon.*``."""
        return usable(book, book.get(Coupon, use.item), paying)

    def pay(self, book: Book, paying: Paying, use: SourceUse, amount: int) -> Leg:
        coupon, campaign = self._agreed(book, paying, use, amount)
        parts = _parts(campaign, coupon, amount)
        moved = accounts.spend(book, campaign, parts, paying.payable(book, campaign.asset), paying.payment)
        _use(book, coupon, parts, paying.order.id, paying.payment)
        return Leg(campaign.asset, coupon.party, moved.id)

    def refund(
        self, book: Book, payment: Payment, line: PaymentLine, merchant: Merchant, amount: int, *, whole: bool
    ) -> int:
        coupon = book.get(Coupon, line.item)
        campaign, offer = book.get(Campaign, coupon.campaign), book.get(CampaignOffer, coupon.offer)
        left = split(coupon.used - amount, [funder.share_bps for funder in campaign.funders], coupon.spent)
        back = tuple(had - kept for had, kept in zip(coupon.spent, left, strict=True))
        in_time = coupon.state is CouponState.USED and book.now < coupon.expires_at
        again = whole and in_time and offer.refund is RefundPolicy.RETURN
        account = payable_account(book, merchant, line.asset)
        moved = accounts.take_back(book, campaign, back, account, payment.id, reserved=again)
        after = coupon.replace(used=coupon.used - amount, spent=left, updated_at=book.now)
        if again:
            self._give_again(book, after, offer, back)
        else:
            book.put(after)
        return moved.id

    def hold(self, book: Book, paying: Paying, use: SourceUse, amount: int) -> Held:
        coupon, campaign = self._agreed(book, paying, use, amount)
        account = paying.payable(book, campaign.asset)
        held = book.hold(
            campaign.redeemed,
            account,
            amount,
            accounts.SPENT,
            reference=paying.payment,
            release=Release(campaign.id),
        )
        book.emit("coupon.locked", f"coupon:{coupon.id}", coupon=coupon.id, campaign=campaign.id)
        book.put(
            coupon.replace(state=CouponState.LOCKED, order=paying.order.id, payment=paying.payment, updated_at=book.now)
        )
        return Held(campaign.asset, coupon.party, held.id)

    def allows(self, book: Book, line: PaymentLine, merchant: Merchant) -> bool:
        """Whether the merchant is still one that takes it."""
        coupon = book.get(Coupon, line.item)
        order = book.get(PaymentOrder, coupon.order)
        offer = book.get(CampaignOffer, coupon.offer)
        found = offers.refused(offer.audience, payee_of(merchant, order), book.now)
        return found not in ("coupon.payee_not_allowed", "coupon.goods_not_allowed")

    def request_capture(self, book: Book, capture: Capture, line: PaymentLine) -> bool:
        return False

    def capture(self, book: Book, payment: Payment, line: PaymentLine, amount: int) -> int:
        coupon = book.get(Coupon, line.item)
        campaign = book.get(Campaign, coupon.campaign)
        parts = _more_parts(campaign, coupon, amount)
        moved = book.capture(line.hold or 0, amount, reference=payment.id)
        accounts.mark_spent(book, campaign, parts, payment.id)
        ended = line.captured + amount == line.amount
        _take(book, coupon, parts, ended=ended)
        return moved.id

    def release(self, book: Book, payment: Payment, line: PaymentLine) -> None:
        coupon, held = book.get(Coupon, line.item), book.get(Hold, line.hold)
        book.release(held.id)
        if coupon.used:
            _ended(book, coupon.replace(state=CouponState.USED, updated_at=book.now))
        else:
            book.put(coupon.replace(state=CouponState.CLAIMED, order=None, payment=None, updated_at=book.now))

    @staticmethod
    def _agreed(book: Book, paying: Paying, use: SourceUse, amount: int) -> tuple[Coupon, Campaign]:
        """A coupon that takes as much off, whose holder has typed the PIN or shown a code. Rejects ``coupon.*``."""
        coupon = book.get(Coupon, use.item)
        if not paying.by_code:
            refuse_without_pin(book, book.get(Wallet, coupon.wallet), paying.channel, use.pin)
        campaign = book.get(Campaign, coupon.campaign)
        most = usable(book, coupon, paying)
        if amount > most:
            book.reject("coupon.above", left=most, asset=campaign.asset, field="sources")
        return coupon, campaign

    @staticmethod
    def _give_again(book: Book, coupon: Coupon, offer: CampaignOffer, back: tuple[int, ...]) -> None:
        """The coupon is its holder's again, with what is reserved for it and the time that it had."""
        reserved = tuple(kept + came for kept, came in zip(coupon.reserved, back, strict=True))
        book.put(offer.replace(used=offer.used - 1, updated_at=book.now))
        book.emit("coupon.returned", f"coupon:{coupon.id}", coupon=coupon.id, campaign=coupon.campaign)
        book.put(
            coupon.replace(
                state=CouponState.CLAIMED,
                reserved=reserved,
                reserving=True,
                order=None,
                payment=None,
                returns=coupon.returns + 1,
            )
        )


def usable(book: Book, coupon: Coupon, paying: Paying) -> int:
    """What a coupon takes off an order now. Rejects ``coupon.*`` where it is not taken."""
    if coupon.state is not CouponState.CLAIMED:
        book.reject("coupon.state", coupon=coupon.id, state=coupon.state.value)
    if book.now >= coupon.expires_at:
        book.reject("coupon.expired", expires_at=coupon.expires_at.isoformat())
    campaign, offer = book.get(Campaign, coupon.campaign), book.get(CampaignOffer, coupon.offer)
    if campaign.asset not in paying.merchant.accounts:
        book.reject("coupon.asset", asset=campaign.asset)
    found = offers.refused(offer.audience, payee_of(paying.merchant, paying.order), book.now)
    if found is not None:
        book.reject(found)
    together = _together(book, paying)
    amounts = stacking.applied(paying.order.payable, [found.tiers for found in together])
    off = dict(zip((found.id for found in together), amounts, strict=True)).get(coupon.id, 0)
    if not off:
        book.reject("coupon.below", amount=offers.least_price(offer.tiers), asset=campaign.asset)
    return off


def candidate_of(coupon: Coupon, offer: CampaignOffer) -> stacking.Candidate:
    """A coupon as one of several that might be used together: one of each offer."""
    return stacking.Candidate(coupon.id, offer.tiers, offer.rank, offer.stacks, offer.id)


def _together(book: Book, paying: Paying) -> list[stacking.Candidate]:
    """The coupons that are named for a payment. Rejects ``coupon.not_together`` and ``coupon.order``."""
    coupons = [book.get(Coupon, use.item) for use in paying.uses if use.source == KIND]
    named = [candidate_of(coupon, book.get(CampaignOffer, coupon.offer)) for coupon in coupons]
    if not stacking.are_lawful(named):
        book.reject("coupon.not_together", field="sources")
    if named != stacking.in_order(named):
        book.reject("coupon.order", field="sources")
    return named


def _parts(campaign: Campaign, coupon: Coupon, amount: int) -> tuple[int, ...]:
    """What each funder pays of an amount, within what is reserved of it."""
    return split(amount, [funder.share_bps for funder in campaign.funders], coupon.reserved)


def _more_parts(campaign: Campaign, coupon: Coupon, amount: int) -> tuple[int, ...]:
    """What each funder pays of a further part, so that all parts so far are its share of their sum."""
    rooms = [kept + had for kept, had in zip(coupon.reserved, coupon.spent, strict=True)]
    together = split(coupon.used + amount, [funder.share_bps for funder in campaign.funders], rooms)
    more = [max(0, whole - had) for whole, had in zip(together, coupon.spent, strict=True)]
    return split(amount, [part or 1 for part in more], coupon.reserved) if sum(more) != amount else tuple(more)


def _use(book: Book, coupon: Coupon, parts: tuple[int, ...], order: str, payment: str) -> None:
    used = coupon.replace(order=order, payment=payment)
    _take(book, used, parts, ended=True)


def _take(book: Book, coupon: Coupon, parts: tuple[int, ...], *, ended: bool) -> None:
    """Parts of a coupon are spent; after the last one it is used."""
    after = coupon.replace(
        used=coupon.used + sum(parts),
        reserved=tuple(had - part for had, part in zip(coupon.reserved, parts, strict=True)),
        spent=tuple(had + part for had, part in zip(coupon.spent, parts, strict=True)),
        updated_at=book.now,
    )
    if ended:
        _ended(book, after.replace(state=CouponState.USED))
    else:
        book.put(after)


def _ended(book: Book, coupon: Coupon) -> None:
    """A coupon is used. The rest of its money waits while a refund may give it back, and is free at once otherwise."""
    offer = book.get(CampaignOffer, coupon.offer)
    book.put(offer.replace(used=offer.used + 1, updated_at=book.now))
    book.emit("coupon.used", f"coupon:{coupon.id}", coupon=coupon.id, campaign=coupon.campaign, amount=coupon.used)
    left = sum(coupon.reserved)
    waits = bool(left) and offer.refund is RefundPolicy.RETURN and book.now < coupon.expires_at
    book.put(coupon.replace(reserving=waits))
    if left and not waits:
        let_go(book, coupon, CouponState.USED)


register(KIND, _Coupons())
