"""Holds over HTTP: placed, captured in parts, released, expired."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from canglian.app.opening import Opened
from canglian.kernel.values import utc_now
from canglian.ledger import room
from canglian.ledger.room import expire_holds
from tests.conftest import Caller

HOLD = {"debit": 2, "credit": 3, "amount": 300, "code": "test.hold"}


@pytest.fixture(autouse=True)
async def funded(call: Caller) -> None:
    """Account 1 without a floor, account 2 with 500, account 3 empty."""
    for floor in (None, 0, 0):
        assert (await call("POST", "/v1/accounts", {"asset": "CNY", "head": "2011", "floor": floor})).status_code == 201
    move = {"debit": 1, "credit": 2, "amount": 500, "code": "test.move"}
    assert (await call("POST", "/v1/transfers", move)).status_code == 201


async def placed(call: Caller, **more: Any) -> dict[str, Any]:
    answer = await call("POST", "/v1/holds", {**HOLD, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def figures(call: Caller, number: int) -> tuple[int, int, int]:
    read = (await call("GET", f"/v1/accounts/{number}")).json()
    return read["balance"], read["held"], read["available"]


async def test_a_hold_reserves_and_the_balance_check_counts_it(call: Caller) -> None:
    hold = await placed(call)
    assert (await call("GET", f"/v1/holds/{hold['id']}")).json() == hold
    assert await figures(call, 2) == (500, 300, 200)
    for body in ({**HOLD, "amount": 201}, {"debit": 2, "credit": 1, "amount": 201, "code": "x"}):
        path = "/v1/holds" if body["code"] == "test.hold" else "/v1/transfers"
        refused = await call("POST", path, body)
        assert (refused.status_code, refused.json()["code"]) == (422, "transfer.insufficient_funds")
    assert await figures(call, 2) == (500, 300, 200)


async def test_a_hold_is_captured_in_parts_and_never_beyond(call: Caller) -> None:
    await placed(call)
    first = await call("POST", "/v1/holds/1/capture", {"amount": 100, "reference": "part 1"})
    assert (first.status_code, first.json()["amount"], first.json()["hold"]) == (201, 100, 1)
    over = await call("POST", "/v1/holds/1/capture", {"amount": 201})
    assert (over.status_code, over.json()["code"]) == (422, "hold.exceeded")
    last = await call("POST", "/v1/holds/1/capture", {"amount": 50, "final": True})
    assert last.json()["amount"] == 50
    assert (await call("GET", "/v1/holds/1")).json()["state"] == "captured"
    assert await figures(call, 2) == (350, 0, 350)
    again = await call("POST", "/v1/holds/1/capture", {})
    assert (again.status_code, again.json()["code"]) == (422, "hold.not_pending")
    assert [row["id"] for row in (await call("GET", "/v1/transfers?hold=1&sort=id")).json()["data"]] == [2, 3]


async def test_two_captures_at_once_take_it_once(call: Caller) -> None:
    await placed(call)
    answers = await asyncio.gather(*(call("POST", "/v1/holds/1/capture", {"amount": 200}) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 422, 422, 422, 422]
    assert (await figures(call, 2))[0] == 300


async def test_a_released_hold_gives_everything_back(call: Caller) -> None:
    await placed(call)
    released = await call("POST", "/v1/holds/1/release")
    assert (released.status_code, released.json()["state"]) == (200, "released")
    assert await figures(call, 2) == (500, 0, 500)
    again = await call("POST", "/v1/holds/1/release")
    assert (again.status_code, again.json()["code"]) == (422, "hold.not_pending")
    missing = await call("POST", "/v1/holds/9/release")
    assert (missing.status_code, missing.json()["code"]) == (404, "hold.not_found")


def an_hour_passes(installation: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    """For the job that looks for holds and for the book that decides."""

    def later() -> datetime:
        return utc_now() + timedelta(hours=1)

    monkeypatch.setattr(room, "utc_now", later)
    monkeypatch.setattr(installation.services.engine._lanes[1], "_clock", later)


def within_the_hour() -> str:
    return (utc_now() + timedelta(minutes=50)).isoformat()


async def test_a_hold_whose_time_has_passed_is_let_go_by_the_job(
    call: Caller, installation: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    await placed(call, expires_at=within_the_hour())
    await placed(call, amount=50)
    await expire_holds(installation.services, 1)
    assert await figures(call, 2) == (500, 350, 150)
    an_hour_passes(installation, monkeypatch)
    late = await call("POST", "/v1/holds/1/capture", {})
    assert (late.status_code, late.json()["code"]) == (422, "hold.expired")
    for _ in range(2):
        await expire_holds(installation.services, 1)
    assert (await call("GET", "/v1/holds/1")).json()["state"] == "expired"
    assert await figures(call, 2) == (500, 50, 450)


async def test_a_clock_that_was_set_back_keeps_no_hold_for_ever(
    call: Caller, installation: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    await placed(call, expires_at=within_the_hour())
    with monkeypatch.context() as ahead:
        ahead.setattr(room, "utc_now", lambda: utc_now() + timedelta(hours=2))
        await expire_holds(installation.services, 1)
    assert (await call("GET", "/v1/commands?code=hold.not_due")).json()["data"] != []
    assert await figures(call, 2) == (500, 300, 200)
    an_hour_passes(installation, monkeypatch)
    await expire_holds(installation.services, 1)
    assert await figures(call, 2) == (500, 0, 500)


async def test_holds_that_end_together_are_let_go_together(
    call: Caller, installation: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon = within_the_hour()
    for _ in range(20):
        await placed(call, amount=5, expires_at=soon)
    an_hour_passes(installation, monkeypatch)
    before = (await installation.services.store.state(1)).sequence
    await expire_holds(installation.services, 1)
    assert await figures(call, 2) == (500, 0, 500)
    assert (await installation.services.store.state(1)).sequence - before <= 3


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"expires_at": "2001-01-01T00:00:00Z"}, 422, "hold.expires_in_past"),
        ({"expires_at": "2500-01-01T00:00:00Z"}, 422, "hold.expires_too_late"),
        ({"expires_at": "2030-01-01T00:00:00"}, 400, "request.malformed"),
        ({"amount": 501}, 422, "transfer.insufficient_funds"),
        ({"amount": 0}, 400, "request.malformed"),
        ({"credit": 2}, 422, "transfer.same_account"),
        ({"debit": 9}, 422, "account.not_found"),
        ({"asset": "ECNY"}, 422, "transfer.asset_unexpected"),
    ],
)
async def test_a_bad_hold_is_refused_and_reserves_nothing(call: Caller, more: Any, status: int, code: str) -> None:
    answer = await call("POST", "/v1/holds", {**HOLD, **more})
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert await figures(call, 2) == (500, 0, 500)


async def test_holds_are_listed_by_state_and_account(call: Caller) -> None:
    for amount in (10, 20, 30):
        await placed(call, amount=amount, reference=f"r-{amount}")
    await call("POST", "/v1/holds/2/release")

    async def ids(query: str) -> list[int]:
        return [row["id"] for row in (await call("GET", f"/v1/holds?{query}")).json()["data"]]

    assert await ids("sort=id") == [1, 2, 3]
    assert await ids("state=pending") == [3, 1]
    assert await ids("account=3&state=released") == [2]
    assert await ids("reference=r-30") == [3]
    assert await ids("account=1") == []


async def test_holds_are_found_by_metadata(call: Caller) -> None:
    for table in ("7", "8"):
        await placed(call, amount=10, metadata={"table": table, "shop": "noodles"})
    found = await call("GET", "/v1/holds?metadata.table=8&metadata.shop=noodles")
    assert [row["id"] for row in found.json()["data"]] == [2]
    assert (await call("GET", "/v1/holds?metadata.table=9")).json()["data"] == []
