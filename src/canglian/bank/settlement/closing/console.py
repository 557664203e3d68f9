"""The page of the business day: what was done and what waits, its end step by step, and the days before."""

import asyncio
from datetime import date, datetime
from functools import partial
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.settlement.calendar import business_day_after, day_in
from canglian.bank.settlement.closing import queries
from canglian.bank.settlement.closing.actions import START
from canglian.bank.settlement.closing.availability import DayShown
from canglian.bank.settlement.closing.model import EodState, EodStep, StepState
from canglian.bank.settlement.closing.queries import EodFilter, EodWhole
from canglian.bank.settlement.closing.steps import STEPS
from canglian.bank.settlement.settling.queries import years_of
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import utc_now
from canglian.web.additions import DayFigure, Sum, Waiting
from canglian.web.console import Pages
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

PATH = "/console/end-of-day"
DAYS_SHOWN = 15


class StepView(msgspec.Struct, frozen=True):
    """A step as the page shows it; ``left_seconds`` is about how long it still takes, None where nobody can say."""

    step: EodStep
    percent: int
    seconds: int | None
    left_seconds: int | None


def viewed(step: EodStep, now: datetime) -> StepView:
    """How far a step is, and about how long it still takes at the speed that it had."""
    percent = 100 if step.state is StepState.DONE else 100 * step.done // step.total if step.total else 0
    if step.started_at is None:
        return StepView(step, percent, None, None)
    seconds = ((step.ended_at or now) - step.started_at).total_seconds()
    left = None
    if step.state is StepState.RUNNING and step.done:
        left = round(seconds * (step.total - step.done) / step.done)
    return StepView(step, percent, round(seconds), left)


@get("/end-of-day", guards=[needs(Permission.READ)])
async def last_day(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """The end of the last day that was started."""
    return await _show(pages, services, principal)


@get("/end-of-day/{day:date}", guards=[needs(Permission.READ)])
async def one_day(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    day: FromPath[date],
) -> Response[Any]:
    """The end of one day."""
    return await _show(pages, services, principal, day)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    day: date | None = None,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    days = (await queries.runs(reader, book, EodFilter(), Order("-date", None, DAYS_SHOWN))).items
    shown = day or (days[0].date if days else None)
    whole: EodWhole | None = None if shown is None else await queries.whole(reader, book, shown)
    today, now = (await book_figures(reader, book)).today, utc_now()
    running = any(run.state is EodState.RUNNING for run in days)
    calendar = await years_of(reader, book, today)
    following = business_day_after(calendar, today)
    figures = pages.figures(principal)
    sums = await asyncio.gather(*(_of_day(services, book, figure, today) for figure in figures))
    page = await pages.render(
        "settlement/end_of_day.html",
        status=status,
        today=day_in(calendar, today),
        following=following,
        figures=list(zip(figures, sums, strict=True)),
        waiting=await pages.waiting(principal),
        ahead=[step.name for step in STEPS.ordered()],
        whole=whole,
        steps=[] if whole is None else [viewed(step, now) for step in whole.steps],
        days=days,
        running=running,
        clock=services.settings.eod_at,
        forms=action_forms(pages, [START], DayShown(today, following, running), submission=submission, address=PATH),
        problem=None if submission is None else submission.problem,
    )
    if not running and "hx-request" in pages.request.headers:
        page.headers["hx-refresh"] = "true"  # it has ended meanwhile, so the date and all else on the page is another
    return page


async def _of_day(services: Services, book: int, figure: DayFigure, today: date) -> Sum:
    return (await figure.read(services.standby, book, today, today)).get(today, Sum(0))


@post("/end-of-day", status_code=200, guards=[needs(Permission.ADMINISTER)])
async def start_day(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """Start the end of the day, or have what failed tried again."""
    return await submit_action(pages, (START,), partial(_failed, pages, services, principal), PATH)


async def _failed(
    pages: Pages,
    services: Services,
    principal: Principal,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    return await _show(pages, services, principal, None, status, submission)


async def _incomplete(services: Services, principal: Principal) -> int:
    run = await queries.open_run(services.reader, principal.book)
    if run is None or run.state is not EodState.INCOMPLETE:
        return 0
    return len((await queries.whole(services.reader, principal.book, run.date)).failures)


WAITING = (Waiting("Failed items of the end of day", PATH, _incomplete, Permission.ADMINISTER),)
HANDLERS = (last_day, one_day, start_day)
