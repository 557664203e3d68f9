"""One merchant: what it is owed, its orders and payments, what may be done now; and the form of a new one."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.party.queries import parties
from canglian.bank.payment.actions import (
    CHANGE,
    CLOSE_MERCHANT,
    ON_MERCHANT,
    OPEN,
    REGISTER,
    RESUME,
    RISK,
    SUSPEND,
)
from canglian.bank.payment.availability import Closing
from canglian.bank.payment.console.lists import MERCHANTS, ORDERS, with_merchants
from canglian.bank.payment.model import Merchant, MerchantStaff, MerchantStore, PaymentOrder
from canglian.bank.payment.queries import figures, merchants, orders, payments, stores
from canglian.bank.payment.queries.orders import OrderFilter
from canglian.bank.payment.queries.payments import PaymentFilter
from canglian.bank.payment.store_actions import ADD_STAFF, ADD_STORE, CLOSE_STORE, REMOVE_STAFF, REOPEN_STORE
from canglian.bank.purpose.custody import queries as custody
from canglian.bank.purpose.custody.queries import OfferFilter, PrepaidTotals
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Order
from canglian.ledger.queries.history import history
from canglian.web.actions import Action
from canglian.web.console import Pages
from canglian.web.console.actions import Choices, Submission, action_forms, submit_action
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

SHOWN_MAX = 15
"""How many orders and payments a page shows."""

ON_STORES = (CLOSE_STORE, REOPEN_STORE)
ON_STAFF = (REMOVE_STAFF,)

_KEPT = ("name", "category", "region", "store", "party", "payout_wallet", "payout_account", "fees")
"""What the form of a change has at first."""


@get("/merchants/{merchant:str}", guards=[needs(Permission.READ)])
async def merchant_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    merchant: FromPath[str],
) -> Response[Any]:
    """One merchant."""
    return await _show(pages, services, principal, merchant)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    reader, book, order = services.reader, principal.book, Order(limit=SHOWN_MAX)
    whole = await merchants.whole(reader, book, identity)
    totals = await custody.totals(reader, book, identity)
    opened = (await orders.orders(reader, book, OrderFilter(merchant=identity), order)).items
    paid = (await payments.payments(reader, book, PaymentFilter(merchant=identity), order)).items
    return await pages.render(
        "payment/merchant.html",
        status=status,
        merchant=whole.merchant,
        owed=whole.owed,
        orders=opened,
        payments=await with_merchants(services, book, paid),
        stores=await _rows(pages, ON_STORES, await stores.stores_of(reader, book, identity), "store", submission),
        staff=await _rows(pages, ON_STAFF, await stores.staff_of(reader, book, identity), "staff", submission),
        names=await _names(reader, book, identity),
        history=await history(reader, book, f"merchant:{identity}"),
        forms=await _forms(pages, services, book, whole.merchant, totals, submission),
        totals=totals,
        offers=(await custody.offers(reader, book, OfferFilter(payee=identity), order)).items,
        may_post=principal.may(Permission.POST),
        problem=None if submission is None else submission.problem,
    )


async def _forms(
    pages: Pages,
    services: Services,
    book: int,
    merchant: Merchant,
    totals: PrepaidTotals,
    submission: Submission | None,
) -> list[Any]:
    """A new order first; then what may be done to the merchant, the change with what stands there now."""
    stands = {name: str(getattr(merchant, name) or "") for name in _KEPT}
    stands["origins"] = " ".join(merchant.origins)
    choices = await _choices(pages, services, book)
    return [
        *action_forms(pages, [OPEN], merchant, submission=submission),
        *action_forms(pages, [CHANGE], merchant, choices=choices, initial=stands, submission=submission),
        *action_forms(pages, [ADD_STORE, ADD_STAFF], merchant, submission=submission),
        *action_forms(pages, [SUSPEND, RESUME, RISK], merchant, submission=submission),
        *action_forms(pages, [CLOSE_MERCHANT], Closing(merchant, totals), submission=submission),
    ]


async def _rows(
    pages: Pages, actions: Sequence[Action], found: Sequence[Any], field: str, submission: Submission | None
) -> list[tuple[Any, list[Any]]]:
    """Stores or people, each with what may be done to it."""
    return [(row, action_forms(pages, actions, row, target={field: row.id}, submission=submission)) for row in found]


async def _names(reader: Reader, book: int, merchant: str) -> dict[str, str]:
    """The names of those who work for a merchant, masked."""
    staff = await stores.staff_of(reader, book, merchant)
    return await parties.names(reader, book, [each.party for each in staff])


async def _choices(pages: Pages, services: Services, book: int) -> Choices:
    """The schedules of fees by their names."""
    found = {schedule.code: pages._(schedule.name) for schedule in await figures.schedules(services.reader, book)}
    return {"fees": list(found.items())}


@post("/merchants/{merchant:str}", status_code=200, guards=[needs(Permission.POST)])
async def act_on_merchant(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    merchant: FromPath[str],
) -> Response[Any]:
    """What an operator does to a merchant; an order that was opened has its own page."""
    await merchants.merchant(services.reader, principal.book, merchant)
    return await submit_action(
        pages,
        (OPEN, *ON_MERCHANT, ADD_STORE, ADD_STAFF, *ON_STORES, *ON_STAFF),
        partial(_show, pages, services, principal, merchant),
        _to,
        target={"merchant": merchant},
    )


def _to(result: Merchant | PaymentOrder | MerchantStore | MerchantStaff) -> str:
    if isinstance(result, MerchantStore | MerchantStaff):
        return f"{MERCHANTS}/{result.merchant}"
    return f"{ORDERS if isinstance(result, PaymentOrder) else MERCHANTS}/{result.id}"


@get("/merchants/new", guards=[needs(Permission.POST)])
async def new_merchant(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """The form of a new merchant; the address may name its owner."""
    await pages.picks.show("party", "party", request.query_params.get("party", ""))
    return await _form(pages, services, principal, request.query_params)


async def _form(
    pages: Pages,
    services: Services,
    principal: Principal,
    initial: Any = None,
    *,
    status: int = 200,
    submission: Submission | None = None,
) -> Response[Any]:
    choices = await _choices(pages, services, principal.book)
    (form,) = action_forms(pages, [REGISTER], choices=choices, initial=initial, submission=submission)
    problem = None if submission is None else submission.problem
    return await pages.render("payment/new.html", status=status, form=form, problem=problem)


@post("/merchants/new", status_code=200, guards=[needs(Permission.POST)])
async def register_merchant(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """Register a merchant at the counter."""
    return await submit_action(pages, [REGISTER], partial(_form, pages, services, principal), _to)


handlers = (merchant_page, act_on_merchant, new_merchant, register_merchant)
