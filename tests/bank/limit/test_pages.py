"""The limits' pages: the rules by version, the limits of one holder, and overrides that are filed as proposals."""

import re
from datetime import date, timedelta

import httpx
import pytest

from canglian.app.demo.logins import PASSWORD
from canglian.app.opening import Opened
from canglian.bank.limit.commands import GrantOverride
from tests.bank.limit.till import Move, ecny
from tests.bank.party.people import identity
from tests.web.conftest import enter
from tests.web.entering import Enter, send, token_in

__all__ = ["enter"]

RULES = "/console/limit-rules"
WALLET = "wallet:wal_1"
PAGE = f"/console/limits?of={WALLET}&product=wallet.ecny4"


@pytest.fixture
async def today(installation: Opened) -> date:
    return (await installation.services.store.state(1)).today


def as_shown(text: str) -> dict[str, str]:
    """The fields of the rules' form, as a browser would send them."""
    form = text[text.index('id="rules-form"') :]
    limits = re.findall(r'name="(limit-[^"]+)" value="([^"]*)"', form)
    kept = re.findall(r'name="(keep-[^"]+)" value="yes"[^>]* checked', form)
    base = re.findall(r'name="base" value="(\d+)"', form)
    return {**dict(limits), **dict.fromkeys(kept, "yes"), "base": base[0]}


async def test_the_rules_of_the_regulations_are_shown(enter: Enter) -> None:
    client = await enter("viewer")
    text = (await client.get(RULES)).text
    assert "Ⅱ类户日累计消费和向非绑定账户转出" in text
    assert "¥10,000.00" in text
    assert "数字人民币四类钱包年累计支付" in text
    assert 'name="effective_from"' not in text


async def test_an_administrator_adds_a_version(enter: Enter, today: date) -> None:
    client = await enter("admin")
    form = as_shown((await client.get(RULES)).text)
    assert len(form) == 41
    del form["keep-class3-balance"]
    tomorrow = (today + timedelta(days=1)).isoformat()
    form |= {"limit-ecny4-day": "3,000", "effective_from": tomorrow, "note": "行务会决议"}
    form |= {"new_code": "class2-month", "new_name": "Ⅱ类户月累计笔数", "new_products": "deposit.class2 wallet.*"}
    form |= {"new_measure": "month_count", "new_limit": "100", "new_asset": "CNY", "new_direction": "out"}
    form |= {"new_per": "party", "new_exempt": "bound"}
    answer = await send(client, RULES, **form)
    assert (answer.status_code, answer.headers.get("location")) == (303, f"{RULES}?version=2"), answer.text
    text = (await client.get(f"{RULES}?version=2")).text
    assert "此版本今日不适用" in text
    assert "Ⅱ类户月累计笔数" in text
    assert "100 笔" in text
    assert re.findall("当前适用</span>|待生效</span>|已失效</span>", text) == ["待生效</span>", "当前适用</span>"]
    assert "¥3,000.00" in text
    assert "Ⅲ类户余额" not in text
    assert "Ⅲ类户余额" in (await client.get(RULES)).text


async def test_what_is_wrong_with_a_version_stands_at_its_field(enter: Enter, today: date) -> None:
    client = await enter("admin")
    good = {**as_shown((await client.get(RULES)).text), "effective_from": today.isoformat(), "note": "x"}
    for values, field, text in (
        ({"limit-ecny4-day": "1e9"}, "limit-ecny4-day", "1e9"),
        ({"limit-ecny4-day": ""}, "limit-ecny4-day", "此处必填"),
        ({"effective_from": "2020-01-01"}, "effective_from", "该日早于会计日期"),
        ({"note": "见 13800138000"}, "note", "此处文字不加密"),
        ({"new_code": "x", "new_limit": "1"}, "products", ""),
    ):
        answer = await send(client, RULES, **{**good, **values})
        assert answer.status_code == 422, values
        assert f'href="#f-{field}"' in answer.text or field == "products", values
        assert text in answer.text
    assert "?version=2" not in (await client.get(RULES)).text


async def test_what_is_left_of_a_wallet_is_shown(enter: Enter, installation: Opened) -> None:
    for amount in (150_000, 150_000):
        await installation.services.engine.execute(1, Move(movement=ecny(amount)), actor="test")
    client = await enter("viewer")
    text = (await client.get(PAGE)).text
    assert "当前可转出：" in text
    assert "¥2,000.00" in text
    assert '<progress max="500000" value="300000"' in text
    assert "申请调整限额" not in text
    assert re.findall('method="post" action="([^"]*)"', text.split("<main")[1]) == ["/console/filter"]
    bare = (await client.get(f"/console/limits?of={WALLET}")).text
    assert "请填写产品" in bare


async def test_a_party_is_shown_by_its_mask(enter: Enter) -> None:
    client = await enter("operator")
    form = {"kind": "person", "name": "欧阳晓燕", "number": identity(1), "nationality": "CHN"}
    page = (await send(client, "/console/people/new", **form)).headers["location"]
    party = page.rsplit("/", 1)[1]
    text = (await client.get(f"/console/limits?of={party}")).text
    assert "欧***" in text
    assert "欧阳" not in text
    assert "该客户名下没有账户或钱包" in text
    assert f"/console/limits?of={party}" in (await client.get(page)).text
    for of in ("pty_" + "0" * 26, "<script>alert(1)</script>", "王小明"):
        text = (await client.get("/console/limits", params={"of": of})).text
        assert "message bad" in text
        assert "<script>alert" not in text


async def log_in(client: httpx.AsyncClient, login: str) -> None:
    client.cookies.clear()
    await send(client, "/console/login", login=login, password=PASSWORD)


async def test_an_override_is_proposed_here_and_approved_by_another(enter: Enter, today: date) -> None:
    client = await enter("operator")
    text = (await client.get(PAGE)).text
    until = (today + timedelta(days=3)).isoformat()
    form = {
        "action": "grant",
        "holder": WALLET,
        "rule": "ecny4-single",
        "limit": "3,000.00",
        "until": until,
        "reason": "春节备货",
    }
    filed = await send(client, "/console/limits?of=" + WALLET, **form)
    assert filed.status_code == 303, filed.text
    proposal = filed.headers["location"]
    text = (await client.get(proposal)).text
    assert "数字人民币四类钱包单笔支付" in text
    assert "¥2,000.00" in text
    assert "¥3,000.00" in text
    assert proposal in (await client.get(PAGE)).text
    await log_in(client, "approver")
    digest = re.findall(r'name="digest" value="([0-9a-f]{64})"', (await client.get(proposal)).text)[0]
    answer = await send(client, proposal, action="approve", digest=digest)
    assert answer.status_code == 303, answer.text
    after = (await client.get(PAGE)).text
    assert "已调整至" in after
    assert "春节备货" in after
    assert "¥3,000.00" in after


async def test_one_request_about_a_rule_of_a_holder_waits_at_a_time(enter: Enter, today: date) -> None:
    client = await enter("operator")
    until = (today + timedelta(days=3)).isoformat()
    form = {"action": "grant", "holder": WALLET, "rule": "ecny4-single", "limit": "3,000.00", "until": until}
    offered = '<option value="ecny4-single"'
    assert offered in (await client.get(PAGE)).text
    filed = (await send(client, PAGE, **form, reason="春节备货")).headers["location"]
    page = (await client.get(PAGE)).text
    assert offered not in page
    assert f'数字人民币四类钱包单笔支付 <a href="{filed}">' in page
    second = await send(client, PAGE, **{**form, "limit": "4,000.00"}, reason="再申请")
    assert second.status_code == 422
    assert filed.rpartition("/")[2] in second.text
    assert "4,000.00" in second.text
    other = WALLET.replace("wal_1", "wal_2")
    for more in ({"rule": "ecny4-day", "limit": "9,000.00"}, {"holder": other}):
        answer = await send(client, PAGE, **{**form, **more}, reason="另一项")
        assert answer.status_code == 303, more
    assert (await send(client, filed, action="withdraw")).status_code == 303
    assert offered in (await client.get(PAGE)).text
    granted = (await send(client, PAGE, **form, reason="春节备货")).headers["location"]
    await log_in(client, "approver")
    assert (await send(client, granted, action="approve")).status_code == 303
    await log_in(client, "operator")
    override = re.search(r'name="override" value="(lov_[0-9a-z]{26})"', (await client.get(PAGE)).text)
    assert override
    end = {"action": "end", "override": override[1], "reason": "提前结束"}
    ending = (await send(client, PAGE, **end)).headers["location"]
    assert f'<a href="{ending}">' in (await client.get(PAGE)).text
    assert (await send(client, PAGE, **end)).status_code == 422


async def test_an_override_is_not_granted_by_one(enter: Enter, installation: Opened, today: date) -> None:
    await enter("admin")
    command = GrantOverride(holder=WALLET, rule="ecny4-single", limit=1, until=today, reason="x")
    outcome = await installation.services.engine.submit(1, command, actor="user:admin", role="admin")
    assert outcome.error is not None
    assert outcome.error.code == "approval.required"


async def test_who_may_not_is_refused(enter: Enter, today: date) -> None:
    client = await enter("viewer")
    token = token_in((await client.get(PAGE)).text)
    rules = {"_token": token, "base": "1", "effective_from": today.isoformat(), "note": "x"}
    assert (await client.post(RULES, data=rules)).status_code == 403
    form = {
        "_token": token,
        "holder": WALLET,
        "rule": "ecny4-single",
        "limit": "1",
        "until": "2030-01-01",
        "reason": "x",
    }
    assert (await client.post("/console/limits", data=form)).status_code == 403
    await log_in(client, "operator")
    token = token_in((await client.get(PAGE)).text)
    assert (await client.post(RULES, data={**rules, "_token": token})).status_code == 403


async def test_what_is_wrong_with_an_override_stands_at_its_field_and_one_is_revoked_by_a_proposal(
    enter: Enter, installation: Opened, today: date
) -> None:
    client = await enter("operator")
    good = {"action": "grant", "holder": WALLET, "rule": "ecny4-single", "limit": "3000", "reason": "春节备货"}
    good["until"] = (today + timedelta(days=3)).isoformat()
    for values, field in (
        ({"limit": "x"}, "limit"),
        ({"limit": ""}, "limit"),
        ({"until": "gestern"}, "until"),
        ({"rule": "none"}, "rule"),
        ({"reason": "见 13800138000"}, "reason"),
    ):
        answer = await send(client, PAGE, **{**good, **values})
        assert (answer.status_code, f'-{field}-wrong"' in answer.text) == (422, True), values
    filed = (await send(client, PAGE, **good)).headers["location"]
    await log_in(client, "approver")
    assert (await send(client, filed, action="approve")).status_code == 303
    await log_in(client, "operator")
    override = re.search(r'name="override" value="(lov_[0-9a-z]{26})"', (await client.get(PAGE)).text)
    assert override
    asked = await send(client, PAGE, action="end", override=override[1], reason="提前结束")
    assert asked.headers["location"].startswith("/console/proposals/apr_")
