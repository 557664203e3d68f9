"""Findings and outcomes in words."""

from canglian.bank.decision.engine.findings import Finding
from canglian.bank.decision.engine.rules import Outcome
from canglian.kernel.errors import CODES
from canglian.web.error_text import Say, format_error


def finding_text(finding: Finding, say: Say) -> str:
    """What is wrong, as a sentence."""
    return format_error(finding.code, finding.fields, say) if finding.code in CODES else finding.code


def place_of(finding: Finding) -> str:
    """Where a finding is: node, row and column."""
    row = "" if finding.row is None else f"#{finding.row}"
    return " · ".join(part for part in (finding.node, row, finding.column) if part)


def why_person(outcome: Outcome, say: Say) -> str:
    """Why a case goes to a person, where the rules did not decide it; empty where they did."""
    code = outcome.why_person
    if code is None:
        return ""
    text = say("The rules are not sound.") if code == "rule_set.not_sound" else format_error(code, {}, say)
    return f"{text} ({outcome.field})" if outcome.field else text
