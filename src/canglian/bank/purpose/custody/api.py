"""``/v1/prepaid-offers`` and ``/v1/prepaid-cards``: lists, and things by their ids."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from canglian.bank.purpose.api.paths import ContractPath, OfferPath
from canglian.bank.purpose.custody import queries
from canglian.bank.purpose.custody.queries import OfferStanding, PrepaidCardView
from canglian.bank.purpose.model import ContractState, OfferState, PrepaidOffer
from canglian.kernel.queries.paging import Order
from canglian.web.operations import as_json, responses
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

_GUARDS = [needs(Permission.READ)]

OfPayee = Annotated[str | None, QueryParameter(description="Only of this merchant.")]


@get("", operation_id="listPrepaidOffers", guards=_GUARDS, responses=listing_of(PrepaidOffer))
async def list_offers(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    payee: OfPayee = None,
    offer_state: Annotated[OfferState | None, QueryParameter(name="state", description="Only in this state.")] = None,
) -> Response[bytes]:
    """List offers of prepaid cards, newest first."""
    asked = queries.OfferFilter(payee, offer_state)
    return await listed(
        request, order, lambda page: queries.offers(services.reader, principal.book, asked, page), "prepaid-offers"
    )


@get("/{prepaid_offer:str}", operation_id="getPrepaidOffer", guards=_GUARDS, responses=responses(PrepaidOffer))
async def get_offer(
    services: NamedDependency[Services], principal: NamedDependency[Principal], prepaid_offer: OfferPath
) -> Response[bytes]:
    """An offer of prepaid cards."""
    return as_json(await queries.offer(services.reader, principal.book, prepaid_offer))


@get("", operation_id="listPrepaidCards", guards=_GUARDS, responses=listing_of(PrepaidCardView))
async def list_cards(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    payee: OfPayee = None,
    offer: Annotated[str | None, QueryParameter(description="Only of this offer.")] = None,
    wallet: Annotated[str | None, QueryParameter(description="Only of this buyer's wallet.")] = None,
    card_state: Annotated[ContractState | None, QueryParameter(name="state", description="Only in this state.")] = None,
) -> Response[bytes]:
    """List prepaid cards, newest first: what was paid for each, and what is left."""
    asked = queries.CardFilter(payee, offer, wallet, card_state)
    return await listed(
        request, order, lambda page: queries.cards(services.reader, principal.book, asked, page), "prepaid-cards"
    )


@get("/{purpose_contract:str}", operation_id="getPrepaidCard", guards=_GUARDS, responses=responses(PrepaidCardView))
async def get_card(
    services: NamedDependency[Services], principal: NamedDependency[Principal], purpose_contract: ContractPath
) -> Response[bytes]:
    """A prepaid card by the id of its contract."""
    return as_json(await queries.card(services.reader, principal.book, purpose_contract))


@get(
    "/{prepaid_offer:str}/standing",
    operation_id="getPrepaidOfferStanding",
    guards=_GUARDS,
    responses=responses(OfferStanding),
)
async def get_standing(
    services: NamedDependency[Services], principal: NamedDependency[Principal], prepaid_offer: OfferPath
) -> Response[bytes]:
    """What became of the cards of an offer: how far giving them back has come, once it is closed."""
    await queries.offer(services.reader, principal.book, prepaid_offer)
    return as_json(await queries.standing(services.reader, principal.book, prepaid_offer))


@get("/totals", operation_id="getPrepaidTotals", guards=_GUARDS, responses=responses(queries.PrepaidTotals))
async def get_totals(
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    payee: Annotated[str, QueryParameter(description="The merchant's id.")],
) -> Response[bytes]:
    """What the prepaid cards of a merchant come to."""
    return as_json(await queries.totals(services.reader, principal.book, payee))
