"""Decision tables as forms: what a page shows of each, and the document that comes of what was typed.

Everything else of the document stays as it was written, so that the editor of GoRules opens what comes out.
"""

import json
import secrets
from collections.abc import Mapping
from typing import Any

import msgspec

from canglian.bank.decision.engine.inputs import InputField, Scalar
from canglian.bank.decision.engine.jdm import TABLE
from canglian.bank.decision.engine.rules import RuleCase
from canglian.bank.decision.language.typing import Kind
from canglian.kernel.errors import Malformed
from canglian.kernel.untrusted import read_json

_DESCRIPTION = "_description"


class GridColumn(msgspec.Struct, frozen=True):
    """A column of a table."""

    id: str
    title: str
    is_output: bool


class Grid(msgspec.Struct, frozen=True):
    """A decision table: its columns, and the texts of its rows by column; ``name`` is that of its inputs' names."""

    name: str
    title: str
    hit_policy: str
    columns: list[GridColumn]
    rows: list[dict[str, str]]


def grids_of(document: str, spare: int = 0) -> list[Grid]:
    """The decision tables of a document, each with some empty rows to spare; none where it cannot be read."""
    grids: list[Grid] = []
    for place, content, node in _tables(_read(document)):
        columns = [
            GridColumn(str(column.get("id", "")), str(column.get("name") or column.get("field") or ""), is_output)
            for part, is_output in (("inputs", False), ("outputs", True))
            for column in _dicts(content.get(part))
        ]
        rows = [{key: str(value) for key, value in row.items()} for row in _dicts(content.get("rules"))]
        title = str(node.get("name") or node.get("id") or "")
        policy = str(content.get("hitPolicy", "first"))
        grids.append(Grid(f"t{place}", title, policy, columns, [*rows, *({} for _ in range(spare))]))
    return grids


def edited(document: str, form: Mapping[str, str]) -> str:
    """A document with the rows of its tables as they were typed; rows without anything in them are left out."""
    whole = _read(document)
    for place, content, _ in _tables(whole):
        grid = next(each for each in grids_of(document, spare=3) if each.name == f"t{place}")
        rows: list[dict[str, str]] = []
        for number, known in enumerate(grid.rows):
            names = [*(column.id for column in grid.columns), _DESCRIPTION]
            typed = {name: form.get(f"{grid.name}_{number}_{name}", "") for name in names}
            if any(typed.values()):
                rows.append({"_id": known.get("_id") or secrets.token_hex(4), **typed})
        content["rules"] = rows
    return json.dumps(whole, ensure_ascii=False, indent=1)


def typed_cases(form: Mapping[str, str]) -> list[Any]:
    """The cases of a form, which has them as JSON. Malformed ``rule_set.file`` at their field."""
    try:
        found = read_json(form.get("cases", "[]").encode("utf-8", "replace"), list[RuleCase])
    except (msgspec.DecodeError, RecursionError) as error:
        raise Malformed("rule_set.file", file="JSON", problem=str(error).rstrip("."), field="cases") from None
    return [msgspec.to_builtins(case) for case in found]


def typed_inputs(inputs: tuple[InputField, ...], form: Mapping[str, str]) -> dict[str, Scalar]:
    """A case as it was typed: what is empty is left out, or null where an input may be null."""
    found: dict[str, Scalar] = {}
    for declared in inputs:
        text = form.get(f"in_{declared.name}", "")
        if text == "":
            if declared.nullable:
                found[declared.name] = None
            continue
        if declared.kind is Kind.INTEGER and text.isascii() and text.lstrip("-").isdigit() and len(text) < 17:
            found[declared.name] = int(text)
        elif declared.kind is Kind.BOOLEAN and text in ("true", "false"):
            found[declared.name] = text == "true"
        else:
            found[declared.name] = text
    return found


def _read(document: str) -> dict[str, Any]:
    try:
        return read_json(document.encode("utf-8", "replace"), dict[str, Any])
    except (msgspec.DecodeError, RecursionError):
        return {}


def _tables(whole: dict[str, Any]) -> list[tuple[int, dict[str, Any], dict[str, Any]]]:
    found: list[tuple[int, dict[str, Any], dict[str, Any]]] = []
    for place, node in enumerate(_dicts(whole.get("nodes"))):
        content = node.get("content")
        if node.get("type") == TABLE and isinstance(content, dict):
            found.append((place, content, node))
    return found


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
