"""Running the end of a day: its steps one after the other, from where the last run stopped.

How far a step is stands in the database; how much of it is left, the step counts itself. So a run that was killed goes
on with what is not done, and two that run at once do nothing twice.
"""

import asyncio
from collections.abc import Callable
from datetime import date, datetime, timedelta

from canglian.bank.settlement.closing import queries
from canglian.bank.settlement.closing.commands import (
    FAILURES_MAX,
    EndEndOfDay,
    EndEodStep,
    FailedItem,
    NoteEodStep,
    StartEndOfDay,
)
from canglian.bank.settlement.closing.model import EodRun, EodState, EodStep, StepState
from canglian.bank.settlement.closing.steps import STEPS, Step, Turn
from canglian.kernel.errors import Busy, CanglianError, Rejection, Unavailable
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.values import SHANGHAI, utc_now
from canglian.web.services import Services

ACTOR = "job:eod"
NOTED_SECONDS = 1.0
"""How often it is noted how far a step is."""

AGAIN = timedelta(minutes=5)
"""After how long a run with items that failed is tried again by itself."""

Report = Callable[[str, int, int], None]
"""Is told of a step, how many items were due, and how many are done."""


async def run_end_of_day(services: Services, book: int, *, report: Report | None = None) -> EodRun:
    """End the business date that is open, or go on with the end of an earlier one that is not done.

    Raises what keeps all steps from going on: Busy and Unavailable.
    """
    open_run = await queries.open_run(services.reader, book)
    day = open_run.date if open_run is not None else (await book_figures(services.reader, book)).today
    if open_run is None or open_run.state is EodState.INCOMPLETE:
        await start(services, book, day)
    failed = False
    for step in STEPS.ordered():
        stored = await queries.step_or_none(services.reader, book, day, step.name)
        if stored is None or stored.state is StepState.DONE:
            continue
        if step.last and failed:
            break
        ended = await _run_step(services, book, day, step, stored, report)
        failed = failed or (step.holds and ended.state is not StepState.DONE)
    free = tuple(step.name for step in STEPS.ordered() if not step.holds)
    return (await services.engine.submit(book, EndEndOfDay(date=day, free=free), actor=ACTOR)).unwrap()


async def run_free_steps(services: Services, book: int, before: datetime) -> None:
    """Try the steps again that hold nothing up and are not done, on every day where they were not tried since."""
    for step in (step for step in STEPS.ordered() if not step.holds):
        for stored in await queries.left_steps(services.reader, book, step.name, before):
            await _run_step(services, book, stored.date, step, stored, None)


async def start(services: Services, book: int, day: date) -> EodRun:
    """Start the end of a day, or take it up again."""
    command = StartEndOfDay(date=day, steps=tuple(step.name for step in STEPS.ordered()))
    return (await services.engine.submit(book, command, actor=ACTOR)).unwrap()


async def _run_step(
    services: Services, book: int, day: date, step: Step, stored: EodStep, report: Report | None
) -> EodStep:
    """One step, noted as it goes on; what it raises fails the step, and the next ones go on."""
    left = await step.count(services, book, day)
    total = max(stored.total, left)
    before, turn = total - left, Turn(services, book, day)

    async def note() -> None:
        done = min(before + turn.done, total)
        if report is not None:
            report(step.name, total, done)
        command = NoteEodStep(date=day, name=step.name, total=total, done=done)
        (await services.engine.submit(book, command, actor=ACTOR)).unwrap()

    await note()
    running = asyncio.ensure_future(step.run(turn))
    try:
        while not (await asyncio.wait({running}, timeout=NOTED_SECONDS))[0]:
            await note()
        running.result()
    except (Busy, Unavailable):
        raise
    except CanglianError as error:
        turn.fail(step.name, error.code)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    failed = [FailedItem(item, code) for item, code in sorted(turn.failures.items())[:FAILURES_MAX]]
    ending = EndEodStep(date=day, name=step.name, figures=turn.figures, failed=failed)
    ended = (await services.engine.submit(book, ending, actor=ACTOR)).unwrap()
    if report is not None:
        report(step.name, ended.total, ended.done)
    return ended


async def keep_running(services: Services, book: int) -> None:
    """What the scheduler does: start when the clock says so, and go on with what was started or has failed."""
    now = utc_now()
    try:
        await run_free_steps(services, book, now - AGAIN)
        run = await queries.open_run(services.reader, book)
        if run is None:
            today = (await book_figures(services.reader, book)).today
            if not _is_time(services.settings.eod_at, today, now):
                return
            if await queries.run_or_none(services.reader, book, today) is not None:
                return
        elif run.state is EodState.INCOMPLETE and now - run.updated_at < AGAIN:
            return
        await run_end_of_day(services, book)
    except (Busy, Unavailable, Rejection):
        return


def _is_time(clock: str, today: date, now: datetime) -> bool:
    """Whether the configured time of a business date has come, in Shanghai."""
    if not clock:
        return False
    local = now.astimezone(SHANGHAI)
    return (local.date(), local.strftime("%H:%M")) >= (today, clock)
