"""The pages of wallets: opened, found by number, locked, raised face to face, what may not be done with its reason."""

import re

import httpx
import pytest

from canglian.app.opening import Opened
from canglian.bank.wallet.commands import TransferBetweenWallets
from canglian.bank.wallet.queries import wallets
from tests.bank.party.console.test_pages import as_user
from tests.bank.wallet.api.people import Holder, give, holder
from tests.web.entering import Enter, find, send, token_in

WALLETS = "/console/wallets"


async def opened(client: httpx.AsyncClient, **form: str) -> str:
    """The page of a wallet that was just opened."""
    asked = form or {"product": "wallet.ecny4", "mobile": "13900130001"}
    answer = await send(client, f"{WALLETS}/new", action="open", **asked)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def act(client: httpx.AsyncClient, page: str, action: str, **form: str) -> httpx.Response:
    return await send(client, page, action=action, **form)


@pytest.fixture
async def person(installation: Opened) -> Holder:
    return await holder(installation)


async def test_a_wallet_is_opened_listed_filtered_and_exported_by_masks(enter: Enter) -> None:
    client = await enter("operator")
    page = await opened(client)
    for path in (page, WALLETS, f"{WALLETS}?product=wallet.ecny4&state=active", f"{WALLETS}?format=csv"):
        text = (await client.get(path)).text
        assert "139****0001" in text, path
        assert "13900130001" not in text, path
        assert re.search(r"8806[0-9]{2}\*{6}[0-9]{4}", text), path
    assert "139****0001" not in (await client.get(f"{WALLETS}?product=wallet.ewallet")).text
    assert (await client.get(f"{WALLETS}?state=nonsense&product=x")).status_code == 200


async def test_a_customers_page_and_the_search_show_what_each_room_has(enter: Enter, person: Holder) -> None:
    client = await enter("operator")
    customer = f"/console/people/{person.party}"
    assert "电子钱包" not in (await client.get(customer)).text.partition('id="holdings"')[2].partition("</section>")[0]
    wallet = await opened(client, product="wallet.ewallet", party=person.party, deposit=person.deposit)
    page = (await client.get(customer)).text
    held = page.partition('id="holdings"')[2].partition("</section>")[0]
    for title, at in (("存款账户", f"/console/deposits/{person.deposit}"), ("钱包", wallet)):
        row = held.partition(f'data-href="{at}"')[2].partition("</tr>")[0]
        assert f"<td>{title}</td>" in row, title
        assert ("¥0.00" in row) == (title == "存款账户"), "the same money stands once"
    assert held.index(person.deposit) < held.index(wallet)
    for place in ("deposits", "wallets"):
        start = f"/console/{place}/new?party={person.party}"
        assert f'href="{start}"' in page
        assert f'value="{person.party}" checked' in (await client.get(start)).text, "the form knows whose it is"
    assert f'href="/console/limits?of={person.party}"' in page
    for at in (customer, wallet):
        answer = await find(client, at.rpartition("/")[2])
        assert (answer.status_code, answer.headers.get("location")) == (303, at)
    answer = await find(client, person.deposit)
    assert answer.headers.get("location") == f"/console/deposits/{person.deposit}", (
        "the ledger has an account of it, too"
    )


async def test_a_transfer_finds_the_accounts_of_customers_and_takes_nothing_from_them(
    enter: Enter, person: Holder
) -> None:
    client = await enter("operator")
    await opened(client, product="wallet.ecny2", party=person.party, deposit=person.deposit)
    token = token_in((await client.get("/console/transfers/new")).text)
    data = {"_token": token, "_find_credit": person.party}
    found = (await client.post("/console/pick/account/credit", data=data)).text
    numbers = re.findall(r'value="(\d+)"', found)
    assert len(numbers) == 2, "of the deposit account, and of the wallet"
    for number in numbers:
        page = (await client.get(f"/console/accounts/{number}")).text
        assert f'href="/console/transfers/new?credit={number}"' in page
        assert f"debit={number}" not in page


async def test_the_search_of_everything_finds_a_wallet_without_a_name_by_its_mobile(enter: Enter) -> None:
    client = await enter("operator")
    page = await opened(client)
    found = await find(client, "139 0013 0001")
    assert (found.status_code, found.headers.get("location")) == (303, page)


async def test_a_wallet_of_somebody_known_offers_their_accounts_and_asks_for_no_id(
    enter: Enter, person: Holder
) -> None:
    client = await enter("operator")
    form = (await client.get(f"{WALLETS}/new?party={person.party}")).text
    select = form.partition('<select class="form-select" name="deposit"')[2].partition("</select>")[0]
    assert f'<option value="{person.deposit}" selected>' in select
    assert "_find_deposit" not in form
    refused = await send(
        client, f"{WALLETS}/new", action="open", product="wallet.ecny1", party=person.party, name="x" * 99
    )
    assert refused.status_code == 422
    assert f'<option value="{person.deposit}"' in refused.text


async def test_what_cannot_be_opened_for_a_customer_is_not_offered_and_says_why(
    enter: Enter, installation: Opened, person: Holder
) -> None:
    client = await enter("operator")
    unseen = await holder(installation, 2, seen=False)

    async def form(party: str) -> tuple[list[str], str]:
        text = (await client.get(f"{WALLETS}/new?party={party}")).text
        others = text.partition('id="not-now"')[2].partition("</section>")[0]
        assert not re.search(r"face_to_face|person\b|wallet\.|dep_|wal_", re.sub(r'href="[^"]+"', "", others))
        return re.findall(r'<option value="wallet\.(\w+)"', text), others

    offered, others = await form(person.party)
    assert offered == ["ewallet", "ecny1", "ecny2", "ecny3", "ecny4"]
    assert "该产品不适用于这类客户（个人）。" in others
    await opened(client, product="wallet.ewallet", party=person.party, deposit=person.deposit)
    offered, others = await form(person.party)
    assert "ewallet" not in offered
    assert "该存款账户上已有电子钱包。" in others
    offered, others = await form(unseen.party)
    assert offered == ["ecny3", "ecny4"]
    assert f'<a href="/console/people/{unseen.party}#verify">面签核验</a>' in others
    assert "须先核实客户身份：要求面签，现为未核验。" in others


async def test_a_wallet_is_found_by_its_whole_number_that_stands_in_no_address(
    enter: Enter, installation: Opened
) -> None:
    client = await enter("operator")
    page = await opened(client)
    services = installation.services
    row = await services.reader.row("SELECT number_sealed FROM wallet WHERE book = $1", 1)
    assert row is not None
    number = services.keyring.open(row["number_sealed"], "wallet.number")
    found = await send(client, WALLETS, f"{WALLETS}/search", number=number)
    assert (found.status_code, found.headers["location"]) == (303, page)
    wrong = await send(client, WALLETS, f"{WALLETS}/search", number="1234")
    assert wrong.status_code == 422
    assert "本行钱包编号为 16 位数字" in wrong.text


async def test_the_page_says_what_is_left_what_may_be_done_and_why_not(
    enter: Enter, installation: Opened, person: Holder
) -> None:
    client = await enter("operator")
    page = await opened(client, product="wallet.ecny2", party=person.party, deposit=person.deposit)
    text = (await client.get(page)).text
    assert "¥500,000.00" in text
    assert "未挂失" in text
    wallet = await wallets.wallet(installation.services.reader, 1, page.rpartition("/")[2])
    assert f"钱包 {wallet.number_mask} 未锁定" in text, "by what people know it, not by its id"
    await act(client, page, "report-loss", reason="手机丢失")
    lost = (await client.get(page)).text
    assert "已挂失：不能付款" in lost
    lifted = await act(client, page, "lift-loss", reason="找回", document=person.document)
    assert lifted.status_code == 303
    await act(client, page, "lock", reason="可疑交易")
    assert "银行已锁定" in (await client.get(page)).text
    await act(client, page, "unlock", reason="已核实")
    await act(client, page, "open-sub", name="早餐", single_max="10.00", day_max="30")
    text = (await client.get(page)).text
    assert "¥10.00" in text
    assert "¥30.00" in text
    refused = await act(client, page, "close", reason="不用了")
    assert refused.status_code == 422
    assert "个子钱包，请先注销" in refused.text


async def test_an_e_wallet_shows_the_limits_of_the_account_whose_money_it_is(enter: Enter, person: Holder) -> None:
    client = await enter("operator")
    page = await opened(client, product="wallet.ewallet", party=person.party, deposit=person.deposit)
    text = (await client.get(page)).text
    account = (await client.get(f"/console/deposits/{person.deposit}")).text
    rule = re.compile(r'<td class="whole" title="([^"]+)">')
    rules = [set(rule.findall(of.partition('id="limits"')[2])) for of in (text, account)]
    assert rules[1], "the account has limits"
    assert rules[1] <= rules[0]
    assert "不受限额约束" not in text
    money = text.partition("当前最多可付出")[2]
    assert "¥0.00" in money.partition("</dd>")[0], "no more than it has"
    assert "¥10,000.00" in money.partition("当前最多可转入")[2].partition("</dd>")[0]


async def test_bounds_of_a_sub_wallet_stand_in_its_form_and_an_empty_one_clears(
    enter: Enter, installation: Opened, person: Holder
) -> None:
    client = await enter("operator")
    page = await opened(client, product="wallet.ecny2", party=person.party, deposit=person.deposit)
    assert (await act(client, page, "open-sub", name="早餐", single_max="1000.00", day_max="3000")).status_code == 303
    query = "SELECT id, channel FROM wallet WHERE book = $1 AND parent IS NOT NULL"
    (row,) = await installation.services.reader.rows(query, 1)
    assert row["channel"] == "counter"
    sub = f"{WALLETS}/{row['id']}"
    text = (await client.get(sub)).text
    assert 'value="早餐"' in text
    assert 'value="1,000.00"' in text
    assert "子钱包随母钱包办理" in text
    assert 'id="open-sub"' not in text
    wrong = await act(client, sub, "change-sub", name="早餐", single_max="5000", day_max="3000")
    assert wrong.status_code == 422
    assert 'id="change-sub-single_max-wrong"' in wrong.text
    assert 'value="5000"' in wrong.text
    assert (await act(client, sub, "change-sub", name="早点", single_max="", day_max="3,000.00")).status_code == 303
    (row,) = await installation.services.reader.rows("SELECT * FROM wallet WHERE book = $1 AND parent IS NOT NULL", 1)
    assert (row["name"], row["single_max"], row["day_max"]) == ("早点", None, 300_000)


async def test_what_can_only_fail_is_greyed_with_its_reason(enter: Enter) -> None:
    client = await enter("operator")
    page = await opened(client)
    text = (await client.get(page)).text
    for action in ("unlock", "lift-loss", "reset-pin", "open-sub"):
        assert f'id="{action}"' not in text, action
    for action in ("upgrade-face-to-face", "upgrade", "lock", "report-loss", "open-pocket", "close"):
        assert f'<form method="post" id="{action}"' in text, action
    assert "已有 0 个子钱包，最多 0 个" in text
    assert 'id="open-sub"' not in (await act(client, page, "open-sub", name="早餐")).text


async def test_a_pocket_is_opened_and_closed_where_it_is_empty(enter: Enter) -> None:
    client = await enter("operator")
    page = await opened(client)
    pocket = {"pocket_kind": "benefit", "name": "七村", "asset": "ECNY", "purpose": "benefit:village7"}
    wrong = await act(client, page, "open-pocket", **{**pocket, "pocket_kind": "points"})
    assert wrong.status_code == 422
    assert 'id="open-pocket-asset-wrong"' in wrong.text
    assert (await act(client, page, "open-pocket", **pocket)).status_code == 303
    text = (await client.get(page)).text
    found = re.search(r'name="pocket" value="(pkt_\w+)"', text)
    assert found
    assert (await act(client, page, "close-pocket", pocket=found[1])).status_code == 303
    assert 'name="pocket"' not in (await client.get(page)).text


async def test_no_id_stands_twice_in_a_page(enter: Enter, person: Holder) -> None:
    client = await enter("operator")
    page = await opened(client, product="wallet.ecny2", party=person.party, deposit=person.deposit)
    for text in ((await client.get(page)).text, (await act(client, page, "lock", reason="")).text):
        ids = re.findall(r'\bid="([^"]+)"', text)
        assert len(ids) == len(set(ids))


async def test_an_operator_raises_a_wallet_face_to_face(enter: Enter, installation: Opened, person: Holder) -> None:
    client = await enter("operator")
    page = await opened(client, product="wallet.ecny2", party=person.party, deposit=person.deposit)
    raised = await act(client, page, "upgrade-face-to-face", document=person.document, place="新城支行")
    assert raised.status_code == 303, raised.text
    text = (await client.get(page)).text
    assert "数字人民币一类钱包" in text
    assert "已是所申请的级别" in text


async def test_an_anonymous_wallet_is_raised_by_the_party_with_its_mobile(
    enter: Enter, installation: Opened, person: Holder
) -> None:
    client = await enter("operator")
    page = await opened(client, product="wallet.ecny4", mobile="13800138001")
    other = await opened(client, product="wallet.ecny4", mobile="13900139999")
    form = {"party": person.party, "document": person.document, "deposit": person.deposit, "place": "新城支行"}
    refused = await act(client, other, "upgrade-face-to-face", **form)
    assert refused.status_code == 422
    assert "手机号与钱包不一致" in refused.text
    assert (await act(client, page, "upgrade-face-to-face", **form)).status_code == 303
    assert "欧***" in (await client.get(page)).text


async def test_a_transfer_is_undone_from_the_page(enter: Enter, installation: Opened) -> None:
    client = await enter("operator")
    await opened(client)
    await opened(client, product="wallet.ecny4", mobile="13900130002")
    rows = await installation.services.reader.rows("SELECT id, account FROM wallet WHERE book = $1 ORDER BY id", 1)
    payer, payee = (row["id"] for row in rows)
    await give(installation, rows[0]["account"], 5_000)
    pay = TransferBetweenWallets(payer=payer, payee=payee, amount=1_250, channel="counter")
    moved = await installation.services.engine.execute(1, pay, actor="test")
    page = f"{WALLETS}/{payer}"
    assert "-¥12.50" in (await client.get(page)).text
    assert "¥12.50" in (await client.get("/console/wallet-transfers")).text
    assert (await act(client, page, "reverse", transfer=moved.id, reason="重复付款")).status_code == 303
    assert "已冲正" in (await client.get(page)).text or "撤销" in (await client.get(page)).text


async def test_what_is_wrong_stands_at_its_field_and_html_is_text(enter: Enter, person: Holder) -> None:
    client = await enter("operator")
    for form, field in (
        ({"product": "wallet.ecny4", "mobile": "123"}, "mobile"),
        ({"product": "wallet.ecny2", "party": person.party}, "deposit"),
        ({"product": "wallet.ecny1"}, "party"),
        ({"product": "wallet.ecny4", "mobile": "13900130001", "name": "<b>x</b>"}, "name"),
    ):
        answer = await send(client, f"{WALLETS}/new", action="open", **form)
        assert answer.status_code == 422
        assert f'href="#open-{field}"' in answer.text, form
        assert "<b>x</b>" not in answer.text


async def test_who_may_only_look_sees_no_form_and_is_refused(enter: Enter) -> None:
    client = await enter("operator")
    page = await opened(client)
    for login in ("viewer", "auditor"):
        await as_user(client, login)
        text = (await client.get(page)).text
        assert "仅可查看" in text or "只能查看" in text
        assert 'name="action"' not in text
        refused = await client.get(f"{WALLETS}/new", headers={"accept": "text/html"})
        assert refused.status_code == 403
        assert re.search("角色 (查看者|审计员) 无权办理，需要 办理业务 权限。", refused.text)
        for path in (page, f"{WALLETS}/new", "/console/wallet-products", "/console/wallet-policies"):
            answer = await send(client, WALLETS, path, action="lock", reason="x")
            assert answer.status_code == 403, path


async def test_products_and_figures_are_versions_that_an_administrator_adds(enter: Enter) -> None:
    client = await enter("operator")
    assert "由管理员" in (await client.get("/console/wallet-products")).text
    await as_user(client, "admin")
    form = "/console/wallet-products?code=wallet.ecny2"
    assert "wallet.ecny2" in (await client.get(form)).text
    sent = {
        "action": "add",
        "code": "wallet.ecny2",
        "name": "二类钱包",
        "level": "remote",
        "account": "yes",
        "active": "yes",
        "rate_ppm": "0.1",
        "day_count": "360",
        "sub_wallets_max": "5",
        "note": "试点",
    }
    assert (await send(client, form, "/console/wallet-products", **sent)).status_code == 303
    assert "0.1000 %" in (await client.get("/console/wallet-products")).text
    late = await send(client, form, "/console/wallet-products", **sent, effective_from="2020-01-01")
    assert late.status_code == 422
    assert 'id="add-effective_from-wrong"' in late.text
    assert 'name="code" value="wallet.ecny2"' in late.text
    assert 'value="二类钱包"' in late.text
    unticked = await send(client, form, "/console/wallet-products", **{**sent, "active": "", "rate_ppm": "much"})
    ticks = re.findall(r'name="(\w+)" value="yes"( checked)?', unticked.text)
    assert {name for name, ticked in ticks if ticked} == {"account"}
    policy = {
        "action": "add",
        "effective_from": "2099-01-01",
        "number_prefix": "8806",
        "code_seconds": "60",
        "pay_code_max": "500.00",
        "pin_tries": "3",
        "pin_lock_minutes": "0",
        "devices_max": "3",
        "pockets_max": "9",
        "note": "试点",
    }
    assert (await send(client, "/console/wallet-policies", **policy)).status_code == 303
    assert "¥500.00" in (await client.get("/console/wallet-policies")).text
