"""Orders of the rail and where it disagrees."""

import secrets
from datetime import date
from functools import partial
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.deposit.commands import ResolveRailDifference
from canglian.bank.deposit.console.accounts import day
from canglian.bank.deposit.model import DifferenceKind, RailKind, RailState
from canglian.bank.deposit.queries import accounts, outside
from canglian.bank.deposit.queries.outside import DifferenceFilter, RailOrderFilter, RailOrderView
from canglian.kernel.queries.paging import Order, Page
from canglian.ledger.queries import chart
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.console.forms import read
from canglian.web.console.submitting import Form, submit_form
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

ORDERS = "/console/rail-orders"
DIFFERENCES = "/console/rail-differences"

_ORDERS = ListSpec(
    "rail-orders",
    "Payment orders",
    "Payments to and from bound accounts at other banks, with the payment network's response.",
    [
        Column("requested_at", "Requested", "when", sort="requested_at", phone=True),
        Column("kind", "Kind", "words", phone=True),
        Column("state", "State", "state", phone=True),
        Column("amount", "Amount", "money", phone=True),
        Column("answered_at", "Responded", "when"),
        Column("filed_on", "Statement file date", "day"),
        Column("reference", "Network reference", "code"),
        Column("reason", "Reason"),
        Column("channel", "Channel", "word", family="channel"),
        Column("id", "Payment order", "code", sort="id"),
    ],
    [
        Filter(
            "kind", "Kind", choices=[Choice(kind.value, f"rail_kind.{kind.value}") for kind in RailKind], field="kind"
        ),
        Filter(
            "state",
            "State",
            choices=[Choice(state.value, f"state.{state.value}") for state in RailState],
            field="state",
        ),
        Filter("requested_on", "Business date", "date", earlier=("since", "until")),
        Filter("amount", "Amount", "money"),
        Filter("account", "Deposit account", pick="deposit"),
        Filter("reference", "Network reference", field="reference", by_start=True, may_lack=True),
    ],
    href=ORDERS + "/{id}",
    empty="No payment orders yet.",
    sort="-id",
    key="id",
)
_DIFFERENCES = ListSpec(
    "rail-differences",
    "Reconciliation breaks",
    "Differences between the payment network and our records. Each is investigated.",
    [
        Column("on", "Date", "day", phone=True),
        Column("kind", "Kind", "words", phone=True),
        Column("ours", "Our amount", "money", phone=True),
        Column("theirs", "Network amount", "money", phone=True),
        Column("subject", "Subject", "code"),
        Column("resolved_at", "Resolved", "when"),
        Column("resolution", "Resolution"),
        Column("id", "Reconciliation break", "code", sort="id"),
    ],
    [
        Filter(
            "kind",
            "Kind",
            choices=[Choice(kind.value, f"difference.{kind.value}") for kind in DifferenceKind],
            field="kind",
        ),
        Filter("on", "Date", "date"),
        Filter("resolved", "Resolved", choices=[Choice("yes", "yes"), Choice("no", "no")]),
    ],
    href=DIFFERENCES + "/{id}",
    empty="The payment network and our records agree.",
    sort="-id",
    key="id",
)


class OrderRow(msgspec.Struct, frozen=True):
    """An order as a row."""

    id: str
    kind: str
    state: str
    amount: int | None
    asset: str
    requested_at: Any
    answered_at: Any
    filed_on: date | None
    reference: str | None
    reason: str | None
    channel: str


def _row(order: RailOrderView) -> OrderRow:
    return OrderRow(
        order.id,
        f"rail_kind.{order.kind.value}",
        order.state.value,
        order.amount,
        order.asset,
        order.requested_at,
        order.answered_at,
        order.filed_on,
        order.reference,
        order.reason,
        order.channel,
    )


@get("/rail-orders", guards=[needs(Permission.READ)])
async def list_orders(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All orders."""
    query = request.query_params
    kind, state = query.get("kind"), query.get("state")
    asked = RailOrderFilter(
        account=query.get("account") or None,
        kind=RailKind(kind) if kind in set(RailKind) else None,
        state=RailState(state) if state in set(RailState) else None,
        reference=query.get("reference") or None,
        since=day(query.get("since")),
        until=day(query.get("until")),
    )

    async def read_page(order: Order) -> Page[OrderRow]:
        page = await outside.orders(services.reader, principal.book, asked, order)
        return Page([_row(order) for order in page.items], page.next_cursor)

    return await list_page(pages, _ORDERS, read_page, scales=await chart.scales(services.reader, principal.book))


@get("/rail-orders/{rail_order:str}", guards=[needs(Permission.READ)])
async def order_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    rail_order: FromPath[str],
) -> Response[Any]:
    """One order with its differences."""
    reader, book = services.reader, principal.book
    found = await outside.rail_order(reader, book, rail_order)
    return await pages.render(
        "deposit/order.html",
        order=found,
        account=await accounts.account(reader, book, found.account),
        bound=await outside.bound_account(reader, book, found.bound_account),
        differences=await outside.differences_of(reader, book, rail_order),
        scales=await chart.scales(reader, book),
    )


@get("/rail-differences", guards=[needs(Permission.READ)])
async def list_differences(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All differences."""
    query = request.query_params
    kind = query.get("kind")
    asked = DifferenceFilter(
        kind=DifferenceKind(kind) if kind in set(DifferenceKind) else None,
        resolved={"yes": True, "no": False}.get(query.get("resolved") or ""),
    )

    async def read_page(order: Order) -> Page[Any]:
        page = await outside.differences(services.reader, principal.book, asked, order)
        rows = [
            {**msgspec.structs.asdict(difference), "kind": f"difference.{difference.kind.value}"}
            for difference in page.items
        ]
        return Page(rows, page.next_cursor)

    return await list_page(pages, _DIFFERENCES, read_page, scales=await chart.scales(services.reader, principal.book))


@get("/rail-differences/{difference:str}", guards=[needs(Permission.READ)])
async def difference_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    difference: FromPath[str],
) -> Response[Any]:
    """One difference, and the form of its resolution."""
    return await _difference(pages, services, principal, difference)


async def _difference(
    pages: Pages, services: Services, principal: Principal, identity: str, status: int = 200, **more: Any
) -> Response[Any]:
    found = await outside.difference(services.reader, principal.book, identity)
    order = None if found.order is None else await outside.rail_order(services.reader, principal.book, found.order)
    bookable = (DifferenceKind.NOT_CREDITABLE, DifferenceKind.CONTRADICTED, DifferenceKind.STATE)
    return await pages.render(
        "deposit/difference.html",
        status=status,
        difference=found,
        order=order,
        may_book=found.kind in bookable,
        may_approve=principal.may(Permission.APPROVE),
        scales=await chart.scales(services.reader, principal.book),
        key=secrets.token_hex(8),
        **{"problem": None, "values": {}, **more},
    )


@post("/rail-differences/{difference:str}", status_code=200, guards=[needs(Permission.APPROVE)])
async def resolve_difference(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    difference: FromPath[str],
) -> Response[Any]:
    """Resolve a difference."""

    def made(form: Form) -> ResolveRailDifference:
        fields = {**form, "difference": difference, "book_it": form.get("book_it") == "yes"}
        return read(fields, ResolveRailDifference)

    again = partial(_difference, pages, services, principal, difference)
    return await submit_form(pages, made, again, f"{DIFFERENCES}/{difference}")


handlers = (list_orders, order_page, list_differences, difference_page, resolve_difference)
