"""What most forms do: ask the engine once and go on; where that is refused, the page again, with what was typed."""

from collections.abc import Awaitable, Callable
from inspect import isawaitable
from typing import Any, TypeVar

from litestar import Response
from litestar.response import Redirect

from canglian.kernel.command import Command
from canglian.kernel.errors import CanglianError, Unauthenticated
from canglian.web.console.forms import form_values, submit
from canglian.web.console.pages import Pages

R = TypeVar("R")

Form = dict[str, str]


async def submit_form(
    pages: Pages,
    make: Callable[[Form], Command[R] | Awaitable[Command[R]]],
    again: Callable[..., Awaitable[Response[Any]]],
    to: str,
) -> Response[Any]:
    """Submit the command that ``make`` reads from the request's form, and go on to the address ``to``.

    What is refused, in reading or by a rule, is shown by ``again``, which is given ``status``, ``problem`` and
    ``values``. Raises Forbidden ``form.foreign``.
    """
    if pages.principal is None:
        raise Unauthenticated("auth.required")
    form = await form_values(pages.request)
    try:
        made = make(form)
        command = await made if isawaitable(made) else made
        (await submit(pages.services, pages.principal, command, form)).unwrap()
    except CanglianError as error:
        return await again(status=422, problem=pages.refusal(error), values=form)
    return Redirect(to, status_code=303)
