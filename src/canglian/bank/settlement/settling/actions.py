"""What can be done to settlements and the terms of merchants: who may, and what is asked."""

from typing import Any

from canglian.bank.party.api.paths import ReasonBody
from canglian.bank.payment.api.paths import MerchantPath
from canglian.bank.settlement.settling import api, availability, queries
from canglian.bank.settlement.settling.commands import (
    HoldSettlement,
    PayOutSettlement,
    ReleaseSettlement,
    SetSettlementTerms,
)
from canglian.bank.settlement.settling.model import Settlement, SettlementTerms
from canglian.kernel.queries.observing import book_figures
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.form import Form
from canglian.web.operations import RequestContext
from canglian.web.principal import Permission


async def kept(context: RequestContext, _: Any) -> int:
    """What is kept back of the account now."""
    reader, book = context.services.reader, context.principal.book
    settlement = await queries.settlement(reader, book, context.target["settlement"])
    return await queries.kept_back_of(reader, book, settlement, (await book_figures(reader, book)).today)


PAY_OUT = Action(
    command=PayOutSettlement,
    name="pay-out",
    help="Try again to pay out what a settlement carried over.",
    permission=Permission.POST,
    target=("settlement",),
    resolve={"kept": kept},
    route=Route(operation_id="payOutSettlement", path="/{settlement:str}/payout", response=Settlement),
    form=Form(
        title="Pay out again",
        submit="Pay out",
        confirm="Pay out what was carried over? It goes where the merchant is paid now.",
        unavailable=availability.unpaid,
        trial=availability.paid_again,
    ),
)
SET_TERMS = Action(
    command=SetSettlementTerms,
    name="set",
    help="Set how a merchant is settled from the next run on.",
    permission=Permission.POST,
    target=("merchant",),
    route=Route(
        operation_id="setSettlementTerms",
        path="/{merchant:str}",
        response=SettlementTerms,
        body="SettlementTermsRequest",
        body_help="How a merchant is settled.",
    ),
    form=Form(title="Settlement terms", submit="Set the terms"),
)
HOLD = Action(
    command=HoldSettlement,
    name="hold",
    help="Pay a merchant nothing out for now.",
    permission=Permission.POST,
    target=("merchant",),
    route=Route(operation_id="holdSettlement", path="/{merchant:str}/hold", response=SettlementTerms, body=ReasonBody),
    form=Form(
        title="Hold payouts",
        submit="Hold",
        confirm="Pay this merchant nothing out? What it is owed waits until you release it.",
        danger=True,
        applies=availability.is_paid_out,
    ),
)
RELEASE = Action(
    command=ReleaseSettlement,
    name="release",
    help="Pay a merchant out again.",
    permission=Permission.POST,
    target=("merchant",),
    route=Route(
        operation_id="releaseSettlement", path="/{merchant:str}/release", response=SettlementTerms, body=ReasonBody
    ),
    form=Form(title="Release payouts", submit="Release", applies=availability.is_held),
)

SETTLEMENTS = Resource(
    name="settlement",
    path="/settlements",
    tag="settlement",
    plural="settlements",
    actions=(PAY_OUT,),
    parameters={"settlement": api.SettlementPath},
    handlers=(api.list_settlements, api.get_settlement, api.list_entries),
    listing=Listing(
        read=queries.settlements,
        filter=queries.SettlementFilter,
        columns=("id", "merchant", "date", "asset", "net", "paid_out", "carried_out", "state", "reason"),
        money=(
            "carried_in",
            "gross",
            "refunds",
            "fees",
            "tax",
            "splits_in",
            "splits_out",
            "claims_in",
            "other",
            "net",
            "kept_back",
            "claims_out",
            "paid_out",
            "carried_out",
        ),
    ),
    show=queries.settlement,
)
TERMS = Resource(
    name="settlement-terms",
    path="/settlement-terms",
    tag="settlement",
    plural="terms of settlement",
    actions=(SET_TERMS, HOLD, RELEASE),
    parameters={"merchant": MerchantPath},
    handlers=(api.get_terms,),
    show=api.terms_view,
)
ON_TERMS = (SET_TERMS, HOLD, RELEASE)
"""What the page of a merchant's settlement offers, in its order."""
