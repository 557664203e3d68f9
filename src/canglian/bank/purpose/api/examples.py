"""Examples of bodies, links, and what the tag is about, for the API's description. Everybody in them is made up."""

from typing import Any

_WALLET = "wal_" + "0" * 26


def _use(category: str) -> dict[str, Any]:
    """A payment of 10.00 to a payee of a category."""
    payee = {"id": "shop", "category": category, "region": "330106"}
    return {"payee": payee, "amount": 1_000, "on": "2026-07-01", "remaining": 10_000}


EXAMPLES: dict[str, dict[str, Any]] = {
    "DraftPurposeContract": {
        "template": "welfare",
        "name": "敬老餐",
        "payer": _WALLET,
        "valid_until": "2099-12-31",
    },
    "SignContractRequest": {"pin": "719064"},
    "FundContractRequest": {"amount": 1_000_000, "pin": "719064"},
    "OpenPrepaidOffer": {"payee": "mer_" + "0" * 26, "name": "健身卡", "days": 365},
    "BuyCardRequest": {"wallet": _WALLET, "amount": 50_000, "pin": "719064"},
    "PurposeTemplateRequest": {
        "code": "meals",
        "kind": "welfare",
        "name": "助餐补贴",
        "rules": {"allowed": {"categories": ["5812"]}},
        "cases": [
            {"name": "A restaurant is paid", "use": _use("5812")},
            {"name": "A bar is refused", "use": _use("5813"), "expected": "purpose.category_not_allowed"},
        ],
        "note": "首版",
    },
    "TransferGrantRequest": {"to": _WALLET, "amount": 5_000, "pin": "719064"},
    "ClawBackRequest": {"reason": "重复发放", "amount": 5_000},
    "IssueGrantsRequest": {"lines": [{"wallet": _WALLET, "amount": 30_000}]},
}
"""An example by the name of the body's schema."""

TAGS = {"purpose": "Money for a purpose: templates, contracts, their grants, and each movement of their money."}

LINKS: dict[str, dict[str, str]] = {
    "draftPurposeContract": {
        "getPurposeContract": "purpose_contract",
        "signPurposeContract": "purpose_contract",
    },
    "signPurposeContract": {"fundPurposeContract": "purpose_contract"},
    "fundPurposeContract": {"issuePurposeGrants": "purpose_contract"},
}
"""From the id of an operation's answer to the parameter of another that it fills."""
