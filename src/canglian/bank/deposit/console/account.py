"""One deposit account: its money, limits, freezes and bound accounts; what may be done now and what not."""

from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.deposit.actions import ON_BINDING, ON_FREEZE, ON_PAGE
from canglian.bank.deposit.availability import AccountShown, BindingShown
from canglian.bank.deposit.console.accounts import PATH, stops
from canglian.bank.deposit.holdings import asked_of
from canglian.bank.deposit.model import AccountFreeze, AccountState, FreezeCause, ProductClass
from canglian.bank.deposit.queries import accounts, outside, products
from canglian.bank.deposit.queries.accounts import DepositView
from canglian.bank.deposit.queries.outside import RailOrderFilter
from canglian.bank.limit.queries import what_is_left
from canglian.bank.party.queries import parties
from canglian.bank.party.rules import is_valid
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order
from canglian.ledger.queries import balances, chart, statements
from canglian.ledger.queries.history import history
from canglian.web.console import Chart, Pages
from canglian.web.console.actions import Choices, FormView, Submission, action_forms, submit_action
from canglian.web.console.charts import Series
from canglian.web.console.formats import money
from canglian.web.console.trying import refusals
from canglian.web.outside.connections import is_connected
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


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
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    shown = await _shown(services, principal, identity)
    found = shown.account
    scales = await chart.scales(reader, book)
    freezes = await accounts.freezes_of(reader, book, identity)
    may_send = is_connected(services.settings, "sms")
    order = Order("-id", pages.request.query_params.get("cursor") or None, 25)
    return await pages.render(
        "deposit/account.html",
        status=status,
        account=found,
        stops=stops(found),
        product=shown.product,
        interest=await accounts.interest_of(reader, book, found.ledger_account),
        freezes=[(freeze, await _freeze_forms(pages, freeze, submission)) for freeze in freezes],
        bound=[(each, await _binding_forms(pages, BindingShown(each, may_send), submission)) for each in shown.bound],
        orders=(await outside.orders(reader, book, RailOrderFilter(account=identity), Order(limit=10))).items,
        limits=(await what_is_left(reader, book, asked_of(found)))[0],
        course=_course(pages, found, await balances.course(reader, book, found.ledger_account), scales),
        page=await statements.entries(reader, book, found.ledger_account, order),
        history=await history(reader, book, f"deposit_account:{identity}"),
        forms=action_forms(pages, ON_PAGE, shown, choices=_choices(pages, shown), submission=submission),
        is_open=found.state is not AccountState.CLOSED,
        scales=scales,
        may_post=principal.may(Permission.POST),
        may_approve=principal.may(Permission.APPROVE),
        problem=None if submission is None else submission.problem,
    )


async def _shown(services: Services, principal: Principal, identity: str) -> AccountShown:
    """An account with what decides about its forms."""
    reader, book = services.reader, principal.book
    found = await accounts.account(reader, book, identity)
    today = (await book_figures(reader, book)).today
    product = await products.product(reader, book, today, found.product)
    offered = [view.in_force for view in await products.products(reader, book, today) if view.in_force is not None]
    documents = await parties.documents_of(reader, book, found.party) if found.party is not None else []
    return AccountShown(
        found,
        product.in_force or product.versions[0],
        await parties.party(reader, book, found.party) if found.party is not None else None,
        [document for document in documents if is_valid(document, today)],
        [offer for offer in offered if offer.product_class is ProductClass.CLASS2 and offer.active],
        await outside.bound_to(reader, book, identity),
    )


def _choices(pages: Pages, shown: AccountShown) -> Choices:
    titles = {document.id: pages._(f"document.{document.kind.value}") for document in shown.documents}
    return {
        "bound_account": [(bound.id, f"{bound.bank} {bound.number}") for bound in shown.confirmed],
        "document": [(document.id, f"{titles[document.id]} {document.number_mask}") for document in shown.documents],
        "product": [(offer.code, pages._(offer.name)) for offer in shown.second_class],
    }


async def _freeze_forms(pages: Pages, freeze: AccountFreeze, submission: Submission | None) -> list[FormView]:
    """What lifts a freeze: by itself, or with all that its case froze."""
    if freeze.lifted_at is not None:
        return []
    by_case = freeze.cause is FreezeCause.CASE
    target = {"case_reference": freeze.case_reference or ""} if by_case else {"freeze": freeze.id}
    asked = {"account": freeze.account, "freeze": freeze.id}
    typed = {"reason": "x", "case_reference": freeze.case_reference}
    refused = await refusals(pages, ON_FREEZE, freeze, typed=typed, target=asked)
    return action_forms(pages, ON_FREEZE, freeze, target=target, submission=submission, refused=refused)


async def _binding_forms(pages: Pages, shown: BindingShown, submission: Submission | None) -> list[FormView]:
    target, refused = {"bound_account": shown.bound.id}, await refusals(pages, ON_BINDING, shown)
    return action_forms(pages, ON_BINDING, shown, target=target, submission=submission, refused=refused)


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


@post("/deposits/{account:str}", status_code=200, guards=[needs(Permission.READ)])
async def act_on_deposit(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    account: FromPath[str],
) -> Response[Any]:
    """What is done to an account, its freezes and its bound accounts."""
    found = await accounts.account(services.reader, principal.book, account)
    return await submit_action(
        pages,
        (*ON_PAGE, *ON_FREEZE, *ON_BINDING),
        partial(_show, pages, services, principal, account),
        f"{PATH}/{account}",
        target={"account": account},
        asset=found.asset,
    )


handlers = (deposit_page, act_on_deposit)
