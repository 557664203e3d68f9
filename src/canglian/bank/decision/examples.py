"""Examples of bodies, links, and what the tag is about, for the API's description."""

from typing import Any

from canglian.bank.decision.seeds import SMALL_LOAN_INPUTS, small_loan

TAGS = {"rule sets": "Rules that decide: their versions with lint and cases, who approved them, and asking them."}

_SMALL = small_loan(rows=2)

EXAMPLES: dict[str, dict[str, Any]] = {
    "DraftRules": _SMALL,
    "DecisionRequest": {"inputs": SMALL_LOAN_INPUTS},
}
"""An example by the name of the body's schema."""

LINKS: dict[str, dict[str, str]] = {}
