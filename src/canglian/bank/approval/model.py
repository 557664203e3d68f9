"""What approval keeps in a book: policies by version, groups of approvers, delegations, and proposals."""

import enum
from datetime import date, datetime
from typing import Annotated, Any

import msgspec

from canglian.kernel.entity import Entity
from canglian.kernel.fields import doc


class ProposalState(enum.StrEnum):
    """Pending waits for votes; approved was carried out; failed was approved and then refused by a rule."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    FAILED = "failed"


class Tier(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One step of approval: how many votes of a group's members, or of people in a role. Exactly one of both."""

    votes: Annotated[int, doc("How many votes the step takes.")]
    group: Annotated[str | None, doc("The group of approvers whose votes the step takes; null for a role.")] = None
    role: Annotated[str | None, doc("The role whose votes the step takes; null for a group.")] = None


class Vote(msgspec.Struct, frozen=True, omit_defaults=True):
    """One vote. ``on_behalf_of`` is who delegated it; ``behind`` who made the API key that gave it.

    A void vote was given on facts that the maker has taken anew since; it counts no more.
    """

    by: Annotated[str, doc("Who gave it.")]
    tier: Annotated[int, doc("The step that the vote was given in, from 0.")]
    approves: Annotated[bool, doc("Whether it is for the proposal.")]
    at: Annotated[datetime, doc("When it was given.")]
    on_behalf_of: Annotated[str | None, doc("The delegator in whose place it is done, or null.")] = None
    behind: Annotated[str | None, doc("Who made the API key that gave it, or null.")] = None
    comment: Annotated[str | None, doc("What the voter has to say about it; a rejection needs it.")] = None
    void: Annotated[bool, doc("Whether it counts no more, because the maker has taken the facts anew since.")] = False

    @property
    def person(self) -> str:
        """Whose vote it is: the delegator's, where there is one."""
        return self.on_behalf_of or self.by

    @property
    def people(self) -> set[str]:
        """Everybody who had a part in it."""
        return {actor for actor in (self.by, self.on_behalf_of, self.behind) if actor is not None}


class Fact(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of what a person is shown of a command: a label (a message id) and a value.

    ``kind`` is text, code, number, money, account, transfer, state, day, when or words. ``note`` stands beside the
    value (an account's name); stored facts and the API call it ``told``. What is ``watched`` may not change between
    filing and approval.
    """

    label: Annotated[str, doc("What the fact is about.")]
    kind: Annotated[str, doc("How the value is written: text, money, account, day …")]
    value: Annotated[str | int | None, doc("The group, reference, hold or command that they share.")]
    asset: Annotated[str | None, doc("The unit of value, such as `CNY`.")] = None
    note: Annotated[str | None, doc("What stands beside the value, such as an account's name.")] = msgspec.field(
        default=None, name="told"
    )
    watched: Annotated[bool, doc("Whether it may not change between filing and approval.")] = False


class ApprovalPolicy(
    Entity,
    frozen=True,
    table="approval_policy",
    key=("code", "version"),
    indexes={"code": ("code",), "kind": ("kind",)},
):
    """One version of a policy; it never changes. In force is the one with the latest effective date that has come.

    It covers a command kind for makers in one of ``roles`` (empty: all), from ``amount_from`` to ``amount_to`` of
    ``asset``, both included. ``enforced`` refuses the command where it is asked for directly. ``active`` is false in
    the version that ends the policy.
    """

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
    created_at: Annotated[datetime, doc("When it was made.")]
    created_by: Annotated[str, doc("Who made it.")]


class ApproverGroup(Entity, frozen=True, table="approver_group", key=("code",)):
    """People who may approve: ``members`` are actors such as ``user:ann``."""

    code: Annotated[str, doc("The short stable name.")]
    name: Annotated[str, doc("What people read.")]
    members: Annotated[list[str], doc("The actors that belong to it, such as `user:ann`.")]
    updated_at: Annotated[datetime, doc("When it was last changed.")]
    updated_by: Annotated[str, doc("Who changed it last.")]


class Delegation(
    Entity,
    frozen=True,
    table="delegation",
    indexes={"delegator": ("delegator",), "delegate": ("delegate",)},
):
    """One person votes for another from ``since`` until before ``until``. It is not passed on."""

    id: Annotated[str, doc("Its number or id.")]
    delegator: Annotated[str, doc("Whose votes are given by another, such as `user:bob`.")]
    delegate: Annotated[str, doc("Who votes in the delegator's place, such as `user:ann`.")]
    since: Annotated[datetime, doc("From when it holds.")]
    until: Annotated[datetime, doc("Until when it holds, exclusive.")]
    reason: Annotated[str, doc("Why; it stays on record.")]
    created_at: Annotated[datetime, doc("When it was made.")]
    created_by: Annotated[str, doc("Who made it.")]
    revoked_at: Annotated[datetime | None, doc("When it was shut out, or null.")]

    def holds(self, now: datetime) -> bool:
        """Whether it is in force."""
        return self.revoked_at is None and self.since <= now < self.until


class Proposal(Entity, frozen=True, table="proposal", indexes={"matter": ("matter",)}):
    """A command that waits for approval.

    ``payload`` is the command as JSON, as it would be logged. ``facts`` is what was shown of it, ``digest`` a SHA-256
    over kind, payload and the watched facts. ``maker_behind`` is who made the API key that filed it. ``tier`` counts
    from 0; ``waits_group`` or ``waits_role`` says whose votes are missing while it is pending. ``command`` is the line
    of the log in which it was carried out, ``outcome`` what came of it (``transfer:88213``). ``matter`` is
    what it is to settle while it is pending, if no other proposal about it may wait then.
    """

    id: str
    kind: str
    subject: str
    amount: int | None
    asset: str | None
    payload: str
    facts: list[Fact]
    digest: str
    reason: str
    maker: str
    maker_role: str
    maker_behind: str | None
    policy: str
    policy_version: int
    tier: int
    waits_group: str | None
    waits_role: str | None
    votes: list[Vote]
    state: ProposalState
    filed_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    command: int | None
    outcome: str | None
    failure_code: str | None
    failure_fields: dict[str, Any] | None
    matter: str | None = None

    @property
    def makers(self) -> set[str]:
        """Who made it: who filed it, and who made the key that filed it."""
        return {actor for actor in (self.maker, self.maker_behind) if actor is not None}
