"""The graph of a model: its nodes, each after what it needs, and which ways through it exclude each other."""

from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from canglian.bank.decision.engine.jdm import EXPRESSIONS, INPUT, OUTPUT, SUPPORTED, SWITCH, TABLE, Edge, Model, Node
from canglian.bank.decision.language.syntax import Fault

Way = tuple[str, str]
"""A switch, and the branch of it that was taken."""


class Faults(Exception):
    """What is wrong with a graph: names of nodes, and the faults."""

    def __init__(self, found: list[tuple[str, Fault]]) -> None:
        super().__init__(found)
        self.found = found


@dataclass
class Ordered:
    """Nodes in order; ``into`` has the edges that lead to each, ``ways`` the branches that all paths to it take."""

    nodes: list[Node]
    into: dict[str, list[Edge]]
    ways: dict[str, frozenset[Way]] = field(default_factory=dict[str, frozenset[Way]])
    branches: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])

    def ways_of(self, edge: Edge) -> frozenset[Way]:
        """The branches that were taken where an edge is."""
        ways = self.ways[edge.source_id]
        if edge.source_id in self.branches and edge.source_handle:
            ways |= {(edge.source_id, edge.source_handle)}
        return ways

    def exclude(self, one: Edge, other: Edge) -> bool:
        """Whether a case that comes by one edge cannot come by the other."""
        taken = dict(self.ways_of(one))
        return any(switch in taken and taken[switch] != branch for switch, branch in self.ways_of(other))

    def is_always(self, node: str) -> bool:
        """Whether every case comes to a node: no branch is left out on the ways to it."""
        arriving = [self.ways_of(edge) for edge in self.into[node]]
        return _covers(arriving, self.branches)


def _covers(ways: list[frozenset[Way]], branches: dict[str, frozenset[str]]) -> bool:
    """Whether one of some sets of branches is taken by every case."""
    if any(not each for each in ways):
        return True
    for switch in {switch for each in ways for switch, _ in each}:
        if all(
            _covers([each - {(switch, branch)} for each in ways if _goes(each, switch, branch)], branches)
            for branch in branches[switch]
        ):
            return True
    return False


def _goes(ways: frozenset[Way], switch: str, branch: str) -> bool:
    taken = dict(ways)
    return switch not in taken or taken[switch] == branch


def in_order(model: Model) -> Ordered:
    """The nodes of a model in order. Raises ``Faults``."""
    found: list[tuple[str, Fault]] = []
    nodes = {node.id: node for node in model.nodes}
    for node in model.nodes:
        found += [(node.name or node.id, fault) for fault in _faults_of(node)]
    if len(nodes) < len(model.nodes):
        found.append(("", Fault("rule_lint.node_twice")))
    found += [
        ("", Fault("rule_lint.one_of", kind=kind))
        for kind in (INPUT, OUTPUT)
        if sum(node.type == kind for node in model.nodes) != 1
    ]
    found += [
        ("", Fault("rule_lint.edge", edge=f"{edge.source_id[:40]} → {edge.target_id[:40]}"))
        for edge in model.edges
        if edge.source_id not in nodes or edge.target_id not in nodes
    ]
    if found:
        raise Faults(found)
    into: dict[str, list[Edge]] = {identity: [] for identity in nodes}
    out: dict[str, set[str]] = {identity: set() for identity in nodes}
    for edge in model.edges:
        into[edge.target_id].append(edge)
        out[edge.source_id].add(edge.source_handle or "")
    sorter = TopologicalSorter({identity: [edge.source_id for edge in edges] for identity, edges in into.items()})
    try:
        order = [nodes[identity] for identity in sorter.static_order()]
    except CycleError:
        raise Faults([("", Fault("rule_lint.cycle"))]) from None
    for node in order:
        name = node.name or node.id
        if (node.type == INPUT) != (not into[node.id]) or (node.type == OUTPUT) != (not out[node.id]):
            found.append((name, Fault("rule_lint.unconnected")))
        if node.type == SWITCH:
            found += [(name, fault) for fault in _faults_of_switch(node, out[node.id])]
    if found:
        raise Faults(found)
    ordered = Ordered(order, into)
    for node in order:
        if node.type == SWITCH:
            ordered.branches[node.id] = frozenset(branch.id for branch in node.content.statements)
        arriving = [ordered.ways_of(edge) for edge in into[node.id]]
        always = not arriving or ordered.is_always(node.id)
        ordered.ways[node.id] = frozenset() if always else frozenset.intersection(*arriving)
    return ordered


def _faults_of(node: Node) -> list[Fault]:
    content = node.content
    if node.type not in SUPPORTED:
        return [Fault("rule_lint.outside", kind=node.type[:40])]
    found: list[Fault] = []
    if content.input_field or content.execution_mode != "single":
        found.append(Fault("rule_lint.node_setting", setting="inputField" if content.input_field else "executionMode"))
    if content.output_path and node.type != TABLE:
        found.append(Fault("rule_lint.node_setting", setting="outputPath"))
    if node.type == EXPRESSIONS and not content.expressions:
        found.append(Fault("rule_lint.table_empty"))
    return found


def _faults_of_switch(node: Node, taken: set[str]) -> list[Fault]:
    branches = node.content.statements
    found: list[Fault] = []
    if node.content.hit_policy != "first":
        found.append(Fault("rule_lint.hit_policy", policy=node.content.hit_policy[:40]))
    defaults = [branch.is_default or not branch.condition.strip() for branch in branches]
    if not defaults or not defaults[-1] or any(defaults[:-1]):
        found.append(Fault("rule_lint.switch_default"))
    if {branch.id for branch in branches} != taken or len({branch.id for branch in branches}) != len(branches):
        found.append(Fault("rule_lint.switch_open"))
    return found
