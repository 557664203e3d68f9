"""Transfers: the list, one transfer with its trace drawn, the form of a new one, and its reversal."""

import secrets
from datetime import date
from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Order, Page
from canglian.ledger.actions import REVERSE
from canglian.ledger.availability import TransferShown
from canglian.ledger.commands import PostTransfer
from canglian.ledger.naming import numbers
from canglian.ledger.queries import chart
from canglian.ledger.queries.accounts import AccountView, account, names
from canglian.ledger.queries.history import Step, actors
from canglian.ledger.queries.tracing import Trace, trace
from canglian.ledger.queries.transfers import Flow, TransferFilter, TransferView, transfer, transfers
from canglian.web.additions import PageLink
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.console.charts import FlowChart, FlowLink, FlowNode
from canglian.web.console.formats import money
from canglian.web.console.forms import error_at, read, read_money, require_impersonal, submit
from canglian.web.console.submitting import Answer, Form, answer_form
from canglian.web.console.trying import refusals
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

_LIST = ListSpec(
    "transfers",
    "Transfers",
    "All transfers of this book, newest first.",
    [
        Column("id", "Transfer", sort="id"),
        Column("amount", "Amount", "money"),
        Column("debit", "From", "account"),
        Column("credit", "To", "account"),
        Column("code", "Code", "word", family="code"),
        Column("date", "Business date", "day"),
        Column("booked_at", "Booked", "when", sort="id"),
        Column("reference", "Reference", "code"),
        Column("reversed_by", "Reversed by"),
    ],
    [
        Filter("date", "Business date", "date", earlier=("first", "last")),
        Filter("amount", "Amount", "money"),
        Filter("account", "Account", pick="account"),
        Filter("code", "Code", family="code", field="code"),
        Filter("reference", "Reference", field="reference", by_start=True, may_lack=True),
        Filter("flow", "Over the edge", choices=[Choice("in", "Money in"), Choice("out", "Money out")]),
        Filter("asset", "Asset", field="asset"),
    ],
    href="/console/transfers/{id}",
    empty="No transactions yet.",
    sort="-id",
    key="id",
    has_numbers=True,
)
_NEW = PageLink("Post a transfer", "/console/transfers/new", "plus", Permission.POST)


@get("/transfers", guards=[needs(Permission.READ)])
async def list_transfers(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All transfers."""
    query = request.query_params
    number = query.get("account", "")
    asked = TransferFilter(
        account=int(number) if number.isdecimal() and len(number) < 19 else None,
        code=query.get("code") or None,
        reference=query.get("reference") or None,
        asset=query.get("asset") or None,
        first_date=_date(query.get("first")),
        last_date=_date(query.get("last")),
        flow=Flow(query["flow"]) if query.get("flow") in set(Flow) else None,
    )
    called: dict[int, Any] = {}

    async def read_page(order: Order) -> Page[TransferView]:
        page = await transfers(services.reader, principal.book, asked, order)
        numbers = {n for view in page.items for n in (view.debit, view.credit)} - called.keys()
        called.update(await names(services.reader, principal.book, numbers))
        return page

    scales = await chart.scales(services.reader, principal.book)
    return await list_page(pages, _LIST, read_page, scales=scales, names=called, actions=[_NEW])


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


@get("/transfers/new", guards=[needs(Permission.POST)])
async def new_transfer(pages: NamedDependency[Pages], request: Request[Any, Any, Any]) -> Response[Any]:
    """The form of a transfer."""
    values = {name: request.query_params.get(name, "") for name in ("debit", "credit", "code", "amount")}
    for name in ("debit", "credit"):
        await pages.picks.show(name, "account", values[name])
    return await _form(pages, values, None)


async def _form(pages: Pages, values: dict[str, str], problem: Any, status: int = 200) -> Response[Any]:
    key = secrets.token_hex(8)
    return await pages.render("ledger/transfer_new.html", status=status, values=values, problem=problem, key=key)


@post("/transfers/new", status_code=200, guards=[needs(Permission.POST)])
async def post_transfer(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Post a transfer; its figures are shown once before it is done."""

    async def post_or_confirm(form: Form) -> Answer:
        require_impersonal(form, "reference")
        fields = {name: form.get(name, "") for name in ("code", "reference")}
        with error_at("debit"):
            payer = await _named(services, principal, form.get("debit", ""))
        with error_at("credit"):
            payee = await _named(services, principal, form.get("credit", ""))
        amount = read_money(form, "amount", payer.asset, await chart.scales(services.reader, principal.book))
        sides = {"debit": payer.id, "credit": payee.id}
        command = read({**fields, **sides, "amount": amount}, PostTransfer)
        if form.get("step") != "post":
            return await _confirm(pages, services, principal, form, command, payer, payee)
        done = (await submit(services, principal, command, form)).unwrap()
        return f"/console/transfers/{done.id}"

    return await answer_form(pages, post_or_confirm, partial(_form, pages))


async def _named(services: Services, principal: Principal, text: str) -> AccountView:
    """An account by its number or reference. Rejects ``account.not_found``."""
    found = await numbers(services.store, principal.book, [text.strip()])
    return await account(services.reader, principal.book, found[text.strip()])


async def _confirm(
    pages: Pages, services: Services, principal: Principal, form: dict[str, str], command: Any, payer: Any, payee: Any
) -> Response[Any]:
    """What would happen, decided and thrown away, in figures."""
    role = principal.role.value
    outcome = await services.engine.submit(principal.book, command, actor=principal.actor, dry_run=True, role=role)
    would = outcome.unwrap()
    scales = await chart.scales(services.reader, principal.book)
    return await pages.render(
        "ledger/transfer_confirm.html", values=form, would=would, payer=payer, payee=payee, scales=scales
    )


@get("/transfers/{number:int}", guards=[needs(Permission.READ)])
async def transfer_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    number: FromPath[int],
) -> Response[Any]:
    """One transfer, with where its money came from and went to."""
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
    found = await trace(reader, book, number)
    scales = await chart.scales(reader, book)
    root = await transfer(reader, book, number)
    shown = TransferShown(root, scales)
    refused = await refusals(pages, [REVERSE], shown)
    address = f"/console/transfers/{number}/reverse"
    return await pages.render(
        "ledger/transfer.html",
        status=status,
        transfer=root,
        trace=found,
        steps=await _steps(reader, book, root),
        sections=await pages.sections(principal, "transfer", str(number)),
        drawing=_drawing(pages, found, scales),
        names=found.accounts,
        scales=scales,
        forms=action_forms(pages, [REVERSE], shown, submission=submission, refused=refused, address=address),
        problem=None if submission is None else submission.problem,
    )


async def _steps(reader: Reader, book: int, root: TransferView) -> list[Step]:
    """Who booked it, and who undid it."""
    undone = None if root.reversed_by is None else await transfer(reader, book, root.reversed_by)
    views = [("transfer.reversed", undone), ("transfer.posted", root)]
    asked = await actors(reader, book, [view.command for _, view in views if view is not None])
    return [
        Step(view.booked_at, kind, asked.get(view.command, "—"), view.command, (view.metadata or {}).get("reason"))
        for kind, view in views
        if view is not None
    ]


def _drawing(pages: Pages, found: Trace, scales: dict[str, int]) -> FlowChart:
    by_number = {view.id: view for view in found.transfers}

    def called(number: int) -> str:
        name = found.accounts.get(number)
        return name.name if name is not None and name.name else str(number)

    def described(view: TransferView) -> str:
        return f"#{view.id} {called(view.debit)} → {called(view.credit)} {money(view.amount, view.asset, scales)}"

    ends = {number for flow in found.flows for number in (flow.source, flow.target)}
    nodes = [
        FlowNode(f"#{n}", f"#{n} {called(by_number[n].credit)}", described(by_number[n]), n == found.root)
        for n in sorted(ends)
    ]
    # Money that was lent before it came in would draw a circle; it stands in the table only.
    links = [
        FlowLink(f"#{f.source}", f"#{f.target}", f.amount, money(f.amount, by_number[f.target].asset, scales))
        for f in found.flows
        if f.source < f.target
    ]
    note = pages._("Traced first in, first out. Each box is a transfer, named after its recipient.")
    if found.cut:
        note += " " + pages._("The trace is incomplete: there are more results.")
    return FlowChart(pages._("Source and use of funds"), nodes, links, note=note)


@post("/transfers/{number:int}/reverse", status_code=200, guards=[needs(Permission.POST)])
async def reverse(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    number: FromPath[int],
) -> Response[Any]:
    """Undo a transfer."""

    again = partial(_show, pages, services, principal, number)
    to = "/console/transfers/{}".format
    return await submit_action(pages, [REVERSE], again, lambda undone: to(undone.id), target={"transfer": number})


handlers = (list_transfers, new_transfer, post_transfer, transfer_page, reverse)
