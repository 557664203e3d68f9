"""What approval keeps in a book: policies by version, groups of approvers, delegations, and proposals."""

import enum
from datetime import date, datetime
from typing import Any

import msgspec

from canglian.kernel.entity import Entity


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

    votes: int
    group: str | None = None
    role: str | None = None


class Vote(msgspec.Struct, frozen=True, omit_defaults=True):
    """One vote. ``on_behalf_of`` is who delegated it; ``behind`` who made the API key that gave it.

    A void vote was given on facts that the maker has taken anew since; it counts no more.
    """

    by: str
    tier: int
    approves: bool
    at: datetime
    on_behalf_of: str | None = None
    behind: str | None = None
    comment: str | None = None
    void: bool = False

    @property
    def person(self) -> str:
        """Whose vote it is: the delegator's, where there is one."""
        return self.on_behalf_of or self.by

    @property
    def people(self) -> set[str]:
        """Everybody who had a part in it."""
        return {one for one in (self.by, self.on_behalf_of, self.behind) if one is not None}


class Fact(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of what a person is shown of a command: a label (a message id) and a value.

    ``kind`` is text, code, number, money, account, transfer, state, day, when or words. ``told`` stands beside the
    value (an account's name). What is ``watched`` may not change between filing and approval.
    """

    label: str
    kind: str
    value: str | int | None
    asset: str | None = None
    told: str | None = None
    watched: bool = False


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
    created_at: datetime
    created_by: str


class ApproverGroup(Entity, frozen=True, table="approver_group", key=("code",)):
    """People who may approve: ``members`` are actors such as ``user:ann``."""

    code: str
    name: str
    members: list[str]
    updated_at: datetime
    updated_by: str


class Delegation(
    Entity,
    frozen=True,
    table="delegation",
    indexes={"delegator": ("delegator",), "delegate": ("delegate",)},
):
    """One person votes for another from ``since`` until before ``until``. It is not passed on."""

    id: str
    delegator: str
    delegate: str
    since: datetime
    until: datetime
    reason: str
    created_at: datetime
    created_by: str
    revoked_at: datetime | None

    def holds(self, now: datetime) -> bool:
        """Whether it is in force."""
        return self.revoked_at is None and self.since <= now < self.until


class Proposal(Entity, frozen=True, table="proposal"):
    """A command that waits for approval.

    ``payload`` is the command as JSON, as it would be logged. ``facts`` is what was shown of it, ``digest`` a SHA-256
    over kind, payload and the watched facts. ``maker_behind`` is who made the API key that filed it. ``tier`` counts
    from 0; ``waits_group`` or ``waits_role`` says whose votes are missing while it is pending. ``command`` is the line
    of the log in which it was carried out, ``outcome`` what came of it (``transfer:88213``).
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

    @property
    def makers(self) -> set[str]:
        """Who made it: who filed it, and who made the key that filed it."""
        return {one for one in (self.maker, self.maker_behind) if one is not None}
