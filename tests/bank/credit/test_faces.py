"""Credit through the API, the console and the clock; strangers and readers are refused everywhere."""

import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from canglian.app.opening import Opened
from canglian.bank.credit.applications.signing import code_of
from canglian.bank.credit.loans import queries as loans
from canglian.bank.credit.products.commands import SetLoanProduct
from canglian.bank.credit.running import run
from canglian.bank.decision.commands import ApproveRules, DraftRules, PromoteRules, TestRules
from canglian.bank.decision.seeds import CODE, small_loan
from canglian.kernel.queries.observing import book_figures
from canglian.ledger.commands import CloseDay
from canglian.web.principal import Role
from tests.bank.payment.api.test_payments import done
from tests.bank.wallet.mobile.conftest import NewPhone, configuration, phone, town
from tests.bank.wallet.mobile.test_strangers import form_token
from tests.bank.wallet.mobile.town import PIN, Resident, Town
from tests.conftest import Caller
from tests.web.conftest import enter
from tests.web.entering import Enter, send

__all__ = ["NewPhone", "configuration", "enter", "phone", "town"]

WHY = {"reason": "核查"}
PRODUCT: dict[str, Any] = {
    "code": "loan.farm",
    "name": "惠农贷",
    "rate_ppm": 60_000,
    "terms": [3, 12],
    "amount_min": 100_00,
    "amount_max": 200_000_00,
    "fee_bps": 50,
    "note": "首版",
}


@pytest.fixture
async def second(caller: Callable[..., Awaitable[Caller]]) -> Caller:
    """Somebody else, who approves."""
    return await caller(role=Role.APPROVER)


async def lend(town: Town) -> Resident:
    """The branch lends by the demo's rules; somebody who may borrow."""
    await town.do(msgspec.convert(small_loan(), DraftRules))
    await town.do(TestRules(code=CODE, version=1))
    await town.do(ApproveRules(code=CODE, version=1, reason="审议"))
    await town.do(PromoteRules(code=CODE, version=1, reason="上线"))
    await town.do(SetLoanProduct(**PRODUCT))
    return await town.person()


def asked(somebody: Resident, **fields: Any) -> dict[str, Any]:
    return {
        "party": somebody.party.id,
        "product": "loan.farm",
        "amount": 30_000_00,
        "months": 12,
        "purpose": "买化肥和种子",
        "monthly_income": 8_000_00,
        "monthly_debt": 0,
        "trade": "farming",
        **fields,
    }


async def code(town: Town, application: str, number: int = 1) -> str:
    """What whoever has the mobile reads."""
    return code_of(town.services.keyring, 1, application, number)


async def signed(call: Caller, town: Town, somebody: Resident) -> dict[str, Any]:
    """An application that was signed over HTTP."""
    offer = await done(call, "/v1/credit-applications", asked(somebody))
    at = f"/v1/credit-applications/{offer['id']}"
    await done(call, f"{at}/signing-codes", None)
    typed = {"code": await code(town, offer["id"]), "text_hash": offer["text_hash"]}
    return await done(call, f"{at}/signature", typed, 200)


async def test_somebody_applies_signs_draws_repays_and_pays_off_over_http(call: Caller, town: Town) -> None:
    somebody = await lend(town)
    wallet = await town.wallet(somebody, funds=1_000_00)
    offer = await done(call, "/v1/credit-applications", asked(somebody))
    assert (offer["state"], offer["limit"], offer["rate_ppm"]) == ("offered", 30_000_00, 43_500)
    assert "4.3500%" in offer["text"]
    at = f"/v1/credit-applications/{offer['id']}"
    again = await call("POST", "/v1/credit-applications", asked(somebody))
    assert again.json()["code"] == "credit_application.open"
    for wrong in (-1, 0, "1e2", "１００", 1.5, 10**16):
        answer = await call("POST", "/v1/credit-applications", asked(somebody, amount=wrong))
        assert answer.status_code == 400, wrong
    await done(call, f"{at}/signing-codes", None)
    assert (await call("POST", f"{at}/signing-codes")).json()["code"] == "credit_application.code_soon"
    typed = {"code": await code(town, offer["id"]), "text_hash": offer["text_hash"]}
    wrong_code = await call("POST", f"{at}/signature", {**typed, "code": "000000"})
    assert (wrong_code.status_code, wrong_code.json()["code"]) == (422, "credit_application.code_wrong")
    other_text = await call("POST", f"{at}/signature", {**typed, "text_hash": "0" * 64})
    assert other_text.json()["code"] == "credit_application.text_changed"
    done_ = await done(call, f"{at}/signature", typed, 200)
    assert done_["state"] == "signed"
    facility = f"/v1/facilities/{done_['facility']}"
    drawing = {"product": "loan.farm", "amount": 10_000_00, "months": 12, "wallet": wallet.id, "pin": PIN}
    assert (await call("POST", f"{facility}/loans", {**drawing, "amount": 30_000_01})).json()["code"] == (
        "facility.exceeded"
    )
    loan = await done(call, f"{facility}/loans", drawing)
    assert (loan["outstanding"], loan["fees"], await town.has(wallet)) == (10_000_00, 50_00, 11_000_00)
    assert (await call("GET", facility)).json()["rooms"] == [{"product": "loan.farm", "room": 20_000_00}]
    own = f"/v1/loans/{loan['id']}"
    early = await call("POST", f"{own}/repayments", {"amount": 50_01, "wallet": wallet.id, "pin": PIN})
    assert early.json()["code"] == "loan.too_much"
    quote = (await call("GET", f"{own}/payoff")).json()
    assert (quote["total"], quote["due"], quote["interest"]) == (10_050_00, 50_00, 0)
    today = (await book_figures(town.services.reader, 1)).today
    later = (await call("GET", f"{own}/payoff?on={today + timedelta(days=10)}")).json()
    assert later["interest"] == round(10_000_00 * 0.0435 * 10 / 360)
    assert (await call("GET", f"{own}/payoff?on={today - timedelta(days=1)}")).json()["code"] == "loan.quote_past"
    await done(call, f"{own}/repayments", {"amount": 50_00, "wallet": wallet.id, "pin": PIN})
    paid = await done(call, f"{own}/prepayments", {"amount": 4_000_00, "wallet": wallet.id, "pin": PIN})
    assert (paid["outstanding"], paid["plan"]) == (6_000_00, 2)
    off = await done(call, f"{own}/prepayments", {"wallet": wallet.id, "pin": PIN})
    assert (off["state"], await town.has(wallet)) == ("closed", 950_00)
    whole = (await call("GET", own)).json()
    assert [row["kind"] for row in whole["transactions"]][-2:] == ["fee", "drawdown"]
    assert len((await call("GET", f"{own}/plans")).json()["data"]) == 2
    for path in ("facilities", "limit-holds", "credit-applications?state=drawn", "loans", "loan-transactions"):
        assert (await call("GET", f"/v1/{path}")).status_code == 200, path
    assert (await call("GET", "/v1/loans/portfolio")).json()["data"] == []


async def test_strangers_and_readers_change_nothing(
    caller: Callable[..., Awaitable[Caller]], call: Caller, installation: Opened, town: Town
) -> None:
    somebody = await lend(town)
    wallet = await town.wallet(somebody)
    done_ = await signed(call, town, somebody)
    facility, application = f"facilities/{done_['facility']}", f"credit-applications/{done_['id']}"
    drawing = {"product": "loan.farm", "amount": 10_000_00, "months": 12, "wallet": wallet.id}
    loan = f"loans/{(await done(call, f'/v1/{facility}/loans', {**drawing, 'pin': PIN}))['id']}"
    held = {"product": "loan.farm", "amount": 1_00, "note": "种子"}
    hold = f"limit-holds/{(await done(call, f'/v1/{facility}/holds', held))['id']}"
    book = (await installation.open_book("second", "二号支行", actor="test")).id
    stranger, viewer = await caller(book=book, role=Role.ADMIN), await caller(role=Role.VIEWER)
    before = (await installation.services.store.state(1)).commands
    for path in (facility, application, loan, hold, f"{loan}/payoff", f"{loan}/plans"):
        assert (await stranger("GET", f"/v1/{path}")).status_code == 404, path
        assert (await viewer("GET", f"/v1/{path}")).status_code == 200, path
    writes: list[tuple[str, Any]] = [
        (f"{facility}/reviews", {"limit": 1, **WHY}),
        (f"{facility}/freeze", WHY),
        (f"{facility}/unfreeze", WHY),
        (f"{facility}/holds", held),
        (f"{facility}/loans", drawing),
        (f"{hold}/release", None),
        (f"{application}/approval", {"limit": 100_00, **WHY}),
        (f"{application}/refusal", {"text": "很抱歉", **WHY}),
        (f"{application}/signing-codes", None),
        (f"{application}/signature", {"code": "123456", "text_hash": "0" * 64}),
        (f"{loan}/repayments", {"amount": 1, "wallet": wallet.id}),
        (f"{loan}/prepayments", {"wallet": wallet.id}),
    ]
    for path, body in writes:
        answer = await stranger("POST", f"/v1/{path}", body)
        assert answer.json()["code"].endswith(".not_found"), (path, answer.text)
        assert (await viewer("POST", f"/v1/{path}", body)).status_code == 403, path
    for path, body in (("credit-applications", asked(somebody)), ("loan-products", PRODUCT)):
        assert (await viewer("POST", f"/v1/{path}", body)).status_code == 403, path
    assert (await installation.services.store.state(1)).commands == before


async def test_an_approver_takes_the_next_application_and_decides_it(enter: Enter, town: Town) -> None:
    somebody, other = await lend(town), await town.person("王建国", "13800138071")
    await town.wallet(somebody)
    client = await enter("operator")
    typed = {
        "action": "submit",
        "party": somebody.party.id,
        "product": "loan.farm",
        "amount": "80000",
        "months": "12",
        "purpose": "盖大棚",
        "trade": "farming",
        "monthly_income": "9000",
    }
    new = "/console/credit-applications/new"
    form = (await client.get(f"{new}?party={other.party.id}")).text
    chosen = form.partition(f'value="{other.party.id}" checked')[2].partition("</label>")[0]
    assert "***" in chosen, "the customer by the name, not by an id"
    assert "loan." not in form.partition('id="submit-product"')[2].partition("</div>")[0].partition("</select>")[2]
    client.cookies.set("canglian_language", "en")
    assert "Farm loan" in (await client.get(new)).text
    client.cookies.delete("canglian_language")
    for wrong in ({"amount": "1e2"}, {"months": "5"}, {"monthly_income": "-1"}, {"product": "loan.none"}):
        assert (await send(client, new, **{**typed, **wrong})).status_code == 422, wrong
    first = await send(client, new, **typed)
    assert first.status_code == 303, first.text
    late = await send(client, new, **{**typed, "party": other.party.id, "monthly_income": ""})
    refused_at, at = late.headers["location"], first.headers["location"]
    page = (await client.get(refused_at)).text
    assert "月还款超过月收入的七成" in page
    assert (await send(client, at, action="approve", limit="80000", reason="属实")).status_code == 403
    client.cookies.clear()
    approver = await enter("approver")
    assert "待决授信申请" in (await approver.get("/console/")).text
    assert f'action="{at}"' in (await approver.get("/console/credit-applications/next")).text
    assert (await send(approver, at, action="approve", limit="60000", reason="实地核实")).status_code == 303
    assert f'action="{refused_at}"' in (await approver.get("/console/credit-applications/next")).text
    text = "很抱歉，目前收入不足以偿还这笔借款。"
    assert (await send(approver, refused_at, action="refuse", text=text, reason="收入不足")).status_code == 303
    assert text in (await approver.get(refused_at)).text
    assert "没有待您审批的申请" in (await approver.get("/console/credit-applications/next")).text
    page = (await approver.get(at)).text
    assert "¥60,000.00" in page
    assert "已报价" in page


async def test_an_operator_signs_pays_out_and_takes_payments_at_the_counter(
    enter: Enter, call: Caller, town: Town
) -> None:
    somebody = await lend(town)
    wallet = await town.wallet(somebody, funds=100_00)
    offer = await done(call, "/v1/credit-applications", asked(somebody))
    client = await enter("operator")
    at = f"/console/credit-applications/{offer['id']}"
    assert (await send(client, at, action="send-code")).status_code == 303
    wrong = await send(client, at, action="sign", code="000000", text_hash=offer["text_hash"])
    assert wrong.status_code == 422
    typed = await code(town, offer["id"])
    assert (await send(client, at, action="sign", code=typed, text_hash=offer["text_hash"])).status_code == 303
    facility = (await call("GET", f"/v1/credit-applications/{offer['id']}")).json()["facility"]
    own = f"/console/facilities/{facility}"
    held = await send(client, own, action="hold", product="loan.farm", amount="500", note="种子")
    assert held.status_code == 303, held.text
    drawn = await send(client, own, action="draw", product="loan.farm", amount="1000", months="3", wallet=wallet.id)
    assert drawn.status_code == 303, drawn.text
    loan = drawn.headers["location"]
    assert "/console/loans/lon_" in loan
    page = (await client.get(loan)).text
    assert "¥1,000.00" in page
    assert (await send(client, loan, action="repay", amount="5", wallet=wallet.id)).status_code == 303
    assert (await send(client, loan, action="prepay", amount="", effect="shorter", wallet=wallet.id)).status_code == 303
    assert "已结清" in (await client.get(loan)).text
    (hold,) = (await call("GET", "/v1/limit-holds")).json()["data"]
    assert (await send(client, own, action="release", limit_hold=hold["id"])).status_code == 303
    assert (await send(client, own, action="freeze", reason="核查")).status_code == 303
    for path in ("credit-applications", "facilities", "loans", "loan-portfolio", "loan-products"):
        assert (await client.get(f"/console/{path}")).status_code == 200, path
    for path in ("credit-applications", "facilities", "loans"):
        assert (await client.get(f"/console/{path}", params={"format": "csv"})).status_code == 200, path
    customer = (await client.get(f"/console/people/{somebody.party.id}")).text
    assert "惠农贷" in customer
    for wide in ("loans", "limits-left"):
        around = customer.partition(f'id="{wide}"')[0].rpartition("<section ")[2]
        assert around.startswith('class="panel">'), "a table of many columns has the whole width"


async def test_the_clock_brings_loans_to_the_day_and_ends_offers_and_holds(
    enter: Enter, call: Caller, town: Town
) -> None:
    somebody, other = await lend(town), await town.person("王建国", "13800138071")
    wallet = await town.wallet(somebody)
    offer = await done(call, "/v1/credit-applications", asked(other))
    done_ = await signed(call, town, somebody)
    drawing = {"product": "loan.farm", "amount": 10_000_00, "months": 12, "wallet": wallet.id, "pin": PIN}
    loan = await done(call, f"/v1/facilities/{done_['facility']}/loans", drawing)
    held = {"product": "loan.farm", "amount": 1_00, "note": "种子"}
    hold = await done(call, f"/v1/facilities/{done_['facility']}/holds", held)
    today = (await book_figures(town.services.reader, 1)).today
    assert (await call("GET", "/v1/facilities?review_due=true")).json()["data"] == []
    for days in (7, 8):
        await town.do(CloseDay(next_day=today + timedelta(days=days)))
        await run(town.services, 1)
    await run(town.services, 1)
    found = await loans.loan(town.services.reader, 1, loan["id"])
    (listed,) = (await call("GET", "/v1/loans")).json()["data"]
    assert (listed["accrued_to"], listed["accrued"]) == (found.accrued_to.isoformat(), found.accrued)
    assert (found.accrued_to, found.accrued) == (today + timedelta(days=8), round(10_000_00 * 0.0435 * 8 / 360))
    assert (await call("GET", f"/v1/credit-applications/{offer['id']}")).json()["state"] == "expired"
    assert (await call("GET", f"/v1/limit-holds/{hold['id']}")).json()["state"] == "expired"
    await town.do(CloseDay(next_day=today + timedelta(days=365)))
    (due,) = (await call("GET", "/v1/facilities?review_due=true")).json()["data"]
    assert due["id"] == done_["facility"]
    client = await enter("operator")
    assert "待重检授信" in (await client.get("/console/")).text
    assert done_["facility"] in (await client.get("/console/facilities?review_due=true")).text


async def test_somebody_applies_signs_draws_and_pays_on_their_phone(town: Town, phone: NewPhone) -> None:
    somebody = await lend(town)
    wallet = await town.wallet(somebody, funds=200_00)
    own = phone()
    await own.sign_in(somebody.mobile)
    assert 'href="/m/credit"' in (await own.look("/m")).text
    assert "惠农贷" in (await own.look("/m/credit")).text
    page = await own.look("/m/credit/apply/loan.farm")
    assert "首期 ¥860.66" in page.text
    typed = {"amount": "30000", "months": "12", "purpose": "买化肥", "trade": "farming", "monthly_income": "8000"}
    at = "/m/credit/apply/loan.farm"
    for wrong in ({"amount": "1e2"}, {"amount": "３００００"}, {"months": "5"}, {"trade": "gambling"}, {"purpose": ""}):
        assert (await own.send(at, **{**typed, **wrong})).status_code == 422, wrong
    offer = await own.send(at, **typed)
    application = str(offer.url.path).rpartition("/")[2]
    assert "¥30,000.00" in offer.text
    assert "4.35 %" in offer.text
    page = await own.send(f"/m/credit/applications/{application}/code")
    wrong_code = await own.send(f"/m/credit/applications/{application}/sign", code="000000")
    assert wrong_code.status_code == 422
    signed_page = await own.send(f"/m/credit/applications/{application}/sign", code=await code(town, application))
    assert "合同已签署" in signed_page.text
    page = await own.look("/m/credit/draw/loan.farm")
    assert "¥30,000.00" in page.text
    pad = await own.send("/m/credit/draw/loan.farm", amount="10000", months="12")
    assert "首期还款" in pad.text
    assert await town.has(wallet) == 200_00
    loan = await own.send("/m/credit/draw/loan.farm/pay", pin=PIN)
    assert (await town.has(wallet), "钱已到您的钱包" in loan.text) == (10_200_00, True)
    at = str(loan.url.path)
    page = await own.look(f"{at}/repay")
    assert "¥50.00" in page.text
    await own.send(f"{at}/repay", amount="50")
    paid = await own.send(f"{at}/repay/pay", pin=PIN)
    assert "¥10,000.00" in paid.text
    await own.look(f"{at}/prepay")
    quote = await own.send(f"{at}/prepay", effect="lower", amount="4000")
    assert "¥6,000.00" in quote.text
    wrong_pin = await own.send(f"{at}/prepay/pay", pin="000001")
    assert wrong_pin.status_code == 422
    less = await own.send(f"{at}/prepay/pay", pin=PIN)
    assert "¥6,000.00" in less.text
    await own.look(f"{at}/prepay")
    await own.send(f"{at}/prepay", effect="all")
    off = await own.send(f"{at}/prepay/pay", pin=PIN)
    assert "已结清" in off.text
    assert await town.has(wallet) == 150_00
    assert "惠农贷" in (await own.look("/m")).text
    assert "已结清" in (await own.look("/m/credit")).text


async def test_another_persons_credit_is_not_found(call: Caller, town: Town, phone: NewPhone) -> None:
    somebody, thief = await lend(town), await town.person("王建国", "13800138071")
    wallet, other = await town.wallet(somebody), await town.wallet(thief)
    done_ = await signed(call, town, somebody)
    drawing = {"product": "loan.farm", "amount": 10_000_00, "months": 12, "wallet": wallet.id, "pin": PIN}
    loan = (await done(call, f"/v1/facilities/{done_['facility']}/loans", drawing))["id"]
    stranger = phone()
    await stranger.sign_in(thief.mobile)
    application = f"/m/credit/applications/{done_['id']}"
    reads = (application, f"/m/loans/{loan}", f"/m/loans/{loan}/repay", f"/m/loans/{loan}/prepay")
    for path in (*reads, "/m/credit/draw/loan.farm"):
        assert (await stranger.look(path)).status_code == 404, path
    token, before = await form_token(stranger.client), await town.commands()
    posts = [f"{application}/code", f"{application}/sign", "/m/credit/draw/loan.farm/pay"]
    posts += [f"/m/loans/{loan}/{verb}{more}" for verb in ("repay", "prepay") for more in ("", "/pay")]
    for path in posts:
        form = {"_token": token, "amount": "1", "months": "12", "wallet": other.id, "effect": "all", "pin": PIN}
        assert (await stranger.client.post(path, data=form)).status_code == 404, path
    assert await town.commands() == before
    own = phone()
    await own.sign_in(somebody.mobile)
    await own.look(f"/m/loans/{loan}/prepay")
    before = await town.commands()
    for path in ("/m/credit/draw/loan.farm/pay", f"/m/loans/{loan}/prepay/pay"):
        form = {"_token": await form_token(own.client), "amount": "100", "months": "12", "effect": "all", "pin": PIN}
        answer = await own.client.post(path, data={**form, "wallet": other.id})
        assert answer.status_code == 422, path
    assert await town.commands() == before


async def quoted(client: Any, page: str, **fields: str) -> Any:
    """A form that shows the plan that would come of it first; what comes of sending it again."""
    shown = await send(client, page, **fields)
    assert shown.status_code == 200, shown.text
    assert "变更后还款计划（试算）" in shown.text
    (digest,) = re.findall(r'name="quoted" value="([0-9a-f]{32})"', shown.text)
    return await send(client, page, **fields, quoted=digest)


async def test_a_rate_and_a_pause_are_agreed_by_two_people_who_see_both_plans_first(
    enter: Enter, call: Caller, second: Caller, town: Town, phone: NewPhone
) -> None:
    somebody = await lend(town)
    wallet = await town.wallet(somebody)
    done_ = await signed(call, town, somebody)
    drawing = {"product": "loan.farm", "amount": 10_000_00, "months": 12, "wallet": wallet.id, "pin": PIN}
    loan = await done(call, f"/v1/facilities/{done_['facility']}/loans", drawing)
    at, page = f"/v1/loans/{loan['id']}", f"/console/loans/{loan['id']}"
    first, last = (date.fromisoformat(loan["drawn_on"]) + timedelta(days=days) for days in (40, 60))
    pause = {"start": first.isoformat(), "last": last.isoformat()}
    for path, body in (("rate", {"rate_ppm": 36_000, **WHY}), ("pauses", {**pause, **WHY})):
        assert (await second("POST", f"{at}/{path}", body)).status_code == 403
        assert (await call("POST", f"{at}/{path}", {**body, "reason": ""})).status_code == 400
    zero = await call("POST", f"{at}/rate", {"rate_ppm": 0, **WHY})
    assert (zero.status_code, zero.json()["code"]) == (422, "loan.rate_zero")
    client = await enter("operator")
    wrong = await send(client, page, action="pause", start=pause["last"], last=pause["start"], reason="纾困")
    assert wrong.status_code == 422
    assert "停息的最后一日不早于首日" in wrong.text
    for fields in (
        {"action": "pause", **pause},
        {"action": "change-rate", "rate_ppm": "3.6", "since": pause["start"]},
    ):
        plans = len((await call("GET", f"{at}/plans")).json()["data"])
        filed = await quoted(client, page, **fields, reason="纾困")
        assert len((await call("GET", f"{at}/plans")).json()["data"]) == plans, "nobody has approved it yet"
        client.cookies.clear()
        approver = await enter("approver")
        assert (await send(approver, filed.headers["location"], action="approve")).status_code == 303
        approver.cookies.clear()
        client = await enter("operator")
    rate, paused, _ = (await call("GET", f"{at}/plans")).json()["data"]
    assert (paused["reason"], paused["pauses"]) == ("paused", [{**pause, "penalty": False}])
    assert (rate["reason"], rate["pauses"], rate["rate_ppm"]) == ("rate_changed", paused["pauses"], 43_500)
    assert rate["rate_changes"] == [{"on": pause["start"], "rate_ppm": 36_000, "penalty_ppm": 54_000}]
    text = (await client.get(page)).text
    assert "停息" in text
    assert "起年利率 3.6 %" in text
    own = phone()
    await own.sign_in(somebody.mobile)
    assert "期间不计利息" in (await own.look(f"/m/loans/{loan['id']}")).text


async def test_a_loan_is_rescheduled_by_two_people_and_shows_both_plans(
    enter: Enter, call: Caller, second: Caller, town: Town
) -> None:
    somebody = await lend(town)
    wallet = await town.wallet(somebody)
    done_ = await signed(call, town, somebody)
    drawing = {"product": "loan.farm", "amount": 10_000_00, "months": 3, "wallet": wallet.id, "pin": PIN}
    loan = await done(call, f"/v1/facilities/{done_['facility']}/loans", drawing)
    at, page = f"/v1/loans/{loan['id']}", f"/console/loans/{loan['id']}"
    body = {"months_more": 3, "rate_ppm": 36_000, **WHY}
    assert (await second("POST", f"{at}/reschedule", body)).status_code == 403
    for wrong in ({"months_more": -1}, {"months_more": "3"}, {"rate_ppm": 1.5}, {"rate_ppm": 10**9}):
        assert (await call("POST", f"{at}/reschedule", {**body, **wrong})).status_code == 400, wrong
    other = await call("POST", "/v1/loans/lon_00000000000000000000000000/reschedule", body)
    assert (other.status_code, other.json()["code"]) == (404, "loan.not_found")
    same = await call("POST", f"{at}/reschedule", {"months_more": 0, **WHY})
    assert (same.status_code, same.json()["code"]) == (422, "loan.reschedule_same")
    client = await enter("operator")
    assert "变更前后对照" not in (await client.get(page)).text
    filed = await quoted(client, page, action="reschedule", months_more="3", rate_ppm="3.6", reason="受灾减产")
    assert len((await call("GET", f"{at}/plans")).json()["data"]) == 1, "nobody has approved it yet"
    client.cookies.clear()
    approver = await enter("approver")
    assert (await send(approver, filed.headers["location"], action="approve")).status_code == 303
    after, before = (await call("GET", f"{at}/plans")).json()["data"]
    assert (after["reason"], len(after["rows"]), after["rate_ppm"]) == ("extended", 6, 36_000)
    assert (before["reason"], len(before["rows"])) == ("drawdown", 3)
    text = (await approver.get(page)).text
    assert "变更前后对照" in text
    assert text.count("<tr>") > 6
    assert (await call("GET", at)).json()["loan"]["penalty_ppm"] == 54_000


async def test_a_loan_is_classified_written_off_and_recovered_by_two_people(
    enter: Enter, call: Caller, second: Caller, town: Town, phone: NewPhone
) -> None:
    somebody = await lend(town)
    wallet = await town.wallet(somebody)
    done_ = await signed(call, town, somebody)
    drawing = {"product": "loan.farm", "amount": 10_000_00, "months": 12, "wallet": wallet.id, "pin": PIN}
    loan = (await done(call, f"/v1/facilities/{done_['facility']}/loans", drawing))["id"]
    at, page = f"/v1/loans/{loan}", f"/console/loans/{loan}"
    client = await enter("operator")
    assert "只有损失类贷款才能核销" in (await client.get(page)).text
    classified = await send(client, page, action="classify", risk_class="loss", reason="停业")
    proposal = classified.headers["location"]
    assert (await call("GET", at)).json()["loan"]["risk_class"] == "normal", "nobody has approved it yet"
    assert (await send(client, proposal, action="approve")).status_code in (403, 422)
    client.cookies.clear()
    approver = await enter("approver")
    assert (await send(approver, proposal, action="approve")).status_code == 303
    found = (await call("GET", at)).json()
    assert (found["loan"]["risk_class"], found["loan"]["provision"]) == ("loss", 10_000_00)
    assert found["classes"][0]["reason"] == "停业"
    assert "损失" in (await approver.get(page)).text
    filed = await done(call, f"{at}/write-off", WHY)
    assert (await send(approver, f"/console/proposals/{filed['id']}", action="approve")).status_code == 303
    found = (await call("GET", at)).json()["loan"]
    assert (found["state"], found["claim_principal"], found["outstanding"]) == ("written_off", 10_000_00, 0)
    portfolio = (await call("GET", "/v1/loans/portfolio")).json()
    assert portfolio["written_off"][0]["claim"] == 10_000_00 + found["claim_fees"]
    assert "已核销" in (await approver.get("/console/loan-portfolio")).text
    approver.cookies.clear()
    client = await enter("operator")
    recovery = {"amount": 4_000_00, "wallet": wallet.id, "pin": PIN}
    for wrong in (-1, 0, "1e2", "１００", 10**16):
        assert (await call("POST", f"{at}/recoveries", {**recovery, "amount": wrong})).status_code == 400, wrong
    assert (await done(call, f"{at}/recoveries", recovery))["recovered"] == 4_000_00
    assert (await send(client, page, action="recover", amount="1000", wallet=wallet.id)).status_code == 303
    text = (await client.get(page)).text
    assert "¥5,000.00" in text
    other = await call("POST", "/v1/loans/lon_00000000000000000000000000/recoveries", recovery)
    assert other.status_code == 404
    bodies = {"class": {"risk_class": "loss", **WHY}, "write-off": WHY, "recoveries": recovery}
    for path, body in bodies.items():
        assert (await second("POST", f"{at}/{path}", body)).status_code == 403, path
    mine = phone()
    await mine.sign_in(somebody.mobile)
    assert "请到网点咨询" in (await mine.look(f"/m/loans/{loan}")).text
    assert "尚欠" in (await mine.look("/m/credit")).text


async def test_a_repayment_is_reversed_and_another_one_back_dated_by_two_people(
    enter: Enter, call: Caller, second: Caller, town: Town
) -> None:
    somebody = await lend(town)
    wallet = await town.wallet(somebody)
    facility = (await signed(call, town, somebody))["facility"]
    drawing = {"product": "loan.farm", "amount": 10_000_00, "months": 3, "wallet": wallet.id, "pin": PIN}
    loan = (await done(call, f"/v1/facilities/{facility}/loans", drawing))["id"]
    at, page = f"/v1/loans/{loan}", f"/console/loans/{loan}"
    paying = {"wallet": wallet.id, "amount": 5_000_00, "effect": "lower", "pin": PIN}
    await done(call, f"{at}/prepayments", paying)
    wrong = (await call("GET", at)).json()["transactions"][0]
    body = {"transaction": wrong["id"], **WHY}
    later = {"amount": 100_00, "wallet": wallet.id, "value_date": wrong["on"], **WHY}
    for path, asked_ in (("reversals", body), ("backdated-repayments", later)):
        assert (await second("POST", f"{at}/{path}", asked_)).status_code == 403
        other = await call("POST", f"/v1/loans/lon_00000000000000000000000000/{path}", asked_)
        assert (other.status_code, other.json()["code"]) == (404, "loan.not_found")
    today = await call("POST", f"{at}/backdated-repayments", later)
    assert (today.status_code, today.json()["code"]) == (422, "loan.backdate")
    had = (await call("GET", at)).json()["loan"]
    client = await enter("operator")
    filed = await send(client, page, action="reverse", transaction=wrong["id"], reason="重复扣款")
    assert (await call("GET", at)).json()["loan"] == had, "nobody has approved it yet"
    client.cookies.clear()
    approver = await enter("approver")
    assert (await send(approver, filed.headers["location"], action="approve")).status_code == 303
    found = (await call("GET", at)).json()
    assert (found["loan"]["outstanding"], found["plan"]["reason"]) == (10_000_00, "recomputed")
    assert [row["kind"] for row in found["transactions"]][:2] == ["reversal", "prepayment"]
    text = (await approver.get(page)).text
    assert "已冲正" in text
    assert "重复扣款" in text
    begun = (await book_figures(town.services.reader, 1)).today
    await town.do(CloseDay(next_day=begun + timedelta(days=5)))
    await run(town.services, 1)
    status = await done(call, f"{at}/backdated-repayments", {**later, "value_date": begun.isoformat()})
    assert (await send(approver, f"/console/proposals/{status['id']}", action="approve")).status_code == 303
    found = (await call("GET", at)).json()
    assert (found["transactions"][1]["value_date"], found["transactions"][1]["amount"]) == (begun.isoformat(), 100_00)
