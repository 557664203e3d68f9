"""Where somebody is signed in, and signing out there."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from canglian.bank.party.commands import EndPersonSession, EndPersonSessions
from canglian.bank.party.queries import entrance
from canglian.kernel.errors import NotFound
from canglian.kernel.values import utc_now
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import form_values, submit
from canglian.web.services import Services


@get("/devices", guards=[signed_in])
async def devices_page(
    pages: NamedDependency[MobilePages], services: NamedDependency[Services], person: NamedDependency[Person]
) -> Response[bytes]:
    """The sessions that go on, this one among them."""
    found = [] if person.party is None else await _sessions(services, person)
    return pages.render("party/mobile/devices.html", sessions=found)


async def _sessions(services: Services, person: Person) -> list[entrance.SessionView]:
    return await entrance.sessions_of(services.reader, person.book, person.party or "", utc_now())


@post("/devices/{session:str}/end", status_code=200, guards=[signed_in])
async def end_session(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
    session: FromPath[str],
) -> Response[Any]:
    """Sign out on another device."""
    form = await form_values(request)
    if person.party is None or all(known.id != session for known in await _sessions(services, person)):
        raise NotFound("person_session.not_found", person_session=session)
    (await submit(services, person, EndPersonSession(session=session), form)).unwrap()
    return Redirect("/m/devices", status_code=303)


@post("/devices/end-others", status_code=200, guards=[signed_in])
async def end_others(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
) -> Response[Any]:
    """Sign out everywhere but here."""
    form = await form_values(request)
    if person.party is not None:
        (await submit(services, person, EndPersonSessions(party=person.party, keep=person.session), form)).unwrap()
    return Redirect("/m/devices", status_code=303)


handlers = (devices_page, end_session, end_others)
