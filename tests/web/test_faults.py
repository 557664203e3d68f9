"""Problem details say all that is wrong at once, in plain words, and where; over every operation of the API."""

import json
import re
from typing import Any

import pytest

from canglian.app.opening import Opened
from canglian.ledger.commands import OpenAccount
from tests.conftest import Caller
from tests.web.test_every_route import JSON, METHODS, Operation

TYPES = re.compile(r"`|\b(int|str|bool|datetime|msgspec|NoneType|dict)\b")
"""What no message says."""


async def described(call: Caller) -> dict[str, Any]:
    """The description of the API."""
    return (await call.client.get("/v1/openapi.json")).json()


async def with_bodies(call: Caller) -> list[tuple[Operation, dict[str, Any]]]:
    """Every operation with a body, and the schema of that."""
    made = await described(call)
    bodies = {
        item[method]["operationId"]: item[method]["requestBody"]["content"]["application/json"]["schema"]
        for item in made["paths"].values()
        for method in item
        if "requestBody" in item[method]
    }
    schemas = made["components"]["schemas"]
    found = [
        Operation(path, method, item[method], schemas)
        for path, item in made["paths"].items()
        for method in METHODS
        if method in item
    ]
    return [
        (operation, schemas[bodies[operation.id]["$ref"].rsplit("/", 1)[-1]])
        for operation in found
        if "$ref" in bodies.get(operation.id, {})
    ]


async def test_every_fault_of_a_body_is_named_with_its_place(call: Caller) -> None:
    found = await with_bodies(call)
    assert len(found) > 100
    for operation, schema in found:
        if "properties" not in schema:
            continue
        body: dict[str, Any] = {"no_such_field": 1, "nor~this/one": None}
        wrong = next((name for name, kind in schema["properties"].items() if kind.get("type") == "string"), None)
        if wrong is not None:
            body[wrong] = {"of": "another kind"}
        answer = await call(operation.method, operation.at(), body)
        problem = answer.json()
        assert (answer.status_code, problem["code"]) == (400, "request.malformed"), operation.id
        named = {fault["pointer"]: fault["code"] for fault in problem["errors"]}
        expected = {"/no_such_field": "form.unknown", "/nor~0this~1one": "form.unknown"}
        expected |= {f"/{name}": "form.missing" for name in schema.get("required", ()) if name not in body}
        assert expected.items() <= named.items(), operation.id
        assert wrong is None or f"/{wrong}" in named, operation.id
        for text in (
            problem["detail"],
            problem["fields"]["problem"],
            *(fault["detail"] for fault in problem["errors"]),
        ):
            assert not TYPES.search(text), (operation.id, text)
            assert text.isascii(), (operation.id, text)


async def test_a_name_that_stands_twice_is_refused_by_every_operation(call: Caller) -> None:
    for operation, schema in await with_bodies(call):
        name = next(iter(schema.get("properties", {"any": 1})))
        twice = f'{{"{name}": 1, "{name}": 2}}'
        answer = await call(operation.method, operation.at(), content=twice.encode(), headers=JSON)
        assert answer.status_code == 400, operation.id
    body = json.dumps({"debit": 1, "credit": 2, "amount": 5, "code": "test.move"})
    for more in ('"amount": 6', '"am\\u006funt": 6'):
        twice = f"{body[:-1]}, {more}}}"
        answer = await call("POST", "/v1/transfers", content=twice.encode())
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "form.twice")
        assert answer.json()["errors"][0]["pointer"] == "/amount"


async def test_a_name_that_stands_twice_is_named_where_it_stands_beside_all_other_faults(call: Caller) -> None:
    line = '{"debit": 1, "credit": 2, "amount": 5, "code": "test.move"'
    lines = f'{{"lines": [{line}}}, {line}, "amount": 6, "metadata": {{"a/b": "1", "a/b": "2"}}}}]}}'
    account = '{"name": "x", "name": "y", "metadata": {"a`b": "1", "a`b": 2}, "reference": "\\u202eabc"}'
    for path, body, expected in (
        ("/v1/transfers/bulk", lines, {"/lines/1/amount": "form.twice", "/lines/1/metadata/a~1b": "form.twice"}),
        (
            "/v1/accounts",
            account,
            {
                "/asset": "form.missing",
                "/head": "form.missing",
                "/metadata/a`b": "form.twice",
                "/name": "form.twice",
                "/reference": "text.hidden",
            },
        ),
    ):
        problem = (await call("POST", path, content=body.encode())).json()
        assert (problem["status"], problem["code"]) == (400, "request.malformed")
        assert expected.items() <= {fault["pointer"]: fault["code"] for fault in problem["errors"]}.items()


async def test_a_wrong_value_of_a_name_of_the_client_is_named_where_it_stands(call: Caller) -> None:
    move = {"debit": 1, "credit": 2, "amount": 5, "code": "test.move", "metadata": {"a.b": 7, "c": "fine", "d": None}}
    for path, body, at in (("/v1/transfers", move, ""), ("/v1/transfers/bulk", {"lines": [move]}, "/lines/0")):
        problem = (await call("POST", path, body)).json()
        assert [(fault["pointer"], fault["code"]) for fault in problem["errors"]] == [
            (f"{at}/metadata/a.b", "form.type"),
            (f"{at}/metadata/d", "form.type"),
        ]


async def test_what_accepts_chinese_is_answered_in_chinese_and_all_else_in_english(call: Caller) -> None:
    for accepted, language in ((None, "en"), ("fr", "en"), ("zh-CN", "zh"), ("en", "en")):
        headers = {} if accepted is None else {"accept-language": accepted}
        for method, path, body in (
            ("POST", "/v1/transfers", {"amount": "5"}),
            ("POST", "/v1/accounts", {"asset": 5}),
            ("GET", "/v1/accounts/7", None),
            ("GET", "/v1/accounts?limit=0", None),
        ):
            problem = (await call(method, path, body, headers=headers)).json()
            texts = [problem["detail"], *(fault["detail"] for fault in problem["errors"])]
            assert [text.isascii() for text in texts] == [language == "en"] * len(texts), (accepted, path, texts)


async def test_the_type_of_a_problem_is_a_page_of_this_server(call: Caller) -> None:
    problem = (await call("GET", "/v1/accounts/7")).json()
    page = await call.client.get(problem["type"])
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "There is no account {account} in this book." in page.text
    assert "account.not_found" in (await call.client.get("/docs/errors")).text
    assert (await call.client.get("/docs/errors/no.such")).status_code == 404


async def test_the_side_that_is_not_there_is_named(call: Caller, installation: Opened) -> None:
    await installation.services.engine.execute(1, OpenAccount(asset="CNY", head="2011", floor=None), actor="test")
    move = {"debit": 1, "credit": 77, "amount": 77, "code": "test.move"}
    refused = (await call("POST", "/v1/transfers", move)).json()
    assert refused["code"] == "account.not_found"
    assert [fault["pointer"] for fault in refused["errors"]] == ["/credit"]
    bulk = {"lines": [{**move, "credit": 1, "debit": 78}, move], "atomic": True}
    refused = (await call("POST", "/v1/transfers/bulk", bulk)).json()
    assert (refused["code"], [fault["pointer"] for fault in refused["errors"]]) == (
        "transfers.line_refused",
        ["/lines/0/debit"],
    )


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("limit=x", "limit"), ("limit=0", "limit"), ("date.gte=2026-13-01", "date.gte"), ("amount.gte=x", "amount.gte")],
)
async def test_a_parameter_is_called_as_it_was_sent(call: Caller, query: str, parameter: str) -> None:
    problem = (await call("GET", f"/v1/transfers?{query}")).json()
    assert problem["fields"]["field"] == parameter
    assert [fault.get("parameter") for fault in problem["errors"]] == [parameter]
    assert not TYPES.search(problem["detail"])


async def test_faults_of_texts_are_named_with_all_others(call: Caller) -> None:
    """What hides in a text, digits that look like a person's, and what has the wrong type, each with its place."""
    hidden, mobile = "\u202eabc", "13800138000"
    account = {"asset": "CNY", "head": "2011", "reference": hidden, "metadata": {"a.b": hidden, "c": "fine"}}
    refused = (await call("POST", "/v1/accounts", account)).json()
    assert (refused["status"], refused["code"]) == (422, "text.hidden")
    assert [(fault["pointer"], fault["code"]) for fault in refused["errors"]] == [
        ("/reference", "text.hidden"),
        ("/metadata/a.b", "text.hidden"),
    ]
    refused = (await call("POST", "/v1/accounts", {**account, "floor": "none", "no~name": 1})).json()
    assert (refused["status"], refused["code"]) == (400, "request.malformed")
    assert [(fault["pointer"], fault["code"]) for fault in refused["errors"]] == [
        ("/no~0name", "form.unknown"),
        ("/floor", "form.type"),
        ("/reference", "text.hidden"),
        ("/metadata/a.b", "text.hidden"),
    ]
    lines = [
        {"debit": 1, "credit": 2, "amount": 5, "code": "test.move", "reference": hidden},
        {"debit": 1, "credit": 2, "amount": 5, "code": "test.move"},
        {"debit": 1, "credit": 2, "amount": 5, "code": "test.move", "metadata": {"note": hidden}},
    ]
    refused = (await call("POST", "/v1/transfers/bulk", {"lines": lines})).json()
    assert [fault["pointer"] for fault in refused["errors"]] == ["/lines/0/reference", "/lines/2/metadata/note"]
    refused = (await call("POST", "/v1/transfers", {**lines[0], "metadata": {"note": hidden}})).json()
    assert [fault["pointer"] for fault in refused["errors"]] == ["/reference", "/metadata/note"]
    refused = (await call("POST", "/v1/accounts/1/state", {"state": "frozen", "reason": f"问 {mobile}"})).json()
    assert [(fault["pointer"], fault["code"]) for fault in refused["errors"]] == [("/reason", "party.text_personal")]
