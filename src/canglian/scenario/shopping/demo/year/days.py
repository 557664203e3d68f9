"""The days of the demo's year: campaigns are prepared, run, end and are settled; people claim coupons and pay."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date

from canglian.bank.payment.commands import CreatePayment, RefundPayment
from canglian.bank.payment.model import SourceUse
from canglian.bank.reward import running
from canglian.bank.reward.campaigns.commands.values import FunderAsked
from canglian.bank.reward.campaigns.model import Campaign, FunderKind
from canglian.bank.reward.campaigns.queries import offers_of
from canglian.bank.reward.commands import ClaimCoupon, DraftCampaign, SettleCampaign
from canglian.bank.reward.coupons.source import KIND
from canglian.bank.reward.shares import split
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import Order
from canglian.scenario.shopping.commands import AddCampaign, AddTheme, JoinCampaign, OpenSeason
from canglian.scenario.shopping.demo.city import COUNTER, City, Days
from canglian.scenario.shopping.demo.year.plan import (
    DAYS,
    PEOPLE,
    SHARES_BPS,
    THEME_DAYS,
    THEMES,
    Planned,
    Purchase,
    campaigns,
    day_of,
    purchases,
)
from canglian.scenario.shopping.demo.year.town import Town, open_town
from canglian.scenario.shopping.model import Joining, Season, Theme
from canglian.scenario.shopping.queries.seasons import SeasonFilter, seasons
from canglian.web.demo_names import SHOPS
from canglian.web.services import Services

_REFUND_EVERY = 33


class Year:
    """A branch of the demo, day by day. What an earlier run has done is the same when it is asked for again."""

    def __init__(self, city: City, town: Town, themes: list[Theme], first: date, plan: list[Planned]) -> None:
        self._city = city
        self._town = town
        self._themes = themes
        self._first = first
        self._plan = plan
        self._offers: dict[int, str] = {}

    @classmethod
    async def opened(cls, city: City, plan: list[Planned], count: int) -> "Year":
        """The season with its themes, and so many people; it begins on the business date, unless it has begun."""
        known = (await seasons(city.services.reader, city.book, SeasonFilter(), Order("id", None, 1))).items
        first = known[0].starts_on if known else city.today
        city = City(city.services, city.book, first)
        return cls(city, await open_town(city, count), await _opened_themes(city, first), first, plan)

    async def live(self, today: date) -> None:
        """What happens on a business date."""
        day = (today - self._first).days
        for planned in self._plan:
            if planned.first == day:
                await self._open(planned)
        await running.run(self._city.services, self._city.book)
        on = [planned for planned in self._plan if planned.first <= day <= planned.last]
        bought = purchases(day, today, on, len(self._town.shoppers), len(self._town.shops))
        await asyncio.gather(*(self._buy(f"{day}-{n}", each) for n, each in enumerate(bought)))
        for planned in self._plan:
            if planned.last + 1 == day:
                await self._city.tried(
                    f"year:{planned.number}:settle", SettleCampaign(campaign=(await self._campaign(planned)).id)
                )

    async def prepare(self) -> None:
        """Open what begins after the business date."""
        today = (await self._city.services.store.state(self._city.book)).today
        for planned in self._plan:
            if day_of(self._first, planned.first) > today:
                await self._open(planned)

    async def _campaign(self, planned: Planned) -> Campaign:
        payers, days = self._town.payers, Days(day_of(self._first, planned.first), day_of(self._first, planned.last))
        bureau, bank, shops = SHARES_BPS
        draft = DraftCampaign(
            name=planned.name,
            summary=f"{THEMES[planned.theme][1]}，{planned.offer.name}",
            starts_at=days.starts_at,
            ends_at=days.ends_at,
            asset="ECNY",
            funders=(
                FunderAsked(FunderKind.GOVERNMENT, "区商务局", bureau, payers.bureau),
                FunderAsked(FunderKind.BANK, "本行", bank),
                FunderAsked(FunderKind.MERCHANT, "姑苏商圈", shops, payers.company),
            ),
            offers=(planned.offer,),
        )
        return await self._city.ask(f"year:{planned.number}:draft", draft)

    async def _open(self, planned: Planned) -> None:
        """It is a part of its theme, shops join it, it is paid for, and somebody else approves it."""
        key, campaign = f"year:{planned.number}", await self._campaign(planned)
        adding = AddCampaign(theme=self._themes[planned.theme].id, campaign=campaign.id, joining=Joining.OPEN)
        place = await self._city.ask(f"{key}:place", adding)
        joining = [JoinCampaign(place=place.id, merchant=self._town.shops[shop]) for shop in planned.shops]
        await asyncio.gather(*(self._city.ask(f"{key}:join-{n}", each) for n, each in enumerate(joining)))
        await self._city.approved(key, campaign, split(planned.budget, SHARES_BPS))

    async def _buy(self, key: str, bought: Purchase) -> None:
        """Whoever has no coupon of the campaign, or gets none, pays without one."""
        shopper, shop = self._town.shoppers[bought.person], self._town.shops[bought.shop]
        coupon = None
        if bought.campaign is not None:
            offer = await self._offer(self._plan[bought.campaign])
            coupon = await self._city.tried(f"year:{key}:claim", ClaimCoupon(offer=offer, wallet=shopper.wallet))
        if coupon is not None and not bought.comes:
            return
        uses = () if coupon is None else (SourceUse(source=KIND, item=coupon.id),)
        command = CreatePayment(
            merchant=shop,
            number=f"y-{key}",
            subject=bought.subject,
            amount=bought.amount,
            channel=COUNTER,
            sources=(*uses, SourceUse(item=shopper.wallet)),
        )
        payment = await self._city.tried(f"year:{key}:pay", command)
        if payment is not None and (bought.amount + bought.person) % _REFUND_EVERY == 0:
            back = RefundPayment(
                payment=payment.id, number=f"y-{key}-back", amount=payment.gross, reason="不合适退货", channel=COUNTER
            )
            await self._city.tried(f"year:{key}:back", back)

    async def _offer(self, planned: Planned) -> str:
        if planned.number not in self._offers:
            campaign = await self._campaign(planned)
            (offer,) = await offers_of(self._city.services.reader, self._city.book, campaign.id)
            self._offers[planned.number] = offer.id
        return self._offers[planned.number]


async def _opened_themes(city: City, first: date) -> list[Theme]:
    opening = OpenSeason(name=f"姑苏消费季 {first.year}", starts_on=first, ends_on=day_of(first, DAYS - 1))
    season: Season = await city.ask("year:season", opening)
    found: list[Theme] = []
    for turn, (name, summary) in enumerate(THEMES):
        begins = day_of(first, turn * THEME_DAYS)
        adding = AddTheme(
            season=season.id, name=name, summary=summary, starts_on=begins, ends_on=day_of(begins, THEME_DAYS - 1)
        )
        found.append(await city.ask(f"year:theme-{turn}", adding))
    return found


async def live_year(services: Services, book: int, end_day: Callable[[], Awaitable[bool]]) -> None:
    """Live the branch from its business date on, until there is no further day; what is yet to begin is prepared."""
    figures = await book_figures(services.reader, book)
    year = await Year.opened(City(services, book, figures.today), campaigns(shops=len(SHOPS)), PEOPLE)
    while True:
        await year.live((await services.store.state(book)).today)
        if not await end_day():
            break
    await year.prepare()
