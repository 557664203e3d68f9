"""Signing in by mobile and code, and signing out."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from canglian.bank.party.auth import sign_ins_of
from canglian.bank.party.commands import EndPersonSession
from canglian.kernel.errors import CanglianError, Malformed
from canglian.kernel.values import SYSTEM_BOOK
from canglian.web.console.formats import browser
from canglian.web.console.pages import LEFT_BEHIND
from canglian.web.console.submitting import or_again
from canglian.web.forwarding import source_of
from canglian.web.mobile import MobilePages, Person, signed_in
from canglian.web.mobile.faults import HOME, inside
from canglian.web.mobile.forms import form_values, key_of, new_key
from canglian.web.mobile.lookups import device_of, remember_device
from canglian.web.mobile.person import cookie_name
from canglian.web.services import Services
from canglian.web.system import queries
from canglian.web.system.model import BookProfile


@get("/sign-in")
async def sign_in_page(pages: NamedDependency[MobilePages], request: Request[Any, Any, Any]) -> Response[Any]:
    """The mobile number is asked for."""
    goal = inside(request.query_params.get("next", HOME))
    if pages.person is not None:
        return Redirect(goal, status_code=303)
    return pages.render("party/mobile/sign_in.html", goal=goal, books=await _books(pages.services))


@post("/sign-in", status_code=200)
async def sign_in(
    pages: NamedDependency[MobilePages], request: Request[Any, Any, Any], services: NamedDependency[Services]
) -> Response[Any]:
    """Send a code to any number; the answer does not reveal whether it is known."""
    form = await form_values(request)
    goal, books = inside(form.get("next", HOME)), await _books(services)

    async def act() -> Response[bytes]:
        book = _chosen(books, form.get("book"))
        asked = await sign_ins_of(services).ask(
            services,
            book,
            form.get("mobile", ""),
            key_of(form) or new_key(),
            device=device_of(pages),
            address=source_of(request.client),
        )
        values = {"next": goal, "book": str(book), "challenge": asked.challenge, "shown": asked.mobile}
        return pages.render("party/mobile/code.html", values=values)

    async def again(error: CanglianError) -> Response[bytes]:
        return pages.render("party/mobile/sign_in.html", goal=goal, books=books, values=form, error=error)

    return await or_again(act(), again)


@get("/sign-in/code")
async def code_page() -> Response[Any]:
    """The page of the code belongs to a code that was asked for."""
    return Redirect("/m/sign-in", status_code=303)


@post("/sign-in/code", status_code=200)
async def sign_in_code(
    pages: NamedDependency[MobilePages], request: Request[Any, Any, Any], services: NamedDependency[Services]
) -> Response[Any]:
    """The code is looked at; the right one begins a session."""
    form = await form_values(request)
    goal = inside(form.get("next", HOME))

    async def act() -> Response[Any]:
        book = _chosen(await _books(services), form.get("book"))
        device = browser(request.headers.get("user-agent"))
        token, entered = await sign_ins_of(services).enter(
            services, book, form.get("challenge", ""), form.get("code", ""), device
        )
        answer = Redirect(goal, status_code=303)
        pages.set_cookie(answer, cookie_name(services), token, services.settings.session_hours * 3600)
        remember_device(pages, answer, entered.mobile_index or "")
        return answer

    async def again(error: CanglianError) -> Response[bytes]:
        values = {name: {**form, "next": goal}.get(name, "") for name in ("next", "book", "challenge", "shown")}
        return pages.render("party/mobile/code.html", values=values, error=error)

    return await or_again(act(), again)


@post("/sign-out", status_code=200, guards=[signed_in])
async def sign_out(
    pages: NamedDependency[MobilePages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    person: NamedDependency[Person],
) -> Response[Any]:
    """End this session."""
    await form_values(request)
    await services.engine.execute(person.book, EndPersonSession(session=person.session), actor=person.actor)
    answer = Redirect("/m/sign-in", status_code=303)
    pages.set_cookie(answer, cookie_name(services), "", 0)
    answer.headers.update(LEFT_BEHIND)
    return answer


async def _books(services: Services) -> list[BookProfile]:
    """The branches that somebody can sign in to."""
    return [book for book in await queries.books(services.reader) if book.id != SYSTEM_BOOK]


def _chosen(books: list[BookProfile], named: str | None) -> int:
    """The branch that was chosen by code or number; the only one where there is no choice."""
    if len(books) == 1:
        return books[0].id
    for book in books:
        if named in (book.code, str(book.id)):
            return book.id
    raise Malformed("book.not_found", book=named or "—", field="book")


handlers = (sign_in_page, sign_in, code_page, sign_in_code, sign_out)
