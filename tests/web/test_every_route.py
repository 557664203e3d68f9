"""What holds for every operation of the API: who is refused, what is 404, what is read strictly, what is said."""

import asyncio
import base64
import re
from typing import Any

import pytest

from canglian.app.opening import Opened
from canglian.ledger.commands import HoldFunds, OpenAccount, PostTransfer
from canglian.web.principal import Role
from canglian.web.system.commands.keys import API_VERSION
from tests.conftest import Caller

METHODS = ("get", "post", "put", "patch", "delete")
TOGETHER = 32
"""A refused key is answered after a pause: so many operations are asked at a time."""

JSON = {"content-type": "application/json"}
_KINDS = {
    "party": "pty",
    "role": "rol",
    "owner": "bno",
    "consent": "cns",
    "opening": "opn",
    "entry": "lst",
    "override": "lov",
    "unmasking": "unm",
    "deposit_account": "dep",
    "freeze": "frz",
    "bound_account": "bnd",
    "rail_order": "rail",
    "difference": "rdf",
    "wallet": "wal",
    "device": "dev",
    "pocket": "pkt",
    "move": "wtr",
    "merchant": "mer",
    "store": "sto",
    "staff": "stf",
    "split_claim": "clm",
    "payment_order": "ord",
    "payment": "pay",
    "refund": "rfd",
    "channel_order": "cho",
    "settlement": "stl",
    "reconciliation_difference": "rcd",
    "purpose_contract": "pur",
    "purpose_grant": "grt",
    "prepaid_offer": "ppo",
    "campaign": "cmp",
    "campaign_offer": "cof",
    "coupon": "cpn",
}
PREFIXES = {name: f"{prefix}_{'0' * 26}" for name, prefix in _KINDS.items()}
"""Ids of the kinds that a path names."""

ASKING = ("getLimits", "checkStatement")
"""What has to be told whose, by one of several parameters or in its body."""

READING = ("searchParties", "searchDepositAccounts", "searchWallets", "checkStatement")
"""What only reads, and yet is posted, because what it is given has no place in an address."""


class Operation:
    """One operation of the description, with its example as a body."""

    def __init__(self, path: str, method: str, described: dict[str, Any], schemas: dict[str, Any]) -> None:
        self.path = path
        self.method = method.upper()
        self.parameters = [p for p in described.get("parameters", ()) if p["in"] == "query"]
        self.body: Any = None
        self.id = described["operationId"]
        if "requestBody" in described:
            name = described["requestBody"]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1]
            self.body = schemas[name]["examples"][0]

    def at(self, number: int = 1) -> str:
        """Its path, with something in the place of what the path names, and what it must be given."""
        path = re.sub(r"\{(number|version)\}", str(number), self.path)
        path = path.replace("{year}", str(2100 + number)).replace("{day}", "2026-01-01")
        path = path.replace("{date}", "2026-01-01")
        path = re.sub(r"\{(\w+)\}", lambda named: PREFIXES.get(named[1], "abcdefgh"), path)
        needed = "&".join(f"{p['name']}=2026-01-01" for p in self.parameters if p.get("required"))
        return f"{path}?{needed}" if needed else path


@pytest.fixture
async def operations(call: Caller) -> list[Operation]:
    described = (await call.client.get("/v1/openapi.json")).json()
    return [
        Operation(path, method, item[method], described["components"]["schemas"])
        for path, item in described["paths"].items()
        for method in METHODS
        if method in item
    ]


@pytest.fixture
async def content(installation: Opened) -> None:
    """Three accounts, a transfer and a hold in book 1."""
    engine = installation.services.engine
    for _ in range(3):
        await engine.execute(1, OpenAccount(asset="CNY", head="2011", floor=None), actor="test")
    await engine.execute(1, PostTransfer(debit=1, credit=2, amount=500, code="test.move"), actor="test")
    await engine.execute(1, HoldFunds(debit=1, credit=2, amount=50, code="test.hold"), actor="test")


async def state(installation: Opened, book: int) -> tuple[int, int]:
    """How many batches and commands a book has had."""
    found = await installation.services.store.state(book)
    return found.sequence, found.commands


@pytest.mark.usefixtures("content")
async def test_every_route_refuses_a_stranger_and_changes_nothing(
    operations: list[Operation], call: Caller, installation: Opened
) -> None:
    before = await state(installation, 1)

    async def refused(operation: Operation) -> None:
        for headers, code in (
            ({}, "auth.required"),
            ({"authorization": "Bearer ck_abcdefgh_nothing"}, "key.invalid"),
            ({"authorization": "Basic YTpi"}, "key.invalid"),
        ):
            answer = await call.client.request(operation.method, operation.at(), json=operation.body, headers=headers)
            if answer.status_code == 429:
                assert answer.json()["code"] == "rate.failures"
                continue
            assert (answer.status_code, answer.json()["code"]) == (401, code), (operation.id, answer.text)
            assert answer.headers["www-authenticate"] == "Bearer"

    for start in range(0, len(operations), TOGETHER):
        await asyncio.gather(*(refused(operation) for operation in operations[start : start + TOGETHER]))
    assert await state(installation, 1) == before


@pytest.mark.usefixtures("content")
async def test_a_viewer_reads_and_changes_nothing(
    operations: list[Operation], caller: Any, installation: Opened
) -> None:
    viewer = await caller(Role.VIEWER)
    before = await state(installation, 1)
    for operation in operations:
        answer = await viewer(operation.method, operation.at(), operation.body)
        if operation.method != "GET" and operation.id not in READING:
            assert (answer.status_code, answer.json()["code"]) == (403, "auth.forbidden"), (operation.id, answer.text)
        else:
            named = "{" in operation.path or operation.id in ASKING
            assert answer.status_code in (200, 403) or named, (operation.id, answer.text)
    assert await state(installation, 1) == before


@pytest.mark.usefixtures("content")
async def test_what_another_book_has_is_not_found(
    operations: list[Operation], caller: Any, installation: Opened
) -> None:
    await installation.open_book("other", "分行", actor="test")
    stranger = await caller(Role.ADMIN, book=2)
    before = await state(installation, 1)
    named = [operation for operation in operations if "{number}" in operation.path]
    assert len(named) >= 15
    for operation in named:
        number = 1 if operation.path.split("/")[2] in ("accounts", "transfers", "holds") else 10_000
        answer = await stranger(operation.method, operation.at(number), operation.body)
        assert answer.status_code == 404, (operation.id, answer.text)
        assert answer.json()["code"].endswith(".not_found")
    assert await state(installation, 1) == before


@pytest.mark.usefixtures("content")
async def test_every_body_is_read_strictly_and_what_is_refused_changes_nothing(
    operations: list[Operation], call: Caller, installation: Opened
) -> None:
    before = await state(installation, 1)
    with_body = [operation for operation in operations if operation.body is not None]
    assert len(with_body) >= 12
    for operation in with_body:
        for raw, status in (
            (b"", 400),
            (b"{", 400),
            (b"[]", 400),
            (b"null", 400),
            (b'"text"', 400),
            (b"\xff\xfe\x00", 400),
            (b'{"\xff": 1}', 400),
            (b'{"unknown_field": 1}', 400),
            (b"{" + b" " * 4 * 2**20 + b"}", 413),
            (b"[" * 100_000, 400),
        ):
            answer = await call(operation.method, operation.at(), content=raw, headers=JSON)
            assert answer.status_code == status, (operation.id, raw[:20], answer.text[:300])
        form = {"content-type": "application/x-www-form-urlencoded"}
        answer = await call(operation.method, operation.at(), content=b"amount=1", headers=form)
        assert (answer.status_code, answer.json()["code"]) == (415, "request.media_type"), operation.id
    assert await state(installation, 1) == before


@pytest.mark.usefixtures("content")
async def test_numbers_in_a_body_are_not_made_from_texts(call: Caller) -> None:
    for path, body in (
        ("/v1/transfers", {"debit": 1.0, "credit": 2, "amount": 5, "code": "x"}),
        ("/v1/transfers", {"debit": 1, "credit": 2, "amount": "5", "code": "x"}),
        ("/v1/transfers/bulk", {"lines": [{"debit": 1, "credit": 2, "amount": "5", "code": "x"}]}),
        ("/v1/holds", {"debit": 1, "credit": 2, "amount": "5", "code": "x"}),
        ("/v1/holds/1/capture", {"amount": 5.0}),
        ("/v1/accounts", {"asset": "CNY", "head": "2011", "floor": "0"}),
        ("/v1/accounts", {"asset": "CNY", "head": "2011", "ceiling": 2**63}),
        ("/v1/accounts", {"asset": "CNY", "head": "2011", "floor": True}),
    ):
        answer = await call("POST", path, body)
        assert (answer.status_code, answer.json()["code"]) == (400, "request.malformed"), (path, body)


async def test_a_parameter_that_is_not_described_is_refused(operations: list[Operation], call: Caller) -> None:
    for operation in operations:
        path = operation.at()
        answer = await call(operation.method, f"{path}{'&' if '?' in path else '?'}stauts=open", operation.body)
        assert (answer.status_code, answer.json()["code"]) == (400, "request.malformed"), (operation.id, answer.text)


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=x",
        "limit=1&limit=2",
        "cursor=nonsense",
        "cursor=WyItaWQiLDk5OTk5OTk5OTk5OTk5OTk5OTk5LDk5OTk5OTk5OTk5OTk5OTk5OTk5XQ",
        "cursor=" + base64.urlsafe_b64encode(b'["-id",0,' + b"[" * 3000).decode().rstrip("="),
        "sort=colour",
        "amount.lte=99999999999999999999",
        "amount.gte=99999999999999999999",
        "reference=%00",
        "date.gte=yesterday",
        "date.gte=null",
        "booked_at.gte=2026-01-05T09:30:00",
        "booked_at.gte=0.5",
        "metadata[a%00]=1",
        "&".join(f"metadata[k{n}]=1" for n in range(21)),
    ],
)
async def test_a_parameter_that_cannot_be_read_is_refused(call: Caller, query: str) -> None:
    answer = await call("GET", f"/v1/transfers?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["code"] in ("request.malformed", "list.cursor_invalid", "list.sort_unknown")


@pytest.mark.parametrize(
    ("query", "field"),
    [("date.gte=soon", "date.gte"), ("amount.gte=much", "amount.gte"), ("booked_at.gte=soon", "booked_at.gte")],
)
async def test_a_parameter_that_cannot_be_read_is_called_by_its_name(call: Caller, query: str, field: str) -> None:
    answer = (await call("GET", f"/v1/transfers?{query}")).json()
    assert (answer["code"], answer["fields"]["field"]) == ("request.malformed", field)
    assert f"({field})" in answer["detail"]


async def test_a_refused_parameter_of_any_operation_is_called_by_its_name(
    call: Caller, operations: list[Operation]
) -> None:
    refused = 0
    for operation in operations:
        if operation.method != "GET":
            continue
        names = {parameter["name"] for parameter in operation.parameters}
        for name in sorted(names):
            path = operation.at()
            answer = await call("GET", f"{path}{'&' if '?' in path else '?'}{name}=~")
            fields = answer.json().get("fields", {}) if answer.status_code == 400 else {}
            if fields.get("field"):
                assert fields["field"] in names, operation.id
                refused += 1
    assert refused > 50


def with_day(body: Any, day: str) -> Any:
    """A body with another day in the place of each of its days."""
    if isinstance(body, dict):
        return {name: with_day(value, day) for name, value in body.items()}
    if isinstance(body, list):
        return [with_day(value, day) for value in body]
    return re.sub(r"^\d{4}-\d\d-\d\d", day, body) if isinstance(body, str) else body


@pytest.mark.usefixtures("content")
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
async def test_days_at_the_ends_of_the_calendar_are_no_fault_of_ours(
    operations: list[Operation], call: Caller, day: str
) -> None:
    """Wherever a day or an instant is asked for: in an address, among filters and in a body."""
    asked = 0
    for operation in operations:
        path = operation.at().replace("2026-01-01", day)
        dated = [p["name"] for p in operation.parameters if "date" in str(p["schema"])]
        queries = {"", *(f"{name}={day}{time}" for name in dated for time in ("", "T00:00:00Z", "T23:59:59Z"))}
        if operation.body is not None:
            queries = {"dry_run=true"} if "dry_run" in {p["name"] for p in operation.parameters} else {""}
        for query in queries:
            address = f"{path}{'&' if '?' in path else '?'}{query}" if query else path
            answer = await call(operation.method, address, with_day(operation.body, day))
            assert answer.status_code < 500, (operation.id, address, answer.text)
            asked += day in address or operation.body is not None
    assert asked > 150


async def test_every_answer_has_its_number_and_the_rate_limit(call: Caller) -> None:
    first = await call("GET", "/v1/accounts")
    assert re.fullmatch(r"req_[0-9a-f]{16}", first.headers["request-id"])
    assert {"ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"} <= set(first.headers)
    assert first.headers["x-content-type-options"] == "nosniff"
    mine = await call("GET", "/v1/accounts/9", headers={"request-id": "till-7-000123"})
    assert mine.headers["request-id"] == mine.json()["request_id"] == "till-7-000123"
    bad = await call("GET", "/v1/accounts", headers={"request-id": "a b\tc"})
    assert bad.headers["request-id"].startswith("req_")


async def test_an_answer_to_a_stranger_has_the_limit_of_its_address(call: Caller) -> None:
    for headers, left in (({}, "50"), ({"authorization": "Bearer ck_abcdefgh_wrong"}, "49"), ({}, "49")):
        answer = await call.client.get("/v1/accounts", headers=headers)
        assert answer.status_code == 401
        assert (answer.headers["ratelimit-limit"], answer.headers["ratelimit-remaining"]) == ("50", left)
        assert "canglian-version" not in answer.headers
    described = await call.client.get("/v1/openapi.json")
    assert described.headers["ratelimit-limit"] == "50"
    fast = await call.client.post("/v1/transfers", json={})
    assert (fast.status_code, fast.headers["ratelimit-limit"]) == (401, "50")


async def test_every_answer_names_the_version_that_its_key_is_pinned_to(call: Caller) -> None:
    for method, path in (("GET", "/v1/accounts"), ("GET", "/v1/accounts/9"), ("POST", "/v1/transfers")):
        answer = await call(method, path, {} if method == "POST" else None)
        assert answer.headers["canglian-version"] == API_VERSION, path


async def test_a_method_that_a_path_does_not_take_is_told_which_it_takes(call: Caller) -> None:
    answer = await call("PUT", "/v1/accounts/1")
    assert (answer.status_code, answer.json()["code"]) == (405, "request.method")
    assert {"GET", "PATCH"} <= set(answer.headers["allow"].split(", "))
    options = await call("OPTIONS", "/v1/accounts/1")
    assert {"GET", "PATCH"} <= set(options.headers["allow"].split(", "))


async def test_what_does_not_exist_is_a_problem_too(call: Caller) -> None:
    for path in ("/v1/nothing", "/v1/accounts/abc", "/v1/accounts/1/nothing", "/v2/accounts"):
        answer = await call("GET", path)
        assert (answer.status_code, answer.json()["code"]) == (404, "request.not_found"), path
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_key_asks_as_often_as_it_may(caller: Any) -> None:
    slow = await caller(Role.VIEWER, rate_per_second=1, rate_burst=3)
    answers = [await slow("GET", "/v1/me") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert answers[-1].json()["code"] == "rate.exceeded"
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert [answer.headers["ratelimit-remaining"] for answer in answers[:3]] == ["2", "1", "0"]


async def test_metrics_are_for_this_machine(call: Caller) -> None:
    await call("GET", "/v1/accounts")
    answer = await call.client.get("/metrics")
    assert answer.status_code == 200
    assert 'canglian_http_requests_total{method="GET",route="/v1/accounts",status="200"}' in answer.text
