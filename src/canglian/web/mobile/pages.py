"""Rendering a person's pages: Jinja templates of a base of their own, nothing inline, nothing from elsewhere."""

from collections.abc import Iterable
from typing import Any

import jinja2
from litestar import Request, Response

from canglian.kernel.errors import CanglianError
from canglian.web.additions import PageLink
from canglian.web.compressing import compressed
from canglian.web.console.formats import FILTERS_ON_A_PHONE
from canglian.web.console.pages import HTML, LANGUAGE_COOKIE, YEAR_SECONDS, environment
from canglian.web.mobile.forms import COOKIE, form_token, new_key
from canglian.web.mobile.person import Person, person_of
from canglian.web.mobile.refusals import refused
from canglian.web.room import Room
from canglian.web.services import services_of
from canglian.web.showing import SECRETS, own_address, show_once
from canglian.web.words import LANGUAGES, preferred, translated

TYPE_COOKIE = "canglian_type"
LARGE = "large"

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
_SECURITY = {
    "content-security-policy": _POLICY,
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
}
_STILL = {"permissions-policy": "camera=(), geolocation=(), microphone=()"}
_SEEING = {"permissions-policy": "camera=(self), geolocation=(), microphone=()"}


def mobile_environment(composed: Iterable[Room]) -> jinja2.Environment:
    """The templates of this toolkit and of every room."""
    made = environment([*composed, Room("mobile", templates=("canglian.web.mobile",))])
    made.filters.update(FILTERS_ON_A_PHONE)
    return made


class MobilePages:
    """Renders pages for one request."""

    def __init__(self, request: Request[Any, Any, Any], templates: jinja2.Environment, tabs: list[PageLink]) -> None:
        self.request = request
        self.services = services_of(request)
        self.person: Person | None = person_of(request)
        chosen = request.cookies.get(LANGUAGE_COOKIE)
        self.language = chosen if chosen in LANGUAGES else preferred(request.headers.get("accept-language"))
        self.large = request.cookies.get(TYPE_COOKIE) == LARGE
        self._templates = templates
        self._tabs = tabs

    def _(self, text: str) -> str:
        """A text in the reader's language."""
        return translated(text, self.language)

    def render(
        self,
        name: str,
        *,
        status: int | None = None,
        error: CanglianError | None = None,
        camera: bool = False,
        **context: Any,
    ) -> Response[bytes]:
        """A page, with what was refused in its form. Only one that scans may use the camera."""
        path: Any = self.request.scope.get("path_params", {})
        problem = None if error is None else refused(error, self.language, path)
        text = self._templates.get_template(name).render(problem=problem, **{"values": {}, **self._given(), **context})
        status = status or (200 if error is None else 422)
        body, coding = compressed(text.encode(), self.request.headers.get("accept-encoding"))
        headers = {**_SECURITY, **(_SEEING if camera else _STILL), **coding}
        page = Response(body, status_code=status, media_type=HTML, headers=headers)
        if any(context.get(name) for name in SECRETS):
            show_once(self.request)
        state: Any = self.request.scope["state"]
        if "form_cookie" in state:
            self.set_cookie(page, COOKIE, state["form_cookie"])
        return page

    def set_cookie(self, response: Response[Any], name: str, value: str, seconds: int | None = None) -> None:
        """Set a cookie that scripts cannot read and other sites cannot send."""
        secure = self.services.settings.has_secure_cookies
        response.set_cookie(name, value, max_age=seconds, path="/", httponly=True, secure=secure, samesite="lax")

    def remember(self, response: Response[Any], name: str, value: str) -> None:
        """Set a cookie of how pages look, which lasts."""
        self.set_cookie(response, name, value, YEAR_SECONDS)

    def _given(self) -> dict[str, Any]:
        scope: Any = self.request.scope
        query = scope["query_string"].decode("latin-1")
        return {
            "_": self._,
            "gettext": self._,
            "person": self.person,
            "language": self.language,
            "other_language": next(language for language in LANGUAGES if language != self.language),
            "large": self.large,
            "tabs": self._tabs if self.person is not None else [],
            "path": scope["path"].rstrip("/") or "/",
            "here": own_address(scope, query),
            "query": self.request.query_params,
            "token": form_token(self.request),
            "new_key": new_key,
            "request_id": scope["state"].get("request_id"),
        }
