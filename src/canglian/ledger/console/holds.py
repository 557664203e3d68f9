"""Holds: the list, and one hold with what was taken of it."""

import secrets
from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.kernel.command import Command
from canglian.kernel.queries.paging import Order, Page
from canglian.ledger.commands import CaptureHold, ReleaseHold
from canglian.ledger.model import Hold, HoldState
from canglian.ledger.queries import chart
from canglian.ledger.queries.accounts import names
from canglian.ledger.queries.history import history
from canglian.ledger.queries.holds import HoldFilter, hold, holds
from canglian.ledger.queries.transfers import TransferFilter, transfers
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.console.forms import read, read_money
from canglian.web.console.submitting import Form, submit_form
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
        Column("created_at", "Placed", "when"),
        Column("expires_at", "Expires", "when"),
        Column("reference", "Reference", "code"),
    ],
    [
        Filter("state", "State", choices=[Choice(state.value, f"state.{state.value}") for state in HoldState]),
        Filter("account", "Account", "number"),
        Filter("code", "Code", family="code"),
        Filter("reference", "Reference"),
    ],
    href="/console/holds/{id}",
    empty="No holds.",
    sort="-id",
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
    pages: Pages, services: Services, principal: Principal, number: int, status: int = 200, **more: Any
) -> Response[Any]:
    reader, book = services.reader, principal.book
    found = await hold(reader, book, number)
    taken = await transfers(reader, book, TransferFilter(hold=number), Order("id", None, 50))
    return await pages.render(
        "ledger/hold.html",
        status=status,
        hold=found,
        taken=taken.items,
        names=await names(reader, book, {found.debit, found.credit}),
        history=await history(reader, book, f"hold:{number}"),
        scales=await chart.scales(reader, book),
        key=secrets.token_hex(8),
        may_post=principal.may(Permission.POST),
        **{"problem": None, "values": {}, **more},
    )


@post("/holds/{number:int}", status_code=200, guards=[needs(Permission.POST)])
async def act(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    number: FromPath[int],
) -> Response[Any]:
    """Take part of a hold, or let it go."""

    async def made(form: Form) -> Command[Any]:
        if form.get("action") == "release":
            return ReleaseHold(hold=number)
        held = await hold(services.reader, principal.book, number)
        amount = read_money(form, "amount", held.asset, await chart.scales(services.reader, principal.book))
        return read({"hold": number, "amount": amount, "final": "final" in form}, CaptureHold)

    return await submit_form(
        pages, made, partial(_show, pages, services, principal, number), f"/console/holds/{number}"
    )


handlers = (list_holds, hold_page, act)
