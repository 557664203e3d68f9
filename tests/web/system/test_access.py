"""Logging in: right and wrong passwords, lock-out, the second factor, sessions and keys."""

import asyncio
import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from pyotp.totp import TOTP

from canglian.app.opening import Opened
from canglian.kernel.errors import Busy, Rejection, Unauthenticated
from canglian.kernel.password_hash import hashed
from canglian.kernel.settings import Settings
from canglian.kernel.values import SYSTEM_BOOK, utc_now
from canglian.web.authentication import SUSPECTS_MAX, Authenticator, principal_of
from canglian.web.principal import Role
from canglian.web.system import queries
from canglian.web.system.access import confirm, create_key, log_in, log_out
from canglian.web.system.commands import ChangeUser, CreateUser, RevokeApiKey, SetPassword, SetSecondFactor
from canglian.web.system.model import User
from canglian.web.system.secrets import TOTP_ABOUT, check_password, digest, new_totp, totp_step

PASSWORD = "correct horse battery"


@pytest.fixture
async def ann(installation: Opened) -> User:
    command = CreateUser(
        login="ann", name="安娜", password=await hashed(PASSWORD), roles={"1": Role.OPERATOR, "0": Role.ADMIN}
    )
    return await installation.services.engine.execute(SYSTEM_BOOK, command, actor="test")


def _scope() -> Any:
    return {"client": ("10.0.0.1", 1), "state": {}}


async def test_a_right_password_begins_a_session_that_ends_on_log_out(installation: Opened, ann: User) -> None:
    services = installation.services
    begun = await log_in(services, "ann", PASSWORD, "10.0.0.1", "Browser")
    authenticator = Authenticator(services)
    session, user = await authenticator.session(begun.token)
    principal = principal_of(session, user)
    assert principal is not None
    assert (principal.book, principal.role, principal.actor) == (1, Role.OPERATOR, "user:ann")
    await log_out(services, session.id, "user:ann")
    with pytest.raises(Unauthenticated, match=r"session\.ended"):
        await authenticator.session(begun.token)


async def test_nobody_and_a_wrong_password_get_the_same_answer(installation: Opened, ann: User) -> None:
    for login, password in (("ann", "wrong password"), ("bob", PASSWORD)):
        with pytest.raises(Unauthenticated, match=r"login\.refused"):
            await log_in(installation.services, login, password, None, None)


async def test_the_fifth_wrong_password_locks_the_login_where_it_came_from(installation: Opened, ann: User) -> None:
    services = installation.services
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            await log_in(services, "ann", "wrong password", None, None)
    with pytest.raises(Busy, match=r"login\.locked") as locked:
        await log_in(services, "ann", PASSWORD, None, None)
    until = datetime.fromisoformat(locked.value.fields["until"])
    assert timedelta(minutes=14) < until - utc_now() <= timedelta(minutes=15)
    begun = await log_in(services, "ann", PASSWORD, "10.0.0.9", None)
    assert begun.user.failures == 5


async def test_a_code_of_the_second_factor_works_once(installation: Opened, ann: User) -> None:
    services = installation.services
    secret = new_totp()
    sealed = services.keyring.seal(secret, TOTP_ABOUT)
    await services.engine.execute(SYSTEM_BOOK, SetSecondFactor(user=ann.id, totp=sealed), actor="test")
    code = TOTP(secret).at(int(time.time()))
    pending = await log_in(services, "ann", PASSWORD, None, None)
    assert not pending.session.confirmed
    assert principal_of(pending.session, pending.user) is None
    begun = await confirm(services, pending.session, pending.user, code)
    assert begun.session.confirmed
    again = await log_in(services, "ann", PASSWORD, None, None)
    with pytest.raises(Unauthenticated, match=r"login\.code_wrong"):
        await confirm(services, again.session, again.user, code)


@pytest.mark.parametrize("typed", ["１２３４５６", "éééééé", "\udc80", "", " ", "1" * 5_000, "12345６\0"])
def test_a_code_of_any_characters_is_a_wrong_one(typed: str) -> None:
    secret = new_totp()
    if totp_step(secret, "123456") is None:
        assert totp_step(secret, typed) is None


@pytest.mark.parametrize("write", ["{0} {1}", " {0}\u00a0{1}\n", "{0}-{1}", "{0}{1}"], ids=repr)
def test_a_code_is_right_however_its_digits_are_grouped(write: str) -> None:
    secret = new_totp()
    code = TOTP(secret).at(0)
    typed = write.format(code[:3], code[3:])
    assert totp_step(secret, typed, 0.0) == 0
    assert totp_step(secret, typed.translate({ord(str(n)): 0xFF10 + n for n in range(10)}), 0.0) == 0


async def test_a_disabled_user_is_out_at_once(installation: Opened, ann: User) -> None:
    services = installation.services
    other = CreateUser(login="eve", name="夏娃", password=await hashed(PASSWORD), roles={"1": Role.VIEWER})
    eve = await services.engine.execute(SYSTEM_BOOK, other, actor="test")
    begun = await log_in(services, "eve", PASSWORD, None, None)
    await services.engine.execute(SYSTEM_BOOK, ChangeUser(user=eve.id, disabled=True), actor="test")
    with pytest.raises(Unauthenticated):
        await Authenticator(services).session(begun.token)
    with pytest.raises(Unauthenticated):
        await log_in(services, "eve", PASSWORD, None, None)


async def test_the_last_administrator_stays(installation: Opened, ann: User) -> None:
    services = installation.services
    for command in (ChangeUser(user=ann.id, disabled=True), ChangeUser(user=ann.id, roles={"1": Role.VIEWER})):
        with pytest.raises(Rejection, match=r"last_admin"):
            await services.engine.execute(SYSTEM_BOOK, command, actor="test")
    kept = await queries.user(services.reader, ann.id)
    assert kept is not None
    assert kept.administrator
    assert not kept.disabled


async def test_a_new_password_ends_every_other_session(installation: Opened, ann: User) -> None:
    services = installation.services
    here, there = [await log_in(services, "ann", PASSWORD, None, None) for _ in range(2)]
    fresh = await hashed("another long password")
    await services.engine.execute(
        SYSTEM_BOOK, SetPassword(user=ann.id, password=fresh, keep=here.session.id), actor="user:ann"
    )
    authenticator = Authenticator(services)
    await authenticator.session(here.token)
    with pytest.raises(Unauthenticated):
        await authenticator.session(there.token)


async def test_an_idle_session_ends(installation: Opened, ann: User, configuration: Settings) -> None:
    services = installation.services
    begun = await log_in(services, "ann", PASSWORD, None, None)
    await services.store.pool.execute("UPDATE login_session SET seen_at = now() - interval '31 minutes'")
    with pytest.raises(Unauthenticated, match=r"session\.ended"):
        await Authenticator(services).session(begun.token)


async def test_a_key_opens_its_book_until_it_is_revoked(installation: Opened) -> None:
    services = installation.services
    key, text = await create_key(services, name="till", of_book=1, role=Role.OPERATOR, actor="test", client="shop")
    authenticator = Authenticator(services)
    principal = await authenticator.bearer(f"Bearer {text}", _scope())
    assert (principal.book, principal.role, principal.scope) == (1, Role.OPERATOR, "client:shop")
    await services.engine.execute(SYSTEM_BOOK, RevokeApiKey(key=key.id), actor="test")
    authenticator.forget_key(key.id)
    with pytest.raises(Unauthenticated, match=r"key\.revoked"):
        await authenticator.bearer(f"Bearer {text}", _scope())


async def test_a_wrong_key_is_refused_and_guessing_is_slowed_down(installation: Opened) -> None:
    services = installation.services
    key, _ = await create_key(services, name="till", of_book=1, role=Role.OPERATOR, actor="test")
    authenticator = Authenticator(services)
    for text in (f"ck_{key.id}_guess", "ck_nobody00_x", "x", ""):
        with pytest.raises(Unauthenticated, match=r"key\.invalid"):
            await authenticator.bearer(f"Bearer {text}", _scope())
    for _ in range(46):
        with pytest.raises(Unauthenticated, match=r"key\.invalid"):
            await authenticator.bearer(f"Bearer ck_{key.id}_guess", _scope())
    with pytest.raises(Busy, match=r"rate\.failures"):
        await authenticator.bearer(f"Bearer ck_{key.id}_guess", _scope())


async def test_what_others_do_wrong_refuses_no_key_that_verifies(installation: Opened) -> None:
    """One address serves many: a key that was never used here, one that was, and a wrong one, after too many."""
    services = installation.services
    texts = [(await create_key(services, name="t", of_book=1, role=Role.VIEWER, actor="test"))[1] for _ in range(2)]
    authenticator = Authenticator(services)
    await authenticator.bearer(f"Bearer {texts[0]}", _scope())
    for _ in range(60):
        with pytest.raises((Unauthenticated, Busy)):
            await authenticator.bearer("Bearer ck_nobody00_guess", _scope())
    for text in texts:
        authenticator.forget_key(text.split("_")[1])
        scope = _scope()
        assert (await authenticator.bearer(f"Bearer {text}", scope)).book == 1
        assert scope["state"]["rate"].burst == services.settings.rate_burst
    for wrong in ("ck_nobody00_guess", f"{texts[0]}x", "ck__", "ck_", "x"):
        with pytest.raises(Busy, match=r"rate\.failures"):
            await authenticator.bearer(f"Bearer {wrong}", _scope())


async def test_guesses_beyond_the_limit_take_their_turn(installation: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    services = installation.services
    authenticator = Authenticator(services)
    for _ in range(50):
        with pytest.raises(Unauthenticated):
            await authenticator.bearer("Bearer ck_nobody00_guess", _scope())
    under_way, most, found = 0, 0, queries.key

    async def key(reader: Any, prefix: str) -> Any:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        try:
            return await found(reader, prefix)
        finally:
            under_way -= 1

    monkeypatch.setattr(queries, "key", key)
    guesses = [authenticator.bearer(f"Bearer ck_nobody{number:02}_guess", _scope()) for number in range(50)]
    answers = await asyncio.gather(*guesses, return_exceptions=True)
    assert {type(answer) for answer in answers} == {Busy}
    assert most == SUSPECTS_MAX


async def test_a_key_is_limited_in_its_rate(installation: Opened) -> None:
    services = installation.services
    _, text = await create_key(
        services, name="till", of_book=1, role=Role.VIEWER, actor="test", rate_per_second=1, rate_burst=3
    )
    authenticator = Authenticator(services)
    for _ in range(3):
        await authenticator.bearer(f"Bearer {text}", _scope())
    with pytest.raises(Busy, match=r"rate\.exceeded"):
        await authenticator.bearer(f"Bearer {text}", _scope())


async def test_an_expired_key_is_refused(installation: Opened) -> None:
    services = installation.services
    soon = utc_now() + timedelta(seconds=60)
    key, text = await create_key(services, name="till", of_book=1, role=Role.VIEWER, actor="test", expires_at=soon)
    await services.store.pool.execute("UPDATE api_key SET expires_at = now() WHERE id = $1", key.id)
    with pytest.raises(Unauthenticated, match=r"key\.expired"):
        await Authenticator(services).bearer(f"Bearer {text}", _scope())
    with pytest.raises(Rejection, match=r"expiry_past"):
        await create_key(services, name="t", of_book=1, role=Role.VIEWER, actor="test", expires_at=utc_now())


async def test_no_secret_is_stored_in_plain(installation: Opened, ann: User) -> None:
    services = installation.services
    begun = await log_in(services, "ann", PASSWORD, None, None)
    _, text = await create_key(services, name="till", of_book=1, role=Role.VIEWER, actor="test")
    rows = await services.store.pool.fetch(
        "SELECT c::text AS row FROM command c UNION ALL SELECT u::text FROM house_user u UNION ALL "
        "SELECT k::text FROM api_key k UNION ALL SELECT s::text FROM login_session s UNION ALL "
        "SELECT e::text FROM event e"
    )
    everything = "\n".join(row["row"] for row in rows)
    assert digest(begun.token) in everything
    for secret in (PASSWORD, begun.token, text, text.rsplit("_", 1)[1]):
        assert secret not in everything


def test_a_password_is_long_and_not_the_login() -> None:
    check_password(PASSWORD, "ann")
    for password in ("short", "ann-ann-ann-1", "aaaaaaaaaaaab"):
        with pytest.raises(Rejection, match="password"):
            check_password(password, "ann")
