"""Points through the API, the console, the phone, a file and the clock; strangers are refused everywhere."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from canglian.app.opening import Opened
from canglian.bank.payment import Merchant
from canglian.bank.payment.commands import OpenOrder, PayOrder, RegisterMerchant
from canglian.bank.payment.model import SourceUse
from canglian.bank.reward.points import queries
from canglian.bank.reward.points.commands import ApprovePointScheme, AwardPoints, DraftPointScheme, FundPointScheme
from canglian.bank.reward.points.importing import import_awards
from canglian.bank.reward.points.model import Deduction, Expiry, ExpiryKind, PointLot, PointMember, PointScheme
from canglian.bank.reward.points.running import run
from canglian.kernel.errors import Malformed
from canglian.kernel.queries.entities import one, some
from canglian.kernel.queries.observing import book_figures
from canglian.ledger.commands import CloseDay
from canglian.web.principal import Role
from tests.bank.payment.api.test_payments import done
from tests.bank.reward.points.schemes import MONEY, PER_YUAN
from tests.bank.wallet.mobile.conftest import NewPhone, configuration, phone, town
from tests.bank.wallet.mobile.test_strangers import form_token
from tests.bank.wallet.mobile.town import PIN, Town
from tests.conftest import Caller
from tests.web.conftest import enter
from tests.web.entering import Enter, send

__all__ = ["configuration", "enter", "phone", "town"]

WHY = {"reason": "核查"}
SCHEMES = "/console/point-schemes"

DRAFT = {
    "code": "street",
    "name": "新城积分",
    "owner": "新城支行",
    "rules": [{"kind": "per_amount", "points": 1}, {"kind": "event", "points": 20, "event": "invite"}],
    "expiry": {"kind": "months", "months": 12},
    "exchanges": [{"kind": "money", "name": "零钱", "points": 100, "amount": 100}],
    "alone_max": 1_000,
    "pays": "ECNY",
}


@pytest.fixture
async def second(caller: Callable[..., Awaitable[Caller]]) -> Caller:
    """Somebody else, who approves."""
    return await caller(role=Role.APPROVER)


@pytest.fixture
async def scheme(call: Caller, second: Caller) -> dict[str, Any]:
    """A scheme that is active, with 10.00 set aside."""
    drafted = await done(call, "/v1/point-schemes", DRAFT)
    at = f"/v1/point-schemes/{drafted['id']}"
    refused = await call("POST", f"{at}/approval")
    assert (refused.status_code, refused.json()["code"]) == (422, "point_scheme.own_approval")
    await done(call, f"{at}/funds", {"amount": 1_000}, 200)
    return await done(second, f"{at}/approval", None, 200)


async def test_points_are_awarded_and_exchanged_over_http(call: Caller, town: Town, scheme: Any) -> None:
    wallet = await town.wallet(await town.person(), "wallet.ecny2", funds=5_000)
    at = f"/v1/point-schemes/{scheme['id']}"
    award = {"party": wallet.party, "points": 150, "number": "a-1", "reason": "参加活动"}
    lot = await done(call, f"{at}/awards", award)
    assert (lot["points"], lot["remaining"]) == (150, 150)
    assert (await done(call, f"{at}/awards", award))["id"] == lot["id"]
    other = await call("POST", f"{at}/awards", {**award, "points": 151})
    assert (other.status_code, other.json()["code"]) == (422, "point_lot.number_taken")
    large = await call("POST", f"{at}/awards", {**award, "points": 1_001, "number": "a-2"})
    assert large.json()["code"] == "approval.required"
    for points in (-1, 0, "1e2", "１００", 1.5, 10**10):
        answer = await call("POST", f"{at}/awards", {**award, "points": points, "number": "a-3"})
        assert answer.status_code == 400, points
    event = {"party": wallet.party, "event": "invite", "number": "i-1"}
    assert (await done(call, f"{at}/events", event))["points"] == 20
    member = lot["member"]
    asked = {"exchange": 1, "wallet": wallet.id}
    exchange = await done(call, f"/v1/point-members/{member}/exchanges", asked)
    assert (exchange["points"], exchange["amount"]) == (100, 100)
    assert await town.has(wallet) == 5_100
    again = await call("POST", f"/v1/point-members/{member}/exchanges", asked)
    assert (again.status_code, again.json()["code"]) == (422, "point_member.short")
    whole = (await call("GET", at)).json()
    assert {name: whole["figures"][name] for name in ("awarded", "spent", "outstanding", "liability", "funds")} == {
        "awarded": 170,
        "spent": 100,
        "outstanding": 70,
        "liability": 70,
        "funds": 900,
    }
    shown = (await call("GET", f"/v1/point-members/{member}")).json()
    assert (shown["balance"], shown["spendable"], sum(month["points"] for month in shown["expiring"])) == (70, 70, 70)
    back = await done(call, f"/v1/point-exchanges/{exchange['id']}/return", WHY, 200)
    assert back["state"] == "returned"
    assert await town.has(wallet) == 5_000
    for path in (f"point-lots?member={member}", f"point-members?scheme={scheme['id']}", "point-schemes?state=active"):
        assert (await call("GET", f"/v1/{path}")).json()["data"], path


async def test_an_award_above_the_bound_waits_for_a_second_person(call: Caller, town: Town, scheme: Any) -> None:
    wallet = await town.wallet(await town.person(), "wallet.ecny2")
    asked = {"party": wallet.party, "points": 5_000, "number": "a-1", "reason": "一等奖"}
    proposal = await done(call, f"/v1/point-schemes/{scheme['id']}/award-proposals", asked)
    assert proposal["state"] == "pending"
    assert await some(town.services.reader, 1, PointLot, "scheme", scheme["id"]) == []


async def test_money_of_a_schemes_wallet_waits_for_a_second_person(call: Caller, town: Town, enter: Enter) -> None:
    wallet = await town.wallet(await town.person(), "wallet.ecny2", funds=5_000)
    asked: dict[str, Any] = {"rules": (PER_YUAN,), "exchanges": (MONEY,), "wallet": wallet.id}
    scheme = await town.do(DraftPointScheme(code="street", name="新城积分", owner="新城支行", pays="ECNY", **asked))
    at = f"/v1/point-schemes/{scheme.id}"
    assert (await call("POST", f"{at}/funds", {"amount": 1_000})).json()["code"] == "wallet_pin.needed"
    filed = await done(call, f"{at}/fund-proposals", {"amount": 1_000, "reason": "来函确认"})
    client, page = await enter("operator"), f"{SCHEMES}/{scheme.id}"
    assert (await send(client, page, action="fund", amount="10.00")).status_code == 422
    sent = await send(client, page, action="request-fund", amount="10.00", reason="来函确认")
    assert "为积分预留资金" in (await client.get(sent.headers["location"])).text
    assert await town.has(wallet) == 5_000
    client.cookies.clear()
    approver = await enter("approver")
    assert (await send(approver, f"/console/proposals/{filed['id']}", action="approve")).status_code == 303
    assert await town.has(wallet) == 4_000


async def test_strangers_and_readers_change_nothing(
    caller: Callable[..., Awaitable[Caller]], call: Caller, installation: Opened, town: Town, scheme: Any
) -> None:
    wallet = await town.wallet(await town.person(), "wallet.ecny2")
    at = f"point-schemes/{scheme['id']}"
    award = {"party": wallet.party, "points": 150, "number": "a-1", "reason": "参加活动"}
    lot = await done(call, f"/v1/{at}/awards", award)
    exchange = await done(call, f"/v1/point-members/{lot['member']}/exchanges", {"exchange": 1, "wallet": wallet.id})
    line = {"line": 1, "wallet": wallet.id, "points": 1, "number": "n-1"}
    writes: list[tuple[str, Any]] = [
        (f"{at}/approval", None),
        (f"{at}/funds", {"amount": 1}),
        (f"{at}/awards", award),
        (f"{at}/events", {"party": wallet.party, "event": "invite", "number": "i-1"}),
        (f"{at}/award-lines", {"reason": "活动", "lines": [line]}),
        (f"{at}/closing", WHY),
        (f"{at}/paybacks", None),
        (f"point-members/{lot['member']}/exchanges", {"exchange": 1, "wallet": wallet.id}),
        (f"point-exchanges/{exchange['id']}/return", WHY),
    ]
    reads = [at, f"point-members/{lot['member']}", f"point-lots/{lot['id']}", f"point-exchanges/{exchange['id']}"]
    book = (await installation.open_book("second", "二号支行", actor="test")).id
    stranger, viewer = await caller(book=book, role=Role.ADMIN), await caller(role=Role.VIEWER)
    before = (await installation.services.store.state(1)).commands
    for path in reads:
        assert (await stranger("GET", f"/v1/{path}")).status_code == 404, path
        assert (await viewer("GET", f"/v1/{path}")).status_code == 200, path
    for path, body in writes:
        answer = await stranger("POST", f"/v1/{path}", body)
        assert answer.json()["code"].endswith(".not_found"), (path, answer.text)
        assert (await viewer("POST", f"/v1/{path}", body)).status_code == 403, path
    assert (await viewer("POST", "/v1/point-schemes", DRAFT)).status_code == 403
    assert (await installation.services.store.state(1)).commands == before


async def test_an_operator_drafts_and_awards_and_an_approver_approves(enter: Enter, town: Town) -> None:
    client = await enter("operator")
    wallet = await town.wallet(await town.person(), "wallet.ecny2")
    typed = {
        "action": "draft",
        "name": "新城积分",
        "code": "street",
        "owner": "新城支行",
        "per_yuan": "1",
        "rounding": "down",
        "expiry_kind": "months",
        "months": "12",
        "after_refund": "take_back",
        "money_points": "100",
        "money_amount": "1.00",
        "price": "1.00",
        "alone_max": "500",
        "pays": "ECNY",
    }
    for wrong in ({"per_yuan": "-1"}, {"per_yuan": "1e2"}, {"per_yuan": "１０"}, {"money_amount": ""}, {"months": ""}):
        assert (await send(client, f"{SCHEMES}/new", **{**typed, **wrong})).status_code == 422, wrong
    answer = await send(client, f"{SCHEMES}/new", **typed)
    assert answer.status_code == 303, answer.text
    at = answer.headers["location"]
    assert (await send(client, at, action="approve")).status_code == 403
    assert (await send(client, at, action="fund", amount="10.00")).status_code == 303
    client.cookies.clear()
    approver = await enter("approver")
    assert "待审批积分计划" in (await approver.get("/console/")).text
    assert (await send(approver, at, action="approve")).status_code == 303
    approver.cookies.clear()
    client = await enter("operator")
    awarded = {"party": wallet.party or "", "points": "120", "number": "a-1", "reason": "参加活动"}
    assert (await send(client, at, action="award", **awarded)).status_code == 303
    page = (await client.get(at)).text
    assert "¥1.20" in page
    (member,) = await some(town.services.reader, 1, PointMember, "party", wallet.party)
    own = f"/console/point-members/{member.id}"
    done_ = await send(client, own, action="exchange", exchange="1", pieces="1", wallet=wallet.id)
    assert done_.status_code == 303, done_.text
    assert "零钱" in (await client.get(done_.headers["location"])).text
    assert "零钱" in (await client.get(own)).text
    assert (await send(client, done_.headers["location"], action="return", reason="点错了")).status_code in (303, 422)
    assert "新城积分" in (await client.get(f"/console/people/{wallet.party}")).text
    for path in (SCHEMES, "/console/point-members", "/console/point-lots", "/console/point-exchanges"):
        assert (await client.get(path)).status_code == 200, path
        assert (await client.get(path, params={"format": "csv"})).status_code == 200, path


async def active(town: Town, **fields: Any) -> PointScheme:
    """A scheme that is active, with 100.00 set aside."""
    asked: dict[str, Any] = {"rules": (PER_YUAN,), "exchanges": (MONEY,), "alone_max": 10_000, **fields}
    asked.setdefault("code", "street")
    drafted = await town.do(DraftPointScheme(name="新城积分", owner="新城支行", pays="ECNY", **asked))
    await town.do(FundPointScheme(scheme=drafted.id, amount=10_000, channel="counter"))
    return await town.do(ApprovePointScheme(scheme=drafted.id), "user:second")


def award(scheme: PointScheme, party: str | None, points: int) -> AwardPoints:
    return AwardPoints(scheme=scheme.id, party=party or "", points=points, number="a-1", reason="参加邻里节")


async def test_a_person_sees_where_points_came_from_and_exchanges_them(town: Town, phone: NewPhone) -> None:
    scheme = await active(town)
    somebody = await town.person()
    wallet = await town.wallet(somebody, "wallet.ecny2", funds=20_000)
    shop: Merchant = await town.do(RegisterMerchant(name="新城鲜果店", category="5411", region="330106"))
    order = await town.do(OpenOrder(merchant=shop.id, number="o-1", subject="鲜果", amount=9_000))
    await town.do(PayOrder(order=order.id, sources=(SourceUse(item=wallet.id),), channel="counter"))
    await town.do(award(scheme, wallet.party, 150))
    own = phone()
    await own.sign_in(somebody.mobile)
    assert 'href="/m/points"' in (await own.look("/m")).text
    assert "240" in (await own.look("/m/points")).text
    at = f"/m/points/{scheme.id}"
    page = (await own.look(at)).text
    for text in ("新城鲜果店", "参加邻里节", "100 积分兑换 ¥1.00", "+90", "+150"):
        assert text in page, text
    for pieces in ("-1", "0", "1e2", "２", "3"):
        answer = await own.send(f"{at}/exchange", exchange="1", pieces=pieces, wallet=wallet.id)
        assert answer.status_code == 422, pieces
    assert await town.has(wallet) == 11_000
    given = await own.send(f"{at}/exchange", exchange="1", pieces="2", wallet=wallet.id)
    assert str(given.url.path).startswith("/m/points/exchanges/pex_"), given.text
    assert "¥2.00" in given.text
    assert await town.has(wallet) == 11_200
    assert "还差 60 积分" in (await own.look(at)).text


async def test_points_of_two_schemes_are_not_added_up(town: Town, phone: NewPhone) -> None:
    street, spring = await active(town), await active(town, code="spring")
    somebody = await town.person()
    wallet = await town.wallet(somebody, "wallet.ecny2")
    own = phone()
    await own.sign_in(somebody.mobile)
    await town.do(award(street, wallet.party, 1_500))
    assert "1,500" in (await own.look("/m")).text
    await town.do(award(spring, wallet.party, 187))
    home = (await own.look("/m")).text
    assert ('href="/m/points"' in home, "1,687" in home, "1,500" in home) == (True, False, False)


async def test_another_persons_points_are_not_found(town: Town, phone: NewPhone) -> None:
    scheme = await active(town)
    holder, thief = await town.person(), await town.person("王建国", "13800138071")
    wallet, other = await town.wallet(holder, "wallet.ecny2"), await town.wallet(thief, "wallet.ecny2")
    await town.do(award(scheme, wallet.party, 150))
    own = phone()
    await own.sign_in(holder.mobile)
    at = f"/m/points/{scheme.id}"
    await own.look(at)
    given = await own.send(f"{at}/exchange", exchange="1", pieces="1", wallet=wallet.id)
    stranger = phone()
    await stranger.sign_in(thief.mobile)
    assert (await stranger.look(str(given.url.path))).status_code == 404
    assert "参加邻里节" not in (await stranger.look(at)).text
    token, before = await form_token(stranger.client), await town.commands()
    for target in (wallet.id, other.id):
        form = {"_token": token, "exchange": "1", "pieces": "1", "wallet": target}
        answer = await stranger.client.post(f"{at}/exchange", data=form)
        assert answer.status_code == 404
    assert await town.commands() == before


async def test_the_clock_lets_points_expire_once_their_last_day_is_over(town: Town) -> None:
    today = (await book_figures(town.services.reader, 1)).today
    scheme = await active(town, expiry=Expiry(kind=ExpiryKind.MONTHS, months=1))
    wallet = await town.wallet(await town.person(), "wallet.ecny2")
    lot = await town.do(award(scheme, wallet.party, 150))
    await run(town.services, 1)
    assert (await one(town.services.reader, 1, PointLot, lot.id)).remaining == 150
    last = lot.valid_until
    assert last is not None
    while today <= last:
        today += timedelta(days=7)
        await town.do(CloseDay(next_day=today))
    await run(town.services, 1)
    await run(town.services, 1)
    gone = await one(town.services.reader, 1, PointLot, lot.id)
    assert (gone.remaining, gone.expired) == (0, 150)
    figures = (await queries.whole(town.services.reader, 1, scheme.id)).figures
    assert (figures.expired, figures.outstanding) == (150, 0)


async def test_a_file_awards_each_line_once(town: Town, folder: Path) -> None:
    scheme = await active(town)
    wallet = await town.wallet(await town.person(), "wallet.ecny2")
    file, outcomes = folder / "awards.csv", folder / "outcomes.csv"
    rows = [f"{wallet.id},40", f"{wallet.id},-4", f"{wallet.id},1e2", f"{wallet.id},４０", "wal_x,5", f"{wallet.id},60"]
    file.write_text("wallet,points\n" + "\n".join(rows) + "\n", encoding="utf-8")
    reached: list[int] = []

    async def find(numbers: list[str]) -> dict[str, str]:
        return {}

    async def awarded() -> tuple[int, int, int]:
        found = await import_awards(
            town.services.engine,
            1,
            scheme.id,
            "参加活动",
            file,
            find,
            actor="test",
            outcomes=outcomes,
            report=lambda at, _: reached.append(at),
        )
        return found.awarded, found.repeated, found.refused

    assert await awarded() == (2, 0, 4)
    assert await awarded() == (0, 2, 4)
    assert reached
    assert outcomes.read_text(encoding="utf-8").count("refused,point_lot.points_typed") == 3
    (member,) = await some(town.services.reader, 1, PointMember, "party", wallet.party)
    assert (await queries.have(town.services.reader, 1, [member]))[member.id] == 100

    whole = file.read_text(encoding="utf-8")
    for again in (whole.replace("\n", "\r\n"), "\n" + whole + "\n", f"wallet,points\n{wallet.id},60\n"):
        file.write_text(again, encoding="gb18030", newline="")
        assert (await awarded())[0] == 0
    file.write_text(whole.replace(",-4", ",4") + f"{wallet.id},60\n", encoding="utf-8")  # one corrected, one more
    assert await awarded() == (2, 2, 3)
    file.write_text(f"number,wallet,points\nA1,{wallet.id},60\n", encoding="utf-8")
    assert [await awarded(), await awarded()] == [(1, 0, 0), (0, 1, 0)]
    file.write_text(f"number,wallet,points,number\nA2,{wallet.id},60,A1\n", encoding="utf-8")
    with pytest.raises(Malformed, match=r"import\.column_twice"):
        await awarded()
    assert (await queries.have(town.services.reader, 1, [member]))[member.id] == 100 + 4 + 60 + 60


async def test_a_person_switches_points_on_and_the_checkout_takes_them_off(town: Town, phone: NewPhone) -> None:
    half = Deduction(points=100, amount=100, share_bps=5_000)
    scheme = await active(town, rules=(), deduction=half)
    somebody = await town.person()
    wallet = await town.wallet(somebody, "wallet.ecny2", funds=20_000)
    await town.do(award(scheme, wallet.party, 900))
    own = phone()
    await own.sign_in(somebody.mobile)
    shop: Merchant = await town.do(RegisterMerchant(name="新城鲜果店", category="5411", region="330106"))
    order = await town.do(OpenOrder(merchant=shop.id, number="o-1", subject="鲜果", amount=1_000))
    checkout, at = f"/m/checkout/{order.code}", f"/m/points/{scheme.id}"
    page = (await own.look(checkout)).text
    assert "您的积分可抵" in page
    assert "付款时不使用积分" in (await own.look(at)).text
    assert "付款时自动用积分抵扣" in (await own.send(f"{at}/deduction", deducts="yes")).text
    page = (await own.look(checkout)).text
    assert "新城积分" in page
    await own.send(checkout, wallet=wallet.id)
    paid = (await own.send(f"{checkout}/pay", pin=PIN)).text
    assert "新城积分" in paid
    assert await town.has(wallet) == 20_000 - 500
    (member,) = await some(town.services.reader, 1, PointMember, "party", wallet.party)
    assert (await queries.have(town.services.reader, 1, [member]))[member.id] == 400
