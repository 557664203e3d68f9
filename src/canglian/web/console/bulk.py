"""What is done to several rows of a list at once: each is asked for by itself, and what was refused says why.

A list names its actions (``ListSpec.bulk``); their forms stand below the table, and answer with a page that has every
row by what became of it. The same form sent again does nothing twice: each row has a key of its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Redirect

from canglian.kernel.errors import CanglianError, Malformed, NotFound, declare
from canglian.kernel.queries.paging import LIMIT_MAX
from canglian.web.actions import Action
from canglian.web.console.actions import action_command
from canglian.web.console.finding import ADDRESS_MAX
from canglian.web.console.forms import KEY, form_values
from canglian.web.console.lists import ListSpec
from canglian.web.console.pages import Pages
from canglian.web.console.ticking import EXPORT, TICKED
from canglian.web.console.views import query_of_address, require_mark
from canglian.web.operations import RequestContext
from canglian.web.principal import Permission, Principal, needs
from canglian.web.reading import form_of
from canglian.web.returning import inside
from canglian.web.services import Services

declare(
    {
        "list.none_ticked": "Tick the rows first that this is to be done to.",
        "list.many_ticked": "At most {most} rows at once.",
    }
)

_HOME = "/console"
EXPORTED_MAX = 100
"""So many ticked rows fit into an address, whatever their keys are; more are a filter's."""

_DO = "_do"
"""The field whose value is the action that is asked for."""


class Done(msgspec.Struct, frozen=True):
    """What became of one row: nothing is wrong with what was done."""

    id: str
    href: str
    wrong: str = ""


@post("/bulk/{of_list:str}", status_code=200, guards=[needs(Permission.READ)])
async def do_to_ticked(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    of_list: FromPath[str],
) -> Response[Any]:
    """Do something to every row that was ticked, or write these rows into a file."""
    form = await form_values(pages.request)
    require_mark(services, principal, of_list, form.get("_mark", ""))
    spec, at = ListSpec.named(of_list), inside(form.get("_at", ""), _HOME)
    ticked = list(dict.fromkeys(str(value) for value in (await form_of(pages.request)).getall(TICKED, [])))
    if not ticked:
        raise Malformed("list.none_ticked")
    if len(ticked) > LIMIT_MAX:
        raise Malformed("list.many_ticked", most=LIMIT_MAX)
    if form.get(_DO) == EXPORT:
        query = pages.sealed(query_of_address(services, principal, at)) | {"format": "csv", TICKED: ",".join(ticked)}
        asked = urlencode(query, safe=",")
        if len(asked) > ADDRESS_MAX:
            raise Malformed("list.many_ticked", most=EXPORTED_MAX)
        return Redirect(f"{at.partition('?')[0]}?{asked}", status_code=303)
    action = next((action for action in spec.bulk if action.name == form.get(_DO)), None)
    if action is None:
        raise NotFound("request.not_found", path=pages.request.scope["path"])
    principal.require(action.permission)
    done = await _do(pages, principal, spec, action, ticked, form)
    assert action.form is not None
    return await pages.render(
        "web/bulk.html", spec=spec, title=action.form.title, at=at, done=done, refused=sum(bool(d.wrong) for d in done)
    )


async def _do(
    pages: Pages,
    principal: Principal,
    spec: ListSpec,
    action: Action,
    ticked: Sequence[str],
    form: Mapping[str, str],
) -> list[Done]:
    """What becomes of each row, in their order."""
    prefix = f"{action.name}."
    values = {name.removeprefix(prefix): text for name, text in form.items() if name.startswith(prefix)}
    request_id = pages.request.scope["state"].get("request_id")
    found: list[Done] = []
    for identity in ticked:
        key = f"{form[KEY]}:{identity}" if form.get(KEY) else None
        context = RequestContext(pages.services, principal, key, False, request_id, channel="counter")
        wrong = ""
        try:
            command = await action_command(context, action, values, {action.target[0]: identity})
            (await context.submit(command)).unwrap()
        except CanglianError as error:
            wrong = pages.refusal(error).text
        found.append(Done(identity, (spec.href or "").format_map({spec.key: identity}), wrong))
    return found


handlers = (do_to_ticked,)
