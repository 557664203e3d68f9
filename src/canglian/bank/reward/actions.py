"""What can be done to campaigns and coupons: who may, and what is asked."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from canglian.bank.approval.actions import FiledAction
from canglian.bank.approval.commands import ProposalStatus
from canglian.bank.party.api.paths import ReasonBody
from canglian.bank.reward import api, availability
from canglian.bank.reward.api import CampaignOfferPath, CampaignPath, CouponPath
from canglian.bank.reward.benefits.actions import REDEEM
from canglian.bank.reward.campaigns import queries as campaigns
from canglian.bank.reward.campaigns.commands.values import Place, WalletId
from canglian.bank.reward.campaigns.model import Campaign
from canglian.bank.reward.commands import (
    ApproveCampaign,
    ClaimCoupon,
    CopyCampaign,
    DraftCampaign,
    EndCampaign,
    FundCampaign,
    PauseCampaign,
    PayBackFunder,
    ResumeCampaign,
    ReviseCampaign,
    SendBackCampaign,
    SettleCampaign,
    SubmitCampaign,
    VoidCoupon,
)
from canglian.bank.reward.coupons import queries as coupons
from canglian.bank.reward.coupons.door import device_index, let_in
from canglian.bank.reward.coupons.model import Coupon
from canglian.bank.reward.draws import actions as draws
from canglian.bank.reward.earning.actions import INVITATIONS, ON_OFFER
from canglian.bank.reward.points.actions import RESOURCES as POINTS
from canglian.bank.reward.quotes.actions import QUOTES
from canglian.bank.reward.segments import claiming
from canglian.bank.reward.typed import CampaignTyped
from canglian.bank.wallet.api.bodies import GivenPin
from canglian.bank.wallet.service import WalletService
from canglian.kernel.fields import Field, Reason, Unit, doc
from canglian.kernel.values import Amount
from canglian.web.actions import Action, Listing, Resource, Route, Typed
from canglian.web.form import Form
from canglian.web.operations import RequestContext
from canglian.web.principal import Permission

COUNTER = "counter"


class FundCampaignRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a funder pays in, with the PIN of its wallet."""

    funder: Place
    amount: Annotated[Amount, doc("What is paid in, in fen.")]
    pin: GivenPin = None


class ClaimCouponRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The wallet of the person who claims it, and the device, for offers that count by devices."""

    wallet: WalletId
    device: Annotated[
        Annotated[str, Meta(min_length=8, max_length=200)] | None,
        doc("What the device says it is, such as an installation's id; only its blind index is kept."),
    ] = None


class FundTyped(Typed, frozen=True):
    """What a funder pays in at the counter."""

    funder: Place
    amount: Annotated[Amount, doc("What is paid in, in fen."), Field(label="Amount", help="In yuan.", unit=Unit.MONEY)]

    def command_fields(self) -> dict[str, Any]:
        return {"funder": self.funder, "amount": self.amount}


class CampaignFundProposalRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the wallet of a funder pays in at the counter, without its PIN, and who agreed to that."""

    funder: Place
    amount: Annotated[Amount, doc("What is paid in, in fen."), Field(label="Amount", help="In yuan.", unit=Unit.MONEY)]
    reason: Annotated[Reason, Field(label="Reason", help="Who agreed for the funder, and how that was checked.")]


async def _segments(context: RequestContext, body: Any) -> tuple[str, ...]:
    """To which segments of an offer the person of a wallet belongs."""
    return await claiming.segments_seen(context.services, context.principal.book, context.target["offer"], body.wallet)


async def _channel(context: RequestContext, body: Any) -> str:
    return COUNTER if isinstance(body, Typed) else context.channel


async def _device(context: RequestContext, body: ClaimCouponRequest) -> str | None:
    """The blind index of the device; what comes too early or too often is answered here, but for what was before."""
    device = None if body.device is None else device_index(context.services, body.device)
    principal = context.principal
    if context.key is not None and context.services.engine.has_answered(principal.book, context.key, principal.scope):
        return device
    let_in(context.services, principal.book, context.target["offer"], body.wallet, device)
    return device


async def _pin(context: RequestContext, body: FundCampaignRequest | FundTyped) -> int | None:
    """The version of the PIN of the funder's wallet that was looked at."""
    if isinstance(body, FundTyped) or body.pin is None:
        return None
    found = await campaigns.campaign(context.services.reader, context.principal.book, context.target["campaign"])
    wallet = found.funders[body.funder - 1].wallet if body.funder <= len(found.funders) else None
    return None if wallet is None else await WalletService.of(context).maybe_pin(wallet, body.pin)


def _at(operation_id: str, path: str, **more: Any) -> Route:
    return Route(operation_id=operation_id, path="/{campaign:str}" + path, response=Campaign, **more)


def _act(command: Any, name: str, help_: str, route: Route, **more: Any) -> Action:
    permission = more.pop("permission", Permission.POST)
    return Action(
        command=command, name=name, help=help_, permission=permission, route=route, target=("campaign",), **more
    )


DRAFT = Action(
    command=DraftCampaign,
    name="draft",
    help="Draft a campaign with its funders and what it offers.",
    permission=Permission.POST,
    route=Route(operation_id="draftCampaign", response=Campaign, status=201),
    typed=CampaignTyped,
)
REVISE = _act(
    ReviseCampaign,
    "revise",
    "Say all of a draft anew; a funder that leaves it gets back what it has paid in.",
    _at("reviseCampaign", "/revisions", body="ReviseCampaignRequest", body_help="The whole draft, as it shall be."),
    resolve={"channel": _channel},
    cli=False,
)
COPY = _act(
    CopyCampaign,
    "copy",
    "Draft a campaign as another one was, by default a year later and under the same name.",
    _at("copyCampaign", "/copies", status=201, body="CopyCampaignRequest", body_help="What the copy is called."),
    form=Form(title="Copy for this year", submit="Copy for this year", omit=("name", "starts_at")),
)
FUND = _act(
    FundCampaign,
    "fund",
    "Pay in for a funder: from its wallet with its PIN, or as a cost of the bank.",
    _at("fundCampaign", "/funds", body=FundCampaignRequest),
    resolve={"pin": _pin, "channel": _channel},
    typed=FundTyped,
    form=Form(
        title="Pay in",
        submit="Pay in",
        confirm="Pay this amount in? It comes from the bank's own costs.",
        applies=availability.takes_money_of_the_bank,
    ),
)
REQUEST_FUND = FiledAction(
    command=FundCampaign,
    name="request-fund",
    help="Request that a funder's wallet pays in without its PIN, which a second person approves.",
    permission=Permission.POST,
    target=("campaign",),
    fixed={"channel": COUNTER, "pin": None},
    route=Route(
        operation_id="proposeCampaignFund",
        path="/{campaign:str}/fund-proposals",
        response=ProposalStatus,
        status=201,
        body=CampaignFundProposalRequest,
    ),
    form=Form(
        title="Request a payment of a funder",
        submit="Submit",
        note="The funder's wallet pays once somebody else has approved it.",
        applies=availability.takes_money_of_wallets,
    ),
    cli=False,
)
SUBMIT = _act(
    SubmitCampaign,
    "submit",
    "Hand a draft in to be approved by somebody else.",
    _at("submitCampaign", "/submission"),
    form=Form(
        title="Submit for approval",
        submit="Submit",
        applies=availability.is_draft,
        unavailable=availability.submitting,
    ),
)
APPROVE = _act(
    ApproveCampaign,
    "approve",
    "Approve a campaign, as somebody else than who drafted or submitted it.",
    _at("approveCampaign", "/approval"),
    permission=Permission.APPROVE,
    form=Form(
        title="Approve",
        submit="Approve",
        confirm="Approve this campaign? From its beginning on everybody may claim its coupons.",
        applies=availability.is_in_review,
    ),
    cli=False,
)
SEND_BACK = _act(
    SendBackCampaign,
    "send-back",
    "Send a campaign back to whoever drafted it.",
    _at("sendBackCampaign", "/return", body=ReasonBody),
    permission=Permission.APPROVE,
    form=Form(title="Send back", submit="Send back", applies=availability.is_in_review),
    cli=False,
)
PAUSE = _act(
    PauseCampaign,
    "pause",
    "Take no claims for a while; what was claimed is still used.",
    _at("pauseCampaign", "/pause", body=ReasonBody),
    form=Form(
        title="Pause claims",
        submit="Pause claims",
        note="Coupons that were claimed can still be used.",
        applies=availability.is_going,
    ),
)
RESUME = _act(
    ResumeCampaign,
    "resume",
    "Take claims again.",
    _at("resumeCampaign", "/resumption", body=ReasonBody),
    form=Form(title="Take claims again", submit="Take claims again", applies=availability.is_paused),
)
END = _act(
    EndCampaign,
    "end",
    "End a campaign before its time; coupons that were claimed are still used.",
    _at("endCampaign", "/ending", body=ReasonBody),
    form=Form(
        title="End the campaign",
        submit="End it for ever",
        confirm="End this campaign for ever? It takes no claims any more; coupons that were claimed can still be used.",
        danger=True,
        applies=availability.takes_money,
    ),
)
SETTLE = _act(
    SettleCampaign,
    "settle",
    "Close the books of a campaign that has ended: what no coupon took is its funders' own again.",
    _at("settleCampaign", "/settlement"),
    form=Form(
        title="Settle",
        submit="Settle",
        confirm="Settle this campaign? What no coupon took is its funders' own again.",
        applies=availability.is_ended,
        unavailable=availability.settling,
    ),
)
PAY_BACK = _act(
    PayBackFunder,
    "pay-back",
    "Pay a funder of a settled campaign back what no coupon took.",
    _at("payBackFunder", "/paybacks", body="PayBackFunderRequest", body_help="Which funder is paid back."),
    resolve={"channel": _channel},
    form=Form(
        title="Pay back",
        submit="Pay back",
        confirm="Pay this funder back what no coupon took? It goes to the wallet that paid in.",
        applies=availability.is_settled,
        unavailable=availability.paying_back,
    ),
)
CLAIM = Action(
    command=ClaimCoupon,
    name="claim",
    help="Claim a coupon for the person of a wallet.",
    permission=Permission.POST,
    target=("offer",),
    route=Route(
        operation_id="claimCoupon",
        path="/{campaign_offer:str}/claims",
        response=Coupon,
        status=201,
        body=ClaimCouponRequest,
        also=(425,),
    ),
    resolve={"device": _device, "segments": _segments},
)
VOID = Action(
    command=VoidCoupon,
    name="void",
    help="End a coupon that was not used; its money is free again.",
    permission=Permission.POST,
    target=("coupon",),
    route=Route(operation_id="voidCoupon", path="/{coupon:str}/voiding", response=Coupon, body=ReasonBody),
    form=Form(
        title="Make the coupon void",
        submit="Make it void",
        confirm="Make this coupon void for ever? Its money is free again.",
        danger=True,
        unavailable=availability.voiding,
    ),
)

CAMPAIGNS = Resource(
    name="campaign",
    path="/campaigns",
    tag="campaigns",
    actions=(DRAFT, REVISE, COPY, FUND, REQUEST_FUND, SUBMIT, APPROVE, SEND_BACK, PAUSE, RESUME, END, SETTLE, PAY_BACK),
    parameters={"campaign": CampaignPath},
    handlers=api.CAMPAIGNS,
    listing=Listing(
        read=campaigns.campaigns,
        filter=campaigns.CampaignFilter,
        columns=("id", "name", "asset", "state", "starts_at", "ends_at"),
    ),
    show=campaigns.whole,
)
OFFERS = Resource(
    name="campaign-offer",
    path="/campaign-offers",
    tag="campaigns",
    plural="offers of campaigns",
    actions=(CLAIM, *ON_OFFER),
    parameters={"campaign_offer": CampaignOfferPath},
    handlers=api.OFFERS,
    listing=Listing(
        read=campaigns.offers,
        filter=campaigns.CampaignOfferFilter,
        columns=("id", "campaign", "kind", "name", "stock", "taken", "used", "per_person"),
    ),
    show=campaigns.offer,
)
COUPONS = Resource(
    name="coupon",
    path="/coupons",
    tag="coupons",
    actions=(VOID, REDEEM),
    parameters={"coupon": CouponPath},
    handlers=api.COUPONS,
    listing=Listing(
        read=coupons.coupons,
        filter=coupons.CouponFilter,
        columns=("id", "offer", "party", "state", "amount", "used", "expires_at"),
    ),
    show=coupons.coupon,
)
RESOURCES = (CAMPAIGNS, OFFERS, COUPONS, QUOTES, INVITATIONS, *draws.RESOURCES, *POINTS)
ON_CAMPAIGN = (SUBMIT, APPROVE, SEND_BACK, FUND, REQUEST_FUND, PAUSE, RESUME, SETTLE, PAY_BACK, END)
"""What the page of a campaign offers, in its order."""

__all__ = [
    "CAMPAIGNS",
    "COPY",
    "COUPONS",
    "DRAFT",
    "FUND",
    "INVITATIONS",
    "OFFERS",
    "ON_CAMPAIGN",
    "QUOTES",
    "REQUEST_FUND",
    "RESOURCES",
    "VOID",
]
