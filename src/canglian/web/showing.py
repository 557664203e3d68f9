"""Pages that answer forms stand at an address of their own: post, redirect, get.

A browser asks before it goes back to what answered a form, and sends the form again. So a page that answers one is kept
for a while, and the browser is led on to the form's address, where it is handed that page by a number, which says
nothing of what was typed. A page with a secret is handed out once; and once a form was sent with success, what answered
it before is gone: who goes back gets the page of the form as it is by then.

Only what a browser navigates to is answered so: scripts and programs have their answers at once.

Pages are kept in the memory of the process: what is on them need not be sealed and cleared away in a database, and each
is wanted within a moment, by one browser. Where several servers share a database, a proxy keeps a browser with one of
them (``docs/operating``); one that comes to another gets the page of the form.
"""

import functools
import re
import secrets
import time
from collections import OrderedDict
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from litestar import Litestar, Request, Response
from litestar.response import Redirect
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from canglian.web.services import Services

PARAMETER = "shown"
NOTHING = "-"
"""The number of no page: the address of what answered a form, for links back to it."""
SECONDS = 600
"""How long a page is kept for its browser."""
BYTES_MAX = 32 * 2**20
"""So much is kept at most; the oldest pages go first, and their browsers get the form's page."""

SECRETS = ("secret", "seen")
"""What a template is given that is shown once: a secret, and personal data in plain."""

FACES = ("/m", "/console")
_STATE = "shown"
_BROWSER = "browser"
_ONCE = "shown_once"
_HTML = b"text/html"
_OWN = (b"content-length", b"set-cookie")

Headers = list[tuple[bytes, bytes]]


class Page(NamedTuple):
    """A page that answered a form: whose browser may have it, at which address, until when, and whether only once."""

    browser: str
    path: str
    until: float
    status: int
    headers: Headers
    body: bytes
    once: bool


class Shown(NamedTuple):
    """What a browser asks for that was led on: the number of a page, its path, and what else the address says."""

    number: str
    path: str
    query: str


class KeptPages:
    """The pages of a server, in the memory of its process."""

    def __init__(self) -> None:
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self._bytes = 0

    def keep(self, page: Page) -> str:
        """Keep a page; its number."""
        number = secrets.token_urlsafe(12)
        self._pages[number] = page
        self._bytes += len(page.body)
        while self._pages and (self._bytes > BYTES_MAX or next(iter(self._pages.values())).until < time.monotonic()):
            self._drop(next(iter(self._pages)))
        return number

    def take(self, number: str, browser: str, path: str) -> Page | None:
        """A page for the browser that it was made for."""
        page = self._pages.get(number)
        if page is None or (page.browser, page.path) != (browser, path) or page.until < time.monotonic():
            return None
        if page.once:
            self._drop(number)
        return page

    def forget(self, browser: str, path: str) -> None:
        """A form was sent with success: what answered it, or the forms before it, is shown no more."""
        over = [
            number
            for number, page in self._pages.items()
            if page.browser == browser and (page.path == path or path.startswith(f"{page.path}/"))
        ]
        for number in over:
            self._drop(number)

    def _drop(self, number: str) -> None:
        self._bytes -= len(self._pages.pop(number).body)


def remember_browser(request: Request[Any, Any, Any], browser: str) -> str:
    """Note whose browser asks: the session, or the cookie of forms before there is one."""
    state: Any = request.scope["state"]
    state[_BROWSER] = browser
    return browser


def show_once(request: Request[Any, Any, Any]) -> None:
    """The page that answers this request has a secret on it."""
    state: Any = request.scope["state"]
    state[_ONCE] = True


def own_address(scope: Any, query: str) -> str:
    """Where the page of a request can be come back to; ``query`` as it stands in its address."""
    if scope["method"] == "POST":
        query = urlencode({PARAMETER: NOTHING})
    return scope["path"] + (f"?{query}" if query else "")


class Showing:
    """Around the application: leads browsers on from what they posted."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        request: Any = scope
        if request["method"] == "POST" and _face(request["path"]) and _navigates(request):
            send = _LeadingOn(request, send)
        elif request["method"] == "GET" and PARAMETER.encode() in request["query_string"]:
            _find(request)
        await self._app(scope, receive, send)


class _LeadingOn:
    """``send`` that keeps a page and leads the browser on to it; anything else goes through as it is."""

    def __init__(self, scope: Any, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._kept = _kept(scope)
        self._start: Any = None
        self._body = bytearray()

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and self._is_page(message):
            self._start = message
        elif self._start is None or message["type"] != "http.response.body":
            if message["type"] == "http.response.start" and 300 <= message["status"] < 400:
                self._kept.forget(self._scope["state"].get(_BROWSER, ""), self._scope["path"])
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await self._lead_on()

    def _is_page(self, message: Any) -> bool:
        headers = dict(message.get("headers", []))
        is_final = message["status"] < 300 or 400 <= message["status"] < 500
        is_page = headers.get(b"content-type", b"").startswith(_HTML) and b"content-disposition" not in headers
        return is_final and is_page and b"retry-after" not in headers and _BROWSER in self._scope["state"]

    async def _lead_on(self) -> None:
        headers: Headers = [(name.lower(), value) for name, value in self._start["headers"]]
        kept = [pair for pair in headers if pair[0] not in _OWN]
        path, browser = self._scope["path"], self._scope["state"][_BROWSER]
        until = time.monotonic() + SECONDS
        once = self._scope["state"].get(_ONCE, False)
        number = self._kept.keep(Page(browser, path, until, self._start["status"], kept, bytes(self._body), once))
        query = urlencode([*_others(self._scope), (PARAMETER, number)])
        cookies = [pair for pair in headers if pair[0] == b"set-cookie"]
        location = f"{path}?{query}".encode("latin-1")
        await self._send(
            {
                "type": "http.response.start",
                "status": 303,
                "headers": [(b"location", location), (b"content-length", b"0"), *cookies],
            }
        )
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})


def _face(path: str) -> str | None:
    return next((face for face in FACES if path == face or path.startswith(f"{face}/")), None)


def _navigates(scope: Any) -> bool:
    """Whether a browser asks for a page of its own, not a script of one for a part."""
    headers = dict(scope["headers"])
    return _HTML in headers.get(b"accept", b"") and b"hx-request" not in headers


def _others(scope: Any) -> list[tuple[str, str]]:
    pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return [(name, value) for name, value in pairs if name != PARAMETER]


def _find(scope: Any) -> None:
    """Have a request for a page that was kept answered by the route that hands them out."""
    face = _face(scope["path"])
    numbers = [value for name, value in parse_qsl(scope["query_string"].decode("latin-1")) if name == PARAMETER]
    if face is None or not numbers:
        return
    scope["state"][_STATE] = Shown(numbers[-1], scope["path"], urlencode(_others(scope)))
    scope["path"] = f"{face}/{PARAMETER}"
    scope["raw_path"] = scope["path"].encode()
    scope["query_string"] = b""


def show(request: Request[Any, Any, Any], browser: str, face: str) -> Response[Any]:
    """Hand out the page that answered a form; where there is none any more, lead on to the page of the form."""
    state: Any = request.scope["state"]
    asked = state.get(_STATE, Shown(NOTHING, face, ""))
    page = _kept(request.scope).take(asked.number, browser, asked.path)
    if page is None:
        path = _page_before(request.app, asked.path, face)
        same = f"?{asked.query}" if asked.query and path == asked.path else ""
        return Redirect(path + same, status_code=303)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in page.headers}
    return Response(page.body, status_code=page.status, media_type=headers.pop("content-type"), headers=headers)


def _kept(scope: Any) -> KeptPages:
    services: Services = scope["state"]["services"]
    if _STATE not in services.memory:
        services.memory[_STATE] = KeptPages()
    return services.memory[_STATE]


def _page_before(app: Litestar, path: str, face: str) -> str:
    """The address itself where it has a page, else the nearest above it that has one."""
    while path.startswith(f"{face}/"):
        if next((has_page for template, has_page in _templates(app, face) if template.fullmatch(path)), False):
            return path
        path = path.rpartition("/")[0]
    return face


@functools.cache
def _templates(app: Litestar, face: str) -> tuple[tuple[re.Pattern[str], bool], ...]:
    """The addresses of a face, those that name most first, and whether each has a page."""
    routes = [route for route in app.routes if route.path.startswith(f"{face}/") and ":path}" not in route.path]
    routes.sort(key=lambda route: route.path.count("{"))
    return tuple((_pattern(route.path), "GET" in getattr(route, "methods", ())) for route in routes)


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(template)))
