"""What users keep of lists: views under a name, and columns."""

from typing import Any
from urllib.parse import urlencode

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from canglian.kernel.command import Command
from canglian.kernel.errors import Malformed
from canglian.kernel.values import SYSTEM_BOOK
from canglian.web.console import Pages
from canglian.web.console.forms import KEY, form_values, read, submit
from canglian.web.console.views import (
    kept_query,
    lasting,
    names_a_person,
    query_of_address,
    require_mark,
)
from canglian.web.principal import Permission, Principal, needs
from canglian.web.returning import inside
from canglian.web.services import Services
from canglian.web.system import queries
from canglian.web.system.commands import ChangeView, ChooseColumns, RemoveView, SaveView
from canglian.web.system.model import VIEW_ABOUT

_READ = [needs(Permission.READ)]
_HOME = "/console"
_COLUMN = "column_"


@post("/views", status_code=200, guards=_READ)
async def save_view(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """Keep a list as it is under a name."""
    form = await form_values(pages.request)
    of_list, at = form.get("list", ""), inside(form.get("_at", ""), _HOME)
    require_mark(services, principal, of_list, form.get("_mark", ""))
    query, shared = query_of_address(services, principal, at), form.get("shared") == "yes"
    _require_shareable(query, shared=shared)
    sealed = services.keyring.seal(urlencode(query), VIEW_ABOUT, request=form.get(KEY, ""))
    fields = {"name": form.get("name", ""), "of_list": of_list, "query": sealed, "of_book": principal.book}
    await _submit(services, principal, read({**fields, "shared": shared}, SaveView), form)
    return Redirect(at, status_code=303)


@post("/views/{view:int}", status_code=200, guards=_READ)
async def change_view(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    view: FromPath[int],
) -> Response[Any]:
    """Rename a view, share it or not, or remove it."""
    form = await form_values(pages.request)
    at = inside(form.get("_at", ""), _HOME)
    target = {"view": view, "of_book": principal.book}
    if form.get("action") == "remove":
        administers = principal.may(Permission.ADMINISTER)
        await _submit(services, principal, RemoveView(**target, administers=administers), form)
        return Redirect(at.partition("?")[0], status_code=303)
    shared, found = form.get("shared") == "yes", await queries.view(services.reader, view)
    if found is not None and found.owner == principal.actor:
        _require_shareable(kept_query(services, found), shared=shared)
    command = read({**target, "name": form.get("name", ""), "shared": shared}, ChangeView)
    await _submit(services, principal, command, form)
    return Redirect(at, status_code=303)


@post("/columns", status_code=200, guards=_READ)
async def choose_columns(
    pages: NamedDependency[Pages], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """Remember which columns of a list somebody wants to see."""
    form = await form_values(pages.request)
    of_list, at = form.get("list", ""), inside(form.get("_at", ""), _HOME)
    require_mark(services, principal, of_list, form.get("_mark", ""))
    chosen = [name.removeprefix(_COLUMN) for name in form if name.startswith(_COLUMN)]
    await _submit(services, principal, read({"of_list": of_list, "columns": chosen}, ChooseColumns), form)
    query = query_of_address(services, principal, at)
    query.pop("columns", None)
    path, asked = at.partition("?")[0], urlencode(pages.sealed(lasting(query)))
    return Redirect(f"{path}?{asked}" if asked else path, status_code=303)


def _require_shareable(query: dict[str, str], *, shared: bool) -> None:
    if shared and names_a_person(query):
        raise Malformed("saved_view.personal")


async def _submit(services: Services, principal: Principal, command: Command[Any], form: dict[str, str]) -> None:
    (await submit(services, principal, command, form, book=SYSTEM_BOOK)).unwrap()


handlers = (save_view, change_view, choose_columns)
