"""Personal data in a proposal: it comes in plain, and is sealed before the proposal is filed and logged."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import msgspec

from canglian.bank.party.commands import RenameParty
from canglian.bank.party.queries import parties
from canglian.bank.party.requests import sealer_for
from canglian.kernel.errors import Malformed
from canglian.web.principal import Principal
from canglian.web.services import Services


async def _named(services: Services, principal: Principal, key: str | None, payload: dict[str, Any]) -> dict[str, Any]:
    """The name comes in plain; what somebody else has sealed is not taken."""
    name, identity = payload.get("name"), payload.get("party")
    if not (isinstance(name, str) and isinstance(identity, str)):
        raise Malformed("form.missing", field="name")
    party = await parties.party(services.reader, principal.book, identity)
    sealer = await sealer_for(services, principal, key)
    return {**payload, "name": msgspec.to_builtins(sealer.name(name, party.kind))}


SEALING: Final[Mapping[str, Callable[..., Awaitable[dict[str, Any]]]]] = {RenameParty.__kind__: _named}
"""What seals the payload of a kind of command, given the services, who asks and the request's idempotency key."""
