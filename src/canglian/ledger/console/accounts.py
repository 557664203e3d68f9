"""Accounts: the list, one account with its balance over time, and the form of a new one."""

import secrets
from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.kernel.amounts import limit
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order, Page
from canglian.ledger.actions import ON_ACCOUNT
from canglian.ledger.availability import AccountShown
from canglian.ledger.commands import OpenAccount
from canglian.ledger.keeping import is_kept
from canglian.ledger.model import AccountState
from canglian.ledger.queries import balances, chart, statements
from canglian.ledger.queries.accounts import AccountFilter, AccountView, account, accounts, names
from canglian.ledger.queries.history import history
from canglian.ledger.queries.holds import HoldFilter, holds
from canglian.web.additions import PageLink
from canglian.web.console import Chart, Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.console.actions import FormView, Submission, action_forms, submit_action
from canglian.web.console.charts import Series
from canglian.web.console.formats import money
from canglian.web.console.forms import error_at, read, require_impersonal
from canglian.web.console.submitting import Form, submit_form
from canglian.web.console.trying import refusals
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

_STATES = [Choice(state.value, f"state.{state.value}") for state in AccountState]
_LIST = ListSpec(
    "accounts",
    "Accounts",
    "All accounts of this book and their balances.",
    [
        Column("id", "Account", sort="id"),
        Column("name", "Name"),
        Column("head", "GL account", "code"),
        Column("state", "State", "state"),
        Column("balance", "Balance", "money", sort="balance"),
        Column("available", "Available", "money"),
        Column("held", "Held", "money"),
        Column("asset", "Asset", "code"),
        Column("purpose", "Purpose", "word", family="purpose"),
        Column("reference", "Reference", "code"),
        Column("entries", "Entries", "number"),
        Column("last_date", "Last movement", "day"),
    ],
    [
        Filter("search", "Search", "search"),
        Filter("state", "State", choices=_STATES, field="state"),
        Filter("balance", "Balance", "money"),
        Filter("head", "GL account", pick="head", field="head", by_start=True),
        Filter("asset", "Asset", pick="asset", field="asset"),
        Filter("purpose", "Purpose", family="purpose", field="purpose", may_lack=True),
        Filter("reference", "Reference", field="reference", by_start=True, may_lack=True),
        Filter("owner", "Owner", field="owner", by_start=True, may_lack=True),
        Filter("opened_at", "Opened", "instant"),
    ],
    href="/console/accounts/{id}",
    empty="No account has been opened yet.",
    sort="id",
    key="id",
    has_numbers=True,
)
_NEW = PageLink("Open an account", "/console/accounts/new", "plus", Permission.POST)


def _filter(query: Any) -> AccountFilter:
    state = query.get("state")
    return AccountFilter(
        state=AccountState(state) if state in set(AccountState) else None,
        head=query.get("head") or None,
        asset=query.get("asset") or None,
        purpose=query.get("purpose") or None,
        owner=query.get("owner") or None,
        search=query.get("search") or None,
    )


@get("/accounts", guards=[needs(Permission.READ)])
async def list_accounts(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All accounts."""
    asked = _filter(request.query_params)

    async def read_page(order: Order) -> Page[AccountView]:
        return await accounts(services.reader, principal.book, asked, order)

    scales = await chart.scales(services.reader, principal.book)
    return await list_page(pages, _LIST, read_page, scales=scales, actions=[_NEW])


@get("/accounts/new", guards=[needs(Permission.POST)])
async def new_account(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """The form of a new account; the address may name its owner."""
    owner = request.query_params.get("owner", "")
    if kind := pages.picks.kind_of("owner"):
        await pages.picks.show("owner", kind, owner)
    return await _form(pages, services, principal, {"asset": "CNY", "floor": "0", "owner": owner}, None)


async def _form(
    pages: Pages, services: Services, principal: Principal, values: dict[str, str], problem: Any, status: int = 200
) -> Response[Any]:
    return await pages.render(
        "ledger/account_new.html",
        status=status,
        values=values,
        problem=problem,
        key=secrets.token_hex(8),
        assets=await chart.assets(services.reader, principal.book),
        heads=await chart.heads(services.reader, principal.book),
    )


@post("/accounts/new", status_code=200, guards=[needs(Permission.POST)])
async def open_account(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Open an account."""

    async def made(form: Form) -> OpenAccount:
        form["owner"] = form.get("owner") or form.get("owner_id", "")
        require_impersonal(form, "reference", "owner", "purpose")
        asset = form.get("asset", "CNY")
        scale = (await chart.scales(services.reader, principal.book)).get(asset, 2)
        fields: dict[str, Any] = {
            **form,
            "floor": _limit(form, "floor", scale, asset),
            "ceiling": _limit(form, "ceiling", scale, asset),
        }
        return read(fields, OpenAccount)

    again = partial(_form, pages, services, principal)
    return await submit_form(pages, made, again, lambda opened: f"/console/accounts/{opened.id}")


def _limit(form: dict[str, str], field: str, scale: int, asset: str) -> int | None:
    with error_at(field):
        return limit(form.get(field) or "none", scale, asset)


@get("/accounts/{number:int}", guards=[needs(Permission.READ)])
async def account_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    number: FromPath[int],
) -> Response[Any]:
    """One account: facts, balance over time, entries, holds, history."""
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
    found = await account(reader, book, number)
    query = pages.request.query_params
    order = Order("-id", query.get("cursor") or None, 25)
    page = await statements.entries(reader, book, number, order)
    pending = await holds(reader, book, HoldFilter(account=number), Order(limit=10))
    others = {entry.counterpart for entry in page.items} | {n for h in pending.items for n in (h.debit, h.credit)}
    heads = {head.code: head.name for head in await chart.heads(reader, book)}
    scales = await chart.scales(reader, book)
    return await pages.render(
        "ledger/account.html",
        status=status,
        account=found,
        course=_course(pages, found, await balances.course(reader, book, number), scales),
        page=page,
        holds=pending.items,
        names=await names(reader, book, others),
        history=await history(reader, book, f"account:{number}"),
        head_name=heads.get(found.head),
        scales=scales,
        today=(await book_figures(reader, book)).today,
        may_post=principal.may(Permission.POST),
        is_kept=is_kept(found.owner),
        belongings=await pages.belongings(principal, found.owner),
        forms=await _forms(pages, AccountShown(found, scales), submission),
        problem=None if submission is None else submission.problem,
    )


async def _forms(pages: Pages, shown: AccountShown, submission: Submission | None) -> list[FormView]:
    others = [state for state in AccountState if state not in (shown.account.state, AccountState.CLOSED)]
    return action_forms(
        pages,
        ON_ACCOUNT,
        shown,
        choices={"state": [(state.value, pages._(f"state.{state.value}")) for state in others]},
        submission=submission,
        refused=await refusals(pages, ON_ACCOUNT, shown),
    )


def _course(pages: Pages, found: AccountView, points: list[balances.Point], scales: dict[str, int]) -> Chart:
    scale = scales.get(found.asset, 2)
    labels = [point.date.strftime("%m-%d") for point in points]
    series = [Series(pages._("Balance"), [point.balance for point in points])]
    change = points[-1].balance - points[0].balance if points else 0
    title = _moved(pages, change, found.asset, scales)
    currency = "¥" if found.asset in ("CNY", "ECNY") else ""
    note = pages._("End-of-day balances; today's to date.")
    unit = pages._("yuan") if currency else found.asset
    return Chart(title, labels, series, unit=unit, currency=currency, scale=scale, step=True, note=note)


def _moved(pages: Pages, change: int, asset: str, scales: dict[str, int]) -> str:
    if change == 0:
        return pages._("Balance history: unchanged in 90 days")
    title = pages._("Balance history: up %(amount)s in 90 days")
    if change < 0:
        title = pages._("Balance history: down %(amount)s in 90 days")
    return title.replace("%(amount)s", money(abs(change), asset, scales))


@post("/accounts/{number:int}", status_code=200, guards=[needs(Permission.POST)])
async def act(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    number: FromPath[int],
) -> Response[Any]:
    """Freeze an account, open it again, or close it."""
    again = partial(_show, pages, services, principal, number)
    return await submit_action(pages, ON_ACCOUNT, again, f"/console/accounts/{number}", target={"account": number})


handlers = (list_accounts, new_account, open_account, account_page, act)
