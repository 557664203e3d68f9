"""Random lives of a season: merchants come and go, coupons are used where they may, and each fen has its place."""

import random
from datetime import timedelta
from typing import Any

import pytest
from tests.bank.reward.seasons import off
from tests.lives import seeds
from tests.scenario.shopping.cities import City

from canglian.bank.payment import Merchant, Payment
from canglian.bank.reward import Campaign, Coupon
from canglian.bank.reward.commands import (
    ClaimCoupon,
    EndCampaign,
    ExpireCoupons,
    PayBackFunder,
    SettleCampaign,
    VoidCoupon,
)
from canglian.kernel.errors import CanglianError
from canglian.scenario.shopping.commands import CompleteLeaving, JoinCampaign, LeaveCampaign
from canglian.scenario.shopping.model import PartState, SeasonCampaign, SeasonMerchant

STEPS = 160


@pytest.mark.parametrize("seed", seeds([1, 2, 3]))
async def test_no_fen_is_lost_while_merchants_come_and_go(city: City, seed: int) -> None:
    chance = random.Random(seed)
    offers = off(1_000, 333, stock=30, per_person=20, valid_days=2), off(2_000, 777, stock=20, per_person=20)
    campaign, place = await city.placed(None, *offers, leave_days=chance.choice((0, 1)))
    await city.on(campaign, chance.randrange(4_000, 9_000), 5_000, 3_000)
    people = [await city.ewallet(serial, 300_000) for serial in (1, 2)]
    shops = [await city.shop(name=name) for name in ("甲店", "乙店", "丙店")]
    done = 0
    for number in range(STEPS):
        city.now += timedelta(minutes=chance.choice((0, 30, 300)))
        before = await _lists(city, campaign)
        command = await _step(chance, city, (campaign, place), people, shops, number)
        outcome = await city.ask(command)
        done += outcome.error is None
        await city.explain(campaign)
        await _taken_only_where_it_may_be(city, campaign, before)
    assert done > STEPS // 6


async def _lists(city: City, campaign: Campaign) -> set[str]:
    """The merchants whose coupons are taken."""
    return {merchant.id for merchant in await city.rows(Merchant) if campaign.id in merchant.lists}


async def _taken_only_where_it_may_be(city: City, campaign: Campaign, before: set[str]) -> None:
    """Merchants on the campaign's list are those that joined or are leaving; none other has taken a coupon."""
    parts = await city.rows(SeasonMerchant)
    assert await _lists(city, campaign) == {part.merchant for part in parts if part.takes_coupons}
    ever = {part.merchant for part in parts if part.joined_at is not None}
    payments = {payment.id: payment for payment in await city.rows(Payment)}
    coupons = await city.rows(Coupon, campaign=campaign.id)
    assert {payments[coupon.payment].merchant for coupon in coupons if coupon.payment is not None} <= ever
    assert all(part.state is not PartState.LEAVING or part.merchant in before for part in parts)


async def _step(
    chance: random.Random,
    city: City,
    where: tuple[Campaign, SeasonCampaign],
    people: list[Any],
    shops: list[Merchant],
    number: int,
) -> Any:
    campaign, place = where
    shop, wallet, turn = chance.choice(shops), chance.choice(people), chance.random()
    coupons = await city.rows(Coupon, campaign=campaign.id)
    parts, payments = await city.rows(SeasonMerchant), await city.rows(Payment)
    if turn < 0.15 or not parts:
        return JoinCampaign(place=place.id, merchant=shop.id)
    if turn < 0.25:
        part = chance.choice(parts)
        return chance.choice((LeaveCampaign(part=part.id, reason="不做了"), CompleteLeaving(part=part.id)))
    if turn < 0.5 or not coupons:
        return ClaimCoupon(offer=(await city.offer(campaign, chance.randrange(2))).id, wallet=wallet.id)
    coupon = chance.choice(coupons)
    if turn < 0.8:
        order = await city.order(shop, chance.randint(900, 5_000), number=f"life-{number}")
        return city.uses(order, coupon, wallet)
    left = [payment for payment in payments if payment.gross > payment.gross_refunded]
    if turn < 0.92 and left:
        payment = chance.choice(left)
        amount = payment.gross - payment.gross_refunded
        return city.refunding(payment, chance.choice((amount, chance.randint(1, amount))), f"r-{number}")
    late: list[Any] = [EndCampaign(campaign=campaign.id, reason="到期"), SettleCampaign(campaign=campaign.id)]
    late.append(PayBackFunder(campaign=campaign.id, funder=chance.randint(1, 3), channel="counter"))
    soon: list[Any] = [
        ExpireCoupons(coupons=tuple(row.id for row in coupons)),
        VoidCoupon(coupon=coupon.id, reason="测试"),
    ]
    return chance.choice(soon + late if number > STEPS * 2 // 3 else soon)


async def test_a_refund_after_the_season_was_settled_goes_to_whoever_paid(city: City) -> None:
    """The merchant has left, the campaign is settled and paid back: what comes back is its funders' own, once."""
    campaign, place = await city.placed(None, off(1_000, 300), leave_days=0)
    await city.on(campaign, 5_000, 3_000, 2_000)
    tea, wallet = await city.shop(), await city.ewallet(1, 50_000)
    part = await city.joined(place, tea)
    paid = await city.used(tea, 2_000, await city.claimed(campaign, wallet), wallet)
    await city.do(LeaveCampaign(part=part.id, reason="装修"))
    await city.do(EndCampaign(campaign=campaign.id, reason="到期"))
    await city.do(SettleCampaign(campaign=campaign.id))
    for funder in (1, 2, 3):
        await city.do(PayBackFunder(campaign=campaign.id, funder=funder, channel="counter"))
    assert [places[2:] for places in await city.funders(campaign)] == [(150, 0), (90, 0), (60, 0)]
    await city.do(city.refunding(paid, 1_000, "half"))
    await city.do(city.refunding(paid, 1_000, "rest"))
    assert [places[2:] for places in await city.funders(campaign)] == [(0, 150), (0, 90), (0, 60)]
    with pytest.raises(CanglianError) as caught:
        await city.do(city.refunding(paid, 1, "more"))
    assert caught.value.code.startswith("refund.")
    await city.explain(campaign)
    await city.do(PayBackFunder(campaign=campaign.id, funder=1, channel="counter"))
    with pytest.raises(CanglianError) as caught:
        await city.do(PayBackFunder(campaign=campaign.id, funder=1, channel="counter"))
    assert caught.value.code == "campaign.nothing_returned"
    await city.explain(campaign)
