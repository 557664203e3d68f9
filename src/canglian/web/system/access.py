"""Logging in: from a form or a request to the commands of users, keys and sessions."""

import msgspec

from canglian.kernel.errors import Busy, Forbidden, Unauthenticated
from canglian.kernel.password_hash import matches
from canglian.kernel.values import SYSTEM_BOOK, utc_now
from canglian.web.principal import Role
from canglian.web.services import Services
from canglian.web.system import queries
from canglian.web.system.commands import BeginSession, CreateApiKey, EndSession, RecordFailure
from canglian.web.system.commands.keys import Client
from canglian.web.system.model import ApiKey, LoginSession, User
from canglian.web.system.secrets import TOTP_ABOUT, digest, new_key, new_token, totp_step

PENDING_MINUTES = 5
"""How long a login waits for its second factor."""


class LoggedIn(msgspec.Struct, frozen=True):
    """A session just begun, and its token for the cookie. Without ``confirmed`` the code is still asked for."""

    token: str
    session: LoginSession
    user: User


async def log_in(services: Services, login: str, password: str, address: str | None, agent: str | None) -> LoggedIn:
    """Begin a session. Raises Unauthenticated ``login.refused``, Busy ``login.locked``, Forbidden ``login.no_role``."""
    user = await queries.user_by_login(services.reader, login)
    right = await matches(None if user is None else user.password, password)
    if user is None:
        raise Unauthenticated("login.refused")
    _check_lock(user)
    if not right or user.disabled:
        await _failed(services, user)
        raise Unauthenticated("login.refused")
    if not user.roles:
        raise Forbidden("login.no_role")
    return await _begin(services, user, address, agent, confirmed=user.totp is None)


async def confirm(services: Services, pending: LoginSession, user: User, code: str) -> LoggedIn:
    """Finish a login with the code of the second factor. Raises Unauthenticated ``login.code_wrong``."""
    _check_lock(user)
    secret = services.keyring.open(user.totp, TOTP_ABOUT) if user.totp else ""
    step = totp_step(secret, code)
    if step is None or step <= user.totp_step:
        await _failed(services, user)
        raise Unauthenticated("login.code_wrong")
    begun = await _begin(services, user, pending.address, pending.agent, confirmed=True, step=step)
    await services.engine.execute(SYSTEM_BOOK, EndSession(session=pending.id), actor=f"user:{user.login}")
    return begun


async def log_out(services: Services, session: str, actor: str) -> None:
    """End a session."""
    await services.engine.execute(SYSTEM_BOOK, EndSession(session=session), actor=actor)


async def create_key(
    services: Services,
    *,
    name: str,
    of_book: int,
    role: Role,
    actor: str,
    client: Client | None = None,
    rate_per_second: int | None = None,
    rate_burst: int | None = None,
    expires_at: object = None,
) -> tuple[ApiKey, str]:
    """Make an API key; the key itself is returned once."""
    prefix, text = new_key()
    fields = {
        "id": prefix,
        "digest": digest(text),
        "name": name,
        "of_book": of_book,
        "role": role.value,
        "client": client,
        "rate_per_second": rate_per_second,
        "rate_burst": rate_burst,
        "expires_at": expires_at,
    }
    command = msgspec.convert(fields, CreateApiKey)
    return await services.engine.execute(SYSTEM_BOOK, command, actor=actor), text


def _check_lock(user: User) -> None:
    if user.locked_until is not None and (left := (user.locked_until - utc_now()).total_seconds()) > 0:
        raise Busy("login.locked", retry_after=int(left) + 1, until=user.locked_until.isoformat(timespec="seconds"))


async def _begin(
    services: Services, user: User, address: str | None, agent: str | None, *, confirmed: bool, step: int | None = None
) -> LoggedIn:
    token = new_token()
    minutes = services.settings.session_hours * 60 if confirmed else PENDING_MINUTES
    command = BeginSession(
        session=digest(token),
        user=user.id,
        of_book=_first_book(user),
        minutes=minutes,
        confirmed=confirmed,
        step=step,
        address=address,
        agent=None if agent is None else agent[:200],
    )
    session = await services.engine.execute(SYSTEM_BOOK, command, actor=f"user:{user.login}")
    return LoggedIn(token, session, user)


async def _failed(services: Services, user: User) -> None:
    settings = services.settings
    command = RecordFailure(user=user.id, most=settings.login_attempts_max, minutes=settings.lockout_minutes)
    await services.engine.execute(SYSTEM_BOOK, command, actor="system:login")


def _first_book(user: User) -> int:
    """The book that a session looks at first: the lowest with a role, the system's own only where there is no other."""
    numbers = sorted(int(number) for number in user.roles)
    return next((number for number in numbers if number != SYSTEM_BOOK), 1 if user.administrator else SYSTEM_BOOK)
