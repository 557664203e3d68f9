"""Claiming a coupon: the claim is the commit.

What bounds all people (the time, the stock, the day) is looked at first and reads nothing of the person, so that a
claim that comes too early or too late costs little, however many there are.
"""

from collections.abc import Iterable
from datetime import date
from typing import Annotated

from msgspec import Meta

from canglian.bank.reward import accounts
from canglian.bank.reward.benefits.commands import add_code
from canglian.bank.reward.bounds import caps
from canglian.bank.reward.bounds.budgets import reserve_on_day, shanghai_day
from canglian.bank.reward.bounds.windows import refuse_closed
from canglian.bank.reward.campaigns.commands.values import CampaignOfferId, SegmentsSeen, WalletId
from canglian.bank.reward.campaigns.holdout import is_held_out
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer, OfferClaims, OfferKind
from canglian.bank.reward.campaigns.rules import refuse_others, require_claimable
from canglian.bank.reward.coupons.model import Coupon
from canglian.bank.reward.coupons.moving import exhausted, issue
from canglian.bank.reward.offers import drawn
from canglian.bank.wallet import Wallet, require_active_wallet
from canglian.bank.wallet.rules import refuse_stopped_out
from canglian.kernel.command import Command, Read
from canglian.kernel.fields import doc
from canglian.ledger.book import Book

DeviceIndex = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z", description="The blind index of what a device says.")]


class ClaimCoupon(Command[Coupon], kind="reward.claim_coupon"):
    """Claim a coupon for the person of a wallet, who counts once, whichever wallet or phone it is.

    ``segments`` are those of the offer to which the person belongs, as it was looked up beside the decision.

    Rejects ``campaign.*``, ``campaign_offer.*``, ``coupon.per_person``, ``coupon.cap``, ``coupon.cap_unknown``,
    ``coupon.no_party``, and what the state of the wallet does.
    """

    offer: CampaignOfferId
    wallet: WalletId
    device: Annotated[DeviceIndex | None, doc("The blind index of the device on which it is claimed, or null.")] = None
    segments: SegmentsSeen = ()

    def reads(self) -> Iterable[Read]:
        return ((CampaignOffer, self.offer),)

    def preconditions(self, book: Book) -> None:
        _open_for_all(book, self.offer)

    @property
    def preconditions_of(self) -> str:
        return self.offer

    def foresee(self, book: Book) -> None:
        offer: CampaignOffer | None = book.tables[CampaignOffer].get(self.offer)
        if offer is None or offer.left < 1:
            return
        campaign = book.maybe(Campaign, offer.campaign)
        if campaign is None:
            return
        if self.wallet not in book.tables[Wallet]:
            book.require([(Wallet, self.wallet), *accounts.reads(campaign)])
        wallet = book.maybe(Wallet, self.wallet)
        if wallet is not None and wallet.party is not None:
            book.require([(OfferClaims, (offer.id, wallet.party))])

    def decide(self, book: Book) -> Coupon:
        offer, campaign = _open_for_all(book, self.offer)
        today = shanghai_day(book)
        day_taken = _taken_on(book, offer, today) + 1
        book.require([(Wallet, self.wallet), *accounts.reads(campaign)])
        wallet = require_active_wallet(book, self.wallet)
        refuse_stopped_out(book, wallet)
        if wallet.party is None:
            book.reject("coupon.no_party", wallet=wallet.id)
        if is_held_out(campaign.id, wallet.party, offer.audience.holdout_bps):
            book.reject("coupon.held_out")
        refuse_others(book, offer, self.segments)
        had = _counted(book, offer, wallet.party)
        counts = caps.room_for(book, offer, caps.Claimant(wallet, wallet.party, self.device))
        campaign = require_claimable(book, campaign)
        amount = drawn(offer, book.random)
        campaign = reserve_on_day(book, campaign, today, amount, offer.most)
        coupon = issue(book, campaign, offer, wallet.party, wallet.id, amount)
        offer = book.put(offer.replace(taken=offer.taken + 1, day=today, day_taken=day_taken, updated_at=book.now))
        counted = OfferClaims(offer.id, wallet.party, 1 if had is None else had.claimed + 1, book.now)
        if had is None:
            book.add(counted)
        else:
            book.put(counted)
        caps.enter(book, offer, coupon, counts)
        if offer.kind is OfferKind.BENEFIT:
            add_code(book, coupon.id)
        exhausted(book, campaign, offer)
        return coupon


def _open_for_all(book: Book, identity: str) -> tuple[CampaignOffer, Campaign]:
    """The offer and its campaign, where coupons are claimed at this time and there are any left."""
    offer = book.get(CampaignOffer, identity)
    campaign = book.get(Campaign, offer.campaign)
    if not offer.kind.is_claimed:
        book.reject("campaign_offer.earned")
    refuse_closed(book, campaign, offer)
    if offer.left < 1:
        book.reject("campaign_offer.none_left")
    return offer, campaign


def _counted(book: Book, offer: CampaignOffer, party: str) -> OfferClaims | None:
    """How many a person has had. Rejects ``coupon.per_person``."""
    had = book.maybe(OfferClaims, (offer.id, party))
    if had is not None and had.claimed >= offer.per_person:
        book.reject("coupon.per_person", most=offer.per_person)
    return had


def _taken_on(book: Book, offer: CampaignOffer, today: date) -> int:
    """How many were claimed today. Rejects ``campaign_offer.none_today``."""
    taken = offer.day_taken if offer.day == today else 0
    if offer.per_day is not None and taken >= offer.per_day:
        book.reject("campaign_offer.none_today")
    return taken


__all__ = ["ClaimCoupon"]
