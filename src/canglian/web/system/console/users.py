"""Users of this book, for its administrators."""

import secrets
from functools import partial
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.kernel.command import Command
from canglian.kernel.errors import Forbidden, Malformed, NotFound
from canglian.kernel.password_hash import hashed
from canglian.kernel.queries.paging import Order, Page
from canglian.kernel.values import SYSTEM_BOOK
from canglian.web.additions import PageLink
from canglian.web.console import Choice, Column, Filter, ListSpec, list_page
from canglian.web.console.forms import read, submit
from canglian.web.console.pages import Pages
from canglian.web.console.submitting import Answer, Form, answer_form
from canglian.web.principal import Permission, Principal, Role, needs
from canglian.web.services import Services
from canglian.web.showing import show_once
from canglian.web.system import queries
from canglian.web.system.commands import ChangeUser, CreateUser, SetPassword, SetSecondFactor, UnlockUser
from canglian.web.system.model import User
from canglian.web.system.secrets import check_password

T = TypeVar("T")

PATH = "/console/users"


_LIST = ListSpec(
    "users",
    "Users",
    "Users of this book and their roles.",
    [
        Column("login", "Login", sort="login"),
        Column("name", "Name", sort="name"),
        Column("role", "Role", "words", phone=True),
        Column("state", "State", "state", phone=True),
        Column("second_factor", "Second factor", "words"),
        Column("created_at", "Created", "when", sort="created_at"),
        Column("logged_in_at", "Last login", "when", sort="logged_in_at", phone=True),
    ],
    [
        Filter("text", "Login or name", "search"),
        Filter("role", "Role", choices=[Choice(role.value, f"role.{role.value}") for role in Role]),
        Filter(
            "state", "State", choices=[Choice(state, f"state.{state}") for state in ("active", "locked", "disabled")]
        ),
    ],
    href=PATH + "/{id}",
    sort="login",
)
_NEW = PageLink("New user", f"{PATH}/new", "plus", Permission.ADMINISTER)


async def _one(services: Services, principal: Principal, number: int) -> User:
    user = await queries.user(services.reader, number)
    if user is None or str(principal.book) not in user.roles:
        raise NotFound("house_user.not_found", house_user=number)
    return user


@get("/users", guards=[needs(Permission.ADMINISTER)])
async def list_users(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Who may log in to this book, and as what."""
    query = request.query_params
    asked = queries.UserFilter(query.get("role") or None, query.get("state") or None, query.get("text") or None)

    async def page(order: Order) -> Page[Any]:
        found = await queries.users_of(services.reader, principal.book, asked, order)
        return Page([_row(user) for user in found.items], found.next_cursor)

    return await list_page(pages, _LIST, page, actions=[_NEW])


def _row(user: queries.UserRow) -> dict[str, Any]:
    factor = "On" if user.second_factor else "Off"
    return {**msgspec.structs.asdict(user), "role": f"role.{user.role}", "second_factor": factor}


@get("/users/new", guards=[needs(Permission.ADMINISTER)])
async def new_user(pages: NamedDependency[Pages]) -> Response[Any]:
    """The form of a new user."""
    return await _form(pages, {}, None)


async def _form(pages: Pages, values: dict[str, str], problem: Any, status: int = 200) -> Response[Any]:
    return await pages.render(
        "system/user_new.html",
        status=status,
        values=values,
        problem=problem,
        roles=list(Role),
        key=secrets.token_hex(8),
    )


@post("/users/new", status_code=200, guards=[needs(Permission.ADMINISTER)])
async def create_user(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
) -> Response[Any]:
    """Let somebody log in to this book; the password is shown once."""
    password = secrets.token_urlsafe(12)

    async def create(form: Form) -> Answer:
        login = form.get("login", "")
        there = await queries.user_by_login(services.reader, login)
        if there is not None and str(principal.book) not in there.roles:
            roles = {**there.roles, str(principal.book): form.get("role", "")}
            await _ask(services, principal, _roles(there, roles))
            return f"{PATH}/{there.id}"
        fields = {
            "login": login,
            "name": form.get("name", ""),
            "password": await hashed(password),
            "roles": {str(principal.book): form.get("role", "")},
            "must_change": True,
        }
        user = await _ask(services, principal, read(fields, CreateUser))
        return await _show(pages, user, principal, shown=password)

    return await answer_form(pages, create, partial(_form, pages))


@get("/users/{number:int}", guards=[needs(Permission.ADMINISTER)])
async def user_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    number: FromPath[int],
) -> Response[Any]:
    """One user of this book."""
    user = await _one(services, principal, number)
    return await _show(pages, user, principal)


async def _show(pages: Pages, user: User, principal: Principal, status: int = 200, **more: Any) -> Response[Any]:
    given = {"shown": None, "problem": None, **more}
    if given["shown"]:
        show_once(pages.request)
    return await pages.render(
        "system/user.html", status=status, user=user, book=str(principal.book), roles=list(Role), **given
    )


@post("/users/{number:int}", status_code=200, guards=[needs(Permission.ADMINISTER)])
async def change_user(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    number: FromPath[int],
) -> Response[Any]:
    """Change a user's role in this book, or what stands in the way of logging in."""
    user = await _one(services, principal, number)

    async def change(form: Form) -> Answer:
        shown = await _do(services, principal, user, form)
        if shown is not None:
            return await _show(pages, user, principal, shown=shown)
        return PATH if form.get("role") == "none" else f"{PATH}/{number}"

    return await answer_form(pages, change, partial(_show, pages, user, principal))


async def _do(services: Services, principal: Principal, user: User, form: dict[str, str]) -> str | None:
    """The action of a form; a new password, if one was made."""
    elsewhere = {of: role for of, role in user.roles.items() if of != str(principal.book)}
    action = form.get("action")
    if action == "role":
        roles = elsewhere | ({} if form.get("role") == "none" else {str(principal.book): form.get("role", "")})
        await _ask(services, principal, _roles(user, roles))
        return None
    if elsewhere and not await _heads(services, principal):
        raise Forbidden("auth.forbidden", role=principal.role.value, permission=Permission.ADMINISTER.value)
    if action in ("disable", "enable"):
        command = ChangeUser(user=user.id, disabled=action == "disable")
        await _ask(services, principal, command)
    elif action == "unlock":
        await _ask(services, principal, UnlockUser(user=user.id))
    elif action == "factor":
        await _ask(services, principal, SetSecondFactor(user=user.id, totp=None))
    elif action == "password":
        password = secrets.token_urlsafe(12)
        check_password(password, user.login)
        command = SetPassword(user=user.id, password=await hashed(password), must_change=True)
        await _ask(services, principal, command)
        return password
    return None


def _roles(user: User, roles: dict[str, str]) -> ChangeUser:
    """The change of a user's roles; a role that there is not stands wrong at the field ``role``."""
    try:
        return read({"user": user.id, "roles": roles}, ChangeUser)
    except Malformed:
        raise Malformed("form.choice", field="role") from None


async def _ask(services: Services, principal: Principal, command: Command[T]) -> T:
    """The result of a command on book 0; a refusal is raised."""
    return (await submit(services, principal, command, {}, book=SYSTEM_BOOK)).unwrap()


async def _heads(services: Services, principal: Principal) -> bool:
    """Whether the user administers the installation: only then a user of several books may be shut out of all."""
    me = await queries.user(services.reader, int(principal.id))
    return me is not None and me.administrator


handlers = (list_users, new_user, create_user, user_page, change_user)
