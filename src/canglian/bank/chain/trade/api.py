"""``/v1/trade-contracts``: the list, one of them, what a release costs; what the API asks for."""

from typing import Annotated

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from canglian.bank.chain.api import Signing
from canglian.bank.chain.trade import queries
from canglian.bank.chain.trade.commands import values
from canglian.bank.chain.trade.model import TradeContract
from canglian.bank.chain.trade.queries import ContractFilter, ContractWhole, ReleaseQuote
from canglian.bank.wallet.api.bodies import GivenPin
from canglian.kernel.fields import Reason
from canglian.kernel.values import AMOUNT_MAX
from canglian.web.listing import get_route, list_route
from canglian.web.operations import as_json, id_path, responses
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

ContractPath = Annotated[str, id_path("trc", "The contract's id.")]


class TradeContractRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An order or a purchase to be registered; signed by the supplier or dealer."""

    core: values.Core
    partner: values.Partner
    number: values.ContractNumber
    amount: values.Worth
    dated: values.DatedOn
    deliver_by: values.DeliverBy
    digest: values.Digest
    wallet: Signing = None
    pin: GivenPin = None


class TradeSignatureRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who signs: the core company."""

    wallet: Signing = None
    pin: GivenPin = None


class TradeRefusalRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a contract or its delivery is declined; signed by the core company."""

    reason: Reason
    wallet: Signing = None
    pin: GivenPin = None


class TradeFinancingRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much is lent, and for how long; signed by the supplier or dealer."""

    months: values.Months
    amount: values.Lent = None
    wallet: Signing = None
    pin: GivenPin = None


class TradeDeliveryRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Delivery note and invoice of an order; signed by the supplier."""

    seller: values.Seller
    buyer: values.Buyer
    delivery_digest: values.DeliveryDigest
    invoice_code: values.InvoiceCode = ""
    invoice_number: values.InvoiceNumber
    invoice_total: values.Total
    invoice_dated: values.InvoiceDated
    invoice_digest: values.Digest
    wallet: Signing = None
    pin: GivenPin = None


class GoodsReleaseRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which goods of a purchase are released; signed by the dealer."""

    goods: values.Goods
    wallet: Signing = None
    pin: GivenPin = None


@get(
    "/{contract:str}/release-quote",
    operation_id="quoteRelease",
    guards=[needs(Permission.READ)],
    responses=responses(ReleaseQuote, also=(422,)),
)
async def quote_release(
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    contract: ContractPath,
    goods: Annotated[int, QueryParameter(ge=1, le=AMOUNT_MAX, description="The goods, in fen by the contract.")],
) -> Response[bytes]:
    """What a dealer repays today before goods are released."""
    return as_json(await queries.release_quote(services.reader, principal.book, contract, goods))


CONTRACTS = (
    list_route(
        TradeContract,
        queries.contracts,
        ContractFilter,
        "listTradeContracts",
        "trade-contracts",
        "List orders and purchases, newest first.",
    ),
    get_route(
        "contract",
        ContractPath,
        ContractWhole,
        queries.whole,
        "getTradeContract",
        "An order or a purchase with its loan as it stands today, and what the bank lends on it.",
    ),
    quote_release,
)
