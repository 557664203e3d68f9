"""``/docs``: where tellers, developers and operators begin on this server, in Chinese and in English.

It leads to the pages that a server has; the guides are files of the source code.
"""

import functools

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from canglian.app.reference.pages import HEADERS, TITLE, dense, environment
from canglian.web.words import translated

DOCS = "/docs"


def routes() -> list[HTTPRouteHandler]:
    """The page in both languages."""

    @get(DOCS, include_in_schema=False, sync_to_thread=False)
    def documentation() -> Response[bytes]:
        return _page("zh")

    @get(f"{DOCS}/en", include_in_schema=False, sync_to_thread=False)
    def documentation_in_english() -> Response[bytes]:
        return _page("en")

    return [documentation, documentation_in_english]


def _page(language: str) -> Response[bytes]:
    words = functools.partial(translated, language=language)
    page = environment().get_template("documentation.html").render(title=TITLE, language=language, _=words)
    return Response(dense(page).encode(), media_type="text/html", headers=HEADERS)
