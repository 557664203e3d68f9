"""The search from everywhere: what rooms find of a text."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.response import Redirect

from canglian.web.console.pages import Pages
from canglian.web.principal import Permission, Principal, needs

TEXT_MAX = 100


@get("/find", guards=[needs(Permission.READ)])
async def find(
    pages: NamedDependency[Pages], request: Request[Any, Any, Any], principal: NamedDependency[Principal]
) -> Response[Any]:
    """What fits a text; the only hit is opened at once."""
    text = request.query_params.get("q", "").strip()[:TEXT_MAX]
    found = await pages.found(principal, text) if text else []
    hits = [address for excerpt in found for address in excerpt.addresses]
    if len(hits) == 1:
        return Redirect(hits[0], status_code=303)
    return await pages.render("web/find.html", text=text, found=found)
