"""The products and the figures of wallets: what applies, what applied, and the forms of new versions."""

import secrets
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from canglian.bank.party import Level
from canglian.bank.wallet.commands import AddWalletPolicy, SetWalletProduct
from canglian.bank.wallet.model import WalletProduct
from canglian.bank.wallet.queries import figures
from canglian.kernel.amounts import major
from canglian.kernel.errors import CanglianError
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.versions import in_force
from canglian.web.console import Pages
from canglian.web.console.forms import form_values, read, read_money, submit
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

PRODUCTS = "/console/wallet-products"
POLICIES = "/console/wallet-policies"
FIGURES = (
    "number_prefix",
    "code_seconds",
    "pay_code_max",
    "pin_tries",
    "pin_lock_minutes",
    "devices_max",
    "pockets_max",
)
TICKED = ("document", "account", "anonymous", "active")


@get("/wallet-products", guards=[needs(Permission.READ)])
async def product_page(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """The products and their versions; the address may choose one for the form."""
    return await _products(pages, services, principal, chosen=request.query_params.get("code"))


async def _products(
    pages: Pages,
    services: Services,
    principal: Principal,
    status: int = 200,
    *,
    chosen: str | None = None,
    values: dict[str, Any] | None = None,
    problem: Any = None,
) -> Response[Any]:
    versions = await figures.products(services.reader, principal.book)
    today = (await book_figures(services.reader, principal.book)).today
    applying = _applying(versions, today)
    known = {one.code: one for one in applying}
    shown = values
    if shown is None and chosen in known:
        shown = {**msgspec.structs.asdict(known[chosen]), "effective_from": "", "note": ""}
    return await pages.render(
        "wallet/products.html",
        status=status,
        applying=applying,
        versions=versions,
        values=shown,
        levels=[level.value for level in Level],
        ticked=TICKED,
        may_change=principal.may(Permission.ADMINISTER),
        key=secrets.token_hex(8),
        problem=problem,
    )


def _applying(versions: list[WalletProduct], today: Any) -> list[WalletProduct]:
    found = [in_force((one for one in versions if one.code == code), today) for code in {one.code for one in versions}]
    return sorted((one for one in found if one is not None), key=lambda one: one.code)


@post("/wallet-products", status_code=200, guards=[needs(Permission.ADMINISTER)])
async def set_product(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Add a version to a product."""
    form = await form_values(request)
    try:
        fields: dict[str, Any] = {**form, **{name: form.get(name) == "yes" for name in TICKED}}
        command = read(fields, SetWalletProduct)
        (await submit(services, principal, command, form)).unwrap()
    except CanglianError as error:
        return await _products(pages, services, principal, 422, values=form, problem=pages.refusal(error))
    return Redirect(PRODUCTS, status_code=303)


@get("/wallet-policies", guards=[needs(Permission.READ)])
async def policy_page(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """The figures and their versions."""
    return await _policies(pages, services, principal)


async def _policies(
    pages: Pages,
    services: Services,
    principal: Principal,
    status: int = 200,
    *,
    values: dict[str, Any] | None = None,
    problem: Any = None,
) -> Response[Any]:
    versions = await figures.policies(services.reader, principal.book)
    today = (await book_figures(services.reader, principal.book)).today
    applies = await figures.policy_on(services.reader, principal.book, today)
    applied = {**msgspec.structs.asdict(applies), "pay_code_max": major(applies.pay_code_max)}
    return await pages.render(
        "wallet/policy.html",
        status=status,
        versions=versions,
        applies=applies,
        figures=FIGURES,
        values=values or {**applied, "effective_from": "", "note": ""},
        may_change=principal.may(Permission.ADMINISTER),
        key=secrets.token_hex(8),
        problem=problem,
    )


@post("/wallet-policies", status_code=200, guards=[needs(Permission.ADMINISTER)])
async def add_policy(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Add a version of the figures."""
    form = await form_values(request)
    try:
        fields: dict[str, Any] = dict(form)
        if fields.get("pay_code_max"):
            fields["pay_code_max"] = read_money(form, "pay_code_max")
        command = read(fields, AddWalletPolicy)
        (await submit(services, principal, command, form)).unwrap()
    except CanglianError as error:
        return await _policies(pages, services, principal, 422, values=form, problem=pages.refusal(error))
    return Redirect(POLICIES, status_code=303)


handlers = (product_page, set_product, policy_page, add_policy)
