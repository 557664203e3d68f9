"""API keys of this book, for its administrators."""

from datetime import timedelta
from functools import partial
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from canglian.kernel.errors import NotFound
from canglian.kernel.queries.paging import Order, Page
from canglian.kernel.values import SYSTEM_BOOK, utc_now
from canglian.web.console import Choice, Column, Filter, ListSpec, list_page
from canglian.web.console.forms import form_values, read, submit
from canglian.web.console.pages import Pages
from canglian.web.console.submitting import Form, answer_form
from canglian.web.principal import Permission, Principal, Role, needs
from canglian.web.services import Services
from canglian.web.system import queries
from canglian.web.system.access import create_key
from canglian.web.system.api import KeyRequest, shown
from canglian.web.system.commands import RevokeApiKey

PATH = "/console/keys"


_LIST = ListSpec(
    "keys",
    "API keys",
    "API clients of this book.",
    [
        Column("key", "Key", "code"),
        Column("name", "Name", sort="name", phone=True),
        Column("role", "Role", "words", phone=True),
        Column("client", "Client", "code"),
        Column("state", "State", "state", phone=True),
        Column("created_at", "Created", "when", sort="created_at"),
        Column("created_by", "Created by", "actor"),
        Column("expires_at", "Ends", "when", sort="expires_at"),
    ],
    [
        Filter("text", "Name or client", "search"),
        Filter("role", "Role", choices=[Choice(role.value, f"role.{role.value}") for role in Role]),
        Filter(
            "state", "State", choices=[Choice(state, f"state.{state}") for state in ("active", "expired", "revoked")]
        ),
    ],
    href=PATH + "/{id}",
    empty="No API keys yet.",
    sort="-created_at",
)


def _row(key: queries.KeyRow) -> dict[str, Any]:
    return {**msgspec.structs.asdict(key), "role": f"role.{key.role}", "key": f"ck_{key.id}_…"}


async def _show(pages: Pages, principal: Principal, status: int = 200, **more: Any) -> Response[Any]:
    query = pages.request.query_params
    asked = queries.KeyFilter(query.get("role") or None, query.get("state") or None, query.get("text") or None)

    async def page(order: Order) -> Page[Any]:
        found = await queries.keys_of(pages.services.reader, principal.book, asked, order)
        return Page([_row(key) for key in found.items], found.next_cursor)

    given: dict[str, Any] = {"secret": None, "problem": None, "values": {}, **more}
    return await list_page(pages, _LIST, page, template="system/keys.html", status=status, roles=list(Role), **given)


@get("/keys", guards=[needs(Permission.ADMINISTER)])
async def list_keys(pages: NamedDependency[Pages], principal: NamedDependency[Principal]) -> Response[Any]:
    """The API keys of this book."""
    return await _show(pages, principal)


@get("/keys/{key:str}", guards=[needs(Permission.ADMINISTER)])
async def key_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    key: FromPath[str],
) -> Response[Any]:
    """One API key, by what may be shown of it."""
    found = await queries.key(services.reader, key)
    if found is None or found.of_book != principal.book:
        raise NotFound("api_key.not_found", api_key=key)
    return await pages.render("system/key.html", one=shown(found), now=utc_now())


@post("/keys", status_code=200, guards=[needs(Permission.ADMINISTER)])
async def make_key(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Make a key; it is shown once."""

    async def make(form: Form) -> Response[Any]:
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
        return await _show(pages, principal, secret=secret)

    return await answer_form(pages, make, partial(_show, pages, principal))


@post("/keys/{key:str}/revoke", status_code=200, guards=[needs(Permission.ADMINISTER)])
async def revoke_key(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    key: FromPath[str],
) -> Response[Any]:
    """Shut a program out."""
    await form_values(request)
    (await submit(services, principal, RevokeApiKey(key=key, of_book=principal.book), {}, book=SYSTEM_BOOK)).unwrap()
    services.forget_key(key)
    return Redirect(f"{PATH}/{key}", status_code=303)


handlers = (list_keys, key_page, make_key, revoke_key)
