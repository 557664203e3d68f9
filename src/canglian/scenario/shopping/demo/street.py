"""The campaign of this year's season that a bureau, the bank and merchants pay for, and its days."""

from datetime import timedelta

from canglian.bank.payment.commands import CreatePayment
from canglian.bank.payment.model import Merchant, SourceUse
from canglian.bank.reward.bounds.model import Bounds
from canglian.bank.reward.campaigns import queries
from canglian.bank.reward.campaigns.commands.values import OfferAsked
from canglian.bank.reward.campaigns.holdout import is_held_out
from canglian.bank.reward.campaigns.model import Audience, Campaign, OfferKind, Tier
from canglian.bank.wallet.queries.wallets import WalletView
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.scenario.shopping.commands import InviteMerchant, JoinCampaign
from canglian.scenario.shopping.demo.city import COUNTER, FRUIT, NOODLES, City, Days, Payers
from canglian.scenario.shopping.model import Theme
from canglian.scenario.shopping.rules import local_date

NAME = "约惠商圈"
SALE, SALE_STOCK = "尝鲜三张券", 3
_SALE_FUNDS = (450, 270, 180)
_FUNDS = (150_000, 90_000, 60_000)
_LASTS_DAYS, _HELD_OUT_BPS = 30, 2_000
_MEALS = (("牛肉面套餐", 2_680), ("三鲜面两碗", 3_280))


async def open_street(city: City, payers: Payers, theme: Theme) -> None:
    """Open the campaign: the noodle shop takes part, the fruit shop is invited."""
    tiers = (Tier(2_000, 400), Tier(3_000, 800))
    audience = Audience(holdout_bps=_HELD_OUT_BPS)
    offer = OfferAsked(
        kind=OfferKind.TIERED, name="满 20 减 4，满 30 减 8", tiers=tiers, stock=300, per_person=10, audience=audience
    )
    days = Days(city.today + timedelta(days=1), city.today + timedelta(days=_LASTS_DAYS))
    place, campaign = await city.placed(
        "street", theme, payers, NAME, "商圈餐饮零售，满 20 减 4，满 30 减 8", offer, days
    )
    noodles, fruit = await city.shop(NOODLES), await city.shop(FRUIT)
    if noodles is not None:
        await city.ask("street:join", JoinCampaign(place=place.id, merchant=noodles.id, mall="wener"))
    if fruit is not None:
        await city.ask("street:invite", InviteMerchant(place=place.id, merchant=fruit.id))
    await city.approved("street", campaign, _FUNDS)


async def open_sale(city: City, payers: Payers, theme: Theme) -> None:
    """Open a flash sale of very few coupons, for whoever is quick."""
    offer = OfferAsked(
        kind=OfferKind.SPEND_AND_SAVE,
        name=SALE,
        tiers=(Tier(1_000, 300),),
        stock=SALE_STOCK,
        bounds=Bounds(opens_at=Days(city.today, city.today).starts_at),
    )
    days = Days(city.today, city.today + timedelta(days=_LASTS_DAYS))
    place, campaign = await city.placed("sale", theme, payers, SALE, "限量抢券，满 10 元减 3 元", offer, days)
    for turn, name in enumerate((NOODLES, FRUIT)):
        shop = await city.shop(name)
        if shop is not None:
            await city.ask(f"sale:join-{turn}", JoinCampaign(place=place.id, merchant=shop.id, mall="wener"))
    await city.approved("sale", campaign, _SALE_FUNDS)


async def go_shopping(city: City) -> None:
    """On each business date the next two people go shopping with a coupon; whoever is held out pays without one."""
    campaign, noodles = await _campaign(city), await city.shop(NOODLES)
    people = await city.people()
    if campaign is None or noodles is None or not people:
        return
    if local_date(campaign.starts_at) > city.today:
        return
    (offer,) = await queries.offers_of(city.services.reader, city.book, campaign.id)
    for turn, (subject, amount) in enumerate(_MEALS):
        key = f"day:{city.today:%m%d}-{turn}"
        if await city.is_done(f"{key}:pay"):
            continue
        person = people[(city.today.toordinal() * len(_MEALS) + turn) % len(people)]
        if is_held_out(campaign.id, person.party or "", _HELD_OUT_BPS):
            await _without(city, key, person, noodles, subject, amount)
        else:
            await city.used(key, offer, person, noodles, subject, amount)


async def _without(city: City, key: str, person: WalletView, shop: Merchant, subject: str, amount: int) -> None:
    command = CreatePayment(
        merchant=shop.id,
        number=key.replace(":", "-"),
        subject=subject,
        amount=amount,
        channel=COUNTER,
        sources=(SourceUse(item=person.id),),
    )
    await city.ask(f"{key}:pay", command)


async def _campaign(city: City) -> Campaign | None:
    page = await queries.campaigns(
        city.services.reader, city.book, queries.CampaignFilter(), Order("-id", None, LIMIT_MAX)
    )
    return next((campaign for campaign in page.items if campaign.name == NAME), None)
