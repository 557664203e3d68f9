"""The pages of the house: users, keys, one's own security, the change of book."""

import re

import httpx
from pyotp.totp import TOTP

from canglian.app.demo.logins import PASSWORD
from canglian.app.opening import Opened
from canglian.kernel.password_hash import hashed
from canglian.kernel.values import SYSTEM_BOOK
from canglian.web.principal import Role
from canglian.web.system import queries
from canglian.web.system.commands import ChangeUser, CreateUser
from tests.web.entering import Enter, send, token_in


def shown_once(page: str) -> str:
    found = re.search(r'data-copy="([^"]+)"', page)
    assert found
    return found[1]


def _found(pattern: str, page: str) -> str:
    found = re.search(pattern, page)
    assert found, pattern
    return found[1]


async def number_of(installation: Opened, login: str) -> int:
    user = await queries.user_by_login(installation.services.reader, login)
    assert user is not None
    return user.id


async def test_a_new_user_chooses_a_password_before_anything_else(enter: Enter, installation: Opened) -> None:
    client = await enter("admin")
    made = await send(client, "/console/users/new", login="li.na", name="李娜", role="operator")
    password = shown_once(made.text)
    client.cookies.clear()
    await send(client, "/console/login", login="li.na", password=password)
    for path in ("/console", "/console/accounts", "/console/transfers/new"):
        assert (await client.get(path)).headers["location"] == "/console/security"
    assert "请设置" in (await client.get("/console/security")).text
    token = token_in((await client.get("/console/security")).text)
    refused = await client.post("/console/accounts/new", data={"_token": token, "head": "2011", "asset": "CNY"})
    assert refused.headers["location"] == "/console/security"
    changed = await send(
        client, "/console/security", "/console/security/password", old=password, new="another-good-one-7"
    )
    assert changed.headers["location"] == "/console/security?done=password"
    assert (await client.get("/console")).status_code == 200


async def test_a_new_visitor_chooses_a_password_and_a_second_factor(enter: Enter, installation: Opened) -> None:
    """Whoever logs in has a password to change, whatever the role."""
    client = await enter("admin")
    password = shown_once(
        (await send(client, "/console/users/new", login="bureau", name="商务局", role="visitor")).text
    )
    client.cookies.clear()
    await send(client, "/console/login", login="bureau", password=password)
    at = "/console/security"
    changed = await send(client, at, f"{at}/password", old=password, new="another-good-one-7")
    assert changed.headers["location"] == f"{at}?done=password"
    page = (await client.get(f"{at}/second-factor")).text
    code = TOTP(_found(r'class="code">([A-Z2-7]+)<', page)).now()
    sealed = _found(r'name="sealed" value="([^"]+)"', page)
    switched = await send(client, f"{at}/second-factor", sealed=sealed, code=code)
    assert switched.headers["location"] == f"{at}?done=factor"
    assert (await client.get("/console/accounts")).status_code == 403


async def test_a_user_form_keeps_its_values_and_says_what_is_wrong(enter: Enter, installation: Opened) -> None:
    client = await enter("admin")
    before = len(await queries.users(installation.services.reader))
    for values, field in (
        ({"login": "Li Na", "name": "李娜", "role": "viewer"}, "login"),
        ({"login": "li.na", "name": "", "role": "viewer"}, "name"),
    ):
        answer = await send(client, "/console/users/new", **values)
        assert answer.status_code == 422
        assert f'href="#f-{field}"' in answer.text
        assert f'value="{values["login"]}"' in answer.text
    assert (await send(client, "/console/users/new", login="li.na", name="x", role="king")).status_code == 422
    assert (await send(client, "/console/users/new", login="admin", name="x", role="viewer")).status_code == 422
    assert len(await queries.users(installation.services.reader)) == before


async def test_the_last_administrator_is_not_shut_out_and_the_page_says_so(enter: Enter, installation: Opened) -> None:
    client = await enter("admin")
    number = await number_of(installation, "admin")
    for values in ({"action": "disable"}, {"action": "role", "role": "king"}):
        answer = await send(client, f"/console/users/{number}", **values)
        assert answer.status_code == 422, values
        assert 'role="alert"' in answer.text
    user = await queries.user(installation.services.reader, number)
    assert user is not None
    assert not user.disabled
    assert user.roles == {"0": "admin", "1": "admin"}


async def test_a_users_role_is_changed_and_taken(enter: Enter, installation: Opened) -> None:
    client = await enter("admin")
    number = await number_of(installation, "viewer")
    await send(client, f"/console/users/{number}", action="role", role="auditor")
    user = await queries.user(installation.services.reader, number)
    assert user is not None
    assert user.roles == {"1": "auditor"}
    answer = await send(client, f"/console/users/{number}", action="role", role="none")
    assert answer.headers["location"] == "/console/users"
    assert (await client.get(f"/console/users/{number}")).status_code == 404


async def test_who_is_at_home_in_another_book_is_not_shut_out_from_here(enter: Enter, installation: Opened) -> None:
    await installation.open_book("other", "分行", actor="test")
    client = await enter("admin")
    number = await number_of(installation, "viewer")
    engine = installation.services.engine
    await engine.execute(SYSTEM_BOOK, ChangeUser(user=number, roles={"1": Role.VIEWER, "2": Role.ADMIN}), actor="test")
    roles = {"1": Role.ADMIN}
    local = CreateUser(login="local", name="x", password=await hashed(PASSWORD), roles=roles)
    await engine.execute(SYSTEM_BOOK, local, actor="test")
    client.cookies.clear()
    await send(client, "/console/login", login="local", password=PASSWORD)
    answer = await send(client, f"/console/users/{number}", action="disable")
    assert answer.status_code == 422
    user = await queries.user(installation.services.reader, number)
    assert user is not None
    assert not user.disabled


async def test_a_key_is_shown_once_works_and_is_revoked(enter: Enter) -> None:
    client = await enter("admin")
    made = await send(client, "/console/keys", name="收银台", role="operator", days="30")
    key = shown_once(made.text)
    headers = {"authorization": f"Bearer {key}"}
    assert (await client.get("/v1/accounts", headers=headers)).status_code == 200
    page = (await client.get("/console/keys")).text
    assert key not in page
    prefix = key.split("_")[1]
    await send(client, "/console/keys", f"/console/keys/{prefix}/revoke")
    assert (await client.get("/v1/accounts", headers=headers)).status_code == 401


async def test_a_key_without_a_name_is_refused_at_its_field(enter: Enter) -> None:
    client = await enter("admin")
    answer = await send(client, "/console/keys", name="", role="operator", days="30")
    assert answer.status_code == 422
    assert 'href="#f-name"' in answer.text
    assert "data-copy" not in answer.text


async def test_one_of_ones_sessions_is_ended_and_no_one_elses(enter: Enter, installation: Opened) -> None:
    client = await enter("viewer")
    mine = dict(client.cookies)
    client.cookies.clear()
    await send(client, "/console/login", login="operator", password=PASSWORD)
    foreign = (await queries.sessions(installation.services.reader, await number_of(installation, "operator")))[0]
    client.cookies.clear()
    await send(client, "/console/login", login="viewer", password=PASSWORD)
    newest, oldest = await queries.sessions(installation.services.reader, await number_of(installation, "viewer"))
    there = "/console/security"
    assert (await send(client, there, f"{there}/sessions/{foreign.id}/end")).status_code == 404
    assert (await send(client, there, f"{there}/sessions/{oldest.id}/end")).status_code == 303
    left = await queries.sessions(installation.services.reader, await number_of(installation, "viewer"))
    assert [session.id for session in left] == [newest.id]
    client.cookies.clear()
    client.cookies.update(mine)
    assert (await client.get("/console")).headers["location"].startswith("/console/login")


async def test_a_wrong_old_password_changes_nothing(enter: Enter) -> None:
    client = await enter("viewer")
    there = "/console/security"
    answer = await send(client, there, f"{there}/password", old="wrong", new="another-good-one-7")
    assert answer.status_code == 422
    client.cookies.clear()
    assert (await send(client, "/console/login", login="viewer", password=PASSWORD)).status_code == 303


async def test_a_second_factor_that_is_on_is_replaced_by_the_password_only(enter: Enter, installation: Opened) -> None:
    client = await enter("viewer")
    there = "/console/security/second-factor"

    async def switch_on(**values: str) -> int:
        page = (await client.get(there)).text
        code = TOTP(_found(r'class="code">([A-Z2-7]+)<', page)).now()
        values |= {"_token": token_in(page), "sealed": _found('name="sealed" value="([^"]+)"', page)}
        return (await client.post(there, data={**values, "code": f"{code[:3]} {code[3:]}"})).status_code

    async def secret() -> str | None:
        user = await queries.user_by_login(installation.services.reader, "viewer")
        assert user is not None
        return user.totp

    assert await switch_on() == 303
    first = await secret()
    assert [await switch_on(), await switch_on(old=""), await switch_on(old="wrong")] == [422] * 3
    assert await secret() == first
    assert await switch_on(old=PASSWORD) == 303
    assert await secret() != first
    for _ in range(4):
        assert await switch_on(old="wrong") == 422
    assert (await send(client, "/console/security", f"{there}/off", old="wrong")).status_code == 422
    refused = await send(client, "/console/security", f"{there}/off", old=PASSWORD)
    assert refused.status_code == 422, "wrong passwords of both forms are counted together"
    assert await secret() is not None


async def test_one_looks_at_a_book_of_ones_own_only(enter: Enter, installation: Opened) -> None:
    await installation.open_book("second", "第二支行", actor="test")
    await installation.open_book("third", "第三支行", actor="test")
    client = await enter("operator")
    assert 'href="/console/books"' not in (await client.get("/console")).text
    number = await number_of(installation, "operator")
    roles = {"1": Role.OPERATOR, "2": Role.VIEWER}
    await installation.services.engine.execute(SYSTEM_BOOK, ChangeUser(user=number, roles=roles), actor="test")
    await send(client, "/console/login", login="operator", password=PASSWORD)
    page = await client.get("/console/books")
    assert "第二支行" in page.text
    assert "第三支行" not in page.text
    for book in ("3", "0", "99", "x", ""):
        assert (await send(client, "/console/books", "/console/book", book=book)).status_code == 404, book
    await send(client, "/console/books", "/console/book", book="2")
    assert "第二支行" in (await client.get("/console")).text
    assert (await client.get("/console/transfers/new")).status_code == 403


async def test_a_visitor_of_two_books_goes_from_one_to_the_other(enter: Enter, installation: Opened) -> None:
    await installation.open_book("second", "第二支行", actor="test")
    client = await enter("visitor")
    roles = {"1": Role.VISITOR, "2": Role.VISITOR}
    number = await number_of(installation, "visitor")
    await installation.services.engine.execute(SYSTEM_BOOK, ChangeUser(user=number, roles=roles), actor="test")
    await send(client, "/console/login", login="visitor", password=PASSWORD)
    assert "第二支行" in (await client.get("/console/books")).text
    await send(client, "/console/books", "/console/book", book="2")
    assert "第二支行" in (await client.get("/console/my-bureaus")).text


async def test_whoever_lost_the_role_is_asked_to_log_in(http: httpx.AsyncClient, enter: Enter) -> None:
    client = await enter("viewer")
    client.cookies.clear()
    page = await http.get("/console/login")
    assert 'name="password"' in page.text
    assert 'name="code"' not in page.text
