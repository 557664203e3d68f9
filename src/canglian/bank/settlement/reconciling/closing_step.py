"""Reconciliation as a step of the end of a day: its own day, and earlier ones that are not balanced yet."""

from datetime import date

from canglian.bank.settlement.closing.steps import Step, Turn, register
from canglian.bank.settlement.reconciling.arriving import days_due, reconcile_day
from canglian.bank.settlement.reconciling.matching import Side
from canglian.bank.settlement.reconciling.model import DayState
from canglian.bank.settlement.reconciling.running import mark_breaks
from canglian.kernel.errors import CanglianError
from canglian.web.services import Services

NAME = "reconciliation"


async def _count(services: Services, book: int, day: date) -> int:
    return len(await days_due(services, book, day))


async def _run(turn: Turn) -> None:
    """Reconcile what is due. What lacks its file is an item that failed, and holds nothing else up."""
    for on, channel in await days_due(turn.services, turn.book, turn.date):
        item = f"{on} {channel}"
        try:
            day = await reconcile_day(turn.services, turn.book, on, channel)
        except CanglianError as error:
            if error.code != "reconciliation.file_needed":
                turn.fail(item, error.code)
            continue
        turn.add("reconciled", 1)
        if day.state is DayState.INCOMPLETE:
            turn.fail(item, f"reconciliation.file_not_{'whole' if day.has(Side.CHANNEL) else 'there'}")
        else:
            turn.advance(1)
    turn.add("breaks", await mark_breaks(turn.engine, turn.reader, turn.book))


register(Step(NAME, 50, _count, _run, holds=False))
