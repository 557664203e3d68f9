"""Pages that move money of a loan: the form, what is about to happen with the PIN pad, and the movement."""

from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.wallet.mobile.pin_pages import Payment
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.forms import form_values
from canglian.web.services import Services

Begin = Callable[[MobilePages, Services, Person, str, dict[str, str]], Awaitable[Payment]]
"""Makes a movement of what an address names, with what was typed. NotFound for what is not this person's."""


def pad_pages(path: str, begin: Begin) -> tuple[Any, ...]:
    """The routes of a movement; ``path`` names what it is about as ``item``."""

    @get(path, guards=[signed_in])
    async def show_form(
        pages: NamedDependency[MobilePages],
        services: NamedDependency[Services],
        person: NamedDependency[Person],
        item: FromPath[str],
    ) -> Response[Any]:
        """How much, and with which wallet."""
        return await (await begin(pages, services, person, item, {})).show_form(None)

    @post(path, status_code=200, guards=[signed_in])
    async def show_pad(
        pages: NamedDependency[MobilePages],
        services: NamedDependency[Services],
        person: NamedDependency[Person],
        item: FromPath[str],
    ) -> Response[Any]:
        """What is about to happen, before the PIN is asked for."""
        form = await form_values(pages.request)
        return await (await begin(pages, services, person, item, form)).show_pad()

    @post(f"{path}/pay", status_code=200, guards=[signed_in])
    async def go_on(
        pages: NamedDependency[MobilePages],
        services: NamedDependency[Services],
        person: NamedDependency[Person],
        item: FromPath[str],
    ) -> Response[Any]:
        """Look at the PIN and move the money; the key of the form makes sure that it moves once."""
        form = await form_values(pages.request)
        return await (await begin(pages, services, person, item, form)).go_on()

    return show_form, show_pad, go_on
