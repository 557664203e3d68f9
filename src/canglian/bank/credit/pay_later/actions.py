"""What can be done to bills and relations: who may, and what is asked."""

from typing import Any

from canglian.bank.credit.facilities.api import LimitHoldPath
from canglian.bank.credit.loans.actions import channel, pin
from canglian.bank.credit.pay_later import api, availability, queries
from canglian.bank.credit.pay_later.commands import (
    CaptureBill,
    ConvertBill,
    EndRelative,
    RecordRelative,
    RefundBill,
    RepayBill,
    RepayForRelative,
)
from canglian.bank.credit.pay_later.model import Bill, Relative, RelativePayment
from canglian.bank.party.api.paths import ReasonBody
from canglian.bank.wallet.service import WalletService
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.form import Form, Input
from canglian.web.operations import RequestContext
from canglian.web.principal import Permission

_RESOLVED: Any = {"channel": channel, "pin": pin}


async def _bill_pin(context: RequestContext, body: Any) -> int | None:
    """The version of the PIN of the customer's wallet."""
    bill = await queries.bill(context.services.reader, context.principal.book, context.target["bill"])
    return await WalletService.of(context).maybe_pin(bill.wallet, body.pin)


async def _payee_pin(context: RequestContext, body: Any) -> int | None:
    """The version of the PIN of the wallet that was paid."""
    bill = await queries.bill(context.services.reader, context.principal.book, context.target["bill"])
    return None if bill.payee is None else await WalletService.of(context).maybe_pin(bill.payee, body.pin)


CAPTURE = Action(
    command=CaptureBill,
    name="capture",
    help="Capture a hold of a pay-later limit: the payee is paid at once, and the customer owes a bill.",
    permission=Permission.POST,
    target=("limit_hold",),
    resolve=_RESOLVED,
    route=Route(
        operation_id="captureBill",
        path="/{limit_hold:str}/capture",
        response=Bill,
        status=201,
        body=api.BillCaptureRequest,
    ),
    cli=False,
)
REPAY = Action(
    command=RepayBill,
    name="repay",
    help="Pay a bill or a part of it, early or late.",
    permission=Permission.POST,
    target=("bill",),
    resolve=_RESOLVED,
    route=Route(
        operation_id="repayBill",
        path="/{bill:str}/repayments",
        response=Bill,
        status=201,
        body=api.BillRepaymentRequest,
    ),
    form=Form(
        title="Repay",
        submit="Take the payment",
        inputs=(Input(name="amount"), Input(name="wallet", kind="select")),
        omit=("pin",),
        confirm="Take this amount out of the customer's wallet?",
        applies=availability.is_payable,
    ),
    cli=False,
)
CONVERT = Action(
    command=ConvertBill,
    name="convert",
    help="Turn what is left of a bill into instalments, before it is overdue.",
    permission=Permission.POST,
    target=("bill",),
    resolve={"channel": channel, "pin": _bill_pin},
    route=Route(
        operation_id="convertBill",
        path="/{bill:str}/instalments",
        response=Bill,
        status=201,
        body=api.BillConversionRequest,
    ),
    form=Form(
        title="Turn into instalments",
        submit="Turn into instalments",
        inputs=(Input(name="months", kind="select"),),
        omit=("pin",),
        confirm="Turn this bill into instalments? Interest counts from today, at the rate of the contract.",
        applies=availability.is_payable,
        unavailable=availability.converting,
    ),
    cli=False,
)
REFUND = Action(
    command=RefundBill,
    name="refund",
    help="Give back some of a bill out of the wallet that was paid: what is owed becomes less first.",
    permission=Permission.POST,
    target=("bill",),
    resolve={"channel": channel, "pin": _payee_pin},
    route=Route(
        operation_id="refundBill",
        path="/{bill:str}/refunds",
        response=Bill,
        status=201,
        body=api.BillRefundRequest,
    ),
    form=Form(
        title="Refund",
        submit="Give it back",
        inputs=(Input(name="amount"),),
        omit=("pin",),
        confirm="Take this amount out of the wallet that was paid? What is owed becomes less first.",
        unavailable=availability.refunding,
    ),
    cli=False,
)
RECORD = Action(
    command=RecordRelative,
    name="record",
    help="Record that somebody may repay another's bills, without seeing them.",
    permission=Permission.POST,
    route=Route(
        operation_id="recordRelative",
        response=Relative,
        status=201,
        body="RelativeRequest",
        body_help="Whose bills, who may repay them, what they are to each other, and how it was shown.",
    ),
    form=Form(
        title="Record a relative",
        submit="Record",
        inputs=(Input(name="party"), Input(name="payer", of="party"), Input(name="kind"), Input(name="reason")),
    ),
)
END = Action(
    command=EndRelative,
    name="end",
    help="End a relation: the payer may not repay the bills any more.",
    permission=Permission.POST,
    target=("relative",),
    route=Route(operation_id="endRelative", path="/{relative:str}/end", response=Relative, body=ReasonBody),
    form=Form(
        title="End",
        submit="End the relation",
        confirm="End this relation? The payer may not repay the bills any more.",
        unavailable=availability.ending,
    ),
)
REPAY_FOR = Action(
    command=RepayForRelative,
    name="repay",
    help="Take what a relative pays of the customer's bills; what is not owed goes to the customer's wallet.",
    permission=Permission.POST,
    target=("relative",),
    resolve=_RESOLVED,
    route=Route(
        operation_id="repayForRelative",
        path="/{relative:str}/repayments",
        response=RelativePayment,
        status=201,
        body=api.BillRepaymentRequest,
    ),
    cli=False,
)

ON_BILL = (REPAY, CONVERT, REFUND)
"""What the page of a bill offers, in its order."""

CAPTURING = Resource(
    name="capturing",
    path="/limit-holds",
    tag="bills",
    actions=(CAPTURE,),
    parameters={"limit_hold": LimitHoldPath},
)
BILLS = Resource(
    name="bill",
    path="/bills",
    tag="bills",
    plural="bills of pay-later",
    actions=ON_BILL,
    parameters={"bill": api.BillPath},
    handlers=api.BILLS,
    listing=Listing(
        read=queries.bills,
        filter=queries.BillFilter,
        columns=("id", "party", "note", "amount", "refunded", "state", "due_on"),
        money=("amount", "refunded"),
    ),
    show=queries.whole,
)
RELATIVES = Resource(
    name="relative",
    path="/relatives",
    tag="bills",
    plural="relatives who may repay",
    actions=(RECORD, END, REPAY_FOR),
    parameters={"relative": api.RelativePath},
    handlers=api.RELATIVES,
    listing=Listing(
        read=queries.relatives,
        filter=queries.RelativeFilter,
        columns=("id", "party", "payer", "kind", "at", "ended_at"),
    ),
    show=queries.relative,
)
RESOURCES = (BILLS, CAPTURING, RELATIVES)
