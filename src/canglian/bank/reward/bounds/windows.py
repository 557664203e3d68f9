"""When claims are taken: half-open windows by the book's own clock. What is refused here reads nothing else.

What comes too early is answered 425, and may be sent again under the same key once the time has come.
"""

from datetime import datetime

from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer
from canglian.bank.reward.campaigns.rules import GOING
from canglian.kernel.errors import Rejection, too_early
from canglian.ledger.book import Book

too_early("campaign.not_started", "starts_at")
too_early("campaign_offer.not_open", "opens_at")


def opens_at(campaign: Campaign, offer: CampaignOffer) -> datetime:
    """From when on coupons are claimed."""
    return max(campaign.starts_at, offer.bounds.opens_at or campaign.starts_at)


def closes_at(campaign: Campaign, offer: CampaignOffer) -> datetime:
    """Before when coupons are claimed."""
    return min(campaign.ends_at, offer.bounds.closes_at or campaign.ends_at)


def early(campaign: Campaign, offer: CampaignOffer, now: datetime) -> Rejection | None:
    """The refusal of what comes before claims open, or None."""
    if campaign.state not in GOING:
        return None
    if now < campaign.starts_at:
        return Rejection("campaign.not_started", starts_at=campaign.starts_at.isoformat())
    opening = offer.bounds.opens_at
    if opening is not None and now < opening:
        return Rejection("campaign_offer.not_open", opens_at=opening.isoformat())
    return None


def refuse_closed(book: Book, campaign: Campaign, offer: CampaignOffer) -> None:
    """Rejects ``campaign.not_started``, ``campaign.over``, ``campaign_offer.not_open`` and ``.closed``."""
    refused = early(campaign, offer, book.now)
    if refused is not None:
        raise refused
    if campaign.state in GOING and book.now >= campaign.ends_at:
        book.reject("campaign.over")
    closing = offer.bounds.closes_at
    if closing is not None and book.now >= closing:
        book.reject("campaign_offer.closed")


__all__ = ["closes_at", "early", "opens_at", "refuse_closed"]
