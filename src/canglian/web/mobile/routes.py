"""A person's pages as routes: every room's below ``/m``, and what makes them a web app that a phone can install."""

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency, Provide
from litestar.response import Redirect

from canglian.kernel.errors import NotFound, Unauthenticated
from canglian.web.console.pages import LANGUAGE_COOKIE, asset, manifest
from canglian.web.mobile.faults import HOME, inside, show_fault
from canglian.web.mobile.forms import browser_of, form_values
from canglian.web.mobile.pages import LARGE, TYPE_COOKIE, MobilePages, mobile_environment
from canglian.web.mobile.person import Person, identifying, person_of
from canglian.web.mobile.worker import ICON, SCRIPT
from canglian.web.room import Room
from canglian.web.services import Services
from canglian.web.showing import show
from canglian.web.words import LANGUAGES

OPEN = (
    "/m/sign-in",
    "/m/sign-in/code",
    "/m/language",
    "/m/type",
    "/m/offline",
    "/m/help",
    "/m/manifest.webmanifest",
    "/m/worker.js",
    "/m/icon.svg",
    "/m/check",
    "/m/shown",
    "/m/order/{order_book:int}/{order_code:str}",
    "/m/order/{order_book:int}/{order_code:str}/state",
    "/m/draw/{draw_book:int}/{draw:str}",
    "/m/draw/{draw_book:int}/{draw:str}/proof",
    "/m/draw/verify_draw.py",
    "/m/{rest:path}",
)
"""What anybody may ask for; every other route is guarded, and a test walks them all."""

_WORKER = {"cache-control": "no-cache", "service-worker-allowed": HOME}


def mobile_routes(composed: Sequence[Room]) -> list[Any]:
    """The handlers of a person's pages."""
    templates = mobile_environment(composed)
    tabs = [tab for room in composed for tab in room.tabs]
    known_by = next((room.who for room in composed if room.who is not None), nobody)

    async def provide_pages(request: Request[Any, Any, Any]) -> MobilePages:
        return MobilePages(request, templates, tabs)

    async def provide_person(request: Request[Any, Any, Any]) -> Person:
        person = person_of(request)
        if person is None:
            raise Unauthenticated("person.required")
        return person

    def fault(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        request.scope["state"].setdefault("person", None)
        return show_fault(request, error, MobilePages(request, templates, tabs))

    rooms = [handler for room in composed for handler in room.mobile]
    return [
        Router(
            HOME,
            route_handlers=[*rooms, *_OWN],
            dependencies={"pages": Provide(provide_pages), "person": Provide(provide_person)},
            middleware=[identifying(known_by)],
            exception_handlers={Exception: fault},
            include_in_schema=False,
        )
    ]


async def nobody(_services: Services, _cookie: str) -> None:
    """Whose session a cookie carries where no room knows persons."""


@post("/language", status_code=200)
async def choose_language(pages: NamedDependency[MobilePages], request: Request[Any, Any, Any]) -> Response[Any]:
    """Read in another language from now on."""
    form = await form_values(request)
    answer = Redirect(inside(form.get("next", HOME)), status_code=303)
    if form.get("language") in LANGUAGES:
        pages.remember(answer, LANGUAGE_COOKIE, form["language"])
    return answer


@post("/type", status_code=200)
async def choose_type(pages: NamedDependency[MobilePages], request: Request[Any, Any, Any]) -> Response[Any]:
    """Read in large type from now on, or not any more."""
    form = await form_values(request)
    answer = Redirect(inside(form.get("next", HOME)), status_code=303)
    pages.remember(answer, TYPE_COOKIE, LARGE if form.get("type") == LARGE else "usual")
    return answer


@get("/offline")
async def offline(pages: NamedDependency[MobilePages]) -> Response[bytes]:
    """What is shown where there is no network. The worker keeps it; it says nothing of anybody."""
    return pages.render("mobile/offline.html", person=None, tabs=[])


@get("/manifest.webmanifest")
async def app_manifest(pages: NamedDependency[MobilePages]) -> Response[bytes]:
    """What a phone has to know to install the pages as an app."""
    manifest = {
        "name": pages._("Canglian wallet"),
        "short_name": pages._("Canglian"),
        "lang": "en" if pages.language == "en" else "zh-CN",
        "id": HOME,
        "start_url": HOME,
        "scope": HOME,
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#ffffff",
        "theme_color": "#0f6f5c",
        "icons": [{"src": "/m/icon.svg", "sizes": "any", "type": "image/svg+xml", "purpose": "any maskable"}],
    }
    return Response(msgspec.json.encode(manifest), media_type="application/manifest+json")


@get("/worker.js")
async def worker() -> Response[bytes]:
    """The service worker. It keeps the assets and the page without a network, and nothing that is somebody's."""
    kept = [asset(name) for name in ("mobile.css", "mobile.js", "icons.svg") if name in manifest()]
    text = SCRIPT.replace("KEPT", msgspec.json.encode(["/m/offline", *kept]).decode())
    return Response(text.encode(), media_type="text/javascript", headers=_WORKER)


@get("/icon.svg")
async def app_icon() -> Response[bytes]:
    """The icon of the app."""
    return Response(ICON.encode(), media_type="image/svg+xml", headers={"cache-control": "max-age=86400"})


@get("/shown")
async def shown(request: Request[Any, Any, Any]) -> Response[Any]:
    """The page that answered a form, for the browser that sent it."""
    return show(request, browser_of(request), HOME)


@get("/{rest:path}")
async def nothing(request: Request[Any, Any, Any]) -> Response[Any]:
    """A page for what is not there."""
    raise NotFound("request.not_found", path=request.scope["path"])


_OWN = (choose_language, choose_type, offline, app_manifest, worker, app_icon, shown, nothing)
