"""A small season of the demo: four themes, with the campaigns that run in the branch."""

from datetime import timedelta
from typing import Any

from canglian.bank.reward.campaigns import queries
from canglian.bank.reward.campaigns.model import Campaign, CampaignState
from canglian.kernel.command import Command
from canglian.kernel.known import checked_key
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.scenario.shopping.commands import AddCampaign, AddTheme, OpenSeason
from canglian.scenario.shopping.model import Joining, Mall, Season, Theme
from canglian.web.services import Services

ACTOR = "system:demo"
_LAST = "shopping:done"
_BEGUN_DAYS, _LASTS_DAYS = 60, 180
_THEMES = (
    ("青团季", "时令糕团，老字号", -60, -15),
    ("春季品茗", "面馆茶社，喝茶听曲", -14, 60),
    ("约惠春日", "餐饮零售，多买多减", -7, 75),
    ("抢券日", "整点抢券，抢完为止", 0, 60),
    ("工享消费", "工会会员，商圈同享", 76, 119),
)
"""Themes with the days after today on which they begin and end; a campaign of the same name is a part of one.

No campaign is a part of the last one yet: with it the season is whole.
"""


async def fill(services: Services, book: int) -> None:
    """Open the season, unless an earlier run has."""
    if await services.store.known(book, [checked_key(_LAST, ACTOR)]):
        return

    async def ask(key: str, command: Command[Any]) -> Any:
        return await services.engine.execute(book, command, actor=ACTOR, key=f"shopping:{key}")

    today = (await book_figures(services.reader, book)).today
    campaigns = await _campaigns(services, book)
    opening = OpenSeason(
        name=f"爱购苏州 {today.year}",
        starts_on=today - timedelta(days=_BEGUN_DAYS),
        ends_on=today + timedelta(days=_LASTS_DAYS - _BEGUN_DAYS - 1),
        malls=(Mall("wener", "文二路商圈", "330106"),),
    )
    season: Season = await ask("season", opening)
    for turn, (name, summary, begins, ends) in enumerate(_THEMES, 1):
        first, last = today + timedelta(days=begins), today + timedelta(days=ends)
        adding = AddTheme(season=season.id, name=name, summary=summary, starts_on=first, ends_on=last)
        theme: Theme = await ask("done" if turn == len(_THEMES) else f"theme-{turn}", adding)
        campaign = campaigns.get(name)
        if campaign is not None and campaign.state is not CampaignState.SETTLED:
            part = AddCampaign(theme=theme.id, campaign=campaign.id, joining=Joining.EVERYBODY)
            await ask(f"campaign-{turn}", part)


async def _campaigns(services: Services, book: int) -> dict[str, Campaign]:
    """The campaigns of the branch by their names."""
    order = Order("id", None, LIMIT_MAX)
    page = await queries.campaigns(services.reader, book, queries.CampaignFilter(), order)
    return {campaign.name: campaign for campaign in page.items}
