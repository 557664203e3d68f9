"""Why something cannot be done to a campaign or a coupon now, as its page says before anybody tries."""

from canglian.bank.reward.campaigns.model import CampaignOffer, CampaignState
from canglian.bank.reward.campaigns.queries import CampaignWhole
from canglian.bank.reward.campaigns.rules import GOING
from canglian.bank.reward.coupons.model import Coupon, CouponState
from canglian.bank.reward.quotes.model import CouponQuote, QuoteState

_STATE = CampaignState
_ENDED = (_STATE.ENDED, _STATE.SETTLED)


def is_draft(shown: CampaignWhole) -> bool:
    """It was not submitted yet."""
    return shown.campaign.state is _STATE.DRAFT


def is_in_review(shown: CampaignWhole) -> bool:
    """Somebody else has to look at it."""
    return shown.campaign.state is _STATE.REVIEW


def submitting(shown: CampaignWhole) -> str | None:
    """A draft is submitted."""
    return None if all(funder.unreserved for funder in shown.funders) else "Every funder has to pay in first."


def takes_money(shown: CampaignWhole) -> bool:
    """Money is paid in."""
    return shown.campaign.state not in _ENDED


def takes_money_of_the_bank(shown: CampaignWhole) -> bool:
    """The bank pays in."""
    return takes_money(shown) and any(funder.wallet is None for funder in shown.funders)


def takes_money_of_wallets(shown: CampaignWhole) -> bool:
    """Wallets of funders pay in."""
    return takes_money(shown) and any(funder.wallet is not None for funder in shown.funders)


def is_going(shown: CampaignWhole) -> bool:
    """It was approved and has not ended."""
    return shown.campaign.state in GOING and not is_paused(shown)


def is_paused(shown: CampaignWhole) -> bool:
    """It takes no claims for a while."""
    return shown.campaign.state is _STATE.PAUSED


def is_ended(shown: CampaignWhole) -> bool:
    """Its time is over, and its books are open."""
    return shown.campaign.state is _STATE.ENDED


def settling(shown: CampaignWhole) -> str | None:
    """A campaign that has ended is settled."""
    if sum(funder.reserved for funder in shown.funders):
        return "Money is still reserved for coupons that can be used."
    return None


def is_settled(shown: CampaignWhole) -> bool:
    """Its funders get back what no coupon took."""
    return shown.campaign.state is _STATE.SETTLED


def paying_back(shown: CampaignWhole) -> str | None:
    """A funder gets back what is its own again."""
    return None if any(funder.returned for funder in shown.funders) else "Every funder has got back what was left."


def voiding(coupon: Coupon) -> str | None:
    """A coupon is made void."""
    return None if coupon.state is CouponState.CLAIMED else "Only a coupon that was not used yet can be made void."


def quote_cancelled(quote: CouponQuote) -> str | None:
    """What is kept for an order is let go."""
    return None if quote.state is QuoteState.OPEN else "Only a quote that is open can be let go."


def claiming(offer: CampaignOffer, had: int) -> str | None:
    """Somebody who has claimed so many claims one more."""
    if had >= offer.per_person:
        return "You have had all that a person may have."
    return None if offer.left else "All of these coupons were claimed."
