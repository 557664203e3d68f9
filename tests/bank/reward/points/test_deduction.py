"""Points take money off payments: the merchant is paid out of what was set aside, and a refund gives back the lots."""

from datetime import date
from typing import Any

from canglian.bank.payment import Payment, SourceUse
from canglian.bank.payment.commands import AuthoriseOrder, CancelPayment, CapturePayment, PayOrder
from canglian.bank.purpose.rules import Payees
from canglian.bank.reward.points.commands import ReturnExchange, SetPointDeduction
from canglian.bank.reward.points.model import (
    Deduction,
    ExchangeKind,
    ExchangeRule,
    ExchangeState,
    PointExchange,
    PointScheme,
)
from canglian.bank.wallet import Wallet
from tests.bank.reward.points.schemes import Points

HALF = Deduction(points=100, amount=100, share_bps=5_000)


async def _paying(
    street: Points, scheme: PointScheme, person: Wallet, amount: int, *more: SourceUse, kind: Any = PayOrder
) -> Any:
    member, order = await street.member(scheme, person), await street.order(await street.shop(), amount)
    uses = (SourceUse(source="points", item=member.id), *more, SourceUse(item=person.id, pin=1))
    return kind(order=order.id, sources=uses, channel="mobile")


async def _exchange(street: Points) -> PointExchange:
    (found,) = await street.rows(PointExchange)
    return found


async def test_points_take_their_share_of_the_price_off_and_the_merchant_is_paid_all_of_it(street: Points) -> None:
    scheme = await street.scheme(deduction=HALF)
    person = await street.ewallet(1, 50_000)
    await street.do(street.award(scheme, person, 900))
    paid: Payment = await street.do(await _paying(street, scheme, person, 1_001))
    assert paid.captured == 1_001
    assert await street.has(person) == 50_000 - 501
    assert await street.balance(scheme.funds) == 100_000 - 500
    assert await street.points(scheme, person) == 900 - 500 + 5
    done = await _exchange(street)
    assert (done.kind, done.points, done.amount, done.payment) == (ExchangeKind.PAYMENT, 500, 500, paid.id)
    await street.explain_points(scheme)


async def test_all_points_are_used_where_the_share_leaves_room(street: Points) -> None:
    scheme = await street.scheme(deduction=Deduction(points=300, amount=100))
    person = await street.ewallet(1, 50_000)
    await street.do(street.award(scheme, person, 500))
    await street.do(await _paying(street, scheme, person, 10_000))
    done = await _exchange(street)
    assert (done.points, done.amount) == (498, 166)
    await street.explain_points(scheme)


async def test_a_refund_gives_points_back_to_the_lots_that_they_came_from(street: Points) -> None:
    scheme = await street.scheme(deduction=Deduction(points=100, amount=100), rules=())
    person = await street.ewallet(1, 50_000)
    for number, points in enumerate((60, 50, 70)):
        await street.do(street.award(scheme, person, points, f"a-{number}"))
        await street.reach(date(2026, 1, 6 + number))
    before = [(lot.remaining, lot.valid_until) for lot in await street.lots(scheme, person)]
    paid = await street.do(await _paying(street, scheme, person, 300))
    assert [lot.remaining for lot in await street.lots(scheme, person)] == [0, 0, 0]
    await street.refund(paid, 100, "r-1")
    assert [lot.remaining for lot in await street.lots(scheme, person)] == [0, 0, 60]
    done = await _exchange(street)
    assert (done.state, done.returned, done.returned_amount) == (ExchangeState.DONE, 60, 60)
    await street.refund(paid, 200, "r-2")
    assert [(lot.remaining, lot.valid_until) for lot in await street.lots(scheme, person)] == before
    done = await _exchange(street)
    assert (done.state, done.returned, done.returned_amount) == (ExchangeState.RETURNED, 180, 180)
    assert await street.balance(scheme.funds) == 100_000
    assert await street.has(person) == 50_000
    await street.explain_points(scheme)


async def test_a_refund_in_many_parts_gives_back_each_point_once(street: Points) -> None:
    scheme = await street.scheme(deduction=Deduction(points=7, amount=5), rules=())
    person = await street.ewallet(1, 50_000)
    await street.do(street.award(scheme, person, 700))
    paid = await street.do(await _paying(street, scheme, person, 997))
    for number, amount in enumerate((1, 2, 3, 490, 500, 1)):
        await street.refund(paid, amount, f"r-{number}")
        await street.explain_points(scheme)
    assert await street.points(scheme, person) == 700
    assert await street.balance(scheme.funds) == 100_000


async def test_points_of_a_part_that_is_let_go_come_back(street: Points) -> None:
    scheme = await street.scheme(deduction=HALF, rules=())
    person = await street.ewallet(1, 50_000)
    await street.do(street.award(scheme, person, 900))
    held = await street.do(await _paying(street, scheme, person, 1_000, kind=AuthoriseOrder))
    assert await street.points(scheme, person) == 400
    await street.do(CapturePayment(payment=held.id, amount=400, final=True))
    assert await street.points(scheme, person) == 700
    assert await street.balance(scheme.funds) == 100_000 - 200
    await street.explain_points(scheme)


async def test_a_payment_that_is_cancelled_spends_no_points(street: Points) -> None:
    scheme = await street.scheme(deduction=HALF, rules=())
    person = await street.ewallet(1, 50_000)
    await street.do(street.award(scheme, person, 900))
    held = await street.do(await _paying(street, scheme, person, 1_000, kind=AuthoriseOrder))
    await street.do(CancelPayment(payment=held.id, reason="不要了"))
    assert await street.points(scheme, person) == 900
    assert (await _exchange(street)).state is ExchangeState.RETURNED
    await street.explain_points(scheme)


async def test_points_come_after_a_coupon_and_both_go_back_in_their_shares(street: Points) -> None:
    scheme, campaign = await street.scheme(deduction=HALF, rules=()), await street.approved()
    person = await street.ewallet(1, 50_000)
    await street.do(street.award(scheme, person, 9_000))
    coupon = await street.claimed(campaign, person)
    uses = SourceUse(source="coupon", item=coupon.id, pin=1)
    paid = await street.do(await _paying(street, scheme, person, 10_000, uses))
    assert await street.has(person) == 50_000 - 2_500
    await street.refund(paid, 10_000)
    assert await street.has(person) == 50_000
    assert await street.points(scheme, person) == 9_000
    await street.explain(campaign)
    await street.explain_points(scheme)


async def test_half_a_refund_gives_half_of_each_discount_back(street: Points) -> None:
    scheme, campaign = await street.scheme(deduction=HALF, rules=()), await street.approved()
    person = await street.ewallet(1, 50_000)
    await street.do(street.award(scheme, person, 9_000))
    coupon = await street.claimed(campaign, person)
    paid = await street.do(
        await _paying(street, scheme, person, 10_000, SourceUse(source="coupon", item=coupon.id, pin=1))
    )
    before, had = await street.points(scheme, person), await street.has(person)
    off = {line.source: line.captured for line in await street.lines(paid)}
    await street.refund(paid, 5_000)
    lines = {line.source: line.refunded for line in await street.lines(paid)}
    assert lines == {source: amount // 2 for source, amount in off.items()}
    assert (await street.coupon(coupon)).used == off["coupon"] - off["coupon"] // 2
    assert await street.points(scheme, person) == before + off["points"] // 2
    assert await street.has(person) == had + off["wallet"] // 2
    await street.explain(campaign)
    await street.explain_points(scheme)


async def test_another_s_points_are_refused_and_nothing_is_changed(street: Points) -> None:
    scheme = await street.scheme(deduction=HALF)
    owner, thief = await street.ewallet(1, 50_000), await street.ewallet(2, 50_000)
    await street.do(street.award(scheme, owner, 900))
    member, order = await street.member(scheme, owner), await street.order(await street.shop(), 1_000)
    uses = (SourceUse(source="points", item=member.id, pin=1), SourceUse(item=thief.id, pin=1))
    command = PayOrder(order=order.id, sources=uses, channel="mobile")
    assert (await street.refused(command))[0] == "point_deduction.wallet"
    unpaid = PayOrder(order=order.id, sources=uses[:1], channel="mobile")
    assert (await street.refused(unpaid))[0] == "point_deduction.wallet"
    wrong_pin = (SourceUse(source="points", item=member.id), SourceUse(item=owner.id))
    refused = PayOrder(order=order.id, sources=wrong_pin, channel="mobile")
    assert (await street.refused(refused))[0].startswith("wallet_pin.")
    assert await street.points(scheme, owner) == 900
    assert await street.rows(PointExchange) == []


async def test_points_take_nothing_off_where_the_scheme_says_so(street: Points) -> None:
    person = await street.ewallet(1, 50_000)
    asked = {
        "point_deduction.not_offered": None,
        "point_deduction.below": Deduction(points=100, amount=100, at_least=1_001),
        "point_deduction.payee": Deduction(points=100, amount=100, payees=Payees(categories=("5812",))),
    }
    for number, (code, deduction) in enumerate(asked.items()):
        scheme = await street.scheme(code=f"s-{number}", deduction=deduction)
        await street.do(street.award(scheme, person, 900))
        assert (await street.refused(await _paying(street, scheme, person, 1_000)))[0] == code
    above = await street.scheme(code="above", deduction=HALF, funds=300)
    await street.do(street.award(above, person, 900))
    member, order = await street.member(above, person), await street.order(await street.shop(), 1_000)
    uses = (SourceUse(item=person.id, pin=1, most=600), SourceUse(source="points", item=member.id))
    last = PayOrder(order=order.id, sources=uses, channel="mobile")
    assert (await street.refused(last))[0] == "point_deduction.above"
    assert await street.rows(PointExchange) == []


async def test_points_take_off_no_more_than_their_liability_counts_for_them(street: Points) -> None:
    more = Deduction(points=100, amount=101)
    assert (await street.refused(street.draft_of(deduction=more)))[0] == "point_scheme.deduction"
    rule = ExchangeRule(kind=ExchangeKind.PAYMENT, name="抵现", points=100, amount=100)
    assert (await street.refused(street.draft_of(exchanges=(rule,))))[0] == "point_scheme.exchange"


async def test_what_took_money_off_a_payment_comes_back_by_its_refund_alone(street: Points) -> None:
    scheme = await street.scheme(deduction=HALF)
    person = await street.ewallet(1, 50_000)
    await street.do(street.award(scheme, person, 900))
    await street.do(await _paying(street, scheme, person, 1_000))
    done = await _exchange(street)
    command = ReturnExchange(exchange=done.id, reason="点错了", channel="counter")
    assert (await street.refused(command))[0] == "point_exchange.payment"


async def test_somebody_has_their_checkout_take_points_off(street: Points) -> None:
    scheme, without = await street.scheme(deduction=HALF), await street.scheme(code="plain")
    person = await street.ewallet(1, 50_000)
    for each in (scheme, without):
        await street.do(street.award(each, person, 900))
    member = await street.member(scheme, person)
    assert not member.deducts
    assert (await street.do(SetPointDeduction(member=member.id, deducts=True))).deducts
    other = await street.member(without, person)
    code, _ = await street.refused(SetPointDeduction(member=other.id, deducts=True))
    assert code == "point_deduction.not_offered"
