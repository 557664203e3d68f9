"""The effect of a season's campaign: what was sold on top, beside people who were held out, and what it cost."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.reward.campaigns import queries as campaigns
from canglian.kernel.values import utc_now
from canglian.scenario.shopping.queries import seasons
from canglian.scenario.shopping.queries.effect import effect
from canglian.web.console import Pages
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get("/season-campaigns/{season_campaign:str}/effect", guards=[needs(Permission.READ)])
async def effect_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    season_campaign: FromPath[str],
) -> Response[Any]:
    """The effect of a campaign so far."""
    reader, book, now = services.reader, principal.book, utc_now()
    place = await seasons.place(reader, book, season_campaign)
    whole = await campaigns.whole(reader, book, place.campaign)
    held_out = max((offer.audience.holdout_bps for offer in whole.offers), default=0)
    cost = sum(funder.spent for funder in whole.funders)
    return await pages.render(
        "shopping/effect.html",
        place=place,
        campaign=whole.campaign,
        found=await effect(services.standby, book, whole.campaign, held_out, cost, now),
        now=now,
    )


handlers = (effect_page,)
