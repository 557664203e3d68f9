"""Last year's season of the demo: a tea campaign of a year that three funders paid for, that ended and was settled."""

from datetime import timedelta

from canglian.bank.payment.commands import RefundPayment
from canglian.bank.payment.model import Payment
from canglian.bank.reward.campaigns import queries
from canglian.bank.reward.campaigns.commands.values import OfferAsked
from canglian.bank.reward.campaigns.model import OfferKind, Tier
from canglian.bank.reward.commands import EndCampaign, PayBackFunder, SettleCampaign
from canglian.scenario.shopping.commands import AddTheme, JoinCampaign, OpenSeason
from canglian.scenario.shopping.demo.city import COUNTER, FRUIT, NOODLES, City, Days, Payers
from canglian.scenario.shopping.model import Mall, Season, Theme

NAME = "四季品茗"
_FUNDS = (50_000, 30_000, 20_000)
_SALES = (
    (NOODLES, "碧螺春一壶", 2_600),
    (FRUIT, "茶果一篮", 3_350),
    (NOODLES, "听曲喝茶", 1_999),
    (FRUIT, "茶点", 1_800),
)


async def live_last_year(city: City, payers: Payers) -> None:
    """The season from a year ago to the business date: coupons were used, one purchase went back in half."""
    days = Days(city.today - timedelta(days=365), city.today)
    opening = OpenSeason(
        name=f"爱购苏州 {days.first.year}",
        starts_on=days.first,
        ends_on=days.last,
        malls=(Mall("wener", "文二路商圈", "330106"),),
    )
    season: Season = await city.ask("last:season", opening)
    adding = AddTheme(
        season=season.id, name=NAME, summary="茶社面馆，四季有茶", starts_on=days.first, ends_on=days.last
    )
    theme: Theme = await city.ask("last:theme", adding)
    offer = OfferAsked(
        kind=OfferKind.SPEND_AND_SAVE, name="满 18 减 6", tiers=(Tier(1_800, 600),), stock=100, per_person=2
    )
    place, campaign = await city.placed("last", theme, payers, NAME, "茶社面馆，满 18 元减 6 元", offer, days)
    shops = {name: await city.shop(name) for name in (NOODLES, FRUIT)}
    for turn, shop in enumerate(shops.values()):
        if shop is not None:
            await city.ask(f"last:join-{turn}", JoinCampaign(place=place.id, merchant=shop.id, mall="wener"))
    await city.approved("last", campaign, _FUNDS)
    (offered,) = await queries.offers_of(city.services.reader, city.book, campaign.id)
    people = await city.people()
    for turn, ((name, subject, amount), person) in enumerate(zip(_SALES, people, strict=False)):
        shop = shops[name]
        if shop is None:
            continue
        paid: Payment | None = await city.used(f"last:sale-{turn}", offered, person, shop, subject, amount)
        if turn == 1 and paid is not None:
            half = RefundPayment(
                payment=paid.id, number="last-half", amount=amount // 2, reason="少拿一半", channel=COUNTER
            )
            await city.ask("last:half", half)
    await city.ask("last:end", EndCampaign(campaign=campaign.id, reason="活动期满"))
    await city.ask("last:settle", SettleCampaign(campaign=campaign.id))
    await city.ask("last:back", PayBackFunder(campaign=campaign.id, funder=1, channel=COUNTER))
