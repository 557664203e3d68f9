"""``/v1/consents``: list and read."""

from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from canglian.bank.party.api.paths import ConsentPath
from canglian.bank.party.model import Consent
from canglian.bank.party.queries import lists
from canglian.bank.party.queries.lists import ConsentFilter
from canglian.kernel.queries.paging import Order
from canglian.web.operations import as_json, responses
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


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


handlers = (list_consents, get_consent)
