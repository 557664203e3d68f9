"""Bills of pay-later: the list, and one with what is owed of it; taking payments, instalments, refunds."""

from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.credit.console.lists import named
from canglian.bank.credit.console.wallets import wallet_choices
from canglian.bank.credit.pay_later import queries
from canglian.bank.credit.pay_later.actions import ON_BILL
from canglian.bank.credit.pay_later.model import BillState
from canglian.bank.credit.pay_later.queries import BillFilter
from canglian.bank.credit.products import queries as products
from canglian.kernel.amounts import major
from canglian.kernel.queries.paging import Order, Page
from canglian.ledger.queries import chart
from canglian.ledger.queries.history import history
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.console.actions import Submission, action_forms, submit_action
from canglian.web.console.filters import asked_for
from canglian.web.console.formats import money
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

BILLS = "/console/bills"

_LIST = ListSpec(
    "bills",
    "Pay-later bills",
    "What limits have paid for customers: when it is due, and what of it is still owed.",
    [
        Column("holder_name", "Customer", phone=True),
        Column("note", "What for"),
        Column("state", "State", "state", phone=True),
        Column("amount", "Amount", "money", phone=True),
        Column("refunded", "Refunded", "money"),
        Column("owed", "Principal owed", "money", phone=True),
        Column("due_on", "Due", "day"),
        Column("captured_on", "Captured on", "day"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter("state", "State", choices=[Choice(state.value, f"state.{state.value}") for state in BillState]),
        Filter("party", "Customer", pick="party"),
    ],
    href=BILLS + "/{id}",
    empty="No limit has paid a bill yet.",
    sort="-id",
)


@get("/bills", guards=[needs(Permission.READ)])
async def list_bills(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All bills."""
    reader, book = services.reader, principal.book
    asked = asked_for(BillFilter, request.query_params)

    async def read_page(order: Order) -> Page[Any]:
        page = await queries.bills(reader, book, asked, order)
        owed = await queries.owed_of(reader, book, page.items)
        rows = [{**row, "owed": owed[row["id"]]} for row in await named(reader, book, page.items)]
        return Page(rows, page.next_cursor)

    return await list_page(pages, _LIST, read_page, scales=await chart.scales(reader, book))


@get("/bills/{bill:str}", guards=[needs(Permission.READ)])
async def bill_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    bill: FromPath[str],
) -> Response[Any]:
    """One bill."""
    return await _show(pages, services, principal, bill)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book = services.reader, principal.book
    whole = await queries.whole(reader, book, identity)
    bill = whole.bill
    months = []
    if bill.state in (BillState.OPEN, BillState.DUE):
        months = [
            (str(term), f"{term} · {money(plan.instalments[0].total, bill.asset)} · {money(plan.interest, bill.asset)}")
            for term, plan, _ in await queries.plans(reader, book, whole)
        ]
    initial = {"wallet": bill.wallet, "amount": major(whole.owed.payoff.total or bill.amount).replace(",", "")}
    choices = {"wallet": await wallet_choices(pages, reader, book, bill.party, bill.asset), "months": months}
    return await pages.render(
        "credit/bill.html",
        status=status,
        whole=whole,
        bill=bill,
        product=await products.product(reader, book, bill.product, bill.version),
        holder=(await named(reader, book, [bill]))[0]["holder_name"],
        history=await history(reader, book, f"bill:{identity}"),
        forms=action_forms(pages, ON_BILL, whole, choices=choices, initial=initial, submission=submission),
        scales=await chart.scales(reader, book),
        may_post=principal.may(Permission.POST),
        problem=None if submission is None else submission.problem,
    )


@post("/bills/{bill:str}", status_code=200, guards=[needs(Permission.READ)])
async def act_on_bill(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    bill: FromPath[str],
) -> Response[Any]:
    """Take what a customer pays, turn a bill into instalments, or take what the payee gives back."""
    found = await queries.bill(services.reader, principal.book, bill)
    show = partial(_show, pages, services, principal, bill)
    return await submit_action(
        pages, ON_BILL, show, lambda _: f"{BILLS}/{bill}", target={"bill": bill}, asset=found.asset
    )


handlers = (list_bills, bill_page, act_on_bill)
