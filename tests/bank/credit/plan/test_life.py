"""Methods, what days cost, what ends a loan, and what is left after a part was paid back."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from canglian.bank.credit.plan import (
    DayCount,
    Drawdown,
    Fees,
    Keep,
    Method,
    PlannedDate,
    RateChange,
    Terms,
    accrued,
    daily,
    interest_on,
    payoff,
    prepaid,
    reopened,
    schedule,
)
from canglian.kernel.errors import Rejection

START = date(2026, 1, 15)
TERMS = Terms(principal=10_000_000, rate_ppm=60_000, instalments=12)
BY_DAYS = replace(TERMS, day_count=DayCount.ACTUAL_360)


def test_equal_principal() -> None:
    rows = schedule(replace(TERMS, method=Method.EQUAL_PRINCIPAL), START).instalments
    assert [row.principal for row in rows] == [833_333] * 11 + [833_337]
    assert [row.interest for row in rows][:3] == [50_000, 45_833, 41_667]


def test_a_balloon_is_left_to_the_last_instalment() -> None:
    rows = schedule(replace(TERMS, method=Method.BALLOON, balloon=5_000_000), START).instalments
    assert {row.total for row in rows[:-1]} == {455_332}
    assert rows[-1].total == 5_455_334
    assert rows[-2].balance == 5_428_193


def test_grace() -> None:
    """Two instalments pay interest alone, the interest of the first one with the second."""
    rows = schedule(replace(TERMS, grace_principal=2, grace_interest=1), START).instalments
    assert [(row.principal, row.interest) for row in rows[:2]] == [(0, 0), (0, 100_000)]
    assert {row.total for row in rows[2:-1]} == {1_027_706}


def test_free_of_interest_and_subsidised() -> None:
    rows = schedule(replace(TERMS, interest_free=3, subsidy_ppm=500_000), START).instalments
    assert [row.interest for row in rows[:3]] == [0, 0, 0]
    assert all(row.subsidy == row.interest // 2 for row in rows)
    assert rows[0].total == 848_964


def test_a_rate_step_levels_what_is_left() -> None:
    steps = (RateChange(date(2026, 7, 15), 30_000),)
    rows = schedule(replace(TERMS, rate_changes=steps), START).instalments
    assert [row.total for row in rows] == [860_664] * 6 + [853_218] * 5 + [853_217]


def test_a_rate_that_changes_every_month_for_thirty_years() -> None:
    terms = replace(TERMS, instalments=360)
    days = [row.due for row in schedule(terms, START).instalments[:-1]]
    changes = tuple(RateChange(day, 30_000 + place * 100) for place, day in enumerate(days))
    plan = schedule(replace(terms, rate_changes=changes), START)
    assert plan.instalments[-1].balance == 0
    assert plan.principal == 10_000_000


def test_no_interest_at_all() -> None:
    rows = schedule(replace(TERMS, rate_ppm=0, instalments=7), START).instalments
    assert [row.total for row in rows] == [1_428_571] * 6 + [1_428_574]


def test_one_day() -> None:
    (row,) = schedule(
        replace(BY_DAYS, instalments=1, method=Method.BULLET, first_due=START + timedelta(1)), START
    ).instalments
    assert row.total == 10_001_667


@pytest.mark.parametrize(
    ("day_count", "expected"), [(DayCount.MONTHLY, 8_333), (DayCount.ACTUAL_360, 8_333), (DayCount.ACTUAL_365, 8_219)]
)
def test_five_days_cost_five_days(day_count: DayCount, expected: int) -> None:
    plan = schedule(replace(TERMS, day_count=day_count), START)
    owed = payoff(plan, date(2026, 1, 20))
    assert (owed.principal, owed.interest, owed.fee) == (10_000_000, expected, 0)


def test_remainders_are_carried_from_day_to_day() -> None:
    """66.67 fen a day: no day is rounded by itself."""
    days = [interest for _, interest in daily(schedule(replace(BY_DAYS, principal=400_000), START))]
    assert days[:6] == [67, 66, 67, 67, 66, 67]
    assert sum(days[:31]) == 2_067


def test_interest_of_a_balance_as_it_was() -> None:
    balances = [(START, 10_000_000), (date(2026, 1, 20), 4_000_000), (date(2026, 1, 25), 0)]
    assert interest_on(BY_DAYS, START, balances, date(2026, 1, 22)) == 8_333 + 1_333 + 1
    assert interest_on(BY_DAYS, START, balances, date(2026, 3, 1)) == 11_667
    assert interest_on(BY_DAYS, START, [], date(2026, 3, 1)) == 0


def test_a_prepayment_shortens_the_term_or_lowers_the_instalments() -> None:
    plan = schedule(BY_DAYS, START)
    on = date(2026, 4, 20)
    owed = payoff(plan, on)
    level = plan.instalments[0].total
    short, low = (prepaid(plan, on, 4_000_000, keep) for keep in (Keep.INSTALMENT, Keep.TERM))
    for paid in (short, low):
        assert paid.interest == owed.interest == accrued(plan, on) - accrued(plan, date(2026, 4, 15))
        assert paid.principal == 4_000_000 - owed.interest
    assert short.schedule is not None
    assert low.schedule is not None
    assert [row.total for row in short.schedule.instalments[:-1]] == [level] * (len(short.schedule.instalments) - 1)
    assert len(short.schedule.instalments) < 9
    assert len(low.schedule.instalments) == 9
    assert low.schedule.instalments[0].total < level
    assert short.saved > low.saved > 0


def test_paying_twice_on_a_day_costs_interest_once() -> None:
    plan = schedule(BY_DAYS, START)
    on = date(2026, 1, 25)
    once = prepaid(plan, on, 1_000_000)
    assert once.interest == 16_667
    assert once.schedule is not None
    twice = prepaid(once.schedule, on, 1_000_000)
    assert (twice.interest, twice.principal) == (0, 1_000_000)
    assert twice.schedule is not None
    rest = payoff(twice.schedule, on)
    closed = prepaid(twice.schedule, on, rest.total)
    assert (closed.schedule, closed.interest) == (None, 0)
    assert once.principal + twice.principal + closed.principal == 10_000_000


def test_a_prepayment_cuts_no_days_for_which_something_is_still_drawn() -> None:
    days = tuple(PlannedDate(date(2026, month, 15), 1) for month in (3, 6, 9))
    terms = replace(BY_DAYS, method=Method.BY_DATES, dates=days)
    plan = schedule(terms, START, [Drawdown(START, 100_000), Drawdown(date(2026, 8, 1), 9_900_000)])
    left = prepaid(plan, date(2026, 1, 16), 90_000).schedule
    assert left is not None
    assert left.end == date(2026, 9, 15)
    assert left.principal == 100_000 - 90_000 + 17 + 9_900_000


def test_a_fee_for_paying_early() -> None:
    plan = schedule(replace(BY_DAYS, fees=Fees(upfront=10_000, each=100, early_ppm=10_000)), START)
    owed = payoff(plan, date(2026, 1, 20))
    assert (owed.fee, owed.total) == (100_000, 10_108_333)
    paid = prepaid(plan, date(2026, 1, 20), 1_018_333)
    assert (paid.principal, paid.interest, paid.fee) == (1_000_000, 8_333, 10_000)
    assert {row.fee for row in plan.instalments} == {100}
    assert plan.upfront_fee == 10_000


def test_a_loan_goes_on_by_other_terms() -> None:
    """Half a year later: half a year longer, at another rate, with a month's interest that was not paid."""
    plan = schedule(TERMS, START)
    on = date(2026, 7, 15)
    longer = replace(TERMS, instalments=18, rate_changes=(RateChange(on, 48_000),))
    again = reopened(plan, on, deferred=25_000, terms=longer)
    assert [row.number for row in again.instalments] == list(range(7, 19))
    assert again.instalments[-1].due == date(2027, 7, 15)
    assert again.principal == plan.instalments[5].balance
    assert again.instalments[0].interest == 25_000 + round(again.principal * 4 / 1000)
    assert len({row.total for row in again.instalments[1:-1]}) == 1


@pytest.mark.parametrize(
    ("on", "amount", "code"),
    [
        (START - timedelta(1), 100, "before_start"),
        (date(2027, 1, 15), 100, "after_end"),
        (date(2026, 1, 20), 8_333, "prepayment_too_small"),
        (date(2026, 1, 20), 10_008_334, "prepayment_too_large"),
    ],
)
def test_prepayments_that_are_refused(on: date, amount: int, code: str) -> None:
    with pytest.raises(Rejection) as refused:
        prepaid(schedule(BY_DAYS, START), on, amount)
    assert refused.value.code == f"loan_plan.{code}"
