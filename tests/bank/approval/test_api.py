"""Approval over HTTP: file, look, vote, and what is refused to whom."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from canglian.app.opening import Opened
from canglian.bank.approval import Book, ProposalState, queries
from canglian.bank.approval.room import expire_proposals
from canglian.kernel.auditing import replay
from canglian.kernel.password_hash import hashed
from canglian.kernel.queries import observing
from canglian.kernel.queries.paging import Order
from canglian.kernel.records import Event
from canglian.kernel.values import SYSTEM_BOOK, utc_now
from canglian.web.principal import Role
from canglian.web.system.access import create_key
from canglian.web.system.commands import CreateUser
from tests.conftest import Caller

Make = Callable[..., Awaitable[Caller]]

POLICY = {
    "code": "large",
    "kind": "ledger.post_transfer",
    "name": "大额转账",
    "asset": "CNY",
    "amount_from": 10_000,
    "keys_vote": True,
    "tiers": [{"votes": 1, "role": "approver"}],
}
PAYMENT = {"debit": 1, "credit": 2, "amount": 20_000, "code": "supplier.payment"}
FILING = {"kind": "ledger.post_transfer", "payload": PAYMENT, "reason": "发票 118"}


@pytest.fixture
async def people(caller: Make, money: None) -> dict[str, Caller]:
    """A caller of each role, and a policy."""
    made = {role.value: await caller(role) for role in Role}
    answer = await made["admin"]("POST", "/v1/approval-policies", POLICY)
    assert (answer.status_code, answer.json()["version"]) == (201, 1), answer.text
    return made


async def balance(call: Caller, account: int) -> int:
    return (await call("GET", f"/v1/accounts/{account}")).json()["balance"]


async def file(people: dict[str, Caller], who: str = "operator", **more: Any) -> str:
    answer = await people[who]("POST", "/v1/proposals", {**FILING, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


async def test_file_look_and_approve(people: dict[str, Caller]) -> None:
    operator, approver = people["operator"], people["approver"]
    direct = await operator("POST", "/v1/transfers", PAYMENT)
    assert (direct.status_code, direct.json()["code"]) == (422, "approval.required")
    assert direct.json()["fields"] == {"kind": "ledger.post_transfer", "policy": "large", "name": "大额转账"}
    dry = await operator("POST", "/v1/proposals?dry_run=true", FILING)
    assert (dry.status_code, dry.json()["state"]) == (200, "pending")
    number = await file(people)
    shown = (await approver("GET", f"/v1/proposals/{number}")).json()
    assert (shown["subject"], shown["amount"], shown["asset"]) == ("account:1", 20_000, "CNY")
    assert (shown["payload"], shown["changed"], shown["tiers"]) == (PAYMENT, [], POLICY["tiers"])
    assert shown["facts"][0] == {"label": "Amount", "kind": "money", "value": 20_000, "asset": "CNY"}
    assert [proposal["id"] for proposal in (await approver("GET", "/v1/proposals/tasks")).json()["data"]] == [number]
    assert (await people["admin"]("GET", "/v1/proposals/tasks")).json()["data"] == []
    done = await approver("POST", f"/v1/proposals/{number}/approve", {"digest": shown["digest"]})
    assert done.status_code == 201, done.text
    assert done.json() == {
        "id": number,
        "state": "approved",
        "step": 1,
        "steps": 1,
        "digest": shown["digest"],
        "outcome": "transfer:2",
        "failure_code": None,
    }
    assert (await balance(operator, 1), await balance(operator, 2)) == (80_000, 20_000)
    assert (await approver("GET", "/v1/proposals/tasks")).json()["data"] == []
    listed = (await operator("GET", "/v1/proposals?state=approved&subject=account:1")).json()["data"]
    assert [(proposal["id"], proposal["outcome"], proposal["waits_for"]) for proposal in listed] == [
        (number, "transfer:2", None)
    ]


async def test_no_door_of_the_api_goes_round_the_policy(people: dict[str, Caller]) -> None:
    doors = [
        ("/v1/transfers", PAYMENT),
        ("/v1/transfers?dry_run=true", PAYMENT),
        ("/v1/transfers/bulk", {"lines": [PAYMENT]}),
        ("/v1/transfers/bulk", {"lines": [{**PAYMENT, "amount": 6_000}] * 2, "atomic": True}),
        ("/v1/transfers/history", {"lines": [PAYMENT]}),
        ("/v1/holds", PAYMENT),
    ]
    for who in ("operator", "admin"):
        for path, body in doors:
            answer = await people[who]("POST", path, body)
            assert (answer.status_code, answer.json()["code"]) == (422, "approval.required"), path
    assert (await balance(people["operator"], 1), await balance(people["operator"], 2)) == (100_000, 0)
    small = await people["operator"]("POST", "/v1/transfers", {**PAYMENT, "amount": 9_999})
    assert small.status_code == 201


async def test_a_role_that_may_not_is_refused_before_anything_else(people: dict[str, Caller]) -> None:
    number = await file(people)
    for who, path, body in (
        ("viewer", "/v1/proposals", FILING),
        ("auditor", "/v1/proposals", FILING),
        ("approver", "/v1/proposals", FILING),
        ("operator", f"/v1/proposals/{number}/approve", {}),
        ("operator", f"/v1/proposals/{number}/reject", {"comment": "x"}),
        ("approver", f"/v1/proposals/{number}/withdraw", None),
        ("approver", "/v1/approval-policies", POLICY),
        ("operator", "/v1/approver-groups", {"code": "mine", "name": "x", "members": []}),
        ("operator", "/v1/delegations", {"delegate": "user:x", "until": "2027-01-01T00:00:00Z", "reason": "x"}),
    ):
        answer = await people[who]("POST", path, body)
        assert (answer.status_code, answer.json()["code"]) == (403, "auth.forbidden"), (who, path)
    assert (await people["operator"]("GET", f"/v1/proposals/{number}")).json()["state"] == "pending"


async def test_what_belongs_to_another_book_is_not_there(
    people: dict[str, Caller], installation: Opened, caller: Make
) -> None:
    await installation.open_book("other", "分行", actor="test")
    number = await file(people)
    stranger = await caller(Role.ADMIN, book=2)
    before = (await installation.services.store.state(1)).commands
    for method, path, body in (
        ("GET", f"/v1/proposals/{number}", None),
        ("POST", f"/v1/proposals/{number}/approve", {}),
        ("POST", f"/v1/proposals/{number}/reject", {"comment": "x"}),
        ("POST", f"/v1/proposals/{number}/confirm", None),
        ("POST", f"/v1/proposals/{number}/withdraw", None),
        ("GET", "/v1/approval-policies/large", None),
        ("POST", "/v1/delegations/dlg_1/revoke", None),
    ):
        answer = await stranger(method, path, body)
        assert answer.status_code == 404, (path, answer.text)
    for path in ("/v1/proposals", "/v1/proposals/tasks", "/v1/approval-policies", "/v1/approver-groups"):
        assert (await stranger("GET", path)).json()["data"] == []
    assert (await installation.services.store.state(1)).commands == before


async def test_a_key_made_by_a_person_votes_for_nothing_of_that_person(
    people: dict[str, Caller], installation: Opened, call: Caller
) -> None:
    keys = {}
    for name, role in (("maker", Role.OPERATOR), ("voter", Role.APPROVER)):
        _, secret = await create_key(installation.services, name=name, of_book=1, role=role, actor="user:chen")
        keys[name] = Caller(call.client, secret)
    number = await file(keys, "maker")
    answer = await keys["voter"]("POST", f"/v1/proposals/{number}/approve", {})
    assert (answer.status_code, answer.json()["code"]) == (422, "approval.own")
    assert (await people["approver"]("POST", f"/v1/proposals/{number}/approve", {})).json()["state"] == "approved"


async def test_keys_do_not_vote_by_default(people: dict[str, Caller]) -> None:
    await people["admin"]("POST", "/v1/approval-policies", {**POLICY, "keys_vote": False})
    number = await file(people)
    answer = await people["approver"]("POST", f"/v1/proposals/{number}/approve", {})
    assert (answer.status_code, answer.json()["code"]) == (422, "approval.users_only")
    versions = (await people["viewer"]("GET", "/v1/approval-policies/large")).json()["data"]
    assert [(version["version"], version["in_force"]) for version in versions] == [(2, True), (1, False)]


async def test_what_changed_is_shown_and_confirmed(people: dict[str, Caller]) -> None:
    number = await file(people)
    path = f"/v1/proposals/{number}"
    await people["admin"]("PATCH", "/v1/accounts/2", {"name": "别人"})
    answer = await people["approver"]("POST", f"{path}/approve", {})
    assert (answer.status_code, answer.json()["code"]) == (422, "approval.object_changed")
    (changed,) = (await people["approver"]("GET", path)).json()["changed"]
    to = {"label": "To", "kind": "account", "value": 2, "told": "利民超市", "watched": True}
    assert changed == {"then": to, "now": {**to, "told": "别人"}}
    foreign = await people["admin"]("POST", f"{path}/confirm")
    assert foreign.json()["code"] == "proposal.not_maker"
    confirmed = await people["operator"]("POST", f"{path}/confirm")
    assert confirmed.status_code == 201
    assert (await people["approver"]("GET", path)).json()["changed"] == []
    assert (await people["approver"]("POST", f"{path}/approve", {})).json()["state"] == "approved"


async def test_a_rejection_says_why_and_a_withdrawal_is_the_makers(people: dict[str, Caller]) -> None:
    first, second = await file(people), await file(people)
    wrong = await people["approver"]("POST", f"/v1/proposals/{first}/reject", {})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "request.malformed")
    answer = await people["approver"]("POST", f"/v1/proposals/{first}/reject", {"comment": "已付"})
    assert answer.json()["state"] == "rejected"
    assert (await people["viewer"]("GET", f"/v1/proposals/{first}")).json()["votes"][0]["comment"] == "已付"
    assert (await people["operator"]("POST", f"/v1/proposals/{second}/withdraw")).json()["state"] == "withdrawn"
    csv = await people["viewer"]("GET", "/v1/proposals", headers={"accept": "text/csv"})
    assert csv.text.count("\n") == 3


async def test_groups_hold_people_who_may_approve(people: dict[str, Caller], installation: Opened) -> None:
    admin = people["admin"]
    password = await hashed("a-good-long-password-7")
    for login, role in (("chen", Role.APPROVER), ("ann", Role.OPERATOR)):
        command = CreateUser(login=login, name=login, password=password, roles={"1": role})
        await installation.services.engine.execute(SYSTEM_BOOK, command, actor="test")
    for member in ("user:nobody", "user:ann", "key:abcdefgh"):
        answer = await admin("POST", "/v1/approver-groups", {"code": "g", "name": "组", "members": [member]})
        assert (answer.status_code, answer.json()["code"]) == (422, "approver_group.member_unknown"), member
    answer = await admin("POST", "/v1/approver-groups", {"code": "g", "name": "组", "members": ["user:chen"]})
    assert answer.status_code == 201
    (group,) = (await people["viewer"]("GET", "/v1/approver-groups")).json()["data"]
    assert group["members"] == ["user:chen"]
    until = (utc_now() + timedelta(days=1)).isoformat()
    asked = {"delegator": "user:chen", "delegate": f"key:{people['approver'].key.split('_')[1]}", "until": until}
    foreign = await people["approver"]("POST", "/v1/delegations", {**asked, "reason": "x"})
    assert foreign.json()["code"] == "delegation.foreign"
    given = (await admin("POST", "/v1/delegations", {**asked, "reason": "x"})).json()
    assert given["created_by"].startswith("key:")
    policy = {**POLICY, "tiers": [{"votes": 1, "group": "g"}]}
    assert (await admin("POST", "/v1/approval-policies", policy)).status_code == 201
    number = await file(people)
    tasks = (await people["approver"]("GET", "/v1/proposals/tasks")).json()["data"]
    assert [proposal["id"] for proposal in tasks] == [number]
    body = {"on_behalf_of": "user:chen"}
    done = await people["approver"]("POST", f"/v1/proposals/{number}/approve", body)
    assert done.json()["state"] == "approved", done.text
    assert len((await people["viewer"]("GET", "/v1/delegations?person=user:chen")).json()["data"]) == 1
    assert (await admin("POST", f"/v1/delegations/{given['id']}/revoke")).json()["revoked_at"]
    again = await admin("POST", f"/v1/delegations/{given['id']}/revoke")
    assert again.json()["code"] == "delegation.over"


async def test_a_task_is_gone_with_its_vote_and_back_when_the_vote_is_void(people: dict[str, Caller]) -> None:
    tiers = [{"votes": 2, "role": "approver"}]
    await people["admin"]("POST", "/v1/approval-policies", {**POLICY, "tiers": tiers})
    number = await file(people)
    approver = people["approver"]

    async def tasks() -> list[str]:
        return [proposal["id"] for proposal in (await approver("GET", "/v1/proposals/tasks")).json()["data"]]

    assert await tasks() == [number]
    voted = await approver("POST", f"/v1/proposals/{number}/approve", {})
    assert voted.json()["state"] == "pending"
    assert await tasks() == []
    await people["admin"]("PATCH", "/v1/accounts/2", {"name": "别人"})
    await people["operator"]("POST", f"/v1/proposals/{number}/confirm")
    assert await tasks() == [number]


@pytest.mark.parametrize("depth", [16, 500, 20_000])
async def test_a_command_is_not_nested_deeply(people: dict[str, Caller], installation: Opened, depth: int) -> None:
    before = (await installation.services.store.state(1)).commands
    raw = b'{"kind": "ledger.post_transfer", "reason": "x", "payload": {"a": ' + b"[" * depth + b"]" * depth + b"}}"
    answer = await people["operator"](
        "POST", "/v1/proposals", content=raw, headers={"content-type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "request.malformed"), answer.text
    assert "nested" in answer.json()["fields"]["problem"]
    assert (await installation.services.store.state(1)).commands == before


async def test_the_job_ends_what_is_due_once(
    people: dict[str, Caller], installation: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    await people["admin"]("POST", "/v1/approval-policies", {**POLICY, "expiry_hours": 1})
    number = await file(people)
    services = installation.services
    await expire_proposals(services, 1)
    assert (await queries.proposal(services.reader, 1, number)).state is ProposalState.PENDING
    services.engine._lanes[1]._clock = lambda: utc_now() + timedelta(hours=2)
    assert await queries.due(services.reader, 1, utc_now() + timedelta(hours=1)) == [number]
    later = utc_now() + timedelta(hours=1)
    monkeypatch.setattr("canglian.bank.approval.room.utc_now", lambda: later)
    await expire_proposals(services, 1)
    commands = (await services.store.state(1)).commands
    await expire_proposals(services, 1)
    assert (await services.store.state(1)).commands == commands
    assert (await queries.proposal(services.reader, 1, number)).state is ProposalState.EXPIRED


async def test_events_tell_the_life_of_a_proposal_and_the_log_replays(
    people: dict[str, Caller], installation: Opened
) -> None:
    number = await file(people)
    await people["approver"]("POST", f"/v1/proposals/{number}/approve", {})
    await people["operator"]("POST", "/v1/transfers", PAYMENT)
    services = installation.services
    asked = observing.EventFilter(None, f"proposal:{number}", None, None, None)
    events: list[Event] = (await observing.events(services.reader, 1, asked, Order("number", None, 50))).items
    assert [event.kind for event in events] == ["proposal.filed", "proposal.voted", "proposal.approved"]
    assert events[0].payload["amount"] == 20_000
    assert events[2].payload["outcome"] == "transfer:2"
    assert (await replay(services.store, 1, Book)).differences == []
