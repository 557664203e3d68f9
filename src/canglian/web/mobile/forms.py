"""Forms of a person's pages: read once, refused from elsewhere, done once however often they are sent."""

import secrets
from typing import Any, TypeVar

from litestar import Request

from canglian.kernel.command import Command, Outcome
from canglian.kernel.crypto import same_secret
from canglian.kernel.errors import Forbidden, Malformed
from canglian.web.console.forms import FIELD, KEY, from_here
from canglian.web.mobile.person import Person, person_of
from canglian.web.reading import form_of
from canglian.web.services import Services, services_of
from canglian.web.showing import remember_browser

R = TypeVar("R")

COOKIE = "canglian_person_form"
_ABOUT = "person form"


def form_token(request: Request[Any, Any, Any]) -> str:
    """The token of this session's forms, or of this browser's before there is a session."""
    return services_of(request).keyring.blind_index(browser_of(request), _ABOUT)


def browser_of(request: Request[Any, Any, Any]) -> str:
    """Whose browser asks: this session's, or the one that carries a cookie of forms before there is a session."""
    person = person_of(request)
    bound = person.session if person is not None else request.cookies.get(COOKIE) or _new(request)
    return remember_browser(request, bound)


def _new(request: Request[Any, Any, Any]) -> str:
    state: Any = request.scope["state"]
    if "form_cookie" not in state:
        state["form_cookie"] = secrets.token_urlsafe(16)
    return state["form_cookie"]


async def form_values(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The form's values, stripped. Raises Forbidden ``form.foreign``."""
    form = await form_of(request)
    values = {name: value.strip() for name, value in form.items() if isinstance(value, str)}
    token = values.pop(FIELD, "") or request.headers.get("x-form-token", "")
    if not from_here(request) or not same_secret(token, form_token(request)):
        raise Forbidden("form.foreign")
    return values


def new_key() -> str:
    """The idempotency key of a form that is about to be shown."""
    return secrets.token_hex(12)


def key_of(values: dict[str, str]) -> str | None:
    """The idempotency key that a form carries."""
    return values.get(KEY) or None


async def submit(services: Services, person: Person, command: Command[R], values: dict[str, str]) -> Outcome[R]:
    """Submit a form's command under the form's own key."""
    return await services.engine.submit(
        person.book, command, actor=person.actor, key=key_of(values), scope=person.scope, role=person.role
    )


def text(values: dict[str, str], field: str, most: int = 120) -> str | None:
    """A text that somebody wrote, in one line; None for nothing. Rejects ``form.long`` and ``form.pattern``."""
    line = " ".join(values.get(field, "").split())
    if len(line) > most:
        raise Malformed("form.long", bound=most, field=field)
    if any(not character.isprintable() or character in "<>" for character in line):
        raise Malformed("form.pattern", field=field)
    return line or None
