"""Policies and groups of approvers: configuration with versions, changed by commands like everything else."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

import canglian.bank.approval.errors  # noqa: F401  # pyright: ignore[reportUnusedImport] - declares the codes
from canglian.bank.approval.commands.values import Actor, GroupCode, Kind, PolicyCode
from canglian.bank.approval.describing import APPROVABLE, Approvable, Description, approvable
from canglian.bank.approval.model import ApprovalPolicy, ApproverGroup, Fact, Tier
from canglian.kernel.book import Book
from canglian.kernel.command import Command
from canglian.kernel.fields import doc
from canglian.kernel.values import Amount, AssetCode, Name
from canglian.kernel.versions import effective_date, next_version
from canglian.web.principal import Permission, Role

TIERS_MAX = 5
VOTES_MAX = 9

Day = date  # the field of the same name would hide the type


class TierAsked(Tier, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One step: how many votes, of a group's members or of people in a role. Exactly one of both."""

    votes: Annotated[int, Meta(ge=1, le=VOTES_MAX), doc("How many votes the step takes.")]
    group: Annotated[
        GroupCode | None,
        doc("The group of approvers whose votes the step takes; null for a role."),
    ] = None
    role: Annotated[
        Role | None,
        doc("The role whose votes the step takes; null for a group."),
    ] = None  # pyright: ignore[reportIncompatibleVariableOverride] - kept as text


class SetApprovalPolicy(Command[ApprovalPolicy], kind="approval.set_policy"):
    """Add a version to a policy, or make one. In force is the version with the latest effective date that has come.

    Rejects ``approval.kind_unknown`` and ``approval_policy.*``.
    """

    code: Annotated[PolicyCode, doc("The policy's code.")]
    kind: Annotated[Kind, doc("The kind of command that it covers.")]
    name: Annotated[Name, doc("What people read.")]
    tiers: Annotated[
        list[TierAsked],
        Meta(min_length=1, max_length=TIERS_MAX),
        doc("The steps, each with whose votes it takes and how many."),
    ]
    asset: Annotated[AssetCode | None, doc("The unit of value, such as `CNY`.")] = None
    amount_from: Annotated[
        Amount | None,
        doc("The lowest amount that it covers, in the minor unit; null for no bound."),
    ] = None
    amount_to: Annotated[
        Amount | None,
        doc("The highest amount that it covers, in the minor unit; null for no bound."),
    ] = None
    roles: Annotated[
        list[Role],
        Meta(max_length=5),
        doc("The makers' roles that it covers; empty for all."),
    ] = msgspec.field(default_factory=list[Role])
    expiry_hours: Annotated[
        int,
        Meta(ge=1, le=24 * 90),
        doc("After so many hours a proposal without a decision expires."),
    ] = 72
    keys_vote: Annotated[bool, doc("Whether API keys may vote.")] = False
    enforced: Annotated[bool, doc("Whether the command is refused where it is asked for directly.")] = True
    active: Annotated[bool, doc("Whether it covers anything from the effective date on.")] = True
    effective_from: Annotated[Day | None, doc("The business date from which it counts.")] = None

    def decide(self, book: Book) -> ApprovalPolicy:
        if self.kind not in APPROVABLE:
            book.reject("approval.kind_unknown", kind=self.kind)
        versions = book.find(ApprovalPolicy, "code", self.code)
        if versions and versions[0].kind != self.kind:
            book.reject("approval_policy.kind_fixed", code=self.code, kind=versions[0].kind)
        effective_from = effective_date(book, ApprovalPolicy, self.effective_from)
        self._check_amounts(book)
        for place, tier in enumerate(self.tiers, start=1):
            _check_tier(book, place, tier)
        version = next_version(versions)
        book.emit("approval_policy.set", f"approval_policy:{self.code}", policy=self.code, version=version)
        return book.add(
            ApprovalPolicy(
                self.code,
                version,
                self.kind,
                self.name,
                self.asset,
                self.amount_from,
                self.amount_to,
                sorted({role.value for role in self.roles}),
                [Tier(tier.votes, tier.group, None if tier.role is None else tier.role.value) for tier in self.tiers],
                self.expiry_hours,
                self.keys_vote,
                self.enforced,
                self.active,
                effective_from,
                book.now,
                book.actor,
            )
        )

    def _check_amounts(self, book: Book) -> None:
        bounded = self.amount_from is not None or self.amount_to is not None
        crossed = self.amount_from is not None and self.amount_to is not None and self.amount_from > self.amount_to
        if crossed or (bounded and self.asset is None):
            book.reject("approval_policy.amounts_invalid")


def _check_tier(book: Book, place: int, tier: TierAsked) -> None:
    if (tier.group is None) == (tier.role is None):
        book.reject("approval_policy.tier_invalid", tier=place)
    if tier.role is not None and not tier.role.may(Permission.APPROVE):
        book.reject("approval_policy.tier_invalid", tier=place)
    if tier.group is not None:
        members = len(book.get(ApproverGroup, tier.group).members)
        if members < tier.votes:
            book.reject("approval_policy.group_small", group=tier.group, members=members, tier=place, votes=tier.votes)


class SetApproverGroup(Command[ApproverGroup], kind="approval.set_group"):
    """Make a group of approvers, or replace its name and members.

    A vote counts as long as its giver is a member: who is taken out of the group while a proposal waits for more votes
    has voted in vain.
    """

    code: GroupCode
    name: Annotated[Name, doc("What people read.")]
    members: Annotated[list[Actor], Meta(max_length=200), doc("The actors that belong to it, such as `user:ann`.")]

    def decide(self, book: Book) -> ApproverGroup:
        members = sorted(set(self.members))
        group = ApproverGroup(self.code, self.name, members, book.now, book.actor)
        book.emit("approver_group.set", f"approver_group:{self.code}", group=self.code, members=len(members))
        if book.maybe(ApproverGroup, self.code) is None:
            return book.add(group)
        return book.put(group)


def _policy(book: Book, command: SetApprovalPolicy) -> Description:
    versions = book.find(ApprovalPolicy, "code", command.code)
    facts = [
        Fact("Policy", "code", command.code),
        Fact("Version now", "number", next_version(versions) - 1, watched=True),
        Fact("Name", "text", command.name),
        Fact("Command", "code", command.kind),
    ]
    if command.amount_from is not None:
        facts.append(Fact("Amount from", "money", command.amount_from, asset=command.asset))
    if command.amount_to is not None:
        facts.append(Fact("Amount up to", "money", command.amount_to, asset=command.asset))
    if command.roles:
        facts.append(Fact("Roles of the maker", "text", ", ".join(role.value for role in command.roles)))
    for tier in command.tiers:
        who = tier.group or (tier.role.value if tier.role is not None else "")
        facts.append(Fact("Step", "text", f"{tier.votes} × {who}"))
    facts.append(Fact("Expires after hours", "number", command.expiry_hours))
    facts.append(Fact("In force", "words", "Yes" if command.active else "No"))
    facts.append(Fact("Refused directly", "words", "Yes" if command.enforced else "No"))
    facts.append(Fact("API keys vote", "words", "Yes" if command.keys_vote else "No"))
    if command.effective_from is not None:
        facts.append(Fact("Effective from", "day", command.effective_from.isoformat()))
    return Description(f"approval_policy:{command.code}", facts)


def _group(book: Book, command: SetApproverGroup) -> Description:
    there = book.maybe(ApproverGroup, command.code)
    facts = [
        Fact("Group", "code", command.code),
        Fact("Members now", "text", None if there is None else ", ".join(there.members), watched=True),
        Fact("Name", "text", command.name),
        Fact("Members", "text", ", ".join(command.members)),
    ]
    return Description(f"approver_group:{command.code}", facts)


approvable(
    Approvable(SetApprovalPolicy, "Set a policy", _policy, outcome=lambda policy: f"approval_policy:{policy.code}")
)
approvable(Approvable(SetApproverGroup, "Set a group", _group, outcome=lambda group: f"approver_group:{group.code}"))
