"""On which days instalments fall, and what parts of a year lie between days."""

from datetime import date

import pytest
from msgspec.structs import replace

from canglian.bank.credit.plan import DayCount, Holidays, Method, MonthEnd, PlannedDate, Terms, Unit, schedule

TERMS = Terms(principal=1_200_000, rate_ppm=60_000, instalments=4)


def dues(terms: Terms, start: date) -> list[str]:
    return [f"{row.due:%m-%d}" for row in schedule(terms, start).instalments]


def interests(terms: Terms, start: date) -> list[int]:
    return [row.interest for row in schedule(terms, start).instalments]


@pytest.mark.parametrize(
    ("month_end", "start", "days"),
    [
        (MonthEnd.CLAMP, date(2026, 1, 31), ["02-28", "03-31", "04-30", "05-31"]),
        (MonthEnd.CLAMP, date(2024, 1, 31), ["02-29", "03-31", "04-30", "05-31"]),
        (MonthEnd.CLAMP, date(2026, 2, 28), ["03-28", "04-28", "05-28", "06-28"]),
        (MonthEnd.ROLL, date(2026, 1, 31), ["03-01", "03-31", "05-01", "05-31"]),
        (MonthEnd.ROLL, date(2024, 1, 30), ["03-01", "03-30", "04-30", "05-30"]),
        (MonthEnd.LAST, date(2026, 2, 28), ["03-31", "04-30", "05-31", "06-30"]),
        (MonthEnd.LAST, date(2026, 1, 30), ["02-28", "03-30", "04-30", "05-30"]),
    ],
)
def test_month_ends(month_end: MonthEnd, start: date, days: list[str]) -> None:
    assert dues(replace(TERMS, month_end=month_end), start) == days


def test_a_loan_of_a_leap_day_is_due_on_the_last_of_february() -> None:
    rows = schedule(replace(TERMS, instalments=2, every=12), date(2024, 2, 29)).instalments
    assert [row.due for row in rows] == [date(2025, 2, 28), date(2026, 2, 28)]


def test_weeks_and_days() -> None:
    assert dues(replace(TERMS, unit=Unit.WEEK, every=2), date(2026, 1, 31)) == ["02-14", "02-28", "03-14", "03-28"]
    assert dues(replace(TERMS, unit=Unit.DAY, instalments=1), date(2026, 2, 28)) == ["03-01"]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        (Holidays.NONE, ["02-28", "03-31", "04-30", "05-31"]),
        (Holidays.FOLLOWING, ["03-02", "03-31", "04-30", "06-01"]),
        (Holidays.MODIFIED_FOLLOWING, ["02-27", "03-31", "04-30", "05-29"]),
        (Holidays.PRECEDING, ["02-27", "03-31", "04-30", "05-29"]),
    ],
)
def test_holidays_move_instalments(rule: Holidays, days: list[str]) -> None:
    """28 February and 31 May 2026 are days off."""
    terms = replace(TERMS, holidays=rule, day_count=DayCount.ACTUAL_360)
    rows = schedule(terms, date(2026, 1, 31), calendar=lambda day: day.weekday() < 5).instalments
    assert [f"{row.due:%m-%d}" for row in rows] == days
    assert [row.end for row in rows] == [row.due for row in rows]


def test_moved_days_cost_interest_or_not() -> None:
    terms = replace(TERMS, holidays=Holidays.FOLLOWING, day_count=DayCount.ACTUAL_360, method=Method.INTEREST_ONLY)
    start = date(2026, 1, 31)
    moved = schedule(terms, start, calendar=lambda day: day.weekday() < 5).instalments
    kept = schedule(replace(terms, moved_interest=False), start, calendar=lambda day: day.weekday() < 5).instalments
    assert [row.interest for row in moved] == [6_000, 5_800, 6_000, 6_400]
    assert [row.interest for row in kept] == [5_600, 6_200, 6_000, 6_200]
    assert [row.due for row in kept] == [row.due for row in moved]


@pytest.mark.parametrize(
    ("day_count", "expected"),
    [
        (DayCount.MONTHLY, [6_000, 6_000, 6_000, 6_000]),
        (DayCount.MONTHLY_ACTUAL, [6_000, 6_000, 6_000, 6_000]),
        (DayCount.THIRTY_360, [6_000, 5_800, 6_200, 6_000]),
        (DayCount.ACTUAL_360, [6_200, 5_800, 6_200, 6_000]),
        (DayCount.ACTUAL_365, [6_115, 5_721, 6_115, 5_918]),
        (DayCount.ACTUAL_ACTUAL, [6_098, 5_705, 6_098, 5_902]),
    ],
)
def test_day_counts(day_count: DayCount, expected: list[int]) -> None:
    """12,000 at 6 % from the last day of a year before a leap year: 31 December, 31 January, 29 February and so on."""
    terms = replace(TERMS, day_count=day_count, method=Method.INTEREST_ONLY)
    assert interests(terms, date(2023, 12, 31)) == expected


def test_a_broken_first_period_is_whole_months_and_days() -> None:
    """20 January to 1 March: a month, and 9 days of 360."""
    terms = replace(TERMS, method=Method.INTEREST_ONLY, first_due=date(2026, 3, 1))
    rows = schedule(terms, date(2026, 1, 20)).instalments
    assert [row.interest for row in rows] == [7_800, 6_000, 6_000, 6_000]
    assert [f"{row.due:%m-%d}" for row in rows] == ["03-01", "04-01", "05-01", "06-01"]


def test_a_bullet_pays_once_after_its_whole_term() -> None:
    (row,) = schedule(replace(TERMS, method=Method.BULLET, instalments=6), date(2026, 1, 31)).instalments
    assert (row.due, row.principal, row.interest) == (date(2026, 7, 31), 1_200_000, 36_000)


def test_a_plan_by_dates_follows_the_harvests() -> None:
    dates = (PlannedDate(date(2026, 6, 30), 1), PlannedDate(date(2026, 10, 31), 2), PlannedDate(date(2027, 6, 30), 0))
    terms = replace(
        TERMS, method=Method.BY_DATES, dates=(*dates, PlannedDate(date(2027, 10, 31), 3)), day_count=DayCount.ACTUAL_360
    )
    rows = schedule(terms, date(2026, 3, 1)).instalments
    assert [row.principal for row in rows] == [200_000, 400_000, 0, 600_000]
    assert [row.interest for row in rows] == [24_200, 20_500, 24_200, 12_300]
