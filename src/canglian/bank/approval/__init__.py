"""Two pairs of eyes: a command that others have to approve before it takes effect.

Owns the tables approval_policy, approver_group, delegation and proposal. Promises: what an enforced policy covers is
not done because somebody asks for it directly; nobody approves what they made, nor votes twice; a command is decided
with its last vote, in one commit, and only on what was shown of it; where a rule refuses it then, nothing but the
proposal changes.
"""

from canglian.bank.approval.book import Book
from canglian.bank.approval.describing import APPROVABLE, Approvable, Demand, Description, approvable
from canglian.bank.approval.model import (
    ApprovalPolicy,
    ApproverGroup,
    Delegation,
    Fact,
    Proposal,
    ProposalState,
    Tier,
    Vote,
)

__all__ = [
    "APPROVABLE",
    "Approvable",
    "ApprovalPolicy",
    "ApproverGroup",
    "Book",
    "Delegation",
    "Demand",
    "Description",
    "Fact",
    "Proposal",
    "ProposalState",
    "Tier",
    "Vote",
    "approvable",
]
