"""What forms do: something is asked for, and gone on from; where it is refused, the page again, with what was typed."""

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

Answer = Response[Any] | str
"""A page, or the address to go on to."""

Again = Callable[..., Awaitable[Response[Any]]]
"""Shows the page of a form once more; takes ``status``, ``problem`` and ``values``."""


async def or_again(act: Awaitable[Answer], again: Callable[[CanglianError], Awaitable[Response[Any]]]) -> Response[Any]:
    """What ``act`` answers; what is refused in it, in reading or by a rule, is shown by ``again``."""
    try:
        answer = await act
    except CanglianError as error:
        return await again(error)
    return Redirect(answer, status_code=303) if isinstance(answer, str) else answer


async def answer_form(pages: Pages, act: Callable[[Form], Awaitable[Answer]], again: Again) -> Response[Any]:
    """Do with the request's form what ``act`` does, or show the page again. Raises Forbidden ``form.foreign``."""
    form = await form_values(pages.request)

    async def refused(error: CanglianError) -> Response[Any]:
        return await again(status=422, problem=pages.refusal(error), values=form)

    async def settled() -> Answer:
        form.update(await pages.picks.settle(form))
        return await act(form)

    return await or_again(settled(), refused)


async def submit_form(
    pages: Pages,
    make: Callable[[Form], Command[R] | Awaitable[Command[R]]],
    again: Again,
    to: str | Callable[[R], str],
) -> Response[Any]:
    """Submit the command that ``make`` reads from the request's form, and go on to ``to``, or show the page again.

    ``to`` is an address, or makes one of the result. Raises Forbidden ``form.foreign``.
    """
    if pages.principal is None:
        raise Unauthenticated("auth.required")
    principal = pages.principal

    async def act(form: Form) -> str:
        made = make(form)
        command = await made if isawaitable(made) else made
        result = (await submit(pages.services, principal, command, form)).unwrap()
        return to if isinstance(to, str) else to(result)

    return await answer_form(pages, act, again)
