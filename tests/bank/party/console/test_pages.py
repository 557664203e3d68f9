"""The pages of parties: registered, looked up, shown by masks, unmasked with a reason, merged, listed, ruled."""

import re
from datetime import date

import httpx

from canglian.app.demo.logins import PASSWORD
from canglian.app.opening import Opened
from canglian.bank.party.model import Party
from canglian.bank.party.sealing import Sealer
from tests.bank.party.commands.test_openings import step
from tests.bank.party.people import credit, identity
from tests.web.entering import Enter, find, key_in, send, token_in

PEOPLE = "/console/people"
NEW = f"{PEOPLE}/new"


async def as_user(client: httpx.AsyncClient, login: str) -> None:
    client.cookies.clear()
    await send(client, "/console/login", login=login, password=PASSWORD)


async def registered(client: httpx.AsyncClient, serial: int = 1, **more: str) -> str:
    """The page of somebody who was just registered."""
    form = {"kind": "person", "name": "欧阳晓燕", "number": identity(serial), "nationality": "CHN", **more}
    answer = await send(client, NEW, **form)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def test_a_person_is_registered_and_shown_by_masks(enter: Enter) -> None:
    client = await enter("operator")
    page = await registered(client, mobile="13800138000", address="新城县东门街 7 号", occupation="教师")
    for path in (page, PEOPLE, f"{PEOPLE}?format=csv", f"{PEOPLE}?kind=person&level=none&risk=low&role=&state=active"):
        text = (await client.get(path)).text
        assert "欧***" in text
        assert "138****8000" in text
        assert not re.search(r"欧阳|13800138000|东门街", text), path
        assert identity(1) not in text
    assert "登记客户" in (await client.get(page)).text
    assert (await client.get(f"{PEOPLE}?kind=company")).text.count("欧***") == 0


async def test_what_is_wrong_stands_at_its_field_and_the_values_stay(enter: Enter) -> None:
    client = await enter("operator")
    for values, field, text in (
        ({"number": "110105194912310021"}, "number", "身份证号码校验码不正确"),
        ({"mobile": "123"}, "mobile", "手机号为 11 位数字"),
        ({"name": "王"}, "name", "姓名或名称为 2 至 120 个字符"),
        ({"occupation": "见 13800138000"}, "occupation", "此处文字不加密"),
    ):
        answer = await send(client, NEW, **{"kind": "person", "name": "王小明", "nationality": "CHN", **values})
        assert answer.status_code == 422
        assert f'href="#f-{field}"' in answer.text
        assert text in answer.text
        assert f'value="{values[field]}"' in answer.text


async def test_a_number_that_is_known_leads_to_its_party(enter: Enter) -> None:
    client = await enter("operator")
    page = await registered(client)
    answer = await send(client, NEW, kind="person", name="王小明", nationality="CHN", number=identity(1))
    assert answer.status_code == 422
    assert page.rsplit("/", 1)[1] in answer.text


async def test_a_form_sent_twice_registers_once(enter: Enter) -> None:
    client = await enter("operator")
    text = (await client.get(NEW)).text
    form = {"kind": "person", "name": "王小明", "nationality": "CHN", "number": identity(1)}
    form |= {"_token": token_in(text), "_key": key_in(text)}
    answers = [await client.post(NEW, data=form) for _ in range(2)]
    assert answers[0].status_code == 303
    assert answers[0].headers["location"] == answers[1].headers["location"]


async def test_the_only_one_who_is_found_is_opened_and_the_search_stands_in_no_address(enter: Enter) -> None:
    client = await enter("viewer")
    await as_user(client, "operator")
    person = await registered(client, 1, mobile="13800138000")
    await registered(client, 2, name="王小明", mobile="13800138000")
    search = f"{PEOPLE}/search"
    found = await send(client, PEOPLE, search, by="number", text=identity(1))
    assert (found.status_code, found.headers["location"]) == (303, person)
    number = f"\u202d{identity(1)[:6]}\u2011{identity(1)[6:]}\u202c"
    pasted = await send(client, PEOPLE, search, by="number", text=number)
    assert (pasted.status_code, pasted.headers["location"]) == (303, person)
    above = await find(client, f"\u200e{person.rsplit('/', 1)[1].upper()}\u200f")
    assert (above.status_code, above.headers["location"]) == (303, person)
    both = await send(client, PEOPLE, search, by="mobile", text="(+86) 138\u20110013\u20118000")
    assert both.text.count("data-href") == 2
    nobody = await send(client, PEOPLE, search, by="name", text="李四")
    assert "没有找到" in nobody.text
    assert "李四" not in nobody.text
    assert (await send(client, PEOPLE, search, by="secret", text="x")).status_code == 400


async def test_the_search_of_everything_finds_customers_by_what_they_say_of_themselves(enter: Enter) -> None:
    client = await enter("viewer")
    await as_user(client, "operator")
    person = await registered(client, 1, mobile="13800138000")
    for said in (identity(1), "+86 138-0013-8000", "欧阳晓燕", person.rsplit("/", 1)[1]):
        found = await find(client, said)
        assert (found.status_code, found.headers.get("location")) == (303, person), said
    await registered(client, 2, name="王小明", mobile="13800138000")
    both = (await find(client, "13800138000")).text
    assert both.count('<tr data-href="/console/people/') == 2
    assert "欧阳晓燕" not in both, "names are masked"
    assert "未找到" in (await find(client, "13800138001")).text


async def test_plain_data_is_shown_once_to_an_approver_with_a_reason(enter: Enter, installation: Opened) -> None:
    client = await enter("operator")
    page = await registered(client, mobile="13800138000")
    assert "由复核员或管理员办理" in (await client.get(page)).text
    assert (await send(client, page, action="unmask", reason="x", fields_name="yes")).status_code == 403
    await as_user(client, "approver")
    for values in ({"fields_name": "yes"}, {"reason": "电话核实"}, {"reason": "问 13800138000", "fields_name": "yes"}):
        refused = await send(client, page, action="unmask", **values)
        assert refused.status_code == 422, values
        assert "欧阳" not in refused.text
    shown = await send(client, page, action="unmask", reason="电话核实", fields_name="yes", fields_mobile="yes")
    assert shown.status_code == 200
    assert shown.headers["cache-control"] == "no-store"
    assert "欧阳晓燕" in shown.text
    assert "13800138000" in shown.text
    assert identity(1) not in shown.text
    after = (await client.get(page)).text
    assert "欧阳晓燕" not in after
    assert "电话核实" in after
    rows = await installation.services.reader.rows('SELECT fields, reason, "by" FROM unmasking WHERE book = $1', 1)
    assert [tuple(row) for row in rows] == [(["name", "mobile"], "电话核实", "user:approver")]


async def test_everything_is_handed_out_as_a_file(enter: Enter) -> None:
    client = await enter("admin")
    page = await registered(client)
    answer = await send(client, page, action="export", reason="本人申请")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.json()["data"]["name"] == "欧阳晓燕"


async def test_what_an_operator_may_do_and_what_not_with_the_reason(enter: Enter) -> None:
    client = await enter("operator")
    page = await registered(client, mobile="13800138000")
    assert "没有有效证件" in (await client.get(page)).text
    paper = {
        "document_kind": "identity_card",
        "number": identity(1),
        "authority": "新城县公安局",
        "valid_from": "2020-01-01",
    }
    assert (await send(client, page, action="add-document", **paper)).status_code == 303
    document = re.search(r'value="(doc_[0-9a-z]{26})"', (await client.get(page)).text)
    assert document
    for values in (
        {"action": "verify", "document": document[1], "place": "新城支行"},
        {"action": "rate", "risk": "medium", "reason": "年度复核"},
        {"action": "add-role", "role": "villager", "within": "village:7"},
        {"action": "give", "scope": "profile.basic", "purpose": "开户", "receiver": "partner:sunny"},
        {"action": "change", "occupation": "农民"},
        {"action": "change", "address": "西门街 1 号"},
    ):
        answer = await send(client, page, **values)
        assert answer.status_code == 303, (values, answer.text)
    text = (await client.get(page)).text
    for shown in ("面签", "村民", "village:7", "partner:sunny", "农民", "138****8000", "用户 operator", "已完成。"):
        assert shown in text
    for name in ("role", "consent"):
        found = re.search(f'name="{name}" value="([a-z]{{3}}_[0-9a-z]{{26}})"', text)
        assert found
        action = {"role": "end-role", "consent": "withdraw"}[name]
        assert (await send(client, page, action=action, **{name: found[1]})).status_code == 303
    late = await send(client, page, action="verify", document=document[1], place="x")
    assert late.status_code == 422
    assert "已完成该级别核验" in late.text
    assert (await send(client, page, action="nonsense")).status_code == 404
    assert (await send(client, page, action="end", reason="销户")).status_code == 303
    assert "恢复客户关系" in (await client.get(page)).text
    assert (await send(client, page, action="resume", reason="重新开户")).status_code == 303


async def test_a_shared_mobile_is_warned_of_and_settled(enter: Enter) -> None:
    client = await enter("operator")
    first = await registered(client, 1, mobile="13800138000")
    second = (await send(client, NEW, kind="person", name="司徒振华", nationality="CHN", mobile="13800138000")).headers[
        "location"
    ]
    assert "短信登录进入的是本客户" in (await client.get(first)).text
    assert "短信登录进入的是其他客户" in (await client.get(second)).text
    assert (await send(client, second, action="choose-sign-in")).status_code == 303
    assert "短信登录进入的是本客户" in (await client.get(second)).text
    assert "短信登录进入的是其他客户" in (await client.get(first)).text


async def test_an_organisation_has_its_owners_on_its_page(enter: Enter) -> None:
    client = await enter("operator")
    person = (await registered(client)).rsplit("/", 1)[1]
    page = (
        await send(client, NEW, kind="company", name="晴川光伏科技有限公司", nationality="CHN", number=credit(1))
    ).headers["location"]
    small = await send(client, page, action="add-owner", owner=person, control="shares", share_bps="1")
    assert small.status_code == 422
    assert "持股 1 %，低于受益所有人标准 25 %" in small.text
    assert (
        await send(client, page, action="add-owner", owner=person, control="shares", share_bps="60")
    ).status_code == 303
    assert (await send(client, page, action="change", representative=person)).status_code == 303
    text = (await client.get(page)).text
    assert "晴川******公司" in text
    assert "60 %" in text
    assert text.count("欧***") == 3  # its owner, its representative, and whom to ask for its intent
    assert "晴川******公司" in (await client.get(f"{PEOPLE}/{person}")).text


async def test_an_approver_merges_after_both_were_seen(enter: Enter, installation: Opened) -> None:
    client = await enter("operator")
    page = await registered(client, 1, mobile="13800138000")
    other = await send(client, NEW, kind="person", name="欧阳晓燕", nationality="CHN", mobile="13800138000")
    other_id = other.headers["location"].rsplit("/", 1)[1]
    await as_user(client, "approver")
    assert "疑似同一客户" in (await client.get(page)).text
    merged = await send(client, page, action="merge", other=other_id, reason="重复登记")
    assert merged.status_code == 303
    gone = (await client.get(other.headers["location"])).text
    assert "已合并" in gone
    assert page in gone
    stored = await installation.services.store.load(1, Party, [other_id])
    assert stored[other_id].merged_into == page.rsplit("/", 1)[1]
    assert "资料依法至少保存至" in (await client.get(page)).text
    early = await send(client, page, action="erase", reason="本人申请")
    assert early.status_code == 422


async def test_a_case_is_reviewed_on_its_page(enter: Enter, installation: Opened) -> None:
    client = await enter("operator")
    page = await registered(client, mobile="13800138000")
    assert (await send(client, page, action="rate", risk="high", reason="跨境交易")).status_code == 303
    assert (await send(client, page, action="start")).status_code == 303
    opening = re.search(r"/console/openings/(opn_[0-9a-z]{26})", (await client.get(page)).text)
    assert opening
    there = opening[0]
    sealer = Sealer(installation.services.keyring, date(2026, 1, 5), None)
    for name in ("document", "liveness", "elements", "sms", "code"):
        more = {"number": sealer.document(identity(1))} if name == "document" else {}
        await installation.services.engine.execute(1, step(name, opening[1], **more), actor="test")
    assert "待审核" in (await client.get("/console/openings?state=review")).text
    assert (await send(client, there, action="accept", reason="x")).status_code == 403
    await as_user(client, "approver")
    assert (await send(client, there, action="accept")).status_code == 422
    assert (await send(client, there, action="accept", reason="资料齐全")).status_code == 303
    text = (await client.get(there)).text
    assert "资料齐全" in text
    assert "622202*********0123" in text
    assert "远程" in (await client.get(page)).text


async def test_somebody_is_put_on_a_list_and_taken_off(enter: Enter) -> None:
    client = await enter("operator")
    page = await registered(client)
    there = "/console/lists"
    entry = {"colour": "black", "listed_by": "number", "value": identity(1), "reason": "涉案"}
    assert (await send(client, there, **{**entry, "value": "1"})).status_code == 422
    assert (await send(client, there, **entry)).status_code == 303
    text = (await client.get(there)).text
    assert identity(1) not in text
    assert "涉案" in text
    assert "禁入" in (await client.get(page)).text
    await as_user(client, "approver")
    found = re.search(r"/console/lists/lst_[0-9a-z]{26}", (await client.get(there)).text)
    assert found
    assert (await send(client, there, found[0], reason="解除冻结")).status_code == 303
    assert "名单为空" in (await client.get(there)).text
    assert "解除冻结" in (await client.get(f"{there}?ended=yes")).text


async def test_an_administrator_adds_a_version_of_the_rules(enter: Enter) -> None:
    client = await enter("operator")
    there = "/console/party-policies"
    text = (await client.get(there)).text
    assert "2000-01-01 · 当前适用" in text
    assert "由管理员添加版本" in text
    await as_user(client, "admin")
    page = (await client.get(there)).text
    names = re.findall(r'name="([a-z_]+)" type="(?:text|date)" value="([^"]*)"', page)
    form = {name: value for name, value in names if value}
    form |= {"action": "add", "effective_from": "2099-01-01", "note": "新规"}
    assert form["retention_years"] == "10"
    assert (await send(client, there, **{**form, "elements": "9"})).status_code == 422
    assert (await send(client, there, **{**form, "beneficial_owner_bps": "20"})).status_code == 303
    after = (await client.get(there)).text
    assert "2099-01-01" in after
    assert "20.00 %" in after


async def test_a_viewer_sees_masks_and_no_form(enter: Enter) -> None:
    client = await enter("operator")
    page = await registered(client)
    await as_user(client, "viewer")
    text = (await client.get(page)).text
    assert "查看明文" not in text
    assert '<details class="act"' not in text
    assert (await client.get(NEW)).status_code == 403


async def test_what_is_not_there_has_no_page(enter: Enter) -> None:
    client = await enter("operator")
    page = await registered(client)
    for path in (page.replace("pty_", "pty_x"), f"{PEOPLE}/1", "/console/openings/1"):
        assert (await client.get(path)).status_code == 404, path
