"""The money of funders: paid in before it is given away, and paid back once the campaign is settled."""

from canglian.bank.reward import accounts
from canglian.bank.reward.campaigns.commands.values import CampaignId, Channel, Pin, Place
from canglian.bank.reward.campaigns.model import Campaign, CampaignState, Funder
from canglian.bank.reward.campaigns.rules import GOING, given_back, require
from canglian.kernel.command import Command
from canglian.kernel.values import Amount
from canglian.ledger.book import Book

_OPEN = (CampaignState.DRAFT, CampaignState.REVIEW, *GOING)


class FundCampaign(Command[Campaign], kind="reward.fund_campaign"):
    """Pay in for a funder: from its wallet, or as a cost of the bank.

    Rejects ``campaign.state``, ``campaign.funder_unknown``, and what the wallet and the ledger reject.
    """

    campaign: CampaignId
    funder: Place
    amount: Amount
    channel: Channel
    pin: Pin | None = None

    def decide(self, book: Book) -> Campaign:
        campaign = require(book, self.campaign, *_OPEN)
        funder = funder_at(book, campaign, self.funder)
        accounts.pay_in(book, campaign, funder, self.amount, self.channel, self.pin)
        book.emit("campaign.funded", f"campaign:{campaign.id}", campaign=campaign.id, amount=self.amount)
        given_back(book, campaign)
        return book.get(Campaign, campaign.id)


class PayBackFunder(Command[Campaign], kind="reward.pay_back_funder"):
    """Pay a funder of a settled campaign back what no coupon took.

    Rejects ``campaign.state``, ``campaign.nothing_returned``, and what the funder's wallet rejects.
    """

    campaign: CampaignId
    funder: Place
    channel: Channel

    def decide(self, book: Book) -> Campaign:
        campaign = require(book, self.campaign, CampaignState.SETTLED)
        funder = funder_at(book, campaign, self.funder)
        amount = accounts.balance_of(book, funder.returned)
        if not amount:
            book.reject("campaign.nothing_returned", funder=funder.name)
        accounts.pay_back(book, campaign, funder, amount, self.channel)
        book.emit("campaign.paid_back", f"campaign:{campaign.id}", campaign=campaign.id, amount=amount)
        return campaign


def funder_at(book: Book, campaign: Campaign, place: int) -> Funder:
    """One of the funders of a campaign. Rejects ``campaign.funder_unknown``."""
    if place > len(campaign.funders):
        book.reject("campaign.funder_unknown", place=place, field="funder")
    return campaign.funders[place - 1]
