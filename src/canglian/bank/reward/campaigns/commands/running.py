"""A campaign runs: it starts and ends by the clock, is paused and goes on, and is settled in the end."""

from canglian.bank.reward import accounts
from canglian.bank.reward.campaigns.commands.values import CampaignId
from canglian.bank.reward.campaigns.model import Campaign, CampaignState
from canglian.bank.reward.campaigns.rules import GOING, changed, require
from canglian.kernel.command import Command
from canglian.kernel.fields import Reason
from canglian.ledger.book import Book

_STATE = CampaignState


class StartCampaign(Command[Campaign], kind="reward.start_campaign"):
    """Its time has come. Rejects ``campaign.state`` and ``campaign.not_started``."""

    campaign: CampaignId

    def decide(self, book: Book) -> Campaign:
        campaign = require(book, self.campaign, _STATE.SCHEDULED)
        if book.now < campaign.starts_at:
            book.reject("campaign.not_started", starts_at=campaign.starts_at.isoformat())
        return changed(book, campaign, _STATE.RUNNING)


class PauseCampaign(Command[Campaign], kind="reward.pause_campaign"):
    """Take no claims for a while; what was claimed is still used. Rejects ``campaign.state``."""

    campaign: CampaignId
    reason: Reason

    def decide(self, book: Book) -> Campaign:
        campaign = require(book, self.campaign, _STATE.SCHEDULED, _STATE.RUNNING, _STATE.EXHAUSTED)
        return changed(book, campaign, _STATE.PAUSED, self.reason)


class ResumeCampaign(Command[Campaign], kind="reward.resume_campaign"):
    """Take claims again. Rejects ``campaign.state``."""

    campaign: CampaignId
    reason: Reason

    def decide(self, book: Book) -> Campaign:
        campaign = require(book, self.campaign, _STATE.PAUSED)
        return changed(book, campaign, _STATE.SCHEDULED if book.now < campaign.starts_at else _STATE.RUNNING)


class EndCampaign(Command[Campaign], kind="reward.end_campaign"):
    """End a campaign before its time; what was claimed is still used until it expires. Rejects ``campaign.state``."""

    campaign: CampaignId
    reason: Reason

    def decide(self, book: Book) -> Campaign:
        campaign = require(book, self.campaign, _STATE.DRAFT, _STATE.REVIEW, *GOING)
        return changed(book, campaign, _STATE.ENDED, self.reason)


class FinishCampaign(Command[Campaign], kind="reward.finish_campaign"):
    """Its time is over. Rejects ``campaign.state`` and ``campaign.not_over``."""

    campaign: CampaignId

    def decide(self, book: Book) -> Campaign:
        campaign = require(book, self.campaign, *GOING)
        if book.now < campaign.ends_at:
            book.reject("campaign.not_over", campaign=campaign.id)
        return changed(book, campaign, _STATE.ENDED)


class SettleCampaign(Command[Campaign], kind="reward.settle_campaign"):
    """Close the books of a campaign that has ended: what no coupon took is its funders' own again.

    Rejects ``campaign.state``, and ``campaign.coupons_left`` while money is reserved for coupons.
    """

    campaign: CampaignId

    def decide(self, book: Book) -> Campaign:
        campaign = require(book, self.campaign, _STATE.ENDED)
        book.require(accounts.reads(campaign))
        left = sum(accounts.balance_of(book, funder.reserved) for funder in campaign.funders)
        if left:
            book.reject("campaign.coupons_left", campaign=campaign.id, left=left, asset=campaign.asset)
        accounts.settle(book, campaign)
        return changed(book, campaign, _STATE.SETTLED)
