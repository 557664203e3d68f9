"""The effect of a season's campaign: what was sold on top, beside people who were held out, and what it cost."""

from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.bank.reward.campaigns import queries as campaigns
from canglian.kernel.values import utc_now
from canglian.scenario.shopping.queries import seasons
from canglian.scenario.shopping.queries.effect import EffectGroup, effect_of, groups
from canglian.scenario.shopping.queries.money import by_merchant
from canglian.web.console import Pages
from canglian.web.csv import CSV, as_csv, file_headers
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services


@get("/season-campaigns/{season_campaign:str}/effect", guards=[needs(Permission.READ)])
async def effect_page(
    pages: NamedDependency[Pages],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    season_campaign: FromPath[str],
) -> Response[Any]:
    """The effect of a campaign so far; as CSV with ``?format=csv``."""
    reader, book, now = services.reader, principal.book, utc_now()
    place = await seasons.place(reader, book, season_campaign)
    whole = await campaigns.whole(reader, book, place.campaign)
    found = await effect_of(services.standby, book, whole, now)
    if pages.request.query_params.get("format") == "csv":
        return Response(as_csv(groups(found), EffectGroup), media_type=CSV, headers=file_headers("campaign-effect"))
    return await pages.render(
        "shopping/effect.html",
        place=place,
        campaign=whole.campaign,
        found=found,
        claimed=sum(offer.taken for offer in whole.offers),
        used=sum(offer.used for offer in whole.offers),
        shops=await by_merchant(reader, book, place.campaign, range(len(whole.campaign.funders))),
        now=now,
    )


handlers = (effect_page,)
