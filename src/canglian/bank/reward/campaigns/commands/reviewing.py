"""Review: who submits a campaign, and the second person who approves it or sends it back."""

from canglian.bank.reward.accounts import balance_of
from canglian.bank.reward.campaigns.commands.values import CampaignId
from canglian.bank.reward.campaigns.model import Campaign, CampaignState
from canglian.bank.reward.campaigns.rules import changed, offers_of, require
from canglian.bank.reward.shares import split
from canglian.kernel.command import Command
from canglian.kernel.fields import Reason
from canglian.ledger.book import Book


class SubmitCampaign(Command[Campaign], kind="reward.submit_campaign"):
    """Hand a draft in to be approved. Rejects ``campaign.state``, ``campaign.over`` and ``campaign.unfunded``."""

    campaign: CampaignId

    def decide(self, book: Book) -> Campaign:
        campaign = require(book, self.campaign, CampaignState.DRAFT)
        _refuse_not_ready(book, campaign)
        return changed(book, campaign.replace(submitted_by=book.actor), CampaignState.REVIEW)


class ApproveCampaign(Command[Campaign], kind="reward.approve_campaign"):
    """Approve a campaign, as somebody else than who drafted, changed or submitted it.

    Rejects ``campaign.state``, ``campaign.own_approval``, ``campaign.over`` and ``campaign.unfunded``.
    """

    campaign: CampaignId

    def decide(self, book: Book) -> Campaign:
        campaign = require(book, self.campaign, CampaignState.REVIEW)
        if book.actor in (campaign.drafted_by, campaign.submitted_by, *campaign.revised_by):
            book.reject("campaign.own_approval")
        _refuse_not_ready(book, campaign)
        return changed(book, campaign.replace(approved_by=book.actor), CampaignState.SCHEDULED)


class SendBackCampaign(Command[Campaign], kind="reward.send_back_campaign"):
    """Send a campaign back to whoever drafted it. Rejects ``campaign.state``."""

    campaign: CampaignId
    reason: Reason

    def decide(self, book: Book) -> Campaign:
        campaign = require(book, self.campaign, CampaignState.REVIEW)
        return changed(book, campaign, CampaignState.DRAFT, self.reason)


def _refuse_not_ready(book: Book, campaign: Campaign) -> None:
    """Rejects ``campaign.over``, and ``campaign.unfunded`` where no coupon could be claimed."""
    if book.now >= campaign.ends_at:
        book.reject("campaign.over")
    weights = [funder.share_bps for funder in campaign.funders]
    largest = max(offer.most for offer in offers_of(book, campaign.id))
    for funder, part in zip(campaign.funders, split(largest, weights), strict=True):
        if balance_of(book, funder.unreserved) < part:
            book.reject("campaign.unfunded", funder=funder.name)
