"""What is read below ``/v1/end-of-day-runs``."""

from datetime import date
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter

from canglian.bank.settlement.closing import queries
from canglian.bank.settlement.closing.model import EodRun, EodState
from canglian.bank.settlement.closing.queries import EodFilter, EodWhole
from canglian.kernel.queries.paging import Order
from canglian.web.operations import as_json, responses
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

DatePath = Annotated[date, PathParameter(description="The business date that ends.")]


@get("", operation_id="listEndOfDayRuns", guards=[needs(Permission.READ)], responses=listing_of(EodRun))
async def list_runs(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    run_state: Annotated[EodState | None, QueryParameter(name="state", description="Only in this state.")] = None,
) -> Response[bytes]:
    """List the ends of days, the last one first."""
    return await listed(
        request,
        order,
        lambda page: queries.runs(services.reader, principal.book, EodFilter(run_state), page),
        "end-of-day-runs",
    )


@get("/{date:date}", operation_id="getEndOfDayRun", guards=[needs(Permission.READ)], responses=responses(EodWhole))
async def get_run(
    services: NamedDependency[Services], principal: NamedDependency[Principal], date: DatePath
) -> Response[bytes]:
    """How far the end of a day is, step by step, and which items failed."""
    return as_json(await queries.whole(services.reader, principal.book, date))


HANDLERS = (list_runs, get_run)
