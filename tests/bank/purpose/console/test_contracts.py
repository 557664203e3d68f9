"""The pages of contracts: drafted with what is picked, paid in, granted by ticks and lists, suspended, ended."""

import re

from canglian.app.opening import Opened
from canglian.bank.purpose import PurposeContract, PurposeGrant
from canglian.kernel.queries.entities import some
from tests.bank.purpose.console.given import CONTRACTS, drafted, funded, granted, merchant, rich, shop, spend
from tests.bank.purpose.funds import GROCERY
from tests.bank.wallet.api.people import opened
from tests.conftest import Caller
from tests.web.entering import Enter, find, send, token_in


async def grants_of(installation: Opened, at: str) -> list[PurposeGrant]:
    """The grants of the contract of a page, the oldest first."""
    return (await some(installation.services.reader, 1, PurposeGrant, "contract", at.rpartition("/")[2]))[::-1]


async def test_a_contract_is_drafted_signed_paid_in_and_granted(
    enter: Enter, installation: Opened, call: Caller
) -> None:
    client = await enter("operator")
    payer, holder, other = await rich(installation, call, 1), await opened(call, 2), await opened(call, 3)
    only = await merchant(installation, "新城鲜果店")
    at = await drafted(client, payer["id"], **{f"payees_{only.id}": "yes"})
    page = (await client.get(at)).text
    assert "新城鲜果店" in page
    assert "合约须先签署" in page
    assert (await send(client, at, action="sign")).status_code == 303
    assert (await send(client, at, action="fund", amount="300.00")).status_code == 303
    form = {f"holders_{holder['id']}": "yes", "amount": "100.00", "lines": f"wallet,amount\n{other['id']}, 50.5"}
    answer = await send(client, f"{at}/grants", **form)
    assert answer.status_code == 303, answer.text
    assert [(grant.holder, grant.amount) for grant in await grants_of(installation, at)] == [
        (holder["id"], 10_000),
        (other["id"], 5_050),
    ]
    page = (await client.get(at)).text
    assert "¥149.50" in page
    assert 'class="state good"' in page
    for path in (CONTRACTS, f"{CONTRACTS}?state=active", "/console/purpose-grants", "/console/purpose-movements"):
        assert "工会福利" in (await client.get(path)).text, path
        assert (await client.get(f"{path}{'&' if '?' in path else '?'}format=csv")).status_code == 200, path
    found = await find(client, at.rsplit("/", 1)[1])
    assert found.headers["location"] == at
    found = await find(client, (await grants_of(installation, at))[0].id)
    assert found.headers["location"] == at


async def test_what_may_not_be_done_is_greyed_and_what_is_wrong_stands_at_its_field(
    enter: Enter, installation: Opened, call: Caller
) -> None:
    client = await enter("operator")
    payer = await rich(installation, call, 1)
    form = {"template": "welfare", "name": "工会福利", "payer": payer["id"], "valid_until": "2001-01-01"}
    answer = await send(client, f"{CONTRACTS}/new", **form)
    assert answer.status_code == 422
    assert 'value="2001-01-01"' in answer.text
    assert (await some(installation.services.reader, 1, PurposeContract, "payer", payer["id"])) == []
    at = await funded(client, payer["id"])
    for lines, said in (
        ("", "请选择持有人"),
        ("6666 0000 1111, 5", "第 1 行的钱包编号不存在"),
        (f"{payer['id']}", "第 1 行缺少"),
        (f"{payer['id']}, x", "第 1 行的金额"),
        (f"{payer['id']}, 300.01", "¥300.00"),
        (f"{payer['id']}, 1,250.00", "第 1 行"),
        (f"{payer['id']}，1，250.00", "第 1 行"),
        (f"{payer['id']}\t1,250.00", "¥300.00"),
        (f'{payer["id"]}, "1,250.00"', "¥300.00"),
        (f'{payer["id"]}, 5.00, "工资\n{payer["id"]}, 5.00', "第 1 行"),
        (f'wallet,amount\n{payer["id"]}, 5.00\n"6666, 5.00\n6667, 5.00', "第 3 行"),
        (f'{payer["id"]}, "{"9" * 140_000}"', "第 1 行"),
        (f"{payer['id']}, 5.00, \0", "第 1 行"),
    ):
        answer = await send(client, f"{at}/grants", amount="", lines=lines)
        assert answer.status_code == 422, lines
        assert said in answer.text, lines
    assert await grants_of(installation, at) == []


async def test_a_grant_is_revoked_and_a_contract_suspended_resumed_and_terminated(
    enter: Enter, installation: Opened, call: Caller
) -> None:
    client = await enter("operator")
    payer, holder = await rich(installation, call, 1), await opened(call, 2)
    at = await funded(client, payer["id"])
    await granted(client, at, f"{holder['id']}, 100.00")
    (grant,) = await grants_of(installation, at)
    await spend(installation, grant.id, await shop(installation), 2_500, GROCERY)
    assert (await send(client, at, action="suspend", reason="核查")).status_code == 303
    assert "已暂停：资金不能支付" in (await client.get(at)).text
    assert (await send(client, at, action="resume", reason="核查完毕")).status_code == 303
    assert (await send(client, at, action="revoke", grant=grant.id, reason="离职")).status_code == 303
    (grant,) = await grants_of(installation, at)
    assert (grant.state.value, grant.spent, grant.remaining) == ("revoked", 2_500, 0)
    assert (await send(client, at, action="terminate", reason="项目取消")).status_code == 303
    page = (await client.get(at)).text
    assert "合约已结束" in page
    assert "项目取消" in page


async def test_wallets_and_merchants_are_found_by_what_people_know_of_them(
    enter: Enter, installation: Opened, call: Caller
) -> None:
    client = await enter("operator")
    wallet, gone = await rich(installation, call, 1), await opened(call, 2)
    fruit, _ = await merchant(installation, "新城鲜果店"), await merchant(installation, "老街面馆")
    token = token_in((await client.get(f"{CONTRACTS}/new")).text)

    async def found(field: str, **values: str) -> str:
        answer = await client.post(f"{CONTRACTS}/pick/{field}", data=values, headers={"x-form-token": token})
        assert answer.status_code == 200, answer.text
        return answer.text

    assert wallet["id"] in await found("payer", find_payer="13900130001")
    assert wallet["id"] in await found("payer", find_payer=wallet["id"].upper())
    assert "没有找到" in await found("payer", find_payer="139")
    text = await found("holders", find_holders="13900130002", **{f"holders_{wallet['id']}": "yes"})
    assert re.search(f'name="holders_{wallet["id"]}" value="yes" checked', text)
    assert f'name="holders_{gone["id"]}" value="yes">' in text
    text = await found("payees", find_payees="鲜果")
    assert f"payees_{fruit.id}" in text
    assert "面馆" not in text
    answer = await client.post(f"{CONTRACTS}/pick/payer", data={"find_payer": wallet["id"]})
    assert answer.status_code == 403
    answer = await client.post(f"{CONTRACTS}/pick/nothing", data={}, headers={"x-form-token": token})
    assert answer.status_code == 404


async def test_whoever_may_only_read_sees_and_does_nothing(enter: Enter, installation: Opened, call: Caller) -> None:
    client = await enter("operator")
    at = await drafted(client, (await rich(installation, call, 1))["id"])
    client.cookies.clear()
    client = await enter("viewer")
    page = await client.get(at)
    assert page.status_code == 200
    assert "<form" not in page.text.partition('id="acts"')[2].partition("</section>")[0]
    for path in (f"{CONTRACTS}/new", f"{at}/grants", "/console/purpose-templates/welfare/new"):
        assert (await client.get(path)).status_code == 403, path
    for path in (at, f"{CONTRACTS}/new", f"{at}/grants", f"{CONTRACTS}/pick/payer"):
        assert (await client.post(path, data={"action": "sign"})).status_code == 403, path


async def test_a_draft_is_simulated_over_a_calendar_that_can_be_changed(
    enter: Enter, installation: Opened, call: Caller
) -> None:
    client = await enter("operator")
    await merchant(installation, "新城鲜果店")
    await merchant(installation, "夜光酒吧", "5813")
    at = await drafted(client, (await rich(installation, call, 1))["id"])
    page = (await client.get(f"{at}/simulation")).text
    assert "新城鲜果店" in page
    assert page.count('class="state bad"') == 2
    assert "¥2,000.00" in page
    before = (await installation.services.store.state(1)).sequence
    rows = {"e0_on": "2099-01-05", "e0_at": "09:00", "e0_do": "sign"}
    rows |= {"e1_on": "2099-01-05", "e1_at": "09:00", "e1_do": "fund", "e1_amount": "77.70"}
    answer = await send(client, f"{at}/simulation", **rows)
    assert answer.status_code == 200, answer.text
    assert "¥77.70" in answer.text
    rows["e1_amount"] = "x"
    assert (await send(client, f"{at}/simulation", **rows)).status_code == 422
    rows |= {"e1_amount": "1", "e1_on": "2099-01-04"}
    assert (await send(client, f"{at}/simulation", **rows)).status_code == 422
    assert (await installation.services.store.state(1)).sequence == before
