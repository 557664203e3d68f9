"""Pay-later through the API, the console and the phone; strangers, readers and relatives learn nothing."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from canglian.app.opening import Opened
from canglian.bank.credit.running import run
from canglian.kernel.queries.observing import book_figures
from canglian.ledger.commands import CloseDay
from canglian.web.principal import Role
from tests.bank.credit.test_faces import PRODUCT, WHY, asked, code, lend
from tests.bank.payment.api.test_payments import done
from tests.bank.wallet.mobile.conftest import NewPhone, configuration, phone, town
from tests.bank.wallet.mobile.test_strangers import form_token
from tests.bank.wallet.mobile.town import PIN, Resident, Town
from tests.conftest import Caller
from tests.web.conftest import enter
from tests.web.entering import Enter, send

__all__ = ["NewPhone", "configuration", "enter", "phone", "town"]

CLINIC = {**PRODUCT, "code": "loan.clinic", "name": "安心付", "terms": [3, 6], "due_days": 10, "grace_days": 3}


async def billed(call: Caller, town: Town, amount: int = 900_00) -> tuple[Resident, Any, dict[str, Any], Any]:
    """Somebody, their wallet, a bill of theirs and the wallet that was paid, all over HTTP."""
    somebody, clinic = await lend(town), await town.person("王建国", "13800138071")
    wallet, payee = await town.wallet(somebody, funds=500_00), await town.wallet(clinic)
    await done(call, "/v1/loan-products", CLINIC)
    offer = await done(call, "/v1/credit-applications", asked(somebody, product="loan.clinic", months=3))
    assert "自付款之日起10天到期，到期前不计利息" in offer["text"]
    at = f"/v1/credit-applications/{offer['id']}"
    await done(call, f"{at}/signing-codes", None)
    typed = {"code": await code(town, offer["id"]), "text_hash": offer["text_hash"]}
    facility = (await done(call, f"{at}/signature", typed, 200))["facility"]
    held = {"product": "loan.clinic", "amount": 1_000_00, "note": "门诊预估"}
    hold = await done(call, f"/v1/facilities/{facility}/holds", held)
    body = {"amount": amount, "payee": payee.id, "wallet": wallet.id, "pin": PIN}
    for wrong in (-1, 0, "1e2", "１００", 1.5, 10**16):
        answer = await call("POST", f"/v1/limit-holds/{hold['id']}/capture", {**body, "amount": wrong})
        assert answer.status_code == 400, wrong
    return somebody, wallet, await done(call, f"/v1/limit-holds/{hold['id']}/capture", body), payee


async def test_a_bill_is_repaid_turned_into_instalments_and_refunded_over_http(call: Caller, town: Town) -> None:
    somebody, wallet, bill, payee = await billed(call, town)
    assert (bill["state"], bill["amount"], await town.has(payee)) == ("open", 900_00, 900_00)
    at = f"/v1/bills/{bill['id']}"
    assert (await call("GET", at)).json()["owed"]["payoff"]["total"] == 900_00
    paid = await done(call, f"{at}/repayments", {"amount": 300_00, "wallet": wallet.id, "pin": PIN})
    assert paid["state"] == "open"
    over = await call("POST", f"{at}/repayments", {"amount": 600_01, "wallet": wallet.id, "pin": PIN})
    assert over.json()["code"] == "loan.too_much"
    quotes = (await call("GET", f"{at}/instalment-quotes")).json()["data"]
    found = [(quote["months"], quote["principal"], quote["fee"]) for quote in quotes]
    assert found == [(3, 600_00, 3_00), (6, 600_00, 3_00)]
    wrong_pin = await call("POST", f"{at}/instalments", {"months": 3, "pin": "000001"})
    assert wrong_pin.status_code == 422
    split = await done(call, f"{at}/instalments", {"months": 3, "pin": PIN})
    assert split["state"] == "instalment"
    plan = (await call("GET", at)).json()["owed"]["plan"]
    assert plan["rows"] == quotes[0]["rows"], "the quote is the loan's plan, to the fen"
    refunded = await done(call, f"{at}/refunds", {"amount": 100_00, "pin": PIN})
    assert (refunded["refunded"], await town.has(payee)) == (100_00, 800_00)
    assert (await call("GET", f"{at}/instalment-quotes")).json()["code"] == "bill.state"
    listed = (await call("GET", f"/v1/bills?party={somebody.party.id}&state=instalment")).json()["data"]
    assert [each["id"] for each in listed] == [bill["id"]]


async def test_the_end_of_day_brings_bills_on(call: Caller, town: Town) -> None:
    _, _, bill, _ = await billed(call, town)
    today = (await book_figures(town.services.reader, 1)).today
    for days, state in ((9, "open"), (10, "due"), (13, "due"), (14, "overdue")):
        await town.do(CloseDay(next_day=today + timedelta(days=days)))
        await run(town.services, 1)
        assert (await call("GET", f"/v1/bills/{bill['id']}")).json()["bill"]["state"] == state, days


async def test_strangers_and_readers_change_no_bill(
    caller: Callable[..., Awaitable[Caller]], call: Caller, installation: Opened, town: Town
) -> None:
    somebody, wallet, bill, _ = await billed(call, town)
    kin = await town.person("赵小兰", "13800138072")
    record = {"party": somebody.party.id, "payer": kin.party.id, "kind": "child", **WHY}
    relative = await done(call, "/v1/relatives", record)
    book = (await installation.open_book("second", "二号支行", actor="test")).id
    stranger, viewer = await caller(book=book, role=Role.ADMIN), await caller(role=Role.VIEWER)
    before = (await installation.services.store.state(1)).commands
    bills, relatives = f"bills/{bill['id']}", f"relatives/{relative['id']}"
    for path in (bills, f"{bills}/instalment-quotes", relatives):
        assert (await stranger("GET", f"/v1/{path}")).status_code == 404, path
        assert (await viewer("GET", f"/v1/{path}")).status_code == 200, path
    paying = {"amount": 1, "wallet": wallet.id}
    writes: list[tuple[str, Any]] = [
        (f"{bills}/repayments", paying),
        (f"{bills}/instalments", {"months": 3}),
        (f"{bills}/refunds", {"amount": 1}),
        (f"{relatives}/end", WHY),
        (f"{relatives}/repayments", paying),
        (f"limit-holds/{bill['limit_hold']}/capture", {**paying, "payee": wallet.id}),
        ("relatives", record),
    ]
    for path, body in writes:
        assert (await stranger("POST", f"/v1/{path}", body)).json()["code"].endswith(".not_found"), path
        assert (await viewer("POST", f"/v1/{path}", body)).status_code == 403, path
    assert (await installation.services.store.state(1)).commands == before


async def test_an_operator_takes_payments_and_refunds_and_records_a_relative(
    enter: Enter, call: Caller, town: Town
) -> None:
    somebody, wallet, bill, payee = await billed(call, town)
    kin = await town.person("赵小兰", "13800138072")
    client = await enter("operator")
    at = f"/console/bills/{bill['id']}"
    assert "门诊预估" in (await client.get("/console/bills")).text
    assert (await client.get("/console/bills", params={"format": "csv"})).status_code == 200
    assert (await send(client, at, action="repay", amount="1e2", wallet=wallet.id)).status_code == 422
    assert (await send(client, at, action="repay", amount="100", wallet=wallet.id)).status_code == 303
    assert (await send(client, at, action="refund", amount="200")).status_code == 303
    page = (await client.get(at)).text
    assert "¥600.00" in page
    assert await town.has(payee) == 700_00
    assert (await send(client, at, action="convert", months="6")).status_code == 303
    assert "分期中" in (await client.get(at)).text
    assert ">子女</option>" in re.sub(r"\s*<", "<", (await client.get("/console/relatives/new")).text)
    record = {
        "action": "record",
        "party": somebody.party.id,
        "payer": kin.party.id,
        "kind": "child",
        "reason": "户口簿",
    }
    new = await send(client, "/console/relatives/new", **record)
    assert new.status_code == 303, new.text
    relative = new.headers["location"]
    assert "子女" in (await client.get("/console/relatives")).text
    assert (await send(client, relative, action="end", reason="本人要求")).status_code == 303
    assert "此关系已终止" in (await client.get(relative)).text
    assert "门诊预估" in (await client.get(f"/console/people/{somebody.party.id}")).text


async def test_somebody_repays_a_bill_and_turns_it_into_instalments_on_their_phone(
    call: Caller, town: Town, phone: NewPhone
) -> None:
    somebody, wallet, bill, _ = await billed(call, town)
    own = phone()
    await own.sign_in(somebody.mobile)
    page = (await own.look("/m/pay-later")).text
    assert "¥900.00" in page
    assert "门诊预估" in page
    assert "/m/credit/draw/loan.clinic" not in (await own.look("/m/credit")).text
    assert (await own.look("/m/credit/draw/loan.clinic")).status_code == 404
    at = f"/m/pay-later/{bill['id']}"
    assert "免息" in (await own.look(at)).text
    await own.look(f"{at}/repay")
    for wrong in ("1e2", "-1", "900.01", ""):
        assert (await own.send(f"{at}/repay", amount=wrong)).status_code == 422, wrong
    await own.send(f"{at}/repay", amount="300")
    paid = await own.send(f"{at}/repay/pay", pin=PIN)
    assert "¥600.00" in paid.text
    assert await town.has(wallet) == 200_00
    assert "首期 ¥201.45" in (await own.look(f"{at}/instalments")).text
    assert (await own.send(f"{at}/instalments", months="5")).status_code == 422
    quote = await own.send(f"{at}/instalments", months="3")
    assert "¥3.00" in quote.text
    assert (await own.send(f"{at}/instalments/pay", pin="000001")).status_code == 422
    split = await own.send(f"{at}/instalments/pay", pin=PIN)
    assert "/m/loans/lon_" in split.text
    loan = re.findall(r"/m/loans/lon_[0-9a-z]+", split.text)[0]
    assert "¥600.00" in (await own.look(loan)).text


async def test_a_relative_repays_on_their_phone_and_sees_no_balance(call: Caller, town: Town, phone: NewPhone) -> None:
    somebody, wallet, bill, _ = await billed(call, town, 733_19)
    kin = await town.person("赵小兰", "13800138072")
    purse = await town.wallet(kin, funds=2_000_00)
    other = phone()
    await other.sign_in(kin.mobile)
    for path in (f"/m/pay-later/{bill['id']}", f"/m/pay-later/{bill['id']}/repay"):
        assert (await other.look(path)).status_code == 404, path
    record = {"party": somebody.party.id, "payer": kin.party.id, "kind": "child", **WHY}
    relative = await done(call, "/v1/relatives", record)
    at = f"/m/relatives/{relative['id']}/repay"
    shown = [(await other.look("/m/relatives")).text, (await other.look(at)).text]
    shown.append((await other.send(at, amount="800")).text)
    paid = await other.send(f"{at}/pay", pin=PIN)
    shown.append(paid.text)
    shown.append((await other.look("/m")).text)
    assert paid.status_code == 200
    assert "付款已到账" in paid.text
    for page in shown:
        assert "733.19" not in page
        assert bill["id"] not in page
        assert somebody.party.id not in page
    assert (await town.has(purse), await town.has(wallet)) == (1_200_00, 500_00 + 66_81)
    assert (await call("GET", f"/v1/bills/{bill['id']}")).json()["bill"]["state"] == "paid"
    third = await town.person("周大勇", "13800138073")
    await town.wallet(third)
    stranger = phone()
    await stranger.sign_in(third.mobile)
    token, before = await form_token(stranger.client), await town.commands()
    for path in (at, f"{at}/pay", f"/m/pay-later/{bill['id']}/repay/pay", f"/m/pay-later/{bill['id']}/instalments/pay"):
        answer = await stranger.client.post(path, data={"_token": token, "amount": "1", "months": "3", "pin": PIN})
        assert answer.status_code == 404, path
    assert await town.commands() == before
