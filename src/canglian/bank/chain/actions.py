"""What can be done to members and vouchers: who may, and what is asked."""

from typing import Any

from canglian.bank.approval.actions import FiledAction
from canglian.bank.approval.commands import ProposalStatus
from canglian.bank.chain import api, availability, queries
from canglian.bank.chain.commands import (
    AcceptVoucher,
    ClaimRecourse,
    CollectVoucher,
    DeclineVoucher,
    EnrolCore,
    EnrolSupplier,
    FinanceVoucher,
    FreezeVoucher,
    IssueLongVoucher,
    IssueVoucher,
    PayUnclaimed,
    SplitVoucher,
    TransferVoucher,
    UnfreezeVoucher,
)
from canglian.bank.chain.model import ChainMember, Voucher, VoucherFinancing
from canglian.bank.chain.signed import SIGNED
from canglian.bank.chain.trade.actions import CONTRACTS
from canglian.bank.chain.typed import SplitTyped
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.form import Form, Input
from canglian.web.principal import Permission


def _at(operation_id: str, path: str, response: Any = Voucher, **more: Any) -> Route:
    return Route(operation_id=operation_id, path="/{voucher:str}" + path, response=response, **more)


ENROL_CORE = Action(
    command=EnrolCore,
    name="enrol-core",
    help="Enrol a core company: what it accepts counts against a product's part of its facility.",
    permission=Permission.APPROVE,
    route=Route(operation_id="enrolCore", path="/core", response=ChainMember, status=201),
    form=Form(
        title="Enrol a core company",
        submit="Enrol",
        inputs=(
            Input(name="party"),
            Input(name="account", of="deposit", help="Its deposit account, from which vouchers are paid at maturity."),
            Input(name="facility", kind="select", help="Its facility, of which acceptance takes."),
            Input(name="product", kind="select"),
            Input(name="advance_bps"),
            Input(name="order_bps"),
        ),
    ),
)
ENROL_SUPPLIER = Action(
    command=EnrolSupplier,
    name="enrol-supplier",
    help="Enrol a supplier or a dealer in a core company's chain.",
    permission=Permission.POST,
    route=Route(operation_id="enrolSupplier", path="/suppliers", response=ChainMember, status=201),
    form=Form(
        title="Enrol a supplier or a dealer",
        submit="Enrol",
        inputs=(
            Input(name="core", kind="select"),
            Input(name="party"),
            Input(name="account", of="deposit", help="Its deposit account, to which vouchers are paid."),
            Input(name="tier"),
            Input(name="dealer"),
        ),
    ),
)
ISSUE = Action(
    command=IssueVoucher,
    name="issue",
    help="Issue a voucher for an invoice; it counts once the core company has accepted it.",
    permission=Permission.POST,
    resolve=SIGNED,
    route=Route(operation_id="issueVoucher", response=Voucher, status=201, body=api.VoucherRequest),
    form=Form(
        title="Issue a voucher",
        submit="Issue",
        inputs=(
            Input(name="core", kind="select"),
            Input(name="supplier", kind="select"),
            Input(name="face", label="Face"),
            Input(name="matures_on"),
            Input(name="invoice_code"),
            Input(name="invoice_number"),
            Input(name="invoice_total", label="Total of the invoice"),
            Input(name="invoice_dated"),
            Input(name="invoice_digest"),
            Input(name="order_number"),
        ),
        omit=("wallet", "pin"),
    ),
    cli=False,
)
ISSUE_LONG = FiledAction(
    command=IssueLongVoucher,
    name="issue-long",
    help="Ask for a voucher beyond six months. It is issued once another person has approved the proposal.",
    permission=Permission.POST,
    route=Route(
        operation_id="proposeLongVoucher",
        path="/long",
        response=ProposalStatus,
        status=201,
        body="LongVoucherRequest",
        body_help="A voucher for up to a year, and why it runs longer than six months.",
    ),
    form=Form(
        title="Issue a voucher beyond six months",
        submit="Submit",
        note="Takes effect on approval by another user.",
        inputs=(
            Input(name="core", kind="select"),
            Input(name="supplier", kind="select"),
            Input(name="face", label="Face"),
            Input(name="matures_on"),
            Input(name="invoice_code"),
            Input(name="invoice_number"),
            Input(name="invoice_total", label="Total of the invoice"),
            Input(name="invoice_dated"),
            Input(name="invoice_digest"),
            Input(name="order_number"),
            Input(name="reason"),
        ),
    ),
    cli=False,
)
ACCEPT = Action(
    command=AcceptVoucher,
    name="accept",
    help="Accept a voucher for its core company, whose limit is lower by its face.",
    permission=Permission.POST,
    target=("voucher",),
    resolve=SIGNED,
    route=_at("acceptVoucher", "/acceptance", body=api.VoucherAcceptanceRequest),
    form=Form(
        title="Accept the voucher",
        submit="Accept the voucher",
        omit=("wallet", "pin"),
        confirm="Accept this voucher? The core company pays its face at maturity, and its limit is lower by that.",
        applies=availability.is_issued,
    ),
    cli=False,
)
DECLINE = Action(
    command=DeclineVoucher,
    name="decline",
    help="Decline a voucher for its core company.",
    permission=Permission.POST,
    target=("voucher",),
    resolve=SIGNED,
    route=_at("declineVoucher", "/refusal", body=api.VoucherRefusalRequest),
    form=Form(
        title="Decline the voucher",
        submit="Decline the voucher",
        omit=("wallet", "pin"),
        danger=True,
        confirm="Decline this voucher? Its invoice can be on another one again.",
        applies=availability.is_issued,
    ),
    cli=False,
)
SPLIT = Action(
    command=SplitVoucher,
    name="split",
    help="Split a voucher into parts, which sum up to its face.",
    permission=Permission.POST,
    target=("voucher",),
    resolve=SIGNED,
    route=_at("splitVoucher", "/parts", status=201, body=api.VoucherPartsRequest),
    typed=SplitTyped,
    form=Form(
        title="Split into parts",
        submit="Split the voucher",
        confirm="Split this voucher? Its parts take its place.",
        applies=availability.is_held,
        unavailable=availability.holding,
    ),
    cli=False,
)
TRANSFER = Action(
    command=TransferVoucher,
    name="transfer",
    help="Transfer a voucher, or a part of it, to another supplier of the chain.",
    permission=Permission.POST,
    target=("voucher",),
    resolve=SIGNED,
    route=_at("transferVoucher", "/transfers", status=201, body=api.VoucherTransferRequest),
    form=Form(
        title="Transfer to a supplier",
        submit="Transfer the voucher",
        inputs=(Input(name="new_holder", kind="select"), Input(name="amount")),
        omit=("wallet", "pin"),
        confirm="Transfer this amount? The other supplier is paid at maturity.",
        applies=availability.is_held,
        unavailable=availability.holding,
    ),
    cli=False,
)
FINANCE = Action(
    command=FinanceVoucher,
    name="finance",
    help="Finance a voucher, or a part of it: the advance less its discount is paid out at once.",
    permission=Permission.POST,
    target=("voucher",),
    resolve=SIGNED,
    route=_at("financeVoucher", "/financing", VoucherFinancing, status=201, body=api.VoucherFinancingRequest),
    form=Form(
        title="Finance at the bank",
        submit="Finance the voucher",
        inputs=(Input(name="amount"), Input(name="recourse")),
        omit=("wallet", "pin"),
        confirm="Finance this amount? The advance less its discount is in the holder's account at once.",
        applies=availability.is_held,
        unavailable=availability.holding,
    ),
    cli=False,
)
FREEZE = FiledAction(
    command=FreezeVoucher,
    name="freeze",
    help="Ask for a voucher to be frozen. It is once another person has approved the proposal.",
    permission=Permission.POST,
    target=("voucher",),
    route=_at(
        "proposeVoucherFreeze",
        "/freeze",
        ProposalStatus,
        status=201,
        body="VoucherFreezeRequest",
        body_help="Why the voucher is frozen.",
    ),
    form=Form(
        title="Freeze",
        submit="Submit",
        note="Takes effect on approval by another user. Nobody can split, transfer or finance it then.",
        danger=True,
        applies=availability.is_payable,
    ),
)
UNFREEZE = FiledAction(
    command=UnfreezeVoucher,
    name="unfreeze",
    help="Ask for a voucher to be unfrozen. It is once another person has approved the proposal.",
    permission=Permission.POST,
    target=("voucher",),
    route=_at(
        "proposeVoucherUnfreeze",
        "/unfreeze",
        ProposalStatus,
        status=201,
        body="VoucherUnfreezeRequest",
        body_help="Why the voucher is unfrozen.",
    ),
    form=Form(
        title="Unfreeze",
        submit="Submit",
        note="Takes effect on approval by another user.",
        applies=availability.is_frozen,
    ),
)
COLLECT = Action(
    command=CollectVoucher,
    name="collect",
    help="Take what a core company owes of a voucher in default out of its account.",
    permission=Permission.POST,
    target=("voucher",),
    route=_at("collectVoucher", "/collection"),
    form=Form(
        title="Collect",
        submit="Collect from the core company",
        confirm="Take the whole face out of the core company's account?",
        applies=availability.is_defaulted,
        trial=availability.collected,
    ),
)
RECOURSE = Action(
    command=ClaimRecourse,
    name="claim-recourse",
    help="Take an advance with recourse back from whoever had the voucher financed.",
    permission=Permission.POST,
    target=("voucher",),
    route=_at("claimRecourse", "/recourse"),
    form=Form(
        title="Claim recourse",
        submit="Take the advance back",
        confirm="Take the advance out of the account of whoever had this voucher financed?",
        danger=True,
        applies=availability.is_defaulted,
        unavailable=availability.claiming,
    ),
)
PAY_UNCLAIMED = Action(
    command=PayUnclaimed,
    name="pay-unclaimed",
    help="Pay a holder what its account did not take at maturity.",
    permission=Permission.POST,
    target=("voucher",),
    route=_at("payUnclaimed", "/unclaimed"),
    form=Form(
        title="Pay the holder",
        submit="Pay the holder",
        confirm="Pay the holder what its account did not take at maturity?",
        applies=availability.has_unclaimed,
    ),
)

ON_VOUCHER = (ACCEPT, DECLINE, FINANCE, TRANSFER, SPLIT, COLLECT, RECOURSE, PAY_UNCLAIMED, FREEZE, UNFREEZE)
"""What the page of a voucher offers, in its order."""

MEMBERS = Resource(
    name="chain-member",
    path="/chain-members",
    tag="chain members",
    plural="members of chains",
    actions=(ENROL_CORE, ENROL_SUPPLIER),
    parameters={"chain_member": api.MemberPath},
    handlers=api.MEMBERS,
    listing=Listing(
        read=queries.members,
        filter=queries.MemberFilter,
        columns=("id", "party", "tier", "dealer", "core", "account", "advance_bps"),
    ),
    show=queries.member,
)
VOUCHERS = Resource(
    name="voucher",
    path="/vouchers",
    tag="vouchers",
    plural="vouchers",
    actions=(ISSUE, ISSUE_LONG, *ON_VOUCHER),
    parameters={"voucher": api.VoucherPath},
    handlers=api.VOUCHERS,
    listing=Listing(
        read=queries.vouchers,
        filter=queries.VoucherFilter,
        columns=("id", "number", "state", "face", "matures_on", "core", "holder"),
        money=("face",),
    ),
    show=queries.whole,
)
RESOURCES = (MEMBERS, VOUCHERS, CONTRACTS)
