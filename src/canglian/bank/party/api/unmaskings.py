"""``/v1/unmaskings``: seeing again what one was let see."""

import msgspec
from litestar import Response, Router, get
from litestar.di import NamedDependency

from canglian.bank.party.api.leaving import NO_STORE, PersonalData
from canglian.bank.party.api.paths import UnmaskingPath
from canglian.bank.party.disclosing import look_again
from canglian.web.operations import JSON, encode, responses
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get(
    "/{unmasking:str}",
    operation_id="readUnmasking",
    guards=[needs(Permission.READ)],
    responses=responses(PersonalData, write=True),
)
async def read_unmasking(
    services: NamedDependency[Services], principal: NamedDependency[Principal], unmasking: UnmaskingPath
) -> Response[bytes]:
    """See again, for some minutes, what one was let see oneself: directly, or by the approval of others.

    Every look is logged. An unmasking of somebody else is not found.
    """
    shown, all_else = await look_again(services, principal, unmasking)
    content = {**(all_else or {}), **msgspec.to_builtins(shown)}
    return Response(encode(content), media_type=JSON, headers=NO_STORE)


router = Router("/unmaskings", route_handlers=[read_unmasking], tags=["parties"])
