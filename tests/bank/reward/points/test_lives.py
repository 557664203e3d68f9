"""Random lives of points: at every commit what remains of everybody's lots is what the ledger has."""

import random
from datetime import date, timedelta
from typing import Any

import pytest

from canglian.bank.payment import Payment, PaymentState, SourceUse
from canglian.bank.payment.commands import AuthoriseOrder, CapturePayment, PayOrder
from canglian.bank.reward.points.commands import (
    AwardForEvent,
    ExpirePoints,
    FundPointScheme,
    ReturnExchange,
)
from canglian.bank.reward.points.model import (
    AfterRefund,
    EarningRule,
    ExchangeKind,
    ExchangeRule,
    ExchangeState,
    Expiry,
    ExpiryKind,
    PointExchange,
    PointLot,
    PointMember,
    PointScheme,
    Rounding,
    RuleKind,
)
from canglian.ledger.commands import CloseDay
from tests.bank.reward.points.schemes import Points
from tests.lives import seeds

STEPS = 220


async def _schemes(chance: random.Random, street: Points) -> list[PointScheme]:
    exchange = ExchangeRule(kind=ExchangeKind.MONEY, name="零钱", points=7, amount=5)
    rules = (
        EarningRule(
            kind=RuleKind.PER_AMOUNT, points=3, per_fen=chance.randint(50, 300), rounding=chance.choice(list(Rounding))
        ),
        EarningRule(kind=RuleKind.PER_PURCHASE, points=chance.randint(1, 9), at_least=500, per_day=20, total=90),
        EarningRule(kind=RuleKind.EVENT, points=11, event="invite", per_person=40),
    )
    lives = (Expiry(kind=ExpiryKind.MONTHS, months=1), Expiry(kind=ExpiryKind.YEAR_END), Expiry())
    return [
        await street.scheme(
            code=f"life-{place}",
            rules=rules,
            exchanges=(exchange,),
            expiry=expiry,
            after_refund=policy,
            per_day=chance.choice((None, 60)),
            funds=300,
        )
        for place, (expiry, policy) in enumerate(zip(lives, AfterRefund, strict=True))
    ]


@pytest.mark.parametrize("seed", seeds([1, 2, 3, 4, 5, 6]))
async def test_no_point_is_lost_or_comes_from_nowhere(street: Points, seed: int) -> None:
    chance = random.Random(seed)
    schemes = await _schemes(chance, street)
    people = [await street.ewallet(serial, 100_000) for serial in (1, 2, 3)]
    shop, done, today = await street.shop(), 0, date(2026, 1, 5)
    for number in range(STEPS):
        if chance.random() < 0.12:
            today += timedelta(days=chance.choice((1, 3, 17)))
            await street.do(CloseDay(next_day=today))
        command = await _step(chance, street, chance.choice(schemes), people, shop, number, today)
        done += (await street.ask(command)).error is None
        for scheme in schemes:
            await street.explain_points(scheme)
    assert done > STEPS // 3
    lots = await street.rows(PointLot)
    assert any(lot.expired for lot in lots)
    assert any(lot.taken for lot in lots)
    assert any(lot.spent for lot in lots)
    assert len(await street.rows(PointMember)) > len(schemes)


async def _step(
    chance: random.Random, street: Points, scheme: PointScheme, people: list[Any], shop: Any, number: int, today: date
) -> Any:
    payments, members = await street.rows(Payment), await street.rows(PointMember, scheme=scheme.id)
    person, place = chance.choice(people), chance.random()
    if place < 0.3 or not payments or not members:
        order = await street.order(shop, chance.randint(100, 3_000), number=f"life-{number}")
        kind = chance.choice((PayOrder, PayOrder, AuthoriseOrder))
        return kind(order=order.id, sources=(SourceUse(item=person.id, pin=1),), channel="mobile")
    if place < 0.5:
        payment = chance.choice(payments)
        left = payment.gross_captured - payment.gross_refunded
        if payment.state is PaymentState.PAID and left and chance.random() < 0.7:
            return street.refunding(payment, chance.choice((left, chance.randint(1, left))), f"r-{number}")
        return CapturePayment(payment=payment.id, amount=chance.randint(1, max(1, payment.gross)))
    if place < 0.58:
        return street.award(scheme, person, chance.randint(1, 90), f"a-{chance.randint(1, 40)}")
    if place < 0.64:
        who = person.party or ""
        return AwardForEvent(scheme=scheme.id, party=who, event="invite", number=f"i-{chance.randint(1, 40)}")
    if place < 0.8:
        own = [wallet for wallet in people if any(member.party == wallet.party for member in members)]
        return await street.exchanging(scheme, chance.choice(own), chance.randint(1, 4))
    if place < 0.88:
        done = await street.rows(PointExchange, scheme=scheme.id, state=ExchangeState.DONE)
        if done:
            return ReturnExchange(exchange=chance.choice(done).id, reason="点错了", channel="counter")
    if place < 0.95:
        return ExpirePoints(member=chance.choice(members).id, on=today)
    return FundPointScheme(scheme=scheme.id, amount=chance.randint(1, 50), channel="counter")
