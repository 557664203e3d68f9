"""Voting: who may, what a vote comes to, and carrying the command out with the last one."""

from typing import Annotated, Any

import msgspec

from canglian.bank.approval.commands.carrying import check_unchanged, decide_for, stored
from canglian.bank.approval.commands.proposals import ProposalStatus, ended, pending, policy_of, standing
from canglian.bank.approval.commands.values import Actor, Behind, Digest, ProposalId, Sentence
from canglian.bank.approval.describing import Approvable
from canglian.bank.approval.model import (
    ApprovalPolicy,
    ApproverGroup,
    Delegation,
    Proposal,
    ProposalState,
    Tier,
    Vote,
)
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.errors import CanglianError
from canglian.kernel.fields import doc
from canglian.web.principal import Role


class Approve(Command[ProposalStatus], kind="approval.approve"):
    """Vote for a proposal; the last vote that was missing carries its command out, in the same commit.

    The command is decided on behalf of its maker, who is the actor that it sees. Where a rule refuses it the proposal
    fails with that code, and nothing else is changed. ``role`` is that of the voter, ``behind`` who made the API key
    that votes, ``delegator_role`` that of ``on_behalf_of``; ``digest`` is the one that was looked at. Rejects
    ``approval.*`` and ``proposal.*``.
    """

    proposal: ProposalId
    role: Role
    behind: Behind | None = None
    on_behalf_of: Annotated[Actor | None, doc("The delegator in whose place it is done, or null.")] = None
    delegator_role: Role | None = None
    digest: Annotated[Digest | None, doc("The digest of what was looked at: refused when it is another now.")] = None
    comment: Annotated[Sentence | None, doc("What the voter has to say about it; a rejection needs it.")] = None

    def decide(self, book: Book) -> ProposalStatus:
        proposal = pending(book, self.proposal)
        policy = policy_of(book, proposal)
        vote = _vote(book, proposal, policy, self, approves=True)
        if self.digest is not None and self.digest != proposal.digest:
            book.reject("approval.seen_another")
        described, command = stored(book, proposal)
        check_unchanged(book, proposal, described, command)
        proposal = proposal.replace(votes=[*proposal.votes, vote])
        _emit_vote(book, proposal, vote)
        tier = policy.tiers[proposal.tier]
        if _counted(book, proposal, tier) < tier.votes:
            return standing(book.put(proposal), policy)
        if proposal.tier + 1 < len(policy.tiers):
            following = policy.tiers[proposal.tier + 1]
            raised = proposal.replace(tier=proposal.tier + 1, waits_group=following.group, waits_role=following.role)
            return standing(book.put(raised), policy)
        return standing(_carry_out(book, proposal, described, command), policy)


class Reject(Command[ProposalStatus], kind="approval.reject"):
    """Vote against a proposal, which ends it. Who may approve it may reject it; a comment says why."""

    proposal: ProposalId
    role: Role
    comment: Annotated[Sentence, doc("What the voter has to say about it; a rejection needs it.")]
    behind: Behind | None = None
    on_behalf_of: Annotated[Actor | None, doc("The delegator in whose place it is done, or null.")] = None
    delegator_role: Role | None = None

    def decide(self, book: Book) -> ProposalStatus:
        proposal = pending(book, self.proposal)
        policy = policy_of(book, proposal)
        vote = _vote(book, proposal, policy, self, approves=False)
        book.emit(
            "proposal.rejected",
            f"proposal:{proposal.id}",
            proposal=proposal.id,
            by=vote.by,
            on_behalf_of=vote.on_behalf_of,
        )
        proposal = proposal.replace(votes=[*proposal.votes, vote])
        return standing(ended(book, proposal, ProposalState.REJECTED), policy)


def _vote(book: Book, proposal: Proposal, policy: ApprovalPolicy, asked: Approve | Reject, *, approves: bool) -> Vote:
    """The vote, if it may be given."""
    vote = Vote(book.actor, proposal.tier, approves, book.now, asked.on_behalf_of, asked.behind, asked.comment)
    if vote.by.startswith("key:") and not policy.keys_vote:
        book.reject("approval.users_only")
    if vote.people & proposal.makers:
        book.reject("approval.own")
    if any(
        delegation.delegator in proposal.makers and delegation.holds(book.now)
        for delegation in _delegated_to(book, vote.by)
    ):
        book.reject("approval.own_delegator", maker=proposal.maker)
    role = asked.role
    if vote.on_behalf_of is not None:
        role = _delegated_role(book, vote.by, vote.on_behalf_of, asked.delegator_role)
    for earlier in proposal.votes:
        double = sorted(earlier.people & vote.people)
        if double and not earlier.void:
            book.reject("approval.voted_already", voter=double[0])
    _check_right(book, policy.tiers[proposal.tier], vote.person, role)
    return vote


def _delegated_to(book: Book, actor: str) -> list[Delegation]:
    return book.find(Delegation, "delegate", actor)


def _delegated_role(book: Book, delegate: str, delegator: str, role: Role | None) -> Role:
    holds = any(
        delegation.delegator == delegator and delegation.holds(book.now) for delegation in _delegated_to(book, delegate)
    )
    if not holds:
        book.reject("delegation.none", delegator=delegator, delegate=delegate)
    if role is None:
        book.reject("delegation.delegator_gone", delegator=delegator)
    return role


def _check_right(book: Book, tier: Tier, person: str, role: Role) -> None:
    if tier.group is not None:
        if person not in book.get(ApproverGroup, tier.group).members:
            book.reject("approval.not_in_group", voter=person, group=tier.group)
    elif role.value != tier.role:
        book.reject("approval.role_needed", voter=person, needed=tier.role)


def _counted(book: Book, proposal: Proposal, tier: Tier) -> int:
    """The votes that count in the current step; who has left the group has voted in vain."""
    people = {vote.person for vote in proposal.votes if vote.tier == proposal.tier and vote.approves and not vote.void}
    if tier.group is not None:
        people &= set(book.get(ApproverGroup, tier.group).members)
    return len(people)


def _emit_vote(book: Book, proposal: Proposal, vote: Vote) -> None:
    book.emit(
        "proposal.voted",
        f"proposal:{proposal.id}",
        proposal=proposal.id,
        step=vote.tier + 1,
        by=vote.by,
        on_behalf_of=vote.on_behalf_of,
    )


def _carry_out(book: Book, proposal: Proposal, described: Approvable, command: Command[Any]) -> Proposal:
    try:
        result = decide_for(book, proposal.maker, command)
    except CanglianError as refused:
        book.emit("proposal.failed", f"proposal:{proposal.id}", proposal=proposal.id, code=refused.code)
        fields = msgspec.to_builtins(refused.fields, enc_hook=str)
        return ended(book, proposal, ProposalState.FAILED, failure_code=refused.code, failure_fields=fields)
    outcome = described.outcome(result)
    book.emit(
        "proposal.approved",
        f"proposal:{proposal.id}",
        proposal=proposal.id,
        command_kind=proposal.kind,
        outcome=outcome,
    )
    return ended(book, proposal, ProposalState.APPROVED, command=book.command, outcome=outcome)
