"""The form of a new wallet."""

import secrets
from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from canglian.bank.party.requests import sealer_for
from canglian.bank.wallet.api.bodies import WalletRequest
from canglian.bank.wallet.commands import OpenWallet
from canglian.bank.wallet.console.lists import CODES, PATH
from canglian.bank.wallet.service import WalletService
from canglian.web.console import Pages
from canglian.web.console.forms import KEY, read
from canglian.web.console.submitting import Form, answer_form
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get("/wallets/new", guards=[needs(Permission.POST)])
async def new_wallet(pages: NamedDependency[Pages], request: Request[Any, Any, Any]) -> Response[Any]:
    """The form of a new wallet; the address may name its holder."""
    query = request.query_params
    given = {name: query.get(name, "") for name in ("party", "deposit", "product")}
    return await _form(pages, given, None)


async def _form(pages: Pages, values: dict[str, str], problem: Any, status: int = 200) -> Response[Any]:
    return await pages.render(
        "wallet/new.html", status=status, values=values, problem=problem, products=CODES, key=secrets.token_hex(8)
    )


@post("/wallets/new", status_code=200, guards=[needs(Permission.POST)])
async def open_wallet(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Open a wallet at the counter."""

    async def open_at_counter(form: Form) -> str:
        asked = read(form, WalletRequest)
        service = WalletService.at_counter(services, principal, form.get(KEY) or None)
        sealer = await sealer_for(services, principal, service.key)
        command = OpenWallet(
            product=asked.product,
            number=await service.number(),
            channel=service.channel,
            party=asked.party,
            mobile=None if asked.mobile is None else sealer.mobile(asked.mobile),
            deposit=asked.deposit,
            name=asked.name,
            within=asked.within,
        )
        return f"{PATH}/{(await service.submit_keyed(command)).unwrap().id}"

    return await answer_form(pages, open_at_counter, partial(_form, pages))


handlers = (new_wallet, open_wallet)
