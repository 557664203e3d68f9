"""Openings, consents, lists and rules over HTTP."""

from datetime import timedelta
from typing import Any

from canglian.app.opening import Opened
from canglian.bank.party import room
from canglian.kernel.values import utc_now
from tests.bank.party.api.test_parties import registered
from tests.bank.party.people import identity
from tests.conftest import Caller

DIGEST = "ab" * 32
CARD = "6222021234567890123"
STEPS: dict[str, dict[str, Any]] = {
    "document": {
        "kind": "identity_card",
        "number": identity(1),
        "authority": "新城县公安局",
        "valid_from": "2020-01-01",
        "digest": DIGEST,
    },
    "liveness": {"score_bps": 9120, "reference": "face-1", "digest": DIGEST},
    "elements": {"elements": 5, "matched": True, "account": CARD, "reference": "el-1"},
    "message": {"reference": "sms-1"},
    "code": {"matched": True, "reference": "sms-1"},
}


async def started(call: Caller) -> str:
    party = await registered(call, mobile="13800138000")
    answer = await call("POST", "/v1/openings", {"party": party["id"], "channel": "app"})
    assert (answer.status_code, answer.json()["state"]) == (201, "init")
    return answer.json()["id"]


async def test_a_person_is_verified_from_afar_step_by_step(call: Caller) -> None:
    opening = await started(call)
    wrong = await call("POST", f"/v1/openings/{opening}/code", STEPS["code"])
    assert (wrong.status_code, wrong.json()["fields"]) == (
        422,
        {"state": "init", "wanted": "document", "asked": "review"},
    )
    states = []
    for path, body in STEPS.items():
        answer = await call("POST", f"/v1/openings/{opening}/{path}", body)
        assert answer.status_code == 200, answer.text
        states.append(answer.json()["state"])
    assert states == ["document", "liveness", "elements", "sms", "active"]
    read = await call("GET", f"/v1/openings/{opening}")
    assert read.json()["opening"]["account"] == "622202*********0123"
    assert [step["step"] for step in read.json()["steps"]] == ["document", "liveness", "elements", "sms", "review"]
    assert CARD not in read.text
    party = read.json()["opening"]["party"]
    assert (await call("GET", f"/v1/parties/{party}")).json()["party"]["level"] == "remote"
    assert [listed["id"] for listed in (await call("GET", "/v1/openings?state=active")).json()["data"]] == [opening]
    assert (await call("GET", "/v1/openings?state=init")).json()["data"] == []


async def test_a_grey_listed_person_is_reviewed_by_somebody(call: Caller) -> None:
    opening = await started(call)
    entry = {"colour": "grey", "listed_by": "mobile", "value": "13800138000", "reason": "待核实"}
    listed = (await call("POST", "/v1/lists", entry)).json()
    assert (listed["subject"], listed["in_force"]) == ("138****8000", True)
    for path, body in STEPS.items():
        answer = await call("POST", f"/v1/openings/{opening}/{path}", body)
    assert answer.json()["state"] == "review"
    done = await call("POST", f"/v1/openings/{opening}/review", {"accepted": True, "reason": "资料齐全"})
    assert (done.status_code, done.json()["state"]) == (200, "active")
    ended = await call("POST", f"/v1/lists/{listed['id']}/end", {"reason": "已核实"})
    assert (ended.json()["in_force"], ended.json()["end_reason"]) == (False, "已核实")
    assert (await call("GET", "/v1/lists?ended=false")).json()["data"] == []
    assert len((await call("GET", "/v1/lists?ended=true&colour=grey")).json()["data"]) == 1


async def test_an_opening_whose_time_has_passed_is_ended_by_the_job(
    call: Caller, installation: Opened, monkeypatch: Any
) -> None:
    opening = await started(call)
    await room.expire_openings(installation.services, 1)
    assert (await call("GET", f"/v1/openings/{opening}")).json()["opening"]["state"] == "init"
    late = utc_now() + timedelta(hours=25)
    monkeypatch.setattr(room, "utc_now", lambda: late)
    for lane in installation.services.engine._lanes.values():
        monkeypatch.setattr(lane, "_clock", lambda: late)
    for _ in range(2):
        await room.expire_openings(installation.services, 1)
    read = (await call("GET", f"/v1/openings/{opening}")).json()["opening"]
    assert (read["state"], read["outcome"]) == ("rejected", "expired")


async def test_a_consent_is_given_listed_and_withdrawn(call: Caller) -> None:
    party = (await registered(call))["id"]
    body = {"party": party, "scope": "profile.basic", "purpose": "开立钱包", "receiver": "partner:sunny"}
    given = (await call("POST", "/v1/consents", body)).json()
    twice = await call("POST", "/v1/consents", body)
    assert (twice.status_code, twice.json()["fields"]) == (422, {"other": given["id"]})
    assert (await call("GET", "/v1/consents?scope=profile.basic&receiver=partner:sunny")).json()["data"] == [given]
    assert (await call("GET", "/v1/consents?withdrawn=true")).json()["data"] == []
    withdrawn = await call("POST", f"/v1/consents/{given['id']}/withdraw")
    assert withdrawn.json()["withdrawn_at"] is not None
    assert (await call("GET", f"/v1/consents/{given['id']}")).json() == withdrawn.json()
    assert [consent["id"] for consent in (await call("GET", f"/v1/consents?party={party}")).json()["data"]] == [
        given["id"]
    ]


async def test_the_rules_have_versions_with_a_day_from_which_they_apply(call: Caller) -> None:
    first = (await call("GET", "/v1/party-policies")).json()["data"]
    assert [(policy["effective_from"], policy["retention_years"]) for policy in first] == [("2000-01-01", 10)]
    keys = [name for name in first[0] if name not in ("rules", "added_at", "added_by")]
    body = {**{name: first[0][name] for name in keys}, "effective_from": "2099-01-01", "note": "新规"}
    added = await call("POST", "/v1/party-policies", {**body, "beneficial_owner_bps": 2000})
    assert added.status_code == 201, added.text
    days = [policy["effective_from"] for policy in (await call("GET", "/v1/party-policies")).json()["data"]]
    assert days == ["2099-01-01", "2000-01-01"]
    again = await call("POST", "/v1/party-policies", body)
    assert (again.status_code, again.json()["code"]) == (422, "party_policy.exists")
    assert (await call("POST", "/v1/party-policies", {**body, "elements": 6})).status_code == 400
