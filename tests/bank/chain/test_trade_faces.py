"""Orders and purchases through the API, the console, phones and the end of a day; strangers change nothing."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from canglian.app.opening import Opened
from canglian.bank.credit.products.commands import SetLoanProduct
from canglian.bank.credit.products.model import RepaymentMethod
from canglian.bank.settlement.closing.running import run_end_of_day
from canglian.kernel.queries.observing import book_figures
from canglian.ledger.commands import CloseDay
from canglian.web.principal import Role
from tests.bank.chain.test_faces import Members, NewPhone, configuration, enter, phone, second, town
from tests.bank.credit.test_faces import PRODUCT, lend, signed
from tests.bank.payment.api.test_payments import done
from tests.bank.wallet.mobile.town import PIN, Town
from tests.conftest import Caller
from tests.web.entering import Enter, send

__all__ = ["NewPhone", "configuration", "enter", "phone", "second", "town"]


@pytest.fixture
async def members(call: Caller, second: Caller, town: Town) -> Members:
    """A core company, a supplier and a dealer, enrolled over HTTP."""
    core = await lend(town)
    bullet: dict[str, Any] = {**PRODUCT, "method": RepaymentMethod.BULLET}
    await town.do(SetLoanProduct(**bullet))
    people = [core, await town.person("王建国"), await town.person("司徒振华")]
    wallets = [await town.wallet(each) for each in people]
    facility = (await signed(call, town, core))["facility"]
    asked = {"party": core.party.id, "account": wallets[0].deposit, "facility": facility, "product": "loan.farm"}
    ids = [(await done(second, "/v1/chain-members/core", asked))["id"]]
    for place, dealer in ((1, False), (2, True)):
        party, account = people[place].party.id, wallets[place].deposit
        member = {"core": ids[0], "party": party, "account": account, "dealer": dealer}
        ids.append((await done(call, "/v1/chain-members/suppliers", member))["id"])
    return Members(ids, wallets, people)


async def ordered(town: Town, members: Members, partner: int = 1, number: str = "PO-1") -> dict[str, Any]:
    today = (await book_figures(town.services.reader, 1)).today
    return {
        "core": members.ids[0],
        "partner": members.ids[partner],
        "number": number,
        "amount": 10_000_00,
        "dated": today.isoformat(),
        "deliver_by": (today + timedelta(days=30)).isoformat(),
        "digest": f"{partner}" * 64,
    }


async def test_an_order_is_financed_delivered_and_settled_over_http(call: Caller, town: Town, members: Members) -> None:
    asked = await ordered(town, members)
    for name, wrong in (("amount", "1e2"), ("amount", 0), ("number", "采购 1"), ("digest", "1"), ("dated", "今天")):
        assert (await call("POST", "/v1/trade-contracts", {**asked, name: wrong})).status_code == 400, (name, wrong)
    assert (await call("POST", "/v1/trade-contracts", asked)).json()["code"] == "voucher.wallet_needed"
    at = f"/v1/trade-contracts/{(await done(call, '/v1/trade-contracts', {**asked, **members.pin(1)}))['id']}"
    headers = {"Accept-Language": "zh-CN"}
    early = await call("POST", f"{at}/financing", {"months": 12, **members.pin(1)}, headers=headers)
    assert (early.json()["code"], early.json()["detail"][-4:]) == ("trade_contract.state", "待确认。")
    wrong = await call("POST", f"{at}/confirmation", members.pin(1))
    assert wrong.json()["code"] == "voucher.wallet_other"
    await done(call, f"{at}/confirmation", members.pin(0), 200)
    lent = await done(call, f"{at}/financing", {"months": 12, **members.pin(1)})
    assert (lent["state"], lent["advance"], await town.has(members.wallets[1])) == ("financed", 7_000_00, 7_000_00)
    today = (await book_figures(town.services.reader, 1)).today
    documents = {
        "seller": members.ids[1],
        "buyer": members.ids[0],
        "delivery_digest": "d" * 64,
        "invoice_number": "1" * 20,
        "invoice_total": 10_000_00,
        "invoice_dated": today.isoformat(),
        "invoice_digest": "e" * 64,
    }
    await done(call, f"{at}/delivery", {**documents, **members.pin(1)}, 200)
    await done(call, f"{at}/receipt", members.pin(0), 200)
    whole = (await call("GET", at)).json()
    assert (whole["contract"]["state"], whole["loan"]["outstanding"], whole["most"]) == ("received", 7_000_00, 7_000_00)
    await town.give(members.wallets[0], 10_000_00)
    await town.do(CloseDay(next_day=today + timedelta(days=366)))
    run = await run_end_of_day(town.services, 1)
    assert run.ended_at is not None
    whole = (await call("GET", at)).json()
    assert (whole["contract"]["state"], whole["loan"]["state"]) == ("settled", "closed")
    paid = whole["loan"]["paid_interest"]
    assert paid > 0
    assert await town.has(members.wallets[1]) >= 10_000_00 - paid


async def test_strangers_and_readers_change_nothing(
    caller: Callable[..., Awaitable[Caller]], call: Caller, installation: Opened, town: Town, members: Members
) -> None:
    asked = await ordered(town, members)
    at = f"/v1/trade-contracts/{(await done(call, '/v1/trade-contracts', {**asked, **members.pin(1)}))['id']}"
    book = (await installation.open_book("second", "二号支行", actor="test")).id
    stranger, viewer = await caller(book=book, role=Role.ADMIN), await caller(role=Role.VIEWER)
    before = (await installation.services.store.state(1)).commands
    assert (await stranger("GET", at)).status_code == (await stranger("GET", f"{at}/release-quote?goods=1")).status_code
    assert (await stranger("GET", at)).status_code == 404
    assert (await viewer("GET", at)).status_code == 200
    why, documents = {"reason": "不符"}, {"seller": members.ids[1], "buyer": members.ids[0], "invoice_total": 1}
    documents |= {"delivery_digest": "d" * 64, "invoice_number": "1" * 20, "invoice_dated": asked["dated"]}
    documents |= {"invoice_digest": "e" * 64}
    writes: list[tuple[str, Any]] = [
        ("confirmation", {}),
        ("refusal", why),
        ("financing", {"months": 12}),
        ("delivery", documents),
        ("receipt", {}),
        ("delivery-refusal", why),
        ("releases", {"goods": 1}),
        ("collection", None),
    ]
    for path, body in writes:
        answer = await stranger("POST", f"{at}/{path}", body)
        assert answer.json()["code"].endswith(".not_found"), (path, answer.text)
        assert (await viewer("POST", f"{at}/{path}", body)).status_code == 403, path
    assert (await viewer("POST", "/v1/trade-contracts", asked)).status_code == 403
    assert (await installation.services.store.state(1)).commands == before


async def test_an_operator_registers_and_lends_at_the_counter(enter: Enter, town: Town, members: Members) -> None:
    client = await enter("operator")
    typed = {**await ordered(town, members), "amount": "10000", "action": "register"}
    new = "/console/trade-contracts/new"
    assert (await client.get(new)).status_code == 200
    for wrong in ({"amount": "1e2"}, {"amount": "-1"}, {"number": "采购"}, {"digest": "12"}):
        assert (await send(client, new, **{**typed, **wrong})).status_code == 422, wrong
    made = await send(client, new, **typed)
    assert made.status_code == 303, made.text
    at = made.headers["location"]
    assert "待核心企业确认或拒绝" in (await client.get(at)).text
    assert "待确认订单与采购" in (await client.get("/console/")).text
    assert (await send(client, at, action="confirm")).status_code == 303
    assert (await send(client, at, action="finance", months="12", amount="7000.01")).status_code == 422
    assert (await send(client, at, action="finance", months="12", amount="")).status_code == 303
    assert await town.has(members.wallets[1]) == 7_000_00
    page = (await client.get(at)).text
    assert "¥7,000.00" in page
    for path in ("trade-contracts", f"chain-members/{members.ids[2]}", f"chain-members/{members.ids[0]}"):
        assert (await client.get(f"/console/{path}")).status_code == 200, path
    loan = page.split("/console/loans/")[1].split('"')[0]
    assert (await client.get(f"/console/loans/{loan}")).status_code == 200
    assert (await client.get("/console/trade-contracts", params={"format": "csv"})).status_code == 200
    client.cookies.clear()
    viewer = await enter("viewer")
    assert (await send(viewer, at, action="collect")).status_code == 403
    assert (await viewer.get(new)).status_code == 403


async def test_a_dealer_borrows_and_has_goods_released_on_the_phone(
    call: Caller, town: Town, phone: NewPhone, members: Members
) -> None:
    asked = await ordered(town, members, 2, "PC-7")
    contract = await done(call, "/v1/trade-contracts", {**asked, **members.pin(2)})
    at = f"/m/chain/contracts/{contract['id']}"
    core = phone()
    await core.sign_in(members.people[0].mobile)
    assert "PC-7" in (await core.look("/m/chain")).text
    await core.look(f"{at}/decline")
    own = {"wallet": members.wallets[0].id}
    assert (await core.send(f"{at}/decline", reason="", **own)).status_code == 422
    await core.look(f"{at}/confirm")
    await core.send(f"{at}/confirm", **own)
    assert "已确认" in (await core.send(f"{at}/confirm/pay", pin=PIN)).text
    await core.client.aclose()
    await town.give(members.wallets[2], 5_800_00)
    dealer = phone()
    await dealer.sign_in(members.people[2].mobile)
    own = {"wallet": members.wallets[2].id}
    await dealer.look(f"{at}/finance")
    for wrong in ("1e2", "-1", "7000.01"):
        assert (await dealer.send(f"{at}/finance", amount=wrong, months="12", **own)).status_code == 422, wrong
    assert "¥3,000.00" in (await dealer.send(f"{at}/finance", amount="7000", months="12", **own)).text
    assert "¥10,000.00 已付给核心企业" in (await dealer.send(f"{at}/finance/pay", pin=PIN)).text
    assert (await town.has(members.wallets[0]), await town.has(members.wallets[2])) == (10_000_00, 2_800_00)
    await dealer.look(f"{at}/release")
    assert "¥2,800.00" in (await dealer.send(f"{at}/release", amount="4000", **own)).text
    wrong_pin = await dealer.send(f"{at}/release/pay", pin="111222")
    assert (wrong_pin.status_code, await town.has(members.wallets[2])) == (422, 2_800_00)
    assert "¥4,000.00" in (await dealer.send(f"{at}/release/pay", pin=PIN)).text
    assert await town.has(members.wallets[2]) == 0
    await dealer.client.aclose()
    stranger = phone()
    await stranger.sign_in(members.people[1].mobile)
    for path in (at, f"{at}/release", f"{at}/confirm"):
        assert (await stranger.client.get(path)).status_code == 404, path


async def test_a_supplier_registers_an_order_and_presents_its_documents_on_the_phone(
    call: Caller, town: Town, phone: NewPhone, members: Members
) -> None:
    today = (await book_figures(town.services.reader, 1)).today
    supplier, at = phone(), f"/m/chain/members/{members.ids[1]}"
    await supplier.sign_in(members.people[1].mobile)
    assert f'href="{at}/register"' in (await supplier.look("/m/chain")).text
    own = {"wallet": members.wallets[1].id}
    typed = {"number": "PO-9", "amount": "10000", "dated": today.isoformat(), "digest": "AB" * 32, **own}
    typed["deliver_by"] = (today + timedelta(days=30)).isoformat()
    for page in ("register", "issue"):
        assert "data-digest" in (await supplier.look(f"{at}/{page}")).text
    await supplier.look(f"{at}/register")
    for wrong in ({"amount": "1e2"}, {"digest": "12"}, {"number": "采购"}, {"dated": "今天"}, {"deliver_by": ""}):
        assert (await supplier.send(f"{at}/register", **{**typed, **wrong})).status_code == 422, wrong
    past = await supplier.send(f"{at}/register", **{**typed, "deliver_by": today.isoformat()})
    assert (past.status_code, "data-pad" in past.text) == (422, False), "refused before the PIN"
    assert "PO-9" in (await supplier.send(f"{at}/register", **typed)).text
    page = await supplier.send(f"{at}/register/pay", pin=PIN)
    contract = page.url.path.rpartition("/")[2]
    kept = (await call("GET", f"/v1/trade-contracts/{contract}")).json()["contract"]
    assert (kept["state"], kept["number"], kept["digest"]) == ("registered", "PO-9", "ab" * 32)
    await done(call, f"/v1/trade-contracts/{contract}/confirmation", members.pin(0), 200)
    await done(call, f"/v1/trade-contracts/{contract}/financing", {"months": 12, **members.pin(1)})
    at = f"/m/chain/contracts/{contract}"
    assert f'href="{at}/deliver"' in (await supplier.look(at)).text
    await supplier.look(f"{at}/deliver")
    documents = {"delivery_digest": "d" * 64, "invoice_number": "1" * 20, "invoice_dated": today.isoformat(), **own}
    same = await supplier.send(f"{at}/deliver", invoice_digest="d" * 64, **documents)
    assert same.status_code == 422
    assert "¥10,000.00" in (await supplier.send(f"{at}/deliver", invoice_digest="e" * 64, **documents)).text
    await supplier.send(f"{at}/deliver/pay", pin=PIN)
    kept = (await call("GET", f"/v1/trade-contracts/{contract}")).json()["contract"]
    assert (kept["state"], kept["delivery"], kept["invoice"]) == ("delivered", "d" * 64, f"/{'1' * 20}")
    await supplier.client.aclose()
    stranger = phone()
    await stranger.sign_in(members.people[2].mobile)
    for path in (f"{at}/deliver", f"/m/chain/members/{members.ids[1]}/register"):
        assert (await stranger.client.get(path)).status_code == 404, path
    assert (await stranger.client.get(f"/m/chain/members/{members.ids[0]}/issue")).status_code == 404
