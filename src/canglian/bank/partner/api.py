"""``/v1/partners``, ``/v1/partner-apps`` and ``/v1/partner-keys``, for the bank's own people and programs."""

from datetime import timedelta
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from canglian.bank.partner import queries
from canglian.bank.partner.calls import shared_secret, today
from canglian.bank.partner.model import AppState, Partner, PartnerApp, PartnerKey, PartnerState, PartnerUsage
from canglian.kernel.fields import doc
from canglian.kernel.queries.paging import Order
from canglian.web.operations import RequestContext, as_json, id_path, responses
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

PartnerPath = Annotated[str, id_path("ptn", "The partner's id.")]
AppPath = Annotated[str, id_path("app", "The app's id.")]
KeyPath = Annotated[str, id_path("pky", "The key's id.")]

_READ = [needs(Permission.READ)]


class PartnerKeys(msgspec.Struct, frozen=True):
    """The keys of an app."""

    data: Annotated[list[PartnerKey], doc("The keys, newest first.")]


class PartnerSecret(msgspec.Struct, frozen=True):
    """A secret that was just made, which an app shares with the bank. It is stored nowhere."""

    id: Annotated[str, doc("The key's id.")]
    app: Annotated[str, doc("The app that it is of.")]
    algorithm: Annotated[str, doc("What it signs with: `hmac-sha256`.")]
    secret: Annotated[
        str, doc("What requests name as `keyid`, `hmac-sha256`, and the secret as base64. Shown here alone.")
    ]


async def shown_secret(context: RequestContext, key: PartnerKey) -> PartnerSecret:
    """A secret as it is shown to whoever made it."""
    secret = shared_secret(context.services, context.principal.book, key.id)
    return PartnerSecret(key.id, key.app, key.algorithm, str(secret))


class PartnerUsages(msgspec.Struct, frozen=True):
    """How often an app called."""

    data: Annotated[list[PartnerUsage], doc("A line a day, the last first.")]


@get("", operation_id="listPartners", guards=_READ, responses=listing_of(Partner))
async def list_partners(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    partner_state: Annotated[
        PartnerState | None, QueryParameter(name="state", description="Only in this state.")
    ] = None,
) -> Response[bytes]:
    """List partners, newest first."""
    asked = queries.PartnerFilter(partner_state)
    return await listed(
        request, order, lambda page: queries.partners(services.reader, principal.book, asked, page), "partners"
    )


@get("/{partner:str}", operation_id="getPartner", guards=_READ, responses=responses(Partner))
async def get_partner(
    services: NamedDependency[Services], principal: NamedDependency[Principal], partner: PartnerPath
) -> Response[bytes]:
    """A partner."""
    return as_json(await queries.partner(services.reader, principal.book, partner))


@get("", operation_id="listPartnerApps", guards=_READ, responses=listing_of(PartnerApp))
async def list_apps(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    partner: Annotated[str | None, QueryParameter(description="Only of this partner.")] = None,
    app_state: Annotated[AppState | None, QueryParameter(name="state", description="Only in this state.")] = None,
) -> Response[bytes]:
    """List apps of partners, newest first."""
    asked = queries.AppFilter(partner, app_state)
    return await listed(
        request, order, lambda page: queries.apps(services.reader, principal.book, asked, page), "partner-apps"
    )


@get("/{partner_app:str}", operation_id="getPartnerApp", guards=_READ, responses=responses(PartnerApp))
async def get_app(
    services: NamedDependency[Services], principal: NamedDependency[Principal], partner_app: AppPath
) -> Response[bytes]:
    """An app of a partner."""
    return as_json(await queries.app(services.reader, principal.book, partner_app))


@get("/{partner_app:str}/keys", operation_id="listPartnerKeys", guards=_READ, responses=responses(PartnerKeys))
async def list_keys(
    services: NamedDependency[Services], principal: NamedDependency[Principal], partner_app: AppPath
) -> Response[bytes]:
    """The keys of an app."""
    await queries.app(services.reader, principal.book, partner_app)
    return as_json(PartnerKeys(await queries.keys(services.reader, principal.book, partner_app)))


@get("/{partner_app:str}/usage", operation_id="listPartnerUsage", guards=_READ, responses=responses(PartnerUsages))
async def list_usage(
    services: NamedDependency[Services], principal: NamedDependency[Principal], partner_app: AppPath
) -> Response[bytes]:
    """How often an app called on each of the last thirty days."""
    await queries.app(services.reader, principal.book, partner_app)
    since = today() - timedelta(days=queries.DAYS - 1)
    return as_json(PartnerUsages(list(await queries.usage(services.reader, principal.book, partner_app, since))))


@get("/{partner_key:str}", operation_id="getPartnerKey", guards=_READ, responses=responses(PartnerKey))
async def get_key(
    services: NamedDependency[Services], principal: NamedDependency[Principal], partner_key: KeyPath
) -> Response[bytes]:
    """A key of an app."""
    return as_json(await queries.key(services.reader, principal.book, partner_key))
