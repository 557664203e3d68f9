"""``/docs/errors``: a page for each error code, in English and Chinese. It is the ``type`` of problem details."""

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath

from canglian.app.reference.pages import HEADERS, TITLE, environment
from canglian.kernel.errors import CODES, NotFound
from canglian.web.problem import PAGES
from canglian.web.words import translated


def routes() -> list[HTTPRouteHandler]:
    """The list of the codes, and the page of each."""

    @get(PAGES, include_in_schema=False, sync_to_thread=False)
    def error_codes() -> Response[bytes]:
        page = environment().get_template("errors.html").render(title=TITLE, codes=sorted(CODES))
        return Response(page.encode(), media_type="text/html", headers=HEADERS)

    @get(f"{PAGES}/{{code:str}}", include_in_schema=False, sync_to_thread=False)
    def error_code(code: FromPath[str]) -> Response[bytes]:
        if code not in CODES:
            raise NotFound("request.not_found", path=f"{PAGES}/{code}")
        english, chinese = CODES[code], translated(CODES[code], "zh")
        page = environment().get_template("error.html").render(title=TITLE, code=code, english=english, chinese=chinese)
        return Response(page.encode(), media_type="text/html", headers=HEADERS)

    return [error_codes, error_code]
