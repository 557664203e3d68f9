"""``canglian init``: database, first book, first administrator and first API key."""

import secrets
from collections.abc import Sequence
from typing import Annotated, NamedTuple

import typer

from canglian.app.cli.verb import verb
from canglian.app.opening import opened
from canglian.kernel.password_hash import hashed
from canglian.kernel.settings import Settings
from canglian.kernel.values import SYSTEM_BOOK
from canglian.web.cli.output import Answer, facts
from canglian.web.principal import Role
from canglian.web.services import Services
from canglian.web.system import queries
from canglian.web.system.access import create_key
from canglian.web.system.commands import ChangeUser, CreateUser
from canglian.web.system.model import BookProfile
from canglian.web.system.secrets import check_password

FIRST = "main"
"""The code of the first book, where nobody says otherwise."""

app = typer.Typer(help="Set up an installation: database, first book, first administrator.")


@app.command()
@verb
async def main(
    settings: Settings,
    code: Annotated[str | None, typer.Option("--book", help="The code of the book; main for the first one.")] = None,
    name: Annotated[str, typer.Option("--name", help="Its name.")] = "总行",
    login: Annotated[str, typer.Option("--admin", help="The login of the first administrator.")] = "admin",
    password: Annotated[
        str | None, typer.Option("--password", envvar="CANGLIAN_ADMIN_PASSWORD", help="By default one is made up.")
    ] = None,
) -> Answer:
    """Set up an installation; what is there already stays as it is, and an administrator gets a role in a new book.

    Where there are books already, another one is opened only by its code.
    """
    async with opened(settings, migrate=True) as installation:
        services = installation.services
        if code is None and (there := await queries.books(services.reader)):
            return _found(there)
        code = code or FIRST
        profile = await queries.book(services.reader, code)
        fresh = profile is None
        if profile is None:
            profile = await installation.open_book(code, name, actor="cli:init")
        became = await _administrator(services, profile, login, password)
        key = None
        if fresh:
            _, key = await create_key(services, name="init", of_book=profile.id, role=Role.ADMIN, actor="cli:init")
    done = fresh or became.done
    data = {"book": profile.id, "code": profile.code, "admin": login, "password": became.password, "key": key}
    view = facts(
        [
            ("book", f"{profile.id}  {profile.code}  {profile.name}"),
            ("administrator", f"{login}{became.note}"),
            ("password", became.shown),
            ("API key", key or "made before; canglian key create makes another"),
        ],
        "Ready. Start it with: canglian serve" if done else "There is this book already; nothing was changed.",
    )
    return Answer({**data, "changed": done}, view)


def _found(there: Sequence[BookProfile]) -> Answer:
    """There is an installation already, and no book was named: nothing is done."""
    rows = [("books", "\n".join(f"{book.id}  {book.code}  {book.name}" for book in there))]
    note = "There is an installation here already; nothing was changed. --book opens a further book in it."
    data = {"book": there[0].id, "code": there[0].code, "admin": None, "password": None, "key": None}
    return Answer({**data, "changed": False}, facts(rows, note))


class _Became(NamedTuple):
    """What became of the administrator: whether anything was done, and what is said of it."""

    done: bool
    shown: str
    note: str = ""
    password: str | None = None


async def _administrator(services: Services, profile: BookProfile, login: str, password: str | None) -> _Became:
    """Make the administrator of a book, or give the role to the user that has the login."""
    user = await queries.user_by_login(services.reader, login)
    if user is None:
        chosen = password or secrets.token_urlsafe(12)
        check_password(chosen, login)
        roles = {str(SYSTEM_BOOK): Role.ADMIN, str(profile.id): Role.ADMIN}
        command = CreateUser(login=login, name=login, password=await hashed(chosen), roles=roles)
        await services.engine.execute(SYSTEM_BOOK, command, actor="cli:init")
        return _Became(True, "as it was given") if password else _Became(True, chosen, password=chosen)
    kept = "as it was before"
    if user.roles.get(str(profile.id)) == Role.ADMIN.value:
        return _Became(False, kept)
    roles = {book: Role(role) for book, role in user.roles.items()} | {str(profile.id): Role.ADMIN}
    await services.engine.execute(SYSTEM_BOOK, ChangeUser(user=user.id, roles=roles), actor="cli:init")
    return _Became(True, kept, ", who was there before and is an administrator of this book now")
