"""A model into one Python function, and all that the lint finds on the way.

The function takes the inputs by name and gives its outputs and the rows that it hit. Its source is made from
checked syntax alone: names of ours (``v3``, ``k7``), operators, and the functions of ``language/arithmetic.py``; no
text of the rule stands in it. Nodes are written in an order in which each stands after what it needs.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from canglian.bank.decision.engine import graph
from canglian.bank.decision.engine.findings import Finding, HitRow, Severity
from canglian.bank.decision.engine.inputs import InputField, reading, rows_out, type_of_input, written
from canglian.bank.decision.engine.jdm import EXPRESSIONS, OUTPUT, SWITCH, TABLE, Edge, Model, Node
from canglian.bank.decision.engine.tables import Cut, check_fixed, cut, is_fixed, overlapping, prove
from canglian.bank.decision.language.arithmetic import FUNCTIONS
from canglian.bank.decision.language.checking import Checked, Constants, Scope, check, check_condition
from canglian.bank.decision.language.parsing import parse, parse_test
from canglian.bank.decision.language.syntax import Expression, Fault, Literal, Name
from canglian.bank.decision.language.typing import Kind, Type, joined, nullable, present

VERDICT = "verdict"
"""The output by which a rule set says what is to be done; it may have none."""

VERDICTS = ("approve", "refuse", "person")
FINDINGS_MAX = 100
_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*\Z", re.ASCII)

Environment = dict[str, Checked]


@dataclass(frozen=True)
class Row:
    """A row that can be hit, and what people wrote about it."""

    hit: HitRow
    description: str


@dataclass(frozen=True)
class Compiled:
    """A model as a function: ``run(inputs)`` gives its outputs as they go out, and the rows it hit; raises a Misfit."""

    run: Callable[[Mapping[str, Any]], tuple[dict[str, Any], list[Row]]] | None
    outputs: dict[str, Type]
    findings: tuple[Finding, ...]
    source: str

    @property
    def errors(self) -> list[Finding]:
        """What keeps it from being used."""
        return [finding for finding in self.findings if finding.severity is Severity.ERROR]


def compile_model(model: Model, inputs: tuple[InputField, ...]) -> Compiled:
    """Check a model and make its function; it has none where an error was found."""
    return _Compiler(model, inputs).compile()


class _Compiler:
    def __init__(self, model: Model, inputs: tuple[InputField, ...]) -> None:
        self._model = model
        self._inputs = inputs
        self._constants = Constants()
        self._lines: list[str] = []
        self._findings: list[Finding] = []
        self._counter = 0
        self._used: set[str] = set()
        self._results: dict[str, Environment] = {}
        self._active: dict[str, str] = {}
        self._guards: dict[tuple[str, str | None], str] = {}
        self._outputs: Environment = {}

    # -- the whole -------------------------------------------------------------------------------------------------

    def compile(self) -> Compiled:
        environment = self._declared()
        try:
            ordered = graph.in_order(self._model)
        except graph.Faults as faults:
            for name, fault in faults.found:
                self._found(fault, name)
            return Compiled(None, {}, tuple(self._findings), "")
        parameters = [checked.source for checked in environment.values()]
        for node in ordered.nodes:
            self._node(node, ordered, environment)
        for declared in self._inputs:
            if declared.name not in self._used:
                self._found(Fault("rule_lint.input_unused", name=declared.name), "", severity=Severity.WARNING)
        self._check_verdict()
        outputs = {name: checked.type for name, checked in self._outputs.items()}
        if not outputs and not self._findings:
            self._found(Fault("rule_lint.no_output"), "")
        if any(finding.severity is Severity.ERROR for finding in self._findings):
            return Compiled(None, outputs, tuple(self._findings), "")
        given = ", ".join(
            f"{self._constants.add(name)}: {_outward(checked)}" for name, checked in self._outputs.items()
        )
        read = reading(self._inputs, parameters, self._constants.add)
        body = "\n".join(f"    {line}" for line in [*read, "hits = []", *self._lines, f"return {{{given}}}, hits"])
        source = f"def run(inputs):\n{body}\n"
        return Compiled(self._made(source), outputs, tuple(self._findings), source)

    def _made(self, source: str) -> Callable[..., Any]:
        names: dict[str, Any] = {
            "__builtins__": {},
            **FUNCTIONS,
            "bisect_left": bisect_left,
            "bisect_right": bisect_right,
            **{name.__name__: name for name in (type, int, str, written, rows_out)},
            **self._constants.values,
        }
        exec(compile(source, "<rule set>", "exec"), names)  # noqa: S102 - made above from checked syntax, no text of it
        return names["run"]

    def _declared(self) -> Environment:
        environment: Environment = {}
        for declared in self._inputs:
            try:
                if declared.name in environment:
                    raise Fault("rule_lint.input_twice", name=declared.name)
                environment[declared.name] = Checked(self._variable(), type_of_input(declared))
            except Fault as fault:
                self._found(fault, "", column=declared.name)
        return environment

    def _variable(self) -> str:
        self._counter += 1
        return f"v{self._counter}"

    def _found(
        self, fault: Fault, node: str, row: int | None = None, column: str = "", severity: Severity = Severity.ERROR
    ) -> None:
        if len(self._findings) < FINDINGS_MAX:
            self._findings.append(Finding(fault.code, severity, dict(fault.fields), node, row, column))

    def _check_verdict(self) -> None:
        if VERDICT not in self._outputs:
            return
        known = self._outputs[VERDICT].type
        if known.nullable or known.kind is not Kind.TEXT or not set(known.values or ("",)) <= set(VERDICTS):
            self._found(Fault("rule_lint.verdict", allowed=", ".join(VERDICTS)), "", column=VERDICT)

    # -- a node ----------------------------------------------------------------------------------------------------

    def _node(self, node: Node, ordered: graph.Ordered, declared: Environment) -> None:
        name = node.name or node.id
        incoming = ordered.into[node.id]
        if not incoming:
            self._active[node.id] = "True"
            self._results[node.id] = declared
            return
        try:
            environment = self._arriving(node, incoming, ordered)
        except Fault as fault:
            self._found(fault, name)
            self._results[node.id] = {}
            return
        active = self._active[node.id]
        kept, self._lines = self._lines, []
        made: Environment = {}
        if node.type == TABLE:
            made = self._table(node, name, environment)
        elif node.type == EXPRESSIONS:
            made = self._expressions(node, name, environment)
        elif node.type == SWITCH:
            self._switch(node, name, environment)
        elif node.type == OUTPUT:
            inputs = {checked.source for checked in declared.values()}
            self._outputs = {key: each for key, each in environment.items() if each.source not in inputs}
        body, self._lines = self._lines, kept
        if active == "True":
            self._lines += body
        elif body:
            names = sorted({each.source for each in made.values() if each.source.isidentifier()})
            guards = [guard for (of, _), guard in self._guards.items() if of == node.id]
            self._lines += [f"{each} = None" for each in names] + [f"{guard} = False" for guard in guards]
            self._lines += [f"if {active}:", *(f"    {line}" for line in body)]
        passes = node.type == SWITCH or node.content.pass_through
        self._results[node.id] = {**environment, **made} if passes else made

    def _arriving(self, node: Node, incoming: list[Edge], ordered: graph.Ordered) -> Environment:
        """What a node is given: what comes by each of its edges, put together."""
        guards: list[str] = []
        for edge in incoming:
            source = edge.source_id
            guard = self._guards.get((source, edge.source_handle), self._active[source])
            guards.append(guard)
        always = "True" in guards or ordered.is_always(node.id)
        active = "True" if always else self._kept(" or ".join(dict.fromkeys(guards)))
        self._active[node.id] = active
        merged: Environment = {}
        arrivals = [self._results[edge.source_id] for edge in incoming]
        for name in dict.fromkeys(name for arrival in arrivals for name in arrival):
            having = [place for place, arrival in enumerate(arrivals) if name in arrival]
            sources = {arrivals[place][name].source for place in having}
            for first in having:
                for second in having:
                    differ = arrivals[first][name].source != arrivals[second][name].source
                    if first < second and differ and not ordered.exclude(incoming[first], incoming[second]):
                        raise Fault("rule_lint.conflict", name=name)
            certain = len(having) == len(incoming) or any(guards[place] == "True" for place in having)
            if len(sources) == 1 and certain:
                merged[name] = arrivals[having[0]][name]
                continue
            known = arrivals[having[0]][name].type
            for place in having[1:]:
                known = joined(known, arrivals[place][name].type)
            last = having[-1]
            text = (
                arrivals[last][name].source
                if certain
                else f"({arrivals[last][name].source} if {guards[last]} else None)"
            )
            for place in reversed(having[:-1]):
                text = f"({arrivals[place][name].source} if {guards[place]} else {text})"
            merged[name] = Checked(self._kept(text), known if certain else nullable(known))
        return merged

    def _kept(self, source: str) -> str:
        """A value in a variable of its own."""
        if source.isidentifier():
            return source
        variable = self._variable()
        self._lines.append(f"{variable} = {source}")
        return variable

    def _scope(self, environment: Environment, own: Environment | None = None, current: Checked | None = None) -> Scope:
        return Scope(environment, own, current, self._used)

    # -- expressions and switches ----------------------------------------------------------------------------------

    def _expressions(self, node: Node, name: str, environment: Environment) -> Environment:
        made: Environment = {}
        for number, step in enumerate(node.content.expressions, 1):
            try:
                if not _NAME.match(step.key):
                    raise Fault("rule_lint.output_name", name=step.key[:40])
                if step.key in made:
                    raise Fault("rule_lint.output_twice", name=step.key)
                found = check(parse(step.value), self._scope(environment, made), self._constants)
                if found.type.kind is None:
                    raise Fault("rule_lint.null_possible")
                variable = self._variable()
                self._lines.append(f"{variable} = {found.source}")
                made[step.key] = Checked(variable, found.type)
            except Fault as fault:
                self._found(fault, name, number, step.key)
        return made

    def _switch(self, node: Node, name: str, environment: Environment) -> None:
        taken: list[str] = []
        for number, branch in enumerate(node.content.statements, 1):
            try:
                if branch.is_default or not branch.condition.strip():
                    source = "True"
                else:
                    parsed = parse(branch.condition)
                    source = check_condition(parsed, self._scope(environment), self._constants).source
            except Fault as fault:
                self._found(fault, name, number)
                source = "False"
            guard = self._variable()
            before = f"not ({' or '.join(taken)}) and " if taken else ""
            self._lines.append(f"{guard} = {before}{source}")
            self._guards[node.id, branch.id] = guard
            taken.append(guard)

    # -- decision tables -------------------------------------------------------------------------------------------

    def _table(self, node: Node, name: str, environment: Environment) -> Environment:
        content = node.content
        rows = content.rules
        cuts: list[Cut] = []
        doubtful = 0
        masks: list[str] = []
        checks: list[tuple[int, str]] = []
        try:
            if not rows or not content.outputs:
                raise Fault("rule_lint.table_empty")
            if content.hit_policy not in ("first", "collect"):
                raise Fault("rule_lint.hit_policy", policy=content.hit_policy[:40])
        except Fault as fault:
            self._found(fault, name)
            return {}
        before = len(self._findings)
        for column in content.inputs:
            title = column.name or column.field or column.id
            tested = self._tested(column.field, environment, name, title)
            cells: list[Expression | None] = []
            for number, row in enumerate(rows, 1):
                try:
                    text = row.get(column.id, "")
                    if tested is None and (column.field or "").strip():
                        cells.append(None)
                        continue
                    cell = self._cell(text, tested, environment, checks, number)
                    doubtful |= (tested is None and cell is not None) << (number - 1)
                    cells.append(cell)
                except Fault as fault:
                    self._found(fault, name, number, title)
                    cells.append(None)
            if tested is not None and len(self._findings) == before:
                found = cut(tested.type, cells)
                if any(cell is not None for cell in cells):
                    cuts.append(found)
                    masks.append(self._look_up(found, tested, len(rows)))
        made = self._table_outputs(node, name, environment)
        if len(self._findings) > before or made is None:
            return {}
        self._prove(node, name, cuts, doubtful)
        mask = self._variable()
        self._lines.append(f"{mask} = {' & '.join(masks) if masks else (1 << len(rows)) - 1}")
        for number, source in checks:
            self._lines.append(f"if {mask} & {1 << number - 1} and not {source}: {mask} ^= {1 << number - 1}")
        return self._hit(node, name, mask, made)

    def _tested(self, field: str | None, environment: Environment, node: str, title: str) -> Checked | None:
        """What a column tests, in a variable; None where its cells are whole conditions, or where it is wrong."""
        if not (field or "").strip():
            return None
        try:
            parsed = parse(field or "")
            found = check(parsed, self._scope(environment), self._constants)
            if found.type.kind is None or found.type.is_rows:
                raise Fault("rule_lint.null_possible")
            if not isinstance(parsed, Name):
                found = Checked(self._kept(found.source), found.type)
            return found
        except Fault as fault:
            self._found(fault, node, None, title)
            return None

    def _cell(
        self, text: str, tested: Checked | None, environment: Environment, checks: list[tuple[int, str]], number: int
    ) -> Expression | None:
        """A cell as it is cut; one that asks more than its column's value is also written as a check of its row."""
        if tested is None:
            if text.strip() in ("", "-"):
                return None
            parsed = parse(text)
            checks.append((number, check_condition(parsed, self._scope(environment), self._constants).source))
            return parsed
        parsed = parse_test(text)
        if parsed is None:
            return None
        if is_fixed(parsed):
            check_fixed(parsed, tested.type)
            return parsed
        there = Checked(tested.source, present(tested.type))
        source = check_condition(parsed, self._scope(environment, None, there), self._constants).source
        checks.append((number, f"({tested.source} is not None and {source})" if tested.type.nullable else source))
        return parsed

    def _look_up(self, found: Cut, tested: Checked, rows: int) -> str:
        """The rows that a column's value leaves, as source."""
        everything = (1 << rows) - 1
        masks = [each.possible & everything for each in found.ranges]
        value = tested.source
        if found.kind in (Kind.TEXT, Kind.BOOLEAN):
            examples = [each.example for each in found.ranges]
            named = dict(zip(examples, masks, strict=True))
            if tested.type.values is None and found.kind is Kind.TEXT:
                other = named.pop(examples[-1])
                source = f"{self._constants.add(named)}.get({value}, {other})"
            else:
                source = f"{self._constants.add(named)}[{value}]"
        else:
            starts, table = self._constants.add(found.thresholds), self._constants.add(tuple(masks))
            place = f"bisect_right({starts}, {value})"
            if found.between:
                place += f" + bisect_left({starts}, {value})"
            source = f"{table}[{place}]"
        if found.null is None:
            return source
        return f"({source} if {value} is not None else {found.null.possible & everything})"

    def _table_outputs(
        self, node: Node, name: str, environment: Environment
    ) -> tuple[list[str], list[list[Checked]], list[Type]] | None:
        """What each row gives: the names, the values by row, and the types by column."""
        names: list[str] = []
        columns: list[list[Checked]] = []
        types: list[Type] = []
        for column in node.content.outputs:
            key = (column.field or "").strip()
            title = column.name or key or column.id
            if not _NAME.match(key) or key in names:
                code = "rule_lint.output_twice" if key in names else "rule_lint.output_name"
                self._found(Fault(code, name=key[:40]), name, None, title)
                return None
            values: list[Checked] = []
            known: Type | None = None
            for number, row in enumerate(node.content.rules, 1):
                try:
                    text = row.get(column.id, "")
                    if not text.strip():
                        raise Fault("rule_lint.output_missing", name=key)
                    parsed = parse(text)
                    found = check(parsed, self._scope(environment), self._constants)
                    known = found.type if known is None else joined(known, found.type)
                    values.append(found)
                    says_no = key == VERDICT and isinstance(parsed, Literal) and parsed.value == "refuse"
                    if says_no and not row.get("_description", "").strip():
                        raise Fault("rule_lint.reason_missing")
                except Fault as fault:
                    self._found(fault, name, number, title)
            if known is None or len(values) != len(node.content.rules):
                return None
            names.append(key)
            columns.append(values)
            types.append(known)
        return names, [list(row) for row in zip(*columns, strict=True)], types

    def _prove(self, node: Node, name: str, cuts: list[Cut], doubtful: int) -> None:
        """What is wrong with the rows together: gaps, rows that nothing reaches, rows that partly overlap."""
        rows = len(node.content.rules)
        if node.content.hit_policy == "collect":
            for row in range(rows):
                if any(
                    not any(each.possible >> row & 1 for each in found.all_ranges() if each.certain != -1)
                    for found in cuts
                ):
                    self._found(Fault("rule_lint.unreachable"), name, row + 1)
            return
        try:
            proof = prove(cuts, rows, doubtful)
        except Fault as fault:
            self._found(fault, name)
            return
        titles = [column.name or column.field or column.id for column in node.content.inputs]
        asked = [
            title for title, column in zip(titles, node.content.inputs, strict=True) if self._is_asked(node, column.id)
        ]
        if proof.gap is not None:
            example = "; ".join(f"{title} = {_shown(value)}" for title, value in zip(asked, proof.gap, strict=False))
            self._found(Fault("rule_lint.gap", example=example or "—"), name)
        for row in range(rows):
            if not proof.reached >> row & 1:
                self._found(Fault("rule_lint.unreachable"), name, row + 1)
        for later, earlier in overlapping(cuts, rows, doubtful):
            self._found(Fault("rule_lint.overlap", other=earlier + 1), name, later + 1, severity=Severity.WARNING)

    @staticmethod
    def _is_asked(node: Node, column: str) -> bool:
        return any(row.get(column, "").strip() not in ("", "-") for row in node.content.rules)

    def _hit(
        self, node: Node, name: str, mask: str, made: tuple[list[str], list[list[Checked]], list[Type]]
    ) -> Environment:
        names, values, types = made
        rules = node.content.rules
        known = [
            Row(HitRow(name, number, row.get("_id", str(number))), row.get("_description", ""))
            for number, row in enumerate(rules, 1)
        ]
        hit_rows = self._constants.add(tuple(known))
        if node.content.hit_policy == "collect":
            return self._collected(node, name, mask, names, values, hit_rows)
        place = self._variable()
        variables = [self._variable() for _ in names]
        self._lines.append(f"{place} = ({mask} & -{mask}).bit_length() - 1")
        self._lines.append(f"hits.append({hit_rows}[{place}])")
        targets = "".join(f"{variable}, " for variable in variables)
        self._lines.append(f"({targets}) = {self._rows(values, place)}")
        variables_by_name = zip(names, variables, types, strict=True)
        return self._placed(node, name, {key: Checked(variable, known) for key, variable, known in variables_by_name})

    def _rows(self, values: list[list[Checked]], place: str) -> str:
        """The values of one row: looked up where all are constant, else reckoned for the row alone."""
        constants = [[_constant(each.source, self._constants) for each in row] for row in values]
        if all(is_known for row in constants for is_known, _ in row):
            return f"{self._constants.add(tuple(tuple(value for _, value in row) for row in constants))}[{place}]"
        written_rows = ["(" + "".join(f"{each.source}, " for each in row) + ")" for row in values]
        return _chosen(written_rows, place, 0)

    def _collected(
        self,
        node: Node,
        name: str,
        mask: str,
        names: list[str],
        values: list[list[Checked]],
        hit_rows: str,
    ) -> Environment:
        """All rows that hold, as a list; it needs a name, which JDM calls the output path."""
        path = (node.content.output_path or "").strip()
        if not _NAME.match(path):
            self._found(Fault("rule_lint.output_path"), name)
            return {}
        variable = self._variable()
        self._lines.append(f"{variable} = []")
        keys = [self._constants.add(key) for key in names]
        for row, row_values in enumerate(values):
            pairs = ", ".join(f"{key}: {each.source}" for key, each in zip(keys, row_values, strict=True))
            self._lines.append(
                f"if {mask} & {1 << row}: hits.append({hit_rows}[{row}]); {variable}.append({{{pairs}}})"
            )
        return {path: Checked(variable, Type(Kind.TEXT, is_rows=True))}

    def _placed(self, node: Node, name: str, made: Environment) -> Environment:
        if (node.content.output_path or "").strip():
            self._found(Fault("rule_lint.output_path"), name)
            return {}
        return made


def _outward(checked: Checked) -> str:
    """An output as it goes out, as source."""
    known = checked.type
    if known.is_rows:
        return f"rows_out({checked.source})"
    if known.kind in (Kind.DECIMAL, Kind.DATE):
        return f"written({checked.source})"
    return checked.source


def _constant(source: str, constants: Constants) -> tuple[bool, Any]:
    if source in constants.values:
        return True, constants.values[source]
    if source in ("True", "False", "None"):
        return True, {"True": True, "False": False, "None": None}[source]
    digits = source.strip("()")
    return (True, int(digits)) if digits.lstrip("-").isdecimal() and digits.isascii() else (False, None)


def _chosen(texts: list[str], place: str, first: int) -> str:
    """The text of a row by its number, found by halving."""
    if len(texts) == 1:
        return texts[0]
    middle = len(texts) // 2
    below, above = _chosen(texts[:middle], place, first), _chosen(texts[middle:], place, first + middle)
    return f"({below} if {place} < {first + middle} else {above})"


def _shown(value: Any) -> str:
    return "null" if value is None else str(written(value))
