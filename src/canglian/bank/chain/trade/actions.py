"""What can be done to orders and purchases: who may, and what is asked."""

from typing import Any

from canglian.bank.chain.signed import SIGNED
from canglian.bank.chain.trade import api, availability, queries
from canglian.bank.chain.trade.commands import (
    CollectContract,
    ConfirmContract,
    DeclineContract,
    DeliverOrder,
    FinanceContract,
    ReceiveOrder,
    RefuseDelivery,
    RegisterContract,
    ReleaseGoods,
)
from canglian.bank.chain.trade.model import TradeContract
from canglian.web.actions import Action, Listing, Resource, Route
from canglian.web.form import Form, Input
from canglian.web.principal import Permission


def _at(operation_id: str, path: str, **more: Any) -> Route:
    return Route(operation_id=operation_id, path="/{contract:str}" + path, response=TradeContract, **more)


REGISTER = Action(
    command=RegisterContract,
    name="register",
    help="Register an order of a core company, or a purchase of it by a dealer, once in the whole book.",
    permission=Permission.POST,
    resolve=SIGNED,
    route=Route(
        operation_id="registerTradeContract", response=TradeContract, status=201, body=api.TradeContractRequest
    ),
    form=Form(
        title="Register an order or a purchase",
        submit="Register the contract",
        inputs=(
            Input(name="core", kind="select"),
            Input(name="partner", kind="select"),
            Input(name="number"),
            Input(name="amount"),
            Input(name="dated"),
            Input(name="deliver_by"),
            Input(name="digest"),
        ),
        omit=("wallet", "pin"),
    ),
    cli=False,
)
CONFIRM = Action(
    command=ConfirmContract,
    name="confirm",
    help="Confirm a contract for its core company.",
    permission=Permission.POST,
    target=("contract",),
    resolve=SIGNED,
    route=_at("confirmTradeContract", "/confirmation", body=api.TradeSignatureRequest),
    form=Form(
        title="Confirm for the core company",
        submit="Confirm the contract",
        omit=("wallet", "pin"),
        confirm="Confirm this contract? The bank may lend on it then, against the core company's limit.",
        applies=availability.is_registered,
    ),
    cli=False,
)
DECLINE = Action(
    command=DeclineContract,
    name="decline",
    help="Decline a contract for its core company, before anything is lent on it.",
    permission=Permission.POST,
    target=("contract",),
    resolve=SIGNED,
    route=_at("declineTradeContract", "/refusal", body=api.TradeRefusalRequest),
    form=Form(
        title="Decline for the core company",
        submit="Decline the contract",
        omit=("wallet", "pin"),
        danger=True,
        confirm="Decline this contract? Its number can be registered again.",
        applies=availability.is_declinable,
    ),
    cli=False,
)
FINANCE = Action(
    command=FinanceContract,
    name="finance",
    help="Lend on a contract: to the supplier for an order, to the core company for a dealer's purchase.",
    permission=Permission.POST,
    target=("contract",),
    resolve=SIGNED,
    route=_at("financeTradeContract", "/financing", status=201, body=api.TradeFinancingRequest),
    form=Form(
        title="Finance the contract",
        submit="Pay out the loan",
        inputs=(
            Input(name="months", kind="select"),
            Input(name="amount", help="In yuan; empty for the most that the bank lends."),
        ),
        omit=("wallet", "pin"),
        confirm="Lend this amount? It is paid out at once, and the core company's limit is lower by that.",
        applies=availability.is_confirmed,
    ),
    cli=False,
)
DELIVER = Action(
    command=DeliverOrder,
    name="deliver",
    help="Present delivery note and invoice of a financed order.",
    permission=Permission.POST,
    target=("contract",),
    resolve=SIGNED,
    route=_at("deliverOrder", "/delivery", body=api.TradeDeliveryRequest),
    form=Form(
        title="Present delivery note and invoice",
        submit="Present the documents",
        inputs=(
            Input(name="seller", kind="select"),
            Input(name="buyer", kind="select"),
            Input(name="delivery_digest"),
            Input(name="invoice_code"),
            Input(name="invoice_number"),
            Input(name="invoice_total", label="Total of the invoice"),
            Input(name="invoice_dated"),
            Input(name="invoice_digest"),
        ),
        omit=("wallet", "pin"),
        applies=availability.is_undelivered,
    ),
    cli=False,
)
RECEIVE = Action(
    command=ReceiveOrder,
    name="receive",
    help="Confirm the delivery of an order for its core company, which owes the amount when the loan is due.",
    permission=Permission.POST,
    target=("contract",),
    resolve=SIGNED,
    route=_at("receiveOrder", "/receipt", body=api.TradeSignatureRequest),
    form=Form(
        title="Confirm the delivery",
        submit="Confirm the delivery",
        omit=("wallet", "pin"),
        confirm="Confirm this delivery? The core company pays the amount of the order when the loan is due.",
        applies=availability.is_delivered,
    ),
    cli=False,
)
REFUSE = Action(
    command=RefuseDelivery,
    name="refuse-delivery",
    help="Refuse the delivery of an order for its core company.",
    permission=Permission.POST,
    target=("contract",),
    resolve=SIGNED,
    route=_at("refuseDelivery", "/delivery-refusal", body=api.TradeRefusalRequest),
    form=Form(
        title="Refuse the delivery",
        submit="Refuse the delivery",
        omit=("wallet", "pin"),
        danger=True,
        confirm="Refuse this delivery? Other documents can be presented then.",
        applies=availability.is_delivered,
    ),
    cli=False,
)
RELEASE = Action(
    command=ReleaseGoods,
    name="release",
    help="Release goods of a purchase: the dealer repays their share of the loan with its interest first.",
    permission=Permission.POST,
    target=("contract",),
    resolve=SIGNED,
    route=_at("releaseGoods", "/releases", body=api.GoodsReleaseRequest),
    form=Form(
        title="Release goods",
        submit="Release the goods",
        inputs=(Input(name="goods", label="Goods to be released"),),
        omit=("wallet", "pin"),
        confirm="Release these goods? Their share of the loan and the interest until today come out of the "
        "dealer's account.",
        applies=availability.is_kept,
    ),
    cli=False,
)
COLLECT = Action(
    command=CollectContract,
    name="collect",
    help="Take what is owed of a contract now.",
    permission=Permission.POST,
    target=("contract",),
    route=_at("collectTradeContract", "/collection"),
    form=Form(
        title="Collect now",
        submit="Collect what is owed",
        confirm="Take what is owed? Of an order whose delivery is confirmed the core company pays the whole amount.",
        applies=availability.is_lent,
        trial=availability.collected,
    ),
)

ON_CONTRACT = (CONFIRM, FINANCE, DELIVER, RECEIVE, RELEASE, COLLECT, REFUSE, DECLINE)
"""What the page of a contract offers, in its order."""

CONTRACTS = Resource(
    name="trade-contract",
    path="/trade-contracts",
    tag="trade contracts",
    plural="orders and purchases",
    actions=(REGISTER, *ON_CONTRACT),
    parameters={"contract": api.ContractPath},
    handlers=api.CONTRACTS,
    listing=Listing(
        read=queries.contracts,
        filter=queries.ContractFilter,
        columns=("id", "kind", "number", "state", "amount", "advance", "core", "partner"),
        money=("amount", "advance"),
    ),
    show=queries.whole,
)
