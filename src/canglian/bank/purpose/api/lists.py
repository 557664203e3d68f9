"""``/v1/purpose-contracts``, ``-grants``, ``-movements`` and ``-templates``: lists, and things by their ids."""

from typing import Annotated

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from canglian.bank.purpose import queries
from canglian.bank.purpose.api.paths import ContractPath, GrantPath
from canglian.bank.purpose.model import (
    PurposeContract,
    PurposeGrant,
    PurposeMovement,
    PurposeTemplate,
)
from canglian.bank.purpose.tracing import Dimension, PurposeTrace, trace
from canglian.kernel.fields import doc
from canglian.web.listing import get_route, list_route
from canglian.web.operations import as_json, responses
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

_GUARDS = [needs(Permission.READ)]


class PurposeTemplates(msgspec.Struct, frozen=True):
    """Versions of templates, by code, newest first."""

    data: Annotated[list[PurposeTemplate], doc("The rows of this page.")]


@get("", operation_id="listPurposeTemplates", guards=_GUARDS, responses=responses(PurposeTemplates))
async def list_templates(services: NamedDependency[Services], principal: NamedDependency[Principal]) -> Response[bytes]:
    """All versions of all templates of contracts."""
    return as_json(PurposeTemplates(await queries.templates(services.reader, principal.book)))


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


CONTRACTS = (
    list_route(
        PurposeContract,
        queries.contracts,
        queries.ContractFilter,
        "listPurposeContracts",
        "purpose-contracts",
        "List contracts, newest first.",
    ),
    get_route("purpose_contract", ContractPath, PurposeContract, queries.contract, "getPurposeContract", "A contract."),
    trace_contract,
)
GRANTS = (
    list_route(
        PurposeGrant,
        queries.grants,
        queries.GrantFilter,
        "listPurposeGrants",
        "purpose-grants",
        "List grants, newest first.",
    ),
    get_route("purpose_grant", GrantPath, PurposeGrant, queries.grant, "getPurposeGrant", "A grant."),
)
MOVEMENTS = (
    list_route(
        PurposeMovement,
        queries.movements,
        queries.MovementFilter,
        "listPurposeMovements",
        "purpose-movements",
        "List movements of contracts' money, newest first, each with its transfer of the ledger.",
    ),
)
