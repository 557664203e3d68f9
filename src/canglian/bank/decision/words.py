"""The machine words of this room that people read."""

from canglian.bank.decision.engine.compiling import VERDICTS
from canglian.bank.decision.engine.findings import Severity
from canglian.bank.decision.language.typing import Kind
from canglian.bank.decision.model import RuleState

FAMILIES = {"state": RuleState, "rule_kind": Kind, "severity": Severity}
"""The families of words in which rule sets speak."""

VERDICT_WORDS = VERDICTS
EVENTS = tuple(f"rule_version.{state.value}" for state in RuleState if state is not RuleState.DRAFT)
"""Events whose name is put together where they are emitted."""
