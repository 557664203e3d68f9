"""What can be done to the end of a day: start it, or have what failed tried again."""

from typing import Any

from canglian.bank.settlement.closing import api, availability, queries
from canglian.bank.settlement.closing.commands import StartEndOfDay
from canglian.bank.settlement.closing.model import EodRun
from canglian.bank.settlement.closing.steps import STEPS
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.form import Form
from canglian.web.operations import RequestContext
from canglian.web.principal import Permission


async def steps(_: RequestContext, _body: Any) -> tuple[str, ...]:
    """The steps that are known here, in their order."""
    return tuple(step.name for step in STEPS.ordered())


START = Action(
    command=StartEndOfDay,
    name="start",
    help="Start the end of the business day, or have what failed in it tried again.",
    permission=Permission.ADMINISTER,
    fixed={"date": None},
    resolve={"steps": steps},
    cli=False,
    route=Route(operation_id="startEndOfDay", response=EodRun, status=201),
    form=Form(
        title="End the day",
        submit="End the business day",
        confirm=availability.ask_to_start,
        unavailable=availability.started,
    ),
)

END_OF_DAY = Resource(
    name="eod",
    path="/end-of-day-runs",
    tag="end of day",
    plural="ends of days",
    actions=(START,),
    parameters={"date": api.DatePath},
    handlers=api.HANDLERS,
    listing=Listing(
        read=queries.runs,
        filter=queries.EodFilter,
        columns=("date", "state", "started_at", "started_by", "ended_at"),
    ),
    show=queries.whole,
)
