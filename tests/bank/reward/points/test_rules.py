"""How many points something earns, until when they live, and what they cost."""

from datetime import date

import pytest

from canglian.bank.purpose.rules import Payee, Payees
from canglian.bank.reward.points.model import (
    EarningRule,
    ExchangeKind,
    ExchangeRule,
    Expiry,
    ExpiryKind,
    Rounding,
    RuleKind,
)
from canglian.bank.reward.points.rules import earned, earned_by, fault_of, kept, liability, valid_until

GROCER = Payee(id="mer_1", category="5411", region="330106", lists=(), goods=())
RESTAURANT = Payee(id="mer_2", category="5812", region="330106", lists=(), goods=())


@pytest.mark.parametrize(
    ("rounding", "amount", "points"),
    [
        (Rounding.DOWN, 199, 1),
        (Rounding.HALF_UP, 149, 1),
        (Rounding.HALF_UP, 150, 2),
        (Rounding.UP, 101, 2),
        (Rounding.UP, 100, 1),
    ],
)
def test_a_fraction_of_a_point_is_rounded_as_the_rule_names_it(rounding: Rounding, amount: int, points: int) -> None:
    rule = EarningRule(kind=RuleKind.PER_AMOUNT, points=1, per_fen=100, rounding=rounding)
    assert earned((rule,), GROCER, amount) == (points,)


def test_all_rules_that_fit_a_purchase_are_added_up() -> None:
    rules = (
        EarningRule(kind=RuleKind.PER_AMOUNT, points=2, per_fen=100),
        EarningRule(kind=RuleKind.PER_PURCHASE, points=10, payees=Payees(categories=("5812",))),
        EarningRule(kind=RuleKind.PER_PURCHASE, points=7, at_least=5_000),
        EarningRule(kind=RuleKind.EVENT, points=50, event="invite"),
    )
    assert earned(rules, GROCER, 4_999) == (99, 0, 0, 0)
    assert earned(rules, GROCER, 5_000) == (100, 0, 7, 0)
    assert earned(rules, RESTAURANT, 5_000) == (100, 10, 7, 0)
    assert earned(rules, RESTAURANT, 0) == (0, 0, 0, 0)
    assert earned_by(rules, "invite") == (0, 0, 0, 50)
    assert earned_by(rules, "review") == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("expiry", "on", "last"),
    [
        (Expiry(kind=ExpiryKind.MONTHS, months=1), date(2026, 1, 31), date(2026, 2, 28)),
        (Expiry(kind=ExpiryKind.MONTHS, months=12), date(2028, 2, 29), date(2029, 2, 28)),
        (Expiry(kind=ExpiryKind.MONTHS, months=11), date(2026, 1, 5), date(2026, 12, 5)),
        (Expiry(kind=ExpiryKind.YEAR_END), date(2026, 12, 31), date(2026, 12, 31)),
        (Expiry(kind=ExpiryKind.YEAR_END, years=1), date(2026, 1, 1), date(2027, 12, 31)),
        (Expiry(), date(2026, 1, 1), None),
    ],
)
def test_points_live_until_their_last_day(expiry: Expiry, on: date, last: date | None) -> None:
    assert valid_until(expiry, on) == last


def test_a_part_of_a_fen_of_the_liability_is_one() -> None:
    assert [liability(points, 33) for points in (0, 1, 100, 101)] == [0, 1, 33, 34]


def test_what_stays_after_refunds_is_never_more_than_the_share() -> None:
    assert [kept(10, 999, refunded) for refunded in (0, 1, 500, 998, 999, 1_200)] == [10, 9, 4, 0, 0, 0]


def test_figures_that_contradict_each_other_are_named() -> None:
    per_yuan = EarningRule(kind=RuleKind.PER_AMOUNT, points=1)
    money = ExchangeRule(kind=ExchangeKind.MONEY, name="零钱", points=1, amount=1)
    never = Expiry()
    assert fault_of((per_yuan,), never, (money,)) is None
    assert fault_of((EarningRule(kind=RuleKind.EVENT, points=1),), never, ()) == "point_scheme.event"
    assert fault_of((per_yuan,), Expiry(kind=ExpiryKind.MONTHS), ()) == "point_scheme.expiry"
    assert fault_of((per_yuan,), Expiry(kind=ExpiryKind.NEVER, years=1), ()) == "point_scheme.expiry"
    lacking = ExchangeRule(kind=ExchangeKind.COUPON, name="券", points=1)
    assert fault_of((per_yuan,), never, (lacking,)) == "point_scheme.exchange"
