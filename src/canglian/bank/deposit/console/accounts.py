"""Deposit accounts: the list by masks, and the search by a whole number."""

from datetime import date
from functools import partial
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from canglian.bank.deposit.model import AccountState, ProductClass
from canglian.bank.deposit.queries import accounts
from canglian.bank.deposit.queries.accounts import DepositFilter, DepositView
from canglian.bank.deposit.requests import NumberSearch
from canglian.kernel.errors import NotFound
from canglian.kernel.queries.paging import Order, Page
from canglian.ledger.queries import chart
from canglian.web.additions import PageLink
from canglian.web.console import Choice, Column, Filter, ListSpec, Pages, list_page
from canglian.web.console.forms import read
from canglian.web.console.submitting import Form, answer_form
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

PATH = "/console/deposits"

_LIST = ListSpec(
    "deposits",
    "Deposit accounts",
    "Customer accounts (masked). Enter a full account number to find one.",
    [
        Column("number", "Account number", "code", phone=True),
        Column("holder", "Holder", phone=True),
        Column("product", "Product", "word", family="code", phone=True),
        Column("state", "State", "state", phone=True),
        Column("stopped", "Restrictions", "words", phone=True),
        Column("balance", "Balance", "money", sort="balance", phone=True),
        Column("available", "Available", "money"),
        Column("level", "Verified", "state"),
        Column("opened_on", "Opened", "day", sort="opened_on"),
        Column("channel", "Channel", "word", family="channel"),
        Column("id", "Id", "code", sort="id"),
    ],
    [
        Filter(
            "class",
            "Class",
            choices=[
                Choice(product_class.value, f"product_class.{product_class.value}") for product_class in ProductClass
            ],
            field="product_class",
        ),
        Filter(
            "state",
            "State",
            choices=[Choice(state.value, f"state.{state.value}") for state in AccountState],
            field="state",
        ),
        Filter("stopped", "Frozen", choices=[Choice("yes", "yes"), Choice("no", "no")]),
        Filter("party", "Holder", pick="party"),
        Filter("balance", "Balance", "money"),
        Filter("opened_on", "Opened", "date", earlier=("since", "until")),
        Filter("channel", "Channel", field="channel"),
    ],
    href=PATH + "/{id}",
    empty="No deposit account has been opened yet.",
    sort="-id",
    key="id",
)
_NEW = PageLink("Open an account", f"{PATH}/new", "plus", Permission.POST)


class Row(msgspec.Struct, frozen=True):
    """An account as a row of the list."""

    id: str
    number: str
    holder: str | None
    product: str
    state: str
    stopped: str | None
    balance: int
    available: int
    asset: str
    level: str
    opened_on: date
    channel: str


def stops(account: DepositView) -> str | None:
    """What stands still on an account, as a message id."""
    if account.stops_in and account.stops_out:
        return "freeze_kind.whole"
    if account.stops_in or account.stops_out:
        return "freeze_kind.in" if account.stops_in else "freeze_kind.out"
    return "freeze_kind.counter_only" if account.counter_only else None


def row(account: DepositView) -> Row:
    """An account with its words."""
    return Row(
        account.id,
        account.number,
        account.holder,
        account.product,
        account.state.value,
        stops(account),
        account.balance,
        account.available,
        account.asset,
        account.level.value,
        account.opened_on,
        account.channel,
    )


def _filter(query: Any) -> DepositFilter:
    kind, state, stopped = query.get("class"), query.get("state"), query.get("stopped")
    return DepositFilter(
        party=query.get("party") or None,
        product_class=ProductClass(kind) if kind in set(ProductClass) else None,
        state=AccountState(state) if state in set(AccountState) else None,
        stopped={"yes": True, "no": False}.get(stopped or ""),
        opened_since=day(query.get("since")),
        opened_until=day(query.get("until")),
    )


def day(text: str | None) -> date | None:
    """A date of the address, if it is one."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


@get("/deposits", guards=[needs(Permission.READ)])
async def list_deposits(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """All accounts, by masks."""
    return await _list(pages, request, services, principal)


async def _list(
    pages: Pages,
    request: Request[Any, Any, Any],
    services: Services,
    principal: Principal,
    *,
    status: int = 200,
    problem: Any = None,
    values: Any = None,
) -> Response[Any]:
    """The list, with what was wrong with a number that was looked for; the number itself is not shown again."""
    asked = _filter(request.query_params)

    async def read_page(order: Order) -> Page[Row]:
        page = await accounts.accounts(services.reader, principal.book, asked, order)
        return Page([row(account) for account in page.items], page.next_cursor)

    scales = await chart.scales(services.reader, principal.book)
    return await list_page(
        pages,
        _LIST,
        read_page,
        template="deposit/accounts.html",
        status=status,
        actions=[_NEW],
        scales=scales,
        problem=problem,
    )


@post("/deposits/search", status_code=200, guards=[needs(Permission.READ)])
async def search_deposit(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """The account with a whole number is opened at once."""

    async def find(form: Form) -> str:
        index = read(form, NumberSearch).index(services)
        found = await accounts.by_index(services.reader, principal.book, index)
        if found is None:
            raise NotFound("deposit_account.number_unknown", field="number")
        return f"{PATH}/{found.id}"

    return await answer_form(pages, find, partial(_list, pages, request, services, principal))


handlers = (list_deposits, search_deposit)
