"""Logging in: from a form or a request to the commands of users, keys and sessions."""

import msgspec

from canglian.kernel.errors import Forbidden, Unauthenticated
from canglian.kernel.password_hash import matches
from canglian.kernel.values import SYSTEM_BOOK
from canglian.web.forwarding import source_of
from canglian.web.principal import Role
from canglian.web.services import Services
from canglian.web.system import queries
from canglian.web.system.attempts import EVERYWHERE, Trying, attempts_of, known_device
from canglian.web.system.commands import BeginSession, CreateApiKey, EndSession, RecordFailure
from canglian.web.system.commands.keys import Client
from canglian.web.system.model import ApiKey, LoginSession, User
from canglian.web.system.secrets import TOTP_ABOUT, digest, new_key, new_token, totp_step

LOGIN_MAX = 100
NOBODY = 0
"""The number that no user has."""

PENDING_MINUTES = 5
"""How long a login waits for its second factor."""


class LoggedIn(msgspec.Struct, frozen=True):
    """A session just begun, and its token for the cookie. Without ``confirmed`` the code is still asked for."""

    token: str
    session: LoginSession
    user: User


async def log_in(
    services: Services, login: str, password: str, address: str | None, agent: str | None, device: str | None = None
) -> LoggedIn:
    """Begin a session; ``device`` is the cookie of a device on which somebody was let in before.

    Whether there is such a login is told by nothing: neither by the answer nor by a lock nor by the time that it takes.
    Raises Unauthenticated ``login.refused``, Busy ``login.locked`` or ``login.often``, Forbidden ``login.no_role``.
    """
    user = await queries.user_by_login(services.reader, login)
    trying = _trying(services, user, login, address, device)
    await _prove(services, trying, user, password)
    if user is None or user.disabled:
        raise Unauthenticated("login.refused")
    if not user.roles:
        raise Forbidden("login.no_role")
    return await _begin(services, user, trying, address, agent, confirmed=user.totp is None)


async def confirm(
    services: Services, pending: LoginSession, user: User, code: str, device: str | None = None
) -> LoggedIn:
    """Finish a login with the code of the second factor. Raises Unauthenticated ``login.code_wrong``."""
    trying = _trying(services, user, user.login, pending.address, device)
    attempts_of(services).check(trying, user, codes=True)
    secret = services.keyring.open(user.totp, TOTP_ABOUT) if user.totp else ""
    step = totp_step(secret, code)
    if step is None or step <= user.totp_step:
        attempts_of(services).fail(trying, user, codes=True)
        await _record(services, user)
        raise Unauthenticated("login.code_wrong")
    begun = await _begin(services, user, trying, pending.address, pending.agent, confirmed=True, step=step)
    await services.engine.execute(SYSTEM_BOOK, EndSession(session=pending.id), actor=f"user:{user.login}")
    return begun


async def prove_password(services: Services, session: LoginSession, user: User, password: str) -> None:
    """Make sure that it is the user who sits at a session. Wrong passwords are counted as those of logins are.

    Raises Unauthenticated ``login.refused``, Busy ``login.locked`` or ``login.often``.
    """
    trying = Trying(user.login, source_of(session.address and (session.address, 0)), f"session.{session.id}")
    await _prove(services, trying, user, password)


def _trying(services: Services, user: User | None, login: str, address: str | None, device: str | None) -> Trying:
    known = known_device(services.keyring, user, device)
    return Trying(login[:LOGIN_MAX].lower(), source_of(address and (address, 0)), known)


async def _prove(services: Services, trying: Trying, user: User | None, password: str) -> None:
    attempts = attempts_of(services)
    attempts.check(trying, user)
    right = await matches(None if user is None else user.password, password)
    if not right or user is None or user.disabled:
        attempts.fail(trying, user)
        await _record(services, user)
        raise Unauthenticated("login.refused")


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


async def _begin(
    services: Services,
    user: User,
    trying: Trying,
    address: str | None,
    agent: str | None,
    *,
    confirmed: bool,
    step: int | None = None,
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
        known_device=trying.device is not None,
    )
    session = await services.engine.execute(SYSTEM_BOOK, command, actor=f"user:{user.login}")
    if confirmed:
        attempts_of(services).forget(trying)
    return LoggedIn(token, session, user)


async def _record(services: Services, user: User | None) -> None:
    """Keep that something was wrong. For a login that nobody has, as much is done: a command that finds no user."""
    settings = services.settings
    most = settings.login_attempts_max * EVERYWHERE
    command = RecordFailure(user=NOBODY if user is None else user.id, most=most, minutes=settings.lockout_minutes)
    outcome = await services.engine.submit(SYSTEM_BOOK, command, actor="system:login")
    if user is not None:
        outcome.unwrap()


def _first_book(user: User) -> int:
    """The book that a session looks at first: the lowest with a role, the system's own only where there is no other."""
    numbers = sorted(int(number) for number in user.roles)
    return next((number for number in numbers if number != SYSTEM_BOOK), 1 if user.administrator else SYSTEM_BOOK)
