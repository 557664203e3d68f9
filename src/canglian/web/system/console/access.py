"""Logging in and out, the second factor, the language, and the change of book."""

from typing import Any
from urllib.parse import urlencode

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.response import Redirect

from canglian.kernel.errors import CanglianError, NotFound, Unauthenticated
from canglian.kernel.values import SYSTEM_BOOK
from canglian.web.console.faults import LOGIN
from canglian.web.console.forms import form_values
from canglian.web.console.pages import LANGUAGE_COOKIE, LEFT_BEHIND, YEAR_SECONDS, Pages
from canglian.web.console.submitting import or_again
from canglian.web.principal import Permission, Principal, needs
from canglian.web.returning import inside
from canglian.web.services import Services
from canglian.web.system import queries
from canglian.web.system.access import LoggedIn, confirm, log_in, log_out
from canglian.web.system.attempts import DEVICE_DAYS, device_cookie
from canglian.web.system.commands import SeeSession
from canglian.web.system.model import User
from canglian.web.words import LANGUAGES

HOME = "/console"
SECURITY = "/console/security"


def _cookie(services: Services) -> str:
    return "__Host-canglian" if services.settings.has_secure_cookies else "canglian"


def _device_cookie(services: Services) -> str:
    return "__Host-canglian-device" if services.settings.has_secure_cookies else "canglian_device"


def _device(request: Request[Any, Any, Any], services: Services) -> str | None:
    return request.cookies.get(_device_cookie(services))


def _enter(pages: Pages, begun: LoggedIn, goal: str) -> Response[Any]:
    answer = Redirect(goal, status_code=303)
    seconds = pages.services.settings.session_hours * 3600
    pages.set_cookie(answer, _cookie(pages.services), begun.token, seconds)
    if begun.session.confirmed:
        device = device_cookie(pages.services.keyring, begun.user)
        pages.set_cookie(answer, _device_cookie(pages.services), device, DEVICE_DAYS * 24 * 3600)
    return answer


def _goal(services: Services, begun: LoggedIn, goal: str) -> str:
    """Where a login leads; before that the user is told where others have tried in the meantime."""
    wrong = begun.user.failures
    return f"{SECURITY}?wrong={wrong}" if wrong >= services.settings.login_attempts_max else goal


@get("/login")
async def login_page(pages: NamedDependency[Pages], request: Request[Any, Any, Any]) -> Response[Any]:
    """The form of login and password, or of the code where that is what is missing."""
    goal = inside(request.query_params.get("next", HOME), HOME)
    if pages.principal is not None:
        return Redirect(goal, status_code=303)
    signed_in: Any = request.scope.get("auth")
    pending = signed_in is not None and not signed_in[0].confirmed
    name = "system/second_factor.html" if pending else "system/login.html"
    return await pages.render(name, goal=goal, problem=None, login="")


@post("/login", status_code=200)
async def login(
    pages: NamedDependency[Pages], request: Request[Any, Any, Any], services: NamedDependency[Services]
) -> Response[Any]:
    """Log in by password."""
    form = await form_values(request)
    goal = inside(form.get("next", HOME), HOME)
    name, agent = form.get("login", ""), request.headers.get("user-agent")
    address = request.client.host if request.client else None

    async def enter() -> Response[Any]:
        password, device = form.get("password", ""), _device(request, services)
        begun = await log_in(services, name, password, address, agent, device)
        if not begun.session.confirmed:
            return _enter(pages, begun, f"{LOGIN}?{urlencode({'next': goal})}")
        return _enter(pages, begun, _goal(services, begun, goal))

    async def again(error: CanglianError) -> Response[Any]:
        problem = pages.refusal(error)
        return await pages.render("system/login.html", status=401, goal=goal, problem=problem, login=name)

    return await or_again(enter(), again)


@post("/login/code", status_code=200)
async def login_code(
    pages: NamedDependency[Pages], request: Request[Any, Any, Any], services: NamedDependency[Services]
) -> Response[Any]:
    """Finish a login by the code of the second factor."""
    form = await form_values(request)
    goal = inside(form.get("next", HOME), HOME)
    signed_in: Any = request.scope.get("auth")
    if signed_in is None:
        raise Unauthenticated("session.ended")
    if signed_in[0].confirmed:  # nothing is asked of who is in already
        return Redirect(goal, status_code=303)

    async def enter() -> Response[Any]:
        pending, user = signed_in
        begun = await confirm(services, pending, user, form.get("code", ""), _device(request, services))
        return _enter(pages, begun, _goal(services, begun, goal))

    async def again(error: CanglianError) -> Response[Any]:
        return await pages.render("system/second_factor.html", status=401, goal=goal, problem=pages.refusal(error))

    return await or_again(enter(), again)


@post("/logout", status_code=200)
async def logout(
    pages: NamedDependency[Pages], request: Request[Any, Any, Any], services: NamedDependency[Services]
) -> Response[Any]:
    """End the session."""
    await form_values(request)
    signed_in: Any = request.scope.get("auth")
    if signed_in is not None:
        await log_out(services, signed_in[0].id, f"user:{signed_in[1].login}")
    answer = Redirect("/console/login", status_code=303)
    answer.delete_cookie(_cookie(services))
    answer.headers.update(LEFT_BEHIND)
    return answer


@post("/language", status_code=200)
async def change_language(pages: NamedDependency[Pages], request: Request[Any, Any, Any]) -> Response[Any]:
    """Read on in the other language."""
    form = await form_values(request)
    answer = Redirect(inside(form.get("next", HOME), HOME), status_code=303)
    if form.get("language") in LANGUAGES:
        pages.set_cookie(answer, LANGUAGE_COOKIE, form["language"], YEAR_SECONDS)
    return answer


@post("/book", status_code=200, guards=[needs(Permission.VISIT)])
async def change_book(
    request: Request[Any, Any, Any], services: NamedDependency[Services], principal: NamedDependency[Principal]
) -> Response[Any]:
    """Look at another book of one's own."""
    form = await form_values(request)
    signed_in: Any = request.scope.get("auth")
    number = form.get("book", "")
    if number not in _mine(signed_in[1]):
        raise NotFound("book.not_found", book=number)
    command = SeeSession(session=signed_in[0].id, of_book=int(number))
    await services.engine.execute(SYSTEM_BOOK, command, actor=principal.actor)
    return Redirect(HOME, status_code=303)


@get("/books", guards=[needs(Permission.VISIT)])
async def my_books(
    pages: NamedDependency[Pages], request: Request[Any, Any, Any], services: NamedDependency[Services]
) -> Response[Any]:
    """The books that one has a role in."""
    signed_in: Any = request.scope.get("auth")
    roles = _mine(signed_in[1])
    books = [book for book in await queries.books(services.reader) if str(book.id) in roles]
    return await pages.render("system/books.html", books_shown=books, roles=roles)


def _mine(user: User) -> dict[str, str]:
    """The roles of a user by book. The book of the installation has no pages of its own."""
    return {number: role for number, role in user.roles.items() if number != str(SYSTEM_BOOK)}


handlers = (login_page, login, login_code, logout, change_language, my_books, change_book)
