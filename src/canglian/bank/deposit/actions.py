"""What can be done to a deposit account and to the accounts bound to it: who may, and what is asked."""

from typing import Annotated, Any

import msgspec

from canglian.bank.deposit import availability
from canglian.bank.deposit.api.accounts import Moved, OpenedDeposit, handlers, moved, shown
from canglian.bank.deposit.api.bound import handlers as bound_handlers
from canglian.bank.deposit.api.paths import AccountPath, BoundPath, FreezePath
from canglian.bank.deposit.commands import (
    AskBindingCode,
    BindAccount,
    CaseFrozen,
    ClearCase,
    CloseDepositAccount,
    ConfirmAmount,
    ConfirmByTransfer,
    EndBinding,
    FreezeAccount,
    LiftFreeze,
    MoveCash,
    ReactivateAccount,
    ReportCase,
    RequestPull,
    RequestPush,
    TransferDeposit,
    TypeBindingCode,
    UpgradeAccount,
)
from canglian.bank.deposit.model import AccountFreeze, BindingState, FreezeCause
from canglian.bank.deposit.queries import accounts, outside
from canglian.bank.deposit.queries.outside import BoundView, bound_view
from canglian.bank.deposit.requests import BindingRequest, code_index, sealed_number
from canglian.bank.deposit.rules import COUNTER
from canglian.bank.party.api.paths import ReasonBody
from canglian.bank.party.requests import TypedCode
from canglian.kernel.fields import doc
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.form import Form, Input
from canglian.web.principal import Permission

_ONE = "/{deposit_account:str}"
_CAUSES = tuple((cause.value, f"freeze_cause.{cause.value}") for cause in FreezeCause if cause is not FreezeCause.CASE)


def _step(operation_id: str, path: str, **more: Any) -> Route:
    """One step of a binding."""
    return Route(
        operation_id=operation_id, path=f"/{{bound_account:str}}/{path}", response=BoundView, view=bound_view, **more
    )


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
    form=Form(
        title="Freeze",
        confirm="Freeze this account? It takes effect at once.",
        danger=True,
        inputs=(
            Input(name="freeze_kind", label="Restriction", initial="out"),
            Input(name="cause", label="Cause", choices=_CAUSES, initial="risk"),
            Input(name="authority", label="Authority", help="Who ordered it; needed for an order."),
            Input(name="until", label="Last day", help="Empty until it is lifted."),
        ),
        omit=("case_reference",),
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
    form=Form(
        title="Lift",
        confirm="Lift this freeze? Transactions resume unless another freeze applies.",
        applies=lambda freeze: freeze.cause is not FreezeCause.CASE,
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
    form=Form(
        title="Report a case",
        submit="Report",
        confirm="Report a case? This account is blocked, and the holder's other accounts become counter-only.",
        danger=True,
        inputs=(
            Input(name="case_reference", label="Case", help="The authority's own number of it."),
            Input(name="authority", label="Authority"),
        ),
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
    form=Form(
        title="Clear the case",
        confirm="Lift this freeze? Transactions resume unless another freeze applies.",
        applies=lambda freeze: freeze.cause is FreezeCause.CASE,
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
    form=Form(
        title="Upgrade to verified face to face",
        submit="Upgrade",
        note="Credits from unbound accounts are accepted from now on, within the limits.",
        omit=("product",),
        unavailable=availability.verified,
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
    form=Form(
        title="Restore all channels",
        submit="Verify again",
        inputs=(Input(name="document", label="The document in hand"), Input(name="place", label="Where")),
        unavailable=availability.reactivated,
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
    form=Form(
        title="Close",
        confirm="Close this account permanently? Interest is settled and the balance is paid out.",
        danger=True,
        inputs=(Input(name="bound_account", label="Paid out to"), Input(name="cash", label="Pay out in cash")),
        fixed={"channel": COUNTER},
        unavailable=availability.closed,
    ),
)

UPGRADE_CLASS = Action(
    command=UpgradeAccount,
    name="upgrade-class",
    help="Raise an account of class III to a product of class II.",
    permission=Permission.POST,
    target=("account",),
    form=Form(
        title="Upgrade to Class II",
        submit="Upgrade",
        inputs=(Input(name="product", label="Product"),),
        applies=availability.is_third_class,
        unavailable=availability.raised,
    ),
)

CASH = Action(
    command=MoveCash,
    name="cash",
    help="Take cash in, or pay cash out, at the counter.",
    permission=Permission.POST,
    target=("account",),
    route=Route(
        operation_id="moveCash",
        path=f"{_ONE}/cash",
        status=201,
        response=Moved,
        view=moved,
        body="CashRequest",
        body_help="Cash at the counter.",
    ),
    form=Form(
        title="Cash in or out",
        submit="Process",
        confirm=availability.cash_booked,
        inputs=(Input(name="direction", label="Cash direction", choices=(("in", "Cash in"), ("out", "Cash out"))),),
        unavailable=availability.cash,
    ),
)

TRANSFER = Action(
    command=TransferDeposit,
    name="transfer",
    help="Move money to another deposit account of this bank, within the limits of both holders.",
    permission=Permission.POST,
    target=("payer",),
    route=Route(
        operation_id="transferDeposit",
        path=f"{_ONE}/transfers",
        status=201,
        response=Moved,
        view=moved,
        body="DepositTransferRequest",
        body_help="Money to another deposit account of this bank.",
    ),
)

PULL = Action(
    command=RequestPull,
    name="pull",
    help="Ask for money from a bound account.",
    permission=Permission.POST,
    form=Form(
        title="Transfer from a bound account",
        submit="Request transfer",
        inputs=(Input(name="bound_account", label="From"),),
        fixed={"channel": COUNTER},
        unavailable=availability.pulled,
    ),
)

PUSH = Action(
    command=RequestPush,
    name="push",
    help="Send money to a bound account.",
    permission=Permission.POST,
    form=Form(
        title="Transfer to a bound account",
        submit="Send",
        confirm="Send this money to the other bank? It is held until the other bank confirms receipt.",
        inputs=(Input(name="bound_account", label="To"),),
        fixed={"channel": COUNTER},
        unavailable=availability.pushed,
    ),
)

BIND = Action(
    command=BindAccount,
    name="bind",
    help="Begin to bind an account at another bank. Its bank is asked for the elements.",
    permission=Permission.POST,
    cli=False,
    target=("account",),
    resolve={"number": sealed_number},
    route=Route(
        operation_id="bindAccount",
        path=f"{_ONE}/bound-accounts",
        status=201,
        response=BoundView,
        view=bound_view,
        body=BindingRequest,
    ),
    form=Form(
        title="Bind an account at another bank",
        submit="Start",
        inputs=(
            Input(
                name="number",
                label="Account number",
                help="Encrypted immediately; the other bank verifies five elements.",
                secret=True,
            ),
            Input(name="bank", label="The other bank"),
        ),
        unavailable=availability.bound,
    ),
)

CONFIRM_BY_TRANSFER = Action(
    command=ConfirmByTransfer,
    name="confirm-by-transfer",
    help="Send a small amount, which the holder confirms.",
    permission=Permission.POST,
    target=("bound_account",),
    route=_step("confirmByTransfer", "transfer"),
    form=Form(title="Send a small amount", applies=lambda row: row.bound.state is BindingState.CHECKED),
)

CONFIRM_AMOUNT = Action(
    command=ConfirmAmount,
    name="tell-transfer",
    help="The holder confirms the amount received, or its reference.",
    permission=Permission.POST,
    target=("bound_account",),
    route=_step(
        "tellTransfer",
        "told",
        body="ReceivedAmount",
        body_help="What the holder saw come in: the amount, or the reference.",
    ),
    form=Form(
        title="What came in, in yuan",
        submit="Submit",
        inputs=(Input(name="amount", label="What came in, in yuan"),),
        omit=("reference",),
        applies=availability.awaits_amount,
    ),
)

ASK_CODE = Action(
    command=AskBindingCode,
    name="ask-code",
    help="Have a code sent to the holder's mobile, the first time or again.",
    permission=Permission.POST,
    target=("bound_account",),
    form=Form(title="Send a code", applies=availability.may_send_code),
)

TYPE_CODE = Action(
    command=TypeBindingCode,
    name="type-code",
    help="The holder typed the code that was sent. After some wrong ones the binding is rejected.",
    permission=Permission.POST,
    cli=False,
    target=("bound_account",),
    resolve={"code": code_index},
    route=_step("typeBindingCode", "typed-code", body=TypedCode),
    form=Form(
        title="The six digits that the holder got",
        submit="Confirm",
        inputs=(Input(name="code", label="The six digits that the holder got", secret=True),),
        applies=availability.awaits_code,
    ),
)

END_BINDING = Action(
    command=EndBinding,
    name="end-binding",
    help="Let go of a bound account.",
    permission=Permission.POST,
    target=("bound_account",),
    route=_step("endBinding", "end", body=ReasonBody),
    form=Form(
        title="Unbind",
        confirm="Unbind this account? No further transfers to or from it.",
        applies=lambda row: row.bound.state is BindingState.ACTIVE,
        trial=availability.unbound,
    ),
)

ON_PAGE = (CASH, PULL, PUSH, BIND, UPGRADE, UPGRADE_CLASS, REACTIVATE, FREEZE, REPORT_CASE, CLOSE)
"""What the page of an account offers, in its order."""

ON_FREEZE = (LIFT, CLEAR_CASE)
ON_BINDING = (CONFIRM_BY_TRANSFER, CONFIRM_AMOUNT, TYPE_CODE, ASK_CODE, END_BINDING)

ACCOUNTS = Resource(
    name="deposit",
    path="/deposit-accounts",
    tag="deposit accounts",
    actions=(CASH, TRANSFER, FREEZE, LIFT, REPORT_CASE, CLEAR_CASE, UPGRADE, REACTIVATE, BIND, CLOSE),
    parameters={"deposit_account": AccountPath, "freeze": FreezePath},
    handlers=handlers,
    listing=Listing(
        read=accounts.accounts,
        filter=accounts.DepositFilter,
        columns=("id", "product", "holder", "number", "state", "balance", "available", "opened_on"),
    ),
    show=accounts.account,
)

BOUND_ACCOUNTS = Resource(
    name="bound-account",
    path="/bound-accounts",
    tag="bound accounts",
    actions=(CONFIRM_BY_TRANSFER, CONFIRM_AMOUNT, TYPE_CODE, END_BINDING),
    parameters={"bound_account": BoundPath},
    handlers=bound_handlers,
    listing=Listing(
        read=outside.bound_accounts,
        filter=outside.BoundFilter,
        columns=("id", "account", "number", "bank", "state", "confirmation", "created_at"),
    ),
    show=outside.bound_account,
)
