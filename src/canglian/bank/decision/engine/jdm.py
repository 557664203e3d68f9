"""JDM, the JSON decision model of GoRules' editor and of zen-engine: a graph of nodes and the edges between them.

Only what decides is read: where a node stands on the canvas of the editor is not. Nodes that call something outside
(functions, HTTP, other decisions, custom ones) are read as far as their type, and refused by the lint.
"""

from typing import Any

import msgspec

from canglian.bank.decision.language.syntax import Fault
from canglian.kernel.untrusted import read_json

BYTES_MAX = 256 * 1024
"""How long the JSON of a model may be."""

NODES_MAX = 60
ROWS_MAX = 500
COLUMNS_MAX = 20

INPUT, OUTPUT = "inputNode", "outputNode"
TABLE, EXPRESSIONS, SWITCH = "decisionTableNode", "expressionNode", "switchNode"
SUPPORTED = (INPUT, OUTPUT, TABLE, EXPRESSIONS, SWITCH)


class Column(msgspec.Struct, frozen=True):
    """A column of a decision table: of an input the ``field`` that is tested, of an output the one that is set."""

    id: str
    name: str = ""
    field: str | None = None


class Step(msgspec.Struct, frozen=True):
    """A line of an expression node."""

    key: str
    value: str
    id: str = ""


class Branch(msgspec.Struct, frozen=True, rename="camel"):
    """A way out of a switch."""

    id: str
    condition: str = ""
    is_default: bool = False


class Content(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What a node decides; each type of node has some of it."""

    hit_policy: str = "first"
    inputs: tuple[Column, ...] = ()
    outputs: tuple[Column, ...] = ()
    rules: tuple[dict[str, str], ...] = ()
    expressions: tuple[Step, ...] = ()
    statements: tuple[Branch, ...] = ()
    pass_through: bool = False
    input_field: str | None = None
    output_path: str | None = None
    execution_mode: str = "single"


class Node(msgspec.Struct, frozen=True):
    """A step of the decision."""

    id: str
    type: str
    name: str = ""
    content: Content = Content()


class Edge(msgspec.Struct, frozen=True, rename="camel"):
    """From one node to another; out of a switch by one of its ways."""

    source_id: str
    target_id: str
    source_handle: str | None = None


class Model(msgspec.Struct, frozen=True):
    """A decision."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


class _Raw(msgspec.Struct, frozen=True):
    nodes: tuple[dict[str, Any], ...]
    edges: tuple[Edge, ...]


def read_model(text: str | bytes) -> Model:
    """A model from its JSON. Raises a Fault with ``rule_lint.document`` where it is none."""
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(raw) > BYTES_MAX:
        raise Fault("rule_lint.too_long", limit=BYTES_MAX)
    try:
        found = read_json(raw, _Raw)
        model = Model(tuple(_node(node) for node in found.nodes), found.edges)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Fault("rule_lint.document", problem=str(error).rstrip(".")[:200]) from None
    if len(model.nodes) > NODES_MAX or len(model.edges) > 4 * NODES_MAX:
        raise Fault("rule_lint.too_many", limit=NODES_MAX)
    for node in model.nodes:
        content = node.content
        columns = len(content.inputs) + len(content.outputs)
        if len(content.rules) > ROWS_MAX or columns > COLUMNS_MAX or len(content.expressions) > ROWS_MAX:
            raise Fault("rule_lint.too_many", limit=ROWS_MAX)
    return model


def _node(raw: dict[str, Any]) -> Node:
    if raw.get("type") in (TABLE, EXPRESSIONS, SWITCH):
        return msgspec.convert(raw, Node)
    return msgspec.convert({name: value for name, value in raw.items() if name in ("id", "type", "name")}, Node)
