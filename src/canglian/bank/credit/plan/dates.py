"""The days of a plan: month ends, and days that are no business days."""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

from canglian.bank.credit.plan.terms import Holidays, Method, MonthEnd, Terms, Unit

Calendar = Callable[[date], bool]
"""Whether a day is a business day."""

DAYS_OFF_MAX = 60
"""No run of days off is longer."""

_DAYS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def month_day(year: int, month: int, day: int, month_end: MonthEnd) -> date:
    """A day of a month; ``month`` may be more than 12. What the month does not have goes by its rule."""
    if month > 12:
        more, month = divmod(month - 1, 12)
        year, month = year + more, month + 1
    if day <= 28:
        return date(year, month, day)
    length = _DAYS[month] if month != 2 else monthrange(year, 2)[1]
    if day <= length:
        return date(year, month, day)
    if month_end is not MonthEnd.ROLL:
        return date(year, month, length)
    return date(year, month + 1, 1) if month < 12 else date(year + 1, 1, 1)


def due_days(terms: Terms, start: date) -> list[date]:
    """The days on which instalments are due by their rule, before holidays move them."""
    if terms.method is Method.BY_DATES:
        return [planned.due for planned in terms.dates]
    count, every, first = terms.instalments, terms.every, terms.first_due
    anchor, done = (start, 0) if first is None else (first, 1)
    steps = range(1 - done, count + 1 - done) if terms.method is not Method.BULLET else (count - done,)
    if terms.unit is Unit.MONTH:
        year, month, day, rule = anchor.year, anchor.month, anchor.day, terms.month_end
        if rule is MonthEnd.LAST and day == monthrange(year, month)[1]:
            day = 31
        return [month_day(year, month + step * every, day, rule) for step in steps]
    days = every * (7 if terms.unit is Unit.WEEK else 1)
    return [anchor + timedelta(days * step) for step in steps]


def moved(days: list[date], start: date, rule: Holidays, calendar: Calendar | None) -> list[date]:
    """The days as holidays move them; none to the beginning or before it."""
    if rule is Holidays.NONE or calendar is None:
        return days
    return [_moved(day, start, rule, calendar) for day in days]


def _moved(day: date, start: date, rule: Holidays, calendar: Calendar) -> date:
    if calendar(day):
        return day
    after = _business_day(day, timedelta(1), calendar)
    if rule is Holidays.FOLLOWING or (rule is Holidays.MODIFIED_FOLLOWING and after.month == day.month):
        return after
    before = _business_day(day, timedelta(-1), calendar)
    return before if before > start else after


def _business_day(day: date, step: timedelta, calendar: Calendar) -> date:
    for _ in range(DAYS_OFF_MAX):
        day += step
        if calendar(day):
            return day
    raise AssertionError(f"no business day near {day}")
