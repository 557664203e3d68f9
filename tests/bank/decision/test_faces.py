"""Rule sets over HTTP and on the console: drafted, tested, approved, asked, tried, compared; strangers find nothing."""

import re
from typing import Any

import pytest

from canglian.app.opening import Opened
from canglian.bank.decision.demo import fill
from canglian.bank.decision.seeds import CODE, SMALL_LOAN_INPUTS, small_loan
from canglian.web.principal import Role
from tests.conftest import Caller
from tests.web.conftest import enter
from tests.web.entering import Enter, send

__all__ = ["enter"]

API = f"/v1/rule-sets/{CODE}"
PAGE = f"/console/rule-sets/{CODE}"


@pytest.fixture
async def filled(installation: Opened) -> Opened:
    await fill(installation.services, 1)
    await fill(installation.services, 1)
    return installation


def stricter() -> dict[str, Any]:
    return {**small_loan(), "document": small_loan()["document"].replace("> 65", "> 60"), "note": "更严"}


async def test_a_version_goes_its_way_over_http(call: Caller, filled: Opened) -> None:
    del filled
    drafted = await call("POST", "/v1/rule-sets", stricter())
    assert (drafted.status_code, drafted.json()["version"]) == (201, 2), drafted.text
    assert (await call("POST", f"{API}/versions/2/test")).json()["state"] == "tested"
    filed = await call("POST", f"{API}/versions/2/approval", {"reason": "审议"})
    assert (filed.status_code, filed.json()["state"]) == (201, "pending"), filed.text
    early = await call("POST", f"{API}/versions/2/shadow", {"reason": "试"})
    assert (early.status_code, early.json()["code"]) == (422, "rule_version.state")
    decided = await call("POST", f"{API}/decisions", {"inputs": {**SMALL_LOAN_INPUTS, "age": 70}})
    assert (decided.status_code, decided.json()["verdict"]) == (200, "refuse")
    assert decided.json()["reasons"] == ["申请人超过65周岁"]
    checked = (await call("GET", f"{API}/versions/1")).json()
    assert checked["findings"] == []
    assert {case["passed"] for case in checked["cases"]} == {True}
    assert [row["version"] for row in (await call("GET", f"{API}/versions")).json()["data"]] == [2, 1]
    assert (await call("GET", f"{API}/shadows")).json() == {"data": []}
    listed = (await call("GET", "/v1/rule-sets")).json()["data"]
    assert [(row["code"], row["champion"], row["latest"]) for row in listed] == [(CODE, 1, 2)]
    for amount in ("1e2", 1e2, 1.0):
        inputs = {**SMALL_LOAN_INPUTS, "amount": amount}
        answer = await call("POST", f"{API}/decisions", {"inputs": inputs})
        wrong = answer.status_code == 400 or answer.json()["why_person"] == "rule_input.form"
        assert wrong, answer.text


async def test_a_stranger_finds_nothing_and_a_viewer_changes_nothing(caller: Any, filled: Opened) -> None:
    await filled.open_book("other", "分行", actor="test")
    stranger: Caller = await caller(Role.ADMIN, 2)
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/versions", None),
        ("GET", "/versions/1", None),
        ("GET", "/shadows", None),
        ("POST", "/versions/1/retirement", {"reason": "x"}),
        ("POST", "/decisions", {"inputs": SMALL_LOAN_INPUTS}),
    ):
        answer = await stranger(method, API + path, body)
        assert answer.status_code == 404, answer.text
    assert (await stranger("GET", "/v1/rule-sets")).json()["data"] == []
    viewer: Caller = await caller(Role.VIEWER)
    assert (await viewer("GET", API)).status_code == 200
    assert (await viewer("POST", f"{API}/versions/1/retirement", {"reason": "x"})).status_code == 403
    assert (await viewer("POST", "/v1/rule-sets", stricter())).status_code == 403
    assert (await viewer("GET", API)).json()["champion"] == 1


async def test_the_console_shows_tries_drafts_and_compares(enter: Enter, filled: Opened) -> None:
    del filled
    client = await enter("admin")
    assert "小额贷款准入" in (await client.get("/console/rule-sets")).text
    text = (await client.get(f"{PAGE}/1")).text
    assert "申请人未满18周岁" in text
    assert "在用" in text
    typed = {f"in_{name}": str(value).lower() for name, value in SMALL_LOAN_INPUTS.items()}
    tried = await send(client, f"{PAGE}/1", f"{PAGE}/1/try", **{**typed, "in_age": "17"})
    assert tried.status_code == 200
    assert "rate_bps = 0" in tried.text
    lacking = await send(client, f"{PAGE}/1", f"{PAGE}/1/try", **{**typed, "in_age": "1e2"})
    assert "有输入项的写法不符合其类型" in lacking.text
    form = await client.get(f"{PAGE}/1/edit")
    values = fields_of(form.text)
    changed = {name: "&gt; 60" if value == "&gt; 65" else value for name, value in values.items()}
    typed_form = {
        name: value.replace("&gt;", ">").replace("&lt;", "<").replace("&#39;", "'") for name, value in changed.items()
    }
    drafted = await send(client, f"{PAGE}/1/edit", **typed_form, cases="[]", note="更严")
    assert (drafted.status_code, drafted.headers.get("location")) == (303, f"{PAGE}/2"), drafted.text
    compared = (await client.get(f"{PAGE}/2/differences")).text
    assert "age: &gt; 65" in compared
    assert "age: &gt; 60" in compared
    assert "没有" in (await client.get(f"{PAGE}/2")).text
    wrong = await send(client, f"{PAGE}/1/edit", **typed_form, cases="[1]", note="更严")
    assert wrong.status_code == 422
    passing = await send(client, f"{PAGE}/2", action="pass")
    assert passing.status_code == 422
    assert "规则集须至少有一个自带用例" in passing.text
    file = await client.get(f"{PAGE}/1/file")
    again = await send(client, "/console/rule-sets/new", file=file.text, note="再来")
    assert (again.status_code, again.headers.get("location")) == (303, f"{PAGE}/3"), again.text
    promoted = await send(client, f"{PAGE}/1", action="retire", reason="停用")
    assert promoted.status_code == 303
    assert "所有案例转人工" in (await client.get(PAGE)).text


def fields_of(text: str) -> dict[str, str]:
    """The cells of the tables of a form."""
    return dict(re.findall(r'name="(t\d+_[^"]+)"[^>]*?value="([^"]*)"', text, re.DOTALL))


async def test_a_viewer_is_shown_no_form_that_changes(enter: Enter, filled: Opened) -> None:
    del filled
    client = await enter("viewer")
    page = await client.get(f"{PAGE}/1")
    assert page.status_code == 200
    assert f'href="{PAGE}/1/edit"' not in page.text
    assert (await client.get(f"{PAGE}/1/edit")).status_code == 403
    assert (await client.get("/console/rule-sets/new")).status_code == 403
