"""What can be done to schemes and points: who may, and what is asked."""

from typing import Annotated, Any

import msgspec

from canglian.bank.approval.actions import FiledAction
from canglian.bank.approval.commands import ProposalStatus
from canglian.bank.party.api.paths import ReasonBody
from canglian.bank.reward.points import api, availability, queries
from canglian.bank.reward.points.api import (
    PointExchangePath,
    PointLotPath,
    PointMemberPath,
    PointSchemePath,
)
from canglian.bank.reward.points.commands import (
    ApprovePointScheme,
    AwardForEvent,
    AwardPoints,
    ClosePointScheme,
    DraftPointScheme,
    ExchangePoints,
    FundPointScheme,
    ImportPointAwards,
    PayBackPointScheme,
    ReturnExchange,
    SetPointDeduction,
)
from canglian.bank.reward.points.commands.awarding import AwardedLines
from canglian.bank.reward.points.model import PointExchange, PointLot, PointMember, PointScheme
from canglian.bank.reward.points.typed import PointSchemeTyped
from canglian.bank.wallet.api.bodies import GivenPin
from canglian.bank.wallet.service import WalletService
from canglian.kernel.fields import Field, Reason, Unit, doc
from canglian.kernel.values import Amount
from canglian.web.actions import Action, Listing, Resource, Route, Typed
from canglian.web.form import Form, Input
from canglian.web.operations import RequestContext
from canglian.web.principal import Permission

COUNTER = "counter"

_AMOUNT = doc("What is set aside, in fen.")


class FundPointSchemeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is set aside for exchanges, with the PIN of the scheme's wallet."""

    amount: Annotated[Amount, _AMOUNT]
    pin: GivenPin = None


class PointFundProposalRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the wallet of a scheme pays at the counter, without its PIN, and who agreed to that."""

    amount: Annotated[Amount, _AMOUNT, Field(label="Amount", help="In yuan.", unit=Unit.MONEY)]
    reason: Annotated[Reason, Field(label="Reason", help="Who agreed for the wallet, and how that was checked.")]


class FundPointsTyped(Typed, frozen=True):
    """What is set aside at the counter."""

    amount: Annotated[Amount, _AMOUNT, Field(label="Amount", help="In yuan.", unit=Unit.MONEY)]

    def command_fields(self) -> dict[str, Any]:
        return {"amount": self.amount}


async def _channel(context: RequestContext, body: Any) -> str:
    return COUNTER if isinstance(body, Typed) else context.channel


async def _pin(context: RequestContext, body: FundPointSchemeRequest | FundPointsTyped) -> int | None:
    """The version of the PIN of the scheme's wallet that was looked at."""
    if isinstance(body, FundPointsTyped) or body.pin is None:
        return None
    found = await queries.scheme(context.services.reader, context.principal.book, context.target["scheme"])
    return None if found.wallet is None else await WalletService.of(context).maybe_pin(found.wallet, body.pin)


def _at(operation_id: str, path: str, response: Any = PointScheme, **more: Any) -> Route:
    return Route(operation_id=operation_id, path="/{point_scheme:str}" + path, response=response, **more)


def _act(command: Any, name: str, help_: str, route: Route, **more: Any) -> Action:
    permission = more.pop("permission", Permission.POST)
    return Action(
        command=command, name=name, help=help_, permission=permission, route=route, target=("scheme",), **more
    )


DRAFT = Action(
    command=DraftPointScheme,
    name="draft",
    help="Draft a scheme of points with how they are earned, how long they live and what they give.",
    permission=Permission.POST,
    route=Route(operation_id="draftPointScheme", response=PointScheme, status=201),
    typed=PointSchemeTyped,
    form=Form(
        title="Draft a point scheme",
        submit="Draft the scheme",
        inputs=(
            *(Input(name=name) for name in ("name", "code", "owner", "per_yuan", "per_purchase", "at_least")),
            *(Input(name=name) for name in ("categories", "rounding", "rule_per_day", "rule_per_person", "rule_total")),
            *(Input(name=name) for name in ("per_day", "per_month")),
            Input(name="expiry_kind", initial="months"),
            Input(name="months", initial="12"),
            Input(name="years"),
            Input(name="after_refund", initial="take_back"),
            *(Input(name=name) for name in ("money_points", "money_amount", "coupon_points")),
            Input(name="coupon_offer", kind="select"),
            *(Input(name=name) for name in ("deduct_points", "deduct_amount", "deduct_share_bps")),
            Input(name="price", initial="1.00"),
            Input(name="alone_max", initial="0"),
            Input(name="pays", initial="CNY", choices=(("CNY", "Money in accounts"), ("ECNY", "e-CNY"))),
            Input(name="wallet"),
        ),
    ),
)
APPROVE = _act(
    ApprovePointScheme,
    "approve",
    "Approve a scheme, as somebody else than who drafted it.",
    _at("approvePointScheme", "/approval"),
    permission=Permission.APPROVE,
    form=Form(
        title="Approve",
        submit="Approve",
        confirm="Approve this scheme? From now on points are earned by its rules.",
        applies=availability.is_draft,
    ),
    cli=False,
)
FUND = _act(
    FundPointScheme,
    "fund",
    "Set money aside for exchanges: from the scheme's wallet with its PIN, or as a cost of the bank.",
    _at("fundPointScheme", "/funds", body=FundPointSchemeRequest),
    resolve={"pin": _pin, "channel": _channel},
    typed=FundPointsTyped,
    form=Form(
        title="Set money aside",
        submit="Set aside",
        confirm="Set this amount aside for exchanges? It comes from the bank's own costs.",
        applies=availability.has_no_wallet,
    ),
)
REQUEST_FUND = FiledAction(
    command=FundPointScheme,
    name="request-fund",
    help="Request that the scheme's wallet pays without its PIN, which a second person approves.",
    permission=Permission.POST,
    target=("scheme",),
    fixed={"channel": COUNTER, "pin": None},
    route=_at("proposePointSchemeFund", "/fund-proposals", ProposalStatus, status=201, body=PointFundProposalRequest),
    form=Form(
        title="Request a payment of the scheme's wallet",
        submit="Submit",
        note="The wallet pays once somebody else has approved it.",
        applies=availability.has_wallet,
    ),
    cli=False,
)
AWARD = _act(
    AwardPoints,
    "award",
    "Award points to somebody, with a reason; the same number again awards nothing.",
    _at("awardPoints", "/awards", PointLot, status=201, body="AwardPointsRequest", body_help="Who gets how many."),
    form=Form(
        title="Award points",
        submit="Award",
        inputs=(Input(name="party"), Input(name="points"), Input(name="number"), Input(name="reason")),
        confirm="Award these points? The customer has them at once.",
        applies=availability.is_active,
        unavailable=availability.awarding,
    ),
)
REQUEST_AWARD = FiledAction(
    command=AwardPoints,
    name="request-award",
    help="Request an award that a second person approves.",
    permission=Permission.POST,
    target=("scheme",),
    route=_at(
        "proposePointAward",
        "/award-proposals",
        ProposalStatus,
        status=201,
        body="PointAwardProposalRequest",
        body_help="Who is to get how many, once somebody else has approved it.",
    ),
    form=Form(
        title="Request an award",
        submit="Submit",
        note="The customer has the points once somebody else has approved it.",
        inputs=(Input(name="party"), Input(name="points"), Input(name="number"), Input(name="reason")),
        applies=availability.is_active,
    ),
    cli=False,
)
EVENT = _act(
    AwardForEvent,
    "award-for-event",
    "Award what the scheme's rules give for an event; the same number again awards nothing.",
    _at(
        "awardPointsForEvent",
        "/events",
        PointLot,
        status=201,
        body="AwardForEventRequest",
        body_help="Who has done what.",
    ),
)
LINES = _act(
    ImportPointAwards,
    "award-lines",
    "Award points by lines, each with an outcome of its own; a number awards once.",
    _at(
        "awardPointLines",
        "/award-lines",
        AwardedLines,
        body="AwardPointLinesRequest",
        body_help="Up to 500 lines, and why.",
    ),
    cli=False,
)
CLOSE = _act(
    ClosePointScheme,
    "close",
    "Close a scheme: nothing is earned any more, and what there is can be exchanged until it expires.",
    _at("closePointScheme", "/closing", body=ReasonBody),
    form=Form(
        title="Close the scheme",
        submit="Close it for ever",
        confirm="Close this scheme for ever? Nothing is earned any more; points can be exchanged until they expire.",
        danger=True,
        applies=availability.is_open,
    ),
)
PAY_BACK = _act(
    PayBackPointScheme,
    "pay-back",
    "Give back what is still set aside for a closed scheme of which nobody has points.",
    _at("payBackPointScheme", "/paybacks"),
    resolve={"channel": _channel},
    form=Form(
        title="Give back what is set aside",
        submit="Give back",
        confirm="Give back what is still set aside? It goes to where it came from.",
        applies=availability.is_closed,
        unavailable=availability.paying_back,
    ),
)
EXCHANGE = Action(
    command=ExchangePoints,
    name="exchange",
    help="Exchange somebody's points for money in a wallet of theirs, or for coupons.",
    permission=Permission.POST,
    target=("member",),
    resolve={"channel": _channel},
    route=Route(
        operation_id="exchangePoints",
        path="/{point_member:str}/exchanges",
        response=PointExchange,
        status=201,
        body="ExchangePointsRequest",
        body_help="What for, how many pieces, and to which wallet.",
    ),
    form=Form(
        title="Exchange points",
        submit="Exchange",
        inputs=(
            Input(name="exchange", kind="select"),
            Input(name="pieces", initial="1"),
            Input(name="wallet", kind="select", label="To which wallet"),
        ),
        omit=("number",),
        confirm="Exchange these points? What they give is the customer's at once.",
        unavailable=availability.exchanging,
    ),
)
DEDUCT = Action(
    command=SetPointDeduction,
    name="set-deduction",
    help="Have somebody's checkout take points off by itself, or no longer.",
    permission=Permission.POST,
    target=("member",),
    route=Route(
        operation_id="setPointDeduction",
        path="/{point_member:str}/deduction",
        method="PUT",
        response=PointMember,
        body="PointDeductionRequest",
        body_help="Whether it does.",
    ),
)
RETURN = Action(
    command=ReturnExchange,
    name="return",
    help="Take an exchange back: the points are in their lots again, with the expiry that they had.",
    permission=Permission.POST,
    target=("exchange",),
    resolve={"channel": _channel},
    route=Route(
        operation_id="returnPointExchange",
        path="/{point_exchange:str}/return",
        response=PointExchange,
        body=ReasonBody,
    ),
    form=Form(
        title="Take the exchange back",
        submit="Take it back",
        confirm="Take this exchange back? What it gave is taken back, and the points return with the expiry they had.",
        danger=True,
        unavailable=availability.returning,
    ),
)

SCHEMES = Resource(
    name="point-scheme",
    path="/point-schemes",
    tag="points",
    plural="schemes of points",
    actions=(DRAFT, APPROVE, FUND, REQUEST_FUND, AWARD, REQUEST_AWARD, EVENT, LINES, CLOSE, PAY_BACK),
    parameters={"point_scheme": PointSchemePath},
    handlers=api.SCHEMES,
    listing=Listing(
        read=queries.schemes,
        filter=queries.PointSchemeFilter,
        columns=("id", "name", "asset", "state", "owner", "price"),
    ),
    show=queries.whole,
)
MEMBERS = Resource(
    name="points",
    path="/point-members",
    tag="points",
    plural="points of people",
    actions=(EXCHANGE, DEDUCT),
    parameters={"point_member": PointMemberPath},
    handlers=api.MEMBERS,
    listing=Listing(
        read=queries.members,
        filter=queries.PointMemberFilter,
        columns=("id", "scheme", "party", "account", "debt", "joined_at"),
    ),
    show=queries.member_whole,
)
LOTS = Resource(
    name="point-lot",
    path="/point-lots",
    tag="points",
    plural="lots of points",
    parameters={"point_lot": PointLotPath},
    handlers=api.LOTS,
    listing=Listing(
        read=queries.lots,
        filter=queries.PointLotFilter,
        columns=("id", "member", "source", "points", "remaining", "spent", "expired", "valid_until"),
        counts=("remaining", "spent"),
    ),
    show=queries.lot,
)
EXCHANGES = Resource(
    name="point-exchange",
    path="/point-exchanges",
    tag="points",
    plural="exchanges of points",
    actions=(RETURN,),
    parameters={"point_exchange": PointExchangePath},
    handlers=api.EXCHANGES,
    listing=Listing(
        read=queries.exchanges,
        filter=queries.PointExchangeFilter,
        columns=("id", "member", "state", "name", "pieces", "points", "amount", "on"),
    ),
    show=queries.exchange,
)
RESOURCES = (SCHEMES, MEMBERS, LOTS, EXCHANGES)
ON_SCHEME = (APPROVE, AWARD, REQUEST_AWARD, FUND, REQUEST_FUND, PAY_BACK, CLOSE)
"""What the page of a scheme offers, in its order."""

__all__ = ["DRAFT", "EXCHANGE", "ON_SCHEME", "RESOURCES", "RETURN", "SCHEMES"]
