"""Transfers over HTTP: posted once, refused clearly, found, reversed, traced."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from canglian.app.opening import Opened
from canglian.web.principal import Role
from tests.conftest import Caller

MOVE = {"debit": 1, "credit": 2, "amount": 500, "code": "test.move"}


@pytest.fixture
async def accounts(call: Caller) -> None:
    """Account 1 without a floor, 2 and 3 with a floor of zero."""
    for number in (1, 2, 3):
        body = {"asset": "CNY", "head": "2011", "floor": None if number == 1 else 0, "reference": f"acc-{number}"}
        answer = await call("POST", "/v1/accounts", body)
        assert answer.status_code == 201, answer.text
        assert answer.json()["id"] == number


async def balance(call: Caller, number: int) -> int:
    return (await call("GET", f"/v1/accounts/{number}")).json()["balance"]


@pytest.mark.usefixtures("accounts")
async def test_a_transfer_is_posted_and_can_be_read_at_once(call: Caller) -> None:
    answer = await call("POST", "/v1/transfers", {**MOVE, "reference": "R-1", "metadata": {"shop": "7"}})
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["id"], made["amount"], made["asset"], made["credit_balance"]) == (1, 500, "CNY", 500)
    assert (await call("GET", "/v1/transfers/1")).json() == made
    assert await balance(call, 2) == 500
    found = (await call("GET", "/v1/transfers?metadata.shop=7&reference=R-1&account=2")).json()
    assert [transfer["id"] for transfer in found["data"]] == [1]


@pytest.mark.usefixtures("accounts")
async def test_the_same_key_answers_the_same_and_moves_once(call: Caller) -> None:
    answers = [await call("POST", "/v1/transfers", MOVE, headers={"idempotency-key": "order-1"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert [answer.headers.get("idempotent-replayed") for answer in answers] == [None, "true", "true"]
    assert len({answer.text for answer in answers}) == 1
    assert await balance(call, 2) == 500
    other = await call("POST", "/v1/transfers", {**MOVE, "amount": 501}, headers={"idempotency-key": "order-1"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency.key_reused")
    assert await balance(call, 2) == 500


@pytest.mark.usefixtures("accounts")
@pytest.mark.parametrize(
    "text",
    [
        *("invoice\u202efdp", "a\u2066b", "\u200e1", "R\uffff", "R\ufdd0", "R\U0001fffe"),
        *("a\u2028b", "a\u2029b", "a\u0085b", "a\ufff9b", "a\u206ab", "a\U000e0041b"),
    ],
)
async def test_a_text_that_does_not_say_what_it_shows_is_refused_wherever_it_stands(
    call: Caller, installation: Opened, text: str
) -> None:
    before = (await installation.services.store.state(1)).events
    good = {**MOVE, "reference": "工资 👩🏽‍🌾 José"}
    asked = [
        ("/v1/transfers", {**MOVE, "reference": text}, "reference"),
        ("/v1/transfers", {**MOVE, "metadata": {"shop": text}}, "metadata.shop"),
        ("/v1/transfers/bulk", {"lines": [good, {**MOVE, "metadata": {"shop": text}}]}, "lines[1].metadata.shop"),
        ("/v1/holds", {**MOVE, "reference": text}, "reference"),
        ("/v1/accounts", {"asset": "CNY", "head": "2011", "name": f"现金{text}"}, "name"),
        ("/v1/accounts", {"asset": "CNY", "head": "2011", "owner": text}, "owner"),
    ]
    for path, body, field in asked:
        answer = await call("POST", path, body)
        assert (answer.status_code, answer.json()["code"]) == (422, "text.hidden"), (path, answer.text)
        assert answer.json()["fields"]["field"] == field
        assert text not in answer.text
    command = await call("POST", "/v1/transfers", {**MOVE, "metadata": {"shop": "a\x1b[2Jb"}})
    assert (command.status_code, command.json()["code"]) == (422, "text.hidden")
    assert (await installation.services.store.state(1)).events == before
    lines = {**good, "metadata": {"note": "第一行\n第二行\t见附件"}}
    assert (await call("POST", "/v1/transfers", lines)).status_code == 201


@pytest.mark.usefixtures("accounts")
async def test_a_dry_run_shows_the_outcome_and_changes_nothing(call: Caller) -> None:
    answer = await call("POST", "/v1/transfers?dry_run=true", MOVE, headers={"idempotency-key": "k"})
    assert (answer.status_code, answer.json()["amount"]) == (200, 500)
    assert await balance(call, 2) == 0
    assert (await call("GET", "/v1/transfers/1")).status_code == 404


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({**MOVE, "debit": 2, "credit": 3}, 422, "transfer.insufficient_funds"),
    ({**MOVE, "debit": 99}, 422, "account.not_found"),
    ({**MOVE, "debit": 2}, 422, "transfer.same_account"),
    ({**MOVE, "amount": 0}, 400, "request.malformed"),
    ({**MOVE, "amount": -5}, 400, "request.malformed"),
    ({**MOVE, "amount": 1.5}, 400, "request.malformed"),
    ({**MOVE, "amount": "5"}, 400, "request.malformed"),
    ({**MOVE, "amount": 10**15 + 1}, 400, "request.malformed"),
    ({**MOVE, "asset": "USD"}, 422, "transfer.asset_unexpected"),
    ({**MOVE, "colour": "red"}, 400, "request.malformed"),
    ({**MOVE, "code": "Ä"}, 400, "request.malformed"),
    ({**MOVE, "happened_at": "2026-01-01"}, 400, "request.malformed"),
    ({**MOVE, "happened_at": "2999-01-01T00:00:00Z"}, 422, "transfer.in_future"),
    ({"debit": 1}, 400, "request.malformed"),
]


@pytest.mark.usefixtures("accounts")
@pytest.mark.parametrize(("body", "status", "code"), REFUSED)
async def test_a_bad_transfer_is_refused_and_changes_nothing(call: Caller, body: Any, status: int, code: str) -> None:
    answer = await call("POST", "/v1/transfers", body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["status"] == status
    assert problem["request_id"] == answer.headers["request-id"]
    assert [await balance(call, n) for n in (1, 2, 3)] == [0, 0, 0]


async def test_what_is_no_json_is_refused(call: Caller) -> None:
    for content in (b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"debit": 1,}', b'{"code": "\xff"}'):
        answer = await call("POST", "/v1/transfers", content=content, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (400, "request.malformed"), content


async def test_a_huge_body_is_refused_before_it_is_read(call: Caller) -> None:
    for path in ("/v1/transfers", "/v1/transfers/bulk"):
        content = b'{"a":"' + b"x" * (4 * 2**20) + b'"}'
        answer = await call("POST", path, content=content, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large"), path


@pytest.mark.usefixtures("accounts")
async def test_a_key_that_ended_in_a_refusal_is_free_for_the_corrected_request(call: Caller) -> None:
    async def ask(**body: Any) -> tuple[int, Any, str | None]:
        answer = await call("POST", "/v1/transfers", {**MOVE, **body}, headers={"idempotency-key": "order-7"})
        return answer.status_code, answer.json().get("code"), answer.headers.get("idempotent-replayed")

    assert await ask(amount="5.00") == (400, "request.malformed", None)
    assert await ask(unknown=1) == (400, "request.malformed", None)
    assert await ask(debit=2, credit=3) == (422, "transfer.insufficient_funds", None)
    assert await ask() == (201, "test.move", None)
    assert await balance(call, 2) == 500
    assert await ask() == (201, "test.move", "true")
    refused = await ask(debit=2, credit=3)  # there is money by now, and nothing happens
    assert refused[:2] == (422, "transfer.insufficient_funds")
    assert await ask(amount=501) == (409, "idempotency.key_reused", None)
    assert [await balance(call, number) for number in (2, 3)] == [500, 0]


async def test_an_invalid_idempotency_key_is_refused(call: Caller) -> None:
    for key in ("", "a b", "x" * 201):
        answer = await call("POST", "/v1/transfers", MOVE, headers={"idempotency-key": key})
        assert (answer.status_code, answer.json()["code"]) == (400, "idempotency.key_invalid")


@pytest.mark.usefixtures("accounts")
async def test_bulk_has_an_outcome_for_each_line_or_stands_as_one(call: Caller) -> None:
    lines = [MOVE, {**MOVE, "debit": 3, "amount": 1}, {**MOVE, "amount": 7}]
    posted = (await call("POST", "/v1/transfers/bulk", {"lines": lines})).json()
    assert (posted["posted"], posted["refused"], posted["transfers"]) == (2, 1, [1, 0, 2])
    assert [(e["line"], e["code"]) for e in posted["errors"]] == [(1, "transfer.insufficient_funds")]
    whole = await call("POST", "/v1/transfers/bulk", {"lines": lines, "atomic": True})
    assert (whole.status_code, whole.json()["code"], whole.json()["fields"]["line"]) == (
        422,
        "transfers.line_refused",
        1,
    )
    assert await balance(call, 2) == 507


@pytest.mark.usefixtures("accounts")
async def test_a_transfer_is_reversed_at_most_once(call: Caller) -> None:
    await call("POST", "/v1/transfers", MOVE)
    undone = await call("POST", "/v1/transfers/1/reverse", {"reason": "wrong shop"})
    assert (undone.status_code, undone.json()["reverses"]) == (201, 1)
    assert await balance(call, 2) == 0
    again = await call("POST", "/v1/transfers/1/reverse", {})
    assert (again.status_code, again.json()["code"]) == (422, "transfer.already_reversed")
    assert (await call("GET", "/v1/transfers/1")).json()["reversed_by"] == 2
    missing = await call("POST", "/v1/transfers/9/reverse", {})
    assert (missing.status_code, missing.json()["code"]) == (404, "transfer.not_found")


@pytest.mark.usefixtures("accounts")
async def test_a_list_is_exported_as_csv_and_computes_nothing(call: Caller) -> None:
    await call("POST", "/v1/transfers", {**MOVE, "reference": "=1+1"})
    answer = await call("GET", "/v1/transfers", headers={"accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    head, row = answer.content.decode("utf-8-sig").splitlines()
    assert head.startswith("id,debit,credit,amount,asset,code,date")
    assert ",'=1+1," in row


@pytest.mark.usefixtures("accounts")
async def test_another_book_sees_nothing_of_it(
    call: Caller, caller: Callable[..., Awaitable[Caller]], installation: Opened
) -> None:
    await call("POST", "/v1/transfers", MOVE)
    await call("POST", "/v1/holds", {**MOVE, "amount": 5})
    await installation.open_book("other", "分行", actor="test")
    stranger = await caller(Role.ADMIN, 2)
    for path in (
        "/v1/transfers/1", "/v1/transfers/1/trace", "/v1/accounts/1", "/v1/accounts/1/balance", "/v1/holds/1",
        "/v1/accounts/1/entries", "/v1/accounts/1/statement?date.gte=2026-01-01&date.lte=2026-01-02",
        "/v1/accounts/1/course",
    ):  # fmt: skip
        answer = await stranger("GET", path)
        assert answer.status_code == 404, path
    for path in ("/v1/transfers/1/reverse", "/v1/holds/1/capture", "/v1/accounts/1/state"):
        body = {"state": "frozen", "reason": "x"} if path.endswith("state") else {}
        assert (await stranger("POST", path, body)).status_code == 404, path
    assert (await stranger("GET", "/v1/transfers")).json()["data"] == []


@pytest.mark.usefixtures("accounts")
async def test_trial_balance_statement_and_trace_answer(call: Caller) -> None:
    await call("POST", "/v1/transfers", MOVE)
    await call("POST", "/v1/transfers", {**MOVE, "debit": 2, "credit": 3, "amount": 200})
    trial = (await call("GET", "/v1/trial-balance")).json()
    assert trial["balanced"]
    assert trial["totals"][0]["debit_balance"] == 500
    day = trial["date"]
    statement = (await call("GET", f"/v1/accounts/2/statement?date.gte={day}&date.lte={day}")).json()
    assert (statement["opening"], statement["paid_in"], statement["paid_out"], statement["closing"]) == (
        0,
        500,
        200,
        300,
    )
    trace = (await call("GET", "/v1/transfers/1/trace")).json()
    assert trace["flows"] == [{"source": 1, "target": 2, "amount": 200}]
    assert (await call("GET", f"/v1/accounts/2/balance?date={day}")).json()["balance"] == 300
    now = (await call("GET", "/v1/transfers/2")).json()["booked_at"]
    assert (await call("GET", "/v1/accounts/2/balance", params={"at": now})).json()["balance"] == 300
    both = await call("GET", "/v1/accounts/2/balance", params={"at": now, "date": day})
    assert (both.status_code, both.json()["code"]) == (400, "request.malformed")
