"""Schedules that others published, to the fen."""

from datetime import date

from msgspec.structs import replace

from canglian.bank.credit.plan import DayCount, Schedule, Terms, schedule


def totals(found: Schedule) -> list[int]:
    return [row.total for row in found.instalments]


def interests(found: Schedule) -> list[int]:
    return [row.interest for row in found.instalments]


def test_a_period_is_split_where_the_year_ends() -> None:
    """10,000 at 12 %, actual/actual, from 12 December 2023."""
    terms = Terms(principal=1_000_000, rate_ppm=120_000, instalments=6, day_count=DayCount.ACTUAL_ACTUAL)
    found = schedule(terms, date(2023, 12, 12))
    assert totals(found) == [172_556] * 5 + [172_559]
    assert interests(found) == [10_181, 8_514, 6_405, 5_158, 3_345, 1_736]


def test_what_the_last_instalment_differs_by_is_spread_where_that_makes_it_less() -> None:
    """331.77 at 10.65 %, actual/actual, over 5 months from 12 December 2023; spread, the rest is 2 instead of 3."""
    terms = Terms(principal=33_177, rate_ppm=106_500, instalments=5, day_count=DayCount.ACTUAL_ACTUAL)
    assert totals(schedule(terms, date(2023, 12, 12))) == [6_814] * 4 + [6_812]
    assert totals(schedule(replace(terms, spread=False), date(2023, 12, 12))) == [6_813] * 4 + [6_816]


def test_a_year_of_equal_instalments() -> None:
    """100,000 at 6 %: 8,606.64 a month."""
    found = schedule(Terms(principal=10_000_000, rate_ppm=60_000, instalments=12), date(2026, 1, 15))
    assert totals(found) == [860_664] * 11 + [860_669]
    assert found.interest == 327_973
    assert [row.balance for row in found.instalments][-1] == 0
