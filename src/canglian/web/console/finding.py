"""The search from everywhere: what rooms find of a text; and the filters of lists, on their way into the address."""

from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from canglian.kernel.errors import Malformed, NotFound
from canglian.kernel.typed import typed_id
from canglian.web.console.addresses import sealed
from canglian.web.console.filters import typed
from canglian.web.console.forms import MANY, form_values
from canglian.web.console.pages import Pages, suggested
from canglian.web.console.picking import TEXT
from canglian.web.principal import Permission, Principal, needs
from canglian.web.returning import inside
from canglian.web.services import Services
from canglian.web.words import LANGUAGES

TEXT_MAX = 100
ADDRESS_MAX = 4_000
"""How long the filters of a list may be in its address: browsers and proxies refuse what is much longer."""

WORDS_SECONDS = 3_600
"""How long a browser keeps the words that a filter suggests."""

HOME = "/console"


@post("/pick/{kind:str}/{field:str}", status_code=200, guards=[needs(Permission.READ)])
async def pick(pages: NamedDependency[Pages], kind: FromPath[str], field: FromPath[str]) -> Response[Any]:
    """What a form offers for a field, of what was typed there."""
    values = await form_values(pages.request)
    chosen, text, many = values.get(field, ""), values.get(TEXT + field, ""), bool(values.get(MANY + field))
    shown = await pages.picks.show(field, kind, chosen, text, many=many)
    return await pages.render("web/picked.html", shown=shown)


@get("/find", guards=[needs(Permission.READ)])
async def search_page(pages: NamedDependency[Pages]) -> Response[Any]:
    """The search, before anything was typed."""
    return await pages.render("web/find.html", text="", found=[])


@post("/find", status_code=200, guards=[needs(Permission.READ)])
async def find(
    pages: NamedDependency[Pages], request: Request[Any, Any, Any], principal: NamedDependency[Principal]
) -> Response[Any]:
    """What fits a text; the only hit is opened at once, and what has the text as its id. It stands in no address."""
    text = (await form_values(request)).get("q", "")[:TEXT_MAX]
    found = await pages.found(principal, text) if text else []
    hits = [address for excerpt in found for address in excerpt.addresses]
    exact = [address for address in hits if address == pages.page_of(typed_id(text))]
    if exact or len(hits) == 1:
        return Redirect((exact or hits)[0], status_code=303)
    return await pages.render("web/find.html", text=text, found=found)


@post("/filter", guards=[needs(Permission.READ)])
async def filter_list(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Lead on to the address of a page, its filters as they were typed; the only thing that fits a text is chosen.

    Malformed where they are too long for an address.
    """
    form = await form_values(request)
    try:
        query = typed(await pages.picks.settle(form))
    except Malformed:
        query = typed(form)
    path = inside(form.get("_at", ""), HOME).partition("?")[0]
    closed = urlencode(sealed(services.keyring, principal, query))
    if len(closed) > ADDRESS_MAX:
        raise Malformed("request.malformed", problem=f"Expected `str` of length <= {ADDRESS_MAX}", field="filter")
    return Redirect(f"{path}?{closed}" if closed else path, status_code=303)


@get("/words/{family:str}/{language:str}", guards=[needs(Permission.READ)])
async def words(pages: NamedDependency[Pages], family: FromPath[str], language: FromPath[str]) -> Response[Any]:
    """The machine words that a filter suggests, with what they mean: asked for when its chip is opened."""
    found = suggested(family, language) if language in LANGUAGES else []
    if not found:
        raise NotFound("request.not_found", path=pages.request.scope["path"])
    page = await pages.render("web/suggested.html", words=found)
    page.headers["cache-control"] = f"private, max-age={WORDS_SECONDS}"
    return page


handlers = (search_page, find, filter_list, pick, words)
