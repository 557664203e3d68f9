"""How approval's things look to a program."""

from datetime import date, datetime
from typing import Any

import msgspec

from canglian.bank.approval.asking import Change
from canglian.bank.approval.model import ApprovalPolicy, Fact, Proposal, ProposalState, Tier, Vote
from canglian.bank.approval.policies import in_force
from canglian.web.observing.api import without_secrets


class ProposalView(msgspec.Struct, frozen=True):
    """A proposal. ``payload`` is its command, ``facts`` what was shown of it; ``changed`` what is otherwise now.

    ``step`` counts from 1. ``command`` is the line of the command log in which it was carried out.
    """

    id: str
    state: ProposalState
    kind: str
    subject: str
    amount: int | None
    asset: str | None
    payload: Any
    facts: list[Fact]
    changed: list[Change]
    digest: str
    reason: str
    maker: str
    maker_role: str
    policy: str
    policy_version: int
    step: int
    tiers: list[Tier]
    votes: list[Vote]
    filed_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    command: int | None
    outcome: str | None
    failure_code: str | None
    failure_fields: Any


class PolicyView(msgspec.Struct, frozen=True):
    """One version of a policy; ``in_force`` is whether it is the one that counts today."""

    code: str
    version: int
    kind: str
    name: str
    asset: str | None
    amount_from: int | None
    amount_to: int | None
    roles: list[str]
    tiers: list[Tier]
    expiry_hours: int
    keys_vote: bool
    enforced: bool
    active: bool
    effective_from: date
    in_force: bool
    created_at: datetime
    created_by: str


class ApprovableKind(msgspec.Struct, frozen=True):
    """A kind of command that can be approved; ``counts_as`` are the kinds whose policies it may fall under."""

    kind: str
    title: str
    counts_as: list[str]
    always: bool


def proposal_view(proposal: Proposal, policy: ApprovalPolicy, changed: list[Change]) -> ProposalView:
    """A proposal with the steps of its policy, without what only a machine should see."""
    return ProposalView(
        proposal.id,
        proposal.state,
        proposal.kind,
        proposal.subject,
        proposal.amount,
        proposal.asset,
        without_secrets(msgspec.json.decode(proposal.payload)),
        proposal.facts,
        changed,
        proposal.digest,
        proposal.reason,
        proposal.maker,
        proposal.maker_role,
        proposal.policy,
        proposal.policy_version,
        proposal.tier + 1,
        policy.tiers,
        proposal.votes,
        proposal.filed_at,
        proposal.expires_at,
        proposal.ended_at,
        proposal.command,
        proposal.outcome,
        proposal.failure_code,
        proposal.failure_fields,
    )


def policy_views(versions: list[ApprovalPolicy], today: date) -> list[PolicyView]:
    """Versions of policies, each saying whether it is in force."""
    valid = {(one.code, one.version) for one in in_force(versions, today)}
    return [PolicyView(**msgspec.structs.asdict(one), in_force=(one.code, one.version) in valid) for one in versions]
