"""One deposit account: its money, limits, freezes and bound accounts; what may be done now and what not."""

import secrets
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from canglian.bank.deposit.commands import (
    AskBindingCode,
    ClearCase,
    CloseDepositAccount,
    ConfirmByTransfer,
    EndBinding,
    FreezeAccount,
    LiftFreeze,
    MoveCash,
    ReactivateAccount,
    ReportCase,
    RequestPull,
    RequestPush,
    TellTransfer,
    TypeBindingCode,
    UpgradeAccount,
)
from canglian.bank.deposit.console.accounts import PATH, stops
from canglian.bank.deposit.holdings import asked_of
from canglian.bank.deposit.model import AccountState, BindingState, FreezeCause, FreezeKind, ProductClass
from canglian.bank.deposit.queries import accounts, outside, products
from canglian.bank.deposit.queries.accounts import DepositView
from canglian.bank.deposit.queries.outside import RailOrderFilter
from canglian.bank.deposit.requests import BindingRequest
from canglian.bank.deposit.rules import COUNTER
from canglian.bank.limit.queries import what_is_left
from canglian.bank.party.codes import index_of
from canglian.bank.party.queries import parties
from canglian.bank.party.requests import TypedCode
from canglian.bank.party.rules import is_valid
from canglian.kernel.command import Command
from canglian.kernel.errors import CanglianError, NotFound
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order
from canglian.ledger.queries import balances, chart, statements
from canglian.ledger.queries.history import history
from canglian.web.console import Chart, Pages
from canglian.web.console.charts import Series
from canglian.web.console.formats import money
from canglian.web.console.forms import KEY, form_values, read, read_money, submit
from canglian.web.outside.connections import is_connected
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

_ACTS: dict[str, Any] = {
    "freeze": FreezeAccount,
    "case": ReportCase,
    "upgrade": UpgradeAccount,
    "reactivate": ReactivateAccount,
    "close": CloseDepositAccount,
}
_DECISIONS: dict[str, Any] = {"lift": LiftFreeze, "clear": ClearCase}
_BINDINGS: dict[str, Any] = {"transfer": ConfirmByTransfer, "ask_code": AskBindingCode, "end_binding": EndBinding}


@get("/deposits/{account:str}", guards=[needs(Permission.READ)])
async def deposit_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    account: FromPath[str],
) -> Response[Any]:
    """One account."""
    return await _show(pages, services, principal, account)


async def _show(
    pages: Pages, services: Services, principal: Principal, identity: str, status: int = 200, **more: Any
) -> Response[Any]:
    reader, book = services.reader, principal.book
    found = await accounts.account(reader, book, identity)
    today = (await book_figures(reader, book)).today
    scales = await chart.scales(reader, book)
    product = await products.product(reader, book, today, found.product)
    papers = await parties.documents_of(reader, book, found.party) if found.party is not None else []
    holder = await parties.party(reader, book, found.party) if found.party is not None else None
    bound = await outside.bound_to(reader, book, identity)
    order = Order("-id", pages.request.query_params.get("cursor") or None, 25)
    return await pages.render(
        "deposit/account.html",
        status=status,
        account=found,
        stops=stops(found),
        product=product.in_force or product.versions[0],
        holder=holder,
        interest=await accounts.interest_of(reader, book, found.ledger_account),
        freezes=await accounts.freezes_of(reader, book, identity),
        bound=bound,
        confirmed=[one for one in bound if one.state is BindingState.ACTIVE],
        orders=(await outside.orders(reader, book, RailOrderFilter(account=identity), Order(limit=10))).items,
        limits=(await what_is_left(reader, book, asked_of(found)))[0],
        course=_course(pages, found, await balances.course(reader, book, found.ledger_account), scales),
        page=await statements.entries(reader, book, found.ledger_account, order),
        history=await history(reader, book, f"deposit_account:{identity}"),
        papers=[one for one in papers if is_valid(one, today)],
        second_class=[
            one
            for one in await products.products(reader, book, today)
            if one.in_force is not None and one.in_force.product_class is ProductClass.CLASS2 and one.in_force.active
        ],
        choices={"kinds": list(FreezeKind), "causes": [one for one in FreezeCause if one is not FreezeCause.CASE]},
        is_open=found.state is not AccountState.CLOSED,
        scales=scales,
        today=today,
        may_send=is_connected(services.settings, "sms"),
        key=secrets.token_hex(8),
        may_post=principal.may(Permission.POST),
        may_approve=principal.may(Permission.APPROVE),
        **{"problem": None, "values": {}, **more},
    )


def _course(pages: Pages, found: DepositView, points: list[balances.Point], scales: dict[str, int]) -> Chart:
    change = points[-1].balance - points[0].balance if points else 0
    if change == 0:
        title = pages._("Balance history: unchanged in 90 days")
    elif change > 0:
        title = pages._("Balance history: up %(amount)s in 90 days")
    else:
        title = pages._("Balance history: down %(amount)s in 90 days")
    is_money = found.asset in ("CNY", "ECNY")
    return Chart(
        title.replace("%(amount)s", money(abs(change), found.asset, scales)),
        [point.date.strftime("%m-%d") for point in points],
        [Series(pages._("Balance"), [point.balance for point in points])],
        unit=pages._("yuan") if is_money else found.asset,
        currency="¥" if is_money else "",
        scale=scales.get(found.asset, 2),
        step=True,
        note=pages._("End-of-day balances; today's to date."),
    )


@post("/deposits/{account:str}", status_code=200, guards=[needs(Permission.POST)])
async def act_on_deposit(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    account: FromPath[str],
) -> Response[Any]:
    """What an operator does to an account, by the form's action."""
    form = await form_values(request)
    try:
        found = await accounts.account(services.reader, principal.book, account)
        command = await _command(services, principal, found, form)
        (await submit(services, principal, command, form)).unwrap()
    except NotFound:
        raise
    except CanglianError as error:
        return await _show(pages, services, principal, account, 422, problem=pages.refusal(error), values=form)
    return Redirect(f"{PATH}/{account}", status_code=303)


async def _command(
    services: Services, principal: Principal, account: DepositView, form: dict[str, str]
) -> Command[Any]:
    """The command of a form's action."""
    action = form.get("action", "")
    fields: dict[str, Any] = {name: value for name, value in form.items() if name != "action"}
    if action == "bind":
        return await read(fields, BindingRequest).command(services, principal, account.id, form.get(KEY) or None)
    if action in ("pull", "push"):
        kind = RequestPull if action == "pull" else RequestPush
        return read({**fields, "amount": await _amount(services, principal, account, fields), "channel": COUNTER}, kind)
    if action == "cash":
        amount = await _amount(services, principal, account, fields)
        return read({**fields, "amount": amount, "account": account.id}, MoveCash)
    if action == "told":
        return read({**fields, "amount": await _amount(services, principal, account, fields)}, TellTransfer)
    if action == "type_code":
        typed, bound = read({"code": fields.get("code", "")}, TypedCode), str(fields.get("bound_account", ""))
        code = index_of(services.keyring, principal.book, bound, typed.code)
        return read({"bound_account": bound, "code": code}, TypeBindingCode)
    if action in _BINDINGS:
        return read(fields, _BINDINGS[action])
    if action not in _ACTS:
        raise NotFound("request.not_found", path=f"{PATH}/{account.id}")
    if action == "close":
        fields = {**fields, "channel": COUNTER, "cash": fields.get("cash") == "yes"}
    return read({**fields, "account": account.id}, _ACTS[action])


async def _amount(services: Services, principal: Principal, account: DepositView, fields: dict[str, Any]) -> int:
    return read_money(fields, "amount", account.asset, await chart.scales(services.reader, principal.book))


@post("/deposits/{account:str}/decision", status_code=200, guards=[needs(Permission.APPROVE)])
async def decide_on_deposit(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    account: FromPath[str],
) -> Response[Any]:
    """Lift a freeze, or clear a case."""
    form = await form_values(request)
    try:
        kind = _DECISIONS.get(form.get("action", ""))
        if kind is None:
            raise NotFound("request.not_found", path=f"{PATH}/{account}/decision")
        fields = {name: value for name, value in form.items() if name != "action"}
        (await submit(services, principal, read({**fields, "account": account}, kind), form)).unwrap()
    except NotFound:
        raise
    except CanglianError as error:
        return await _show(pages, services, principal, account, 422, problem=pages.refusal(error), values=form)
    return Redirect(f"{PATH}/{account}", status_code=303)


handlers = (deposit_page, act_on_deposit, decide_on_deposit)
