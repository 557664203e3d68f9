"""What was searched for, as it stands in addresses: a number of a person there is sealed.

Addresses stay in histories and in the logs of proxies, and browsers tell them to other sites. A form that filters a
list is therefore posted, and leads on to the list's own address, which can be kept, paged and sorted as any other. A
text that may be a number of a person stands in it encrypted, for the user who typed it, in the book it was typed in.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from litestar import Request, Response
from litestar.response import Redirect

from canglian.kernel.crypto import Keyring
from canglian.kernel.errors import CanglianError, Malformed, declare
from canglian.kernel.personal import is_personal
from canglian.web.principal import Principal
from canglian.web.services import services_of

declare(
    {
        "filter.sealed": "This address has a number that another user, or you in another book, searched for; "
        "go to the list and enter it again."
    }
)

_SEALED = "sealed:"
_TYPED = "address"
"""Where the request's state keeps the query as it stands in the address."""


def sealed(keyring: Keyring, principal: Principal, query: Mapping[str, str]) -> dict[str, str]:
    """A query as it may stand in an address."""
    return {name: _closed(keyring, principal, text) for name, text in query.items()}


def query_in_address(request: Request[Any, Any, Any]) -> str:
    """The query of a request as it stands in its address."""
    scope: Any = request.scope
    query: bytes = scope["state"].get(_TYPED, scope["query_string"])
    return query.decode("latin-1")


def open_query(request: Request[Any, Any, Any]) -> Response[Any] | None:
    """Give the handlers of a request its query opened; lead on where a number stands in the address as it is.

    Raises Malformed ``filter.sealed``.
    """
    scope: Any = request.scope
    principal: Principal | None = scope.get("user")
    if principal is None or not scope["query_string"]:
        return None
    keyring = services_of(request).keyring
    given = parse_qsl(query_in_address(request), keep_blank_values=True)
    opened = [(name, opened_text(keyring, principal, text)) for name, text in given]
    if opened != given:
        scope["state"][_TYPED] = scope["query_string"]
        scope["query_string"] = urlencode(opened).encode()
    elif request.method == "GET":
        closed = [(name, _closed(keyring, principal, text)) for name, text in given]
        if closed != given:
            return Redirect(f"{scope['path']}?{urlencode(closed)}", status_code=303)
    return None


def _closed(keyring: Keyring, principal: Principal, text: str) -> str:
    if not (is_personal(text) or text.startswith(_SEALED)):
        return text
    about = _about(principal)
    return keyring.seal(text, about, request=about)


def opened_text(keyring: Keyring, principal: Principal, text: str) -> str:
    """A text as it was typed. Raises Malformed ``filter.sealed``."""
    if not text.startswith(_SEALED):
        return text
    try:
        return keyring.open(text, _about(principal))
    except CanglianError:
        raise Malformed("filter.sealed") from None


def _about(principal: Principal) -> str:
    return f"console.filter:{principal.book}:{principal.actor}"
