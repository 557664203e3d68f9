"""What a version says otherwise than another one: inputs, rows of tables, lines, branches, cases; by their ids."""

from typing import Any

import msgspec

from canglian.bank.decision.engine.jdm import Model, Node, read_model
from canglian.bank.decision.language.syntax import Fault
from canglian.bank.decision.model import RuleVersion


class Difference(msgspec.Struct, frozen=True):
    """One thing, as it was and as it is; None where it was or is not there."""

    where: str
    before: str | None
    after: str | None


def differences(before: RuleVersion, after: RuleVersion) -> list[Difference]:
    """What differs, in the order of the later one; what is gone stands at the end of its part."""
    found: list[Difference] = []
    for part, old, new in (
        ("inputs", _by(before.inputs, "name"), _by(after.inputs, "name")),
        ("rules", _rules(before), _rules(after)),
        ("cases", _by(before.cases, "name"), _by(after.cases, "name")),
    ):
        found += [
            Difference(f"{part} · {name}", old.get(name), new.get(name))
            for name in dict.fromkeys((*new, *old))
            if old.get(name) != new.get(name)
        ]
    return found


def _by(things: Any, field: str) -> dict[str, str]:
    return {getattr(thing, field): msgspec.json.encode(thing).decode() for thing in things}


def _rules(version: RuleVersion) -> dict[str, str]:
    try:
        model = read_model(version.document)
    except Fault:
        return {"JDM": version.document}
    return {name: text for node in model.nodes for name, text in _lines(node)} | _edges(model)


def _lines(node: Node) -> list[tuple[str, str]]:
    name, content = node.name or node.id, node.content
    lines = [(name, f"{node.type} {content.hit_policy if content.rules else ''}".strip())]
    titles = {column.id: column.field or column.name for column in (*content.inputs, *content.outputs)}
    for number, row in enumerate(content.rules, 1):
        cells = [f"{titles[key]}: {row[key]}" for key in titles if row.get(key, "").strip()]
        lines.append((f"{name} · {row.get('_id', number)}", "; ".join([*cells, row.get("_description", "")])))
    lines += [(f"{name} · {step.key}", step.value) for step in content.expressions]
    lines += [(f"{name} · {branch.id}", branch.condition) for branch in content.statements]
    return lines


def _edges(model: Model) -> dict[str, str]:
    names = {node.id: node.name or node.id for node in model.nodes}
    return {
        f"{names.get(edge.source_id, '?')} → {names.get(edge.target_id, '?')} {edge.source_handle or ''}".strip(): "→"
        for edge in model.edges
    }
