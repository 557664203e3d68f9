"""What can be done to loans: who may, and what is asked."""

from typing import Any

from canglian.bank.approval.actions import FiledAction
from canglian.bank.approval.commands import ProposalStatus
from canglian.bank.credit.facilities.api import FacilityPath
from canglian.bank.credit.loans import api, availability, queries
from canglian.bank.credit.loans.commands import (
    BackdateRepayment,
    ChangeLoanRate,
    ClassifyLoan,
    DrawLoan,
    PauseInterest,
    PrepayLoan,
    RecoverLoan,
    RepayLoan,
    RescheduleLoan,
    ReverseRepayment,
    WriteOffLoan,
)
from canglian.bank.credit.loans.model import Loan
from canglian.bank.wallet.service import WalletService
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.form import Form, Input
from canglian.web.operations import RequestContext
from canglian.web.principal import Permission


async def channel(context: RequestContext, _: Any) -> str:
    """Where it was asked for."""
    return context.channel


async def pin(context: RequestContext, body: Any) -> int | None:
    """The version of the PIN of the wallet that was looked at."""
    return await WalletService.of(context).maybe_pin(body.wallet, body.pin)


_RESOLVED: Any = {"channel": channel, "pin": pin}

DRAW = Action(
    command=DrawLoan,
    name="draw",
    help="Draw a loan from a facility: its money is in the customer's wallet at once.",
    permission=Permission.POST,
    target=("facility",),
    resolve=_RESOLVED,
    route=Route(operation_id="drawLoan", path="/{facility:str}/loans", response=Loan, status=201, body=api.DrawRequest),
    form=Form(
        title="Draw a loan",
        submit="Pay out",
        inputs=(
            Input(name="product", kind="select"),
            Input(name="amount"),
            Input(name="months"),
            Input(name="wallet", kind="select"),
        ),
        omit=("pin", "hold"),
        confirm="Pay this loan out? The money is in the customer's wallet at once, and interest counts from today.",
    ),
    cli=False,
)
REPAY = Action(
    command=RepayLoan,
    name="repay",
    help="Pay what has fallen due of a loan, in the order of its product.",
    permission=Permission.POST,
    target=("loan",),
    resolve=_RESOLVED,
    route=Route(
        operation_id="repayLoan", path="/{loan:str}/repayments", response=Loan, status=201, body=api.RepayRequest
    ),
    form=Form(
        title="Repay",
        submit="Take the payment",
        inputs=(Input(name="amount"), Input(name="wallet", kind="select")),
        omit=("pin",),
        confirm="Take this amount out of the customer's wallet?",
        applies=availability.is_living,
        unavailable=availability.repaying,
    ),
    cli=False,
)
PREPAY = Action(
    command=PrepayLoan,
    name="prepay",
    help="Pay a loan back early, in whole or in part: what has fallen due first, then interest until today.",
    permission=Permission.POST,
    target=("loan",),
    resolve=_RESOLVED,
    route=Route(
        operation_id="prepayLoan", path="/{loan:str}/prepayments", response=Loan, status=201, body=api.PrepayRequest
    ),
    form=Form(
        title="Prepay",
        submit="Take the payment",
        inputs=(
            Input(name="amount", help="In yuan; empty to pay the loan off."),
            Input(name="effect"),
            Input(name="wallet", kind="select"),
        ),
        omit=("pin",),
        confirm="Take this amount out of the customer's wallet? The plan is made again.",
        applies=availability.is_living,
    ),
    cli=False,
)

RECOVER = Action(
    command=RecoverLoan,
    name="recover",
    help="Take what a customer pays of a loan that was written off: principal first, then fees, then interest.",
    permission=Permission.POST,
    target=("loan",),
    resolve=_RESOLVED,
    route=Route(
        operation_id="recoverLoan", path="/{loan:str}/recoveries", response=Loan, status=201, body=api.RecoveryRequest
    ),
    form=Form(
        title="Take a recovery",
        submit="Take the payment",
        inputs=(Input(name="amount"), Input(name="wallet", kind="select")),
        omit=("pin",),
        confirm="Take this amount out of the customer's wallet?",
        applies=availability.is_claimed,
    ),
    cli=False,
)
CLASSIFY = FiledAction(
    command=ClassifyLoan,
    name="classify",
    help="Ask for another class of a loan. It has it once another person has approved the proposal.",
    permission=Permission.POST,
    target=("loan",),
    route=Route(
        operation_id="proposeLoanClass",
        path="/{loan:str}/class",
        response=ProposalStatus,
        status=201,
        body="LoanClassRequest",
        body_help="The best class that the loan may have, and why.",
    ),
    form=Form(
        title="Classify",
        submit="Submit",
        note="Takes effect on approval by another user. The class by the days overdue lifts what was set before.",
        inputs=(Input(name="risk_class"), Input(name="reason")),
        applies=availability.is_living,
    ),
)
RESCHEDULE = FiledAction(
    command=RescheduleLoan,
    name="reschedule",
    help="Ask for more months or another rate of a loan. It goes on by a new plan once another person has approved it.",
    permission=Permission.POST,
    target=("loan",),
    route=Route(
        operation_id="proposeReschedule",
        path="/{loan:str}/reschedule",
        response=ProposalStatus,
        status=201,
        body="RescheduleRequest",
        body_help="How many months more, the rate from then on, and why.",
    ),
    form=Form(
        title="Reschedule",
        submit="Submit",
        note="Takes effect on approval by another user, from that day on. The plan before stays to be seen.",
        inputs=(Input(name="months_more"), Input(name="rate_ppm"), Input(name="reason")),
        applies=availability.is_living,
        unavailable=availability.rescheduling,
    ),
)
CHANGE_RATE = FiledAction(
    command=ChangeLoanRate,
    name="change-rate",
    help="Ask for another rate of one loan from a day on. It bears it once another person has approved it.",
    permission=Permission.POST,
    target=("loan",),
    route=Route(
        operation_id="proposeLoanRate",
        path="/{loan:str}/rate",
        response=ProposalStatus,
        status=201,
        body="LoanRateRequest",
        body_help="The rate, from when on it counts, and why.",
    ),
    form=Form(
        title="Change the rate",
        submit="Submit",
        note="Takes effect on approval by another user. It takes the place of what was agreed for that day or later.",
        inputs=(Input(name="rate_ppm"), Input(name="since"), Input(name="reason")),
        applies=availability.is_living,
        unavailable=availability.changing_rate,
    ),
)
PAUSE = FiledAction(
    command=PauseInterest,
    name="pause",
    help="Ask for days on which a loan earns no interest. They are agreed once another person has approved it.",
    permission=Permission.POST,
    target=("loan",),
    route=Route(
        operation_id="proposeInterestPause",
        path="/{loan:str}/pauses",
        response=ProposalStatus,
        status=201,
        body="InterestPauseRequest",
        body_help="The first and the last day without interest, whether they cost no penalty either, and why.",
    ),
    form=Form(
        title="Pause interest",
        submit="Submit",
        note="Takes effect on approval by another user, on that day or later. Instalments fall due as before.",
        inputs=(Input(name="start"), Input(name="last"), Input(name="penalty"), Input(name="reason")),
        applies=availability.is_living,
        unavailable=availability.replanning,
    ),
)
BACKDATE = FiledAction(
    command=BackdateRepayment,
    name="backdate",
    help="Ask for a repayment to count from an earlier day. It is taken once another person has approved it.",
    permission=Permission.POST,
    target=("loan",),
    route=Route(
        operation_id="proposeBackdatedRepayment",
        path="/{loan:str}/backdated-repayments",
        response=ProposalStatus,
        status=201,
        body="BackdatedRepaymentRequest",
        body_help="What is paid, from which wallet, from when on it counts, and why.",
    ),
    form=Form(
        title="Back-date a repayment",
        submit="Submit",
        note="Taken on approval by another user. The loan is computed again from that day; today's ledger is adjusted.",
        inputs=(
            Input(name="amount"),
            Input(name="value_date"),
            Input(name="wallet", kind="select"),
            Input(name="reason"),
        ),
        applies=availability.can_backdate,
        unavailable=availability.backdating,
    ),
)
REVERSE = FiledAction(
    command=ReverseRepayment,
    name="reverse",
    help="Ask for a repayment to be taken back. It is once another person has approved the proposal.",
    permission=Permission.POST,
    target=("loan",),
    route=Route(
        operation_id="proposeRepaymentReversal",
        path="/{loan:str}/reversals",
        response=ProposalStatus,
        status=201,
        body="RepaymentReversalRequest",
        body_help="Which repayment is taken back, and why.",
    ),
    form=Form(
        title="Reverse a repayment",
        submit="Submit",
        note="Takes effect on approval by another user: the money goes back to the wallet, and the loan is computed "
        "again as if it had never come.",
        danger=True,
        inputs=(Input(name="transaction", kind="select"), Input(name="reason")),
        applies=availability.can_reverse,
    ),
)
WRITE_OFF = FiledAction(
    command=WriteOffLoan,
    name="write-off",
    help="Ask for a loss to be written off. It is once another person has approved the proposal.",
    permission=Permission.POST,
    target=("loan",),
    route=Route(
        operation_id="proposeWriteOff",
        path="/{loan:str}/write-off",
        response=ProposalStatus,
        status=201,
        body="WriteOffRequest",
        body_help="Why the loan is written off.",
    ),
    form=Form(
        title="Write off",
        submit="Submit",
        note="Takes effect on approval by another user. The customer still owes it all.",
        danger=True,
        applies=availability.is_living,
        unavailable=availability.writing_off,
    ),
)

ON_LOAN = (REPAY, PREPAY, RECOVER, RESCHEDULE, CHANGE_RATE, PAUSE, CLASSIFY, BACKDATE, REVERSE, WRITE_OFF)
"""What the page of a loan offers, in its order."""

PLANNED = (RESCHEDULE, CHANGE_RATE, PAUSE)
"""What makes another plan, which is shown beside the one in force before it is asked for."""

LOANS = Resource(
    name="loan",
    path="/loans",
    tag="loans",
    plural="loans",
    actions=ON_LOAN,
    parameters={"loan": api.LoanPath},
    handlers=api.LOANS,
    listing=Listing(
        read=queries.loans,
        filter=queries.LoanFilter,
        columns=("id", "party", "product", "state", "principal", "outstanding", "next_due", "days_overdue"),
        money=("principal", "outstanding"),
    ),
    show=queries.whole,
)
DRAWING = Resource(
    name="drawing",
    path="/facilities",
    tag="loans",
    actions=(DRAW,),
    parameters={"facility": FacilityPath},
)
TRANSACTIONS = Resource(
    name="loan-transaction",
    path="/loan-transactions",
    tag="loans",
    plural="transactions of loans",
    handlers=api.TRANSACTIONS,
    listing=Listing(
        read=queries.transaction_page,
        filter=queries.LoanTransactionFilter,
        columns=("loan", "number", "kind", "amount", "interest", "principal", "on"),
        money=("interest", "principal"),
    ),
)
RESOURCES = (LOANS, DRAWING, TRANSACTIONS)
