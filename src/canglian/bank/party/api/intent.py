"""``/v1/parties/{party}/…``: what an organisation needs before it may have accounts."""

from litestar import Response, Router, post
from litestar.di import NamedDependency

from canglian.bank.party.api.paths import PartyPath, ReasonBody
from canglian.bank.party.commands import StateNoOwners
from canglian.bank.party.model import IntentCheck, OwnerExemption
from canglian.bank.party.requests import IntentRequest
from canglian.web.operations import Body, RequestContext, responses
from canglian.web.principal import Permission, needs


@post(
    "/{party:str}/intent-checks",
    operation_id="noteIntentCheck",
    guards=[needs(Permission.POST)],
    responses=responses(IntentCheck, 201, write=True),
)
async def note_check(
    context: NamedDependency[RequestContext], party: PartyPath, data: Body[IntentRequest]
) -> Response[bytes]:
    """Note that an organisation's representative was asked whether it wants accounts here. The last check counts."""
    return await context.respond(data.command(party))


@post(
    "/{party:str}/no-owners",
    operation_id="stateNoOwners",
    guards=[needs(Permission.POST)],
    responses=responses(OwnerExemption, 201, write=True),
)
async def state_no_owners(
    context: NamedDependency[RequestContext], party: PartyPath, data: Body[ReasonBody]
) -> Response[bytes]:
    """Note why an organisation has no beneficial owner, until one is added."""
    return await context.respond(StateNoOwners(company=party, reason=data.reason))


router = Router("/parties", route_handlers=[note_check, state_no_owners], tags=["parties"])
