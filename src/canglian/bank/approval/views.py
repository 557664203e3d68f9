"""How approval's things look to a program."""

from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from canglian.bank.approval import queries
from canglian.bank.approval.model import ApprovalPolicy, Fact, Proposal, ProposalState, Tier, Vote
from canglian.bank.approval.policies import active_on
from canglian.bank.approval.service import Change, changes
from canglian.kernel.fields import doc
from canglian.web.observing.api import without_secrets
from canglian.web.services import Services


class ProposalView(msgspec.Struct, frozen=True):
    """A proposal. ``payload`` is its command, ``facts`` what was shown of it; ``changed`` what is otherwise now.

    ``step`` counts from 1. ``command`` is the line of the command log in which it was carried out.
    """

    id: Annotated[str, doc("Its number or id.")]
    state: Annotated[ProposalState, doc("The state it is in, or is to be in.")]
    kind: Annotated[str, doc("The kind of the command that waits.")]
    subject: Annotated[str, doc("What it is about, such as `transfer:88213`.")]
    amount: Annotated[int | None, doc("In the minor unit of the asset (fen for CNY).")]
    asset: Annotated[str | None, doc("The unit of value, such as `CNY`.")]
    payload: Annotated[Any, doc("The facts.")]
    facts: Annotated[list[Fact], doc("What was shown of the command.")]
    changed: Annotated[list[Change], doc("The watched facts that are otherwise now.")]
    digest: Annotated[
        str,
        doc("A hash of the command and its watched facts; an approval that names another one is refused."),
    ]
    reason: Annotated[str, doc("Why; it stays on record.")]
    maker: Annotated[str, doc("Who filed it.")]
    maker_role: Annotated[str, doc("The role that the maker had then.")]
    policy: Annotated[str, doc("The code of the policy that it was filed under.")]
    policy_version: Annotated[int, doc("The version of that policy.")]
    step: Annotated[int, doc("The step that it stands in, from 1.")]
    tiers: Annotated[list[Tier], doc("The steps, each with whose votes it takes and how many.")]
    votes: Annotated[list[Vote], doc("All votes that were given.")]
    filed_at: Annotated[datetime, doc("When it was filed.")]
    expires_at: Annotated[datetime, doc("When it ends by itself; null for never.")]
    ended_at: Annotated[datetime | None, doc("When it was decided, withdrawn or expired; null while it waits.")]
    command: Annotated[int | None, doc("The number of the command that made it, in the command log.")]
    outcome: Annotated[str | None, doc("What came of it, such as `transfer:88213`; null until it was carried out.")]
    failure_code: Annotated[
        str | None,
        doc("The rule that refused the command although it had been approved, or null."),
    ]
    failure_fields: Annotated[Any, doc("The figures of that refusal, or null.")]


class PolicyView(msgspec.Struct, frozen=True):
    """One version of a policy; ``in_force`` is whether it is the one that counts today."""

    code: Annotated[str, doc("The policy's code.")]
    version: Annotated[int, doc("The version of the policy, from 1.")]
    kind: Annotated[str, doc("The kind of command that it covers.")]
    name: Annotated[str, doc("What people read.")]
    asset: Annotated[str | None, doc("The unit of value, such as `CNY`.")]
    amount_from: Annotated[int | None, doc("The lowest amount that it covers, in the minor unit; null for no bound.")]
    amount_to: Annotated[int | None, doc("The highest amount that it covers, in the minor unit; null for no bound.")]
    roles: Annotated[list[str], doc("The makers' roles that it covers; empty for all.")]
    tiers: Annotated[list[Tier], doc("The steps, each with whose votes it takes and how many.")]
    expiry_hours: Annotated[int, doc("After so many hours a proposal without a decision expires.")]
    keys_vote: Annotated[bool, doc("Whether API keys may vote.")]
    enforced: Annotated[bool, doc("Whether the command is refused where it is asked for directly.")]
    active: Annotated[bool, doc("Whether it covers anything from the effective date on.")]
    effective_from: Annotated[date, doc("The business date from which it counts.")]
    in_force: Annotated[bool, doc("Whether it is the version that counts today.")]
    created_at: Annotated[datetime, doc("When it was made.")]
    created_by: Annotated[str, doc("Who made it.")]


class ApprovableKind(msgspec.Struct, frozen=True):
    """A kind of command that can be approved; ``counts_as`` are the kinds whose policies it may fall under."""

    kind: Annotated[str, doc("The kind of command, such as `ledger.post_transfer`.")]
    title: Annotated[str, doc("What people call the command.")]
    counts_as: Annotated[list[str], doc("The kinds whose policies it may fall under.")]
    always: Annotated[bool, doc("Whether it may be filed although no policy covers it.")]


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


async def view_of(services: Services, book: int, number: str) -> ProposalView:
    """A stored proposal, and what has changed since it was filed. NotFound ``proposal.not_found``."""
    found = await queries.proposal(services.reader, book, number)
    versions = await queries.policy_versions(services.reader, book, found.policy)
    policy = next(version for version in versions if version.version == found.policy_version)
    return proposal_view(found, policy, await changes(services, book, found))


def policy_views(versions: list[ApprovalPolicy], today: date) -> list[PolicyView]:
    """Versions of policies, each saying whether it is in force."""
    valid = {(policy.code, policy.version) for policy in active_on(versions, today)}
    return [
        PolicyView(**msgspec.structs.asdict(policy), in_force=(policy.code, policy.version) in valid)
        for policy in versions
    ]
