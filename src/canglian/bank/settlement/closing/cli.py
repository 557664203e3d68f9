"""``canglian eod run`` and ``status``."""

import sys
from datetime import date, datetime
from typing import Annotated, Any

import msgspec
import typer

from canglian.bank.settlement.closing import (
    builtin,  # noqa: F401  # pyright: ignore[reportUnusedImport] - the steps
    queries,
)
from canglian.bank.settlement.closing.running import run_end_of_day
from canglian.kernel.errors import NotFound
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order
from canglian.web.cli import BookContext
from canglian.web.cli.output import Answer, table


async def run(context: BookContext) -> Answer:
    """End the business day step by step, or go on where an earlier run stopped. It can be stopped at any time."""
    noted: dict[str, tuple[int, int]] = {}

    def report(step: str, total: int, done: int) -> None:
        if noted.get(step) != (total, done):
            noted[step] = (total, done)
            print(f"{step}: {done:,} of {total:,}", file=sys.stderr)

    ended = await run_end_of_day(context.services, context.book, report=report)
    return await _answer(context, ended.date)


async def status(
    context: BookContext,
    day: Annotated[datetime | None, typer.Argument(help="By default the last one.", formats=["%Y-%m-%d"])] = None,
) -> Answer:
    """Show how far the end of a day is, step by step, and what failed."""
    if day is not None:
        return await _answer(context, day.date())
    found = (await queries.runs(context.reader, context.book, queries.EodFilter(), Order("-date", None, 1))).items
    if not found:
        today = (await book_figures(context.reader, context.book)).today
        raise NotFound("eod_run.not_found", eod_run=today.isoformat())
    return await _answer(context, found[0].date)


async def _answer(context: BookContext, day: date) -> Answer:
    whole = await queries.whole(context.reader, context.book, day)
    rows: list[tuple[Any, ...]] = [("end of " + day.isoformat(), whole.run.state.value, "", "", "")]
    rows += [(step.name, step.state.value, step.done, step.total, step.failed) for step in whole.steps]
    rows += [(f"{failure.step} {failure.item}", failure.code, "", "", failure.tries) for failure in whole.failures]
    return Answer(msgspec.to_builtins(whole), table(["step", "state", ">done", ">of", ">failed"], rows))
