"""Products and figures: what applies, what applied, and the forms of new versions."""

import secrets
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from canglian.bank.deposit.commands import AddDepositPolicy, SetDepositProduct
from canglian.bank.deposit.model import ProductClass, UnboundIn
from canglian.bank.deposit.queries import products
from canglian.kernel.errors import CanglianError, Malformed
from canglian.kernel.queries.observing import book_figures
from canglian.web.console import Pages
from canglian.web.console.forms import form_values, read, submit
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

PATH = "/console/deposit-products"
POLICIES = "/console/deposit-policies"
FIGURES = (
    "number_prefix",
    "settlement_day",
    "settlement_months",
    "confirmation_max",
    "confirmation_tries",
    "confirmation_hours",
)


@get("/deposit-products", guards=[needs(Permission.READ)])
async def products_page(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """All products with their versions."""
    return await _products(pages, services, principal)


async def _products(
    pages: Pages, services: Services, principal: Principal, status: int = 200, **more: Any
) -> Response[Any]:
    today = (await book_figures(services.reader, principal.book)).today
    found = await products.products(services.reader, principal.book, today)
    code = pages.request.query_params.get("product", "")
    chosen = next((one.in_force for one in found if one.code == code and one.in_force is not None), None)
    values = {} if chosen is None else {**msgspec.to_builtins(chosen), "effective_from": "", "note": ""}
    return await pages.render(
        "deposit/products.html",
        status=status,
        products=found,
        today=today,
        classes=list(ProductClass),
        unbound=list(UnboundIn),
        may_change=principal.may(Permission.ADMINISTER),
        key=secrets.token_hex(8),
        **{"problem": None, "values": values, **more},
    )


@post("/deposit-products", status_code=200, guards=[needs(Permission.ADMINISTER)])
async def set_product(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Add a version."""
    form = await form_values(request)
    try:
        ticks = {name: form.get(name) == "yes" for name in ("remote_opening", "active")}
        command = read({**form, **ticks}, SetDepositProduct)
        (await submit(services, principal, command, form)).unwrap()
    except CanglianError as error:
        return await _products(pages, services, principal, 422, problem=pages.refusal(error), values=form)
    return Redirect(PATH, status_code=303)


@get("/deposit-policies", guards=[needs(Permission.READ)])
async def policies_page(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """The figures with their versions."""
    return await _policies(pages, services, principal)


async def _policies(
    pages: Pages, services: Services, principal: Principal, status: int = 200, **more: Any
) -> Response[Any]:
    reader, book = services.reader, principal.book
    today = (await book_figures(reader, book)).today
    applies = await products.policy_on(reader, book, today)
    values = {**msgspec.structs.asdict(applies), "effective_from": "", "note": ""}
    values["settlement_months"] = " ".join(map(str, applies.settlement_months))
    return await pages.render(
        "deposit/policies.html",
        status=status,
        versions=await products.policies(reader, book),
        applies=applies,
        figures=FIGURES,
        may_change=principal.may(Permission.ADMINISTER),
        key=secrets.token_hex(8),
        **{"problem": None, "values": values, **more},
    )


@post("/deposit-policies", status_code=200, guards=[needs(Permission.ADMINISTER)])
async def add_policy(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Add a version."""
    form = await form_values(request)
    try:
        command = read({**form, "settlement_months": _months(form.get("settlement_months", ""))}, AddDepositPolicy)
        (await submit(services, principal, command, form)).unwrap()
    except CanglianError as error:
        return await _policies(pages, services, principal, 422, problem=pages.refusal(error), values=form)
    return Redirect(POLICIES, status_code=303)


def _months(text: str) -> list[int]:
    """Months as somebody writes them: ``3 6 9 12`` or ``3,6,9,12``."""
    parts = text.replace(",", " ").replace("、", " ").split()
    if not parts or not all(part.isdecimal() and len(part) <= 2 for part in parts):
        raise Malformed("form.number", field="settlement_months")
    return [int(part) for part in parts]


handlers = (products_page, set_product, policies_page, add_policy)
