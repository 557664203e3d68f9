"""Errors as they leave: in the reader's language, with a stable code, without anything from inside."""

import json
import sys
from functools import partial
from io import StringIO
from typing import Any

import msgspec
import pytest

from canglian.app import opening
from canglian.app.opening import Opened
from canglian.app.server import create_app
from canglian.kernel import logs
from canglian.kernel.settings import Settings
from canglian.web.error_text import format_error
from canglian.web.words import preferred, translated
from tests.conftest import Caller, client_of


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        (None, "zh"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("en;q=0.2, zh-CN;q=0.8", "zh"),
        ("fr, en;q=0.5", "en"),
        ("fr", "zh"),
        ("en;q=0", "zh"),
        ("en;q=x", "zh"),
        (",;=,", "zh"),
    ],
)
def test_the_best_of_our_languages_is_taken(accepted: str | None, language: str) -> None:
    assert preferred(accepted) == language


async def test_a_refusal_speaks_the_readers_language_and_keeps_its_code(call: Caller) -> None:
    english = await call("GET", "/v1/accounts/7", headers={"accept-language": "en"})
    chinese = await call("GET", "/v1/accounts/7", headers={"accept-language": "zh-CN"})
    assert english.json()["detail"] == "There is no account 7 in this book."
    assert chinese.json()["detail"] != english.json()["detail"]
    assert "7" in chinese.json()["detail"]
    assert (english.json()["title"], chinese.json()["title"]) == ("Not Found", "不存在")
    for answer in (english, chinese):
        assert (answer.json()["code"], answer.json()["fields"]) == ("account.not_found", {"account": 7})
        assert answer.json()["type"] == "/docs/errors/account.not_found"


def test_what_was_typed_is_quoted_as_it_was_and_what_is_not_seen_is_shown_by_its_number() -> None:
    for typed, shown in (("abc", "abc"), ("\0", "⟨U+0000⟩"), ("it's \\x00", "it's \\x00")):
        for language, sentence in (
            ("en", '"{}" is not an amount: write yuan such as 12.50.'),
            ("zh", "“{}”不是金额，请以元书写，如 12.50。"),
        ):
            written = format_error("amount.invalid", {"text": typed}, partial(translated, language=language))
            assert written == sentence.format(shown)


async def test_a_value_of_a_wrong_type_is_called_so_that_it_can_be_told_from_the_right_one(call: Caller) -> None:
    move = {"debit": 1, "credit": 2, "code": "test.move"}
    for value, english, chinese in (
        (5.5, "This should be a whole number, not a number with decimals.", "应为整数，不是小数。"),
        (True, "This should be a whole number, not true or false.", "应为整数，不是布尔值（true 或 false）。"),
    ):
        for language, text in (("en", english), ("zh", chinese)):
            refused = await call(
                "POST", "/v1/transfers", {**move, "amount": value}, headers={"accept-language": language}
            )
            assert refused.json()["errors"] == [{"code": "form.type", "detail": text, "pointer": "/amount"}]


async def test_a_fault_of_ours_tells_its_number_and_nothing_from_inside(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: Any, **__: Any) -> None:
        secret_local = "ck_abcdefgh_verysecret"  # it must not be logged
        raise RuntimeError(f"inside {len(secret_local)}")

    monkeypatch.setattr(sys.modules["canglian.ledger.api.accounts"], "account", fails)
    stream = StringIO()
    logs.configure(stream=stream)
    answer = await call("GET", "/v1/accounts/1", headers={"request-id": "till-7-000123", "accept-language": "en"})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (500, "server.failed")
    assert "till-7-000123" in problem["detail"]
    assert "inside" not in answer.text
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    failed = next(line for line in lines if line["event"] == "request failed")
    assert (failed["request_id"], failed["path"], failed["level"]) == ("till-7-000123", "/v1/accounts/1", "error")
    assert "RuntimeError: inside 22" in failed["exception"]
    assert "verysecret" not in stream.getvalue()


async def test_metrics_with_a_token_are_for_who_has_it(configuration: Settings) -> None:
    settings = msgspec.structs.replace(configuration, metrics_token="m" * 20)
    async with opening.opened(settings) as installation, client_of(create_app(installation)) as client:
        given: tuple[Any, ...] = ({}, {"authorization": "Bearer wrong"}, {"authorization": "Bearer 错".encode()})
        for headers in given:
            refused = await client.get("/metrics", headers=headers)
            assert (refused.status_code, refused.json()["code"]) == (403, "metrics.forbidden")
        allowed = await client.get("/metrics", headers={"authorization": f"Bearer {'m' * 20}"})
        assert allowed.status_code == 200
        assert "canglian_http_seconds_bucket" in allowed.text


async def test_metrics_without_a_token_are_for_this_machine_only(installation: Opened) -> None:
    app = create_app(installation)
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    scope: Any = {
        "type": "http",
        "method": "GET",
        "path": "/metrics",
        "raw_path": b"/metrics",
        "query_string": b"",
        "headers": [],
        "client": ("10.1.2.3", 5000),
        "server": ("canglian.test", 80),
        "scheme": "http",
        "http_version": "1.1",
        "root_path": "",
        "asgi": {"version": "3.0"},
    }
    await app(scope, receive, send)
    assert sent[0]["status"] == 403


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ('{"debit":1,"credit":2,"amount":1.5,"code":"a"}', "应为整数，不是小数 (amount)"),
        ('{"debit":1,"credit":2,"amount":5}', "此处必填"),
        ('{"debit":1,', "不是有效的 JSON"),
        ('{"debit":1,"credit":2,"amount":5,"code":"a","x":1}', "此处没有 x"),
    ],
)
async def test_what_cannot_be_read_is_told_in_the_readers_language(call: Caller, body: str, text: str) -> None:
    headers = {"content-type": "application/json", "accept-language": "zh"}
    chinese = await call("POST", "/v1/transfers", content=body, headers=headers)
    english = await call("POST", "/v1/transfers", content=body, headers={**headers, "accept-language": "en"})
    assert (chinese.status_code, chinese.json()["code"]) == (400, "request.malformed")
    assert text in chinese.json()["detail"]
    assert "Expected" not in chinese.json()["detail"]
    assert "truncated" not in chinese.json()["detail"]
    assert chinese.json()["fields"] == english.json()["fields"]
    assert english.json()["fields"]["problem"] in english.json()["detail"]


def test_instants_in_a_sentence_are_in_the_banks_own_time() -> None:
    for at in ("2026-01-05T17:30:00+00:00", "2026-01-05T17:30:00Z"):
        assert format_error("key.expired", {"expired_at": at}, str) == "This API key ended at 2026-01-06 01:30:00."
    for beyond in ("2026-01-05", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z"):
        assert beyond in format_error("key.expired", {"expired_at": beyond}, str)
