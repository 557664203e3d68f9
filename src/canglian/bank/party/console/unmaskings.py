"""What somebody was let see: the line that says so, and one more look at it by nobody else, for some minutes."""

import secrets
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.party.api.leaving import NO_STORE
from canglian.bank.party.console.people import business_date
from canglian.bank.party.disclosing import Disclosed, look_again
from canglian.bank.party.model import Field, Unmasking
from canglian.bank.party.queries import lists, parties
from canglian.bank.party.rules import readable_until
from canglian.kernel.values import utc_now
from canglian.web.console import Pages
from canglian.web.console.forms import KEY
from canglian.web.console.pages import SECURITY
from canglian.web.console.submitting import Form, answer_form
from canglian.web.operations import JSON
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get("/unmaskings/{unmasking:str}", guards=[needs(Permission.READ)])
async def unmasking_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    unmasking: FromPath[str],
) -> Response[Any]:
    """What one was let see oneself, not yet in plain."""
    return await _show(pages, services, principal, unmasking)


async def _show(
    pages: Pages,
    services: Services,
    principal: Principal,
    identity: str,
    status: int = 200,
    *,
    seen: Disclosed | None = None,
    problem: Any = None,
    values: Any = None,
) -> Response[Any]:
    """The page; what was typed is only the button that was pressed. NotFound for another's unmasking."""
    found = await parties.unmasking_by(services.reader, principal.book, identity, principal.actor)
    party = await parties.masked(services.reader, principal.book, found.party)
    until = await _until(services, principal, found)
    page = await pages.render(
        "party/unmasking.html",
        status=status,
        unmasking=found,
        party=party,
        until=until,
        is_over=until < utc_now(),
        fields=list(Field),
        seen=None if seen is None else msgspec.to_builtins(seen),
        key=secrets.token_hex(8),
        problem=problem,
    )
    page.headers.update(NO_STORE)
    return page


async def _until(services: Services, principal: Principal, unmasking: Unmasking) -> datetime:
    today = await business_date(services, principal)
    return readable_until(unmasking, await lists.policy_on(services.reader, principal.book, today))


@post("/unmaskings/{unmasking:str}", status_code=200, guards=[needs(Permission.READ)])
async def look(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    unmasking: FromPath[str],
) -> Response[Any]:
    """Look at it: on the page, or as the file for the person; the line that says so was committed before."""

    async def show(form: Form) -> Response[Any]:
        shown, all_else = await look_again(services, principal, unmasking, form.get(KEY) or None)
        if all_else is None:
            return await _show(pages, services, principal, unmasking, seen=shown.data)
        return as_file(shown.unmasking.party, all_else)

    return await answer_form(pages, show, partial(_show, pages, services, principal, unmasking))


def as_file(party: str, content: dict[str, Any]) -> Response[bytes]:
    """Everything that is held about a party, as a file for the person."""
    headers = {**SECURITY, **NO_STORE, "content-disposition": f'attachment; filename="{party}.json"'}
    return Response(msgspec.json.format(msgspec.json.encode(content)), media_type=JSON, headers=headers)


handlers = (unmasking_page, look)
