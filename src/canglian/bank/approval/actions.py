"""What can be done to a proposal and to a delegation: who may, and what is asked."""

from dataclasses import dataclass, replace
from typing import Any

import msgspec

from canglian.bank.approval import availability, queries, service
from canglian.bank.approval.api import (
    DELEGATION_HANDLERS,
    PROPOSAL_HANDLERS,
    DelegationPath,
    DelegationRequest,
    ProposalPath,
)
from canglian.bank.approval.commands import (
    Approve,
    ConfirmProposal,
    Delegate,
    FileProposal,
    ProposalStatus,
    Reject,
    RevokeDelegation,
    WithdrawProposal,
)
from canglian.bank.approval.model import Delegation
from canglian.kernel.command import Command
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.form import Form, Input
from canglian.web.operations import RequestContext
from canglian.web.principal import Permission, Role


@dataclass(frozen=True, kw_only=True)
class FiledAction(Action):
    """An action that others have to approve: what is asked makes its command, what is submitted files its proposal.

    The command's own ``reason`` is the proposal's too; where it has none, what is asked has one.
    """

    async def make(self, context: RequestContext, target: Any, body: Any) -> FileProposal:
        """The command that files the proposal."""
        command: Any = await super().make(context, target, body)
        payload = msgspec.to_builtins(command)
        reason: str = command.reason if "reason" in command.__struct_fields__ else body.reason
        return await service.filing(context.services, context.principal, command.__kind__, payload, reason)


async def _role(context: RequestContext, _: Any) -> Role:
    return context.principal.role


async def _behind(context: RequestContext, _: Any) -> str | None:
    return await service.behind(context.services, context.principal)


async def _delegator_role(context: RequestContext, body: Any) -> Role | None:
    if body.on_behalf_of is None:
        return None
    return await service.role_of(context.services, context.principal.book, body.on_behalf_of)


async def _delegator(context: RequestContext, body: DelegationRequest) -> str:
    if body.delegator not in (None, context.principal.actor):
        await service.check_members(context.services, context.principal.book, [body.delegator])
    return body.delegator or context.principal.actor


async def _delegate(context: RequestContext, body: DelegationRequest) -> str:
    await service.check_members(context.services, context.principal.book, [body.delegate])
    return body.delegate


_INSTEAD = Input(name="on_behalf_of", label="On behalf of", applies=availability.votes_for_others)
_VOTER = {"role": _role, "behind": _behind, "delegator_role": _delegator_role}


def _step(operation_id: str, path: str, **more: Any) -> Route:
    """One step of a proposal."""
    return Route(
        operation_id=operation_id, path=f"/{{proposal:str}}/{path}", status=201, response=ProposalStatus, **more
    )


def _own(command: type[Command[Any]], name: str, help_text: str, form: Form) -> Action:
    """What its maker may do with a proposal."""
    return Action(
        command=command,
        name=name,
        help=help_text,
        permission=Permission.POST,
        target=("proposal",),
        route=_step(f"{name}Proposal", name),
        form=form,
    )


APPROVE = Action(
    command=Approve,
    name="approve",
    help="Vote for a proposal. The last vote that was missing carries its command out.",
    permission=Permission.APPROVE,
    cli=False,
    target=("proposal",),
    resolve=_VOTER,
    route=_step(
        "approveProposal",
        "approve",
        body="ApprovalRequest",
        body_help="A vote for a proposal. With ``digest`` it counts only for what was looked at.",
    ),
    form=Form(
        title="Approve",
        inputs=(_INSTEAD, Input(name="comment", label="Comment"), Input(name="digest", kind="hidden")),
    ),
)

REJECT = Action(
    command=Reject,
    name="reject",
    help="Vote against a proposal, which ends it.",
    permission=Permission.APPROVE,
    cli=False,
    target=("proposal",),
    resolve=_VOTER,
    route=_step("rejectProposal", "reject", body="RejectionRequest", body_help="A vote against a proposal, and why."),
    form=Form(
        title="Reject",
        danger=True,
        inputs=(_INSTEAD, Input(name="comment", label="Comment", help="A rejection needs a comment.")),
    ),
)

CONFIRM = _own(
    ConfirmProposal,
    "confirm",
    "Take one's own proposal anew after what it is about has changed; the votes begin again.",
    Form(
        title="Confirm",
        confirm="Reconfirm the request as it is now? Approvals given so far are void.",
        applies=availability.may_confirm,
    ),
)
WITHDRAW = _own(
    WithdrawProposal,
    "withdraw",
    "Take one's own proposal back.",
    Form(title="Withdraw", confirm="Withdraw this request?"),
)

DELEGATE = Action(
    command=Delegate,
    name="delegate",
    help="Let somebody else vote in one's place for a while. For others only an administrator does.",
    permission=Permission.APPROVE,
    resolve={"delegator": _delegator, "delegate": _delegate, "role": _role},
    route=Route(operation_id="delegate", status=201, response=Delegation, body=DelegationRequest),
    form=Form(
        title="Delegate approval",
        inputs=(
            Input(name="delegator", label="Delegator", applies=availability.for_others),
            Input(name="delegate", label="Delegate"),
            Input(name="since", kind="first_day", label="Since", help="Nothing means from now on."),
            Input(name="until", kind="last_day", label="Until", help="To the end of this day."),
            Input(name="reason", label="Reason"),
        ),
    ),
)

REVOKE = Action(
    command=RevokeDelegation,
    name="revoke",
    help="End a delegation now.",
    permission=Permission.APPROVE,
    target=("delegation",),
    resolve={"role": _role},
    route=Route(operation_id="revokeDelegation", path="/{delegation:str}/revoke", response=Delegation),
    form=Form(title="End now", confirm="End this delegation now?", applies=availability.is_going_on),
)

VOTES = (
    replace(
        APPROVE,
        form=Form(title="Approve", inputs=(Input(name="comment", label="Comment"),), omit=("on_behalf_of", "digest")),
    ),
    replace(
        REJECT,
        form=Form(
            title="Reject",
            danger=True,
            inputs=(Input(name="comment", label="Comment", help="A rejection needs a comment."),),
            omit=("on_behalf_of",),
        ),
    ),
)
"""Votes for several proposals, in one's own name, each by the rules of its own."""

ON_PROPOSAL = (APPROVE, REJECT, CONFIRM, WITHDRAW)
"""What the page of a proposal offers, in its order."""

PROPOSALS = Resource(
    name="approval",
    path="/proposals",
    tag="approval",
    plural="proposals",
    actions=ON_PROPOSAL,
    parameters={"proposal": ProposalPath},
    handlers=PROPOSAL_HANDLERS,
    listing=Listing(
        read=queries.proposals,
        filter=queries.ProposalFilter,
        columns=("id", "state", "kind", "subject", "amount", "maker", "step", "steps", "waits_for", "expires_at"),
    ),
)

DELEGATIONS = Resource(
    name="delegation",
    path="/delegations",
    tag="approval",
    actions=(DELEGATE, REVOKE),
    parameters={"delegation": DelegationPath},
    handlers=DELEGATION_HANDLERS,
)
