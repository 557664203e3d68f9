"""What runs by the clock: loans are brought to the business date and debited, offers and holds end; steps of a day."""

import asyncio
from collections.abc import Iterable
from datetime import date
from typing import Any

from canglian.bank.credit.applications import queries as applications
from canglian.bank.credit.applications.commands import ExpireApplication
from canglian.bank.credit.collection import queries as collection
from canglian.bank.credit.collection.running import debit_loans
from canglian.bank.credit.facilities import queries as facilities
from canglian.bank.credit.facilities.commands import ExpireLimitHold
from canglian.bank.credit.loans import queries as loans
from canglian.bank.credit.loans.running import ACTOR, bring_loans
from canglian.bank.settlement.closing.steps import Step, Turn, register
from canglian.kernel.command import Command
from canglian.kernel.errors import Busy, Unavailable
from canglian.kernel.queries.observing import book_figures
from canglian.web.services import Services

EVERY_SECONDS = 15.0


async def run(services: Services, book: int) -> None:
    """Do what is due; whatever stops it, the next turn goes on there."""
    today = (await book_figures(services.reader, book)).today
    try:
        await bring_loans(services.engine, services.reader, book)
        await debit_loans(services.engine, services.reader, book)
        offers = await applications.expiring(services.reader, book, today)
        await _submit(services, book, (ExpireApplication(application=offer) for offer in offers))
        holds = await facilities.expiring_holds(services.reader, book, today)
        await _submit(services, book, (ExpireLimitHold(limit_hold=hold) for hold in holds))
    except (Busy, Unavailable):
        return


async def _submit(services: Services, book: int, commands: Iterable[Command[Any]]) -> None:
    """Ask for all of them; what was done since is refused and stays as it is."""
    await asyncio.gather(*(services.engine.submit(book, command, actor=ACTOR) for command in commands))


async def _count(services: Services, book: int, day: date) -> int:
    return await loans.count_behind(services.reader, book, day)


async def _run(turn: Turn) -> None:
    done = await bring_loans(turn.engine, turn.reader, turn.book, progress=turn.advance)
    turn.add("interest", done.interest)
    turn.add("penalty", done.penalty)


async def _count_debits(services: Services, book: int, day: date) -> int:
    return await collection.count_to_debit(services.reader, book, day)


async def _debit(turn: Turn) -> None:
    done = await debit_loans(turn.engine, turn.reader, turn.book, progress=turn.advance)
    turn.add("debited", done.taken)


register(Step("loan-accrual", 22, _count, _run))
register(Step("loan-debit", 23, _count_debits, _debit))
