"""What runs by the clock: merchants that have left are out, and merchants whose sales look made are noted."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from canglian.kernel.command import Command
from canglian.kernel.errors import Busy, Unavailable
from canglian.scenario.shopping.commands import CompleteLeaving, NoteMerchant
from canglian.scenario.shopping.model import Sign
from canglian.scenario.shopping.queries import parts
from canglian.scenario.shopping.queries.parts import Suspect
from canglian.web.services import Services

EVERY_SECONDS = 30.0
SEEN = timedelta(days=1)
"""How far back the watch looks."""

LEAST = 5
"""Of fewer payments with coupons nothing is said."""

MOST_BPS = 5_000
"""From which share of the payments on a sign is seen."""

_ACTOR = "job:shopping"


async def run(services: Services, book: int) -> None:
    """Do what is due; whatever stops it, the next turn goes on there."""
    reader, now = services.reader, services.engine.clock()
    due: list[Command[Any]] = [CompleteLeaving(part=part) for part in await parts.out_due(reader, book, now)]
    since = now - SEEN
    for suspect in await parts.suspects(reader, book, since, LEAST):
        signs = signs_of(suspect)
        if is_noted(signs):
            due.append(
                NoteMerchant(
                    merchant=suspect.merchant,
                    signs=signs,
                    payments=suspect.payments,
                    discount=suspect.discount,
                    since=since,
                )
            )
    await _submit(services, book, due)


def signs_of(suspect: Suspect) -> tuple[Sign, ...]:
    """What is odd in at least so many of a merchant's payments with coupons."""
    counts = (
        (Sign.OWN_PEOPLE, suspect.own_people),
        (Sign.ROUND_AMOUNTS, suspect.round_amounts),
        (Sign.QUICK_REFUNDS, suspect.quick_refunds),
    )
    return tuple(sign for sign, count in counts if count * 10_000 >= suspect.payments * MOST_BPS)


def is_noted(signs: tuple[Sign, ...]) -> bool:
    """Own people who buy are enough; round amounts are a sign only together with refunds that come quickly."""
    return Sign.OWN_PEOPLE in signs or {Sign.ROUND_AMOUNTS, Sign.QUICK_REFUNDS} <= set(signs)


async def _submit(services: Services, book: int, commands: Iterable[Command[Any]]) -> None:
    """Without keys: what is refused is decided anew at the next turn."""
    for command in commands:
        try:
            await services.engine.submit(book, command, actor=_ACTOR)
        except (Busy, Unavailable):
            return
