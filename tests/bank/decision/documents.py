"""Models as JDM, made of a few words."""

import json
from itertools import pairwise
from typing import Any

from canglian.bank.decision.engine.inputs import InputField
from canglian.bank.decision.engine.rules import Outcome, Ready, Rules
from canglian.bank.decision.language.typing import Kind


def whole(name: str, low: int = 0, high: int = 100, **more: Any) -> InputField:
    return InputField(name=name, kind=Kind.INTEGER, label=name, low=str(low), high=str(high), **more)


def decimal(name: str, low: str = "-2", high: str = "2", **more: Any) -> InputField:
    return InputField(name=name, kind=Kind.DECIMAL, label=name, low=low, high=high, **more)


def text(name: str, *values: str, **more: Any) -> InputField:
    return InputField(name=name, kind=Kind.TEXT, label=name, values=values, **more)


def yes(name: str, **more: Any) -> InputField:
    return InputField(name=name, kind=Kind.BOOLEAN, label=name, **more)


def day(name: str) -> InputField:
    return InputField(name=name, kind=Kind.DATE, label=name, low="2020-01-01", high="2030-12-31")


Row = tuple[list[str], list[str]]


def table(inputs: list[str], outputs: list[str], *rows: Row, **content: Any) -> dict[str, Any]:
    """A decision table; an input without a name has whole conditions as its cells."""
    return {
        "id": "t",
        "type": "decisionTableNode",
        "name": "table",
        "content": {
            "hitPolicy": "first",
            "inputs": [{"id": f"i{place}", "name": name, "field": name} for place, name in enumerate(inputs)],
            "outputs": [{"id": f"o{place}", "name": name, "field": name} for place, name in enumerate(outputs)],
            "rules": [
                {
                    "_id": f"r{number}",
                    "_description": f"row {number}",
                    **{f"i{place}": cell for place, cell in enumerate(cells)},
                    **{f"o{place}": cell for place, cell in enumerate(given)},
                }
                for number, (cells, given) in enumerate(rows, 1)
            ],
            **content,
        },
    }


def steps(identity: str = "x", *, passes: bool = True, **lines: str) -> dict[str, Any]:
    """An expression node."""
    expressions = [{"id": key, "key": key, "value": value} for key, value in lines.items()]
    content = {"expressions": expressions, "passThrough": passes}
    return {"id": identity, "type": "expressionNode", "name": identity, "content": content}


def model(*nodes: dict[str, Any], edges: list[tuple[str, str, str]] | None = None) -> str:
    """A document: its nodes in a row, or by edges from, to, and the branch of a switch."""
    ends = [{"id": "in", "type": "inputNode", "name": "in"}, {"id": "out", "type": "outputNode", "name": "out"}]
    every = [ends[0], *nodes, ends[1]]
    names = [node["id"] for node in every]
    ways = [(source, target, "") for source, target in pairwise(names)] if edges is None else edges
    made = [
        {
            "id": str(number),
            "type": "edge",
            "sourceId": source,
            "targetId": target,
            **({"sourceHandle": by} if by else {}),
        }
        for number, (source, target, by) in enumerate(ways)
    ]
    return json.dumps({"nodes": every, "edges": made})


def ready(inputs: list[InputField], document: str) -> Ready:
    return Ready(Rules(tuple(inputs), document))


def found(inputs: list[InputField], document: str, *, errors: bool = True) -> list[tuple[str, int | None]]:
    """What the lint finds: codes without their family, with the row."""
    compiled = ready(inputs, document).compiled
    findings = compiled.errors if errors else compiled.findings
    return [(finding.code.removeprefix("rule_lint."), finding.row) for finding in findings]


def decided(inputs: list[InputField], document: str, **case: Any) -> Outcome:
    made = ready(inputs, document)
    assert not made.compiled.errors
    return made.decide("rules", 1, case)
