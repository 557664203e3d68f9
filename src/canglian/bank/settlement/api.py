"""What is read below ``/v1/calendar-years`` and ``/v1/business-days``."""

from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get
from litestar.di import NamedDependency
from litestar.params import PathParameter

from canglian.bank.settlement import queries
from canglian.bank.settlement.model import YEAR_FIRST, YEAR_LAST, CalendarYear
from canglian.kernel.fields import doc
from canglian.kernel.queries.paging import Order
from canglian.web.operations import as_json, responses
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

YearPath = Annotated[int, PathParameter(ge=YEAR_FIRST, le=YEAR_LAST, description="The year.")]
DayPath = Annotated[date, PathParameter(description="The day.")]


class BusinessDayView(msgspec.Struct, frozen=True):
    """A day, and the business days before and after it."""

    day: Annotated[date, doc("The day.")]
    is_business_day: Annotated[bool, doc("Whether banks settle on it.")]
    confirmed: Annotated[bool, doc("Whether its year is gazetted; else weekends alone decide.")]
    name: Annotated[str | None, doc("The holiday that it belongs to, or null.")]
    previous: Annotated[date, doc("The business day before it.")]
    next: Annotated[date, doc("The business day after it.")]


@get("", operation_id="listCalendarYears", guards=[needs(Permission.READ)], responses=listing_of(CalendarYear))
async def list_years(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
) -> Response[bytes]:
    """List the years that are in the calendar, the last one first."""
    return await listed(
        request,
        order,
        lambda page: queries.years(services.reader, principal.book, queries.YearFilter(), page),
        "calendar-years",
    )


@get("/{year:int}", operation_id="getCalendarYear", guards=[needs(Permission.READ)], responses=responses(CalendarYear))
async def get_year(
    services: NamedDependency[Services], principal: NamedDependency[Principal], year: YearPath
) -> Response[bytes]:
    """One year: its days off, and the weekend days that are worked."""
    return as_json(await queries.year(services.reader, principal.book, year))


@get(
    "/{day:date}", operation_id="getBusinessDay", guards=[needs(Permission.READ)], responses=responses(BusinessDayView)
)
async def get_business_day(
    services: NamedDependency[Services], principal: NamedDependency[Principal], day: DayPath
) -> Response[bytes]:
    """Whether a day is a business day, and the ones before and after it."""
    before, found, after = await queries.around(services.reader, principal.book, day)
    return as_json(
        BusinessDayView(found.day, found.is_business_day, found.confirmed, found.name, before.day, after.day)
    )


HANDLERS = (list_years, get_year)
ROUTER = Router("/business-days", route_handlers=[get_business_day], tags=["calendar"])
