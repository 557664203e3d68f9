"""Random lives of campaigns: at every commit each fen of each funder has its place, and no bound is passed."""

import random
from datetime import timedelta
from typing import Any

import pytest

from canglian.bank.payment import OrderState, Payment, PaymentOrder, PaymentState, SourceUse
from canglian.bank.payment.commands import AuthoriseOrder, CancelPayment, CapturePayment, CloseOrder, PayOrder
from canglian.bank.reward import (
    Campaign,
    CampaignOffer,
    Coupon,
    CouponQuote,
    CouponState,
    OfferClaims,
    OfferKind,
    QuoteState,
    RefundPolicy,
    Tier,
)
from canglian.bank.reward.campaigns.commands.values import OfferAsked
from canglian.bank.reward.commands import (
    CancelCouponQuote,
    ClaimCoupon,
    EndCampaign,
    ExpireCouponQuotes,
    ExpireCoupons,
    FinishCampaign,
    FundCampaign,
    PauseCampaign,
    PayBackFunder,
    QuoteCoupons,
    ResumeCampaign,
    SettleCampaign,
    VoidCoupon,
)
from tests.bank.reward.seasons import Season, off
from tests.lives import seeds

STEPS = 250


def _offers(chance: random.Random) -> tuple[OfferAsked, ...]:
    percent = OfferAsked(
        kind=OfferKind.PERCENT,
        name="九折",
        tiers=(Tier(chance.randrange(500), 1_234, 1_000),),
        stock=6,
        per_person=3,
        valid_days=1,
        refund=chance.choice(list(RefundPolicy)),
        stacks=True,
        rank=2,
    )
    tiered = OfferAsked(
        kind=OfferKind.TIERED, name="阶梯", tiers=(Tier(1_000, 101), Tier(5_000, 777)), stock=4, per_person=2
    )
    return off(1_000, 333, stock=5, per_day=3, stacks=True), percent, tiered


@pytest.mark.parametrize("seed", seeds([1, 2, 3, 4, 5, 6]))
async def test_no_fen_is_lost_and_no_bound_is_passed(season: Season, seed: int) -> None:
    chance = random.Random(seed)
    funds = (chance.randrange(2_000, 6_000), 4_000, 3_000)
    campaign = await season.approved(*_offers(chance), funds=funds, ends_at=season.now + timedelta(days=4))
    people = [await season.ewallet(serial, 100_000) for serial in (1, 2, 3)]
    shop, done = await season.shop(), 0
    for number in range(STEPS):
        season.now += timedelta(minutes=chance.choice((0, 1, 30)) if number < STEPS - 60 else 180)
        command = await _step(chance, season, campaign, people, shop, number)
        done += (await season.ask(command)).error is None
        await season.explain(campaign)
        await _bounds(season, campaign)
    assert done > STEPS // 8
    assert {coupon.state for coupon in await season.rows(Coupon)} >= {CouponState.USED}


async def _bounds(season: Season, campaign: Campaign) -> None:
    coupons = await season.rows(Coupon)
    for offer in await season.rows(CampaignOffer, campaign=campaign.id):
        own = [coupon for coupon in coupons if coupon.offer == offer.id]
        ended = (CouponState.EXPIRED, CouponState.VOID)
        assert offer.taken == sum(coupon.state not in ended for coupon in own) <= offer.stock
        assert offer.used == sum(coupon.state is CouponState.USED for coupon in own)
        assert all(claims.claimed <= offer.per_person for claims in await season.rows(OfferClaims, offer=offer.id))
    kept = {quote.id: quote for quote in await season.rows(CouponQuote) if quote.state is QuoteState.OPEN}
    for coupon in coupons:
        locked_for = None if coupon.quote is None else kept[coupon.quote].order
        assert locked_for is None or (coupon.state, coupon.order) == (CouponState.LOCKED, locked_for)
        assert coupon.reserving == bool(sum(coupon.reserved))
        assert coupon.used == sum(coupon.spent) <= coupon.amount


async def _step(
    chance: random.Random, season: Season, campaign: Campaign, people: list[Any], shop: Any, number: int
) -> Any:
    coupons, payments = await season.rows(Coupon), await season.rows(Payment)
    place = chance.random()
    known: dict[str, Any] = {"campaign": campaign.id}
    if place < 0.35 or not coupons:
        offer = await season.offer(campaign, chance.randrange(3))
        return ClaimCoupon(offer=offer.id, wallet=chance.choice(people).id)
    coupon = chance.choice(coupons)
    if place < 0.65:
        order = await season.order(shop, chance.randint(300, 8_000), number=f"life-{number}")
        named = {found.offer: found for found in (coupon, *chance.choices(coupons, k=chance.choice((0, 0, 1))))}
        ranks = {offer.id: offer.rank for offer in await season.rows(CampaignOffer)}
        together = sorted(named.values(), key=lambda found: (ranks[found.offer], found.id))
        coupon_uses = tuple(SourceUse(source="coupon", item=found.id, pin=1) for found in together)
        uses = (*coupon_uses, SourceUse(item=chance.choice(people).id, pin=1))
        if chance.random() < 0.3:
            await season.ask(QuoteCoupons(order=order.id, wallets=(coupon.wallet,)))
            if chance.random() < 0.3:
                return await _quoted(chance, season)
        kind = chance.choice((PayOrder, PayOrder, AuthoriseOrder))
        return kind(order=order.id, sources=uses, channel="mobile")
    if place < 0.85 and payments:
        payment = chance.choice(payments)
        left = payment.gross_captured - payment.gross_refunded
        if payment.state is PaymentState.PAID and left and chance.random() < 0.6:
            return season.refunding(payment, chance.choice((left, chance.randint(1, left))), f"r-{number}")
        if payment.expires_at is not None and chance.random() < 0.7:
            amount = chance.randint(1, max(1, payment.gross - payment.gross_captured))
            return CapturePayment(payment=payment.id, amount=amount, final=chance.random() < 0.3)
        return CancelPayment(payment=payment.id, reason="测试")
    return chance.choice(
        [
            *[ExpireCoupons(coupons=tuple(found.id for found in coupons))] * 4,
            *[VoidCoupon(coupon=coupon.id, reason="测试")] * 2,
            FundCampaign(**known, funder=chance.randint(1, 3), amount=chance.randint(1, 500), channel="counter"),
            PauseCampaign(**known, reason="测试"),
            *[ResumeCampaign(**known, reason="测试")] * 3,
            FinishCampaign(**known),
            SettleCampaign(**known),
            PayBackFunder(**known, funder=chance.randint(1, 3), channel="counter"),
            *([EndCampaign(**known, reason="测试")] if chance.random() < 0.05 else []),
        ]
    )


async def _quoted(chance: random.Random, season: Season) -> Any:
    """Something that is done to what was quoted."""
    quotes = await season.rows(CouponQuote)
    quote = chance.choice(quotes)
    orders = [order for order in await season.rows(PaymentOrder) if order.state is OrderState.OPEN]
    return chance.choice(
        [
            CancelCouponQuote(quote=quote.id),
            ExpireCouponQuotes(quotes=tuple(quote.id for quote in quotes)),
            *([CloseOrder(order=chance.choice(orders).id, reason="测试")] if orders else []),
        ]
    )
