"""How an error looks to a person: the login for somebody who is not logged in, a designed page for all others."""

from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response
from litestar.response import Redirect

from canglian.kernel.errors import Unauthenticated
from canglian.web import problem
from canglian.web.console.addresses import query_in_address
from canglian.web.console.pages import Around, Pages
from canglian.web.error_text import format_error

LOGIN = "/console/login"
WHOLE = {"hx-retarget": "main", "hx-reselect": "main", "hx-reswap": "outerHTML"}
"""A fault takes the place of the whole page, also where a part of it was asked for."""


def show_fault(request: Request[Any, Any, Any], error: Exception, pages: Pages) -> Response[Any]:
    """Any exception as a page, made without the database, which may be what is away."""
    scope: Any = request.scope
    request_id = scope["state"].get("request_id")
    known = problem.from_anything(error, path=scope["path"], method=scope["method"], request_id=request_id)
    if isinstance(known, Unauthenticated) and scope.get("user") is None and not scope["path"].startswith(LOGIN):
        goal = f"{LOGIN}?{urlencode({'next': _return_to(request)})}"
        if "hx-request" in request.headers:
            return Response(b"", status_code=401, headers={"hx-redirect": goal})
        return Redirect(goal, status_code=303)
    status = problem.status_of(known, scope["path"])
    text = format_error(known.code, known.fields, pages._)
    page = pages.render_in(Around(), "web/fault.html", status=status, fault_status=status, fault=text, code=known.code)
    page.headers.update({**problem.headers_of(known), **WHOLE})
    return page


def _return_to(request: Request[Any, Any, Any]) -> str:
    if request.method != "GET":
        return "/console"
    query = query_in_address(request)
    return request.scope["path"] + (f"?{query}" if query else "")
