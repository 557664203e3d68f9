"""Checking a statement on paper by its code: open to all, and nothing of it stands in an address.

The QR code of a statement carries its code behind the ``#`` of the address, which browsers keep to themselves; a script
fills it in.
"""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency

from canglian.bank.deposit.statements.checking import check_statement
from canglian.kernel.errors import CanglianError
from canglian.web.console.submitting import or_again
from canglian.web.forwarding import source_of
from canglian.web.mobile import MobilePages
from canglian.web.mobile.forms import form_values
from canglian.web.services import Services

_PAGE = "deposit/mobile/check.html"


@get("/check")
async def check_page(pages: NamedDependency[MobilePages]) -> Response[bytes]:
    """Code and ending are asked for."""
    return pages.render(_PAGE, found=None)


@post("/check", status_code=200)
async def check(
    pages: NamedDependency[MobilePages], request: Request[Any, Any, Any], services: NamedDependency[Services]
) -> Response[bytes]:
    """The figures that the statement was issued with, to be compared."""
    form = await form_values(request)

    async def act() -> Response[bytes]:
        code, ending = form.get("code", ""), form.get("ending", "")
        found = await check_statement(services, code, ending, source=source_of(request.client))
        return pages.render(_PAGE, found=found, values=form)

    async def again(error: CanglianError) -> Response[bytes]:
        return pages.render(_PAGE, found=None, values=form, error=error)

    return await or_again(act(), again)


handlers = (check_page, check)
