"""Wrong passwords: counted alike for every login, never in the way of who knows the right one elsewhere."""

import re
from datetime import timedelta

import httpx
import pytest

from canglian.app.opening import Opened
from canglian.kernel.crypto import Keyring
from canglian.kernel.errors import Busy, Unauthenticated
from canglian.kernel.values import SYSTEM_BOOK, utc_now
from canglian.web.principal import Role
from canglian.web.services import Services
from canglian.web.system import access, queries
from canglian.web.system.access import confirm, log_in, prove_password
from canglian.web.system.attempts import DEVICE_DAYS, EVERYWHERE, device_cookie, known_device
from canglian.web.system.commands import CreateUser, SetSecondFactor, UnlockUser
from canglian.web.system.model import User
from canglian.web.system.secrets import TOTP_ABOUT, new_totp
from tests.web.entering import send

PASSWORD = "correct horse battery"

_what_differs = re.compile(r"req_[0-9a-f]+|\d\d:\d\d(:\d\d)?")
"""The number of the request, and the second until which something is locked."""


@pytest.fixture
def services(installation: Opened, monkeypatch: pytest.MonkeyPatch) -> Services:
    """Those of an installation where a password is compared at once, for it is compared often here."""

    async def matches(stored: str | None, password: str) -> bool:
        return stored is not None and password == PASSWORD

    monkeypatch.setattr(access, "matches", matches)
    return installation.services


@pytest.fixture
async def ann(services: Services) -> User:
    command = CreateUser(login="ann", name="安娜", password="$argon2id$", roles={"1": Role.OPERATOR})
    return await services.engine.execute(SYSTEM_BOOK, command, actor="test")


async def now_of(services: Services, user: User) -> User:
    found = await queries.user(services.reader, user.id)
    assert found is not None
    return found


async def answers(services: Services, login: str, count: int, address: str = "10.0.0.1") -> list[str]:
    """What so many wrong passwords are answered with."""
    codes: list[str] = []
    for number in range(count):
        with pytest.raises((Unauthenticated, Busy)) as refused:
            await log_in(services, login, f"wrong password {number}", address, None)
        codes.append(refused.value.code)
    return codes


async def test_a_login_that_nobody_has_is_answered_and_locked_as_one_that_somebody_has(
    services: Services, ann: User
) -> None:
    wanted = ["login.refused"] * 5 + ["login.locked"] * 3
    for login in ("ann", "ANN", "nobody", "Ann ", "", "x" * 5_000, "管理员"):
        address = f"10.0.1.{len(login) % 250}" if login != "ann" else "10.0.0.1"
        assert await answers(services, login, 8, address) == wanted, login


async def test_known_and_unknown_logins_do_the_same_work(
    services: Services, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The time is that of one password hash and one command, whoever is asked for."""
    done: list[str] = []
    submit, matches = services.engine.submit, access.matches

    async def compared(stored: str | None, password: str) -> bool:
        done.append("matches")
        return await matches(stored, password)

    monkeypatch.setattr(access, "matches", compared)

    async def counted(*given: object, **more: object) -> object:
        done.append(type(given[1]).__name__)
        return await submit(*given, **more)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(services.engine, "submit", counted)
    for login in ("ann", "nobody"):
        await answers(services, login, 1)
    assert done == ["matches", "RecordFailure"] * 2


async def test_the_pages_of_both_are_the_same(http: httpx.AsyncClient, ann: User) -> None:
    for number in range(7):
        pages: list[tuple[int, str]] = []
        for login in ("ann", "bob"):
            page = await send(http, "/console/login", login=login, password="wrong password")
            pages.append((page.status_code, _what_differs.sub("", page.text).replace(f'value="{login}"', "")))
        assert pages[0] == pages[1], number
        assert pages[0][0] == 401


async def test_nobody_is_kept_out_by_wrong_passwords_from_elsewhere(services: Services, ann: User) -> None:
    assert (await answers(services, "ann", 14))[-1] == "login.locked"
    begun = await log_in(services, "ann", PASSWORD, "10.0.0.2", None)
    assert begun.user.failures == 5
    with pytest.raises(Busy, match=r"login\.locked"):
        await log_in(services, "ann", PASSWORD, "10.0.0.1", None)


async def test_a_known_device_is_let_in_at_the_address_of_who_guesses(services: Services, ann: User) -> None:
    cookie = device_cookie(services.keyring, ann)
    for number in range(EVERYWHERE + 2):  # from many addresses, until the login is locked for all unknown devices
        await answers(services, "ann", 6, f"10.0.{number}.1")
    with pytest.raises(Busy, match=r"login\.locked"):
        await log_in(services, "ann", PASSWORD, "10.9.9.9", None)
    assert (await log_in(services, "ann", PASSWORD, "10.0.1.1", None, cookie)).session.confirmed


async def test_a_known_device_has_a_count_of_its_own(services: Services, ann: User) -> None:
    cookie = device_cookie(services.keyring, ann)
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            await log_in(services, "ann", "wrong password", "10.0.0.1", None, cookie)
    with pytest.raises(Busy, match=r"login\.locked"):
        await log_in(services, "ann", PASSWORD, "10.0.0.1", None, cookie)
    other = device_cookie(services.keyring, ann)
    assert (await log_in(services, "ann", PASSWORD, "10.0.0.1", None, other)).session.confirmed


async def test_one_address_guesses_no_more_than_wrong_keys(services: Services, ann: User) -> None:
    """Another login each time: the address itself is slowed down; whoever is known there is not."""
    codes = [(await answers(services, f"user{number}", 1))[0] for number in range(60)]
    assert codes[:50] == ["login.refused"] * 50
    assert set(codes[52:]) == {"login.often"}
    cookie = device_cookie(services.keyring, ann)
    assert (await log_in(services, "ann", PASSWORD, "10.0.0.1", None, cookie)).session.confirmed


async def test_an_administrator_lifts_the_lock(services: Services, ann: User) -> None:
    await answers(services, "ann", 6)
    await services.engine.execute(SYSTEM_BOOK, UnlockUser(user=ann.id), actor="test")
    assert (await log_in(services, "ann", PASSWORD, "10.0.0.1", None)).session.confirmed


async def test_wrong_codes_lock_wherever_they_come_from(services: Services, ann: User) -> None:
    """Who gets as far as the code has the password: changing addresses wins nothing."""
    sealed = services.keyring.seal(new_totp(), TOTP_ABOUT)
    await services.engine.execute(SYSTEM_BOOK, SetSecondFactor(user=ann.id, totp=sealed), actor="test")
    codes: list[str] = []
    for number in range(7):
        pending = await log_in(services, "ann", PASSWORD, f"10.0.{number}.1", None)
        with pytest.raises((Unauthenticated, Busy)) as refused:
            await confirm(services, pending.session, await now_of(services, ann), "wrong")
        codes.append(refused.value.code)
    assert codes == ["login.code_wrong"] * 5 + ["login.locked"] * 2


async def test_a_session_guesses_the_password_no_better(services: Services, ann: User) -> None:
    begun = await log_in(services, "ann", PASSWORD, "10.0.0.1", None)
    codes: list[str] = []
    for _ in range(7):
        with pytest.raises((Unauthenticated, Busy)) as refused:
            await prove_password(services, begun.session, await now_of(services, ann), "wrong password")
        codes.append(refused.value.code)
    assert codes == ["login.refused"] * 5 + ["login.locked"] * 2
    with pytest.raises(Busy):
        await prove_password(services, begun.session, await now_of(services, ann), PASSWORD)


async def test_after_wrong_passwords_the_user_is_told(http: httpx.AsyncClient, ann: User, services: Services) -> None:
    await answers(services, "ann", 5, "10.0.0.1")
    begun = await send(http, "/console/login", login="ann", password=PASSWORD)
    assert begun.headers["location"] == "/console/security?wrong=5"
    assert "5" in (await http.get("/console/security?wrong=5")).text.split('role="status"')[1][:200]
    again = await send(http, "/console/security", "/console/logout")
    assert again.status_code == 303
    assert http.cookies.get("canglian_device")
    assert (await send(http, "/console/login", login="ann", password=PASSWORD)).headers["location"] == "/console"


def test_the_cookie_of_a_device_is_one_users_for_a_while(ann_like: User) -> None:
    keyring = Keyring({"1": b"k" * 32}, b"i" * 32)
    cookie = device_cookie(keyring, ann_like)
    assert known_device(keyring, ann_like, cookie) == cookie.rpartition(".")[0]
    assert device_cookie(keyring, ann_like) != cookie
    other = ann_like.replace(id=ann_like.id + 1)
    late = utc_now() + timedelta(days=DEVICE_DAYS + 1)
    assert known_device(keyring, other, cookie) is None
    assert known_device(keyring, None, cookie) is None
    assert known_device(keyring, ann_like, cookie, late) is None
    assert known_device(Keyring({"1": b"k" * 32}, b"j" * 32), ann_like, cookie) is None
    forged = cookie.replace(f"{ann_like.id}.", f"{ann_like.id}.1", 1)
    for text in (None, "", ".", "...", "é", forged, f"x.{cookie}", cookie + "0"):
        assert known_device(keyring, ann_like, text) is None


@pytest.fixture
def ann_like() -> User:
    """A user that is in no database."""
    roles = {"1": "operator"}
    return User(7, "ann", "安娜", "", roles, None, None, 0, 0, None, False, False, False, utc_now(), None)
