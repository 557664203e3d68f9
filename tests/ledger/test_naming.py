"""Accounts are named by number or reference, everywhere alike; digits stand for a number."""

import pytest

from canglian.app.opening import Opened
from canglian.kernel.errors import Rejection
from canglian.ledger.commands import OpenAccount
from canglian.ledger.naming import numbers
from tests.conftest import Caller


async def opened(installation: Opened, *references: str | None) -> None:
    """Accounts without limits, with these references."""
    for reference in references:
        command = OpenAccount(asset="CNY", head="2011", floor=None, reference=reference)
        await installation.services.engine.execute(1, command, actor="test")


def unchecked(command: OpenAccount) -> None:
    """Takes what was taken before."""


async def test_a_reference_of_digits_only_is_refused_and_nothing_is_opened(call: Caller) -> None:
    refused = await call("POST", "/v1/accounts", {"asset": "CNY", "head": "2011", "reference": "23"})
    assert (refused.status_code, refused.json()["code"]) == (422, "account.reference_digits")
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/reference"]
    assert (await call("GET", "/v1/accounts")).json()["data"] == []


async def test_transfers_and_holds_name_accounts_by_number_or_reference(call: Caller, installation: Opened) -> None:
    await opened(installation, "cash-vault", "DEP-7")
    move = {"debit": "cash-vault", "credit": 2, "amount": 5, "code": "test.move"}
    one = await call("POST", "/v1/transfers", move, headers={"idempotency-key": "a"})
    assert (one.status_code, one.json()["debit"], one.json()["credit"]) == (201, 1, 2)
    again = await call("POST", "/v1/transfers", move, headers={"idempotency-key": "a"})
    assert (again.json()["id"], again.headers["idempotent-replayed"]) == (one.json()["id"], "true")
    bulk = {"lines": [move, {**move, "debit": 2, "credit": "cash-vault"}], "atomic": True}
    assert (await call("POST", "/v1/transfers/bulk", bulk)).json()["posted"] == 2
    history = {"lines": [{**move, "credit": "DEP-7", "happened_at": "2026-01-05T09:30:00+08:00"}]}
    assert (await call("POST", "/v1/transfers/history", history)).json()["refused"] in (0, 1)
    hold = await call("POST", "/v1/holds", {**move, "credit": "DEP-7"})
    assert (hold.status_code, hold.json()["debit"], hold.json()["credit"]) == (201, 1, 2)


async def test_a_reference_that_nobody_has_is_named_with_its_place(call: Caller, installation: Opened) -> None:
    await opened(installation, "cash-vault")
    move = {"debit": "cash-vault", "credit": "nobody", "amount": 5, "code": "test.move"}
    for path, body, pointer in (
        ("/v1/transfers", move, "/credit"),
        ("/v1/transfers/bulk", {"lines": [{**move, "credit": 7}, move]}, "/lines/1/credit"),
        ("/v1/holds", move, "/credit"),
        ("/v1/holds", {**move, "reference": "nobody", "metadata": {"who": "nobody"}}, "/credit"),
        ("/v1/transfers", {**move, "debit": "77", "credit": 1, "reference": "77"}, "/debit"),
    ):
        refused = await call("POST", path, body)
        assert (refused.status_code, refused.json()["code"]) == (422, "account.not_found"), path
        assert [fault["pointer"] for fault in refused.json()["errors"]] == [pointer]
    assert (await call("GET", "/v1/transfers")).json()["data"] == []


async def test_every_reference_that_nobody_has_is_named_at_once(call: Caller, installation: Opened) -> None:
    await opened(installation, "cash-vault")
    move = {"debit": "nobody", "credit": "noone", "amount": 5, "code": "test.move"}
    refused = (await call("POST", "/v1/transfers", move)).json()
    assert [(fault["pointer"], fault["detail"]) for fault in refused["errors"]] == [
        ("/debit", "There is no account nobody in this book."),
        ("/credit", "There is no account noone in this book."),
    ]
    lines = {"lines": [{**move, "debit": "cash-vault"}, {**move, "credit": 1}]}
    refused = (await call("POST", "/v1/transfers/bulk", lines)).json()
    assert [fault["pointer"] for fault in refused["errors"]] == ["/lines/0/credit", "/lines/1/debit"]


async def test_the_side_of_a_line_that_is_refused_by_itself_is_named(call: Caller, installation: Opened) -> None:
    await opened(installation, "cash-vault", None)
    move = {"debit": "cash-vault", "credit": 2, "amount": 5, "code": "test.move"}
    lines = [{**move, "credit": 77}, {**move, "debit": 78}, {**move, "amount": 1, "credit": 1}, move]
    answer = (await call("POST", "/v1/transfers/bulk", {"lines": lines})).json()
    assert [(error["line"], error["code"], error["pointer"]) for error in answer["errors"]] == [
        (0, "account.not_found", "/lines/0/credit"),
        (1, "account.not_found", "/lines/1/debit"),
        (2, "transfer.same_account", "/lines/2"),
    ]
    assert (answer["posted"], answer["refused"]) == (1, 3)


async def test_lists_are_filtered_by_number_or_reference(call: Caller, installation: Opened) -> None:
    await opened(installation, "cash-vault", "DEP-7", None)
    for credit in (2, 3):
        move = {"debit": 1, "credit": credit, "amount": 5, "code": "test.move"}
        assert (await call("POST", "/v1/transfers", move)).status_code == 201
        assert (await call("POST", "/v1/holds", move)).status_code == 201
    for path in ("/v1/transfers", "/v1/holds"):
        for query, found in (
            ("debit=cash-vault", [2, 1]),
            ("debit=1", [2, 1]),
            ("credit=DEP-7", [1]),
            ("account=DEP-7", [1]),
            ("account=3", [2]),
            ("debit=cash-vault&credit=3", [2]),
            ("account=99", []),
        ):
            answer = await call("GET", f"{path}?{query}")
            assert [each["id"] for each in answer.json()["data"]] == found, (path, query)
        refused = (await call("GET", f"{path}?debit=nobody&credit=3&account=noone")).json()
        assert (refused["status"], refused["code"]) == (404, "account.not_found")
        assert [fault["parameter"] for fault in refused["errors"]] == ["account", "debit"]


async def test_digits_are_a_number_unless_an_old_account_has_them_as_its_reference(
    installation: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opened(installation, None, "dep-2")
    store = installation.services.store
    assert await numbers(store, 1, ["2", 1, "dep-2"]) == {"2": 2, 1: 1, "dep-2": 2}
    monkeypatch.setattr("canglian.ledger.commands.accounts.OpenAccount.check", unchecked)
    await opened(installation, "2")
    assert await numbers(store, 1, ["2", "3"]) == {"2": 3, "3": 3}
    for text in ("", "0", "-1", "nobody", "9" * 19, "²"):
        with pytest.raises(Rejection) as refused:
            await numbers(store, 1, [text])
        assert refused.value.code == "account.not_found"
