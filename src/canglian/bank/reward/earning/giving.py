"""The one way in which a reward is earned, and taken back once what has earned it is given back."""

from canglian.bank.reward import accounts
from canglian.bank.reward.bounds.budgets import reserve_on_day, shanghai_day
from canglian.bank.reward.bounds.windows import refuse_closed
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer, ClawBack, Earning
from canglian.bank.reward.campaigns.rules import require_claimable
from canglian.bank.reward.coupons.model import Coupon, CouponState
from canglian.bank.reward.coupons.moving import exhausted, issue, let_go
from canglian.kernel.errors import Rejection
from canglian.ledger.book import Book

TAKEN_BACK = "消费已退款"
"""Why the coupon of a purchase that was given back is void."""


def earning_of(offer: CampaignOffer) -> Earning:
    """How coupons of an offer are earned."""
    return offer.earning or Earning()


def give(book: Book, offer: str, party: str, wallet: str, amount: int) -> Coupon | None:
    """A coupon of so much; None where the campaign is over, or has too little left for the largest one."""
    try:
        return book.attempt(lambda _: _given(book, offer, party, wallet, amount))
    except Rejection:
        return None


def _given(book: Book, identity: str, party: str, wallet: str, amount: int) -> Coupon:
    offer = book.get(CampaignOffer, identity)
    campaign = book.get(Campaign, offer.campaign)
    refuse_closed(book, campaign, offer)
    campaign = require_claimable(book, campaign)
    book.require(accounts.reads(campaign))
    if offer.left < 1:
        book.reject("campaign_offer.none_left")
    campaign = reserve_on_day(book, campaign, shanghai_day(book), amount, offer.most)
    coupon = issue(book, campaign, offer, party, wallet, amount)
    offer = book.put(offer.replace(taken=offer.taken + 1, updated_at=book.now))
    exhausted(book, campaign, offer)
    return coupon


def take_back(book: Book, coupon: str | None, amount: int, claw_back: ClawBack) -> int:
    """Take a reward back: its coupon ends where that is the rule and it was not used; what is owed instead, in fen."""
    found = None if coupon is None else book.get(Coupon, coupon)
    if found is None:
        return amount
    if found.state is CouponState.CLAIMED and claw_back is ClawBack.END:
        book.require(accounts.reads(book.get(Campaign, found.campaign)))
        let_go(book, found, CouponState.VOID, TAKEN_BACK)
        return amount - found.amount
    ended = found.state in (CouponState.EXPIRED, CouponState.VOID)
    return amount - found.amount if ended else amount
