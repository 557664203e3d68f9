"""The lists of users and keys: sorted, filtered and exported like the others, without what only sign-in needs."""

import csv
import io

import httpx

from canglian.app.opening import Opened
from canglian.kernel.values import SYSTEM_BOOK
from canglian.web.principal import Role
from canglian.web.system import queries
from canglian.web.system.access import create_key
from canglian.web.system.commands import CreateUser, RevokeApiKey
from tests.web.entering import Enter

LOGINS = ["admin", "approver", "auditor", "operator", "viewer", "visitor"]


def rows(answer: httpx.Response) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]


async def test_users_are_sorted_filtered_paged_and_exported(enter: Enter, installation: Opened) -> None:
    client = await enter("admin")
    elsewhere = CreateUser(login="li.na", name="李娜", password="x" * 60, roles={str(SYSTEM_BOOK): Role.VIEWER})
    await installation.services.engine.execute(SYSTEM_BOOK, elsewhere, actor="test")

    async def exported(query: str) -> list[str]:
        return [row[0] for row in rows(await client.get(f"/console/users?format=csv{query}"))]

    assert await exported("") == LOGINS
    assert await exported("&sort=-login") == LOGINS[::-1]
    assert (await exported("&sort=-logged_in_at"))[0] == "admin"
    assert await exported("&role=auditor") == ["auditor"]
    assert await exported("&state=disabled") == []
    assert await exported("&text=老陈") == ["approver"]
    assert await exported("&text=%25") == []
    page = (await client.get("/console/users?limit=2")).text
    assert [login for login in LOGINS if f">{login}</" in page or f">{login}\n" in page][:2] == ["admin", "approver"]
    whole = (await client.get("/console/users?format=csv")).text
    assert "管理员" in whole
    assert "argon2" not in whole
    assert "argon2" not in page


async def test_keys_are_sorted_filtered_and_exported_and_have_a_page(enter: Enter, installation: Opened) -> None:
    client = await enter("admin")
    services = installation.services
    made = {}
    for name, role in (("收银台", Role.OPERATOR), ("对账", Role.VIEWER)):
        key, _ = await create_key(services, name=name, of_book=1, role=role, actor="user:admin")
        made[name] = key.id
    foreign, _ = await create_key(services, name="别处", of_book=0, role=Role.ADMIN, actor="user:admin")
    await services.engine.execute(SYSTEM_BOOK, RevokeApiKey(key=made["对账"], of_book=1), actor="test")

    async def exported(query: str) -> list[str]:
        return [row[1] for row in rows(await client.get(f"/console/keys?format=csv{query}"))]

    assert await exported("&sort=created_at") == ["收银台", "对账"]
    assert await exported("") == ["对账", "收银台"]
    assert await exported("&state=revoked") == ["对账"]
    assert await exported("&role=operator") == ["收银台"]
    assert await exported("&text=收银") == ["收银台"]
    listed = (await client.get("/console/keys")).text
    assert "用户 admin" in listed
    page = await client.get(f"/console/keys/{made['收银台']}")
    assert "吊销" in page.text
    assert (await client.get(f"/console/keys/{foreign.id}")).status_code == 404
    stored = await queries.key(services.reader, made["收银台"])
    assert stored is not None
    assert stored.digest not in listed + page.text


async def test_only_an_administrator_sees_them(enter: Enter) -> None:
    client = await enter("operator")
    for path in ("/console/users", "/console/users?format=csv", "/console/keys", "/console/keys/abcdefgh"):
        assert (await client.get(path)).status_code == 403, path
