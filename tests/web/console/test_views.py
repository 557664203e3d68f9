"""Views of lists: kept under a name for who saved them or for all, changed by who saved them alone."""

import html
import re

import httpx
import pytest

from canglian.app.opening import Opened
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.values import SYSTEM_BOOK
from canglian.ledger.commands import OpenAccount
from canglian.web.system import queries
from tests.web.console.test_addresses import MOBILE, Content, named_in
from tests.web.console.test_lists import heads
from tests.web.entering import Enter, send

LIST = "/console/transfers"
QUERY = f"{LIST}?code=salary&amount.gte=5"


@pytest.fixture
async def owner(enter: Enter, installation: Opened) -> httpx.AsyncClient:
    """An operator, in a branch with an account."""
    opened = OpenAccount(asset="CNY", head="2011", name="王小明", floor=0)
    await installation.services.engine.execute(1, opened, actor="test")
    return await enter("operator")


async def become(enter: Enter, client: httpx.AsyncClient, login: str) -> httpx.AsyncClient:
    """Another user at the same browser."""
    client.cookies.clear()
    return await enter(login)


def field(page: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]*)"', page)
    assert found, name
    return html.unescape(found[1])


async def save(client: httpx.AsyncClient, address: str, name: str, **more: str) -> httpx.Response:
    """Save what an address shows, by the form on its page."""
    page = (await client.get(address)).text
    form = {name: field(page, name) for name in ("_token", "_key", "_mark", "list", "_at")}
    form["_at"] = field(page.partition('action="/console/views"')[2], "_at")
    return await client.post("/console/views", data={**form, "name": name, **more})


def views_in(page: str) -> dict[str, str]:
    """The views that a list shows, with their addresses."""
    nav = page.partition('<div class="views">')[2].partition("</nav>")[0]
    found = re.findall(r'<a href="(\?[^"]*)"[^>]*>\s*([^<]+)', nav)
    return {name.strip(): LIST + html.unescape(address) for address, name in found}


async def kept(reader: Reader) -> list[tuple[str, str, bool]]:
    sql = "SELECT owner, name, shared FROM saved_view WHERE book = $1 AND removed_at IS NULL ORDER BY id"
    return [tuple(row) for row in await reader.rows(sql, SYSTEM_BOOK)]


async def test_a_view_is_seen_by_who_saved_it_and_a_shared_one_by_all(owner: httpx.AsyncClient, enter: Enter) -> None:
    assert (await save(owner, QUERY, "大额工资")).status_code == 303
    assert (await save(owner, f"{LIST}?date=last_7_days&sort=id&limit=50", "近七天", shared="yes")).status_code == 303
    mine = views_in((await owner.get(LIST)).text)
    assert list(mine) == ["大额工资", "近七天"]
    assert mine["大额工资"] == QUERY
    assert mine["近七天"] == f"{LIST}?date=last_7_days&sort=id"
    shown = (await owner.get(mine["大额工资"])).text
    assert 'aria-current="true">大额工资' in re.sub(r"\s+<", "<", shown)
    assert views_in((await owner.get("/console/accounts")).text) == {}
    other = await become(enter, owner, "viewer")
    assert list(views_in((await other.get(LIST)).text)) == ["近七天"]


async def test_a_view_is_changed_by_who_saved_it_alone(
    owner: httpx.AsyncClient, enter: Enter, installation: Opened
) -> None:
    await save(owner, QUERY, "我的")
    await save(owner, f"{LIST}?code=interest", "大家的", shared="yes")
    before = await kept(installation.services.reader)
    stranger = await become(enter, owner, "viewer")
    for view, status in ((1, 404), (2, 422), (9, 404)):
        for form in ({"name": "别的", "shared": "yes"}, {"action": "remove"}):
            answer = await send(stranger, LIST, f"/console/views/{view}", _at=LIST, **form)
            assert answer.status_code == status, (view, form, answer.text)
    assert await kept(installation.services.reader) == before
    await become(enter, owner, "operator")
    renamed = await send(owner, LIST, "/console/views/1", _at=QUERY, name="大额", shared="yes")
    assert renamed.headers["location"] == QUERY
    admin = await become(enter, owner, "admin")
    assert list(views_in((await admin.get(LIST)).text)) == ["大家的", "大额"]
    assert (await send(admin, LIST, "/console/views/2", _at=LIST, name="改名")).status_code == 422
    assert (await send(admin, LIST, "/console/views/2", _at=LIST, action="remove")).status_code == 303
    assert await kept(installation.services.reader) == [("user:operator", "大额", True)]


async def test_a_view_saved_again_is_replaced(owner: httpx.AsyncClient, installation: Opened) -> None:
    await save(owner, QUERY, "我的")
    await save(owner, f"{LIST}?code=interest", "我的", shared="yes")
    assert views_in((await owner.get(LIST)).text) == {"我的": f"{LIST}?code=interest"}
    assert await kept(installation.services.reader) == [("user:operator", "我的", True)]


async def test_nothing_is_left_on_a_list_that_one_has_not_seen(owner: httpx.AsyncClient, installation: Opened) -> None:
    page = (await owner.get(QUERY)).text
    form = {name: field(page, name) for name in ("_token", "_mark")}
    for wrong in ({"list": "users"}, {"list": "transfers", "_mark": "0" * 32}, {}):
        for path in ("/console/views", "/console/columns"):
            answer = await owner.post(path, data={**form, "name": "x", "shared": "yes", "_at": QUERY, **wrong})
            assert answer.status_code == 403, (path, wrong)
    assert await kept(installation.services.reader) == []


async def test_a_number_of_a_person_is_kept_sealed_and_not_shared(
    owner: httpx.AsyncClient, installation: Opened
) -> None:
    address = (await owner.get("/console/accounts", params={"search": MOBILE})).headers["location"]
    assert (await save(owner, address, "某客户", shared="yes")).status_code == 400
    assert (await save(owner, address, "某客户")).status_code == 303
    page = (await owner.get("/console/accounts")).text
    assert named_in(Content(page).addresses) == set()
    (link,) = views_in(page).values()
    shown = await owner.get(link.replace(LIST, "/console/accounts"))
    assert f'value="{MOBILE}"' in shown.text
    sql = "SELECT payload::text FROM command WHERE book = $1"
    assert not any(MOBILE in row[0] for row in await installation.services.reader.rows(sql, SYSTEM_BOOK))
    (view,) = await queries.views(installation.services.reader, 1, "accounts", "user:operator")
    answer = await send(owner, LIST, f"/console/views/{view.id}", _at=LIST, name="某客户", shared="yes")
    assert answer.status_code == 400


async def test_columns_are_remembered_of_a_user_wherever_they_log_in(owner: httpx.AsyncClient, enter: Enter) -> None:
    page = (await owner.get("/console/accounts?search=x&columns=id,name")).text
    form = {name: field(page, name) for name in ("_token", "_mark", "list")}
    chosen = {**form, "_at": "/console/accounts?search=x&columns=id,name", "column_balance": "yes", "column_no": "yes"}
    answer = await owner.post("/console/columns", data=chosen)
    assert answer.headers["location"] == "/console/accounts?search=x"
    assert heads((await owner.get("/console/accounts")).text) == ["账户", "余额"]
    await become(enter, owner, "viewer")
    assert len(heads((await owner.get("/console/accounts")).text)) > 3
    await become(enter, owner, "operator")
    assert heads((await owner.get("/console/accounts")).text) == ["账户", "余额"]
