"""What a campaign would have cost last month, before anybody approves it."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.reward.campaigns import queries
from canglian.bank.reward.estimating import service
from canglian.bank.reward.estimating.model import Estimate
from canglian.ledger.queries import chart as assets
from canglian.web.console import Pages
from canglian.web.console.charts import Chart, Series
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

_UPTAKES = (10, 30, 50, 100)


@get("/campaigns/{campaign:str}/estimate", guards=[needs(Permission.READ)])
async def estimate_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    campaign: FromPath[str],
) -> Response[Any]:
    """Cost, uptake, who pays and who gains, with last month's payments or those of the last days."""
    query = pages.request.query_params
    recent = query.get("days") == "recent"
    uptake = next((each for each in _UPTAKES if query.get("uptake") == str(each)), 100)
    whole = await queries.whole(services.reader, principal.book, campaign)
    since, until = await service.days_of(services, principal.book, recent)
    found = await service.estimate(services, principal.book, campaign, since, until, uptake * 100)
    scales = await assets.scales(services.reader, principal.book)
    asset = whole.campaign.asset
    return await pages.render(
        "reward/estimate.html",
        campaign=whole.campaign,
        estimate=found,
        drawn=_drawn(pages, found, asset, scales.get(asset, 2)),
        recent=recent,
        uptake=uptake,
        uptakes=_UPTAKES,
        scales=scales,
    )


def _drawn(pages: Pages, found: Estimate, asset: str, scale: int) -> Chart:
    return Chart(
        pages._("What it would have cost on each day"),
        [day.on.isoformat() for day in found.days],
        [Series(pages._("Taken off"), [day.cost for day in found.days])],
        kind="bar",
        currency=asset,
        scale=scale,
    )


handlers = (estimate_page,)
