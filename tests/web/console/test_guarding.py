"""What guards the console: login, roles, form tokens, the policy on scripts, and another book's ids."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

import canglian.web
from canglian.app.demo.logins import PASSWORD, make_logins
from canglian.app.opening import Opened
from canglian.app.rooms import rooms
from canglian.app.server import application
from canglian.ledger import Account
from canglian.ledger.commands import OpenAccount
from tests.web.entering import Enter, key_in, token_in


def routes() -> list[tuple[str, str]]:
    """Every console route, with something in the place of its parameters."""
    handlers = [handler for room in rooms() for handler in room.console]
    pairs = [(method, path) for handler in handlers for method in handler.http_methods for path in handler.paths]
    pairs = [(method, re.sub(r"{[^}]*:date}", "2026-01-01", path)) for method, path in pairs]
    found = [(method, "/console" + re.sub(r"{[^}]*}", "1", path)) for method, path in pairs]
    return sorted(pair for pair in found if "login" not in pair[1] and "language" not in pair[1])


def test_every_place_of_the_rail_has_its_icon() -> None:
    icons = (Path(canglian.web.__file__).parent / "frontend" / "icons.txt").read_text(encoding="utf-8").split()
    assert {item.icon for room in rooms() for item in room.nav} <= set(icons)


@pytest.mark.parametrize(("method", "path"), routes())
async def test_a_stranger_is_sent_to_the_login(http: httpx.AsyncClient, method: str, path: str) -> None:
    answer = await http.request(method, path)
    assert answer.status_code in (303, 403), answer.text
    if method == "GET":
        assert answer.headers["location"].startswith("/console/login?next=")


async def test_a_form_without_its_token_is_refused(enter: Enter, installation: Opened) -> None:
    client = await enter("admin")
    form = {"head": "2011", "asset": "CNY", "name": "x"}
    for data in (form, {**form, "_token": "wrong"}):
        answer = await client.post("/console/accounts/new", data=data)
        assert answer.status_code == 403
        assert "表单" in answer.text
    token = token_in((await client.get("/console/accounts/new")).text)
    foreign: dict[str, Any] = {**form, "_token": token}
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}):
        assert (await client.post("/console/accounts/new", data=foreign, headers=headers)).status_code == 403
    assert await installation.services.store.load(1, Account, [1]) == {}
    assert (await client.post("/console/accounts/new", data=foreign)).status_code == 303


async def test_a_form_sent_twice_is_done_once(enter: Enter) -> None:
    client = await enter("operator")
    page = (await client.get("/console/accounts/new")).text
    form = {"head": "2011", "asset": "CNY", "name": "x", "_token": token_in(page), "_key": key_in(page)}
    answers = [await client.post("/console/accounts/new", data=form) for _ in range(2)]
    assert [answer.headers["location"] for answer in answers] == ["/console/accounts/1"] * 2
    assert (await client.get("/console/accounts/2")).status_code == 404


async def test_a_refused_form_can_be_corrected_and_sent_again(enter: Enter) -> None:
    client = await enter("operator")
    page = (await client.get("/console/accounts/new")).text
    form = {"head": "9999", "asset": "CNY", "name": "名称"}
    refused = await client.post("/console/accounts/new", data={**form, "_token": token_in(page), "_key": key_in(page)})
    assert refused.status_code == 422
    assert 'value="名称"' in refused.text
    again = {**form, "head": "2011", "_token": token_in(refused.text), "_key": key_in(refused.text)}
    answer = await client.post("/console/accounts/new", data=again)
    assert answer.headers["location"] == "/console/accounts/1"


async def test_a_part_of_a_page_asked_for_after_the_session_ended_leads_to_the_login(http: httpx.AsyncClient) -> None:
    answer = await http.get("/console/accounts?sort=-id", headers={"hx-request": "true"})
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/console/login?next=%2Fconsole%2Faccounts%3Fsort%3D-id"


async def test_pages_carry_a_strict_policy_and_what_is_typed_stays_text(enter: Enter) -> None:
    client = await enter("operator")
    page = (await client.get("/console/accounts/new")).text
    form = {"head": "2011", "asset": "CNY", "name": "<script>alert(1)</script>", "_token": token_in(page)}
    await client.post("/console/accounts/new", data=form)
    answer = await client.get("/console/accounts/1")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;alert" in answer.text
    assert answer.headers["x-frame-options"] == "DENY"


async def test_a_login_leads_to_our_own_pages_only(http: httpx.AsyncClient, installation: Opened) -> None:
    await make_logins(installation.services, 1)
    for goal in ("https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example", "/v1/me"):
        http.cookies.clear()
        token = token_in((await http.get("/console/login")).text)
        form = {"_token": token, "login": "viewer", "password": PASSWORD, "next": goal}
        answer = await http.post("/console/login", data=form)
        assert answer.headers["location"] == "/console", goal


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(enter: Enter) -> None:
    client = await enter("viewer")
    token = token_in((await client.get("/console")).text)
    client.cookies.clear()
    page = await client.get("/console/login")
    form = {"_token": token_in(page.text), "login": "viewer", "password": PASSWORD}
    cookie = (await client.post("/console/login", data=form)).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert token not in cookie


async def test_another_books_things_are_not_there(enter: Enter, installation: Opened) -> None:
    await installation.open_book("other", "分行", actor="test")
    await installation.services.engine.execute(2, OpenAccount(asset="CNY", head="2011"), actor="test")
    client = await enter("operator")
    for path in ("/console/accounts/1", "/console/accounts/1/statement", "/console/transfers/1", "/console/holds/1"):
        answer = await client.get(path)
        assert answer.status_code == 404, path
        assert "text/html" in answer.headers["content-type"]


async def test_what_is_not_there_has_a_page(enter: Enter) -> None:
    client = await enter("viewer")
    answer = await client.get("/console/nowhere")
    assert answer.status_code == 404
    assert "返回总览" in answer.text


async def test_an_address_that_no_route_takes_has_a_page_too(enter: Enter) -> None:
    """Where a number or a day stands in an address, something else; an address deeper than any; another method."""
    client = await enter("viewer")
    routes = [route.path for route in application(1).routes if route.path.startswith(("/console/", "/m/"))]
    typed = [path for path in routes if re.search(r"{[^}]*:(int|date)}", path)]
    assert len(typed) > 20
    unparsed = {re.sub(r"{[^}]*}", "abc", path) for path in typed}
    for path in (*sorted(unparsed), "/console/holds/1/2/3", "/m/wallets/1/2/3/4"):
        answer = await client.get(path)
        assert answer.status_code in (404, 405), path
        assert answer.headers["content-type"] == "text/html; charset=utf-8", path
    wrong = await client.put("/console/users")
    assert (wrong.status_code, wrong.headers["content-type"]) == (405, "text/html; charset=utf-8")
    assert "GET" in wrong.headers["allow"]
    for path in ("/consoles/x", "/v1/holds/abc"):
        assert (await client.get(path)).headers["content-type"] == "application/problem+json"
