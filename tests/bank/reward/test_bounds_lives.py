"""Random lives of a bounded campaign: whatever is claimed, paid, refunded and expired, no bound is ever passed."""

import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from canglian.bank.payment import Payment, PaymentOrder, PaymentState, SourceUse
from canglian.bank.payment.commands import AuthoriseOrder, CancelPayment, CapturePayment, PayOrder
from canglian.bank.reward import Campaign, CampaignOffer, Coupon, CouponState, OfferClaims, RefundPolicy
from canglian.bank.reward.bounds.model import Bounds, Cap, CapKind, OfferCapCount, StoreSpend
from canglian.bank.reward.commands import (
    ClaimCoupon,
    ExpireCoupons,
    FundCampaign,
    PauseCampaign,
    ResumeCampaign,
    VoidCoupon,
)
from canglian.kernel.values import SHANGHAI
from canglian.ledger.model import Hold, HoldState
from tests.bank.reward.seasons import Season, off
from tests.lives import seeds

STEPS = 250
DAY_BUDGET, STORE_BUDGET = 1_500, 1_100
DEVICES = ("a" * 32, "b" * 32)
ENDED = (CouponState.EXPIRED, CouponState.VOID)


@pytest.mark.parametrize("seed", seeds([1, 2, 3, 4, 5, 6, 7, 8]))
async def test_no_budget_no_stock_and_no_cap_is_ever_passed(season: Season, seed: int) -> None:
    chance = random.Random(seed)
    again = chance.random() < 0.5
    caps = (Cap(CapKind.DEVICE, 4), Cap(CapKind.CARD, 3))
    campaign = await season.approved(
        off(1_000, 333, stock=9, per_day=4, per_person=3, bounds=Bounds(caps=caps, again=again), stacks=True),
        off(
            2_000,
            500,
            name="满二十减五",
            stock=6,
            per_person=2,
            valid_days=1,
            bounds=Bounds(again=not again, opens_at=season.now + timedelta(hours=6)),
            refund=chance.choice(list(RefundPolicy)),
            stacks=True,
            rank=2,
        ),
        funds=(chance.randrange(2_000, 5_000), 4_000, 3_000),
        ends_at=season.now + timedelta(days=5),
        day_budget=DAY_BUDGET,
        store_budget=STORE_BUDGET,
    )
    people = [await season.ewallet(serial, 100_000) for serial in (1, 2, 3)]
    shops = [await season.shop(), await season.shop(name="新城粮油店")]
    codes: Counter[str] = Counter()
    for number in range(STEPS):
        season.now += timedelta(minutes=chance.choice((0, 1, 30, 60)))
        command = await _step(chance, season, campaign, people, shops, number)
        error = (await season.ask(command)).error
        codes["done" if error is None else error.code] += 1
        await season.explain(campaign)
        await _within(season, campaign)
    assert codes["done"] > STEPS // 8, codes
    assert codes.keys() & {"campaign.day_budget", "campaign.store_budget", "coupon.cap", "campaign_offer.none_today"}


async def _within(season: Season, campaign: Campaign) -> None:
    campaign = await season.get(Campaign, campaign.id)
    offers = {offer.id: offer for offer in await season.rows(CampaignOffer)}
    coupons = await season.rows(Coupon)
    counted = [coupon for coupon in coupons if not (coupon.state in ENDED and offers[coupon.offer].bounds.again)]
    for offer in offers.values():
        own = [coupon for coupon in coupons if coupon.offer == offer.id]
        assert offer.taken == sum(coupon.state not in ENDED for coupon in own) <= offer.stock
        kept = Counter(coupon.party for coupon in counted if coupon.offer == offer.id)
        claims = {row.party: row.claimed for row in await season.rows(OfferClaims, offer=offer.id)}
        assert {party: many for party, many in claims.items() if many} == dict(kept)
        assert all(many <= offer.per_person for many in kept.values())
        today = [coupon for coupon in counted if coupon.offer == offer.id and _day(coupon) == offer.day]
        assert offer.day_taken == len(today)
        assert offer.per_day is None or len(today) <= offer.per_day
        counts = await season.rows(OfferCapCount, offer=offer.id)
        for cap in offer.bounds.caps:
            of_kind = [count.claimed for count in counts if count.kind == cap.kind.value]
            assert all(0 <= claimed <= cap.most for claimed in of_kind)
            assert sum(of_kind) == sum(kept.values())
    today = [coupon.amount for coupon in counted if _day(coupon) == campaign.day]
    assert campaign.day_reserved == sum(today) <= DAY_BUDGET
    await _at_stores(season, coupons)


def _day(coupon: Coupon) -> Any:
    return coupon.claimed_at.astimezone(SHANGHAI).date()


async def _at_stores(season: Season, coupons: list[Coupon]) -> None:
    """What was taken off at each store, and what is held for it, is what its budget counts."""
    merchants = {order.id: order.merchant for order in await season.rows(PaymentOrder)}
    spent: Counter[str] = Counter()
    for coupon in coupons:
        if coupon.order is not None:
            spent[merchants[coupon.order]] += coupon.used
    for line in await season.rows(Hold):
        if line.code == "reward.spent" and line.state is HoldState.PENDING:
            payment = await season.get(Payment, line.reference)
            spent[merchants[payment.order]] += line.remaining
    rows = {row.store: row.spent for row in await season.rows(StoreSpend)}
    assert {store: many for store, many in rows.items() if many} == {
        store: many for store, many in spent.items() if many
    }
    assert all(many <= STORE_BUDGET for many in rows.values())


async def _step(
    chance: random.Random, season: Season, campaign: Campaign, people: list[Any], shops: list[Any], number: int
) -> Any:
    coupons, payments = await season.rows(Coupon), await season.rows(Payment)
    place = chance.random()
    known: dict[str, Any] = {"campaign": campaign.id}
    if place < 0.35 or not coupons:
        offer = await season.offer(campaign, chance.randrange(2))
        device = chance.choice((*DEVICES, None)) if not offer.bounds.caps else chance.choice(DEVICES)
        return ClaimCoupon(offer=offer.id, wallet=chance.choice(people).id, device=device)
    coupon = chance.choice(coupons)
    if place < 0.65:
        order = await season.order(chance.choice(shops), chance.randint(900, 8_000), number=f"bound-{number}")
        wallet = next(person for person in people if person.id == coupon.wallet)
        uses = (SourceUse(source="coupon", item=coupon.id, pin=1), SourceUse(item=wallet.id, pin=1))
        return chance.choice((PayOrder, AuthoriseOrder))(order=order.id, sources=uses, channel="mobile")
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
            *[ExpireCoupons(coupons=tuple(found.id for found in coupons))] * 3,
            *[VoidCoupon(coupon=coupon.id, reason="测试")] * 3,
            FundCampaign(**known, funder=chance.randint(1, 3), amount=chance.randint(1, 500), channel="counter"),
            PauseCampaign(**known, reason="测试"),
            *[ResumeCampaign(**known, reason="测试")] * 3,
        ]
    )
