"""A rule set as it decides: lint, hash, compile once, decide; pure, and the same everywhere.

``decide`` never fails: where an input is missing or does not fit, or a step cannot be reckoned, the case goes to a
person, and the outcome says why. An outcome carries the hash of the rules and the rows that it hit.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from canglian.bank.decision.engine.compiling import VERDICT, Compiled, compile_model
from canglian.bank.decision.engine.findings import Finding, HitRow, Severity
from canglian.bank.decision.engine.inputs import InputField, Misfit, Scalar
from canglian.bank.decision.engine.jdm import Model, read_model
from canglian.bank.decision.language.syntax import Fault
from canglian.kernel.fields import Field, PlainText, doc

PERSON = "person"
"""The verdict that leaves a case to a person."""

CACHE_MAX = 256
REASONS_MAX = 20

Key = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,39}\Z")]
Rows = list[dict[Key, Scalar]]

Inputs = Annotated[
    dict[Key, Scalar],
    Meta(max_length=60, description="The inputs by name; decimals and days as text."),
    Field(label="Inputs"),
]


class Outcome(msgspec.Struct, frozen=True, gc=False):
    """What was decided, by which rules, by which of their rows."""

    rule_set: Annotated[str, doc("The code of the rule set.")]
    version: Annotated[int, doc("Its version; 0 where none is in force.")]
    hash: Annotated[str, doc("The hash of its rules.")]
    verdict: Annotated[str | None, doc("`approve`, `refuse` or `person`; null where the rules say none.")]
    outputs: Annotated[dict[str, Scalar | Rows], doc("What the rules gave; decimals and days as text.")]
    rows: Annotated[tuple[HitRow, ...], doc("The rows that were hit, in their order.")]
    reasons: Annotated[tuple[str, ...], doc("Why it was refused, in plain words.")]
    why_person: Annotated[str | None, doc("Why it goes to a person, as a code, or null.")] = None
    field: Annotated[str | None, doc("The input that this is about, or null.")] = None

    @property
    def refused(self) -> bool:
        """Whether the rules say no."""
        return self.verdict == "refuse"

    @property
    def approved(self) -> bool:
        """Whether the rules say yes."""
        return self.verdict == "approve"


class RuleCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A case that the rules have to decide so: of the outputs, those that it names."""

    name: Annotated[PlainText, doc("What it tries.")]
    inputs: Inputs
    expected: Annotated[
        dict[Key, Scalar],
        Meta(max_length=60, description="Outputs by name; `verdict` may be `person`."),
    ]


class RuleCaseResult(msgspec.Struct, frozen=True):
    """What came of a case."""

    name: Annotated[str, doc("The case.")]
    passed: Annotated[bool, doc("Whether it was decided as expected.")]
    expected: Annotated[dict[str, Scalar], doc("What was expected.")]
    found: Annotated[dict[str, Scalar | Rows], doc("What was found of it.")]
    outcome: Annotated[Outcome, doc("The whole outcome.")]


class Rules(msgspec.Struct, frozen=True):
    """A rule set as it is written: its inputs, and its model as JDM."""

    inputs: tuple[InputField, ...]
    document: str


class RuleFile(msgspec.Struct, frozen=True, kw_only=True):
    """A rule set as a file: with ``model`` as JDM itself, and its cases."""

    code: str
    name: str
    inputs: tuple[InputField, ...]
    model: msgspec.Raw
    cases: tuple[RuleCase, ...] = ()


class Ready:
    """Rules that were compiled, with what the lint found. ``hash`` is of what they mean, not of how they are drawn."""

    def __init__(self, rules: Rules) -> None:
        self.model: Model | None = None
        try:
            self.model = read_model(rules.document)
            self.compiled = compile_model(self.model, rules.inputs)
        except Fault as fault:
            self.compiled = Compiled(None, {}, (Finding(fault.code, Severity.ERROR, dict(fault.fields)),), "")
        self.hash = hash_of(rules, self.model)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the lint found."""
        return self.compiled.findings

    @property
    def is_sound(self) -> bool:
        """Whether it can decide."""
        return self.compiled.run is not None

    def decide(self, code: str, version: int, inputs: Mapping[str, Scalar]) -> Outcome:
        """Decide a case; to a person where it cannot be."""
        run = self.compiled.run
        if run is None:
            return to_person(code, version, self.hash, "rule_set.not_sound")
        try:
            outputs, hits = run(inputs)
        except Misfit as misfit:
            return to_person(code, version, self.hash, misfit.code, misfit.name)
        except (ArithmeticError, ValueError):
            return to_person(code, version, self.hash, "rule_set.step_failed")
        verdict = outputs.get(VERDICT)
        reasons: tuple[str, ...] = ()
        if verdict == "refuse":
            reasons = tuple([hit.description for hit in hits if hit.description][:REASONS_MAX])
        return Outcome(code, version, self.hash, verdict, outputs, tuple([hit.hit for hit in hits]), reasons)

    def run_cases(self, code: str, version: int, cases: tuple[RuleCase, ...]) -> list[RuleCaseResult]:
        """What comes of its cases."""
        results: list[RuleCaseResult] = []
        for case in cases:
            outcome = self.decide(code, version, case.inputs)
            given: dict[str, Scalar | Rows] = dict(outcome.outputs)
            if outcome.verdict is not None:
                given[VERDICT] = outcome.verdict
            found = {name: given.get(name) for name in case.expected}
            passed = (
                bool(case.expected) and all(name in given for name in case.expected) and _equal(found, case.expected)
            )
            results.append(RuleCaseResult(case.name, passed, case.expected, found, outcome))
        return results


def _equal(found: Any, expected: Any) -> bool:
    """Equal, and of the same kind: true is not 1."""
    return msgspec.json.encode(found, order="deterministic") == msgspec.json.encode(expected, order="deterministic")


def to_person(code: str, version: int, rules_hash: str, why: str, name: str | None = None) -> Outcome:
    """A case that the rules cannot decide."""
    return Outcome(code, version, rules_hash, PERSON, {}, (), (), why, name)


def hash_of(rules: Rules, model: Model | None) -> str:
    """SHA-256 of what rules mean: their inputs and their model, without where its nodes stand on a canvas."""
    meaning: list[Any] = [rules.inputs, rules.document if model is None else model]
    return hashlib.sha256(msgspec.json.encode(meaning, order="deterministic")).hexdigest()


_READY: OrderedDict[str, Ready] = OrderedDict()


def ready(rules: Rules) -> Ready:
    """Rules compiled, from the cache where they were before."""
    return _cached(hashlib.sha256(msgspec.json.encode(rules, order="deterministic")).hexdigest(), rules)


def ready_by_hash(rules_hash: str, rules: Rules) -> Ready:
    """Rules compiled, from the cache by the hash that their version has."""
    return _cached(rules_hash, rules)


def _cached(key: str, rules: Rules) -> Ready:
    found = _READY.get(key)
    if found is None:
        found = _READY[key] = Ready(rules)
        if len(_READY) > CACHE_MAX:
            _READY.popitem(last=False)
    return found
