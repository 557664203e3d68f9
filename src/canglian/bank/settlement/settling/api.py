"""What is read below ``/v1/settlements`` and ``/v1/settlement-terms``."""

from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from canglian.bank.payment.api.paths import MerchantPath
from canglian.bank.payment.queries import merchants
from canglian.bank.settlement.settling import queries
from canglian.bank.settlement.settling.model import Settlement, SettlementState
from canglian.bank.settlement.settling.queries import NextPayout, SettlementEntry, SettlementFilter
from canglian.bank.settlement.settling.terms import CYCLE, MINIMUM
from canglian.kernel.fields import doc
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Order
from canglian.web.operations import as_json, id_path, responses
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

_GUARDS = [needs(Permission.READ)]

SettlementPath = Annotated[str, id_path("stl", "The settlement's id.")]
FirstDate = Annotated[date | None, QueryParameter(name="date.gte")]
LastDate = Annotated[date | None, QueryParameter(name="date.lte")]


class TermsView(msgspec.Struct, frozen=True):
    """How a merchant is settled, and when its money comes."""

    merchant: Annotated[str, doc("The merchant's id.")]
    cycle: Annotated[int, doc("After how many business days what is paid is settled: 0 is T+0, 1 is T+1.")]
    minimum: Annotated[int, doc("What a payout comes to at least, in fen; less is carried over.")]
    hold_reason: Annotated[str | None, doc("Why it is not paid out for now; null where it is.")]
    next: Annotated[list[NextPayout], doc("What its next settlement would pay out, by asset.")]


@get("", operation_id="listSettlements", guards=_GUARDS, responses=listing_of(Settlement))
async def list_settlements(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    merchant: Annotated[str | None, QueryParameter(description="Only of this merchant.")] = None,
    settlement_state: Annotated[
        SettlementState | None, QueryParameter(name="state", description="Only in this state.")
    ] = None,
    first_date: FirstDate = None,
    last_date: LastDate = None,
) -> Response[bytes]:
    """List settlements, newest first."""
    asked = SettlementFilter(merchant, settlement_state, first_date, last_date)
    return await listed(
        request, order, lambda page: queries.settlements(services.reader, principal.book, asked, page), "settlements"
    )


@get("/{settlement:str}", operation_id="getSettlement", guards=_GUARDS, responses=responses(Settlement))
async def get_settlement(
    services: NamedDependency[Services], principal: NamedDependency[Principal], settlement: SettlementPath
) -> Response[bytes]:
    """A settlement: what was paid to the merchant, what was taken off, and what was paid out."""
    return as_json(await queries.settlement(services.reader, principal.book, settlement))


@get(
    "/{settlement:str}/entries",
    operation_id="listSettlementEntries",
    guards=_GUARDS,
    responses=listing_of(SettlementEntry),
)
async def list_entries(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    settlement: SettlementPath,
) -> Response[bytes]:
    """List what a settlement contains, the first one first: with what was carried in, its amounts sum up to the net."""
    found = await queries.settlement(services.reader, principal.book, settlement)
    return await listed(
        request,
        order,
        lambda page: queries.entries(services.reader, principal.book, found, page),
        f"settlement-{found.date}",
    )


@get("/{merchant:str}", operation_id="getSettlementTerms", guards=_GUARDS, responses=responses(TermsView))
async def get_terms(
    services: NamedDependency[Services], principal: NamedDependency[Principal], merchant: MerchantPath
) -> Response[bytes]:
    """How a merchant is settled, and when its money comes."""
    await merchants.merchant(services.reader, principal.book, merchant)
    return as_json(await terms_view(services.reader, principal.book, merchant))


async def terms_view(reader: Reader, book: int, merchant: str) -> TermsView:
    """The terms of a merchant, and its next payouts."""
    terms = await queries.terms(reader, book, merchant)
    payouts = await queries.next_payouts(reader, book, merchant)
    if terms is None:
        return TermsView(merchant, CYCLE, MINIMUM, None, payouts)
    return TermsView(merchant, terms.cycle, terms.minimum, terms.hold_reason, payouts)
