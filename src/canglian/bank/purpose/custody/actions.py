"""What can be done to offers of prepaid cards and to cards: who may, and what is asked."""

from typing import Any

from canglian.bank.party.api.paths import ReasonBody
from canglian.bank.purpose import queries as contracts
from canglian.bank.purpose.api.paths import BuyCardRequest, ContractPath, OfferPath, SignContractRequest
from canglian.bank.purpose.commands import BuyPrepaidCard, ClosePrepaidOffer, OpenPrepaidOffer, RefundPrepaidCard
from canglian.bank.purpose.commands.prepaid import PrepaidCard
from canglian.bank.purpose.custody import api, queries
from canglian.bank.purpose.model import PrepaidOffer, PurposeContract
from canglian.bank.wallet.service import WalletService
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.operations import RequestContext
from canglian.web.principal import Permission


async def _channel(context: RequestContext, _: Any) -> str:
    return context.channel


async def _pin(context: RequestContext, body: BuyCardRequest) -> int | None:
    return await WalletService.of(context).maybe_pin(body.wallet, body.pin)


async def _buyers_pin(context: RequestContext, body: SignContractRequest) -> int | None:
    if body.pin is None:
        return None
    card = await contracts.contract(context.services.reader, context.principal.book, context.target["contract"])
    return await WalletService.of(context).maybe_pin(card.payer, body.pin)


def _act(command: Any, name: str, help_: str, **more: Any) -> Action:
    return Action(command=command, name=name, help=help_, permission=Permission.POST, **more)


OPEN = _act(
    OpenPrepaidOffer,
    "open",
    "Let a merchant sell prepaid cards; a bonus comes from a contract that it has funded.",
    route=Route(operation_id="openPrepaidOffer", response=PrepaidOffer, status=201),
)
CLOSE = _act(
    ClosePrepaidOffer,
    "close",
    "Sell no more cards; what is left on all that were sold goes back to their buyers.",
    route=Route(
        operation_id="closePrepaidOffer",
        path="/{prepaid_offer:str}/close",
        response=PrepaidOffer,
        body=ReasonBody,
    ),
    target=("offer",),
)
BUY = _act(
    BuyPrepaidCard,
    "buy",
    "Buy a card with a wallet's own money, which stays its buyer's until each use.",
    route=Route(
        operation_id="buyPrepaidCard",
        path="/{prepaid_offer:str}/cards",
        response=PrepaidCard,
        status=201,
        body=BuyCardRequest,
    ),
    target=("offer",),
    resolve={"pin": _pin, "channel": _channel},
    cli=False,
)
REFUND = _act(
    RefundPrepaidCard,
    "refund",
    "Take back all that is left on a card, in its first days, with the PIN of its buyer's wallet.",
    route=Route(
        operation_id="refundPrepaidCard",
        path="/{purpose_contract:str}/refund",
        response=PurposeContract,
        body=SignContractRequest,
    ),
    target=("contract",),
    resolve={"pin": _buyers_pin, "channel": _channel},
    cli=False,
)

OFFERS = Resource(
    name="prepaid-offer",
    path="/prepaid-offers",
    tag="purpose",
    plural="offers",
    actions=(OPEN, CLOSE, BUY),
    parameters={"prepaid_offer": OfferPath},
    handlers=(api.list_offers, api.get_offer),
    listing=Listing(
        read=queries.offers,
        filter=queries.OfferFilter,
        columns=("id", "payee", "name", "bonus_bps", "days", "state", "opened_at"),
    ),
    show=queries.offer,
)
CARDS = Resource(
    name="prepaid-card",
    path="/prepaid-cards",
    tag="purpose",
    plural="cards",
    actions=(REFUND,),
    parameters={"purpose_contract": ContractPath},
    handlers=(api.list_cards, api.get_totals),
    listing=Listing(
        read=queries.cards,
        filter=queries.CardFilter,
        columns=("id", "name", "wallet", "paid", "remaining", "bonus_remaining", "uses", "state", "valid_until"),
    ),
)
