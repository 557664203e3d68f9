"""Examples of bodies, links, and what the tag is about, for the API's description."""

from typing import Any

from canglian.web.links import Link, by_number

TAGS = {"approval": "Commands that others have to approve; policies, groups of approvers, delegations."}

EXAMPLES: dict[str, dict[str, Any]] = {
    "ProposalRequest": {
        "kind": "ledger.post_transfer",
        "payload": {"debit": 1, "credit": 2, "amount": 8000000, "code": "supplier.payment"},
        "reason": "invoice 2026-118",
    },
    "ApprovalRequest": {"comment": "checked against the invoice"},
    "RejectionRequest": {"comment": "the invoice was paid already"},
    "DelegationRequest": {
        "delegate": "user:wang.fang",
        "until": "2027-01-05T18:00:00+08:00",
        "reason": "on leave",
    },
    "SetApprovalPolicy": {
        "code": "large-transfers",
        "kind": "ledger.post_transfer",
        "name": "大额转账",
        "asset": "CNY",
        "amount_from": 5000000,
        "tiers": [{"votes": 1, "role": "approver"}],
    },
    "SetApproverGroup": {"code": "branch-managers", "name": "支行行长", "members": []},
}

LINKS: dict[str, list[Link]] = {
    "fileProposal": by_number(
        "getProposal", "approveProposal", "rejectProposal", "confirmProposal", "withdrawProposal", name="proposal"
    ),
    "delegate": by_number("revokeDelegation", name="delegation"),
    "setApprovalPolicy": [Link("getApprovalPolicy", {"policy": "$response.body#/code"})],
}
