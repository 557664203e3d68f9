"""Accounts over HTTP: opened, found, changed, frozen, closed; their balances, entries and statements."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.conftest import Caller

OPEN = {"asset": "CNY", "head": "2011"}


async def opened(call: Caller, **more: Any) -> dict[str, Any]:
    answer = await call("POST", "/v1/accounts", {**OPEN, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def moved(call: Caller, debit: int, credit: int, amount: int, **more: Any) -> dict[str, Any]:
    body = {"debit": debit, "credit": credit, "amount": amount, "code": "test.move", **more}
    answer = await call("POST", "/v1/transfers", body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def listed(call: Caller, path: str) -> list[int]:
    answer = await call("GET", path)
    assert answer.status_code == 200, answer.text
    return [row["id"] for row in answer.json()["data"]]


async def test_an_account_is_opened_and_can_be_read_at_once(call: Caller) -> None:
    made = await opened(call, name="陈小满", reference="DEP-1", owner="pty_1", metadata={"branch": "7"})
    read = (await call("GET", f"/v1/accounts/{made['id']}")).json()
    assert {name: read[name] for name in made} == made
    assert (read["balance"], read["available"], read["held"], read["entries"]) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({**OPEN, "head": "9999"}, 422, "head.not_found"),
        ({**OPEN, "asset": "USD"}, 422, "asset.not_found"),
        ({**OPEN, "asset": "usd"}, 400, "request.malformed"),
        ({**OPEN, "floor": 1}, 422, "account.limits_crossed"),
        ({**OPEN, "floor": -5, "ceiling": -10}, 422, "account.limits_crossed"),
        ({**OPEN, "reference": "taken"}, 422, "account.exists"),
        ({**OPEN, "metadata": {"a b": "1"}}, 400, "request.malformed"),
        ({**OPEN, "metadata": {str(n): "1" for n in range(21)}}, 400, "request.malformed"),
        ({**OPEN, "name": ""}, 400, "request.malformed"),
        ({**OPEN, "id": 7}, 400, "request.malformed"),
        ({"asset": "CNY"}, 400, "request.malformed"),
    ],
)
async def test_a_bad_account_is_refused_and_none_is_opened(call: Caller, body: Any, status: int, code: str) -> None:
    await opened(call, reference="taken")
    answer = await call("POST", "/v1/accounts", body)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert await listed(call, "/v1/accounts") == [1]


async def test_a_dry_run_opens_nothing(call: Caller) -> None:
    answer = await call("POST", "/v1/accounts?dry_run=true", OPEN)
    assert (answer.status_code, answer.json()["id"]) == (200, 1)
    assert await listed(call, "/v1/accounts") == []


async def test_the_same_key_opens_one_account(call: Caller) -> None:
    answers = [await call("POST", "/v1/accounts", OPEN, headers={"idempotency-key": "a-1"}) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert [answer.headers.get("idempotent-replayed") for answer in answers] == [None, "true"]
    other = await call(
        "POST", "/v1/holds", {"debit": 1, "credit": 2, "amount": 1, "code": "x"}, headers={"idempotency-key": "a-1"}
    )
    assert (other.status_code, other.json()["code"]) == (409, "idempotency.key_reused")
    assert await listed(call, "/v1/accounts") == [1]


async def test_accounts_are_found_by_filter_search_and_metadata(call: Caller) -> None:
    await opened(call, name="陈小满", owner="pty_1", reference="DEP-1", metadata={"branch": "7", "kind": "a"})
    await opened(call, name="王大力", owner="pty_2", purpose="village", metadata={"branch": "7"})
    await opened(call, head="1003", floor=None, reference="NOSTRO_100%")
    assert await listed(call, "/v1/accounts?head=1003") == [3]
    assert await listed(call, "/v1/accounts?owner=pty_2") == [2]
    assert await listed(call, "/v1/accounts?purpose=village") == [2]
    assert await listed(call, "/v1/accounts?reference=DEP-1") == [1]
    assert await listed(call, "/v1/accounts?search=小满") == []  # a name with an owner is masked, and found whole
    assert await listed(call, "/v1/accounts?search=陈小满") == [1]
    assert await listed(call, "/v1/accounts?search=100%25") == [3]
    assert await listed(call, "/v1/accounts?search=_") == [1, 2, 3]
    assert await listed(call, "/v1/accounts?metadata[branch]=7") == [1, 2]
    assert await listed(call, "/v1/accounts?metadata.branch=7&metadata[kind]=a") == [1]
    assert await listed(call, "/v1/accounts?state=closed") == []
    unknown = await call("GET", "/v1/accounts?state=broken")
    assert (unknown.status_code, unknown.json()["code"]) == (400, "request.malformed")


async def test_pages_follow_each_other_without_gap_or_repeat(call: Caller) -> None:
    source = (await opened(call, floor=None))["id"]
    for amount in (30, 10, 20, 10):
        account = await opened(call)
        await moved(call, source, account["id"], amount)
    for sort, expected in (
        ("id", [1, 2, 3, 4, 5]),
        ("-id", [5, 4, 3, 2, 1]),
        ("balance", [1, 3, 5, 4, 2]),
        ("-balance", [2, 4, 5, 3, 1]),
    ):
        seen: list[int] = []
        cursor = ""
        while True:
            page = (await call("GET", f"/v1/accounts?limit=2&sort={sort}{cursor}")).json()
            seen += [row["id"] for row in page["data"]]
            if page["next_cursor"] is None:
                break
            cursor = f"&cursor={page['next_cursor']}"
        assert seen == expected, sort
    first = (await call("GET", "/v1/accounts?limit=2")).json()
    other = await call("GET", f"/v1/accounts?sort=-balance&cursor={first['next_cursor']}")
    assert (other.status_code, other.json()["code"]) == (400, "list.cursor_invalid")


async def test_changing_an_account_leaves_what_is_left_out(call: Caller) -> None:
    await opened(call, name="old", owner="pty_1", metadata={"a": "1"})
    changed = await call("PATCH", "/v1/accounts/1", {"name": "new", "metadata": None, "ceiling": 500})
    assert (changed.status_code, changed.json()["name"]) == (200, "n**")
    read = (await call("GET", "/v1/accounts/1")).json()
    assert (read["name"], read["owner"], read["metadata"], read["floor"], read["ceiling"]) == (
        "n**",
        "pty_1",
        None,
        0,
        500,
    )
    crossed = await call("PATCH", "/v1/accounts/1", {"floor": 7})
    assert (crossed.status_code, crossed.json()["code"]) == (422, "account.limits_crossed")
    assert (await call("GET", "/v1/accounts/1")).json() == read


async def test_a_frozen_account_gives_nothing_out_until_it_is_open_again(call: Caller) -> None:
    await opened(call, floor=None)
    await opened(call)
    await moved(call, 1, 2, 100)
    frozen = await call("POST", "/v1/accounts/2/state", {"state": "frozen-out", "reason": "court order"})
    assert (frozen.status_code, frozen.json()["state"]) == (200, "frozen-out")
    out = await call("POST", "/v1/transfers", {"debit": 2, "credit": 1, "amount": 1, "code": "test.move"})
    assert (out.status_code, out.json()["code"]) == (422, "account.frozen")
    await moved(call, 1, 2, 5)
    again = await call("POST", "/v1/accounts/2/state", {"state": "frozen-out", "reason": "again"})
    assert (again.status_code, again.json()["code"]) == (422, "account.state_same")
    await call("POST", "/v1/accounts/2/state", {"state": "open", "reason": "lifted"})
    await moved(call, 2, 1, 1)
    assert (await call("GET", "/v1/accounts/2")).json()["balance"] == 104


async def test_only_an_empty_account_is_closed_and_for_good(call: Caller) -> None:
    await opened(call, floor=None)
    await opened(call)
    await moved(call, 1, 2, 100)
    full = await call("POST", "/v1/accounts/2/close")
    assert (full.status_code, full.json()["code"]) == (422, "account.not_empty")
    await moved(call, 2, 1, 100)
    closed = await call("POST", "/v1/accounts/2/close")
    assert (closed.status_code, closed.json()["state"]) == (200, "closed")
    late = await call("POST", "/v1/transfers", {"debit": 1, "credit": 2, "amount": 1, "code": "test.move"})
    assert (late.status_code, late.json()["code"]) == (422, "account.closed")


async def test_a_balance_is_told_now_on_a_date_and_at_an_instant(call: Caller) -> None:
    await opened(call, floor=None)
    await opened(call)
    before = datetime.now(UTC)
    today = (await moved(call, 1, 2, 100))["date"]
    early = before.isoformat().replace("+00:00", "Z")
    assert (await call("GET", "/v1/accounts/2/balance")).json()["balance"] == 100
    at = (await call("GET", f"/v1/accounts/2/balance?at={early}")).json()
    assert (at["balance"], at["opened"]) == (0, True)
    long_ago = (await call("GET", "/v1/accounts/2/balance?at=2001-01-01T00:00:00Z")).json()
    assert (long_ago["balance"], long_ago["opened"]) == (0, False)
    assert (await call("GET", f"/v1/accounts/2/balance?date={today}")).json()["balance"] == 100
    for query, code in (
        ("date=2199-01-01", "balance.in_future"),
        ("at=2199-01-01T00:00:00Z", "balance.in_future"),
        (f"at={early}&basis=guessed", "balance.basis_unknown"),
        (f"at={early}&date={today}", "request.malformed"),
    ):
        refused = await call("GET", f"/v1/accounts/2/balance?{query}")
        assert (refused.status_code, refused.json()["code"]) == (400, code), query
    course = (await call("GET", "/v1/accounts/2/course?days=5")).json()
    assert course[-1] == {"date": today, "balance": 100}


async def test_entries_and_statement_carry_the_running_balance(call: Caller) -> None:
    await opened(call, floor=None)
    await opened(call)
    for amount in (100, 50, 25):
        today = (await moved(call, 1, 2, amount))["date"]
    await moved(call, 2, 1, 30)
    entries = (await call("GET", "/v1/accounts/2/entries")).json()["data"]
    assert [(entry["amount"], entry["balance"]) for entry in entries] == [(100, 100), (50, 150), (25, 175), (-30, 145)]
    newest = (await call("GET", "/v1/accounts/2/entries?sort=-id&limit=1")).json()
    assert [entry["balance"] for entry in newest["data"]] == [145]
    statement = (await call("GET", f"/v1/accounts/2/statement?date.gte={today}&date.lte={today}&limit=3")).json()
    figures = ("opening", "paid_in", "paid_out", "closing", "entries")
    assert tuple(statement[figure] for figure in figures) == (0, 175, 30, 145, 4)
    assert len(statement["data"]) == 3
    assert statement["next_cursor"] is not None
    path = f"/v1/accounts/2/statement?date.gte={today}&date.lte={today}"
    table = (await call("GET", path, headers={"accept": "text/csv"})).text.removeprefix("\ufeff").splitlines()
    assert table[0].startswith("transfer,date,happened_at,booked_at,side,counterpart,amount,balance,")
    assert len(table) == 5
    turned = await call("GET", f"/v1/accounts/2/statement?date.gte={today}&date.lte=2001-01-01")
    assert (turned.status_code, turned.json()["code"]) == (400, "statement.period_invalid")
    missing = await call("GET", "/v1/accounts/2/statement")
    assert (missing.status_code, missing.json()["code"]) == (400, "request.malformed")


async def test_accounts_are_exported_as_csv_over_all_pages(call: Caller) -> None:
    for number in range(3):
        await opened(call, name=f"@cmd{number}", metadata={"a": "=1"})
    answer = await call("GET", "/v1/accounts", headers={"accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="accounts.csv"'
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("id,asset,head,normal_side,state,balance")
    assert all(f"'@cmd{number}" in line for number, line in enumerate(lines[1:]))


async def test_a_csv_has_as_many_rows_as_its_limit_and_says_where_the_list_goes_on(call: Caller) -> None:
    for number in range(3):
        await opened(call, name=f"account {number}")
    answer = await call("GET", "/v1/accounts?limit=2", headers={"accept": "text/csv"})
    assert [line.split(",")[0] for line in answer.content.decode("utf-8-sig").splitlines()] == ["id", "1", "2"]
    path = f"/v1/accounts?limit=2&cursor={answer.headers['canglian-next-cursor']}"
    last = await call("GET", path, headers={"accept": "text/csv"})
    assert [line.split(",")[0] for line in last.content.decode("utf-8-sig").splitlines()] == ["id", "3"]
    assert "canglian-next-cursor" not in last.headers


async def test_an_empty_csv_has_its_heading_and_a_truth_is_written_in_small_letters(call: Caller) -> None:
    empty = await call("GET", "/v1/transfers", headers={"accept": "text/csv"})
    assert empty.content.decode("utf-8-sig").startswith("id,debit,credit,amount,asset,code,")
    assert len(empty.content.decode("utf-8-sig").splitlines()) == 1
    for _ in range(2):
        await opened(call, floor=None)
    move = {"debit": 1, "credit": 2, "amount": 5, "code": "test.move", "balancing": True}
    assert (await call("POST", "/v1/transfers", move)).status_code == 201
    one = await call("GET", "/v1/transfers", headers={"accept": "text/csv"})
    cells = dict(zip(*(line.split(",") for line in one.content.decode("utf-8-sig").splitlines()), strict=True))
    assert cells["balancing"] == "true"
