"""What runs by the clock: campaigns start and end, quotes and coupons expire."""

from typing import Any

from canglian.bank.reward.campaigns import queries as campaigns
from canglian.bank.reward.commands import ExpireCouponQuotes, ExpireCoupons, FinishCampaign, StartCampaign
from canglian.bank.reward.coupons import queries as coupons
from canglian.bank.reward.coupons.commands import TOGETHER
from canglian.bank.reward.quotes import queries as quotes
from canglian.kernel.command import Command
from canglian.kernel.errors import Busy, Unavailable
from canglian.web.services import Services

EVERY_SECONDS = 15.0
_ACTOR = "job:reward"


async def run(services: Services, book: int) -> None:
    """Do what is due; whatever stops it, the next turn goes on there."""
    reader, now = services.reader, services.engine.clock()
    starting, over = await campaigns.due(reader, book, now)
    try:
        for identity in starting:
            await _ask(services, book, StartCampaign(campaign=identity))
        for identity in over:
            await _ask(services, book, FinishCampaign(campaign=identity))
        while over_quotes := await quotes.expiring(reader, book, now, TOGETHER):
            if not await _ask(services, book, ExpireCouponQuotes(quotes=tuple(over_quotes))):
                return
        while expired := await coupons.expiring(reader, book, now, TOGETHER):
            if not await _ask(services, book, ExpireCoupons(coupons=tuple(expired))):
                return
    except (Busy, Unavailable):
        return


async def _ask(services: Services, book: int, command: Command[Any]) -> bool:
    """Whether it was done. It has no key, so that what is refused is decided anew at the next turn."""
    outcome = await services.engine.submit(book, command, actor=_ACTOR)
    return outcome.error is None
