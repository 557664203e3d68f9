"""Watching a book over HTTP: who asked what, the chain, and events in order."""

from itertools import pairwise
from typing import Any

import pytest

from canglian.web.principal import Role
from tests.conftest import Caller

MOVE = {"debit": 1, "credit": 2, "amount": 500, "code": "test.move"}


@pytest.fixture(autouse=True)
async def content(call: Caller) -> None:
    """Two accounts, one transfer that was posted and one that was refused."""
    for floor in (None, 0):
        await call("POST", "/v1/accounts", {"asset": "CNY", "head": "2011", "floor": floor})
    await call("POST", "/v1/transfers", MOVE, headers={"idempotency-key": "order-1", "request-id": "till-7-0001"})
    await call("POST", "/v1/transfers", {**MOVE, "debit": 2, "credit": 1, "amount": 501})


async def rows(call: Caller, path: str) -> list[dict[str, Any]]:
    answer = await call("GET", path)
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


async def test_the_command_log_tells_who_asked_what_with_which_outcome(call: Caller) -> None:
    newest = await rows(call, "/v1/commands?limit=2")
    assert [(row["status"], row["code"]) for row in newest] == [
        ("rejected", "transfer.insufficient_funds"),
        ("applied", None),
    ]
    found = await rows(call, "/v1/commands?request_id=till-7-0001")
    assert [row["key"].rpartition("/")[2] for row in found] == ["order-1"]
    assert await rows(call, "/v1/commands?key=order-1") == found
    for pattern in ("order_1", "%25", "order%25"):
        assert await rows(call, f"/v1/commands?key={pattern}") == []
    line = (await call("GET", f"/v1/commands/{found[0]['number']}")).json()
    assert line["payload"] == MOVE
    assert line["result"]["id"] == 1
    assert line["actor"].startswith("key:")
    assert await rows(call, "/v1/commands?status=rejected&kind=ledger.post_transfer") == newest[:1]


async def test_the_chain_hangs_together(call: Caller) -> None:
    links = await rows(call, "/v1/batches?sort=number")
    assert [link["number"] for link in links] == list(range(1, len(links) + 1))
    for before, after in pairwise(links):
        assert after["previous"] == before["hash"]
        assert after["first_command"] == before["last_command"] + 1
    batch = (await call("GET", f"/v1/batches/{links[-1]['number']}")).json()
    assert batch == links[-1]
    assert len(batch["hash"]) == 64


async def test_events_are_found_by_kind_subject_time_and_read_on_from_the_last(call: Caller) -> None:
    everything = await rows(call, "/v1/events?sort=number")
    assert [row["kind"] for row in everything] == ["account.opened", "account.opened", "transfer.posted"]
    assert [row["number"] for row in everything] == [1, 2, 3]
    assert await rows(call, "/v1/events?sort=number&after=2") == everything[2:]
    assert await rows(call, "/v1/events?kind=transfer.posted") == everything[2:]
    assert await rows(call, "/v1/events?kind=account.*&sort=number") == everything[:2]
    assert await rows(call, "/v1/events?kind=a_count.*") == []
    assert await rows(call, "/v1/events?subject=account:2") == everything[1:2]
    assert await rows(call, "/v1/events?at.gte=2999-01-01T00:00:00Z") == []
    assert (await call("GET", "/v1/events/3")).json()["payload"]["amount"] == 500
    missing = await call("GET", "/v1/events/4")
    assert (missing.status_code, missing.json()["code"]) == (404, "event.not_found")


async def test_only_who_audits_sees_the_log(caller: Any) -> None:
    for role, status in ((Role.AUDITOR, 200), (Role.ADMIN, 200), (Role.OPERATOR, 403), (Role.VIEWER, 403)):
        someone = await caller(role)
        for path in ("/v1/commands", "/v1/commands/1", "/v1/batches", "/v1/batches/1"):
            assert (await someone("GET", path)).status_code == status, (role, path)


async def test_a_receiver_is_added_changed_and_removed_and_its_secret_is_told_once(call: Caller) -> None:
    body = {"name": "shop", "url": "https://shop.example/hook", "kinds": ["transfer.*"]}
    made = await call("POST", "/v1/receivers", body)
    assert made.status_code == 201, made.text
    secret, receiver = made.json()["secret"], made.json()["receiver"]
    assert secret.startswith("whsec_")
    path = f"/v1/receivers/{receiver['id']}"
    listed = await rows(call, "/v1/receivers")
    assert [(row["id"], row["behind"], row["dead"]) for row in listed] == [(receiver["id"], 0, 0)]
    paused = await call("PATCH", path, {"state": "paused"})
    assert (paused.status_code, paused.json()["state"]) == (200, "paused")
    rotated = await call("POST", f"{path}/rotate-secret")
    assert rotated.json()["secret"] not in ("", secret)
    for answer in (await call("GET", path), await call("GET", "/v1/commands"), await call("GET", "/v1/events")):
        assert "whsec_" not in answer.text
        assert "sealed:" not in answer.text
    numbers = [row["number"] for row in await rows(call, "/v1/commands?limit=5")]
    for number in numbers:
        assert "sealed:" not in (await call("GET", f"/v1/commands/{number}")).text
    assert (await call("PATCH", path, {"state": "removed"})).status_code == 200
    assert await rows(call, "/v1/receivers") == []
    gone = await call("PATCH", path, {"name": "again"})
    assert (gone.status_code, gone.json()["code"]) == (422, "receiver.removed")
    wrong = await call("POST", "/v1/receivers", {**body, "url": "ftp://shop.example"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "receiver.url_invalid")


async def test_only_events_that_a_receiver_takes_wait_for_it(call: Caller) -> None:
    for kinds in (["transfer.*"], ["transfer.posted", "planet.found"], ["*"], ["account.opened"]):
        made = await call("POST", "/v1/receivers", {"name": "shop", "url": "https://shop.example/hook", "kinds": kinds})
        assert made.status_code == 201, made.text
    await call("POST", "/v1/accounts", {"asset": "CNY", "head": "1001", "floor": None, "reference": "till"})
    await call("POST", "/v1/accounts", {"asset": "CNY", "head": "2011", "reference": "purse"})
    posted = await call("POST", "/v1/transfers", {"debit": "till", "credit": "purse", "amount": 5, "code": "cash"})
    assert posted.status_code == 201, posted.text
    waiting = {" ".join(row["kinds"]): row["behind"] for row in await rows(call, "/v1/receivers")}
    assert waiting == {"transfer.*": 1, "transfer.posted planet.found": 1, "*": 3, "account.opened": 2}


async def test_a_dead_letter_that_is_not_there_is_not_sent_again(call: Caller) -> None:
    for verb, body in (("resend", None), ("skip", {"reason": "received by telephone"})):
        answer = await call("POST", f"/v1/dead-letters/7/{verb}", body)
        assert (answer.status_code, answer.json()["code"]) == (404, "dead_letter.not_found")
    assert await rows(call, "/v1/dead-letters?state=dead") == []
    assert await rows(call, "/v1/deliveries?delivered=false") == []
