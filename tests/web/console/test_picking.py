"""Choosing things on forms: found by what people know, never by a typed id; the same without a script."""

import gc
import re
from html import unescape
from typing import Any

import httpx
import pytest

from canglian.app.opening import Opened
from canglian.app.rooms import rooms
from canglian.bank.payment.commands import RegisterMerchant
from canglian.ledger.commands import OpenAccount
from canglian.web.actions import Action
from canglian.web.console.actions import asked_of
from canglian.web.console.picking import merged
from tests.bank.party.people import identity
from tests.web.entering import Enter, key_in, send, token_in

NAMES = ("party", "owner", "representative", "deposit", "wallet", "payout_wallet", "payout_account", "merchant")


def test_every_form_asks_for_customers_accounts_wallets_and_merchants_by_a_choice() -> None:
    picks = merged([pick for room in rooms() for pick in room.picks])
    known = {field for pick in picks.values() for field in pick.fields}
    gc.unfreeze()  # a server that another test began has put everything aside
    actions = [each for each in gc.get_objects() if isinstance(each, Action) and each.form is not None]
    asked = {
        field.name
        for action in actions
        for given, field in asked_of(action.asked_of_people, action.form)  # pyright: ignore[reportArgumentType] - has one
        if field.kind in ("text", "number", "account") and not given.choices
    }
    assert {"party", "deposit", "payout_wallet"} <= asked
    typed = {name for name in asked if name in NAMES or name.endswith("_id")}
    assert typed <= known
    several = {
        field.name
        for action in actions
        for given, field in asked_of(action.asked_of_people, action.form)  # pyright: ignore[reportArgumentType] - has one
        if field.kind == "list" and not given.choices
    }
    assert "wallets" in several
    assert several & {f"{name}s" for name in NAMES} <= {field for pick in picks.values() for field in pick.lists}


async def _branch(installation: Opened) -> None:
    engine = installation.services.engine
    accounts = (("1001", "金库", "cash-vault"), ("2011", "利民超市", "shop-1"), ("2011", "利民药房", None))
    for head, name, reference in accounts:
        command = OpenAccount(asset="CNY", head=head, name=name, reference=reference, floor=None)
        await engine.execute(1, command, actor="test")


async def _post(client: httpx.AsyncClient, payer: str, payee: str, **chosen: str) -> httpx.Response:
    page = (await client.get("/console/transfers/new")).text
    form = {"_token": token_in(page), "_key": key_in(page), "amount": "1.00", "code": "x.y", **chosen}
    form |= {"_pick_debit": "account", "_find_debit": payer, "_pick_credit": "account", "_find_credit": payee}
    return await client.post("/console/transfers/new", data=form)


@pytest.mark.parametrize(("debit", "credit"), [("cash-vault", "2"), ("金库", "shop-1"), ("1", "利民超市")])
async def test_a_transfer_takes_numbers_references_and_names(
    enter: Enter, installation: Opened, debit: str, credit: str
) -> None:
    client = await enter("operator")
    await _branch(installation)
    answer = await _post(client, debit, credit)
    assert answer.status_code == 200, answer.text
    assert 'name="debit" value="1"' in answer.text
    assert 'name="credit" value="2"' in answer.text
    assert answer.text.count("x.y") == 3, "its word once, as the value that is sent, and for who goes back"
    back = re.search(r'href="(/console/transfers/new\?[^"]+)"', answer.text)
    assert back is not None
    again = (await client.get(unescape(back[1]))).text
    assert [
        f'name="{name}" type="text" value="{text}"' in again for name, text in (("code", "x.y"), ("amount", "1.00"))
    ] == ([True] * 2)


async def test_of_several_one_is_chosen_and_what_fits_nothing_is_said_so(enter: Enter, installation: Opened) -> None:
    client = await enter("operator")
    await _branch(installation)
    several = await _post(client, "cash-vault", "利民")
    assert several.status_code == 422
    assert "有多条符合的记录" in several.text
    assert {"2", "3"} <= set(re.findall(r'name="credit" value="(\d+)"', several.text))
    assert (await _post(client, "cash-vault", "利民", credit="3")).status_code == 200
    assert (await _post(client, "cash-vault", "没有", credit="3")).status_code == 422
    assert (await _post(client, "cash-vault", "利民超市", credit="3")).status_code == 422, (
        "what was typed since is not it"
    )
    assert installation.services.engine is not None
    assert await installation.services.reader.value("SELECT count(*) FROM transfer WHERE book = $1", 1) == 0


async def test_a_customer_is_found_by_what_is_known_of_them_and_masked(enter: Enter, installation: Opened) -> None:
    client = await enter("operator")
    form = {"kind": "person", "name": "欧阳晓燕", "number": identity(1), "mobile": "13800138000", "nationality": "CHN"}
    party = (await send(client, "/console/people/new", **form)).headers["location"].rpartition("/")[2]
    token = token_in((await client.get("/console/deposits/new")).text)
    for text in ("欧阳晓燕", "13800138000", identity(1), party):
        data = {"_token": token, "_find_party": text}
        found = (await client.post("/console/pick/party/party", data=data)).text
        assert f'value="{party}" checked' in found, text
        assert "欧阳晓燕" not in found
        assert identity(1) not in found
    opened = (await client.get(f"/console/deposits/new?party={party}")).text
    assert f'value="{party}" checked' in opened


async def test_what_was_chosen_last_is_offered_first_to_whom_chose_it(enter: Enter, installation: Opened) -> None:
    client = await enter("operator")
    await _branch(installation)
    await _post(client, "cash-vault", "shop-1")
    page = (await client.get("/console/transfers/new")).text
    data = {"_token": token_in(page)}
    offered = (await client.post("/console/pick/account/credit", data=data)).text
    assert re.findall(r'value="(\d+)"', offered) == ["2", "1"]
    client.cookies.clear()
    client = await enter("admin")
    data = {"_token": token_in((await client.get("/console/transfers/new")).text)}
    assert "radio" not in (await client.post("/console/pick/account/credit", data=data)).text


async def test_of_several_things_each_is_ticked_and_what_was_ticked_stays(enter: Enter, installation: Opened) -> None:
    client = await enter("operator")
    engine = installation.services.engine
    shops = [
        (await engine.execute(1, RegisterMerchant(name=name, category="5411", region="330106"), actor="test")).id
        for name in ("新城鲜果店", "新城书店", "老街茶馆")
    ]
    page = (await client.get("/console/campaigns/new")).text
    assert 'name="_many_o1_merchants"' in page
    form: dict[str, Any] = {"_token": token_in(page), "_many_o1_merchants": "1", "o1_merchants": shops[:1]}
    found = await client.post("/console/pick/merchant/o1_merchants", data={**form, "_find_o1_merchants": "新城"})
    assert re.findall(r'value="(mer_\w+)"( checked)?', found.text) == [(shops[0], " checked"), (shops[1], "")]
    nothing = await client.post("/console/pick/merchant/o1_merchants", data={**form, "_find_o1_merchants": "没有"})
    assert ("没有符合" in nothing.text, f'value="{shops[0]}" checked' in nothing.text) == (True, True)

    draft = {
        "name": "约惠春日",
        "summary": "满减",
        "starts_at": "2031-03-01T00:00",
        "ends_at": "2031-03-31T00:00",
        "asset": "CNY",
    }
    draft |= {"f1_kind": "bank", "f1_name": "本行", "f1_share_bps": "100", "o1_kind": "spend_and_save"}
    draft |= {"o1_name": "满减", "o1_stock": "10", "o1_per_person": "1", "o1_refund": "return", "o1_rank": "1"}
    draft |= {"o1_tiers_shown": "1", "o1_tier1_over": "20", "o1_tier1_off": "3", "o1_group_rule": "best"}
    form |= {**draft, "_pick_o1_merchants": "merchant"}
    where = {
        "_pick_o1_regions": "division",
        "_many_o1_regions": "1",
        "o1_regions": ["330106"],
        "_find_o1_regions": "3205",
    }
    where |= {"_pick_o1_categories": "category", "_many_o1_categories": "1", "_find_o1_categories": "5411"}
    where |= {"_pick_o1_segments": "segment", "_many_o1_segments": "1", "_find_o1_segments": "new_customer:14"}
    form |= where
    people = await client.post("/console/pick/segment/o1_segments", data={**form, "_find_o1_segments": "新客户"})
    assert re.findall(r'value="(\w+:\d+)"', people.text) == ["new_customer:30"]
    several = await client.post(
        "/console/campaigns/new", data={**form, "o1_merchants": [], "_find_o1_merchants": "新城"}
    )
    assert (several.status_code, "有多条符合的记录" in several.text) == (422, True)
    drafted = await client.post("/console/campaigns/new", data={**form, "_find_o1_merchants": "老街茶馆"})
    assert drafted.status_code == 303, drafted.text
    design = (await client.get(drafted.headers["location"] + "/design")).text
    assert re.findall(r'value="(mer_\w+)" checked', design) == [shops[0], shops[2]]
    assert re.findall(r'value="(\d{4,6})" checked', design) == ["5411", "330106", "3205"]
    assert 'value="new_customer:14" checked' in design


async def test_a_document_is_chosen_by_what_is_known_of_its_holder(enter: Enter) -> None:
    client = await enter("operator")
    form = {"kind": "person", "name": "欧阳晓燕", "number": identity(1), "mobile": "13800138000", "nationality": "CHN"}
    party = (await send(client, "/console/people/new", **form)).headers["location"]
    paper = {"document_kind": "identity_card", "number": identity(1), "authority": "苏州市公安局"}
    paper |= {"valid_from": "2020-01-01", "valid_until": "2040-01-01"}
    assert (await send(client, party, action="add-document", **paper)).status_code == 303
    token = token_in((await client.get(party)).text)
    data = {"_token": token, "_find_document": "13800138000"}
    found = (await client.post("/console/pick/document/document", data=data)).text
    assert re.search(r'value="doc_\w+" checked', found), found
    assert identity(1) not in found


async def test_strangers_and_unknown_kinds_are_refused(http: httpx.AsyncClient, enter: Enter) -> None:
    assert (await http.post("/console/pick/party/party", data={"_find_party": "王"})).status_code in (303, 403)
    client = await enter("viewer")
    data = {"_token": token_in((await client.get("/console")).text), "_find_x": "1"}
    assert (await client.post("/console/pick/user/x", data=data)).status_code == 404


async def test_codes_are_offered_with_their_words_and_new_ones_taken_as_typed(
    enter: Enter, installation: Opened
) -> None:
    client = await enter("operator")
    engine = installation.services.engine
    for region in ("330106", "320508"):
        await engine.execute(1, RegisterMerchant(name="店", category="5812", region=region), actor="user:operator")
    page = (await client.get("/console/merchants/new")).text
    token = token_in(page)
    assert 'name="_pick_region" value="region"' in page

    async def offered(kind: str, field: str, text: str) -> list[str]:
        data = {"_token": token, f"_find_{field}": text}
        answer = (await client.post(f"/console/pick/{kind}/{field}", data=data)).text
        return re.findall(r'value="([^"]*)"', answer)

    assert await offered("region", "region", "") == ["320508", "330106"]
    assert await offered("region", "region", "浙江") == ["330106"]
    assert await offered("region", "region", "32") == ["320508", "32"]
    assert await offered("region", "region", "440100") == ["440100"]
    assert (await offered("category", "category", "餐"))[0] == "5812"
    assert await offered("scope", "scope", "face") == ["identity.face"]
    assert await offered("head", "head", "库存现金") == ["1001"]
    form = {
        "action": "register",
        "name": "新店",
        "_pick_region": "region",
        "_find_region": "浙江",
        "_pick_category": "category",
    }
    made = await send(client, "/console/merchants/new", **form, _find_category="5812", region="", category="")
    assert made.status_code == 303
    assert "330106" in (await client.get(made.headers["location"])).text
    wrong = await send(client, "/console/merchants/new", **{**form, "_find_region": "33"}, _find_category="5812")
    assert (wrong.status_code, "有多条符合的记录" in wrong.text) == (422, True)


async def test_requests_are_narrowed_by_people_and_policies_that_are_offered(
    enter: Enter, installation: Opened
) -> None:
    client = await enter("operator")
    page = (await client.get("/console/proposals")).text
    for kind in ("maker", "approval_policy"):
        assert f"/console/pick/{kind}/" in page
    assert "filter-subject" not in page, "only links of other pages ask for it"
    assert (await client.get("/console/proposals?subject=party:pty_1&maker=user:operator")).status_code == 200
