"""Attacks on campaigns, each refused or without an effect: nothing is lost, and nothing is doubled.

Others stand beside what they attack:

- a percentage of 50,000, a discount above its price: ``test_flash``, ``test_a_percentage_above_all_of_the_price…``
- claims of the last coupons at once: ``test_flash``, ``test_claims_of_the_last_coupons_by_two_servers_at_once…``
- one person with thirty phones: ``test_flash``, ``test_one_person_with_thirty_phones_gets_one``
- a coupon that came back, and another person: ``coupons/test_quote_faces``, ``test_another_person_does_not_pay…``
- a seed that is withheld: ``draws/test_draws``, ``test_a_withheld_seed_is_replaced_by_the_public_figure…``
- merchants that buy from themselves, or leave: ``scenario/shopping``, ``test_faces`` and ``test_joining``
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from canglian.bank.payment.commands import CloseMerchant, TakePayment
from canglian.bank.reward import Campaign, CampaignOffer, CampaignState, Coupon, CouponState, OfferClaims
from canglian.bank.reward.campaigns.commands.drafting import asked_again
from canglian.bank.reward.campaigns.commands.values import FunderAsked
from canglian.bank.reward.commands import (
    EndCampaign,
    ExpireCoupons,
    FinishCampaign,
    PayBackFunder,
    QuoteCoupons,
    ReviseCampaign,
    SettleCampaign,
)
from canglian.bank.wallet import Wallet
from canglian.bank.wallet.commands import ShowCode
from canglian.bank.wallet.model import CodeKind
from canglian.kernel.values import SHANGHAI
from tests.bank.reward.coupons.test_quotes import paying
from tests.bank.reward.seasons import Season, off

TICK = timedelta(microseconds=1)


async def _shows(season: Season, wallet: Wallet, digest: str) -> str:
    """The digest of a code that somebody shows."""
    await season.do(ShowCode(wallet=wallet.id, code_kind=CodeKind.PAY, code_digest=digest, channel="mobile", pin=1))
    return digest


async def _amounts(season: Season, payment: Any) -> list[tuple[str, int]]:
    return [(line.source, line.amount) for line in await season.lines(payment)]


async def test_a_coupon_that_applies_by_itself_is_used_once_by_payments_that_come_together(season: Season) -> None:
    campaign, person, shop = await season.approved(off(stock=1)), await season.ewallet(1, 50_000), await season.shop()
    await season.claimed(campaign, person)
    orders = [await season.order(shop, 12_000, number=f"o-{turn}") for turn in range(2)]
    codes = [await _shows(season, person, mark * 32) for mark in "ab"]
    taken = [
        TakePayment(order=order.id, code_digest=code, channel="counter")
        for order, code in zip(orders, codes, strict=True)
    ]
    payments = [
        outcome.unwrap()
        for outcome in await asyncio.gather(*(season.engine.submit(1, command, actor="till") for command in taken))
    ]
    found = [await _amounts(season, payment) for payment in payments]
    assert sorted(found) == [[("coupon", 2_500), ("wallet", 9_500)], [("wallet", 12_000)]]
    assert (await season.refused(await season.claims(campaign, person)))[0] == "campaign_offer.none_left"
    assert (await season.offer(campaign)).used == 1
    await season.explain(campaign)


async def test_what_applies_by_itself_keeps_to_the_budget_of_a_store_and_the_payment_goes_on(season: Season) -> None:
    campaign = await season.approved(off(), off(11_000, 300, name="再减三", stacks=True), store_budget=2_700)
    people = [await season.ewallet(serial, 50_000) for serial in (1, 2, 3)]
    shop, payments = await season.shop(), []
    for place, person in enumerate(people):
        await season.claimed(campaign, person, 0 if place < 2 else 1)
        order = await season.order(shop, 12_000, number=f"o-{place}")
        quote = await season.do(QuoteCoupons(order=order.id, wallets=(person.id,)))
        assert [out.code for out in quote.left_out] == ([] if place == 0 else ["campaign.store_budget"])
        code = await _shows(season, person, f"{place}" * 32)
        payments.append(await season.do(TakePayment(order=order.id, code_digest=code, channel="counter")))
    assert [await _amounts(season, payment) for payment in payments] == [
        [("coupon", 2_500), ("wallet", 9_500)],
        [("wallet", 12_000)],
        [("wallet", 12_000)],
    ]
    await season.explain(campaign)


async def test_a_campaign_with_living_coupons_is_not_edited(season: Season) -> None:
    campaign, person = await season.approved(), await season.ewallet(1, 50_000)
    coupon = await season.claimed(campaign, person)
    campaign, offer = await season.get(Campaign, campaign.id), await season.offer(campaign)
    before = await season.funders(campaign)
    funders = tuple(FunderAsked(each.kind, each.name, each.share_bps, each.wallet) for each in campaign.funders)
    edited = ReviseCampaign(
        campaign=campaign.id,
        name="改了",
        summary="改了",
        starts_at=campaign.starts_at,
        ends_at=campaign.ends_at,
        funders=funders,
        offers=(asked_again(offer),),
        channel="counter",
    )
    for state in (CampaignState.RUNNING, CampaignState.ENDED):
        code, fields = await season.refused(edited)
        assert (code, fields["state"]) == ("campaign.state", state.value)
        if state is CampaignState.RUNNING:
            await season.do(EndCampaign(campaign=campaign.id, reason="测试"))
    assert await season.get(CampaignOffer, offer.id) == offer
    assert await season.coupon(coupon) == coupon
    assert await season.funders(campaign) == before


async def test_at_midnight_the_campaign_its_coupons_and_its_quotes_are_over_together(season: Season) -> None:
    day = season.now.astimezone(SHANGHAI).date() + timedelta(days=2)
    midnight = datetime.combine(day, datetime.min.time(), SHANGHAI).astimezone(UTC)
    campaign = await season.approved(ends_at=midnight)
    people, shop = [await season.ewallet(serial, 50_000) for serial in (1, 2, 3)], await season.shop()
    season.now = midnight - TICK
    coupons = [await season.claimed(campaign, person) for person in people[:2]]
    orders = [await season.order(shop, 12_000, number=f"o-{turn}") for turn in range(2)]
    quotes = [
        await season.do(QuoteCoupons(order=order.id, wallets=(person.id,)))
        for order, person in zip(orders, people, strict=False)
    ]
    assert [quote.expires_at for quote in quotes] == [midnight] * 2
    await season.do(paying(orders[0], quotes[0], people[0]))
    season.now = midnight
    assert (await season.refused(paying(orders[1], quotes[1], people[1])))[0] == "coupon_quote.expired"
    again = await season.do(QuoteCoupons(order=orders[1].id, wallets=(people[1].id,)))
    assert (again.off, again.due) == (0, 12_000)
    assert (await season.refused(await season.claims(campaign, people[2])))[0] == "campaign.over"
    await season.do(FinishCampaign(campaign=campaign.id))
    await season.do(ExpireCoupons(coupons=tuple(coupon.id for coupon in coupons)))
    assert [(await season.coupon(coupon)).state for coupon in coupons] == [CouponState.USED, CouponState.EXPIRED]
    await season.do(SettleCampaign(campaign=campaign.id))
    await season.explain(campaign)


async def test_parts_that_are_refunded_after_the_settlement_are_the_funders_own_and_give_no_coupon(
    season: Season,
) -> None:
    campaign, person, shop = await season.approved(), await season.ewallet(1, 50_000), await season.shop()
    coupon = await season.claimed(campaign, person)
    paid = await season.used(shop, 12_000, coupon, person)
    season.now = campaign.ends_at
    await season.do(FinishCampaign(campaign=campaign.id))
    await season.do(SettleCampaign(campaign=campaign.id))
    for place in (1, 2, 3):
        await season.do(PayBackFunder(campaign=campaign.id, funder=place, channel="counter"))
    assert await season.funders(campaign) == [(0, 0, 1_250, 0), (0, 0, 750, 0), (0, 0, 500, 0)]
    for turn, returned in enumerate((1_250, 2_500)):
        await season.refund(paid, 6_000, f"r-{turn}")
        assert sum(places[3] for places in await season.funders(campaign)) == returned
        await season.explain(campaign)
    code, _ = await season.refused(season.refunding(paid, 1, "r-2"))
    assert code == "refund.above_payment"
    assert (await season.coupon(coupon)).state is CouponState.USED
    assert await season.has(person) == 50_000
    assert await season.funders(campaign) == [(0, 0, 0, 1_250), (0, 0, 0, 750), (0, 0, 0, 500)]


async def test_a_coupon_that_a_refund_gives_back_after_the_settlement_is_used_or_returned_once(season: Season) -> None:
    start = season.now
    campaign = await season.approved(ends_at=start + timedelta(days=1), uses_until=start + timedelta(days=9))
    person, shop = await season.ewallet(1, 50_000), await season.shop()
    coupon = await season.claimed(campaign, person)
    paid = await season.used(shop, 12_000, coupon, person)
    season.now = start + timedelta(days=1)
    await season.do(FinishCampaign(campaign=campaign.id))
    await season.do(SettleCampaign(campaign=campaign.id))
    await season.refund(paid, 12_000)
    assert (await season.coupon(coupon)).state is CouponState.CLAIMED
    await season.explain(campaign)
    again = await season.used(shop, 12_000, coupon, person, number="o-2")
    await season.refund(again, 12_000, "r-2")
    season.now = start + timedelta(days=9)
    await season.do(ExpireCoupons(coupons=(coupon.id,)))
    assert (await season.coupon(coupon)).state is CouponState.EXPIRED
    assert [places[:3] for places in await season.funders(campaign)] == [(0, 0, 0)] * 3
    await season.explain(campaign)


async def test_a_merchant_that_closes_leaves_coupons_and_what_it_is_owed_as_they_are(season: Season) -> None:
    campaign, leaving, staying = await season.approved(), await season.shop(), await season.shop(name="乙店")
    people = [await season.ewallet(serial, 50_000) for serial in (1, 2)]
    coupons = [await season.claimed(campaign, person) for person in people]
    paid = await season.used(leaving, 12_000, coupons[0], people[0])
    owed = await season.owed(leaving)
    await season.do(CloseMerchant(merchant=leaving.id, reason="退出"))
    assert await season.owed(leaving) == owed == 12_000 - paid.fee
    order = await season.order(staying, 12_000, number="o-2")
    await season.do(season.uses(order, coupons[1], people[1]))
    assert (await season.offer(campaign)).used == 2
    claimed = [(await season.get(OfferClaims, (coupon.offer, coupon.party))).claimed for coupon in coupons]
    assert claimed == [1, 1]
    await season.explain(campaign)
    assert len(await season.rows(Coupon)) == 2
