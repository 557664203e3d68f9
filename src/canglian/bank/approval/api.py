"""What is no mere translation below ``/v1/proposals`` and ``/v1/delegations``; policies and groups of approvers."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter
from msgspec import Meta

from canglian.bank.approval import queries
from canglian.bank.approval import service as asked_by
from canglian.bank.approval.commands import ProposalStatus, SetApprovalPolicy, SetApproverGroup
from canglian.bank.approval.commands.values import Actor, Kind, Sentence
from canglian.bank.approval.describing import APPROVABLE
from canglian.bank.approval.model import ApprovalPolicy, ApproverGroup, Delegation, ProposalState
from canglian.bank.approval.queries import ProposalFilter, ProposalRow
from canglian.bank.approval.views import ApprovableKind, PolicyView, ProposalView, policy_views, view_of
from canglian.kernel.fields import doc
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import utc_now
from canglian.web.operations import Body, RequestContext, as_json, responses
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

ProposalPath = Annotated[str, PathParameter(pattern=r"^[a-z0-9_]{1,40}$", description="The proposal's id: apr_…")]
DelegationPath = Annotated[str, PathParameter(pattern=r"^[a-z0-9_]{1,40}$", description="The delegation's id: dlg_…")]
PolicyCode = Annotated[str, PathParameter(pattern=r"^[a-z][a-z0-9-]{0,39}$", description="The policy's code.")]


class ProposalRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A command that others shall approve: its kind, its fields, and why."""

    kind: Kind
    payload: Annotated[dict[str, Any], doc("The facts.")]
    reason: Annotated[Sentence, doc("Why; it stays on record.")]


class DelegationRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who votes for whom, and how long; ``delegator`` is oneself where it is left out."""

    delegate: Actor
    until: Annotated[datetime, Meta(tz=True), doc("Until when it holds, exclusive.")]
    reason: Annotated[Sentence, doc("Why; it stays on record.")]
    delegator: Annotated[Actor | None, doc("Whose votes are given by another, such as `user:bob`.")] = None
    since: Annotated[Annotated[datetime, Meta(tz=True)] | None, doc("From when it holds.")] = None


class ApprovalPolicies(msgspec.Struct, frozen=True):
    """Versions of policies, by code, newest first."""

    data: Annotated[list[PolicyView], doc("The rows of this page.")]


class Groups(msgspec.Struct, frozen=True):
    """Groups of approvers, by code."""

    data: Annotated[list[ApproverGroup], doc("The rows of this page.")]


class Delegations(msgspec.Struct, frozen=True):
    """Delegations, newest first."""

    data: Annotated[list[Delegation], doc("The rows of this page.")]


class ApprovableKinds(msgspec.Struct, frozen=True):
    """The kinds of commands that can be approved."""

    data: Annotated[list[ApprovableKind], doc("The rows of this page.")]


# -- proposals -----------------------------------------------------------------------------------------------------


@post(
    "",
    operation_id="fileProposal",
    guards=[needs(Permission.POST)],
    responses=responses(ProposalStatus, 201, write=True),
)
async def file_proposal(context: NamedDependency[RequestContext], data: Body[ProposalRequest]) -> Response[bytes]:
    """File a command for approval. What a rule would refuse now is not filed."""
    command = await asked_by.filing(
        context.services, context.principal, data.kind, data.payload, data.reason, key=context.key
    )
    return await context.respond(command)


@get("", operation_id="listProposals", guards=[needs(Permission.READ)], responses=listing_of(ProposalRow))
async def list_proposals(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    in_state: Annotated[ProposalState | None, QueryParameter(name="state", description="Only in this state.")] = None,
    kind: Annotated[str | None, QueryParameter(description="Only of this kind.")] = None,
    maker: Annotated[str | None, QueryParameter(description="Who filed it, such as user:ann.")] = None,
    subject: Annotated[str | None, QueryParameter(description="What it is about, such as account:42.")] = None,
    policy: Annotated[str | None, QueryParameter(description="Only filed under this policy.")] = None,
    filed_since: Annotated[datetime | None, QueryParameter(name="filed_at.gte")] = None,
    filed_until: Annotated[datetime | None, QueryParameter(name="filed_at.lte")] = None,
) -> Response[bytes]:
    """List proposals, newest first."""
    asked = ProposalFilter(in_state, kind, maker, subject, policy, filed_since, filed_until)
    return await listed(
        request, order, lambda page: queries.proposals(services.reader, principal.book, asked, page), "proposals"
    )


@get(
    "/tasks",
    operation_id="listTasks",
    guards=[needs(Permission.APPROVE)],
    responses=listing_of(ProposalRow),
)
async def list_tasks(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
) -> Response[bytes]:
    """List the proposals that wait for one's vote; the first to expire comes first."""
    waiter = await asked_by.waiter(services, principal)
    return await listed(
        request, order, lambda page: queries.tasks(services.reader, principal.book, waiter, utc_now(), page), "tasks"
    )


@get(
    "/{proposal:str}",
    operation_id="getProposal",
    guards=[needs(Permission.READ)],
    responses=responses(ProposalView),
)
async def get_proposal(
    services: NamedDependency[Services], principal: NamedDependency[Principal], proposal: ProposalPath
) -> Response[bytes]:
    """One proposal, with what was shown of it and what has changed since."""
    return as_json(await view_of(services, principal.book, proposal))


# -- configuration -------------------------------------------------------------------------------------------------


@get(
    "/approvable-kinds",
    operation_id="getApprovableKinds",
    guards=[needs(Permission.READ)],
    responses=responses(ApprovableKinds),
)
async def get_kinds() -> Response[bytes]:
    """The kinds of commands that can be approved."""
    kinds = [
        ApprovableKind(known.kind, known.title, list(known.counts_as), known.always is not False)
        for known in sorted(APPROVABLE.values(), key=lambda known: known.kind)
    ]
    return as_json(ApprovableKinds(kinds))


@get(
    "/approval-policies",
    operation_id="getApprovalPolicies",
    guards=[needs(Permission.READ)],
    responses=responses(ApprovalPolicies),
)
async def get_policies(services: NamedDependency[Services], principal: NamedDependency[Principal]) -> Response[bytes]:
    """All versions of all policies, and which are in force."""
    today = (await book_figures(services.reader, principal.book)).today
    return as_json(ApprovalPolicies(policy_views(await queries.policies(services.reader, principal.book), today)))


@get(
    "/approval-policies/{policy:str}",
    operation_id="getApprovalPolicy",
    guards=[needs(Permission.READ)],
    responses=responses(ApprovalPolicies),
)
async def get_policy(
    services: NamedDependency[Services], principal: NamedDependency[Principal], policy: PolicyCode
) -> Response[bytes]:
    """The versions of one policy, newest first."""
    today = (await book_figures(services.reader, principal.book)).today
    return as_json(
        ApprovalPolicies(policy_views(await queries.policy_versions(services.reader, principal.book, policy), today))
    )


@post(
    "/approval-policies",
    operation_id="setApprovalPolicy",
    guards=[needs(Permission.ADMINISTER)],
    responses=responses(ApprovalPolicy, 201, write=True),
)
async def set_policy(context: NamedDependency[RequestContext], data: Body[SetApprovalPolicy]) -> Response[bytes]:
    """Make a policy, or add a version to one."""
    return await context.respond(data)


@get("/approver-groups", operation_id="getApproverGroups", guards=[needs(Permission.READ)], responses=responses(Groups))
async def get_groups(services: NamedDependency[Services], principal: NamedDependency[Principal]) -> Response[bytes]:
    """All groups of approvers."""
    return as_json(Groups(await queries.groups(services.reader, principal.book)))


@post(
    "/approver-groups",
    operation_id="setApproverGroup",
    guards=[needs(Permission.ADMINISTER)],
    responses=responses(ApproverGroup, 201, write=True),
)
async def set_group(context: NamedDependency[RequestContext], data: Body[SetApproverGroup]) -> Response[bytes]:
    """Make a group of approvers, or replace its name and members."""
    await asked_by.check_members(context.services, context.principal.book, data.members)
    return await context.respond(data)


@get("", operation_id="getDelegations", guards=[needs(Permission.READ)], responses=responses(Delegations))
async def get_delegations(
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    person: Annotated[str | None, QueryParameter(description="To or from whom, such as user:ann.")] = None,
) -> Response[bytes]:
    """Who votes for whom, newest first."""
    return as_json(Delegations(await queries.delegations(services.reader, principal.book, of=person)))


PROPOSAL_HANDLERS = (file_proposal, list_proposals, list_tasks, get_proposal)
DELEGATION_HANDLERS = (get_delegations,)

router = Router(
    "/",
    route_handlers=[get_kinds, get_policies, get_policy, set_policy, get_groups, set_group],
    tags=["approval"],
)
