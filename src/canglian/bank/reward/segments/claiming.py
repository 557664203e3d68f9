"""To which segments of an offer somebody belongs who is about to claim."""

from collections.abc import Iterable

from canglian.bank.reward.campaigns import queries
from canglian.bank.reward.campaigns.model import CampaignOffer
from canglian.bank.reward.segments.registry import segments_of
from canglian.bank.wallet.queries import wallets
from canglian.kernel.errors import NotFound
from canglian.kernel.values import utc_now
from canglian.web.services import Services


async def segments_seen(services: Services, book: int, offer: str, wallet: str) -> tuple[str, ...]:
    """Of the segments of an offer those to which the person of a wallet belongs now; the command asks for all.

    An offer that the engine knows is not read again: in a rush everybody asks for the same. Where there is no such
    offer or wallet it is none, and the command says what there is not.
    """
    known = services.engine.known(book, CampaignOffer, offer)
    try:
        found = await queries.offer(services.reader, book, offer) if known is None else known
        asked = found.audience.segments
        if not asked:
            return ()
        party = (await wallets.wallet(services.reader, book, wallet)).party
    except NotFound:
        return ()
    return () if party is None else tuple(await segments_of(services, book, party, asked, utc_now()))


async def belonging(services: Services, book: int, party: str | None, offers: Iterable[CampaignOffer]) -> set[str]:
    """Of all segments of these offers those to which somebody belongs now."""
    asked = [segment for offer in offers for segment in offer.audience.segments]
    if not asked or party is None:
        return set()
    return {*await segments_of(services, book, party, asked, utc_now())}
