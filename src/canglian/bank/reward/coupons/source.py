"""Coupons as sources of payments: what a coupon takes off is its funders' money, which the merchant is owed.

Whoever uses one has agreed with the PIN of the wallet with which it was claimed.
"""

from collections.abc import Iterable
from typing import Any, Final

from canglian.bank.payment import Merchant, Payment, PaymentLine, PaymentOrder, SourceUse, payable_account, register
from canglian.bank.payment.from_purpose import payee_of
from canglian.bank.payment.from_wallets import KIND as WALLET
from canglian.bank.payment.sources import Capture, Held, Leg, Paying
from canglian.bank.reward import accounts, offers, stacking
from canglian.bank.reward.bounds.budgets import left_at, spend_at, store_of
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer, RefundPolicy
from canglian.bank.reward.coupons import weighing
from canglian.bank.reward.coupons.model import Coupon, CouponState
from canglian.bank.reward.coupons.moving import let_go
from canglian.bank.reward.quotes.model import CouponQuote
from canglian.bank.reward.shares import split
from canglian.bank.wallet import Wallet, WalletPin
from canglian.bank.wallet.moving import refuse_without_pin
from canglian.kernel.command import Read
from canglian.ledger.book import Book, Release
from canglian.ledger.model import Hold

KIND: Final = "coupon"
_SPENT: Final = "coupon.spent"
"""Under which name a payment knows what its coupons have spent of each funder, by campaign."""


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
        if coupon.quote is not None:
            reads.append((CouponQuote, coupon.quote))
        campaign: Campaign | None = book.tables[Campaign].get(coupon.campaign)
        return reads if campaign is None else [*reads, *accounts.reads(campaign)]

    def available(self, book: Book, paying: Paying, use: SourceUse) -> int:
        """What it takes off this order. Rejects ``coupon.*``."""
        return usable(book, book.get(Coupon, use.item), paying)

    def pay(self, book: Book, paying: Paying, use: SourceUse, amount: int) -> Leg:
        coupon, campaign = self._agreed(book, paying, use, amount)
        parts = _parts(campaign, coupon, amount)
        spend_at(book, campaign, store_of(paying.order), amount)
        moved = accounts.redeem(book, campaign, amount, paying.payable(book, campaign.asset), paying.payment)
        paying.known.setdefault(_SPENT, {}).setdefault(campaign.id, []).append(parts)
        _take(book, coupon, parts, ended=True, order=paying.order.id, payment=paying.payment, quote=None)
        return Leg(campaign.asset, coupon.party, moved.id)

    def refund(
        self, book: Book, payment: Payment, line: PaymentLine, merchant: Merchant, amount: int, *, whole: bool
    ) -> int:
        coupon = book.get(Coupon, line.item)
        campaign, offer = book.get(Campaign, coupon.campaign), book.get(CampaignOffer, coupon.offer)
        back = back_of(campaign, coupon, amount)
        in_time = coupon.state is CouponState.USED and book.now < coupon.expires_at
        again = whole and in_time and offer.refund.gives_again
        account = payable_account(book, merchant, line.asset)
        moved = accounts.take_back(book, campaign, back, account, payment.id, reserved=again)
        left = tuple(had - came for had, came in zip(coupon.spent, back, strict=True))
        if campaign.store_budget is not None:
            spend_at(book, campaign, store_of(book.get(PaymentOrder, payment.order)), -amount)
        after = coupon.replace(used=coupon.used - amount, spent=left, updated_at=book.now)
        if again:
            self._give_again(book, after, offer, back)
        elif coupon.state is CouponState.USED and sum(after.reserved):
            # it never comes back: what it did not take off is free
            let_go(book, after, CouponState.USED)
        else:
            book.put(after)
        return moved.id

    def hold(self, book: Book, paying: Paying, use: SourceUse, amount: int) -> Held:
        coupon, campaign = self._agreed(book, paying, use, amount)
        account = paying.payable(book, campaign.asset)
        spend_at(book, campaign, store_of(paying.order), amount)
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
            coupon.replace(
                state=CouponState.LOCKED, order=paying.order.id, payment=paying.payment, quote=None, updated_at=book.now
            )
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
        _take(book, coupon, parts, ended=ended, may_return=not line.refunded)
        return moved.id

    def release(self, book: Book, payment: Payment, line: PaymentLine) -> None:
        coupon, held = book.get(Coupon, line.item), book.get(Hold, line.hold)
        campaign = book.get(Campaign, coupon.campaign)
        if campaign.store_budget is not None:
            spend_at(book, campaign, store_of(book.get(PaymentOrder, payment.order)), -held.remaining)
        book.release(held.id)
        if coupon.used:
            _ended(book, coupon, may_return=not line.refunded)
        else:
            book.put(coupon.replace(state=CouponState.CLAIMED, order=None, payment=None, updated_at=book.now))

    @staticmethod
    def _agreed(book: Book, paying: Paying, use: SourceUse, amount: int) -> tuple[Coupon, Campaign]:
        """A coupon whose holder has typed the PIN or shown a code. Rejects ``coupon.*``.

        What it takes off was asked before, unless it is the last source, which pays all that is left.
        """
        coupon = book.get(Coupon, use.item)
        if not paying.by_code:
            refuse_without_pin(book, book.get(Wallet, coupon.wallet), paying.channel, use.pin)
        campaign = book.get(Campaign, coupon.campaign)
        if use == paying.uses[-1] and amount > (most := usable(book, coupon, paying)):
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


def mark_spent(book: Book, paying: Paying) -> None:
    """What the coupons of a payment have spent, in one movement a funder; each coupon keeps its own parts."""
    for campaign, parts in paying.known.pop(_SPENT, {}).items():
        together = [sum(of_funder) for of_funder in zip(*parts, strict=True)]
        accounts.mark_spent(book, book.get(Campaign, campaign), together, paying.payment)


def back_of(campaign: Campaign, coupon: Coupon, amount: int) -> tuple[int, ...]:
    """What each funder gets back where so much of what a coupon took off is given back."""
    left = split(coupon.used - amount, [funder.share_bps for funder in campaign.funders], coupon.spent)
    return tuple(had - kept for had, kept in zip(coupon.spent, left, strict=True))


def keeps(book: Book, payment: Payment, line: PaymentLine, price: int) -> int | None:
    """What a coupon still takes off where so much of a price is kept; None where each part gives back its share.

    Goods are given back before what is no goods, such as shipping.
    """
    coupon = book.get(Coupon, line.item)
    offer = book.get(CampaignOffer, coupon.offer)
    if offer.refund is RefundPolicy.FORFEIT:
        return 0
    if offer.refund is RefundPolicy.REQUALIFY:
        goods = max(0, price - book.get(PaymentOrder, payment.order).shipping)
        return offers.discount(offers.tiers_of(offer, coupon.amount), goods)
    return None


def usable(book: Book, coupon: Coupon, paying: Paying) -> int:
    """What a coupon takes off an order now. Rejects ``coupon.*`` and ``coupon_quote.expired`` where it is not taken."""
    _refuse_locked(book, coupon, paying.order)
    _refuse_another_s(book, coupon, paying)
    campaign, offer = book.get(Campaign, coupon.campaign), book.get(CampaignOffer, coupon.offer)
    why = weighing.refused(coupon, offer, campaign, paying.order, paying.merchant, book.now)
    if why is not None:
        book.reject(why.code, **why.fields)
    off = _amounts(book, paying).get(coupon.id, 0)
    if not off:
        book.reject("coupon.below", amount=offers.least_price(offer.tiers), asset=campaign.asset)
    left = left_at(book, campaign, store_of(paying.order))
    if left is not None and off > left:
        book.reject("campaign.store_budget", left=max(0, left), asset=campaign.asset)
    return off


def _refuse_locked(book: Book, coupon: Coupon, order: PaymentOrder) -> None:
    """Rejects ``coupon.state``, and ``coupon_quote.expired`` for what was quoted for this order and is over.

    What another order was quoted is free once that is over.
    """
    if coupon.state is CouponState.CLAIMED:
        return
    quote = None if coupon.quote is None else book.get(CouponQuote, coupon.quote)
    if coupon.state is not CouponState.LOCKED or quote is None:
        book.reject("coupon.state", coupon=coupon.id, state=coupon.state.value)
    is_over = quote.expires_at <= book.now
    if coupon.order == order.id and is_over:
        book.reject("coupon_quote.expired", coupon_quote=quote.id, expires_at=quote.expires_at.isoformat())
    if coupon.order != order.id and not is_over:
        book.reject("coupon.state", coupon=coupon.id, state=coupon.state.value)


def _refuse_another_s(book: Book, coupon: Coupon, paying: Paying) -> None:
    """Whoever has a coupon pays with it. Rejects ``coupon.another_pays`` where only wallets of others pay the rest."""
    payers = [book.get(Wallet, use.item).party for use in paying.uses if use.source == WALLET]
    if payers and coupon.party not in payers:
        book.reject("coupon.another_pays", coupon=coupon.id, field="sources")


def _amounts(book: Book, paying: Paying) -> dict[str, int]:
    """What each coupon that is named for a payment takes off beside the others.

    Rejects ``coupon.not_together`` and ``coupon.order``.
    """
    if KIND not in paying.known:
        paying.known[KIND] = _worked_out(book, paying)
    return paying.known[KIND]


def _worked_out(book: Book, paying: Paying) -> dict[str, int]:
    coupons = [book.get(Coupon, use.item) for use in paying.uses if use.source == KIND]
    quoted = _quoted(book, paying.order, coupons)
    if quoted is not None:
        return quoted
    if len(coupons) == 1:
        offer = book.get(CampaignOffer, coupons[0].offer)
        tiers = offers.tiers_of(offer, coupons[0].amount)
        off = offers.discount(tiers, paying.order.discountable)
        return {coupons[0].id: off if offer.together_max is None else min(off, offer.together_max)}
    named = [weighing.candidate_of(coupon, book.get(CampaignOffer, coupon.offer)) for coupon in coupons]
    if not stacking.are_lawful(named):
        book.reject("coupon.not_together", field="sources")
    if named != stacking.in_order(named):
        book.reject("coupon.order", field="sources")
    amounts = stacking.taken_off(paying.order.discountable, named)
    return dict(zip((found.id for found in named), amounts, strict=True))


def _quoted(book: Book, order: PaymentOrder, coupons: list[Coupon]) -> dict[str, int] | None:
    """What coupons take off as their quote says, where it keeps these, in this order, and holds."""
    quote = book.get(CouponQuote, coupons[0].quote) if coupons and coupons[0].quote is not None else None
    if quote is None or quote.order != order.id or quote.price != order.discountable or quote.expires_at <= book.now:
        return None
    if [taken.coupon for taken in quote.taken] != [coupon.id for coupon in coupons]:
        return None
    return {taken.coupon: taken.amount for taken in quote.taken}


def _parts(campaign: Campaign, coupon: Coupon, amount: int) -> tuple[int, ...]:
    """What each funder pays of an amount, within what is reserved of it."""
    return split(amount, [funder.share_bps for funder in campaign.funders], coupon.reserved)


def _more_parts(campaign: Campaign, coupon: Coupon, amount: int) -> tuple[int, ...]:
    """What each funder pays of a further part, so that all parts so far are its share of their sum."""
    rooms = [kept + had for kept, had in zip(coupon.reserved, coupon.spent, strict=True)]
    together = split(coupon.used + amount, [funder.share_bps for funder in campaign.funders], rooms)
    more = [max(0, whole - had) for whole, had in zip(together, coupon.spent, strict=True)]
    return split(amount, [part or 1 for part in more], coupon.reserved) if sum(more) != amount else tuple(more)


def _take(
    book: Book, coupon: Coupon, parts: tuple[int, ...], *, ended: bool, may_return: bool = True, **changes: Any
) -> None:
    """Parts of a coupon are spent; after the last one it is used."""
    changes |= {
        "used": coupon.used + sum(parts),
        "reserved": tuple(had - part for had, part in zip(coupon.reserved, parts, strict=True)),
        "spent": tuple(had + part for had, part in zip(coupon.spent, parts, strict=True)),
    }
    if ended:
        _ended(book, coupon, may_return=may_return, **changes)
    else:
        book.put(coupon.replace(**changes, updated_at=book.now))


def _ended(book: Book, coupon: Coupon, *, may_return: bool, **changes: Any) -> None:
    """A coupon is used. The rest of its money waits while a refund may give it back, and is free at once otherwise."""
    offer = book.get(CampaignOffer, coupon.offer)
    book.put(offer.replace(used=offer.used + 1, updated_at=book.now))
    left = sum(changes.get("reserved", coupon.reserved))
    waits = may_return and bool(left) and offer.refund.gives_again and book.now < coupon.expires_at
    used = coupon.replace(**changes, state=CouponState.USED, reserving=waits, updated_at=book.now)
    book.emit("coupon.used", f"coupon:{used.id}", coupon=used.id, campaign=used.campaign, amount=used.used)
    book.put(used)
    if left and not waits:
        let_go(book, used, CouponState.USED)


register(KIND, _Coupons(), keeps=keeps, after=mark_spent)
