"""The console as routes: every room's pages below ``/console``, the built assets below ``/static``."""

from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from litestar import MediaType, Request, Response, Router, get
from litestar.connection import ASGIConnection
from litestar.datastructures import CacheControlHeader
from litestar.di import Provide
from litestar.handlers.base import BaseRouteHandler
from litestar.response import Redirect
from litestar.static_files import create_static_files_router

from canglian.kernel.errors import NotFound
from canglian.web.console import bulk, finding
from canglian.web.console.addresses import open_query
from canglian.web.console.faults import show_fault
from canglian.web.console.forms import browser_of
from canglian.web.console.home import home
from canglian.web.console.pages import Console, Pages, environment
from canglian.web.console.picking import merged
from canglian.web.room import Room
from canglian.web.showing import show

ASSETS = CacheControlHeader(max_age=31_536_000, public=True, immutable=True)
_SECURITY_PAGE = "/console/security"
_ALLOWED = (_SECURITY_PAGE, "/console/login", "/console/logout", "/console/language", "/console/shown")


def console_routes(composed: Sequence[Room]) -> list[Any]:
    """The handlers of the console and its assets."""
    nav = [item for room in composed for item in room.nav]
    together = Console(composed, environment(composed), nav, merged([each for room in composed for each in room.picks]))

    async def provide_pages(request: Request[Any, Any, Any]) -> Pages:
        return Pages(request, together)

    def fault(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        return show_fault(request, error, Pages(request, together))

    console = Router(
        "/console",
        route_handlers=[
            *(handler for room in composed for handler in room.console),
            home,
            *finding.handlers,
            *bulk.handlers,
            shown,
            nothing,
        ],
        dependencies={"pages": Provide(provide_pages)},
        before_request=before_any_page,
        exception_handlers={Exception: fault},
        include_in_schema=False,
    )
    folder = Path(str(resources.files("canglian.web") / "static" / "dist"))
    return [console, start, robots, *_static(folder)]


async def before_any_page(request: Request[Any, Any, Any]) -> Response[Any] | None:
    """What goes before every page of the console: the own password, then what the address has sealed."""
    return own_password_first(request) or open_query(request)


def own_password_first(request: Request[Any, Any, Any]) -> Response[Any] | None:
    """A user whose password was set by an administrator chooses a new one first."""
    signed_in: Any = request.scope.get("auth")
    if signed_in is None or not signed_in[1].must_change or request.scope["path"].startswith(_ALLOWED):
        return None
    return Redirect(_SECURITY_PAGE, status_code=303) if signed_in[0].confirmed else None


def _static(folder: Path) -> list[Any]:
    if not folder.is_dir():
        return []
    return [
        create_static_files_router(
            "/static", [folder], cache_control=ASSETS, include_in_schema=False, name="static", guards=[_built(folder)]
        )
    ]


def _built(folder: Path) -> Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], None]:
    """A guard that lets the files of the build through: no other name gets as far as the file system."""
    names = {f"/static/{file.relative_to(folder).as_posix()}" for file in folder.rglob("*") if file.is_file()}

    def built(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        if connection.scope["path"] not in names:
            raise NotFound("request.not_found", path=connection.scope["path"])

    return built


@get("/", include_in_schema=False)
async def start() -> Redirect:
    """The address alone leads to the console."""
    return Redirect("/console", status_code=303)


@get("/robots.txt", include_in_schema=False, media_type=MediaType.TEXT)
async def robots() -> str:
    """A bank's console is nobody's search result."""
    return "User-agent: *\nDisallow: /\n"


@get("/shown")
async def shown(request: Request[Any, Any, Any]) -> Response[Any]:
    """The page that answered a form, for the browser that sent it."""
    return show(request, browser_of(request), "/console")


@get("/{rest:path}")
async def nothing(request: Request[Any, Any, Any]) -> Response[Any]:
    """A page for what is not there."""
    raise NotFound("request.not_found", path=request.scope["path"])
