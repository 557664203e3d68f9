"""What can be done to a deposit account: who may, and what is asked."""

from typing import Annotated

import msgspec

from canglian.bank.deposit.api.accounts import OpenedDeposit, handlers, shown
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
from canglian.bank.deposit.model import AccountFreeze
from canglian.bank.deposit.queries import accounts
from canglian.bank.party.api.paths import ReasonBody
from canglian.kernel.fields import doc
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.principal import Permission

_ONE = "/{deposit_account:str}"


class UnfrozenAccounts(msgspec.Struct, frozen=True):
    """The accounts that a case holds no more."""

    accounts: Annotated[list[str], doc("The ids of the deposit accounts.")]


FREEZE = Action(
    command=FreezeAccount,
    name="freeze",
    help="Freeze money in, money out, both, or everything but the counter.",
    permission=Permission.POST,
    target=("account",),
    names={"freeze_kind": "kind"},
    route=Route(
        operation_id="freezeDepositAccount",
        path=f"{_ONE}/freezes",
        status=201,
        response=AccountFreeze,
        body="FreezeRequest",
        body_help="What is to stand still, why, and by whose order.",
    ),
)

LIFT = Action(
    command=LiftFreeze,
    name="lift-freeze",
    help="Lift one freeze; what else freezes the account stays.",
    permission=Permission.APPROVE,
    target=("account", "freeze"),
    route=Route(
        operation_id="liftAccountFreeze",
        path=f"{_ONE}/freezes/{{freeze:str}}/lift",
        response=AccountFreeze,
        body=ReasonBody,
    ),
)

REPORT_CASE = Action(
    command=ReportCase,
    name="report-case",
    help="Report that an account is involved in a case: it stops, its holder's others are for the counter only.",
    permission=Permission.POST,
    target=("account",),
    route=Route(
        operation_id="reportCase",
        path=f"{_ONE}/case",
        response=CaseFrozen,
        body="CaseRequest",
        body_help="The case that an account is involved in.",
    ),
)

CLEAR_CASE = Action(
    command=ClearCase,
    name="clear-case",
    help="Lift all that a case froze, on every account. The account of the path is one of them.",
    permission=Permission.APPROVE,
    target=("account",),
    route=Route(
        operation_id="clearCase",
        path=f"{_ONE}/case/clear",
        response=UnfrozenAccounts,
        view=UnfrozenAccounts,
        body="CaseClearing",
        body_help="The case that is over, and why.",
    ),
)

UPGRADE = Action(
    command=UpgradeAccount,
    name="upgrade",
    help="Raise an account to what its holder was verified for, or from class III to class II.",
    permission=Permission.POST,
    target=("account",),
    route=Route(
        operation_id="upgradeDepositAccount",
        path=f"{_ONE}/upgrade",
        response=OpenedDeposit,
        view=shown,
        body="UpgradeRequest",
        body_help="Which product of class II; left out, the account is raised to what its holder was verified for "
        "since.",
    ),
)

REACTIVATE = Action(
    command=ReactivateAccount,
    name="reactivate",
    help="Serve a dormant account everywhere again, its holder having been verified at the counter.",
    permission=Permission.POST,
    target=("account",),
    route=Route(
        operation_id="reactivateDepositAccount",
        path=f"{_ONE}/reactivation",
        response=OpenedDeposit,
        view=shown,
        body="ReactivationRequest",
        body_help="Which document was in hand, and where.",
    ),
)

CLOSE = Action(
    command=CloseDepositAccount,
    name="close",
    help="Close an account: its interest is paid, and what is on it goes to a bound account or is paid in cash.",
    permission=Permission.POST,
    target=("account",),
    route=Route(
        operation_id="closeDepositAccount",
        path=f"{_ONE}/close",
        response=OpenedDeposit,
        view=shown,
        body="ClosingRequest",
        body_help="Why, through which channel, and where the money goes: to a bound account, or in cash at the "
        "counter.",
    ),
)

ACCOUNTS = Resource(
    name="deposit",
    path="/deposit-accounts",
    tag="deposit accounts",
    actions=(FREEZE, LIFT, REPORT_CASE, CLEAR_CASE, UPGRADE, REACTIVATE, CLOSE),
    parameters={"deposit_account": AccountPath, "freeze": FreezePath},
    handlers=handlers,
    listing=Listing(
        read=accounts.accounts,
        filter=accounts.DepositFilter,
        columns=("id", "product", "holder", "number", "state", "balance", "available", "opened_on"),
    ),
    show=accounts.account,
)
