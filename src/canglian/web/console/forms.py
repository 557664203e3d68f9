"""Forms: read once, refused from elsewhere, their values kept where something is wrong.

Every unsafe request of the console carries a token that is bound to its session (before there is one, to a cookie of
the form's own), and must come from this site. A form carries the idempotency key of its submission, so a double click
does a thing once.
"""

import re
import secrets
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec
from litestar import Request

from canglian.kernel.amounts import major, minor
from canglian.kernel.command import Command, Outcome
from canglian.kernel.crypto import same_secret
from canglian.kernel.errors import CanglianError, Forbidden, Malformed, declare
from canglian.kernel.fields import DECIMALS, base_of, check, field_of, fields_of, impersonal
from canglian.web.error_text import format_error
from canglian.web.explaining import explain
from canglian.web.principal import Principal
from canglian.web.problem import from_validation
from canglian.web.reading import form_of
from canglian.web.services import Services, services_of
from canglian.web.showing import remember_browser
from canglian.web.words import translated

declare({"form.foreign": "This form did not come from this site, or is too old; load the page again."})

T = TypeVar("T")

_WHOLE = re.compile(r"[+-]?[0-9]+")
"""A whole number as it is typed: 1e2 is none, nor are digits of full width."""

FIELD = "_token"
KEY = "_key"
MANY = "_many_"
"""The field that says of another that it may come several times: its value is all of them with spaces between."""

COOKIE = "canglian_form"
_ABOUT = "console form"


def form_token(request: Request[Any, Any, Any]) -> str:
    """The token of this session's forms, or of this browser's before there is a session."""
    return services_of(request).keyring.blind_index(browser_of(request), _ABOUT)


def browser_of(request: Request[Any, Any, Any]) -> str:
    """Whose browser asks: this session's, or the one that carries a cookie of forms before there is a session."""
    signed_in: Any = request.scope.get("auth")
    bound = signed_in[0].id if signed_in is not None else request.cookies.get(COOKIE) or _new(request)
    return remember_browser(request, bound)


def _new(request: Request[Any, Any, Any]) -> str:
    state: Any = request.scope["state"]
    if "form_cookie" not in state:
        state["form_cookie"] = secrets.token_urlsafe(16)
    return state["form_cookie"]


def from_here(request: Request[Any, Any, Any]) -> bool:
    """Whether the browser says that the request began on this site."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin in (None, "null") or _authority(origin) == request.headers.get("host")


def _authority(address: str) -> str | None:
    try:
        return urlsplit(address).netloc
    except ValueError:
        return None  # a bracket that nothing closes: no address at all


async def form_values(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The form's values, stripped. Raises Forbidden ``form.foreign``."""
    form = await form_of(request)
    values = {name: value.strip() for name, value in form.items() if isinstance(value, str)}
    for name in [name.removeprefix(MANY) for name in values if name.startswith(MANY)]:
        values[name] = " ".join(dict.fromkeys(str(value).strip() for value in form.getall(name, []) if value))
    token = values.pop(FIELD, "") or request.headers.get("x-form-token", "")
    if not from_here(request) or not same_secret(token, form_token(request)):
        raise Forbidden("form.foreign")
    return values


@contextmanager
def error_at(field: str) -> Generator[None]:
    """What is refused inside stands wrong at a field of the form, unless it names another one itself."""
    try:
        yield
    except CanglianError as error:
        error.fields.setdefault("field", field)
        raise


def require_impersonal(values: Mapping[str, str], *fields: str) -> None:
    """What people type here is kept in plain, though programs may send anything: it holds no number of a person.

    Rejects ``party.text_personal``, at its field.
    """
    for field in fields:
        with error_at(field):
            impersonal(values.get(field, ""))


def read_money(
    values: Mapping[str, Any], field: str = "amount", asset: str = "CNY", scales: Mapping[str, int] | None = None
) -> int:
    """An amount of an asset as people write it, in yuan, read as minor units. ``scales`` has the decimals of assets.

    Rejects ``amount.*``, at its field.
    """
    with error_at(field):
        return minor(values.get(field, ""), (scales or {}).get(asset, 2), asset)


class Wrong(msgspec.Struct, frozen=True):
    """What is wrong with a form: a sentence on top, and at which field of which form; ``others`` are wrong beside it.

    ``label`` is what people call the field, where the sentence on top names it.
    """

    text: str
    field: str = ""
    form: str = "f"
    label: str = ""
    others: "tuple[Wrong, ...]" = ()

    @property
    def all(self) -> "tuple[Wrong, ...]":
        """It, and what is wrong beside it."""
        return (self, *self.others)

    def at(self, field: str) -> str:
        """What is wrong with a field; nothing where it is right."""
        return next((wrong.text for wrong in self.all if wrong.field == field), "")


def wrong(error: CanglianError, language: str) -> Wrong:
    """An error as a form shows it."""
    field = str(error.fields.get("field", "")).partition("[")[0]
    text = format_error(error.code, error.fields, partial(translated, language=language))
    others = tuple(wrong(other, language) for other in error.others)
    return Wrong(text, field.split(".")[-1], others=others)


def read(values: dict[str, Any], kind: type[T]) -> T:
    """Form values as a command: empty ones are left out, texts become numbers and dates; its fields are checked.

    Raises Malformed ``form.*`` in plain words, with the field that is wrong.
    """
    given = {name: value for name, value in values.items() if value != "" and not name.startswith("_")}
    for name, annotation, _ in fields_of(kind):
        text = given.get(name)
        if isinstance(text, str) and base_of(annotation)[0] is int and not _WHOLE.fullmatch(text):
            raise Malformed("form.number", field=name)
    try:
        made = msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise _plain(error, kind) from None
    check(made)
    return made


def _plain(error: msgspec.ValidationError, kind: Any) -> Malformed:
    malformed = from_validation(error)
    message = str(error)
    # A form sends texts: what is no whole number is called so, whatever type it looks like.
    explained = ("form.number", {}) if "Expected `int`, got" in message else explain(message)
    if explained is None:
        return malformed
    code, fields = explained
    field = malformed.fields["field"]
    if "bound" in fields:
        fields["bound"] = _typed(
            int(fields["bound"]), next((hint for name, hint, _ in fields_of(kind) if name == field), None)
        )
    return Malformed(code, **{"field": field, **fields})


def _typed(bound: int, annotation: Any) -> str:
    """A bound as it is typed: yuan for money, percent for shares."""
    unit = field_of(annotation).unit
    return str(bound) if unit is None else major(bound, DECIMALS[unit])


async def submit(
    services: Services, principal: Principal, command: Command[T], values: dict[str, str], *, book: int | None = None
) -> Outcome[T]:
    """Submit a form's command under the form's own key."""
    return await services.engine.submit(
        principal.book if book is None else book,
        command,
        actor=principal.actor,
        key=values.get(KEY) or None,
        scope=principal.scope,
        role=principal.role.value,
    )
