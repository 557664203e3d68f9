"""What draws do by the clock: they are frozen, drawn, revealed and computed again; prizes nobody claims go on."""

from canglian.bank.reward.draws import queries, service
from canglian.bank.reward.draws.commands import LapsePrizes
from canglian.kernel.errors import Busy, Unavailable
from canglian.kernel.values import utc_now
from canglian.web.services import Services

EVERY_SECONDS = 15.0
_ACTOR = "job:draw"


async def run(services: Services, book: int) -> None:
    """Do what is due; whatever stops it, the next turn goes on there."""
    reader, now = services.reader, utc_now()
    try:
        for draw in await queries.due(reader, book, now):
            command = await service.next_step(services, book, draw)
            if command is not None:
                await services.engine.submit(book, command, actor=_ACTOR)
        for identity in await queries.lapsing(reader, book, now):
            await services.engine.submit(book, LapsePrizes(draw=identity), actor=_ACTOR)
    except (Busy, Unavailable):
        return
