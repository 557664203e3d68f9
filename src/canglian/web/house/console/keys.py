"""API keys of this book, for its administrators."""

from datetime import timedelta
from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect

from canglian.kernel.errors import CanglianError
from canglian.kernel.values import HOUSE, utc_now
from canglian.web.answers import Given
from canglian.web.console.forms import ask, read, sent
from canglian.web.console.pages import Pages
from canglian.web.house import queries
from canglian.web.house.access import create_key
from canglian.web.house.api import KeyRequest, shown
from canglian.web.house.commands import RevokeApiKey
from canglian.web.principal import Permission, Principal, Role, needs
from canglian.web.services import Services

PATH = "/console/keys"


async def _show(pages: Pages, principal: Principal, status: int = 200, **more: Any) -> Response[Any]:
    keys = [shown(key) for key in await queries.keys(pages.services.reader, principal.book)]
    given: dict[str, Any] = {"secret": None, "problem": None, "values": {}, **more}
    return await pages.render("house/keys.html", status=status, keys=keys, roles=list(Role), now=utc_now(), **given)


@get("/keys", guards=[needs(Permission.ADMINISTER)])
async def list_keys(pages: Given[Pages], principal: Given[Principal]) -> Response[Any]:
    """The API keys of this book."""
    return await _show(pages, principal)


@post("/keys", status_code=200, guards=[needs(Permission.ADMINISTER)])
async def make_key(
    pages: Given[Pages], request: Request[Any, Any, Any], services: Given[Services], principal: Given[Principal]
) -> Response[Any]:
    """Make a key; it is shown once."""
    form = await sent(request)
    try:
        asked = read({name: form.get(name, "") for name in ("name", "role", "client")}, KeyRequest)
        days = form.get("days", "")
        _, secret = await create_key(
            services,
            name=asked.name,
            of_book=principal.book,
            role=asked.role,
            client=asked.client,
            actor=principal.actor,
            expires_at=utc_now() + timedelta(days=int(days)) if days.isdecimal() and int(days) < 36500 else None,
        )
    except CanglianError as error:
        return await _show(pages, principal, 422, problem=pages.refusal(error), values=form)
    return await _show(pages, principal, secret=secret)


@post("/keys/{key:str}/revoke", status_code=200, guards=[needs(Permission.ADMINISTER)])
async def revoke_key(
    pages: Given[Pages],
    request: Request[Any, Any, Any],
    services: Given[Services],
    principal: Given[Principal],
    key: FromPath[str],
) -> Response[Any]:
    """Shut a program out."""
    await sent(request)
    (await ask(services, principal, RevokeApiKey(key=key, of_book=principal.book), {}, book=HOUSE)).unwrap()
    services.forget_key(key)
    return Redirect(PATH, status_code=303)


handlers = (list_keys, make_key, revoke_key)
