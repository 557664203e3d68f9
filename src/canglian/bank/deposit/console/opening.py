"""The form at the counter: an account for somebody who was seen."""

import secrets
from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from canglian.bank.deposit.commands import OpenDepositAccount
from canglian.bank.deposit.console.accounts import PATH
from canglian.bank.deposit.console.offering import known_party, not_now, refused_for
from canglian.bank.deposit.queries import products
from canglian.bank.deposit.requests import DepositRequest, allot
from canglian.bank.deposit.rules import COUNTER
from canglian.kernel.queries.observing import book_figures
from canglian.web.console import Pages
from canglian.web.console.forms import KEY, read
from canglian.web.console.submitting import Form, submit_form
from canglian.web.form import Why
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get("/deposits/new", guards=[needs(Permission.POST)])
async def new_deposit(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """The form, with the holder filled in where the address names one."""
    values = {"party": request.query_params.get("party", ""), "product": request.query_params.get("product", "")}
    return await _form(pages, services, principal, values, None)


async def _form(
    pages: Pages, services: Services, principal: Principal, values: dict[str, str], problem: Any, status: int = 200
) -> Response[Any]:
    reader, book = services.reader, principal.book
    today = (await book_figures(reader, book)).today
    offered = [
        product.in_force for product in await products.products(reader, book, today) if product.in_force is not None
    ]
    offered = [product for product in offered if product.active]
    party, refused = values.get("party", ""), dict[str, Why]()
    if await known_party(pages, party):
        refused = await refused_for(pages, services, principal, party, offered)
    return await pages.render(
        "deposit/new.html",
        status=status,
        values=values,
        problem=problem,
        products=[product for product in offered if product.code not in refused],
        others=not_now(
            pages, party, {product.name: refused[product.code] for product in offered if product.code in refused}
        ),
        key=secrets.token_hex(8),
    )


@post("/deposits/new", status_code=200, guards=[needs(Permission.POST)])
async def open_deposit(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Open an account at the counter."""

    async def made(form: Form) -> OpenDepositAccount:
        asked = read({**form, "channel": COUNTER}, DepositRequest)
        return asked.command(await allot(services, principal, form.get(KEY) or None))

    again = partial(_form, pages, services, principal)
    return await submit_form(pages, made, again, lambda opened: f"{PATH}/{opened.id}")


handlers = (new_deposit, open_deposit)
