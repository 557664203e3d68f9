"""A rule gives a person no more on a day and in all, and everybody together no more, than its own bounds say."""

import asyncio
from datetime import date
from typing import Any

from canglian.bank.payment.commands import CapturePayment
from canglian.bank.reward.points.commands import AwardForEvent
from canglian.bank.reward.points.model import (
    AfterRefund,
    EarningRule,
    PointLot,
    PointRuleCount,
    PointScheme,
    RuleKind,
)
from tests.bank.reward.points.schemes import PER_YUAN, Points


def _rule(**bounds: Any) -> EarningRule:
    return EarningRule(kind=RuleKind.PER_AMOUNT, points=1, per_fen=100, **bounds)


async def _given(street: Points, scheme: PointScheme, rule: int = 1) -> int:
    """What a rule has given to all together."""
    (found,) = await street.rows(PointRuleCount, scheme=scheme.id, rule=rule, party="")
    return found.points


async def test_a_rule_gives_a_person_so_much_on_a_day_and_another_rule_goes_on(street: Points) -> None:
    scheme = await street.scheme(
        rules=(_rule(per_day=100), EarningRule(kind=RuleKind.PER_PURCHASE, points=5)), per_month=1_000
    )
    person, shop = await street.ewallet(1, 100_000), await street.shop()
    await street.paid(shop, person, 8_000)
    await street.paid(shop, person, 8_000)
    await street.paid(shop, person, 8_000)
    lots = await street.lots(scheme, person)
    assert [(lot.points, lot.by_rules) for lot in lots] == [(85, (80, 5)), (25, (20, 5)), (5, (0, 5))]
    await street.reach(date(2026, 1, 6))
    await street.paid(shop, person, 8_000)
    assert (await street.lots(scheme, person))[-1].by_rules == (80, 5)
    await street.explain_points(scheme)


async def test_a_rule_gives_a_person_so_much_in_all_however_many_days(street: Points) -> None:
    scheme = await street.scheme(rules=(_rule(per_person=100),))
    person, other, shop = await street.ewallet(1, 100_000), await street.ewallet(2, 100_000), await street.shop()
    await street.paid(shop, person, 8_000)
    await street.reach(date(2026, 1, 6))
    await street.paid(shop, person, 8_000)
    await street.paid(shop, person, 8_000)
    await street.paid(shop, other, 8_000)
    assert [lot.points for lot in await street.lots(scheme, person)] == [80, 20]
    assert [lot.points for lot in await street.lots(scheme, other)] == [80]


async def test_the_last_points_of_a_rule_are_given_once_however_many_ask_together(street: Points) -> None:
    rule = EarningRule(kind=RuleKind.EVENT, points=50, event="invite", total=120)
    scheme = await street.scheme(rules=(rule,))
    people = [await street.ewallet(serial) for serial in (1, 2, 3, 4)]
    asked = [
        AwardForEvent(scheme=scheme.id, party=person.party or "", event="invite", number=f"i-{place}")
        for place, person in enumerate(people)
    ]
    outcomes = await asyncio.gather(*[street.ask(command) for command in asked])
    refused = [outcome.error for outcome in outcomes if outcome.error is not None]
    assert [error.code for error in refused] == ["point_member.bounds"]
    assert sorted(lot.points for lot in await street.rows(PointLot)) == [20, 50, 50]
    assert await _given(street, scheme) == 120
    await street.explain_points(scheme)


async def test_what_a_refund_cancels_is_given_again_but_not_on_the_same_day(street: Points) -> None:
    scheme = await street.scheme(rules=(_rule(per_day=100, per_person=150, total=150),))
    person, shop = await street.ewallet(1, 100_000), await street.shop()
    paid = await street.paid(shop, person, 10_000)
    await street.refund(paid, 2_500, "r-1")
    assert await _given(street, scheme) == 75
    await street.refund(paid, 7_500, "r-2")
    assert await _given(street, scheme) == 0
    await street.paid(shop, person, 10_000)
    assert len(await street.lots(scheme, person)) == 1
    await street.reach(date(2026, 1, 6))
    await street.paid(shop, person, 10_000)
    assert await _given(street, scheme) == 100
    await street.explain_points(scheme)


async def test_points_that_stay_after_a_refund_stay_counted(street: Points) -> None:
    scheme = await street.scheme(rules=(_rule(total=150),), after_refund=AfterRefund.KEEP)
    person, shop = await street.ewallet(1, 100_000), await street.shop()
    await street.refund(await street.paid(shop, person, 10_000), 10_000)
    assert await _given(street, scheme) == 100


async def test_parts_that_are_captured_stay_within_the_bounds_of_each_rule(street: Points) -> None:
    rules = (_rule(per_person=12), EarningRule(kind=RuleKind.PER_PURCHASE, points=10))
    scheme = await street.scheme(rules=rules)
    person, shop = await street.ewallet(1, 50_000), await street.shop()
    held = await street.do(street.authorises(await street.order(shop, 2_000), person))
    for amount in (850, 850, 300):
        await street.do(CapturePayment(payment=held.id, amount=amount))
    assert [lot.by_rules for lot in await street.lots(scheme, person)] == [(8, 10), (4, 0)]


async def test_the_bounds_of_the_scheme_cut_the_last_rules_first_and_only_what_was_given_is_counted(
    street: Points,
) -> None:
    rules = (PER_YUAN, EarningRule(kind=RuleKind.PER_PURCHASE, points=30, total=100))
    scheme = await street.scheme(rules=rules, per_day=90)
    person, shop = await street.ewallet(1, 50_000), await street.shop()
    await street.paid(shop, person, 8_000)
    assert [lot.by_rules for lot in await street.lots(scheme, person)] == [(80, 10)]
    assert await _given(street, scheme, 2) == 10


async def test_a_narrower_bound_above_a_wider_one_is_refused(street: Points) -> None:
    for bounds in ({"per_day": 10, "per_person": 9}, {"per_person": 10, "total": 9}, {"per_day": 10, "total": 9}):
        assert (await street.refused(street.draft_of(rules=(_rule(**bounds),))))[0] == "point_scheme.bounds"
    assert await street.rows(PointScheme) == []
