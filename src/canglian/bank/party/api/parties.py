"""``/v1/parties``: register, find, look at and change; documents that were seen."""

from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from canglian.bank.party.api.paths import PartyPath
from canglian.bank.party.model import (
    BeneficialOwner,
    IntentCheck,
    Level,
    OwnerExemption,
    Party,
    PartyDocument,
    PartyKind,
    PartyRole,
    PartyState,
    Risk,
    RoleName,
)
from canglian.bank.party.queries import intent, lists, openings, parties
from canglian.bank.party.queries.lists import EntryView
from canglian.bank.party.queries.openings import OpeningView
from canglian.bank.party.queries.parties import Alike, DocumentView, PartyFilter, PartyView
from canglian.bank.party.requests import PartyRequest, SearchRequest, sealer_for
from canglian.bank.party.sealing import IndexBy, search_indexes
from canglian.kernel.errors import Malformed
from canglian.kernel.fields import doc
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order
from canglian.web.key_lookups import Questions
from canglian.web.operations import Body, RequestContext, as_json, responses
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


class PartyWhole(msgspec.Struct, frozen=True):
    """A party with what hangs on it, all by masks. ``lacking`` has the codes of what it lacks to have accounts."""

    party: Annotated[PartyView, doc("The party's id.")]
    roles: Annotated[list[PartyRole], doc("The parts that the party plays.")]
    documents: Annotated[list[DocumentView], doc("The papers that were seen.")]
    beneficial_owners: Annotated[list[BeneficialOwner], doc("Who owns or controls it.")]
    owner_of: Annotated[list[BeneficialOwner], doc("What the party owns or controls.")]
    owner_exemptions: Annotated[list[OwnerExemption], doc("Why it was stated to have no beneficial owner.")]
    intent_checks: Annotated[list[IntentCheck], doc("The checks of the organisation's intent to open accounts.")]
    openings: Annotated[list[OpeningView], doc("The remote openings of the party.")]
    listed: Annotated[list[EntryView], doc("The entries of black and grey lists that name the party.")]
    lacking: Annotated[list[str], doc("The codes of what it lacks to have accounts; empty where nothing is missing.")]


class Found(msgspec.Struct, frozen=True):
    """Who was found."""

    data: Annotated[list[PartyView], doc("The rows of this page.")]


class AlikeOnes(msgspec.Struct, frozen=True):
    """Who may be the same party, and what they have in common."""

    data: Annotated[list[Alike], doc("The rows of this page.")]


async def shown(context: RequestContext, party: Party) -> PartyView:
    """A command's party by its masks."""
    return (await parties.views(context.services.reader, context.principal.book, [party]))[0]


def document_shown(document: PartyDocument) -> DocumentView:
    """A command's document by its mask."""
    return parties.document_view(document)


@post(
    "", operation_id="registerParty", guards=[needs(Permission.POST)], responses=responses(PartyView, 201, write=True)
)
async def register_party(context: NamedDependency[RequestContext], data: Body[PartyRequest]) -> Response[bytes]:
    """Register a person or an organisation. Personal data is sealed before anything is logged.

    ``mobile_shared`` warns that another person has the mobile: see ``chooseSignIn``. An API key may only ask so often
    whether a number is known: ``lookup.key_often``.
    """
    if data.number is not None or data.mobile is not None:
        context.names_somebody()
    sealer = await sealer_for(context.services, context.principal, context.key)

    async def counted(_: RequestContext, party: Party) -> PartyView:
        answered = await shown(context, party)
        if answered.mobile_shared and not context.dry_run:
            context.questions.count()
        return answered

    return await context.respond(data.command(sealer), read=counted)


@get("", operation_id="listParties", guards=[needs(Permission.READ)], responses=listing_of(PartyView))
async def list_parties(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    kind: Annotated[PartyKind | None, QueryParameter(description="Only of this kind.")] = None,
    level: Annotated[Level | None, QueryParameter(description="Only of this level of verification.")] = None,
    risk: Annotated[Risk | None, QueryParameter(description="Only of this risk.")] = None,
    party_state: Annotated[PartyState | None, QueryParameter(name="state", description="Only in this state.")] = None,
    role: Annotated[RoleName | None, QueryParameter(description="Only who plays this part.")] = None,
    review_until: Annotated[date | None, QueryParameter(name="review_on.lte")] = None,
    since: Annotated[datetime | None, QueryParameter(name="created_at.gte")] = None,
    until: Annotated[datetime | None, QueryParameter(name="created_at.lte")] = None,
) -> Response[bytes]:
    """List parties by their masks, newest first. To look somebody up by a number, post to ``/v1/parties/search``."""
    asked = PartyFilter(kind, level, risk, party_state, role, review_until, since, until)
    return await listed(
        request, order, lambda page: parties.parties(services.reader, principal.book, asked, page), "parties"
    )


@post(
    "/search",
    operation_id="searchParties",
    status_code=200,
    guards=[needs(Permission.READ)],
    responses=responses(Found, write=True),
)
async def search_parties(
    services: NamedDependency[Services], principal: NamedDependency[Principal], data: Body[SearchRequest]
) -> Response[bytes]:
    """Look somebody up by a number, a mobile or a whole name, which travel in the body and stand in no address.

    An API key may only ask so often: ``lookup.key_often``.
    """
    Questions(services, principal).take()
    given = [name for name in data.__struct_fields__ if getattr(data, name) is not None]
    if len(given) != 1:
        raise Malformed("party.search_empty")
    by = IndexBy(given[0])
    indexes = search_indexes(services.keyring, by, getattr(data, by.value))
    return as_json(Found(await parties.known_by(services.reader, principal.book, by.value, indexes)))


@get("/{party:str}", operation_id="getParty", guards=[needs(Permission.READ)], responses=responses(PartyWhole))
async def get_party(
    services: NamedDependency[Services], principal: NamedDependency[Principal], party: PartyPath
) -> Response[bytes]:
    """A party with its roles, documents, owners, openings and list entries, by masks."""
    reader, book = services.reader, principal.book
    found = await parties.party(reader, book, party)
    today = (await book_figures(reader, book)).today
    whole = PartyWhole(
        (await parties.views(reader, book, [found]))[0],
        await parties.roles_of(reader, book, party),
        [parties.document_view(document) for document in await parties.documents_of(reader, book, party)],
        await parties.owners_of(reader, book, party),
        await parties.owned_by(reader, book, party),
        await intent.exemptions_of(reader, book, party),
        await intent.checks_of(reader, book, party),
        await openings.openings_of(reader, book, party),
        await lists.entries_about(reader, book, today, found.number_index, found.mobile_index),
        await intent.lacking_of(reader, book, found, today),
    )
    return as_json(whole)


@get(
    "/{party:str}/duplicates",
    operation_id="listDuplicates",
    guards=[needs(Permission.READ)],
    responses=responses(AlikeOnes),
)
async def list_duplicates(
    services: NamedDependency[Services], principal: NamedDependency[Principal], party: PartyPath
) -> Response[bytes]:
    """Who may be the same party: the same number, mobile or name.

    An API key may only ask so often: ``lookup.key_often``.
    """
    Questions(services, principal).take()
    found = await parties.party(services.reader, principal.book, party)
    return as_json(AlikeOnes(await parties.duplicates(services.reader, principal.book, found)))


handlers = (register_party, list_parties, search_parties, get_party, list_duplicates)
