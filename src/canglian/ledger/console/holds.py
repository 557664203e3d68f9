"""Holds: the list, and one hold with what was taken of it."""

from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.kernel.amounts import major
from canglian.kernel.queries.paging import Order, Page
from canglian.ledger.actions import ON_HOLD
from canglian.ledger.availability import HoldShown
from canglian.ledger.model import Hold, HoldState
from canglian.ledger.queries import chart
from canglian.ledger.queries.accounts import names
from canglian.ledger.queries.history import history
from canglian.ledger.queries.holds import HoldFilter, hold, holds
from canglian.ledger.queries.transfers import TransferFilter, transfers
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.console.trying import refusals
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

_LIST = ListSpec(
    "holds",
    "Holds",
    "Authorised amounts on accounts, until captured, released or expired.",
    [
        Column("id", "Hold", sort="id"),
        Column("state", "State", "state"),
        Column("amount", "Amount", "money"),
        Column("captured", "Captured", "money"),
        Column("debit", "From", "account"),
        Column("credit", "To", "account"),
        Column("code", "Code", "word", family="code"),
        Column("created_at", "Placed", "when", sort="id"),
        Column("expires_at", "Expires", "when"),
        Column("reference", "Reference", "code"),
    ],
    [
        Filter(
            "state",
            "State",
            choices=[Choice(state.value, f"state.{state.value}") for state in HoldState],
            field="state",
        ),
        Filter("amount", "Amount", "money"),
        Filter("account", "Account", pick="account"),
        Filter("code", "Code", family="code", field="code"),
        Filter("created_at", "Placed", "instant"),
        Filter("expires_at", "Expires", "instant", may_lack=True),
        Filter("reference", "Reference", field="reference", by_start=True, may_lack=True),
    ],
    href="/console/holds/{id}",
    empty="No holds.",
    sort="-id",
    key="id",
    has_numbers=True,
)


@get("/holds", guards=[needs(Permission.READ)])
async def list_holds(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All holds."""
    query = request.query_params
    state, number = query.get("state"), query.get("account", "")
    asked = HoldFilter(
        state=HoldState(state) if state in set(HoldState) else None,
        account=int(number) if number.isdecimal() and len(number) < 19 else None,
        code=query.get("code") or None,
        reference=query.get("reference") or None,
    )
    called: dict[int, Any] = {}

    async def read_page(order: Order) -> Page[Hold]:
        page = await holds(services.reader, principal.book, asked, order)
        numbers = {n for hold in page.items for n in (hold.debit, hold.credit)} - called.keys()
        called.update(await names(services.reader, principal.book, numbers))
        return page

    scales = await chart.scales(services.reader, principal.book)
    return await list_page(pages, _LIST, read_page, scales=scales, names=called)


@get("/holds/{number:int}", guards=[needs(Permission.READ)])
async def hold_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    number: FromPath[int],
) -> Response[Any]:
    """One hold."""
    return await _show(pages, services, principal, number)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    number: int,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    found = await hold(reader, book, number)
    taken = await transfers(reader, book, TransferFilter(hold=number), Order("id", None, 50))
    scales = await chart.scales(reader, book)
    shown = HoldShown(found, scales)
    refused = await refusals(pages, ON_HOLD, shown)
    left = {"amount": major(found.remaining, scales.get(found.asset, 2))}
    return await pages.render(
        "ledger/hold.html",
        status=status,
        hold=found,
        taken=taken.items,
        names=await names(reader, book, {found.debit, found.credit}),
        history=await history(reader, book, f"hold:{number}"),
        scales=scales,
        forms=action_forms(pages, ON_HOLD, shown, initial=left, submission=submission, refused=refused),
        problem=None if submission is None else submission.problem,
    )


@post("/holds/{number:int}", status_code=200, guards=[needs(Permission.POST)])
async def act(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    number: FromPath[int],
) -> Response[Any]:
    """Capture a hold, or release it."""
    found = await hold(services.reader, principal.book, number)
    again = partial(_show, pages, services, principal, number)
    address, target = f"/console/holds/{number}", {"hold": number}
    return await submit_action(pages, ON_HOLD, again, address, target=target, asset=found.asset)


handlers = (list_holds, hold_page, act)
