"""``canglian user``: people who log in to the console."""

import secrets
from typing import Annotated

import msgspec
import typer

from canglian.app.cli.options import Yes
from canglian.app.cli.prompts import confirm
from canglian.app.cli.verb import verb
from canglian.app.opening import Opened, pick
from canglian.kernel.errors import NotFound
from canglian.kernel.password_hash import hashed
from canglian.kernel.values import SYSTEM_BOOK
from canglian.web.cli.output import Answer, facts, table
from canglian.web.principal import Role
from canglian.web.system import User, queries
from canglian.web.system.commands import ChangeUser, CreateUser, SetPassword, SetSecondFactor, UnlockUser
from canglian.web.system.secrets import check_password

app = typer.Typer(help="People who log in to the console.", no_args_is_help=True)

LoginArgument = Annotated[str, typer.Argument(metavar="LOGIN", help="The login.")]
BookOption = Annotated[str | None, typer.Option("--book", help="In which book; by default the only one.")]
Password = Annotated[
    str | None, typer.Option("--password", envvar="CANGLIAN_PASSWORD", help="By default one is made up and shown.")
]
ACTOR = "cli:user"


@app.command("list")
@verb
async def list_users(installation: Opened) -> Answer:
    """List the users and their roles."""
    users = await queries.users(installation.services.reader)
    rows = [
        (user.login, user.name, _roles(user), "disabled" if user.disabled else "", user.logged_in_at) for user in users
    ]
    return Answer([plain(user) for user in users], table(["login", "name", "roles", "state", "last login"], rows))


@app.command()
@verb
async def create(
    installation: Opened,
    login: LoginArgument,
    role: Annotated[Role, typer.Option("--role", help="What the user is in the book.")],
    name: Annotated[str | None, typer.Option("--name", help="Display name.")] = None,
    book: BookOption = None,
    administrator: Annotated[bool, typer.Option("--administrator", help="Administers the installation too.")] = False,
    password: Password = None,
) -> Answer:
    """Let somebody log in."""
    services = installation.services
    number = (await pick(services.reader, book)).id
    chosen = password or secrets.token_urlsafe(12)
    check_password(chosen, login)
    roles = {str(number): role.value} | ({str(SYSTEM_BOOK): Role.ADMIN.value} if administrator else {})
    fields = {
        "login": login,
        "name": name or login,
        "password": await hashed(chosen),
        "roles": roles,
        "must_change": password is None,
    }
    user = await services.engine.execute(SYSTEM_BOOK, msgspec.convert(fields, CreateUser), actor=ACTOR)
    shown = None if password else chosen
    view = facts([("login", login), ("roles", _roles(user)), ("password", shown)], f"Created user {login}.")
    return Answer({**plain(user), "password": shown}, view)


@app.command("grant")
@verb
async def grant(
    installation: Opened,
    login: LoginArgument,
    role: Annotated[str, typer.Argument(help="viewer, operator, approver, auditor, admin, or none.")],
    book: BookOption = None,
) -> Answer:
    """Give a user a role in a book, or take it away with 'none'."""
    services = installation.services
    user = await _user(installation, login)
    number = str((await pick(services.reader, book)).id)
    roles = {of: held for of, held in user.roles.items() if of != number}
    if role != "none":
        roles[number] = msgspec.convert(role, Role).value
    changed = await services.engine.execute(
        SYSTEM_BOOK, msgspec.convert({"user": user.id, "roles": roles}, ChangeUser), actor=ACTOR
    )
    return Answer(plain(changed), facts([("login", login), ("roles", _roles(changed))], "Changed."))


@app.command()
@verb
async def disable(installation: Opened, login: LoginArgument, yes: Yes = False) -> Answer:
    """Shut a user out; every session ends. Asks first."""
    user = await _user(installation, login)
    confirm(f"Shut {user.name} ({login}) out, and end every session?", yes=yes)
    return await _change(installation, login, disabled=True)


@app.command()
@verb
async def enable(installation: Opened, login: LoginArgument) -> Answer:
    """Let a disabled user in again."""
    return await _change(installation, login, disabled=False)


@app.command()
@verb
async def unlock(installation: Opened, login: LoginArgument) -> Answer:
    """Forget the wrong passwords of a user."""
    user = await _user(installation, login)
    await installation.services.engine.execute(SYSTEM_BOOK, UnlockUser(user=user.id), actor=ACTOR)
    return Answer({"login": login}, facts([("login", login)], "Unlocked."))


@app.command()
@verb
async def password(installation: Opened, login: LoginArgument, password: Password = None) -> Answer:
    """Give a user a new password; every session ends."""
    user = await _user(installation, login)
    chosen = password or secrets.token_urlsafe(12)
    check_password(chosen, login)
    command = SetPassword(user=user.id, password=await hashed(chosen), must_change=password is None)
    await installation.services.engine.execute(SYSTEM_BOOK, command, actor=ACTOR)
    shown = None if password else chosen
    return Answer({"login": login, "password": shown}, facts([("login", login), ("password", shown)], "Changed."))


@app.command("reset-second-factor")
@verb
async def reset_second_factor(installation: Opened, login: LoginArgument, yes: Yes = False) -> Answer:
    """Switch a user's second factor off, after the device was lost. Asks first."""
    user = await _user(installation, login)
    confirm(f"Let {user.name} ({login}) log in by password alone?", yes=yes)
    await installation.services.engine.execute(SYSTEM_BOOK, SetSecondFactor(user=user.id, totp=None), actor=ACTOR)
    return Answer({"login": login}, facts([("login", login)], "The second factor is off."))


async def _user(installation: Opened, login: str) -> User:
    user = await queries.user_by_login(installation.services.reader, login)
    if user is None:
        raise NotFound("house_user.not_found", house_user=login)
    return user


async def _change(installation: Opened, login: str, *, disabled: bool) -> Answer:
    user = await _user(installation, login)
    command = ChangeUser(user=user.id, disabled=disabled)
    changed = await installation.services.engine.execute(SYSTEM_BOOK, command, actor=ACTOR)
    return Answer(plain(changed), facts([("login", login)], "Disabled." if disabled else "Enabled."))


def plain(user: User) -> dict[str, object]:
    """A user without what proves who it is."""
    fields = msgspec.to_builtins(user)
    for hidden in ("password", "totp", "totp_step"):
        del fields[hidden]
    return {**fields, "second_factor": user.totp is not None}


def _roles(user: User) -> str:
    return ", ".join(f"{'installation' if of == '0' else 'book ' + of}: {role}" for of, role in user.roles.items())
