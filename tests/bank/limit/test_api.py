"""Limits over HTTP: what is left, the rules by version, overrides that another person has to approve."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from canglian.app.opening import Opened
from canglian.bank.limit import holdings
from canglian.bank.limit.holdings import Source, held_by
from canglian.bank.limit.standing import Asked
from canglian.bank.party import Level
from canglian.ledger.commands import CloseDay
from canglian.web.principal import Role
from canglian.web.problem import problem_of
from tests.bank.limit.till import Move, ecny, moving
from tests.bank.party.people import identity
from tests.conftest import Caller

NOBODY = "pty_" + "0" * 26
WALLET = "wallet:wal_1"
RULE = {"code": "day", "name": "日限额", "products": ["deposit.*"], "measure": "day_sum", "limit": 500, "asset": "CNY"}


@pytest.fixture
async def today(installation: Opened) -> date:
    return (await installation.services.store.state(1)).today


async def counted(installation: Opened, *movements: Any) -> None:
    for movement in movements:
        await installation.services.engine.execute(1, Move(movement=movement), actor="test")


async def test_what_is_left_is_told_rule_by_rule(call: Caller, installation: Opened, today: date) -> None:
    await counted(installation, ecny(150_000), ecny(150_000))
    answer = await call("GET", f"/v1/limits?subject={WALLET}&product=wallet.ecny4")
    assert answer.status_code == 200, answer.text
    (found,) = answer.json()["data"]
    assert (found["subject"], found["product"], found["level"]) == (WALLET, "wallet.ecny4", "none")
    assert {limit["rule"]: (limit["limit"], limit["used"], limit["left"]) for limit in found["limits"]} == {
        "ecny4-balance": (1_000_000, None, None),
        "ecny4-single": (200_000, 0, 200_000),
        "ecny4-day": (500_000, 300_000, 200_000),
        "ecny4-year": (5_000_000, 300_000, 4_700_000),
    }
    assert (found["most_out"], found["most_in"]) == (200_000, None)
    renews = {limit["rule"]: limit["renews_at"] for limit in found["limits"]}
    assert renews == {
        "ecny4-balance": None,
        "ecny4-single": None,
        "ecny4-day": f"{today + timedelta(days=1)}T00:00:00+08:00",
        "ecny4-year": f"{today.year + 1}-01-01T00:00:00+08:00",
    }


async def test_what_is_asked_for_narrows_what_is_told(call: Caller) -> None:
    async def rules(query: str) -> list[str]:
        answer = await call("GET", f"/v1/limits?subject=deposit:dep_1&product=deposit.class2{query}")
        assert answer.status_code == 200, answer.text
        return [limit["rule"] for limit in answer.json()["data"][0]["limits"]]

    assert await rules("") == ["class2-out-day", "class2-out-year", "class2-in-unverified"]
    assert await rules("&direction=in") == ["class2-in-unverified"]
    assert await rules("&level=face_to_face&direction=in") == ["class2-in-day", "class2-in-year"]
    assert await rules("&counterparty=bound") == []
    assert await rules("&asset=ECNY") == []


async def test_a_party_is_told_all_that_it_holds(call: Caller, installation: Opened, sources: None) -> None:
    body = {"kind": "person", "name": "王小明", "number": identity(1)}
    party = (await call("POST", "/v1/parties", body)).json()["id"]
    await counted(installation, moving(400, subject="test:1", party=party))
    found = (await call("GET", f"/v1/limits?party={party}")).json()["data"]
    assert [(subject["subject"], subject["title"], subject["most_out"]) for subject in found] == [
        ("test:1", "Class II", 999_600),
        ("test:2", "Class III", 200_000),
    ]
    assert found[1]["most_in"] == 50_000
    (alone,) = (await call("GET", "/v1/limits?subject=test:2")).json()["data"]
    assert alone == {**found[1], "party": alone["party"]}
    assert (await call("GET", "/v1/limits?subject=test:3")).json()["code"] == "limit.product_needed"


@pytest.fixture
def sources() -> Iterator[None]:
    """A room above, with two accounts of everybody."""

    def held(subject: str, party: str) -> Asked:
        if subject == "test:1":
            return Asked("deposit.class2", Level.REMOTE, subject, party, title="Class II")
        return Asked("deposit.class3", Level.REMOTE, subject, party, balance=150_000, title="Class III")

    async def one(_: Any, __: int, subject: str) -> Asked | None:
        return held(subject, NOBODY) if subject in ("test:1", "test:2") else None

    async def of_party(_: Any, __: int, party: str) -> list[Asked]:
        return [held("test:1", party), held("test:2", party)]

    held_by("test", Source(one, of_party))
    yield
    del holdings.SOURCES["test"]


async def test_whose_limits_has_to_be_said(call: Caller) -> None:
    for query, status, code in (
        ("", 400, "limit.whose"),
        ("?subject=wallet:wal_1", 400, "limit.product_needed"),
        (f"?party={NOBODY}", 422, "party.not_found"),
        ("?subject=wal_1", 400, "request.malformed"),
        ("?party=13800138000", 400, "request.malformed"),
        ("?subject=wallet:wal_1&product=wallet.ecny4&level=high", 400, "request.malformed"),
        ("?subject=wallet:wal_1&product=wallet.ecny4&counterparty=friend", 400, "request.malformed"),
    ):
        answer = await call("GET", f"/v1/limits{query}")
        assert (answer.json()["code"], answer.status_code in (status, 404)) == (code, True), query


async def test_rules_are_listed_added_and_dated(call: Caller, installation: Opened, today: date) -> None:
    (first,) = (await call("GET", "/v1/limit-rules")).json()["data"]
    assert (first["version"], first["in_force"], len(first["content"])) == (1, True, 20)
    tomorrow = today + timedelta(days=1)
    body = {"effective_from": tomorrow.isoformat(), "content": [RULE], "note": "行务会决议"}
    added = await call("POST", "/v1/limit-rules", body)
    assert added.status_code == 201, added.text
    assert (added.json()["version"], added.json()["in_force"]) == (2, False)
    assert added.json()["content"] == [RULE]
    listed = (await call("GET", "/v1/limit-rules")).json()["data"]
    assert [(version["version"], version["in_force"]) for version in listed] == [(2, False), (1, True)]
    await installation.services.engine.execute(1, CloseDay(next_day=tomorrow), actor="test")
    assert (await call("GET", "/v1/limit-rules/2")).json()["in_force"] is True
    missing = await call("GET", "/v1/limit-rules/9")
    assert (missing.status_code, missing.json()["code"]) == (404, "limit_rules.not_found")


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ({"limit": -1}, "content[0].limit"),
        ({"limit": 10**16}, "content[0].limit"),
        ({"measure": "week_sum"}, "content[0].measure"),
        ({"code": "Day"}, "content[0].code"),
        ({"products": []}, "content[0].products"),
        ({"products": ["*"]}, "content[0].products[0]"),
        ({"counterparties": ["friend"]}, "content[0].counterparties[0]"),
        ({"limits": 1}, "content[0].limits"),
    ],
)
async def test_a_rule_is_within_bounds(call: Caller, today: date, rule: dict[str, Any], problem: str) -> None:
    body = {"effective_from": today.isoformat(), "content": [{**RULE, **rule}], "note": "x"}
    answer = await call("POST", "/v1/limit-rules", body)
    assert (answer.status_code, answer.json()["code"], answer.json()["fields"]["field"]) == (
        400,
        "request.malformed",
        problem,
    )


async def test_an_override_takes_two(caller: Any, installation: Opened, today: date) -> None:
    maker, checker = await caller(Role.OPERATOR), await caller(Role.APPROVER)
    policy = {"code": "limits", "kind": "limit.grant_override", "name": "限额调整", "keys_vote": True}
    policy |= {"tiers": [{"votes": 1, "role": "approver"}]}
    admin = await caller()
    await admin("POST", "/v1/approval-policies", policy)
    ending = {**policy, "code": "limits-end", "kind": "limit.end_override"}
    await admin("POST", "/v1/approval-policies", ending)
    until = today + timedelta(days=3)
    body = {"holder": WALLET, "rule": "ecny4-single", "limit": 300_000, "until": until.isoformat(), "reason": "备货"}
    filed = await maker("POST", "/v1/limit-overrides", body)
    assert (filed.status_code, filed.json()["state"]) == (201, "pending")
    assert (await maker("GET", "/v1/limit-overrides")).json()["data"] == []
    path = f"/v1/proposals/{filed.json()['id']}/approve"
    assert (await maker("POST", path, {})).status_code == 403
    outcome = (await checker("POST", path, {})).json()["outcome"]
    override = outcome.removeprefix("limit_override:")
    await counted(installation, ecny(300_000))
    (found,) = (await maker("GET", f"/v1/limits?subject={WALLET}&product=wallet.ecny4")).json()["data"]
    single = next(limit for limit in found["limits"] if limit["rule"] == "ecny4-single")
    assert (single["limit"], single["override"], single["override_until"]) == (300_000, override, until.isoformat())
    kept = (await maker("GET", f"/v1/limit-overrides/{override}")).json()
    assert (kept["state"], kept["replaced_limit"], kept["limit"]) == ("granted", 200_000, 300_000)
    for query, many in (
        (f"holder={WALLET}", 1),
        ("holder=wallet:wal_2", 0),
        ("rule=ecny4-single", 1),
        ("state=ended", 0),
    ):
        assert len((await maker("GET", f"/v1/limit-overrides?{query}")).json()["data"]) == many
    ended = await maker("POST", f"/v1/limit-overrides/{override}/end", {"reason": "备货结束"})
    done = await checker("POST", f"/v1/proposals/{ended.json()['id']}/approve", {})
    assert done.json()["state"] == "approved"
    assert (await maker("GET", f"/v1/limit-overrides/{override}")).json()["state"] == "ended"


async def test_a_proposal_holds_no_personal_number_in_any_of_its_texts(
    call: Caller, installation: Opened, today: date
) -> None:
    payload = {"holder": WALLET, "rule": "ecny4-single", "limit": 1, "until": today.isoformat(), "reason": "备货"}
    personal = "本人 13800138000"
    for body, where in (
        ({"payload": {**payload, "reason": personal}, "reason": "备货"}, "payload.reason"),
        ({"payload": payload, "reason": personal}, "reason"),
    ):
        answer = await call("POST", "/v1/proposals", {"kind": "limit.grant_override", **body})
        found = answer.json()
        assert (answer.status_code, found["code"], found["fields"]["field"]) == (422, "party.text_personal", where)
    rows = await installation.services.reader.rows("SELECT payload FROM command WHERE book = $1", 1)
    assert not [row for row in rows if "13800138000" in str(row)]


async def test_a_reason_holds_no_personal_number(call: Caller, today: date) -> None:
    body = {
        "holder": WALLET,
        "rule": "ecny4-single",
        "limit": 1,
        "until": today.isoformat(),
        "reason": "见 13800138000",
    }
    answer = await call("POST", "/v1/limit-overrides", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "party.text_personal")


async def test_who_may_do_what(caller: Any, today: date) -> None:
    until = today.isoformat()
    override = {"holder": WALLET, "rule": "ecny4-single", "limit": 1, "until": until, "reason": "x"}
    rules = {"effective_from": until, "content": [], "note": "x"}
    for role, path, body in (
        (Role.VIEWER, "/v1/limit-overrides", override),
        (Role.APPROVER, "/v1/limit-overrides", override),
        (Role.OPERATOR, "/v1/limit-rules", rules),
        (Role.APPROVER, "/v1/limit-rules", rules),
    ):
        assert (await (await caller(role))("POST", path, body)).status_code == 403
    assert (await (await caller(Role.VIEWER))("GET", "/v1/limit-rules")).status_code == 200


async def test_a_stranger_from_another_book_sees_nothing(caller: Any, installation: Opened) -> None:
    await counted(installation, ecny(150_000))
    await installation.open_book("other", "分行", actor="test")
    stranger = await caller(book=2)
    (found,) = (await stranger("GET", f"/v1/limits?subject={WALLET}&product=wallet.ecny4")).json()["data"]
    assert [limit["used"] for limit in found["limits"]] == [None, 0, 0, 0]


OUT_SAID = (
    "超出限额“Ⅱ类户日累计消费和向非绑定账户转出”：限额 ¥10,000.00，已用 ¥0.00，剩余 ¥10,000.00。{renews} 起重新计算。"
)
OUT_TOLD = (
    "Limit “Class II: spent and sent to unbound accounts, a day” exceeded: limit ¥10,000.00, used ¥0.00, "
    "remaining ¥10,000.00. It resets at {renews}."
)


@pytest.mark.parametrize(
    ("movement", "zh", "en"),
    [
        (
            ecny(500_001, tier=3),
            "超出限额“数字人民币三类钱包单笔支付”：单笔最多 ¥5,000.00。",
            "Limit “e-CNY tier 3: one payment” exceeded: at most ¥5,000.00 per transaction.",
        ),
        (
            ecny(50, direction="in", balance_after=1_000_040),
            "超出限额“数字人民币四类钱包余额”：最多 ¥10,000.00，还可存入 ¥0.10。",
            "Limit “e-CNY tier 4: balance” exceeded: at most ¥10,000.00; ¥0.10 more can be added.",
        ),
        (
            moving(1_000_001),
            OUT_SAID,
            OUT_TOLD,
        ),
        (
            moving(1, direction="in", counterparty="unbound"),
            "超出限额“Ⅱ类户非绑定账户转入须先面对面核实身份”，不能办理。",
            "Limit “Class II: from unbound accounts only after verification face to face” exceeded.",
        ),
    ],
)
async def test_a_refusal_is_told_to_people(installation: Opened, today: date, movement: Any, zh: str, en: str) -> None:
    outcome = await installation.services.engine.submit(1, Move(movement=movement), actor="test")
    assert outcome.error is not None
    renews = f"{today + timedelta(days=1)} 00:00"
    for language, text in (("zh", zh), ("en", en)):
        problem = problem_of(outcome.error, path="/v1/x", language=language, request_id=None)
        assert problem.detail == text.format(renews=renews)
        assert (problem.status, problem.code) == (422, "limit.exceeded")
