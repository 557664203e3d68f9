"""Rule sets that decide: written as JDM, proved complete, compiled to plain Python, approved, and asked by other rooms.

Owns the tables rule_set, rule_version and rule_shadow. Promises: no version decides before the lint found no error in
it, its own cases passed and another person approved it; what a version says never changes; a decision depends on its
inputs and its rules alone, and carries their hash and the rows that it hit; what rules cannot decide goes to a person.
"""

import canglian.bank.decision.errors  # noqa: F401  # pyright: ignore[reportUnusedImport] - declares the codes
from canglian.bank.decision.deciding import decide_by, reads
from canglian.bank.decision.engine.inputs import InputField, Scalar
from canglian.bank.decision.engine.rules import Outcome
from canglian.bank.decision.model import RuleSet, RuleShadow, RuleState, RuleVersion

__all__ = [
    "InputField",
    "Outcome",
    "RuleSet",
    "RuleShadow",
    "RuleState",
    "RuleVersion",
    "Scalar",
    "decide_by",
    "reads",
]
