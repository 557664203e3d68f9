"""A campaign is lived through with payments that were made: what it costs, who pays, who gains."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from canglian.bank.payment.commands import OpenOrder, PayOrder, RefundPayment, RegisterMerchant
from canglian.bank.payment.model import SourceUse
from canglian.bank.reward import Campaign, CampaignOffer, FunderKind, OfferKind, Tier
from canglian.bank.reward.campaigns.commands.values import FunderAsked, OfferAsked
from canglian.bank.reward.campaigns.model import Audience, Earning, TaskStep
from canglian.bank.reward.campaigns.queries import FunderMoney
from canglian.bank.reward.commands import DraftCampaign
from canglian.bank.reward.estimating import service
from canglian.bank.reward.estimating.estimator import Estimator, Paid, Shop
from canglian.bank.reward.estimating.model import Estimate
from canglian.kernel.values import utc_now
from tests.bank.reward.seasons import Season, off
from tests.bank.wallet.mobile.conftest import configuration, town
from tests.bank.wallet.mobile.town import Town
from tests.conftest import Caller

__all__ = ["configuration", "town"]

SINCE = datetime(2026, 9, 30, 16, tzinfo=UTC)
"""The first of October in Shanghai."""

SHOP = Shop("面馆", "5812", "320505", (), frozenset({"CNY"}))
OTHER = Shop("书店", "5942", "330106", (), frozenset({"CNY"}))
TWO = (FunderAsked(FunderKind.BANK, "本行", 7_000), FunderAsked(FunderKind.BANK, "分行", 3_000))


async def estimator(season: Season, *offers: OfferAsked, **fields: Any) -> Estimator:
    """An estimate over October, with two funders that have 20.00 together."""
    campaign: Campaign = await season.draft(*offers, funders=TWO)
    found = sorted(await season.rows(CampaignOffer, campaign=campaign.id), key=lambda offer: offer.position)
    money = [
        FunderMoney(funder.kind, funder.name, funder.wallet, funder.share_bps, free, 0, 0, 0)
        for funder, free in zip(campaign.funders, (1_400, 600), strict=True)
    ]
    until = SINCE + timedelta(days=31)
    return Estimator(campaign, found, money, {"mer_1": SHOP, "mer_2": OTHER}, SINCE, until, **fields)


def paid(hours: float, price: int, holder: str | None = "pty_a", merchant: str = "mer_1") -> Paid:
    return Paid(f"pay_{hours}", SINCE + timedelta(hours=hours), merchant, price, None, (), holder)


def gone_through(asked: Estimator, *payments: Paid, segments: dict[str, list[str]] | None = None) -> Estimate:
    for each in payments:
        if each.holder is not None and asked.is_new(each.holder):
            asked.meet(each.holder, (segments or {}).get(each.holder, []))
    asked.take(payments)
    return asked.result()


async def test_each_coupon_is_used_where_it_fits_and_counted_for_who_pays_and_who_gains(season: Season) -> None:
    asked = await estimator(season, off(1_000, 333, per_person=2))
    found = gone_through(
        asked,
        paid(1, 999),
        paid(2, 1_000),
        paid(30, 12_000),
        paid(31, 5_000),
        paid(32, 2_000, "pty_b", "mer_2"),
        paid(33, 9_000, None),
    )
    assert (found.payments, found.people, found.gaining_payments, found.gaining_people) == (6, 2, 3, 2)
    assert (found.cost, [funder.cost for funder in found.funders]) == (999, [699, 300])
    assert sum(funder.cost for funder in found.funders) == found.cost
    assert [(day.on, day.payments, day.uses, day.cost) for day in found.days[:3]] == [
        (date(2026, 10, 1), 2, 1, 333),
        (date(2026, 10, 2), 4, 2, 666),
        (date(2026, 10, 3), 0, 0, 0),
    ]
    assert len(found.days) == 31
    assert [(each.name, each.payments, each.sales, each.cost) for each in found.merchants] == [
        ("面馆", 2, 13_000, 666),
        ("书店", 1, 2_000, 333),
    ]
    assert [(band.over, band.people, band.gaining, band.cost) for band in found.bands] == [
        (0, 1, 1, 333),
        (10_000, 1, 1, 666),
        (50_000, 0, 0, 0),
        (200_000, 0, 0, 0),
    ]
    assert (found.people_left_out, found.spent_on) == (1, None)
    assert found.cost_of_campaign == 999 * 10 // 31


async def test_stock_days_hours_and_places_bound_it(season: Season) -> None:
    only = Audience(days=(4,), from_minute=60)
    asked = await estimator(season, off(1_000, 100, stock=3, per_day=1, per_person=9, audience=only))
    week = 24 * 7
    hours = (0.5, 1, 2, 24, week + 2, 2 * week + 2, 3 * week + 2, 4 * week + 2)
    found = gone_through(asked, *(paid(each, 1_000) for each in hours))
    assert (found.offers[0].uses, found.cost) == (3, 300)
    assert [day.on.day for day in found.days if day.uses] == [1, 8, 15]


async def test_the_best_combination_is_used_and_money_that_runs_out_is_told(season: Season) -> None:
    two = (off(1_000, 600, stacks=True, per_person=5), off(1_000, 500, stacks=True, per_person=5, rank=2))
    asked = await estimator(season, *two)
    found = gone_through(asked, paid(1, 3_000), paid(30, 3_000))
    assert (found.cost, found.gaining_payments, [offer.uses for offer in found.offers]) == (2_200, 2, [2, 2])
    assert found.spent_on == date(2026, 10, 2)


async def test_chance_counts_at_its_average_and_tasks_at_what_they_earn(season: Season) -> None:
    luck = OfferAsked(
        kind=OfferKind.RANDOM,
        name="随机立减",
        tiers=(Tier(1_000, 100, None, 1), Tier(1_000, 300, None, 1)),
        stock=9,
        per_person=1,
    )
    steps = Earning((TaskStep(0, 200), TaskStep(3, 100), TaskStep(5, 200)), 500)
    task = OfferAsked(kind=OfferKind.TASK, name="月月刷", tiers=(Tier(500, 200),), stock=9, earning=steps)
    gift = OfferAsked(kind=OfferKind.BENEFIT, name="洗车一次", tiers=(Tier(0, 3_000),), stock=10)
    asked = await estimator(season, luck, task, gift)
    found = gone_through(asked, *(paid(hours, 499 if hours == 1 else 800) for hours in range(1, 8)))
    assert [(offer.uses, offer.cost, offer.is_counted) for offer in found.offers] == [
        (0, 0, True),
        (3, 500, True),
        (0, 0, False),
    ]
    assert found.offers[2].most == 30_000
    again = await estimator(season, luck)
    assert gone_through(again, paid(1, 1_000)).cost == 200


async def test_who_does_not_belong_and_who_does_not_take_part_gains_nothing(season: Season) -> None:
    asked = await estimator(season, off(1_000, 100, audience=Audience(segments=("never_paid",))))
    found = gone_through(asked, paid(1, 1_000), paid(2, 1_000, "pty_b"), segments={"pty_b": ["never_paid"]})
    assert (found.gaining_people, found.people, found.cost) == (1, 2, 100)
    some = await estimator(season, off(1_000, 100, stock=1_000), uptake_bps=3_000)
    found = gone_through(some, *(paid(number / 100, 1_000, f"pty_{number}") for number in range(1_000)))
    assert 250 <= found.gaining_people <= 350
    assert found.cost == 100 * found.gaining_people


async def test_payments_are_read_from_the_book_without_what_was_given_back(town: Town, call: Caller) -> None:
    merchant = await town.do(RegisterMerchant(name="面馆", category="5812", region="330106"))
    wallet = await town.wallet(await town.person(), funds=10_000)
    for number, amount in enumerate((1_500, 2_500, 900)):
        asked = OpenOrder(merchant=merchant.id, number=f"o-{number}", subject="面", amount=amount)
        order = await town.do(asked)
        uses = (SourceUse(item=wallet.id),)
        payment = await town.do(PayOrder(order=order.id, sources=uses, channel="counter"))
        if amount == 2_500:
            back = RefundPayment(payment=payment.id, number="r", amount=2_500, reason="退货", channel="counter")
            await town.do(back)
    start = utc_now()
    draft = DraftCampaign(
        name="满减",
        summary="满减",
        starts_at=start,
        ends_at=start + timedelta(days=30),
        asset=wallet.asset,
        funders=(FunderAsked(FunderKind.BANK, "本行", 10_000),),
        offers=(off(1_000, 300, audience=Audience(segments=("verified:remote", "new_customer:5"))),),
    )
    campaign = await town.do(draft)
    since, until = await service.days_of(town.services, 1, recent=True)
    found = await service.estimate(town.services, 1, campaign.id, since, until)
    assert (found.payments, found.sales, found.cost) == (2, 2_400, 300), found
    over_http = await call(
        "GET", f"/v1/campaigns/{campaign.id}/estimate?since={since.isoformat()}&until={until.isoformat()}"
    )
    assert over_http.json()["cost"] == 300
    for query in (f"since={until}&until={since}", "since=2020-01-01&until=2026-01-01"):
        refused = await call("GET", f"/v1/campaigns/{campaign.id}/estimate?{query}")
        assert (refused.status_code, refused.json()["code"]) == (400, "campaign.estimate_days"), query


def test_the_last_month_is_a_whole_one() -> None:
    assert service.last_month(date(2026, 11, 30)) == (date(2026, 10, 1), date(2026, 11, 1))
    assert service.last_month(date(2026, 1, 1)) == (date(2025, 12, 1), date(2026, 1, 1))
