"""Money of a funder's wallet that is paid in at the counter, without its PIN, is approved by a second person."""

from canglian.bank.approval import Approvable, Description, Fact, approvable
from canglian.bank.party.model import Party
from canglian.bank.reward.campaigns.commands.funding import FundCampaign, funder_at
from canglian.bank.reward.campaigns.model import Campaign
from canglian.bank.wallet import Wallet
from canglian.bank.wallet.rules import COUNTER
from canglian.ledger.book import Book


def _pay_in(book: Book, command: FundCampaign) -> Description:
    campaign = book.get(Campaign, command.campaign)
    funder = funder_at(book, campaign, command.funder)
    facts = [
        Fact("Campaign", "text", campaign.name),
        Fact("State", "state", campaign.state.value, watched=True),
        Fact("Funder", "text", funder.name),
        Fact("Amount", "money", command.amount, asset=campaign.asset),
    ]
    if funder.wallet is not None:
        wallet = book.get(Wallet, funder.wallet)
        facts.append(Fact("Wallet", "code", wallet.id))
        if wallet.party is not None:
            facts.append(Fact("Customer", "party", book.get(Party, wallet.party).id))
    return Description(f"campaign:{campaign.id}", facts, command.amount, campaign.asset)


def _is_without_pin(book: Book, command: FundCampaign) -> bool:
    """Whether a wallet pays and nobody typed its PIN."""
    campaign = book.maybe(Campaign, command.campaign)
    if command.channel != COUNTER or campaign is None or command.funder > len(campaign.funders):
        return False
    return campaign.funders[command.funder - 1].wallet is not None


approvable(
    Approvable(
        FundCampaign,
        "Pay in for a funder",
        _pay_in,
        outcome=lambda campaign: f"campaign:{campaign.id}",
        always=_is_without_pin,
    )
)
