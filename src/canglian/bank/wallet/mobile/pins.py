"""Setting and changing the payment PIN; it is never typed into a text box."""

from functools import partial
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.wallet.mobile.owning import own_wallet, wallet_service
from canglian.bank.wallet.mobile.pin_pages import seen
from canglian.bank.wallet.model import Wallet
from canglian.bank.wallet.queries import wallets
from canglian.kernel.errors import CanglianError, NotFound, Rejection, declare
from canglian.web.console.submitting import or_again
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import form_values
from canglian.web.services import Services

declare({"wallet_pin.unlike": "The new PIN was typed differently the second time; type it again."})


@get("/wallets/{wallet:str}/pin", guards=[signed_in])
async def pin_page(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    wallet: FromPath[str],
) -> Response[bytes]:
    """Set a PIN, or another one."""
    return await _form(pages, services, person, await _parent(request, services, person, wallet))


async def _parent(request: Request[Any, Any, Any], services: Services, person: Person, wallet: str) -> Wallet:
    """A wallet with a PIN of its own."""
    found = await own_wallet(services, person, wallet)
    if found.parent is not None:
        raise NotFound("request.not_found", path=request.scope["path"])
    return found


async def _form(
    pages: MobilePages, services: Services, person: Person, wallet: Wallet, error: CanglianError | None = None
) -> Response[bytes]:
    stored = await wallets.pin_of(services.reader, person.book, wallet.id)
    return pages.render(
        "wallet/mobile/pin_set.html",
        error=error,
        wallet=await seen(services, person, wallet),
        change=stored is not None and stored.digest is not None,
    )


@post("/wallets/{wallet:str}/pin", status_code=200, guards=[signed_in])
async def set_pin(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    wallet: FromPath[str],
) -> Response[Any]:
    """Set it, after the one that there is has been looked at."""
    form = await form_values(request)
    found = await _parent(request, services, person, wallet)

    async def act() -> str:
        if form.get("pin") != form.get("again"):
            raise Rejection("wallet_pin.unlike", field="again")
        current = form.get("current") or None
        (await wallet_service(services, person, form).set_pin(found, form.get("pin", ""), current)).unwrap()
        return f"/m/wallets/{wallet}"

    return await or_again(act(), partial(_form, pages, services, person, found))


handlers = (pin_page, set_pin)
