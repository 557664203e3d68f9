"""Planted names and numbers appear in no table, log line, event, address or page."""

import io
import sys
from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest

from canglian.app.opening import Opened
from canglian.kernel import logs
from tests.bank.party.api.test_openings import STEPS
from tests.bank.party.people import identity
from tests.conftest import Caller
from tests.web.conftest import enter
from tests.web.entering import Enter

__all__ = ["enter"]

NAME, OTHER_NAME = "欧阳晓燕", "司徒振华"
MOBILE, OTHER_MOBILE = "13812345678", "13987654321"
NUMBER, OTHER_NUMBER = identity(7), identity(8)
PASSPORT = "E98765432"
ADDRESS = "新城县望江路四十二号"
CARD = "6222021234567890123"
PLANTED = (NAME, OTHER_NAME, MOBILE, OTHER_MOBILE, NUMBER, OTHER_NUMBER, PASSPORT, ADDRESS, CARD)


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Everything that is logged, at the finest level."""
    stream = io.StringIO()
    logs.configure("debug", "json", stream)
    yield stream
    logs.configure("info", "json", sys.stderr)


async def everything_stored(database: str) -> dict[str, str]:
    """Every table as text, sealed and blind values too."""
    connection = await asyncpg.connect(database)
    tables = await connection.fetch("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
    found = {}
    for (table,) in tables:
        rows = await connection.fetch(f'SELECT row_to_json(t)::text FROM "{table}" t')
        found[table] = "\n".join(row[0] for row in rows)
    await connection.close()
    return found


async def live(call: Caller) -> list[str]:
    """A person's whole life, and requests that are refused with the same data; the ids of the parties."""
    body = {"kind": "person", "name": NAME, "number": NUMBER, "mobile": MOBILE, "address": ADDRESS}
    first = (await call("POST", "/v1/parties", body, headers={"Idempotency-Key": "one"})).json()["id"]
    path = f"/v1/parties/{first}"
    other = {"kind": "person", "name": OTHER_NAME, "mobile": MOBILE}
    two = (await call("POST", "/v1/parties", other)).json()["id"]
    asked: list[tuple[str, str, Any, int]] = [
        ("POST", "/v1/parties", body, 422),
        ("POST", "/v1/parties", {**body, "number": NUMBER[:-1]}, 422),
        ("POST", "/v1/parties", {**body, "name": f"<b>{NAME}</b>"}, 422),
        ("POST", "/v1/parties", {**body, "kind": NAME}, 400),
        ("POST", "/v1/parties", {**body, NAME: MOBILE}, 400),
        ("PATCH", path, {"number": OTHER_NUMBER}, 422),
        ("PATCH", path, {"mobile": OTHER_MOBILE, "occupation": f"见 {MOBILE}"}, 422),
        ("PATCH", path, {"mobile": OTHER_MOBILE}, 200),
        ("POST", "/v1/parties/search", {"number": NUMBER}, 200),
        ("POST", "/v1/parties/search", {"name": NAME}, 200),
        (
            "POST",
            f"{path}/documents",
            {"kind": "passport", "number": PASSPORT, "authority": "出入境管理局", "valid_from": "2020-01-01"},
            201,
        ),
        (
            "POST",
            "/v1/lists",
            {"colour": "grey", "listed_by": "mobile", "value": OTHER_MOBILE, "reason": "待核实"},
            201,
        ),
        (
            "POST",
            "/v1/lists",
            {"colour": "grey", "listed_by": "number", "value": NUMBER, "reason": f"见 {NUMBER}"},
            422,
        ),
        ("POST", f"{path}/unmask", {"fields": ["name", "number", "mobile", "address"], "reason": "核实"}, 201),
        ("POST", f"{path}/export", {"reason": "本人申请"}, 201),
        ("POST", f"{path}/merge", {"other": two, "reason": "同一人"}, 200),
    ]
    for method, to, sent, status in asked:
        answer = await call(method, to, sent)
        assert answer.status_code == status, (to, answer.text)
    opening = (await call("POST", "/v1/openings", {"party": first, "channel": "app"})).json()["id"]
    for name, evidence in STEPS.items():
        step = {**evidence, **({"number": NUMBER} if name == "document" else {})}
        answer = await call("POST", f"/v1/openings/{opening}/{name}", step)
        assert answer.status_code == 200, answer.text
    return [first, two, opening]


async def test_planted_data_stands_in_no_table_log_event_or_page(
    call: Caller, enter: Enter, installation: Opened, database: str, logged: io.StringIO
) -> None:
    first, second, opening = await live(call)
    client = await enter("admin")
    pages = [
        *("/console/people", "/console/people?format=csv", f"/console/people/{first}", f"/console/people/{second}"),
        *("/console/openings", f"/console/openings/{opening}", "/console/lists", "/console/events"),
        *("/console/commands", *(f"/console/commands/{number}" for number in range(1, 30))),
    ]
    shown = {}
    for path in pages:
        answer = await client.get(path)
        if answer.status_code == 200:
            shown[path] = answer.text
    assert len(shown) >= 25
    for path in (
        "/v1/parties",
        f"/v1/parties/{first}",
        f"/v1/parties/{second}",
        "/v1/openings",
        "/v1/lists",
        "/v1/events",
    ):
        shown[path] = (await call("GET", path)).text
    stored = await everything_stored(database)
    assert {"party", "command", "event", "party_document", "remote_opening", "list_entry"} <= set(stored)
    assert '"kind":"party.register"' in stored["command"]
    places = {**stored, **shown, "log": logged.getvalue()}
    for planted in PLANTED:
        guilty = [place for place, text in places.items() if planted in text]
        assert guilty == [], (planted, guilty)
    assert installation.services.keyring.open(
        await installation.services.reader.value(
            "SELECT number_sealed FROM party WHERE book = $1 AND id = $2", 1, first
        ),
        "party.number",
    ) == (NUMBER)
