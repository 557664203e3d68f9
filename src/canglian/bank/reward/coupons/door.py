"""Before a claim becomes a command: what comes too early or too often is answered at once, and stands in no log.

A claim that gets past here is decided by the book's own clock all the same.
"""

from canglian.bank.reward.bounds.windows import early
from canglian.bank.reward.campaigns.model import Campaign, CampaignOffer
from canglian.bank.wallet import Wallet
from canglian.bank.wallet.service import FINGERPRINT
from canglian.kernel.errors import Busy
from canglian.web.rates import Buckets
from canglian.web.services import Services

PER_SECOND = 2.0
BURST = 10
"""How many claims may come of one person, and of one device, at once; and how many a second after that."""

_RATES = "reward.claims"


class _Rates:
    def __init__(self) -> None:
        self.people = Buckets(PER_SECOND, BURST)
        self.devices = Buckets(PER_SECOND, BURST)


def device_index(services: Services, device: str) -> str:
    """What is kept of what a device says it is."""
    return services.keyring.blind_index(device, FINGERPRINT)


def let_in(services: Services, book: int, offer: str, wallet: str, device: str | None) -> None:
    """Busy ``claim.often``; Rejection ``campaign.not_started`` and ``campaign_offer.not_open``."""
    rates: _Rates = services.memory.setdefault(_RATES, _Rates())
    engine = services.engine
    known = engine.known(book, Wallet, wallet)
    person = wallet if known is None or known.party is None else known.party
    wait = rates.people.take(f"{book}:{person}")
    if not wait and device is not None:
        wait = rates.devices.take(f"{book}:{device}")
    if wait:
        raise Busy("claim.often", retry_after=wait)
    found = engine.known(book, CampaignOffer, offer)
    campaign = None if found is None else engine.known(book, Campaign, found.campaign)
    if found is not None and campaign is not None:
        refused = early(campaign, found, engine.clock())
        if refused is not None:
            raise refused
