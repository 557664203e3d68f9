"""``/v1/consents``: give, list, read and withdraw."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from canglian.bank.party.api.paths import ConsentPath
from canglian.bank.party.commands import GiveConsent, WithdrawConsent
from canglian.bank.party.commands.consents import Scope
from canglian.bank.party.commands.documents import Digest
from canglian.bank.party.commands.parties import PartyId
from canglian.bank.party.model import Consent
from canglian.bank.party.queries import lists
from canglian.bank.party.queries.lists import ConsentFilter
from canglian.kernel.fields import doc
from canglian.kernel.queries.paging import Order
from canglian.kernel.values import Name, Reference
from canglian.web.operations import Body, RequestContext, as_json, responses
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


class ConsentRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who lets whom have which data, and what for. ``evidence`` is the SHA-256 of what was signed or shown."""

    party: PartyId
    scope: Scope
    purpose: Annotated[Name, doc("What the data are used for.")]
    receiver: Reference
    evidence: Annotated[Digest | None, msgspec.Meta(description="The SHA-256 of the signed text.")] = None


@post("", operation_id="giveConsent", guards=[needs(Permission.POST)], responses=responses(Consent, 201, write=True))
async def give_consent(context: NamedDependency[RequestContext], data: Body[ConsentRequest]) -> Response[bytes]:
    """Note a separate consent of a party."""
    command = GiveConsent(
        party=data.party,
        scope=data.scope,
        purpose=data.purpose,
        receiver=data.receiver,
        evidence=data.evidence,
    )
    return await context.respond(command)


@get("", operation_id="listConsents", guards=[needs(Permission.READ)], responses=listing_of(Consent))
async def list_consents(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    party: Annotated[str | None, QueryParameter(description="Only of this party.")] = None,
    consent_scope: Annotated[str | None, QueryParameter(name="scope", description="Only about this data.")] = None,
    receiver: Annotated[str | None, QueryParameter(description="Only for this receiver.")] = None,
    withdrawn: Annotated[
        bool | None, QueryParameter(description="Only those that were withdrawn, or that were not.")
    ] = None,
) -> Response[bytes]:
    """List consents, newest first."""
    asked = ConsentFilter(party, consent_scope, receiver, withdrawn)
    return await listed(
        request, order, lambda page: lists.consents(services.reader, principal.book, asked, page), "consents"
    )


@get("/{consent:str}", operation_id="getConsent", guards=[needs(Permission.READ)], responses=responses(Consent))
async def get_consent(
    services: NamedDependency[Services], principal: NamedDependency[Principal], consent: ConsentPath
) -> Response[bytes]:
    """One consent."""
    return as_json(await lists.consent(services.reader, principal.book, consent))


@post(
    "/{consent:str}/withdraw",
    operation_id="withdrawConsent",
    status_code=200,
    guards=[needs(Permission.POST)],
    responses=responses(Consent, write=True),
)
async def withdraw_consent(context: NamedDependency[RequestContext], consent: ConsentPath) -> Response[bytes]:
    """Take a consent back."""
    return await context.respond(WithdrawConsent(consent=consent), status=200)


router = Router(
    "/consents", route_handlers=[give_consent, list_consents, get_consent, withdraw_consent], tags=["consents"]
)
