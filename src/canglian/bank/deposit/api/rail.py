"""``/v1/rail-orders``, ``/v1/rail-files`` and ``/v1/rail-differences``: money to and from bound accounts."""

import enum
from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from canglian.bank.deposit.api.paths import DifferencePath, OrderPath
from canglian.bank.deposit.commands import (
    AnswerRailOrder,
    MarkRailSent,
    ReconcileRailLine,
    RequestPull,
    RequestPush,
    ResolveRailDifference,
)
from canglian.bank.deposit.commands.values import BoundId
from canglian.bank.deposit.model import DifferenceKind, RailDifference, RailKind, RailState
from canglian.bank.deposit.queries import outside
from canglian.bank.deposit.queries.outside import DifferenceFilter, RailOrderFilter, RailOrderView, order_view
from canglian.bank.deposit.running import FileRun, run_rail_file
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import Reason, doc
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import Amount, Code, Name, Reference
from canglian.web.operations import Body, RequestContext, as_json, responses
from canglian.web.outside.connections import refuse_if_connected
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

LINES_MAX = 5_000


class Way(enum.StrEnum):
    """From the bound account, or to it."""

    PULL = "pull"
    PUSH = "push"


class RailRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Money to be moved from or to a bound account."""

    kind: Annotated[Way, doc("`pull` for money from the other bank, `push` for money to it.")]
    bound_account: BoundId
    amount: Amount
    channel: Annotated[Code, doc("Where it is asked for, such as `counter` or `mobile`.")]


class RailSent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rail's own reference of an order, where it has one already."""

    reference: Annotated[Reference | None, doc("Your own number for it, such as an order's.")] = None


class RailAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an order ended."""

    succeeded: Annotated[bool, doc("Whether the rail carried it out.")]
    reference: Annotated[Reference | None, doc("Your own number for it, such as an order's.")] = None
    reason: Annotated[Reason | None, doc("Why; it stays on record.")] = None


class RailLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the rail's file."""

    order: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+\Z"),
        doc("The order's id, as the rail knows it."),
    ]
    kind: Annotated[RailKind, doc("`pull` for money from the other bank, `push` for money to it.")]
    amount: Amount
    succeeded: Annotated[bool, doc("Whether the rail carried it out.")]
    reference: Reference


class RailFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rail's file of a day that is over."""

    date: Annotated[date, doc("The business date.")]
    lines: Annotated[list[RailLine], msgspec.Meta(max_length=LINES_MAX), doc("In order.")]


class Resolution(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person found out, and whether the book now follows the rail."""

    resolution: Annotated[Name, doc("What a person found out, or null.")]
    book_it: Annotated[bool, doc("Whether the book now follows the rail.")] = False


@post(
    "",
    operation_id="requestRailOrder",
    guards=[needs(Permission.POST)],
    responses=responses(RailOrderView, 201, write=True),
)
async def request_order(context: NamedDependency[RequestContext], data: Body[RailRequest]) -> Response[bytes]:
    """Ask for money from a bound account, or send money to it. It is booked when the rail says that it went."""
    kind = RequestPull if data.kind is Way.PULL else RequestPush
    command = kind(bound_account=data.bound_account, amount=data.amount, channel=data.channel)
    return await context.respond(command, order_view)


@get("", operation_id="listRailOrders", guards=[needs(Permission.READ)], responses=listing_of(RailOrderView))
async def list_orders(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    account: Annotated[str | None, QueryParameter(description="Only of this account.")] = None,
    bound_account: Annotated[str | None, QueryParameter(description="Only of this bound account.")] = None,
    kind: Annotated[RailKind | None, QueryParameter(description="Only of this kind.")] = None,
    rail_state: Annotated[RailState | None, QueryParameter(name="state", description="Only in this state.")] = None,
    reference: Annotated[str | None, QueryParameter(description="Only with this reference.")] = None,
    since: Annotated[date | None, QueryParameter(name="requested_on.gte")] = None,
    until: Annotated[date | None, QueryParameter(name="requested_on.lte")] = None,
) -> Response[bytes]:
    """List orders of the rail, newest first."""
    asked = RailOrderFilter(account, bound_account, kind, rail_state, reference, since, until)
    return await listed(
        request, order, lambda page: outside.orders(services.reader, principal.book, asked, page), "rail-orders"
    )


@get(
    "/{rail_order:str}",
    operation_id="getRailOrder",
    guards=[needs(Permission.READ)],
    responses=responses(RailOrderView),
)
async def get_order(
    services: NamedDependency[Services], principal: NamedDependency[Principal], rail_order: OrderPath
) -> Response[bytes]:
    """An order of the rail."""
    return as_json(await outside.rail_order(services.reader, principal.book, rail_order))


@post(
    "/{rail_order:str}/sent",
    operation_id="markRailSent",
    status_code=200,
    guards=[needs(Permission.POST)],
    responses=responses(RailOrderView, write=True),
)
async def mark_sent(
    context: NamedDependency[RequestContext], rail_order: OrderPath, data: Body[RailSent]
) -> Response[bytes]:
    """The rail has taken an order. After its answer this is no news. A rail that is connected says it itself."""
    refuse_if_connected(context.services.settings, "rail")
    return await context.respond(MarkRailSent(order=rail_order, reference=data.reference), order_view, status=200)


@post(
    "/{rail_order:str}/answer",
    operation_id="answerRailOrder",
    status_code=200,
    guards=[needs(Permission.POST)],
    responses=responses(RailOrderView, write=True),
)
async def answer_order(
    context: NamedDependency[RequestContext], rail_order: OrderPath, data: Body[RailAnswer]
) -> Response[bytes]:
    """The rail says how an order ended. The first answer counts; the opposite later is a difference.

    A rail that is connected says it itself.
    """
    refuse_if_connected(context.services.settings, "rail")
    command = AnswerRailOrder(
        order=rail_order,
        succeeded=data.succeeded,
        reference=data.reference,
        reason=data.reason,
    )
    return await context.respond(command, order_view, status=200)


@post(
    "",
    operation_id="reconcileRailFile",
    status_code=200,
    guards=[needs(Permission.POST)],
    responses=responses(FileRun, write=True),
)
async def reconcile_file(
    services: NamedDependency[Services], principal: NamedDependency[Principal], data: Body[RailFile]
) -> Response[bytes]:
    """Hold the rail's file of a day against the book: line by line, then what stands in no line.

    The same file again changes nothing, so it needs no idempotency key; a dry run is not offered.
    """
    book = principal.book
    today = (await book_figures(services.reader, book)).today
    if data.date >= today:
        raise Rejection("rail_line.day_not_over", date=data.date.isoformat(), today=today.isoformat())
    lines = [
        ReconcileRailLine(
            date=data.date,
            order=line.order,
            order_kind=line.kind,
            amount=line.amount,
            succeeded=line.succeeded,
            reference=line.reference,
        )
        for line in data.lines
    ]
    return as_json(await run_rail_file(services.engine, services.reader, book, data.date, lines))


@get("", operation_id="listRailDifferences", guards=[needs(Permission.READ)], responses=listing_of(RailDifference))
async def list_differences(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    kind: Annotated[DifferenceKind | None, QueryParameter(description="Only of this kind.")] = None,
    rail_order: Annotated[str | None, QueryParameter(description="Only of this order.")] = None,
    resolved: Annotated[
        bool | None, QueryParameter(description="Only those that were resolved, or that were not.")
    ] = None,
) -> Response[bytes]:
    """List where the rail and the book disagree, newest first."""
    asked = DifferenceFilter(kind, rail_order, resolved)
    return await listed(
        request,
        order,
        lambda page: outside.differences(services.reader, principal.book, asked, page),
        "rail-differences",
    )


@post(
    "/{difference:str}/resolve",
    operation_id="resolveRailDifference",
    status_code=200,
    guards=[needs(Permission.APPROVE)],
    responses=responses(RailDifference, write=True),
)
async def resolve(
    context: NamedDependency[RequestContext], difference: DifferencePath, data: Body[Resolution]
) -> Response[bytes]:
    """Resolve a difference; with ``book_it`` the book follows the rail now."""
    command = ResolveRailDifference(difference=difference, resolution=data.resolution, book_it=data.book_it)
    return await context.respond(command, status=200)


routers = (
    Router(
        "/rail-orders",
        route_handlers=[request_order, list_orders, get_order, mark_sent, answer_order],
        tags=["rail"],
    ),
    Router("/rail-files", route_handlers=[reconcile_file], tags=["rail"]),
    Router("/rail-differences", route_handlers=[list_differences, resolve], tags=["rail"]),
)
