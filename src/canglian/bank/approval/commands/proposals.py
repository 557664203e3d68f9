"""Filing a proposal, and what its maker may do with it afterwards; and its expiry."""

from datetime import timedelta
from typing import Annotated, Any

import msgspec
from msgspec import Meta

import canglian.bank.approval.errors  # noqa: F401  # pyright: ignore[reportUnusedImport] - declares the codes
from canglian.bank.approval.commands.carrying import approvable_of, read, stored
from canglian.bank.approval.commands.values import Behind, Kind, ProposalId, Sentence
from canglian.bank.approval.describing import APPROVABLE, digest_of, payload_of
from canglian.bank.approval.model import ApprovalPolicy, Proposal, ProposalState
from canglian.bank.approval.policies import beginning, covering
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import doc, inside
from canglian.web.principal import Role


class ProposalStatus(msgspec.Struct, frozen=True):
    """Where a proposal stands after something was done with it.

    ``step`` of ``steps`` counts from 1. ``outcome`` names what came of it (``transfer:88213``) once it was carried out;
    ``failure_code`` is the rule that refused the command although it had been approved.
    """

    id: Annotated[str, doc("Its number or id.")]
    state: Annotated[ProposalState, doc("The state it is in, or is to be in.")]
    step: Annotated[int, doc("The step that it stands in, from 1.")]
    steps: Annotated[int, doc("How many steps there are.")]
    digest: Annotated[
        str,
        doc("A hash of the command and its watched facts; an approval that names another one is refused."),
    ]
    outcome: Annotated[
        str | None,
        doc("What came of it, such as `transfer:88213`; null until it was carried out."),
    ] = None
    failure_code: Annotated[
        str | None,
        doc("The rule that refused the command although it had been approved, or null."),
    ] = None


def standing(proposal: Proposal, policy: ApprovalPolicy) -> ProposalStatus:
    """The result of a command on a proposal."""
    return ProposalStatus(
        proposal.id,
        proposal.state,
        proposal.tier + 1,
        len(policy.tiers),
        proposal.digest,
        proposal.outcome,
        proposal.failure_code,
    )


def policy_of(book: Book, proposal: Proposal) -> ApprovalPolicy:
    """The version that it was filed under."""
    return book.get(ApprovalPolicy, (proposal.policy, proposal.policy_version))


def pending(book: Book, number: str) -> Proposal:
    """A proposal that waits; ``proposal.not_found``, ``proposal.not_pending``, ``proposal.expired``."""
    proposal = book.get(Proposal, number)
    if proposal.state is not ProposalState.PENDING:
        book.reject("proposal.not_pending", proposal=proposal.id, state=proposal.state.value)
    if proposal.expires_at <= book.now:
        book.reject("proposal.expired", proposal=proposal.id, expires_at=proposal.expires_at.isoformat())
    return proposal


def ended(book: Book, proposal: Proposal, state: ProposalState, **more: Any) -> Proposal:
    """Put a proposal into one of its last states."""
    return book.put(
        proposal.replace(state=state, ended_at=book.now, waits_group=None, waits_role=None, matter=None, **more)
    )


class FileProposal(Command[ProposalStatus], kind="approval.file"):
    """Ask for a command that others have to approve.

    It is decided once and thrown away, so what a rule would refuse now is not even filed: its code is answered.
    ``role`` is that of the maker; ``behind`` is who made the API key that files it, and may not approve it either.
    Rejects ``approval.kind_unknown``, ``approval.not_covered``, ``proposal.payload_malformed`` and
    ``proposal.waiting``.
    """

    kind: Kind
    payload: Annotated[dict[str, Any], Meta(description="The command's fields.")]
    reason: Sentence
    role: Role
    behind: Behind | None = None

    def check(self) -> None:
        """Its own fields, and those of the command that it holds."""
        super().check()
        described = APPROVABLE.get(self.kind)
        if described is None:
            return
        try:
            command = read(described, msgspec.json.encode(self.payload).decode())
        except Rejection:
            return  # deciding says so
        with inside("payload"):
            command.check()

    def decide(self, book: Book) -> ProposalStatus:
        described = approvable_of(book, self.kind)
        command = read(described, msgspec.json.encode(self.payload).decode())
        book.require(command.reads())
        policy = covering(book, described, command, self.role.value) or beginning(book, described)
        if policy is None:
            book.reject("approval.not_covered", kind=self.kind)
        matter = None if described.matter is None else described.matter(command)
        _refuse_second(book, matter)
        identity = book.new_id("apr")
        book.preview(command.decide)
        shown = described.describe(book, command)
        payload = payload_of(command)
        first = policy.tiers[0]
        proposal = Proposal(
            identity,
            self.kind,
            shown.subject,
            shown.amount,
            shown.asset,
            payload,
            shown.facts,
            digest_of(self.kind, payload, shown.facts),
            self.reason,
            book.actor,
            self.role.value,
            self.behind,
            policy.code,
            policy.version,
            0,
            first.group,
            first.role,
            [],
            ProposalState.PENDING,
            book.now,
            book.now + timedelta(hours=policy.expiry_hours),
            None,
            None,
            None,
            None,
            None,
            matter,
        )
        book.emit(
            "proposal.filed",
            f"proposal:{identity}",
            proposal=identity,
            command_kind=self.kind,
            about=shown.subject,
            amount=shown.amount,
            asset=shown.asset,
            maker=book.actor,
        )
        return standing(book.add(proposal), policy)


class ConfirmProposal(Command[ProposalStatus], kind="approval.confirm"):
    """Take a proposal anew after what it is about has changed. Votes that were given are void; the steps begin again.

    Rejects ``proposal.not_maker`` and ``proposal.unchanged``.
    """

    proposal: ProposalId

    def decide(self, book: Book) -> ProposalStatus:
        proposal = _own(book, self.proposal)
        policy = policy_of(book, proposal)
        described, command = stored(book, proposal)
        book.preview(command.decide)
        shown = described.describe(book, command)
        digest = digest_of(proposal.kind, proposal.payload, shown.facts)
        if digest == proposal.digest:
            book.reject("proposal.unchanged")
        first = policy.tiers[0]
        book.emit("proposal.confirmed", f"proposal:{proposal.id}", proposal=proposal.id)
        confirmed = proposal.replace(
            subject=shown.subject,
            amount=shown.amount,
            asset=shown.asset,
            facts=shown.facts,
            digest=digest,
            tier=0,
            waits_group=first.group,
            waits_role=first.role,
            votes=[msgspec.structs.replace(vote, void=True) for vote in proposal.votes],
        )
        return standing(book.put(confirmed), policy)


class WithdrawProposal(Command[ProposalStatus], kind="approval.withdraw"):
    """Take a proposal back. Rejects ``proposal.not_maker``."""

    proposal: ProposalId

    def decide(self, book: Book) -> ProposalStatus:
        proposal = _own(book, self.proposal)
        book.emit("proposal.withdrawn", f"proposal:{proposal.id}", proposal=proposal.id)
        return standing(ended(book, proposal, ProposalState.WITHDRAWN), policy_of(book, proposal))


class ExpireProposal(Command[ProposalStatus], kind="approval.expire"):
    """End a proposal whose time has passed. Rejects ``proposal.not_due``."""

    proposal: ProposalId

    def decide(self, book: Book) -> ProposalStatus:
        proposal = book.get(Proposal, self.proposal)
        if proposal.state is not ProposalState.PENDING:
            book.reject("proposal.not_pending", proposal=proposal.id, state=proposal.state.value)
        if proposal.expires_at > book.now:
            book.reject("proposal.not_due", proposal=proposal.id)
        book.emit("proposal.expired", f"proposal:{proposal.id}", proposal=proposal.id)
        return standing(ended(book, proposal, ProposalState.EXPIRED), policy_of(book, proposal))


class LookAtProposal(Command[list[Any]], kind="approval.look"):
    """The facts of a waiting proposal as they are now. It changes nothing and is asked as a dry run."""

    proposal: ProposalId

    def decide(self, book: Book) -> list[Any]:
        proposal = book.get(Proposal, self.proposal)
        described, command = stored(book, proposal)
        return list(described.describe(book, command).facts)


def _refuse_second(book: Book, matter: str | None) -> None:
    """``proposal.waiting`` where another proposal about the same has not ended."""
    others = [] if matter is None else book.find(Proposal, "matter", matter)
    for other in others:
        if other.expires_at > book.now:
            book.reject("proposal.waiting", waiting=other.id)


def _own(book: Book, number: str) -> Proposal:
    proposal = pending(book, number)
    if proposal.maker != book.actor:
        book.reject("proposal.not_maker", maker=proposal.maker)
    return proposal
