"""Coupons: claimed by a person, ended by the bank, expired by the clock."""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from msgspec import Meta

from canglian.bank.reward import accounts
from canglian.bank.reward.campaigns.commands.values import CampaignOfferId, WalletId
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer, OfferClaims
from canglian.bank.reward.campaigns.rules import require_claimable
from canglian.bank.reward.coupons.model import Coupon, CouponState
from canglian.bank.reward.coupons.moving import exhausted, issue, let_go
from canglian.bank.wallet import Wallet, require_active_wallet
from canglian.kernel.command import Command, Read
from canglian.kernel.fields import Reason, identifier
from canglian.kernel.values import SHANGHAI
from canglian.ledger.book import Book

CouponId = Annotated[str, identifier("cpn", "A coupon's id.")]
TOGETHER = 200
"""How many coupons expire in one command at most."""


class ClaimCoupon(Command[Coupon], kind="reward.claim_coupon"):
    """Claim a coupon for the person of a wallet, who counts once, whichever wallet or phone it is.

    Rejects ``campaign.*``, ``campaign_offer.none_*``, ``coupon.per_person``, ``coupon.no_party``, and what the state of
    the wallet does.
    """

    offer: CampaignOfferId
    wallet: WalletId

    def reads(self) -> Iterable[Read]:
        return ((CampaignOffer, self.offer), (Wallet, self.wallet))

    def decide(self, book: Book) -> Coupon:
        offer = book.get(CampaignOffer, self.offer)
        wallet = require_active_wallet(book, self.wallet)
        if wallet.party is None:
            book.reject("coupon.no_party", wallet=wallet.id)
        campaign = require_claimable(book, book.get(Campaign, offer.campaign))
        book.require([*accounts.reads(campaign), (OfferClaims, (offer.id, wallet.party))])
        had = _counted(book, offer, wallet.party)
        today = book.now.astimezone(SHANGHAI).date()
        day_taken = _taken_on(book, offer, today) + 1
        coupon = issue(book, campaign, offer, wallet.party, wallet.id)
        book.put(
            offer.replace(
                taken=offer.taken + 1,
                day=today,
                day_taken=day_taken,
                updated_at=book.now,
            )
        )
        counted = OfferClaims(offer.id, wallet.party, 1 if had is None else had.claimed + 1, book.now)
        if had is None:
            book.add(counted)
        else:
            book.put(counted)
        exhausted(book, campaign)
        return coupon


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


def _counted(book: Book, offer: CampaignOffer, party: str) -> OfferClaims | None:
    """How many a person has had. Rejects ``coupon.per_person``."""
    had = book.maybe(OfferClaims, (offer.id, party))
    if had is not None and had.claimed >= offer.per_person:
        book.reject("coupon.per_person", most=offer.per_person)
    return had


def _taken_on(book: Book, offer: CampaignOffer, today: date) -> int:
    """How many were claimed today. Rejects ``campaign_offer.none_left`` and ``.none_today``."""
    if offer.left < 1:
        book.reject("campaign_offer.none_left")
    taken = offer.day_taken if offer.day == today else 0
    if offer.per_day is not None and taken >= offer.per_day:
        book.reject("campaign_offer.none_today")
    return taken


__all__ = ["ClaimCoupon", "CouponId", "ExpireCoupons", "VoidCoupon"]
