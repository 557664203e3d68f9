"""``/v1/unmaskings``: seeing again what one was let see."""

import msgspec
from litestar import Response, Router, get

from canglian.bank.party.api.leaving import NO_STORE, PersonalData
from canglian.bank.party.api.paths import UnmaskingPath
from canglian.bank.party.disclosing import look_again
from canglian.web.answers import JSON, Given, encode, giving
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get(
    "/{unmasking:str}",
    operation_id="readUnmasking",
    guards=[needs(Permission.READ)],
    responses=giving(PersonalData, write=True),
)
async def read_unmasking(
    services: Given[Services], principal: Given[Principal], unmasking: UnmaskingPath
) -> Response[bytes]:
    """See again, for some minutes, what one was let see oneself: directly, or by the approval of others.

    Every look is logged. An unmasking of somebody else is not found.
    """
    shown, all_else = await look_again(services, principal, unmasking)
    told = {**(all_else or {}), **msgspec.to_builtins(shown)}
    return Response(encode(told), media_type=JSON, headers=NO_STORE)


router = Router("/unmaskings", route_handlers=[read_unmasking], tags=["parties"])
