"""Collection through the API, the console, the phone and the clock; strangers and readers are refused."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from canglian.app.opening import Opened
from canglian.bank.credit.collection.commands import DebitLoan
from canglian.bank.credit.collection.running import debit_loans
from canglian.bank.credit.loans.running import ACTOR, bring_loans
from canglian.bank.credit.running import run
from canglian.kernel.queries.observing import book_figures
from canglian.ledger.commands import CloseDay
from canglian.web.principal import Role
from tests.bank.credit.test_faces import lend, signed
from tests.bank.payment.api.test_payments import done
from tests.bank.wallet.mobile.conftest import NewPhone, configuration, phone, town
from tests.bank.wallet.mobile.test_strangers import form_token
from tests.bank.wallet.mobile.town import PIN, Resident, Town
from tests.conftest import Caller
from tests.web.conftest import enter
from tests.web.entering import Enter, send

__all__ = ["NewPhone", "configuration", "enter", "phone", "town"]


async def borrowed(call: Caller, town: Town) -> tuple[Resident, Any, str]:
    """Somebody with a wallet and a loan."""
    somebody = await lend(town)
    wallet = await town.wallet(somebody, funds=1_000_00)
    application = await signed(call, town, somebody)
    drawing = {"product": "loan.farm", "amount": 10_000_00, "months": 12, "wallet": wallet.id, "pin": PIN}
    loan = await done(call, f"/v1/facilities/{application['facility']}/loans", drawing)
    return somebody, wallet, loan["id"]


async def later(town: Town, days: int) -> None:
    """The business date moves on."""
    today = (await book_figures(town.services.reader, 1)).today
    await town.do(CloseDay(next_day=today + timedelta(days=days)))


async def test_the_clock_takes_what_falls_due_once_and_goes_on_after_a_crash(call: Caller, town: Town) -> None:
    _, wallet, loan = await borrowed(call, town)
    agreed = await done(call, f"/v1/loans/{loan}/debit-agreements", {"wallet": wallet.id, "floor": 100_00, "pin": PIN})
    assert (agreed["wallets"], agreed["floor"], agreed["active"] is not None) == ([wallet.id], 100_00, True)
    await later(town, 31)
    assert (await debit_loans(town.services.engine, town.services.reader, 1)).loans == 0, "not brought there yet"
    await run(town.services, 1)
    (attempt,) = (await call("GET", f"/v1/debit-attempts?loan={loan}")).json()["data"]
    assert (attempt["reason"], attempt["taken"]) == ("taken", attempt["due"])
    left = await town.has(wallet)
    assert left == 11_000_00 - attempt["due"]
    await run(town.services, 1)
    assert await town.has(wallet) == left
    assert (await call("GET", f"/v1/loans/{loan}")).json()["payoff"]["due"] == 0
    ended = await done(call, f"/v1/debit-agreements/{agreed['id']}/end", {"pin": PIN}, 200)
    assert ended["active"] is None
    again = await call("POST", f"/v1/debit-agreements/{agreed['id']}/end", {"pin": PIN})
    assert again.json()["code"] == "debit_agreement.ended"
    for path in ("debit-agreements", "debit-attempts", "collection-policies", f"debit-agreements/{agreed['id']}"):
        assert (await call("GET", f"/v1/{path}")).status_code == 200, path


async def test_a_run_that_was_killed_goes_on_with_what_is_left(call: Caller, town: Town) -> None:
    _, wallet, one = await borrowed(call, town)
    facility = (await call("GET", f"/v1/loans/{one}")).json()["loan"]["facility"]
    drawing = {"product": "loan.farm", "amount": 5_000_00, "months": 12, "wallet": wallet.id, "pin": PIN}
    two = (await done(call, f"/v1/facilities/{facility}/loans", drawing))["id"]
    for loan in (one, two):
        await done(call, f"/v1/loans/{loan}/debit-agreements", {"wallet": wallet.id, "floor": 0, "pin": PIN})
    await later(town, 31)
    engine, reader = town.services.engine, town.services.reader
    today = (await book_figures(reader, 1)).today
    await bring_loans(engine, reader, 1)
    key = f"debit:{one}:{today.isoformat()}"
    first = (await engine.submit(1, DebitLoan(loan=one, on=today), actor=ACTOR, key=key)).unwrap()
    left = await town.has(wallet)
    done_ = await debit_loans(engine, reader, 1)
    rows = (await call("GET", "/v1/debit-attempts")).json()["data"]
    assert sorted(row["loan"] for row in rows) == sorted((one, two))
    assert (done_.loans, left - await town.has(wallet)) == (1, done_.taken)
    assert done_.taken == sum(row["taken"] for row in rows) - first.taken
    assert (await debit_loans(engine, reader, 1)).loans == 0


async def test_strangers_and_readers_agree_to_nothing(
    caller: Callable[..., Awaitable[Caller]], call: Caller, installation: Opened, town: Town
) -> None:
    _, wallet, loan = await borrowed(call, town)
    body = {"wallet": wallet.id, "floor": 0}
    agreed = await done(call, f"/v1/loans/{loan}/debit-agreements", {**body, "pin": PIN})
    book = (await installation.open_book("second", "二号支行", actor="test")).id
    stranger, viewer = await caller(book=book, role=Role.ADMIN), await caller(role=Role.VIEWER)
    before = (await installation.services.store.state(1)).commands
    own = f"debit-agreements/{agreed['id']}"
    assert (await stranger("GET", f"/v1/{own}")).status_code == 404
    assert (await viewer("GET", f"/v1/{own}")).status_code == 200
    for path, sent in ((f"loans/{loan}/debit-agreements", body), (f"{own}/end", {})):
        answer = await stranger("POST", f"/v1/{path}", sent)
        assert answer.json()["code"].endswith(".not_found"), (path, answer.text)
        assert (await viewer("POST", f"/v1/{path}", sent)).status_code == 403, path
    assert (await stranger("GET", "/v1/debit-attempts")).json()["data"] == []
    assert (await installation.services.store.state(1)).commands == before


async def test_an_operator_records_and_ends_an_agreement_on_the_page(enter: Enter, call: Caller, town: Town) -> None:
    _, wallet, loan = await borrowed(call, town)
    client = await enter("operator")
    at = f"/console/loans/{loan}/collection"
    assert f'href="{at}"' in (await client.get(f"/console/loans/{loan}")).text
    assert "未签约自动扣款" in (await client.get(at)).text
    wrong = await send(client, at, action="agree-debit", wallet=wallet.id, second=wallet.id, floor="10")
    assert wrong.status_code == 422
    sent = await send(client, at, action="agree-debit", wallet=wallet.id, second="", third="", floor="50")
    assert sent.status_code == 303, sent.text
    assert "¥50.00" in (await client.get(at)).text
    assert (await send(client, at, action="end-debit")).status_code == 303
    assert "未签约自动扣款" in (await client.get(at)).text
    assert (await client.get("/console/collection-policies")).status_code == 200


async def test_a_borrower_signs_on_the_phone_and_takes_it_back(call: Caller, town: Town, phone: NewPhone) -> None:
    somebody, _, loan = await borrowed(call, town)
    own, at = phone(), f"/m/loans/{loan}/debit"
    await own.sign_in(somebody.mobile)
    assert f'href="{at}"' in (await own.look(f"/m/loans/{loan}")).text
    await own.look(at)
    assert (await own.send(at, floor="1e2")).status_code == 422
    pad = await own.send(at, floor="100")
    assert "¥100.00" in pad.text
    assert (await own.send(f"{at}/pay", pin="000001")).status_code == 422
    assert "自动扣款" in (await own.send(f"{at}/pay", pin=PIN)).text
    (agreed,) = (await call("GET", f"/v1/debit-agreements?loan={loan}&active=true")).json()["data"]
    assert (agreed["floor"], agreed["channel"]) == (100_00, "mobile")
    thief = await town.person("王建国", "13800138071")
    await town.wallet(thief)
    stranger = phone()
    await stranger.sign_in(thief.mobile)
    token, before = await form_token(stranger.client), await town.commands()
    for path in (at, f"{at}-end"):
        assert (await stranger.look(path)).status_code == 404
        for more in ("", "/pay"):
            form = {"_token": token, "wallet": agreed["wallets"][0], "floor": "0", "pin": PIN}
            assert (await stranger.client.post(f"{path}{more}", data=form)).status_code == 404
    assert await town.commands() == before
    await own.look(at)
    await own.send(f"{at}-end")
    assert "已终止" in (await own.send(f"{at}-end/pay", pin=PIN)).text
    assert (await call("GET", f"/v1/debit-agreements?loan={loan}&active=true")).json()["data"] == []
