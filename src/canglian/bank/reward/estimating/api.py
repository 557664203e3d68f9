"""``GET /v1/campaigns/{id}/estimate``."""

from datetime import date
from typing import Annotated

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from canglian.bank.reward.estimating import service
from canglian.bank.reward.estimating.model import Estimate
from canglian.bank.reward.offers import BPS
from canglian.web.operations import as_json, id_path, responses
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get(
    "/{campaign:str}/estimate",
    operation_id="estimateCampaign",
    guards=[needs(Permission.READ)],
    responses=responses(Estimate, 200),
)
async def estimate_campaign(
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    campaign: FromPath[Annotated[str, id_path("cmp", "The campaign's id.")]],
    since: Annotated[
        date | None, QueryParameter(description="The first day that counts; null for the last whole month.")
    ] = None,
    until: Annotated[
        date | None, QueryParameter(description="The day before which payments count; null for the month's end.")
    ] = None,
    uptake_bps: Annotated[
        int, QueryParameter(ge=1, le=10_000, description="How many of those who could take part do, in basis points.")
    ] = BPS,
) -> Response[bytes]:
    """What a campaign would have cost with the payments of a time that is over: who pays, and who gains."""
    first, last = await service.days_of(services, principal.book)
    found = await service.estimate(services, principal.book, campaign, since or first, until or last, uptake_bps)
    return as_json(found)
