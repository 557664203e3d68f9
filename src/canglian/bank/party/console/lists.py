"""The black and the grey list."""

import secrets
from functools import partial
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.party.api.paths import ReasonBody
from canglian.bank.party.commands import AddListEntry, EndListEntry
from canglian.bank.party.console.people import business_date
from canglian.bank.party.model import Colour, ListedBy
from canglian.bank.party.queries import lists
from canglian.bank.party.queries.lists import EntryFilter
from canglian.bank.party.requests import ListRequest, sealer_for
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.web.console import Pages
from canglian.web.console.forms import KEY, read
from canglian.web.console.submitting import Form, submit_form
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

PATH = "/console/lists"


@get("/lists", guards=[needs(Permission.READ)])
async def lists_page(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """Who is on which list."""
    return await _show(pages, services, principal)


async def _show(
    pages: Pages, services: Services, principal: Principal, status: int = 200, **more: Any
) -> Response[Any]:
    query = pages.request.query_params
    colour = query.get("colour")
    asked = EntryFilter(
        colour=Colour(colour) if colour in set(Colour) else None, ended=None if query.get("ended") == "yes" else False
    )
    today = await business_date(services, principal)
    order = Order("-id", query.get("cursor") or None, LIMIT_MAX)
    page = await lists.entries(services.reader, principal.book, today, asked, order)
    return await pages.render(
        "party/lists.html",
        status=status,
        page=page,
        colours=list(Colour),
        kinds=list(ListedBy),
        may_post=principal.may(Permission.POST),
        may_approve=principal.may(Permission.APPROVE),
        key=secrets.token_hex(8),
        **{"problem": None, "values": {}, **more},
    )


@post("/lists", status_code=200, guards=[needs(Permission.POST)])
async def add_entry(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """Put somebody on a list."""

    async def made(form: Form) -> AddListEntry:
        sealer = await sealer_for(services, principal, form.get(KEY) or None)
        return read(form, ListRequest).command(sealer)

    return await submit_form(pages, made, partial(_show, pages, services, principal), PATH)


@post("/lists/{entry:str}", status_code=200, guards=[needs(Permission.APPROVE)])
async def end_entry(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    entry: FromPath[str],
) -> Response[Any]:
    """Take somebody off a list."""

    def made(form: Form) -> EndListEntry:
        return EndListEntry(entry=entry, reason=read(form, ReasonBody).reason)

    async def again(values: Form, **more: Any) -> Response[Any]:  # what was typed belongs to one entry, not to the form
        return await _show(pages, services, principal, **more)

    return await submit_form(pages, made, again, PATH)


handlers = (lists_page, add_entry, end_entry)
