"""The OpenAPI document as other tools read it: plain names, whole arrays, the same wherever it is printed."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Caller


@pytest.fixture
async def described(call: Caller) -> dict[str, Any]:
    return (await call.client.get("/v1/openapi.json")).json()


def parts(thing: Any) -> Iterator[dict[str, Any]]:
    """Every object in the document."""
    if isinstance(thing, dict):
        yield thing
        for value in thing.values():
            yield from parts(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from parts(value)


async def test_names_of_schemas_are_plain_and_each_is_used(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    assert [name for name in schemas if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name)] == []
    named = {part["$ref"].rsplit("/", 1)[-1] for part in parts(described) if isinstance(part.get("$ref"), str)}
    assert named == set(schemas)


async def test_every_list_says_what_it_has(described: dict[str, Any]) -> None:
    assert [part for part in parts(described) if part.get("type") == "array" and "items" not in part] == []


async def test_the_command_prints_what_the_server_has(described: dict[str, Any]) -> None:
    program = Path(sys.executable).with_name("canglian")
    for words in (["openapi"], ["openapi", "--json"]):
        printed = subprocess.run([program, *words], capture_output=True, timeout=120, check=True)
        made = json.loads(printed.stdout)
        codes = made.pop("x-error-codes")
        assert codes.items() <= described["x-error-codes"].items()  # tests declare codes of their own
        assert made == {name: part for name, part in described.items() if name != "x-error-codes"}
