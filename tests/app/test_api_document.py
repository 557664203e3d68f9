"""The OpenAPI document as other tools read it: plain names, whole arrays, the same wherever it is printed."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from canglian.app.cli.openapi import stamp
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


_PRINT = """
import sys
from canglian.app.cli import app
try:
    app(sys.argv[1:])
except SystemExit as ended:
    assert not ended.code
print("litestar" in sys.modules, file=sys.stderr)
"""


async def test_the_command_prints_what_the_server_has_and_makes_it_once(
    described: dict[str, Any], tmp_path: Path
) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    for words, imported in ((["openapi"], "True"), (["openapi", "--json"], "False")):
        program = [sys.executable, "-c", _PRINT, *words]
        printed = subprocess.run(program, capture_output=True, timeout=120, check=True, env=environment)
        made = json.loads(printed.stdout)
        codes = made.pop("x-error-codes")
        assert codes.items() <= described["x-error-codes"].items()  # tests declare codes of their own
        assert made == {name: part for name, part in described.items() if name != "x-error-codes"}
        assert printed.stderr.decode().split()[-1] == imported
    assert len(list(tmp_path.rglob("openapi-*.json"))) == 1


def test_the_kept_document_is_that_of_the_files_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "room").mkdir()
    file = tmp_path / "room" / "api.py"
    file.write_text("a = 1")
    seen = {stamp(tmp_path), stamp(tmp_path)}
    assert len(seen) == 1
    os.utime(file, ns=(1, 1))
    seen.add(stamp(tmp_path))
    (tmp_path / "room" / "other.py").touch()
    seen.add(stamp(tmp_path))
    assert len(seen) == 3
