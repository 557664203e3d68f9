"""How an error looks to a person: the sign-in for somebody without a session, a page in plain words for all others."""

from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response
from litestar.response import Redirect

from canglian.kernel.errors import Unauthenticated
from canglian.web import problem, returning
from canglian.web.mobile.pages import MobilePages
from canglian.web.mobile.refusals import sentence

SIGN_IN = "/m/sign-in"
HOME = "/m"


def show_fault(request: Request[Any, Any, Any], error: Exception, pages: MobilePages) -> Response[Any]:
    """Any exception as a page, made without the database, which may be what is away."""
    scope: Any = request.scope
    request_id = scope["state"].get("request_id")
    known = problem.from_anything(error, path=scope["path"], method=scope["method"], request_id=request_id)
    if isinstance(known, Unauthenticated):
        return Redirect(f"{SIGN_IN}?{urlencode({'next': back_to(request)})}", status_code=303)
    status = problem.status_of(known, scope["path"])
    page = pages.render("mobile/fault.html", status=status, fault_status=status, fault=sentence(known, pages.language))
    page.headers.update(problem.headers_of(known))
    return page


def back_to(request: Request[Any, Any, Any]) -> str:
    """Where somebody goes on after signing in: the page itself; after a form the page that it stood on, or home."""
    if request.method == "GET":
        query = request.scope["query_string"].decode("latin-1")
        return request.scope["path"] + (f"?{query}" if query else "")
    return HOME


def inside(address: str) -> str:
    """An address of a person's pages, or the first of them: a sign-in never sends anybody elsewhere."""
    return returning.inside(address, HOME)
