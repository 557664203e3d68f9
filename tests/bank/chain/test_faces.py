"""Vouchers through the API, the console and the end of a day; strangers and readers are refused everywhere."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from canglian.app.opening import Opened
from canglian.bank.settlement.closing.running import run_end_of_day
from canglian.bank.wallet import Wallet
from canglian.kernel.queries.observing import book_figures
from canglian.ledger.commands import CloseDay
from canglian.web.principal import Role
from tests.bank.credit.test_faces import lend, signed
from tests.bank.payment.api.test_payments import done
from tests.bank.wallet.mobile.conftest import NewPhone, configuration, phone, town
from tests.bank.wallet.mobile.town import PIN, Resident, Town
from tests.conftest import Caller
from tests.web.conftest import enter
from tests.web.entering import Enter, send

__all__ = ["NewPhone", "configuration", "enter", "phone", "town"]

WHY = {"reason": "贸易背景核查"}


class Members(msgspec.Struct):
    """A core company and two suppliers, with the wallets that sign for them."""

    ids: list[str]
    wallets: list[Wallet]
    people: list[Resident]

    def pin(self, member: int) -> dict[str, Any]:
        """Who signs."""
        return {"wallet": self.wallets[member].id, "pin": PIN}


@pytest.fixture
async def second(caller: Callable[..., Awaitable[Caller]]) -> Caller:
    """Somebody else, who approves."""
    return await caller(role=Role.APPROVER)


@pytest.fixture
async def members(call: Caller, second: Caller, town: Town) -> Members:
    """Enrolled over HTTP."""
    core = await lend(town)
    people = [core, await town.person("王建国"), await town.person("司徒振华")]
    wallets = [await town.wallet(each) for each in people]
    facility = (await signed(call, town, core))["facility"]
    asked = {"party": core.party.id, "account": wallets[0].deposit, "facility": facility, "product": "loan.farm"}
    ids = [(await done(second, "/v1/chain-members/core", asked))["id"]]
    for tier in (1, 2):
        supplier = {"core": ids[0], "party": people[tier].party.id, "account": wallets[tier].deposit, "tier": tier}
        ids.append((await done(call, "/v1/chain-members/suppliers", supplier))["id"])
    return Members(ids, wallets, people)


async def invoiced(town: Town, members: Members, face: int = 10_000_00, number: str = "1" * 20) -> dict[str, Any]:
    today = (await book_figures(town.services.reader, 1)).today
    return {
        "core": members.ids[0],
        "supplier": members.ids[1],
        "face": face,
        "matures_on": (today + timedelta(days=90)).isoformat(),
        "invoice_number": number,
        "invoice_total": face,
        "invoice_dated": today.isoformat(),
        "invoice_digest": "5" * 64,
    }


async def accepted(call: Caller, town: Town, members: Members, **fields: Any) -> str:
    """A voucher that is accepted, by its address."""
    asked = {**await invoiced(town, members, **fields), **members.pin(1)}
    at = f"/v1/vouchers/{(await done(call, '/v1/vouchers', asked))['id']}"
    await done(call, f"{at}/acceptance", members.pin(0), 200)
    return at


async def test_a_voucher_is_split_transferred_financed_and_redeemed_over_http(
    call: Caller, town: Town, members: Members
) -> None:
    asked = await invoiced(town, members)
    for name, wrong in (("face", "1e2"), ("face", "１００"), ("face", 0), ("invoice_number", "12"), ("face", 1.5)):
        assert (await call("POST", "/v1/vouchers", {**asked, name: wrong})).status_code == 400, (name, wrong)
    assert (await call("POST", "/v1/vouchers", asked)).json()["code"] == "voucher.wallet_needed"
    at = await accepted(call, town, members)
    again = await call("POST", "/v1/vouchers", {**asked, **members.pin(1)})
    assert (again.status_code, again.json()["code"]) == (422, "voucher.invoice_used")
    headers = {"Accept-Language": "zh-CN"}
    twice = await call("POST", f"{at}/acceptance", members.pin(0), headers=headers)
    assert (twice.json()["code"], twice.json()["detail"][-4:]) == ("voucher.state", "已承兑。")
    more = await call("POST", f"{at}/financing", {"amount": 10_000_01, **members.pin(1)}, headers=headers)
    assert "¥10,000.00" in more.json()["detail"]
    stranger = await call("POST", f"{at}/parts", {"parts": [1, 9_999_99], **members.pin(2)})
    assert stranger.json()["code"] == "voucher.wallet_other"
    await done(call, f"{at}/parts", {"parts": [6_000_00, 4_000_00], **members.pin(1)})
    kept, other = (await call("GET", at)).json()["tree"][1:]
    to = {"new_holder": members.ids[2], **members.pin(1)}
    moved = await done(call, f"/v1/vouchers/{other['id']}/transfers", to)
    assert moved["state"] == "transferred"
    quote = (await call("GET", f"/v1/vouchers/{other['id']}/quote?amount=200000")).json()
    # 1,800 at 4.35 % for 90 days of 360
    assert (quote["advance"], quote["discount"], quote["left"]) == (1_800_00, 19_58, 200_00)
    before = await town.has(members.wallets[2])
    financed = await done(call, f"/v1/vouchers/{other['id']}/financing", {"amount": 2_000_00, **members.pin(2)})
    assert await town.has(members.wallets[2]) - before == quote["paid_out"] == 1_780_42
    whole = (await call("GET", f"/v1/vouchers/{financed['voucher']}")).json()
    assert [move["kind"] for move in whole["moves"]] == [
        *("financed", "split", "transferred", "split", "accepted", "issued")
    ]
    debts = (await call("GET", f"/v1/chain-members/{members.ids[0]}/debts")).json()["data"]
    assert {(debt["holder"], debt["amount"]) for debt in debts} == {
        (members.ids[1], 6_000_00),
        (members.ids[2], 2_200_00),
        (None, 1_800_00),
    }
    await town.give(members.wallets[0], 10_000_00)
    today = (await book_figures(town.services.reader, 1)).today
    await town.do(CloseDay(next_day=today + timedelta(days=90)))
    run = await run_end_of_day(town.services, 1)
    assert run.ended_at is not None
    states = {row["number"]: row["state"] for row in (await call("GET", "/v1/vouchers")).json()["data"]}
    assert sorted(states.values()) == ["redeemed"] * 3 + ["split"] * 2
    assert await town.has(members.wallets[1]) >= kept["face"]
    repaid = (await call("GET", f"/v1/vouchers/{financed['voucher']}")).json()
    assert (repaid["financing"]["repaid"], repaid["financing"]["earned"]) == (1_800_00, 19_58)
    assert (repaid["voucher"]["paid"], repaid["voucher"]["unclaimed"]) == (2_000_00, 0)
    assert await town.has(members.wallets[0]) < 1_00, "interest of the quarter alone is left"


async def test_an_advance_that_is_not_repaid_becomes_a_loan_that_is_collected_with_its_penalty_over_http(
    call: Caller, enter: Enter, town: Town, members: Members
) -> None:
    at = await accepted(call, town, members)
    await done(call, f"{at}/financing", {"recourse": False, **members.pin(1)})
    today = (await book_figures(town.services.reader, 1)).today
    for days in (90, 100):
        await town.do(CloseDay(next_day=today + timedelta(days=days)))
        assert (await run_end_of_day(town.services, 1)).ended_at is not None
    whole = (await call("GET", at)).json()
    assert (whole["voucher"]["state"], whole["financing"]["open"]) == ("defaulted", False)
    loan = (await call("GET", f"/v1/loans/{whole['financing']['loan']}")).json()["loan"]
    assert (loan["party"], loan["outstanding"], loan["state"]) == (members.people[0].party.id, 9_000_00, "overdue")
    assert loan["penalty"] > 0
    debts = (await call("GET", f"/v1/chain-members/{members.ids[0]}/debts")).json()["data"]
    assert {(debt["holder"], debt["amount"]) for debt in debts} == {(None, 9_000_00), (members.ids[1], 1_000_00)}
    page = await (await enter("operator")).get(f"/console/vouchers/{whole['voucher']['id']}")
    assert f"/console/loans/{loan['id']}" in page.text
    await town.give(members.wallets[0], 10_000_00)
    assert (await call("POST", f"{at}/collection")).status_code == 422, "the penalty is owed, too"
    await town.give(members.wallets[0], 100_00)
    await done(call, f"{at}/collection", None, 200)
    assert (await call("GET", f"/v1/loans/{loan['id']}")).json()["loan"]["state"] == "closed"


async def test_a_long_term_and_a_freeze_take_a_second_person(
    call: Caller, enter: Enter, town: Town, members: Members
) -> None:
    approver = await enter("approver")
    today = (await book_figures(town.services.reader, 1)).today
    asked = {**await invoiced(town, members), "matures_on": (today + timedelta(days=300)).isoformat()}
    direct = await call("POST", "/v1/vouchers", {**asked, **members.pin(1)})
    assert direct.json()["code"] == "voucher.term_needs_approval"
    filed = await done(call, "/v1/vouchers/long", {**asked, "reason": "电站质保期一年"})
    assert (await call("GET", "/v1/vouchers")).json()["data"] == []
    assert (await send(approver, f"/console/proposals/{filed['id']}", action="approve")).status_code == 303
    (voucher,) = (await call("GET", "/v1/vouchers")).json()["data"]
    assert voucher["state"] == "issued"
    at = await accepted(call, town, members, number="2" * 20)
    for verb, state in (("freeze", "frozen"), ("unfreeze", "accepted")):
        filed = await done(call, f"{at}/{verb}", WHY)
        assert (await call("GET", at)).json()["voucher"]["state"] != state
        assert (await send(approver, f"/console/proposals/{filed['id']}", action="approve")).status_code == 303
        assert (await call("GET", at)).json()["voucher"]["state"] == state


async def test_strangers_and_readers_change_nothing(
    caller: Callable[..., Awaitable[Caller]], call: Caller, installation: Opened, town: Town, members: Members
) -> None:
    at = await accepted(call, town, members)
    book = (await installation.open_book("second", "二号支行", actor="test")).id
    stranger, viewer = await caller(book=book, role=Role.ADMIN), await caller(role=Role.VIEWER)
    before = (await installation.services.store.state(1)).commands
    member = f"/v1/chain-members/{members.ids[0]}"
    for path in (at, f"{at}/quote", member, f"{member}/debts"):
        assert (await stranger("GET", path)).status_code == 404, path
        assert (await viewer("GET", path)).status_code == 200, path
    writes: list[tuple[str, Any]] = [
        ("acceptance", {}),
        ("refusal", WHY),
        ("parts", {"parts": [6_000_00, 4_000_00]}),
        ("transfers", {"new_holder": members.ids[2]}),
        ("financing", {}),
        ("collection", None),
        ("recourse", None),
        ("unclaimed", None),
        ("freeze", WHY),
        ("unfreeze", WHY),
    ]
    for path, body in writes:
        answer = await stranger("POST", f"{at}/{path}", body)
        assert answer.json()["code"].endswith(".not_found"), (path, answer.text)
        assert (await viewer("POST", f"{at}/{path}", body)).status_code == 403, path
    asked = await invoiced(town, members, number="2" * 20)
    assert (await viewer("POST", "/v1/vouchers", asked)).status_code == 403
    assert (await viewer("POST", "/v1/vouchers/long", {**asked, **WHY})).status_code == 403
    core = {"party": members.people[1].party.id, "account": members.wallets[1].deposit, "facility": "fac_" + "0" * 26}
    assert (await viewer("POST", "/v1/chain-members/core", {**core, "product": "loan.farm"})).status_code == 403
    supplier = {"core": members.ids[0], "party": core["party"], "account": core["account"]}
    assert (await viewer("POST", "/v1/chain-members/suppliers", supplier)).status_code == 403
    assert (await installation.services.store.state(1)).commands == before


async def test_an_operator_issues_accepts_splits_transfers_and_finances_at_the_counter(
    enter: Enter, town: Town, members: Members
) -> None:
    client = await enter("operator")
    today = (await book_figures(town.services.reader, 1)).today
    typed = {
        "action": "issue",
        "core": members.ids[0],
        "supplier": members.ids[1],
        "face": "10000",
        "matures_on": (today + timedelta(days=90)).isoformat(),
        "invoice_code": "",
        "invoice_number": "1" * 20,
        "invoice_total": "10000",
        "invoice_dated": today.isoformat(),
        "invoice_digest": "5" * 64,
    }
    new = "/console/vouchers/new"
    assert (await client.get(new)).status_code == 200
    for wrong in ({"face": "1e2"}, {"face": "-1"}, {"invoice_number": "12"}, {"invoice_total": "9999.99"}):
        assert (await send(client, new, **{**typed, **wrong})).status_code == 422, wrong
    issued = await send(client, new, **typed)
    assert issued.status_code == 303, issued.text
    at = issued.headers["location"]
    assert "待核心企业承兑或拒绝" in (await client.get(at)).text
    assert "待承兑凭证" in (await client.get("/console/")).text
    assert (await send(client, at, action="accept")).status_code == 303
    assert "¥97.88" in (await client.get(at)).text  # 9,000 at 4.35 % for 90 days of 360
    assert (await send(client, at, action="split", parts="6000 3999")).status_code == 422
    assert (await send(client, at, action="split", parts="6000 4000")).status_code == 303
    parts = re.findall(r'data-href="(/console/vouchers/vch_[0-9a-z]{26})"', (await client.get(at)).text)
    part = next(each for each in parts if each != at)
    moved = await send(client, part, action="transfer", new_holder=members.ids[2], amount="1000")
    assert moved.status_code == 303, moved.text
    financed = await send(client, moved.headers["location"], action="finance", amount="", recourse="yes")
    assert financed.status_code == 303, financed.text
    assert await town.has(members.wallets[2]) == 900_00 - 9_79
    page = (await client.get(financed.headers["location"])).text
    assert "有追索权" in page
    assert (
        (await send(client, financed.headers["location"], action="freeze", reason="核查"))
        .headers["location"]
        .startswith("/console/proposals/")
    )
    for path in ("chain-finance", "vouchers", "chain-members", f"chain-members/{members.ids[0]}"):
        assert (await client.get(f"/console/{path}")).status_code == 200, path
    for path in ("vouchers", "chain-members"):
        assert (await client.get(f"/console/{path}", params={"format": "csv"})).status_code == 200, path
    assert "链上债权债务关系" in (await client.get("/console/chain-finance")).text
    customer = (await client.get(f"/console/people/{members.people[0].party.id}")).text
    assert members.ids[0] in customer
    client.cookies.clear()
    viewer = await enter("viewer")
    assert (await send(viewer, at, action="accept")).status_code == 403
    assert (await viewer.get("/console/chain-members/new-core")).status_code == 403


async def test_suppliers_and_the_core_company_sign_each_step_on_their_phones(
    call: Caller, town: Town, phone: NewPhone, members: Members
) -> None:
    issued = await done(call, "/v1/vouchers", {**await invoiced(town, members), **members.pin(1)})
    at = f"/m/chain/vouchers/{issued['id']}"
    core = phone()
    await core.sign_in(members.people[0].mobile)
    assert 'href="/m/chain"' in (await core.look("/m")).text
    assert "待您承兑" in (await core.look("/m/chain")).text
    await core.look(f"{at}/decline")
    assert (await core.send(f"{at}/decline", reason="")).status_code == 422
    await core.look(f"{at}/accept")
    own = {"wallet": members.wallets[0].id}
    assert "到期从您账户付款" in (await core.send(f"{at}/accept", **own)).text
    assert "已承兑" in (await core.send(f"{at}/accept/pay", pin=PIN)).text
    assert (await core.client.get(f"{at}/finance")).status_code == 200
    await core.client.aclose()
    supplier = phone()
    await supplier.sign_in(members.people[1].mobile)
    assert "立即融资，到账 ¥8,902.12" in (await supplier.look(at)).text
    own = {"wallet": members.wallets[1].id}
    await supplier.look(f"{at}/finance")
    for wrong in ("1e2", "１００", "-1", "10000.01"):
        assert (await supplier.send(f"{at}/finance", amount=wrong, **own)).status_code == 422, wrong
    await supplier.look(f"{at}/transfer")
    given = await supplier.send(f"{at}/transfer", amount="4000", new_holder=members.ids[2], **own)
    assert "¥6,000.00" in given.text
    page = await supplier.send(f"{at}/transfer/pay", pin=PIN)
    kept = re.search(r'href="(/m/chain/vouchers/vch_[0-9a-z]{26})"', page.text)
    assert kept
    assert "¥58.73" in (await supplier.look(f"{kept[1]}/finance")).text
    quoted = await supplier.send(f"{kept[1]}/finance", amount="6000", **own)
    assert "¥5,341.27" in quoted.text
    wrong_pin = await supplier.send(f"{kept[1]}/finance/pay", pin="111222")
    assert wrong_pin.status_code == 422
    assert await town.has(members.wallets[1]) == 0
    paid = await supplier.send(f"{kept[1]}/finance/pay", pin=PIN)
    assert "¥5,341.27 已到账" in paid.text
    assert await town.has(members.wallets[1]) == 5_341_27
    await supplier.client.aclose()
    stranger = phone()
    await stranger.sign_in(members.people[2].mobile)
    for path in (at, f"{at}/finance", f"{at}/accept", kept[1]):
        assert (await stranger.client.get(path)).status_code == 404, path
    assert "¥4,000.00" in (await stranger.look("/m/chain")).text
