"""Shopping seasons of the demo: last year's, which is settled, and this year's, for which a bureau pays."""

from datetime import timedelta

from canglian.bank.reward.campaigns import queries
from canglian.bank.reward.campaigns.model import Campaign, CampaignState
from canglian.kernel.known import checked_key
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.scenario.shopping.commands import AddCampaign, AddTheme, OpenSeason
from canglian.scenario.shopping.demo.city import ACTOR, City
from canglian.scenario.shopping.demo.last_year import live_last_year
from canglian.scenario.shopping.demo.payers import open_bureau
from canglian.scenario.shopping.demo.street import go_shopping, open_sale, open_street
from canglian.scenario.shopping.model import Joining, Mall, Season, Theme
from canglian.web.services import Services

_LAST = "shopping:done"
_BEGUN_DAYS, _LASTS_DAYS = 60, 180
_STREET = "约惠春日"
_THEMES = (
    ("青团季", "时令糕团，老字号", -60, -15),
    ("春季品茗", "面馆茶社，喝茶听曲", -14, 60),
    (_STREET, "餐饮零售，多买多减", -7, 75),
    ("抢券日", "整点抢券，抢完为止", 0, 60),
    ("工享消费", "工会会员，商圈同享", 76, 119),
)
"""Themes with the days after today on which they begin and end; a campaign of the same name is a part of one.

No campaign is a part of the last one yet: with it the season is whole.
"""


async def fill(services: Services, book: int) -> None:
    """Open the seasons, unless an earlier run has."""
    if await services.store.known(book, [checked_key(_LAST, ACTOR)]):
        return
    city = City(services, book, (await book_figures(services.reader, book)).today)
    bureau = await open_bureau(city)
    await live_last_year(city, bureau)
    campaigns = await _campaigns(services, book)
    opening = OpenSeason(
        name=f"爱购苏州 {city.today.year}",
        starts_on=city.today - timedelta(days=_BEGUN_DAYS),
        ends_on=city.today + timedelta(days=_LASTS_DAYS - _BEGUN_DAYS - 1),
        malls=(Mall("wener", "文二路商圈", "330106"),),
    )
    season: Season = await city.ask("season", opening)
    for turn, (name, summary, begins, ends) in enumerate(_THEMES, 1):
        first, last = city.today + timedelta(days=begins), city.today + timedelta(days=ends)
        adding = AddTheme(season=season.id, name=name, summary=summary, starts_on=first, ends_on=last)
        theme: Theme = await city.ask("done" if turn == len(_THEMES) else f"theme-{turn}", adding)
        campaign = campaigns.get(name)
        if campaign is not None and campaign.state is not CampaignState.SETTLED:
            part = AddCampaign(theme=theme.id, campaign=campaign.id, joining=Joining.EVERYBODY)
            await city.ask(f"campaign-{turn}", part)
        if name == _STREET:
            await open_street(city, bureau, theme)
            await open_sale(city, bureau, theme)


async def live_day(services: Services, book: int) -> None:
    """A business date of this year's season: people claim coupons and use them."""
    await go_shopping(City(services, book, (await book_figures(services.reader, book)).today))


async def _campaigns(services: Services, book: int) -> dict[str, Campaign]:
    """The campaigns of the branch by their names."""
    order = Order("id", None, LIMIT_MAX)
    page = await queries.campaigns(services.reader, book, queries.CampaignFilter(), order)
    return {campaign.name: campaign for campaign in page.items}
