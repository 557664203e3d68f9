"""What can be done to contracts about money for a purpose and to their grants: who may, and what is asked."""

from typing import Any

import msgspec

from canglian.bank.approval import service
from canglian.bank.approval.actions import FiledAction
from canglian.bank.approval.commands import FileProposal, ProposalStatus
from canglian.bank.party.api.paths import ReasonBody
from canglian.bank.purpose import availability, queries
from canglian.bank.purpose.api import lists
from canglian.bank.purpose.api.paths import (
    ContractPath,
    FundContractRequest,
    GrantPath,
    SignContractRequest,
    TransferGrantRequest,
)
from canglian.bank.purpose.commands import (
    AddPurposeTemplate,
    ClawBackPurposeGrant,
    DraftPurposeContract,
    FundPurposeContract,
    IssuePurposeGrants,
    ReleasePurposeContract,
    ResumePurposeContract,
    RevokePurposeGrant,
    SignPurposeContract,
    SuspendPurposeContract,
    TerminatePurposeContract,
    TransferPurposeGrant,
)
from canglian.bank.purpose.commands.grants import IssuedGrants
from canglian.bank.purpose.custody.actions import CARDS, OFFERS
from canglian.bank.purpose.model import PurposeContract, PurposeGrant
from canglian.bank.wallet.service import WalletService
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.form import Form, Input
from canglian.web.operations import RequestContext
from canglian.web.principal import Permission


async def _channel(context: RequestContext, _: Any) -> str:
    return context.channel


async def _pin(context: RequestContext, body: SignContractRequest | FundContractRequest) -> int | None:
    """The version of the payer's PIN that was looked at."""
    if body.pin is None:
        return None
    contract = await queries.contract(context.services.reader, context.principal.book, context.target["contract"])
    return await WalletService.of(context).maybe_pin(contract.payer, body.pin)


async def _holders_pin(context: RequestContext, body: TransferGrantRequest) -> int | None:
    """The version of the holder's PIN that was looked at."""
    if body.pin is None:
        return None
    grant = await queries.grant(context.services.reader, context.principal.book, context.target["grant"])
    return await WalletService.of(context).maybe_pin(grant.holder, body.pin)


def _act(command: Any, name: str, help_: str, **more: Any) -> Action:
    return Action(command=command, name=name, help=help_, permission=Permission.POST, **more)


def _at(operation_id: str, path: str, **more: Any) -> Route:
    return Route(operation_id=operation_id, path="/{purpose_contract:str}" + path, response=PurposeContract, **more)


def _with_reason(command: Any, name: str, help_: str, operation_id: str, path: str, form: Form) -> Action:
    route = _at(operation_id, path, body=ReasonBody)
    return _act(command, name, help_, route=route, target=("contract",), form=form)


_SECRET: dict[str, Any] = {
    "target": ("contract",),
    "resolve": {"pin": _pin, "channel": _channel},
    "cli": False,
}

DRAFT = _act(
    DraftPurposeContract,
    "draft",
    "Draft a contract by the version of a template that is in force.",
    route=Route(operation_id="draftPurposeContract", response=PurposeContract, status=201),
    cli=False,
)
SIGN = _act(
    SignPurposeContract,
    "sign",
    "Sign a draft for its payer, with the PIN of the payer's wallet.",
    route=_at("signPurposeContract", "/signature", body=SignContractRequest),
    form=Form(
        title="Sign for the payer",
        submit="Sign",
        confirm="Has the payer signed? The contract can be funded from then on.",
        omit=("pin",),
        unavailable=availability.signing,
    ),
    **_SECRET,
)
FUND = _act(
    FundPurposeContract,
    "fund",
    "Pay a contract's money in from its payer's wallet, with its PIN.",
    route=_at("fundPurposeContract", "/funding", body=FundContractRequest),
    form=Form(
        title="Pay in",
        submit="Pay in",
        confirm="Pay this amount in from the payer's wallet? It is paid in once.",
        inputs=(Input(name="amount", help="In yuan, from the payer's wallet."),),
        omit=("pin",),
        unavailable=availability.funding,
    ),
    **_SECRET,
)
ISSUE = _act(
    IssuePurposeGrants,
    "issue",
    "Give shares of a contract's money to wallets: all of them or none.",
    route=Route(
        operation_id="issuePurposeGrants",
        path="/{purpose_contract:str}/grants",
        response=IssuedGrants,
        status=201,
        body="IssueGrantsRequest",
        body_help="Who is granted how much.",
    ),
    target=("contract",),
    cli=False,
)
RELEASE = _with_reason(
    ReleasePurposeContract,
    "release",
    "Sign that a contract's money is released: that its event has come, or as one of several.",
    "releasePurposeContract",
    "/releases",
    Form(
        title="Sign the release",
        submit="Sign the release",
        applies=availability.waits_for_release,
        unavailable=availability.releasing,
    ),
)
SUSPEND = _with_reason(
    SuspendPurposeContract,
    "suspend",
    "Pay nothing of a contract's money for a while.",
    "suspendPurposeContract",
    "/suspension",
    Form(
        title="Suspend the contract",
        submit="Suspend",
        confirm="Suspend this contract? Nothing of its money is paid until it is resumed.",
        danger=True,
        applies=availability.is_not_suspended,
        unavailable=availability.suspending,
    ),
)
RESUME = _with_reason(
    ResumePurposeContract,
    "resume",
    "Let a suspended contract's money be paid again.",
    "resumePurposeContract",
    "/resumption",
    Form(title="Resume the contract", submit="Resume", applies=availability.is_suspended),
)
TERMINATE = _with_reason(
    TerminatePurposeContract,
    "terminate",
    "End a contract before its time; what is left goes back to its payer.",
    "terminatePurposeContract",
    "/termination",
    Form(
        title="Terminate the contract",
        submit="Terminate",
        confirm="Terminate this contract? Its grants end at once, and what is left goes back to its payer.",
        danger=True,
        unavailable=availability.terminating,
    ),
)
REVOKE = _act(
    RevokePurposeGrant,
    "revoke",
    "End a grant; what remains of it is the contract's again.",
    route=Route(
        operation_id="revokePurposeGrant",
        path="/{purpose_grant:str}/revocation",
        response=PurposeGrant,
        body=ReasonBody,
    ),
    target=("grant",),
    form=Form(
        title="Revoke the grant",
        submit="Revoke the grant",
        confirm="Revoke this grant? What remains of it can be allotted again.",
        danger=True,
        unavailable=availability.revoking,
        trial=availability.revoked,
    ),
)

CLAW_BACK = _act(
    ClawBackPurposeGrant,
    "claw-back",
    "Take what is left of a grant, or a part of it, back into its contract.",
    route=Route(
        operation_id="clawBackPurposeGrant",
        path="/{purpose_grant:str}/clawback",
        response=PurposeGrant,
        body="ClawBackRequest",
        body_help="How much is taken back, and why.",
    ),
    target=("grant",),
)
TRANSFER = _act(
    TransferPurposeGrant,
    "transfer",
    "Pass a grant, or a part of it, on to another holder, with the PIN of its holder's wallet.",
    route=Route(
        operation_id="transferPurposeGrant",
        path="/{purpose_grant:str}/transfer",
        response=PurposeGrant,
        status=201,
        body=TransferGrantRequest,
    ),
    target=("grant",),
    resolve={"pin": _holders_pin, "channel": _channel},
    cli=False,
)


class _Proposed(FiledAction):
    """A version of a template that others approve: its note says why, and its cases are run before it is filed."""

    async def make(self, context: RequestContext, target: Any, body: Any) -> FileProposal:
        """The command that files the proposal."""
        command: Any = await Action.make(self, context, target, body)
        payload = msgspec.to_builtins(command)
        return await service.filing(context.services, context.principal, command.__kind__, payload, command.note)


ADD_TEMPLATE = _Proposed(
    command=AddPurposeTemplate,
    name="propose",
    help="Propose a version of a template: its cases are run, and another person approves it.",
    permission=Permission.POST,
    route=Route(
        operation_id="proposePurposeTemplate",
        response=ProposalStatus,
        status=201,
        body="PurposeTemplateRequest",
        body_help="What a version of a template allows, and the cases that show it.",
    ),
    cli=False,
)

CONTRACTS = Resource(
    name="purpose-contract",
    path="/purpose-contracts",
    tag="purpose",
    plural="contracts",
    actions=(DRAFT, SIGN, FUND, ISSUE, RELEASE, SUSPEND, RESUME, TERMINATE),
    parameters={"purpose_contract": ContractPath},
    handlers=lists.CONTRACTS,
    listing=Listing(
        read=queries.contracts,
        filter=queries.ContractFilter,
        columns=("id", "template", "version", "name", "state", "funded", "unallotted", "allotted", "valid_until"),
        money=("funded", "unallotted", "allotted"),
    ),
    show=queries.contract,
)
GRANTS = Resource(
    name="purpose-grant",
    path="/purpose-grants",
    tag="purpose",
    plural="grants",
    actions=(REVOKE, CLAW_BACK, TRANSFER),
    parameters={"purpose_grant": GrantPath},
    handlers=lists.GRANTS,
    listing=Listing(
        read=queries.grants,
        filter=queries.GrantFilter,
        columns=("id", "contract", "holder", "amount", "remaining", "spent", "uses", "state"),
        money=("passed_on",),
    ),
    show=queries.grant,
)
MOVEMENTS = Resource(name="purpose-movement", path="/purpose-movements", tag="purpose", handlers=lists.MOVEMENTS)
TEMPLATES = Resource(
    name="purpose-template",
    path="/purpose-templates",
    tag="purpose",
    actions=(ADD_TEMPLATE,),
    handlers=(lists.list_templates,),
)

RESOURCES = (TEMPLATES, CONTRACTS, GRANTS, MOVEMENTS, OFFERS, CARDS)
ON_PAGE = (SIGN, FUND, RELEASE, SUSPEND, RESUME, TERMINATE)
"""What the page of a contract offers, in its order; ``REVOKE`` stands in the rows of its grants."""
