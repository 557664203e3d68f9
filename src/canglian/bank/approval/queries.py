"""What approval's screens and API read."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec

from canglian.bank.approval.model import ApprovalPolicy, ApproverGroup, Delegation, Proposal, ProposalState
from canglian.kernel.entity import Entity
from canglian.kernel.errors import NotFound
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries import versions as stored
from canglian.kernel.queries.paging import Listing, Order, Page, Where, by_instant, by_text
from canglian.kernel.shape import shape

E = TypeVar("E", bound=Entity)

LISTED_MAX = 1000


class ProposalFilter(msgspec.Struct, frozen=True):
    """Which proposals; None means any."""

    state: Annotated[ProposalState | None, doc("Only in this state.")] = None
    kind: Annotated[str | None, doc("Only of this kind.")] = None
    maker: Annotated[str | None, doc("Who filed it, such as user:ann.")] = None
    subject: Annotated[str | None, doc("What it is about, such as account:42.")] = None
    policy: Annotated[str | None, doc("Only filed under this policy.")] = None
    filed_since: Annotated[datetime | None, doc("Only filed at this instant or later.")] = None
    filed_until: Annotated[datetime | None, doc("Only filed at this instant or earlier.")] = None


class Waiter(msgspec.Struct, frozen=True):
    """Somebody whose vote may be missing: ``people`` are the actor and those who delegated to it."""

    actor: str
    role: str
    people: list[str]
    roles: list[str]


class ProposalRow(msgspec.Struct, frozen=True):
    """A proposal in a list. ``step`` of ``steps`` counts from 1; ``waits_for`` is a group or a role."""

    id: Annotated[str, doc("Its number or id.")]
    state: Annotated[ProposalState, doc("The state it is in, or is to be in.")]
    kind: Annotated[str, doc("The kind of the command that waits.")]
    subject: Annotated[str, doc("What it is about, such as `transfer:88213`.")]
    amount: Annotated[int | None, doc("In the minor unit of the asset (fen for CNY).")]
    asset: Annotated[str | None, doc("The unit of value, such as `CNY`.")]
    maker: Annotated[str, doc("Who filed it.")]
    reason: Annotated[str, doc("Why; it stays on record.")]
    policy: Annotated[str, doc("The code of the policy that it was filed under.")]
    policy_version: Annotated[int, doc("The version of that policy.")]
    step: Annotated[int, doc("The step that it stands in, from 1.")]
    steps: Annotated[int, doc("How many steps there are.")]
    waits_for: Annotated[str | None, doc("The group or role whose votes are missing.")]
    filed_at: Annotated[datetime, doc("When it was filed.")]
    expires_at: Annotated[datetime, doc("When it ends by itself; null for never.")]
    ended_at: Annotated[datetime | None, doc("When it was decided, withdrawn or expired; null while it waits.")]
    outcome: Annotated[str | None, doc("What came of it, such as `transfer:88213`; null until it was carried out.")]
    failure_code: Annotated[
        str | None,
        doc("The rule that refused the command although it had been approved, or null."),
    ]


_ROW = (
    "p.id, p.state, p.kind, p.subject, p.amount, p.asset, p.maker, p.reason, p.policy, p.policy_version, p.tier + 1, "
    "jsonb_array_length(a.tiers), coalesce(p.waits_group, p.waits_role), p.filed_at, p.expires_at, p.ended_at, "
    "p.outcome, p.failure_code "
    "FROM proposal p JOIN approval_policy a ON a.book = $1 AND a.code = p.policy AND a.version = p.policy_version"
)


def _row(row: Any) -> ProposalRow:
    values = list(row)
    values[1] = ProposalState(values[1])
    return ProposalRow(*values)


_BY_ID = by_text("p.id")
_FIELDS = ("state", "kind", "amount", "filed_at", "expires_at", "maker", "subject", "policy")
_PROPOSALS = Listing(
    _ROW,
    _BY_ID,
    {"filed_at": _BY_ID, "expires_at": by_instant("p.expires_at")},
    _row,
    "-filed_at",
    fields={name: f"p.{name}" for name in _FIELDS},
)
"""Ids are in the order of filing."""

_VOTED = "$[*] ? (!(@.void == true) && (@.by == $one || @.on_behalf_of == $one || @.behind == $one))"
"""A vote that counts and in which somebody had a part."""


async def proposals(reader: Reader, book: int, asked: ProposalFilter, order: Order) -> Page[ProposalRow]:
    """A page of proposals, newest first."""
    where = Where("p.book = $1")
    where.add("p.state = ?", None if asked.state is None else asked.state.value)
    where.add("p.kind = ?", asked.kind)
    where.add("p.maker = ?", asked.maker)
    where.add("p.subject = ?", asked.subject)
    where.add("p.policy = ?", asked.policy)
    where.add("p.filed_at >= ?", asked.filed_since)
    where.add("p.filed_at <= ?", asked.filed_until)
    return await _PROPOSALS.page(reader, book, where, order)


async def tasks(reader: Reader, book: int, waiter: Waiter, now: datetime, order: Order) -> Page[ProposalRow]:
    """A page of the proposals that wait for somebody's vote: the first to expire comes first."""
    where = Where("p.book = $1", "p.state = 'pending'")
    where.add("p.expires_at > ?", now)
    mine = await groups_of(reader, book, waiter.people)
    groups, roles, actor = (where.parameter(value) for value in (mine, waiter.roles, waiter.actor))
    where.conditions.append(f"(p.waits_group = ANY({groups}::text[]) OR p.waits_role = ANY({roles}::text[]))")
    where.conditions.append(f"p.maker <> {actor} AND coalesce(p.maker_behind, '') <> {actor}")
    where.conditions.append(f"NOT jsonb_path_exists(p.votes, '{_VOTED}', jsonb_build_object('one', {actor}::text))")
    return await _PROPOSALS.page(reader, book, where, msgspec.structs.replace(order, sort=order.sort or "expires_at"))


async def proposal(reader: Reader, book: int, number: str) -> Proposal:
    """One proposal; NotFound ``proposal.not_found``."""
    found = await _some(reader, book, Proposal, "id = $2", number)
    if not found:
        raise NotFound("proposal.not_found", proposal=number)
    return found[0]


async def waiting_about(reader: Reader, book: int, matters: Iterable[str]) -> dict[str, str]:
    """The ids of the proposals that wait, by what they are to settle."""
    rows = await reader.rows(
        "SELECT matter, id FROM proposal WHERE book = $1 AND matter = ANY($2::text[]) ORDER BY id", book, list(matters)
    )
    return {row["matter"]: row["id"] for row in rows}


async def due(reader: Reader, book: int, now: datetime, limit: int = 1000) -> list[str]:
    """The ids of pending proposals whose time has passed."""
    rows = await reader.rows(
        "SELECT id FROM proposal WHERE book = $1 AND state = 'pending' AND expires_at <= $2 "
        f"ORDER BY expires_at LIMIT {limit}",
        book,
        now,
    )
    return [row["id"] for row in rows]


async def policies(reader: Reader, book: int) -> list[ApprovalPolicy]:
    """All versions of all policies, by code, newest first."""
    return await stored.versions(reader, book, ApprovalPolicy)


async def policy_versions(reader: Reader, book: int, code: str) -> list[ApprovalPolicy]:
    """All versions of a policy, newest first; NotFound ``approval_policy.not_found``."""
    found = await stored.versions(reader, book, ApprovalPolicy, code)
    if not found:
        raise NotFound("approval_policy.not_found", approval_policy=code)
    return found


async def groups(reader: Reader, book: int) -> list[ApproverGroup]:
    """All groups, by code."""
    return await _some(reader, book, ApproverGroup, f"true ORDER BY code LIMIT {LISTED_MAX}")


async def group(reader: Reader, book: int, code: str) -> ApproverGroup:
    """One group; NotFound ``approver_group.not_found``."""
    found = await _some(reader, book, ApproverGroup, "code = $2", code)
    if not found:
        raise NotFound("approver_group.not_found", approver_group=code)
    return found[0]


async def groups_of(reader: Reader, book: int, people: Iterable[str]) -> list[str]:
    """The groups that one of these people is in."""
    rows = await reader.rows(
        "SELECT code FROM approver_group WHERE book = $1 AND members ?| $2::text[] ORDER BY code", book, list(people)
    )
    return [row["code"] for row in rows]


async def delegations(
    reader: Reader, book: int, *, of: str | None = None, holding_at: datetime | None = None
) -> list[Delegation]:
    """Delegations, newest first: to or from one person, in force at an instant."""
    where = Where("true")
    where.add("(delegator = ? OR delegate = ?)", of)
    where.add("revoked_at IS NULL AND since <= ? AND until > ?", holding_at)
    sql = f"{where.sql} ORDER BY id DESC LIMIT {LISTED_MAX}"
    return await _some(reader, book, Delegation, sql, *where.arguments)


async def _some(reader: Reader, book: int, entity: type[E], where: str, *arguments: Any) -> list[E]:
    form = shape(entity)
    sql = f'SELECT {", ".join(form.names)} FROM "{form.table}" WHERE book = $1 AND {where}'
    return [form.make(row) for row in await reader.rows(sql, book, *arguments)]
