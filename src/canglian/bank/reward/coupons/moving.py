"""How coupons change: the one way in which they come to be, take from the stock, and give back."""

from datetime import timedelta

from canglian.bank.reward import accounts
from canglian.bank.reward.bounds import caps
from canglian.bank.reward.bounds.budgets import free_on_day
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer, CampaignState
from canglian.bank.reward.campaigns.rules import changed, given_back, offers_of
from canglian.bank.reward.coupons.model import Coupon, CouponState
from canglian.bank.reward.shares import split
from canglian.kernel.values import SHANGHAI
from canglian.ledger.book import Book


def issue(
    book: Book, campaign: Campaign, offer: CampaignOffer, party: str, wallet: str, amount: int | None = None
) -> Coupon:
    """A coupon for a person: out of the stock, with its money reserved of each funder.

    It takes ``amount`` off, or the most of its offer. Rejects ``campaign.budget`` where a funder has too little left
    for the most: so that what is left never says what chance gives.
    """
    if not _has(book, campaign, parts_of(campaign, offer.most)):
        book.reject("campaign.budget")
    amount = offer.most if amount is None else amount
    parts = parts_of(campaign, amount)
    expires_at = campaign.uses_until
    if offer.valid_days is not None:
        expires_at = min(expires_at, book.now + timedelta(days=offer.valid_days))
    identity = book.new_id("cpn")
    accounts.reserve(book, campaign, parts, identity)
    book.emit(
        "coupon.claimed",
        f"coupon:{identity}",
        coupon=identity,
        campaign=campaign.id,
        campaign_offer=offer.id,
        amount=amount,
    )
    return book.add(
        Coupon(
            id=identity,
            campaign=campaign.id,
            offer=offer.id,
            party=party,
            wallet=wallet,
            state=CouponState.CLAIMED,
            amount=amount,
            used=0,
            reserved=parts,
            spent=(0,) * len(parts),
            order=None,
            payment=None,
            reserving=True,
            returns=0,
            reason=None,
            claimed_at=book.now,
            expires_at=expires_at,
            updated_at=book.now,
        )
    )


def exhausted(book: Book, campaign: Campaign, claimed: CampaignOffer) -> None:
    """Say so where no coupon of a campaign can be claimed any more: none is left, or no money for one."""
    if _may_be_claimed(book, campaign, claimed):
        return
    if not any(_may_be_claimed(book, campaign, offer) for offer in offers_of(book, campaign.id)):
        changed(book, campaign, CampaignState.EXHAUSTED)


def _may_be_claimed(book: Book, campaign: Campaign, offer: CampaignOffer) -> bool:
    return bool(offer.left) and _has(book, campaign, parts_of(campaign, offer.most))


def parts_of(campaign: Campaign, amount: int) -> tuple[int, ...]:
    """An amount in the shares of a campaign's funders."""
    return split(amount, [funder.share_bps for funder in campaign.funders])


def _has(book: Book, campaign: Campaign, parts: tuple[int, ...]) -> bool:
    """Whether every funder has its part unreserved."""
    funders = zip(campaign.funders, parts, strict=True)
    return all(accounts.balance_of(book, funder.unreserved) >= part for funder, part in funders)


def let_go(book: Book, coupon: Coupon, state: CouponState, reason: str | None = None) -> Coupon:
    """End what is reserved for a coupon; one that was not used gives its place in the stock back."""
    campaign = book.get(Campaign, coupon.campaign)
    accounts.free(book, campaign, coupon.reserved, coupon.id)
    if coupon.state is not CouponState.USED:
        offer = book.get(CampaignOffer, coupon.offer)
        book.put(offer.replace(taken=offer.taken - 1, updated_at=book.now))
        if offer.bounds.again:
            campaign = _claimed_again(book, campaign, coupon)
        book.emit(f"coupon.{state.value}", f"coupon:{coupon.id}", coupon=coupon.id, campaign=campaign.id)
    given_back(book, campaign)
    return book.put(
        coupon.replace(
            state=state,
            reserved=(0,) * len(coupon.reserved),
            reserving=False,
            reason=reason,
            updated_at=book.now,
        )
    )


def _claimed_again(book: Book, campaign: Campaign, coupon: Coupon) -> Campaign:
    """Whoever had a coupon that ended without a use may claim another, on the same day too."""
    offer = book.get(CampaignOffer, coupon.offer)
    claimed_on = coupon.claimed_at.astimezone(SHANGHAI).date()
    caps.give_back(book, offer, coupon)
    if offer.day == claimed_on:
        book.put(offer.replace(day_taken=offer.day_taken - 1, updated_at=book.now))
    return free_on_day(book, campaign, claimed_on, coupon.amount)
