"""What can be done to the business calendar: who may, and what is asked."""

from canglian.bank.settlement import queries
from canglian.bank.settlement.api import HANDLERS, YearPath
from canglian.bank.settlement.commands import ChangeCalendarDay, SetCalendarYear
from canglian.bank.settlement.model import CalendarYear
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.form import Form, Input
from canglian.web.principal import Permission

SET_YEAR = Action(
    command=SetCalendarYear,
    name="set-year",
    help="Put a year into the calendar as it was announced.",
    permission=Permission.ADMINISTER,
    cli=False,
    route=Route(operation_id="setCalendarYear", response=CalendarYear, status=201, body="SetCalendarYear"),
)

CHANGE_DAY = Action(
    command=ChangeCalendarDay,
    name="change-day",
    help="Change one day of a year that is in the calendar.",
    permission=Permission.ADMINISTER,
    target=("year",),
    names={"day_kind": "kind"},
    route=Route(
        operation_id="changeCalendarDay",
        path="/{year:int}/days",
        response=CalendarYear,
        body="CalendarDayRequest",
        body_help="What a day is from now on.",
    ),
    form=Form(
        title="Change a day",
        submit="Change",
        inputs=(
            Input(name="day"),
            Input(name="day_kind", family="day_kind", initial="holiday"),
            Input(name="name", label="Holiday"),
        ),
    ),
)

CALENDAR = Resource(
    name="calendar",
    path="/calendar-years",
    tag="calendar",
    plural="years of the business calendar",
    actions=(SET_YEAR, CHANGE_DAY),
    parameters={"year": YearPath},
    handlers=HANDLERS,
    listing=Listing(read=queries.years, filter=queries.YearFilter, columns=("year", "source", "updated_at")),
    show=queries.year,
)
