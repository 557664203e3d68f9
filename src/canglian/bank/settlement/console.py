"""The page of the business calendar: a year of twelve months, and what may be changed."""

import calendar
import secrets
from datetime import date
from functools import partial
from typing import Any

from babel.dates import get_day_names, get_month_names
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect
from msgspec.structs import replace

from canglian.bank.settlement import queries
from canglian.bank.settlement.actions import CHANGE_DAY
from canglian.bank.settlement.calendar import BusinessDay, day_in
from canglian.bank.settlement.gazetted import year_as_announced
from canglian.bank.settlement.model import YEAR_FIRST, YEAR_LAST, CalendarYear
from canglian.kernel.errors import CanglianError, NotFound
from canglian.kernel.queries.observing import book_figures
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.console.forms import form_values, submit
from canglian.web.console.pages import Pages
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

PATH = "/console/calendar"
_MONDAY_FIRST = calendar.Calendar(calendar.MONDAY)


@get("/calendar", guards=[needs(Permission.READ)])
async def this_year(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """The year of the business date."""
    today = (await book_figures(services.reader, principal.book)).today
    return await _show(pages, services, principal, today.year)


@get("/calendar/{year:int}", guards=[needs(Permission.READ)])
async def show_year(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    year: FromPath[int],
) -> Response[Any]:
    """The twelve months of a year."""
    return await _show(pages, services, principal, year)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    year: int,
    status: int = 200,
    submission: Submission | None = None,
    error: CanglianError | None = None,
) -> Response[Any]:
    if not YEAR_FIRST <= year <= YEAR_LAST:
        raise NotFound("calendar_year.not_found", calendar_year=year)
    found = await queries.year_or_none(services.reader, principal.book, year)
    may_change = principal.may(Permission.ADMINISTER)
    offered = [CHANGE_DAY] if may_change and found is not None else []
    announced = year_as_announced(year) if may_change else None
    refused = pages.refusal(error) if error is not None else None
    return await pages.render(
        "settlement/calendar.html",
        status=status,
        year=year,
        found=found,
        month_names=get_month_names("abbreviated", locale=pages.language),
        day_names=[get_day_names("narrow", locale=pages.language)[weekday] for weekday in range(7)],
        months=[_month(found, year, month) for month in range(1, 13)],
        today=(await book_figures(services.reader, principal.book)).today,
        announced=announced is not None and not _is_same(found, announced),
        forms=[replace(form, address=f"{PATH}/{year}") for form in action_forms(pages, offered, submission=submission)],
        key=secrets.token_hex(8),
        problem=refused if submission is None else submission.problem,
    )


def _month(found: CalendarYear | None, year: int, month: int) -> list[list[BusinessDay | None]]:
    """The weeks of a month, Monday first; None for a day of another month."""
    weeks = _MONDAY_FIRST.monthdatescalendar(year, month)
    return [[_day(found, day) if day.month == month else None for day in week] for week in weeks]


def _day(found: CalendarYear | None, day: date) -> BusinessDay:
    return day_in(lambda _: found, day)


def _is_same(found: CalendarYear | None, announced: Any) -> bool:
    """Whether what is stored is what was announced."""
    if found is None:
        return False
    named = [{entry.day.isoformat(): entry.name for entry in part} for part in (announced.holidays, announced.workdays)]
    return [found.holidays, found.workdays] == named


@post("/calendar/{year:int}", status_code=200, guards=[needs(Permission.ADMINISTER)])
async def change(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    year: FromPath[int],
) -> Response[Any]:
    """Change a day."""
    again = partial(_show, pages, services, principal, year)
    return await submit_action(pages, (CHANGE_DAY,), again, f"{PATH}/{year}", target={"year": year})


@post("/calendar/{year:int}/announced", status_code=200, guards=[needs(Permission.ADMINISTER)])
async def take_announced(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    year: FromPath[int],
) -> Response[Any]:
    """Put the year into the calendar as it was announced."""
    values = await form_values(pages.request)
    command = year_as_announced(year)
    if command is None:
        raise NotFound("calendar.not_announced", year=year)
    outcome = await submit(services, principal, command, values)
    if outcome.error is not None:
        return await _show(pages, services, principal, year, status=422, error=outcome.error)
    return Redirect(f"{PATH}/{year}", status_code=303)


HANDLERS = (this_year, show_year, change, take_announced)
