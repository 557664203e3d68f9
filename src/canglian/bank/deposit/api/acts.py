"""``/v1/deposit-accounts/{account}/…``: freeze, lift, report a case, upgrade, wake and close."""

from datetime import date
from typing import Annotated

import msgspec
from litestar import Response, Router, post
from litestar.di import NamedDependency

from canglian.bank.deposit.api.accounts import OpenedDeposit, shown
from canglian.bank.deposit.api.paths import AccountPath, FreezePath
from canglian.bank.deposit.commands import (
    CaseFrozen,
    ClearCase,
    CloseDepositAccount,
    FreezeAccount,
    LiftFreeze,
    ReactivateAccount,
    ReportCase,
    UpgradeAccount,
)
from canglian.bank.deposit.commands.freezing import CaseReference
from canglian.bank.deposit.commands.keeping import DocumentId
from canglian.bank.deposit.commands.values import BoundId, ProductCode
from canglian.bank.deposit.model import AccountFreeze, FreezeCause, FreezeKind
from canglian.bank.party.api.paths import ReasonBody
from canglian.kernel.fields import Reason, doc
from canglian.kernel.values import Code, Name
from canglian.web.operations import Body, RequestContext, responses
from canglian.web.principal import Permission, needs


class FreezeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to stand still, why, and by whose order."""

    kind: Annotated[FreezeKind, doc("`in`, `out`, `whole`, or `counter_only`.")]
    cause: Annotated[FreezeCause, doc("By an `order`, for `risk`, for a `case`, or as the `holder` wishes.")]
    reason: Reason
    authority: Annotated[Name | None, doc("Who ordered it; needed for an order.")] = None
    case_reference: Annotated[CaseReference | None, doc("The authority's own number of the case, or null.")] = None
    until: Annotated[date | None, doc("The last day; left out until it is lifted.")] = None


class CaseRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The case that an account is involved in."""

    case_reference: CaseReference
    authority: Annotated[Name, doc("Who told of the case.")]
    reason: Reason


class CaseClearing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The case that is over, and why."""

    case_reference: CaseReference
    reason: Reason


class UnfrozenAccounts(msgspec.Struct, frozen=True):
    """The accounts that a case holds no more."""

    accounts: Annotated[list[str], doc("The accounts that are named, or how many there are.")]


class UpgradeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which product of class II; left out, the account is raised to what its holder was verified for since."""

    product: Annotated[ProductCode | None, doc("A product of class II, or left out.")] = None


class ReactivationRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which document was in hand, and where."""

    document: Annotated[DocumentId, doc("The document in hand.")]
    place: Annotated[Name, doc("Where.")]


class ClosingRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why, through which channel, and where the money goes: to a bound account, or in cash at the counter."""

    reason: Reason
    channel: Annotated[Code, doc("Where it is asked for, such as `counter` or `mobile`.")]
    bound_account: Annotated[
        BoundId | None,
        doc("The account at another bank, which is bound to the wallet's deposit account."),
    ] = None
    cash: Annotated[bool, msgspec.Meta(description="Whether what is left is paid in cash, at the counter.")] = False


@post(
    "/{deposit_account:str}/freezes",
    operation_id="freezeDepositAccount",
    guards=[needs(Permission.POST)],
    responses=responses(AccountFreeze, 201, write=True),
)
async def freeze_account(
    context: NamedDependency[RequestContext], deposit_account: AccountPath, data: Body[FreezeRequest]
) -> Response[bytes]:
    """Freeze money in, money out, both, or everything but the counter."""
    command = FreezeAccount(
        account=deposit_account,
        freeze_kind=data.kind,
        cause=data.cause,
        reason=data.reason,
        authority=data.authority,
        case_reference=data.case_reference,
        until=data.until,
    )
    return await context.respond(command)


@post(
    "/{deposit_account:str}/freezes/{freeze:str}/lift",
    operation_id="liftAccountFreeze",
    status_code=200,
    guards=[needs(Permission.APPROVE)],
    responses=responses(AccountFreeze, write=True),
)
async def lift_freeze(
    context: NamedDependency[RequestContext], deposit_account: AccountPath, freeze: FreezePath, data: Body[ReasonBody]
) -> Response[bytes]:
    """Lift one freeze; what else freezes the account stays."""
    command = LiftFreeze(account=deposit_account, freeze=freeze, reason=data.reason)
    return await context.respond(command, status=200)


@post(
    "/{deposit_account:str}/case",
    operation_id="reportCase",
    status_code=200,
    guards=[needs(Permission.POST)],
    responses=responses(CaseFrozen, write=True),
)
async def report_case(
    context: NamedDependency[RequestContext], deposit_account: AccountPath, data: Body[CaseRequest]
) -> Response[bytes]:
    """Report that an account is involved in a case: it stops, its holder's others are for the counter only."""
    command = ReportCase(
        account=deposit_account,
        case_reference=data.case_reference,
        authority=data.authority,
        reason=data.reason,
    )
    return await context.respond(command, status=200)


@post(
    "/{deposit_account:str}/case/clear",
    operation_id="clearCase",
    status_code=200,
    guards=[needs(Permission.APPROVE)],
    responses=responses(UnfrozenAccounts, write=True),
)
async def clear_case(
    context: NamedDependency[RequestContext], deposit_account: AccountPath, data: Body[CaseClearing]
) -> Response[bytes]:
    """Lift all that a case froze, on every account. The account of the path is one of them."""
    command = ClearCase(account=deposit_account, case_reference=data.case_reference, reason=data.reason)
    return await context.respond(command, UnfrozenAccounts, status=200)


@post(
    "/{deposit_account:str}/upgrade",
    operation_id="upgradeDepositAccount",
    status_code=200,
    guards=[needs(Permission.POST)],
    responses=responses(OpenedDeposit, write=True),
)
async def upgrade_account(
    context: NamedDependency[RequestContext], deposit_account: AccountPath, data: Body[UpgradeRequest]
) -> Response[bytes]:
    """Raise an account to what its holder was verified for, or from class III to class II."""
    return await context.respond(UpgradeAccount(account=deposit_account, product=data.product), shown, status=200)


@post(
    "/{deposit_account:str}/reactivation",
    operation_id="reactivateDepositAccount",
    status_code=200,
    guards=[needs(Permission.POST)],
    responses=responses(OpenedDeposit, write=True),
)
async def reactivate_account(
    context: NamedDependency[RequestContext], deposit_account: AccountPath, data: Body[ReactivationRequest]
) -> Response[bytes]:
    """Serve a dormant account everywhere again, its holder having been verified at the counter."""
    place = data.place
    command = ReactivateAccount(account=deposit_account, document=data.document, place=place)
    return await context.respond(command, shown, status=200)


@post(
    "/{deposit_account:str}/close",
    operation_id="closeDepositAccount",
    status_code=200,
    guards=[needs(Permission.POST)],
    responses=responses(OpenedDeposit, write=True),
)
async def close_account(
    context: NamedDependency[RequestContext], deposit_account: AccountPath, data: Body[ClosingRequest]
) -> Response[bytes]:
    """Close an account: its interest is paid, and what is on it goes to a bound account or is paid in cash."""
    command = CloseDepositAccount(
        account=deposit_account,
        reason=data.reason,
        channel=data.channel,
        bound_account=data.bound_account,
        cash=data.cash,
    )
    return await context.respond(command, shown, status=200)


router = Router(
    "/deposit-accounts",
    route_handlers=[
        freeze_account,
        lift_freeze,
        report_case,
        clear_case,
        upgrade_account,
        reactivate_account,
        close_account,
    ],
    tags=["deposit accounts"],
)
