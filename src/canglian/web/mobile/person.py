"""Who is asking on a person's pages, and the guard that every route there has unless it is open to everybody."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler
from litestar.types import ASGIApp, Receive, Scope, Send

from canglian.kernel.errors import Unauthenticated, declare
from canglian.web.services import Services, services_of

declare({"person.required": "Sign in to go on."})


class Person(msgspec.Struct, frozen=True):
    """Somebody with a session. ``party`` is None for a mobile that nobody has yet.

    ``name`` and ``mobile`` are masks; ``full_name`` is for the eyes of this person alone. ``actor`` goes into the
    command log, ``scope`` keeps the idempotency keys of one person apart from those of another. ``proved`` is what a
    PIN has proved a moment ago.
    """

    book: int
    session: str
    party: str | None
    name: str
    mobile: str
    mobile_index: str
    level: str
    actor: str
    scope: str
    role: str
    proved: str | None = None
    full_name: str = ""


Who = Callable[[Services, str], Awaitable[Person | None]]
"""Says whose session a cookie carries."""

STATE = "person"


def cookie_name(services: Services) -> str:
    """The cookie of a person's session; it is not the console's."""
    return "__Host-canglian-person" if services.settings.has_secure_cookies else "canglian_person"


def person_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Person | None:
    """The person of the request; None without a session."""
    state: Any = connection.scope["state"]
    return state.get(STATE)


def signed_in(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """The guard of a route that is for somebody. Unauthenticated ``person.required``."""
    if person_of(connection) is None:
        raise Unauthenticated("person.required")


def identifying(who: Who) -> Callable[[ASGIApp], ASGIApp]:
    """Middleware that finds the person of a request."""

    def around(app: ASGIApp) -> ASGIApp:
        async def identify(scope: Scope, receive: Receive, send: Send) -> None:
            connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
            services = services_of(connection)
            token = connection.cookies.get(cookie_name(services))
            state: Any = scope["state"]
            state[STATE] = None if not token else await who(services, token)
            await app(scope, receive, send)

        return identify

    return around
