"""What runs by the clock: points expire once the business date has moved past their last day.

Everybody's are one command whose key names them and the date, so a run that was killed goes on where it was.
"""

import asyncio

from canglian.bank.reward.points import queries
from canglian.bank.reward.points.commands import ExpirePoints
from canglian.kernel.errors import Busy, Unavailable
from canglian.kernel.queries.observing import book_figures
from canglian.web.services import Services

EVERY_SECONDS = 15.0
TOGETHER = 500
"""How many people's points are asked for at once."""

_ACTOR = "job:points"


async def run(services: Services, book: int) -> None:
    """Let expire what is due; whatever stops it, the next turn goes on there."""
    today = (await book_figures(services.reader, book)).today
    last = ""
    while found := await queries.over(services.reader, book, today, last, TOGETHER):
        last = found[-1]
        asked = [
            services.engine.submit(
                book, ExpirePoints(member=member, on=today), actor=_ACTOR, key=f"expire:{member}:{today}"
            )
            for member in found
        ]
        try:
            await asyncio.gather(*asked)
        except (Busy, Unavailable):
            return
