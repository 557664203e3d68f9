"""``/v1/purpose-contracts``, ``-grants``, ``-movements`` and ``-templates``: lists, and things by their ids."""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from canglian.bank.purpose import queries
from canglian.bank.purpose.api.paths import ContractPath, GrantPath
from canglian.bank.purpose.model import (
    ContractState,
    GrantState,
    MovementKind,
    PurposeContract,
    PurposeGrant,
    PurposeMovement,
    PurposeTemplate,
)
from canglian.bank.purpose.tracing import Dimension, PurposeTrace, trace
from canglian.kernel.fields import doc
from canglian.kernel.queries.paging import Order
from canglian.web.operations import as_json, responses
from canglian.web.paging import listed, listing_of
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

_GUARDS = [needs(Permission.READ)]

OfContract = Annotated[str | None, QueryParameter(description="Only of this contract.")]


class PurposeTemplates(msgspec.Struct, frozen=True):
    """Versions of templates, by code, newest first."""

    data: Annotated[list[PurposeTemplate], doc("The rows of this page.")]


@get("", operation_id="listPurposeTemplates", guards=_GUARDS, responses=responses(PurposeTemplates))
async def list_templates(services: NamedDependency[Services], principal: NamedDependency[Principal]) -> Response[bytes]:
    """All versions of all templates of contracts."""
    return as_json(PurposeTemplates(await queries.templates(services.reader, principal.book)))


@get("", operation_id="listPurposeContracts", guards=_GUARDS, responses=listing_of(PurposeContract))
async def list_contracts(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    payer: Annotated[str | None, QueryParameter(description="Only of this payer's wallet.")] = None,
    template: Annotated[str | None, QueryParameter(description="Only of this template.")] = None,
    contract_state: Annotated[
        ContractState | None, QueryParameter(name="state", description="Only in this state.")
    ] = None,
) -> Response[bytes]:
    """List contracts, newest first."""
    asked = queries.ContractFilter(payer, template, contract_state)
    return await listed(
        request,
        order,
        lambda page: queries.contracts(services.reader, principal.book, asked, page),
        "purpose-contracts",
    )


@get("/{purpose_contract:str}", operation_id="getPurposeContract", guards=_GUARDS, responses=responses(PurposeContract))
async def get_contract(
    services: NamedDependency[Services], principal: NamedDependency[Principal], purpose_contract: ContractPath
) -> Response[bytes]:
    """A contract."""
    return as_json(await queries.contract(services.reader, principal.book, purpose_contract))


@get(
    "/{purpose_contract:str}/trace",
    operation_id="tracePurposeContract",
    guards=_GUARDS,
    responses=responses(PurposeTrace),
)
async def trace_contract(
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    purpose_contract: ContractPath,
    by: Annotated[Dimension | None, QueryParameter(description="Tell parts apart by this alone.")] = None,
) -> Response[bytes]:
    """Where every fen of a contract is: not allotted, with holders, at shops, back with its payer, or released."""
    return as_json(await trace(services.reader, principal.book, purpose_contract, by))


@get("", operation_id="listPurposeGrants", guards=_GUARDS, responses=listing_of(PurposeGrant))
async def list_grants(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    contract: OfContract = None,
    holder: Annotated[str | None, QueryParameter(description="Only of this holder's wallet.")] = None,
    grant_state: Annotated[GrantState | None, QueryParameter(name="state", description="Only in this state.")] = None,
) -> Response[bytes]:
    """List grants, newest first."""
    asked = queries.GrantFilter(contract, holder, grant_state)
    return await listed(
        request, order, lambda page: queries.grants(services.reader, principal.book, asked, page), "purpose-grants"
    )


@get("/{purpose_grant:str}", operation_id="getPurposeGrant", guards=_GUARDS, responses=responses(PurposeGrant))
async def get_grant(
    services: NamedDependency[Services], principal: NamedDependency[Principal], purpose_grant: GrantPath
) -> Response[bytes]:
    """A grant."""
    return as_json(await queries.grant(services.reader, principal.book, purpose_grant))


@get("", operation_id="listPurposeMovements", guards=_GUARDS, responses=listing_of(PurposeMovement))
async def list_movements(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    order: NamedDependency[Order],
    contract: OfContract = None,
    grant: Annotated[str | None, QueryParameter(description="Only of this grant.")] = None,
    kind: Annotated[MovementKind | None, QueryParameter(description="Only of this kind.")] = None,
    region: Annotated[str | None, QueryParameter(description="Only at payees in this region.")] = None,
) -> Response[bytes]:
    """List movements of contracts' money, newest first, each with its transfer of the ledger."""
    asked = queries.MovementFilter(contract, grant, kind, region)
    return await listed(
        request,
        order,
        lambda page: queries.movements(services.reader, principal.book, asked, page),
        "purpose-movements",
    )
