"""Points are earned with the payment, spent oldest expiry first, cancelled with the refund, and expire on their day."""

import asyncio
from datetime import date
from typing import Any

import msgspec

from canglian.bank.party import Party
from canglian.bank.payment import SourceUse
from canglian.bank.payment.commands import CapturePayment, QuoteOrder
from canglian.bank.reward import Coupon, CouponState
from canglian.bank.reward.points.commands import (
    ApprovePointScheme,
    AwardForEvent,
    ClosePointScheme,
    ExpirePoints,
    FundPointScheme,
    ImportPointAwards,
    PayBackPointScheme,
    ReturnExchange,
)
from canglian.bank.reward.points.commands.awarding import AwardLine
from canglian.bank.reward.points.model import (
    AfterRefund,
    EarningRule,
    ExchangeKind,
    ExchangeRule,
    ExchangeState,
    Expiry,
    ExpiryKind,
    PointLot,
    PointMember,
    PointScheme,
    RuleKind,
    SchemeState,
)
from canglian.ledger.model import Transfer
from tests.bank.reward.points.schemes import PER_YUAN, Points


async def test_a_payment_earns_in_its_own_commit_what_the_payer_gave_of_their_own(street: Points) -> None:
    scheme, campaign = await street.scheme(), await street.approved()
    person, shop = await street.ewallet(1, 50_000), await street.shop()
    coupon = await street.claimed(campaign, person)
    paid = await street.used(shop, 12_050, coupon, person)
    (lot,) = await street.lots(scheme, person)
    assert (lot.points, lot.remaining, lot.base, lot.payment) == (95, 95, 9_550, paid.id)
    assert (lot.earned_on, lot.valid_until) == (date(2026, 1, 5), date(2027, 1, 5))
    assert await street.points(scheme, person) == 95
    await street.explain_points(scheme)


async def test_a_quote_and_a_refused_payment_earn_nothing(street: Points) -> None:
    await street.scheme()
    person, shop = await street.ewallet(1, 1_000), await street.shop()
    order = await street.order(shop, 900)
    await street.do(QuoteOrder(order=order.id, sources=(SourceUse(item=person.id, pin=1),), channel="mobile"))
    too_much = await street.order(shop, 5_000)
    assert (await street.refused(street.pays(too_much, person)))[0] == "transfer.insufficient_funds"
    assert await street.rows(PointLot) == []


async def test_a_payer_without_a_name_earns_nothing(street: Points) -> None:
    await street.scheme()
    anonymous, shop = await street.anonymous(7, 1_000), await street.shop()
    await street.paid(shop, anonymous, 500)
    assert await street.rows(PointLot) == []


async def test_parts_that_are_captured_earn_together_what_the_whole_does(street: Points) -> None:
    rules = (PER_YUAN, EarningRule(kind=RuleKind.PER_PURCHASE, points=10))
    scheme = await street.scheme(rules=rules)
    person, shop = await street.ewallet(1, 50_000), await street.shop()
    held = await street.do(street.authorises(await street.order(shop, 1_000), person))
    assert await street.rows(PointLot) == []
    await street.do(CapturePayment(payment=held.id, amount=150))
    await street.do(CapturePayment(payment=held.id, amount=850))
    assert [lot.points for lot in await street.lots(scheme, person)] == [11, 9]
    await street.explain_points(scheme)


async def test_the_day_and_the_month_bound_what_rules_give(street: Points) -> None:
    scheme = await street.scheme(per_day=100, per_month=150)
    person, shop = await street.ewallet(1, 100_000), await street.shop()
    await street.paid(shop, person, 8_000)
    await street.paid(shop, person, 8_000)
    await street.paid(shop, person, 8_000)
    assert [lot.points for lot in await street.lots(scheme, person)] == [80, 20]
    await street.reach(date(2026, 1, 6))
    await street.paid(shop, person, 8_000)
    assert [lot.points for lot in await street.lots(scheme, person)] == [80, 20, 50]
    await street.do(street.award(scheme, person, 500))
    assert await street.points(scheme, person) == 650
    await street.explain_points(scheme)


async def test_the_oldest_expiry_is_spent_first_and_what_never_expires_last(street: Points) -> None:
    scheme = await street.scheme(expiry=Expiry(kind=ExpiryKind.MONTHS, months=1))
    person = await street.ewallet(1)
    for number, points in enumerate((60, 50, 70)):
        await street.do(street.award(scheme, person, points, f"a-{number}"))
        await street.reach(date(2026, 1, 6 + number))
    before = await street.has(person)
    done = await street.exchanged(scheme, person)
    assert [part.points for part in done.lots] == [60, 40]
    assert [lot.remaining for lot in await street.lots(scheme, person)] == [0, 10, 70]
    assert await street.has(person) == before + 100
    assert await street.balance(scheme.funds) == 99_900
    await street.explain_points(scheme)


async def test_an_exchange_that_is_taken_back_restores_its_lots_with_the_expiry_they_had(street: Points) -> None:
    scheme = await street.scheme()
    person = await street.ewallet(1, 1_000)
    await street.do(street.award(scheme, person, 60, "a-1"))
    await street.reach(date(2026, 1, 6))
    await street.do(street.award(scheme, person, 80, "a-2"))
    before = [(lot.remaining, lot.valid_until) for lot in await street.lots(scheme, person)]
    done = await street.exchanged(scheme, person)
    await street.reach(date(2026, 1, 7))
    back = await street.do(ReturnExchange(exchange=done.id, reason="点错了", channel="counter"))
    assert back.state is ExchangeState.RETURNED
    assert [(lot.remaining, lot.valid_until) for lot in await street.lots(scheme, person)] == before
    assert await street.has(person) == 1_000
    assert await street.balance(scheme.funds) == 100_000
    code, _ = await street.refused(ReturnExchange(exchange=done.id, reason="点错了", channel="counter"))
    assert code == "point_exchange.state"
    await street.explain_points(scheme)


async def test_points_that_were_returned_after_their_last_day_expire_at_once(street: Points) -> None:
    scheme = await street.scheme(expiry=Expiry(kind=ExpiryKind.YEAR_END))
    person = await street.ewallet(1, 1_000)
    await street.do(street.award(scheme, person, 100))
    done = await street.exchanged(scheme, person)
    await street.reach(date(2027, 1, 1))
    await street.do(ReturnExchange(exchange=done.id, reason="点错了", channel="counter"))
    assert (await street.refused(await street.exchanging(scheme, person)))[0] == "point_member.short"
    member = await street.member(scheme, person)
    assert await street.do(ExpirePoints(member=member.id, on=date(2027, 1, 1))) == 100
    assert await street.points(scheme, person) == 0
    await street.explain_points(scheme)


async def test_a_coupon_is_given_for_points_and_voided_when_it_is_taken_back(street: Points) -> None:
    campaign = await street.approved()
    offer = await street.offer(campaign)
    coupon_for = ExchangeRule(kind=ExchangeKind.COUPON, name="满百减二十五", points=50, offer=offer.id)
    scheme = await street.scheme(exchanges=(coupon_for,))
    person = await street.ewallet(1)
    await street.do(street.award(scheme, person, 120))
    done = await street.exchanged(scheme, person)
    (coupon,) = done.coupons
    assert [found.id for found in await street.rows(Coupon)] == [coupon]
    again = await street.exchanging(scheme, person)
    assert (await street.refused(again))[0] == "coupon.per_person"
    assert await street.points(scheme, person) == 70
    await street.do(ReturnExchange(exchange=done.id, reason="点错了", channel="counter"))
    coupons = {found.id: found.state for found in await street.rows(Coupon)}
    assert coupons[coupon] is CouponState.VOID
    assert await street.points(scheme, person) == 120
    await street.explain(campaign)
    await street.explain_points(scheme)


async def test_a_refund_takes_the_points_of_its_share_back(street: Points) -> None:
    scheme = await street.scheme()
    person, shop = await street.ewallet(1, 50_000), await street.shop()
    paid = await street.paid(shop, person, 10_050)
    await street.refund(paid, 3_000, "r-1")
    (lot,) = await street.lots(scheme, person)
    assert (lot.points, lot.remaining, lot.taken) == (100, 70, 30)
    await street.refund(paid, 7_050, "r-2")
    (lot,) = await street.lots(scheme, person)
    assert (lot.remaining, lot.taken, lot.cancelled, lot.living) == (0, 100, 100, None)
    assert await street.points(scheme, person) == 0
    await street.explain_points(scheme)


async def test_points_that_were_spent_before_the_refund_are_netted_from_what_is_earned_next(street: Points) -> None:
    scheme = await street.scheme()
    person, shop = await street.ewallet(1, 100_000), await street.shop()
    paid = await street.paid(shop, person, 12_000)
    await street.exchanged(scheme, person)
    await street.refund(paid, 12_000)
    member = await street.member(scheme, person)
    assert (member.debt, await street.points(scheme, person)) == (100, 0)
    await street.paid(shop, person, 6_000)
    assert (await street.member(scheme, person)).debt == 40
    await street.paid(shop, person, 6_000)
    lots = await street.lots(scheme, person)
    assert [(lot.points, lot.netted, lot.remaining) for lot in lots] == [(120, 0, 0), (60, 60, 0), (60, 40, 20)]
    assert (await street.member(scheme, person)).debt == 0
    await street.explain_points(scheme)


async def test_a_debt_is_settled_by_an_exchange_that_is_taken_back(street: Points) -> None:
    scheme = await street.scheme()
    person, shop = await street.ewallet(1, 100_000), await street.shop()
    paid = await street.paid(shop, person, 12_000)
    done = await street.exchanged(scheme, person)
    await street.refund(paid, 12_000)
    await street.do(ReturnExchange(exchange=done.id, reason="点错了", channel="counter"))
    assert (await street.member(scheme, person)).debt == 0
    assert await street.points(scheme, person) == 0
    await street.explain_points(scheme)


async def test_a_scheme_may_net_all_of_it_or_let_points_stay(street: Points) -> None:
    nets = await street.scheme(after_refund=AfterRefund.NET)
    keeps = await street.scheme(code="kept", after_refund=AfterRefund.KEEP)
    person, shop = await street.ewallet(1, 100_000), await street.shop()
    paid = await street.paid(shop, person, 5_000)
    await street.refund(paid, 5_000)
    assert [await street.points(scheme, person) for scheme in (nets, keeps)] == [50, 50]
    assert [(await street.member(scheme, person)).debt for scheme in (nets, keeps)] == [50, 0]
    await street.paid(shop, person, 3_000)
    assert [await street.points(scheme, person) for scheme in (nets, keeps)] == [50, 80]
    for scheme in (nets, keeps):
        await street.explain_points(scheme)


async def test_points_are_spent_on_their_last_day_and_gone_after_it(street: Points) -> None:
    scheme = await street.scheme(expiry=Expiry(kind=ExpiryKind.YEAR_END))
    person = await street.ewallet(1)
    await street.do(street.award(scheme, person, 250))
    member = await street.member(scheme, person)
    await street.reach(date(2026, 12, 31))
    code, _ = await street.refused(ExpirePoints(member=member.id, on=date(2027, 1, 1)))
    assert code == "point_member.not_due"
    assert await street.do(ExpirePoints(member=member.id, on=date(2026, 12, 31))) == 0
    await street.exchanged(scheme, person)
    await street.reach(date(2027, 1, 1))
    code, fields = await street.refused(await street.exchanging(scheme, person))
    assert (code, fields["left"]) == ("point_member.short", 0)
    assert await street.do(ExpirePoints(member=member.id, on=date(2027, 1, 1))) == 150
    assert await street.do(ExpirePoints(member=member.id, on=date(2027, 1, 1))) == 0
    assert await street.points(scheme, person) == 0
    await street.explain_points(scheme)


async def test_an_exchange_and_an_expiry_that_come_together_give_the_points_once(street: Points) -> None:
    scheme = await street.scheme(expiry=Expiry(kind=ExpiryKind.YEAR_END))
    person = await street.ewallet(1)
    await street.do(street.award(scheme, person, 100))
    member = await street.member(scheme, person)
    exchange = await street.exchanging(scheme, person)
    await street.reach(date(2027, 1, 1))
    asked: list[Any] = [exchange, ExpirePoints(member=member.id, on=date(2027, 1, 1)), exchange]
    outcomes = await asyncio.gather(*(street.ask(command) for command in asked))
    assert [outcome.error.code if outcome.error else outcome.unwrap() for outcome in outcomes] == [
        "point_member.short",
        100,
        "point_member.short",
    ]
    await street.explain_points(scheme)


async def test_the_same_award_again_awards_nothing_and_another_of_its_number_is_refused(street: Points) -> None:
    scheme = await street.scheme()
    first, other = await street.ewallet(1), await street.ewallet(2)
    lot = await street.do(street.award(scheme, first, 100))
    assert await street.do(street.award(scheme, first, 100)) == lot
    before = await street.rows(Transfer)
    assert (await street.refused(street.award(scheme, first, 101)))[0] == "point_lot.number_taken"
    assert (await street.refused(street.award(scheme, other, 100)))[0] == "point_lot.number_taken"
    assert await street.rows(Transfer) == before
    assert await street.points(scheme, first) == 100


async def test_an_event_earns_what_its_rule_says_once_for_a_number(street: Points) -> None:
    rules = (EarningRule(kind=RuleKind.EVENT, points=30, event="invite"),)
    scheme = await street.scheme(rules=rules, per_day=50)
    person = await street.ewallet(1)
    asked = AwardForEvent(scheme=scheme.id, party=person.party or "", event="invite", number="i-1")
    lot = await street.do(asked)
    assert await street.do(asked) == lot
    more = await street.do(AwardForEvent(scheme=scheme.id, party=person.party or "", event="invite", number="i-2"))
    assert (lot.points, more.points) == (30, 20)
    third = AwardForEvent(scheme=scheme.id, party=person.party or "", event="invite", number="i-3")
    assert (await street.refused(third))[0] == "point_member.bounds"
    unknown = AwardForEvent(scheme=scheme.id, party=person.party or "", event="review", number="i-4")
    assert (await street.refused(unknown))[0] == "point_scheme.no_event"
    await street.explain_points(scheme)


async def test_each_line_of_a_file_has_its_outcome_and_a_number_awards_once(street: Points) -> None:
    scheme = await street.scheme(alone_max=100)
    person, anonymous = await street.ewallet(1), await street.anonymous(7)
    lines = (
        AwardLine(1, person.id, 40, "n-1"),
        AwardLine(2, person.id, 40, "n-1"),
        AwardLine(3, anonymous.id, 40, "n-3"),
        AwardLine(4, "wal_" + "0" * 26, 40, "n-4"),
        AwardLine(5, person.id, 101, "n-5"),
        AwardLine(6, person.id, 41, "n-1"),
    )
    asked = ImportPointAwards(scheme=scheme.id, reason="参加活动", lines=lines)
    done = await street.do(asked)
    assert (done.awarded, done.repeated) == ([1], [2])
    assert [(line.line, line.code) for line in done.refused] == [
        (3, "point_lot.no_party"),
        (4, "point_lot.no_party"),
        (5, "point_lot.above_alone"),
        (6, "point_lot.number_taken"),
    ]
    again = await street.do(asked)
    assert (again.awarded, again.repeated) == ([], [1, 2])
    assert await street.points(scheme, person) == 40
    await street.explain_points(scheme)


async def test_a_scheme_is_approved_by_somebody_else_and_earns_nothing_before_and_after(street: Points) -> None:
    drafted = await street.do(street.draft_of())
    person, shop = await street.ewallet(1, 50_000), await street.shop()
    await street.paid(shop, person, 5_000)
    assert (await street.refused(street.award(drafted, person, 10)))[0] == "point_scheme.state"
    assert (await street.refused(ApprovePointScheme(scheme=drafted.id)))[0] == "point_scheme.own_approval"
    await street.second(ApprovePointScheme(scheme=drafted.id))
    await street.do(street.award(drafted, person, 150))
    await street.do(FundPointScheme(scheme=drafted.id, amount=500, channel="counter"))
    closed = await street.do(ClosePointScheme(scheme=drafted.id, reason="活动结束"))
    assert closed.state is SchemeState.CLOSED
    await street.paid(shop, person, 5_000)
    assert (await street.refused(street.award(drafted, person, 10, "a-2")))[0] == "point_scheme.state"
    assert (await street.refused(PayBackPointScheme(scheme=drafted.id, channel="counter")))[0] == (
        "point_scheme.outstanding"
    )
    await street.exchanged(drafted, person)
    assert await street.points(drafted, person) == 50
    await street.reach(date(2027, 1, 6))
    member = await street.member(drafted, person)
    await street.do(ExpirePoints(member=member.id, on=date(2027, 1, 6)))
    await street.do(PayBackPointScheme(scheme=drafted.id, channel="counter"))
    assert await street.balance(drafted.funds) == 0
    code, _ = await street.refused(PayBackPointScheme(scheme=drafted.id, channel="counter"))
    assert code == "point_scheme.nothing_left"


async def test_what_cannot_be_exchanged_changes_nothing(street: Points) -> None:
    scheme = await street.scheme(funds=50)
    person, other = await street.ewallet(1), await street.ewallet(2)
    await street.do(street.award(scheme, person, 150))
    before = (await street.rows(PointLot), await street.rows(Transfer))
    for pieces, fields, code in (
        (2, {}, "point_member.short"),
        (1, {}, "point_exchange.funds"),
        (1, {"exchange": 2}, "point_exchange.unknown"),
        (1, {"exchange": 0}, "point_exchange.unknown"),
        (0, {}, "transfer.amount_invalid"),
    ):
        assert (await street.refused(await street.exchanging(scheme, person, pieces, **fields)))[0] == code
    member = await street.member(scheme, person)
    foreign = msgspec.structs.replace(await street.exchanging(scheme, person), wallet=other.id)
    assert (await street.refused(foreign))[0] == "point_exchange.wallet"
    digital = await street.ecny(3, party=await street.get(Party, person.party))
    wrong = msgspec.structs.replace(await street.exchanging(scheme, person), wallet=digital.id)
    assert (await street.refused(wrong))[0] == "point_exchange.asset"
    assert (await street.rows(PointLot), await street.rows(Transfer)) == before
    assert (await street.rows(PointMember, id=member.id)) == [member]


async def test_a_scheme_whose_figures_contradict_each_other_is_refused(street: Points) -> None:
    await street.do(street.draft_of())
    assert (await street.refused(street.draft_of()))[0] == "point_scheme.code_taken"
    event = EarningRule(kind=RuleKind.PER_AMOUNT, points=1, event="invite")
    assert (await street.refused(street.draft_of(code="other", rules=(event,))))[0] == "point_scheme.event"
    coupon = ExchangeRule(kind=ExchangeKind.COUPON, name="券", points=1, offer="cof_" + "0" * 26)
    assert (await street.refused(street.draft_of(code="other", exchanges=(coupon,))))[0] == "campaign_offer.not_found"
    assert len(await street.rows(PointScheme)) == 1
