"""Interest in integers: the sum of the days is the closed form, to the last part."""

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from canglian.bank.deposit import DepositInterest
from canglian.bank.deposit.interest import ACCRUED_MAX, UNITS, settled, whole_units, with_day

START = date(2026, 1, 4)
BALANCES = st.lists(st.integers(0, 10**15), min_size=1, max_size=120)


def nothing(day_count: int) -> DepositInterest:
    return DepositInterest(
        account=7,
        deposit="dep_x",
        product="deposit.class1",
        accrued=0,
        remainder=0,
        day_count=day_count,
        until=START,
        settled_on=START,
        closed=False,
    )


def exact(interest: DepositInterest) -> Fraction:
    """What an account has to get, in minor units, with nothing rounded."""
    return Fraction(interest.accrued, UNITS) + Fraction(interest.remainder, interest.day_count * 1_000_000)


@given(BALANCES, st.integers(0, 200_000), st.sampled_from([360, 365, 366]))
def test_the_sum_of_all_days_is_the_closed_form_with_the_remainder_carried(
    balances: list[int], rate_ppm: int, day_count: int
) -> None:
    interest, closed_form = nothing(day_count), Fraction(0)
    for number, balance in enumerate(balances, start=1):
        interest = with_day(interest, balance, rate_ppm, day_count, START + timedelta(days=number))
        closed_form += Fraction(balance * rate_ppm, day_count * 1_000_000)
        assert exact(interest) == closed_form
        assert 0 <= interest.remainder < day_count * 100
    assert whole_units(interest) == closed_form // 1
    assert interest.until == START + timedelta(days=len(balances))


@given(BALANCES, st.integers(1, 200_000), st.sets(st.integers(0, 119)))
def test_settling_on_any_days_pays_the_same_in_all(balances: list[int], rate_ppm: int, settled_after: set[int]) -> None:
    interest, paid = nothing(360), 0
    for number, balance in enumerate(balances):
        interest = with_day(interest, balance, rate_ppm, 360, START + timedelta(days=number + 1))
        if number in settled_after:
            paid += whole_units(interest)
            interest = settled(interest, interest.until)
    assert paid + exact(interest) == Fraction(sum(balances) * rate_ppm, 360 * 1_000_000)


@given(st.integers(0, 10**15), st.integers(1, 200_000))
def test_a_new_count_of_days_loses_less_than_the_smallest_unit(balance: int, rate_ppm: int) -> None:
    before = with_day(nothing(360), balance, rate_ppm, 360, START + timedelta(days=1))
    after = with_day(before, 0, rate_ppm, 365, START + timedelta(days=2))
    assert 0 <= exact(before) - exact(after) < Fraction(1, UNITS)


def test_nothing_is_due_on_less_than_nothing() -> None:
    assert with_day(nothing(360), -5_000_000, 500, 360, START + timedelta(days=1)).accrued == 0


def test_interest_that_nobody_earns_stays_within_what_is_kept() -> None:
    assert with_day(nothing(360), 9 * 10**18, 200_000, 360, START + timedelta(days=1)).accrued == ACCRUED_MAX


def test_a_worked_example() -> None:
    """10,000.00 at 0.05 % by 360 bear 1.3888… fen a day: 125 fen in ninety days."""
    interest = nothing(360)
    for number in range(90):
        interest = with_day(interest, 1_000_000, 500, 360, START + timedelta(days=number + 1))
        if number == 0:
            assert (interest.accrued, interest.remainder) == (13_888, 32_000)
    assert (whole_units(interest), interest.accrued, interest.remainder) == (125, 1_250_000, 0)
