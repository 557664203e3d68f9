"""``/v1/assets``, ``/v1/heads``, ``/v1/day`` and ``/v1/trial-balance``: what belongs to the book as a whole."""

from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from canglian.kernel.fields import doc
from canglian.kernel.queries.observing import book_figures
from canglian.ledger.commands import CloseDay, DefineAsset, DefineHead
from canglian.ledger.model import Asset, Head
from canglian.ledger.queries import chart
from canglian.ledger.queries.trial_balance import TrialLine, TrialTotal, trial_balance
from canglian.web.operations import Body, RequestContext, as_json, responses
from canglian.web.paging import csv_answer, wants_csv
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

Date = date  # the field of the same name would hide the type


class Assets(msgspec.Struct, frozen=True):
    """All assets of the book."""

    data: Annotated[list[Asset], doc("The rows of this page.")]


class Heads(msgspec.Struct, frozen=True):
    """The whole chart of accounts."""

    data: Annotated[list[Head], doc("The rows of this page.")]


class Day(msgspec.Struct, frozen=True):
    """The business date of the book."""

    today: Annotated[date, doc("The business date.")]


class TrialBalanceAnswer(msgspec.Struct, frozen=True):
    """Every head of every asset at the end of a business date. ``balanced``: every asset's difference is zero."""

    date: Annotated[Date, doc("The business date.")]
    balanced: Annotated[bool, doc("Whether debits and credits agree in every asset.")]
    lines: Annotated[list[TrialLine], doc("In order.")]
    totals: Annotated[list[TrialTotal], doc("One line an asset.")]


@get("", operation_id="listAssets", guards=[needs(Permission.READ)], responses=responses(Assets))
async def list_assets(services: NamedDependency[Services], principal: NamedDependency[Principal]) -> Response[bytes]:
    """The units of value of the book."""
    return as_json(Assets(await chart.assets(services.reader, principal.book)))


@post(
    "", operation_id="defineAsset", guards=[needs(Permission.ADMINISTER)], responses=responses(Asset, 201, write=True)
)
async def define_asset(context: NamedDependency[RequestContext], data: Body[DefineAsset]) -> Response[bytes]:
    """Add a unit of value."""
    return await context.respond(data)


@get("", operation_id="listHeads", guards=[needs(Permission.READ)], responses=responses(Heads))
async def list_heads(services: NamedDependency[Services], principal: NamedDependency[Principal]) -> Response[bytes]:
    """The chart of accounts."""
    return as_json(Heads(await chart.heads(services.reader, principal.book)))


@post("", operation_id="defineHead", guards=[needs(Permission.ADMINISTER)], responses=responses(Head, 201, write=True))
async def define_head(context: NamedDependency[RequestContext], data: Body[DefineHead]) -> Response[bytes]:
    """Add a head to the chart of accounts."""
    return await context.respond(data)


@get("", operation_id="getDay", guards=[needs(Permission.READ)], responses=responses(Day))
async def get_day(services: NamedDependency[Services], principal: NamedDependency[Principal]) -> Response[bytes]:
    """The business date."""
    return as_json(Day((await book_figures(services.reader, principal.book)).today))


@post(
    "/close",
    operation_id="closeDay",
    status_code=200,
    guards=[needs(Permission.ADMINISTER)],
    responses=responses(Day, write=True),
)
async def close_day(context: NamedDependency[RequestContext], data: Body[CloseDay]) -> Response[bytes]:
    """End the business day and begin the next."""
    return await context.respond(data, Day, status=200)


@get("", operation_id="getTrialBalance", guards=[needs(Permission.READ)], responses=responses(TrialBalanceAnswer))
async def get_trial_balance(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    day: Annotated[date | None, QueryParameter(name="date", description="A past business date.")] = None,
) -> Response[bytes]:
    """The trial balance, now or at the end of a past business date."""
    found = await trial_balance(services.standby, principal.book, day)
    if wants_csv(request):
        return csv_answer(found.lines, TrialLine, f"trial-balance-{found.date}")
    return as_json(TrialBalanceAnswer(found.date, found.is_balanced, found.lines, found.totals))


routers = (
    Router("/assets", route_handlers=[list_assets, define_asset], tags=["book"]),
    Router("/heads", route_handlers=[list_heads, define_head], tags=["book"]),
    Router("/day", route_handlers=[get_day, close_day], tags=["book"]),
    Router("/trial-balance", route_handlers=[get_trial_balance], tags=["book"]),
)
