"""``canglian calendar``, ``settlement``, ``settlement-terms``, ``reconcile`` and ``eod``."""

from typing import Annotated

import msgspec
import typer

from canglian.bank.settlement.actions import CALENDAR
from canglian.bank.settlement.closing import cli as closing
from canglian.bank.settlement.closing.actions import END_OF_DAY
from canglian.bank.settlement.gazetted import year_as_announced, years
from canglian.bank.settlement.reconciling import cli as reconciling
from canglian.bank.settlement.reconciling import (
    closing_step,  # noqa: F401  # pyright: ignore[reportUnusedImport] - its step of the end of day
)
from canglian.bank.settlement.reconciling.actions import DIFFERENCES
from canglian.bank.settlement.settling import cli as settling
from canglian.bank.settlement.settling.actions import SETTLEMENTS, TERMS
from canglian.kernel.errors import Rejection
from canglian.web.cli import BookContext, Noun
from canglian.web.cli.output import Answer, facts


async def announce(
    context: BookContext,
    year: Annotated[int | None, typer.Argument(help="By default the last one that is known.")] = None,
) -> Answer:
    """Put a year into the calendar as it was announced, from the package chinesecalendar."""
    wanted = year or years()[0]
    command = year_as_announced(wanted)
    if command is None:
        raise Rejection("calendar.not_announced", year=wanted)
    outcome = await context.services.engine.submit(context.book, command, actor=context.actor)
    made = outcome.unwrap()
    pairs = [("year", made.year), ("days off", len(made.holidays)), ("weekend days worked", len(made.workdays))]
    return Answer(msgspec.to_builtins(made), facts(pairs))


NOUNS = {
    "calendar": Noun(resource=CALENDAR, verbs=(announce,)),
    "settlement": Noun(resource=SETTLEMENTS, verbs=(settling.run,)),
    "settlement-terms": Noun(resource=TERMS),
    "reconcile": Noun(resource=DIFFERENCES, verbs=(reconciling.run, reconciling.day, reconciling.days)),
    "eod": Noun(resource=END_OF_DAY, verbs=(closing.run, closing.status)),
}
