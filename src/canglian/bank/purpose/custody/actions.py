"""What can be done to offers of prepaid cards and to cards: who may, and what is asked."""

from typing import Annotated, Any

from canglian.bank.party.api.paths import ReasonBody
from canglian.bank.purpose import queries as contracts
from canglian.bank.purpose.api.paths import BuyCardRequest, ContractPath, OfferPath, SignContractRequest
from canglian.bank.purpose.commands import BuyPrepaidCard, ClosePrepaidOffer, OpenPrepaidOffer, RefundPrepaidCard
from canglian.bank.purpose.commands.prepaid import PrepaidCard
from canglian.bank.purpose.custody import api, availability, queries
from canglian.bank.purpose.model import PrepaidOffer, PurposeContract
from canglian.bank.purpose.moving import COUNTER
from canglian.bank.wallet.commands.values import WalletId
from canglian.bank.wallet.service import WalletService
from canglian.kernel.fields import Field, Unit, doc
from canglian.kernel.values import Amount
from canglian.web.actions import Action, Listing, Resource, Route, Typed
from canglian.web.form import Form, Input
from canglian.web.operations import RequestContext
from canglian.web.principal import Permission


class BuyCardTyped(Typed, frozen=True):
    """What a buyer who is at the counter pays for a card."""

    wallet: WalletId
    amount: Annotated[Amount, doc("What is paid, in fen."), Field(label="Amount", help="In yuan.", unit=Unit.MONEY)]

    def command_fields(self) -> dict[str, Any]:
        return {"wallet": self.wallet, "amount": self.amount}


class RefundCardTyped(Typed, frozen=True):
    """Nothing is asked at the counter, where the buyer is."""

    def command_fields(self) -> dict[str, Any]:
        return {}


async def _channel(context: RequestContext, body: Any) -> str:
    return COUNTER if isinstance(body, Typed) else context.channel


async def _pin(context: RequestContext, body: BuyCardRequest | BuyCardTyped) -> int | None:
    if isinstance(body, BuyCardTyped):
        return None
    return await WalletService.of(context).maybe_pin(body.wallet, body.pin)


async def _buyers_pin(context: RequestContext, body: SignContractRequest | RefundCardTyped) -> int | None:
    if isinstance(body, RefundCardTyped) or body.pin is None:
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
    form=Form(
        title="Open an offer of prepaid cards",
        submit="Open the offer",
        inputs=(
            Input(name="payee", kind="merchant", label="Merchant"),
            Input(name="name"),
            Input(name="days", label="Valid for how many days", initial="365"),
            Input(name="bonus_bps", help="Empty for none."),
            Input(
                name="pool",
                kind="purpose_contract",
                label="Contract that pays the bonus",
                help="A contract that the merchant has funded and that pays it alone; empty without a bonus.",
            ),
        ),
    ),
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
    form=Form(
        title="Close the offer",
        submit="Close and give back",
        confirm="Close this offer? No more cards are sold, and what is left on all of them goes back to their buyers.",
        danger=True,
        note=availability.closing_gives_back,
        unavailable=availability.closing,
    ),
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
    typed=BuyCardTyped,
    form=Form(
        title="Sell a card",
        submit="Sell the card",
        confirm="Is the buyer here and agrees? What is paid stays the buyer's until each use.",
        unavailable=availability.selling,
    ),
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
    typed=RefundCardTyped,
    form=Form(
        title="Give the card back",
        submit="Give back",
        confirm="Is the buyer here and agrees? The card ends, and all that is left goes back to its buyer.",
        danger=True,
        applies=availability.is_card,
        unavailable=availability.giving_back,
    ),
)

OFFERS = Resource(
    name="prepaid-offer",
    path="/prepaid-offers",
    tag="purpose",
    plural="offers",
    actions=(OPEN, CLOSE, BUY),
    parameters={"prepaid_offer": OfferPath},
    handlers=(api.list_offers, api.get_offer, api.get_standing),
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
    handlers=(api.list_cards, api.get_totals, api.get_card),
    listing=Listing(
        read=queries.cards,
        filter=queries.CardFilter,
        columns=(
            "id",
            "grant",
            "name",
            "wallet",
            "paid",
            "remaining",
            "bonus_remaining",
            "uses",
            "state",
            "valid_until",
        ),
        money=("paid", "bonus", "bonus_remaining"),
    ),
    show=queries.card,
)
