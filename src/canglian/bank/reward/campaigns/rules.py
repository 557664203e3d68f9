"""What has to be so of a campaign before anything of it changes."""

from collections.abc import Sequence

from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer, CampaignState
from canglian.ledger.book import Book

GOING = (CampaignState.SCHEDULED, CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.EXHAUSTED)
"""States of what was approved and has not ended."""


def require(book: Book, campaign: str, *states: CampaignState) -> Campaign:
    """A campaign in one of these states. Rejects ``campaign.not_found`` and ``campaign.state``."""
    found = book.get(Campaign, campaign)
    if found.state not in states:
        book.reject("campaign.state", campaign=found.id, state=found.state.value)
    return found


def changed(book: Book, campaign: Campaign, state: CampaignState, reason: str | None = None) -> Campaign:
    """A campaign that comes into a state."""
    book.emit(f"campaign.{state.value}", f"campaign:{campaign.id}", campaign=campaign.id)
    return book.put(campaign.replace(state=state, reason=reason, updated_at=book.now))


def require_claimable(book: Book, campaign: Campaign) -> Campaign:
    """A campaign that takes claims, in its time; one whose time has come runs from now on.

    Rejects ``campaign.budget`` and ``campaign.not_running``.
    """
    if campaign.state is CampaignState.SCHEDULED:
        return changed(book, campaign, CampaignState.RUNNING)
    if campaign.state is CampaignState.EXHAUSTED:
        book.reject("campaign.budget")
    if campaign.state is not CampaignState.RUNNING:
        book.reject("campaign.not_running")
    return campaign


def refuse_others(book: Book, offer: CampaignOffer, segments: Sequence[str]) -> None:
    """Rejects ``campaign_offer.not_for`` for who does not belong to all of whom an offer is for."""
    lacking = [segment for segment in offer.audience.segments if segment not in segments]
    if lacking:
        book.reject("campaign_offer.not_for", segment=lacking[0])


def given_back(book: Book, campaign: Campaign) -> None:
    """Something of a campaign is there again: an exhausted one goes on, while its time lasts."""
    if campaign.state is CampaignState.EXHAUSTED and book.now < campaign.ends_at:
        changed(book, campaign, CampaignState.RUNNING)


def offers_of(book: Book, campaign: str) -> list[CampaignOffer]:
    """The offers of a campaign, the first one first."""
    found = book.find(CampaignOffer, "campaign", campaign)
    return sorted((offer for offer in found if offer.position), key=lambda offer: offer.position)
