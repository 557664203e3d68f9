"""The description of the API: complete, and kept by the server under fuzzing and along its links."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from canglian.app.opening import Opened
from canglian.kernel.errors import CODES
from canglian.ledger.commands import OpenAccount
from canglian.web.principal import Role
from canglian.web.system.access import create_key
from tests.conftest import Caller
from tests.serving import PATIENCE, Served

CHECKS_LEFT_OUT = ("positive_data_acceptance",)
"""A body that can be read may still be refused by a rule: 422."""

LINKS_SECONDS = (60, 135, 240)
"""How long links are followed; on a busy machine the first do not suffice to reach enough of them."""

CHAINED = tuple(option for tag in ("accounts", "transfers", "holds") for option in ("--include-tag", tag))
"""Resources whose bodies name things that exist, so that chains of links go on; elsewhere they end at a refusal."""

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
async def described(call: Caller) -> dict[str, Any]:
    return (await call.client.get("/v1/openapi.json")).json()


def operations(described: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, item[method])
        for path, item in described["paths"].items()
        for method in METHODS
        if method in item
    ]


async def test_every_operation_documents_its_refusals(described: dict[str, Any]) -> None:
    assert described["openapi"].startswith("3.1")
    found = operations(described)
    assert len(found) >= 35
    for path, method, operation in found:
        statuses = set(operation["responses"])
        assert {"400", "401", "403", "404", "429", "503"} <= statuses, (method, path)
        if method != "get":
            assert {"409", "413", "415", "422"} <= statuses, (method, path)
        for status in statuses - {"200", "201"}:
            content = operation["responses"][status]["content"]
            assert list(content) == ["application/problem+json"], (method, path, status)
        assert operation["summary"], (method, path)
        assert operation["tags"], (method, path)


async def test_every_field_and_parameter_says_what_it_is_for(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    mute = [
        f"{name}.{field}"
        for name, schema in schemas.items()
        for field, kind in schema.get("properties", {}).items()
        if not kind.get("description") or kind["description"].startswith("A small number")
    ]
    mute += [
        f"{method} {path} {parameter['name']}"
        for path, method, operation in operations(described)
        for parameter in operation.get("parameters", ())
        if not parameter.get("description")
    ]
    assert mute == []


GOLDEN = Path(__file__).with_name("openapi.json")


def condensed(described: dict[str, Any]) -> dict[str, Any]:
    """What an operation takes and gives when all goes well, and every schema; required fields in one order."""
    operations_ = {
        f"{method.upper()} {path}": {
            **{name: value for name, value in operation.items() if name not in ("responses", "description")},
            "responses": {
                status: answer.get("content")
                for status, answer in operation["responses"].items()
                if status.startswith("2")
            },
        }
        for path, method, operation in operations(described)
    }
    schemas = {
        name: {**schema, "required": sorted(schema.get("required", []))}
        for name, schema in described["components"]["schemas"].items()
    }
    return {"operations": operations_, "schemas": schemas}


async def test_the_document_is_the_one_on_record(described: dict[str, Any]) -> None:
    """What clients see changes on purpose only: ``GOLDEN=write`` writes the record anew."""
    made = json.dumps(condensed(described), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_text(made)
    assert json.loads(made) == json.loads(GOLDEN.read_text())


async def test_every_body_has_an_example_and_refuses_unknown_fields(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    bodies = [operation["requestBody"] for _, _, operation in operations(described) if "requestBody" in operation]
    names = {body["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[1] for body in bodies}
    assert {"TransferRequest", "TransfersRequest", "OpenAccount", "HoldRequest"} <= names
    for name in names:
        assert schemas[name]["examples"], name
        assert schemas[name]["additionalProperties"] is False, name


async def test_every_instant_says_that_it_is_one(described: dict[str, Any]) -> None:
    fields = [
        (f"{name}.{field}", schema)
        for name, each in described["components"]["schemas"].items()
        for field, schema in each.get("properties", {}).items()
        if field.endswith("_at")
    ]
    formats = {
        name: [kind.get("format") for kind in schema.get("anyOf", [schema]) if kind.get("type") == "string"]
        for name, schema in fields
    }
    assert len(formats) > 100
    assert {name for name, kinds in formats.items() if kinds not in ([], ["date-time"])} == set()


async def test_amounts_are_described_as_they_are_checked(described: dict[str, Any]) -> None:
    amount = described["components"]["schemas"]["TransferRequest"]["properties"]["amount"]
    assert (amount["type"], amount["exclusiveMinimum"], amount["maximum"]) == ("integer", 0, 10**15)


async def test_every_error_code_stands_in_the_description(described: dict[str, Any]) -> None:
    assert set(described["x-error-codes"]) == {code for code in CODES if not code.startswith("cli.")}


async def test_every_link_leads_to_an_operation(described: dict[str, Any]) -> None:
    known = {operation["operationId"]: operation for _, _, operation in operations(described)}
    links = [
        link
        for operation in known.values()
        for answer in operation["responses"].values()
        for link in answer.get("links", {}).values()
    ]
    assert len(links) >= 20
    for link in links:
        names = {parameter["name"] for parameter in known[link["operationId"]].get("parameters", ())}
        assert set(link.get("parameters", {})) <= names


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_fuzzing_finds_no_fault_and_nothing_undocumented(served: Served, tmp_path: Path) -> None:
    output = fuzz(served, tmp_path, "--phases", "examples,coverage,fuzzing", "--max-examples", "8")
    tested = next(line for line in output.splitlines() if "Tested:" in line)
    assert int(tested.split()[1]) >= 40, tested


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_following_the_links_finds_no_fault_and_nothing_undocumented(served: Served, tmp_path: Path) -> None:
    covered = 0
    for seconds in LINKS_SECONDS:
        output = fuzz(served, tmp_path, "--phases", "stateful", "--max-time", str(seconds), *CHAINED)
        line = next(line for line in output.splitlines() if "API Links:" in line)
        covered = int(line.split()[2])
        if covered >= 20:
            break
    assert covered >= 20, f"{covered} links followed in {LINKS_SECONDS[-1]} seconds"


def fuzz(served: Served, folder: Path, *options: str) -> str:
    """Let schemathesis at the server; what it said, once it found nothing wrong."""
    (folder / "schemathesis.toml").write_text("[phases.stateful]\nmax-steps = 8\n")
    program = [
        *(str(Path(sys.executable).with_name("st")), "run", f"{served.address}/v1/openapi.json"),
        *("--header", f"Authorization: Bearer {served.key}"),
        *("--checks", "all", "--exclude-checks", ",".join(CHECKS_LEFT_OUT)),
        *("--seed", "20260105", "--generation-database", "none", "--no-shrink", "--no-color"),
        *options,
    ]
    hooks = str(Path(__file__).parent)
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": "openapi_hooks", "PYTHONPATH": hooks}
    environment["FUZZED_WITH"] = served.key.split("_")[1]
    done = subprocess.run(program, cwd=folder, env=environment, capture_output=True, text=True, timeout=580)
    assert done.returncode == 0, done.stdout[done.stdout.find("= FAILURES =") :][:12_000]
    me = httpx.get(f"{served.address}/v1/me", headers={"authorization": f"Bearer {served.key}"}, timeout=PATIENCE)
    assert me.status_code == 200, "the fuzzer was shut out on its way"
    return done.stdout


@pytest.fixture
async def served(installation: Opened, serve_at: Any) -> Served:
    """A server of its own process, three accounts without bounds, and a key that may do everything."""
    for _ in range(3):
        command = OpenAccount(asset="CNY", head="2011", floor=None)
        await installation.services.engine.execute(1, command, actor="test")
    rates: dict[str, Any] = {"rate_per_second": 100_000, "rate_burst": 100_000}
    _, key = await create_key(installation.services, name="t", of_book=1, role=Role.ADMIN, actor="test", **rates)
    return serve_at(key)
