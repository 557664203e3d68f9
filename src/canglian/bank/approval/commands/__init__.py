"""Approval's use cases: filing and voting, policies and groups, delegations."""

import canglian.bank.approval.ledger_kinds  # pyright: ignore[reportUnusedImport] - describes the ledger's commands
import canglian.bank.approval.party_kinds  # noqa: F401  # pyright: ignore[reportUnusedImport] - describes those of people
from canglian.bank.approval.commands.configuration import SetApprovalPolicy, SetApproverGroup, TierAsked
from canglian.bank.approval.commands.delegations import Delegate, RevokeDelegation
from canglian.bank.approval.commands.proposals import (
    ConfirmProposal,
    ExpireProposal,
    FileProposal,
    LookAtProposal,
    ProposalStatus,
    WithdrawProposal,
)
from canglian.bank.approval.commands.voting import Approve, Reject

__all__ = [
    "Approve",
    "ConfirmProposal",
    "Delegate",
    "ExpireProposal",
    "FileProposal",
    "LookAtProposal",
    "ProposalStatus",
    "Reject",
    "RevokeDelegation",
    "SetApprovalPolicy",
    "SetApproverGroup",
    "TierAsked",
    "WithdrawProposal",
]
