"""Parts of a year as whole numbers.

Every day count is a position of days on a line of its own: the part of a year between two days is the difference of
their positions, by how many of them a year has. So interest adds up, whatever days a period is split at.
"""

from bisect import bisect_right
from calendar import isleap
from collections.abc import Callable
from datetime import date
from functools import cache

from canglian.bank.credit.plan.dates import month_day
from canglian.bank.credit.plan.terms import DayCount, MonthEnd, Terms, Unit

Position = Callable[[date], int]

_YEAR = 365 * 366
_MONTH = 28 * 29 * 30 * 31 // 2
"""What months of every length divide."""

_TABLE: dict[DayCount, int] = {
    DayCount.MONTHLY: 360,
    DayCount.MONTHLY_ACTUAL: 12 * _MONTH,
    DayCount.THIRTY_360: 360,
    DayCount.ACTUAL_360: 360,
    DayCount.ACTUAL_365: 365,
    DayCount.ACTUAL_ACTUAL: _YEAR,
}


def year_length(day_count: DayCount) -> int:
    """How many positions a year has."""
    return _TABLE[day_count]


def position(terms: Terms, start: date) -> Position:
    """Where a day stands in the day count of a loan that begins on ``start``."""
    found = _POSITIONS.get(terms.day_count)
    return _monthly(terms, start) if found is None else found


def thirty_360(day: date) -> int:
    """30E/360: the 31st is the 30th."""
    return 360 * day.year + 30 * day.month + min(day.day, 30)


def actual_actual(day: date) -> int:
    """Each day by the length of its own year; every whole year is the same."""
    before, each = _year(day.year)
    return before + day.toordinal() * each


@cache
def _year(year: int) -> tuple[int, int]:
    """What is added to the days of a year, and how much each of them is."""
    each = 365 if isleap(year) else 366
    return _YEAR * year - (date(year, 1, 1).toordinal() - 1) * each, each


_POSITIONS: dict[DayCount, Position] = {
    DayCount.THIRTY_360: thirty_360,
    DayCount.ACTUAL_360: date.toordinal,
    DayCount.ACTUAL_365: date.toordinal,
    DayCount.ACTUAL_ACTUAL: actual_actual,
}


def _monthly(terms: Terms, start: date) -> Position:
    """Whole months from the loan's own day of the month on, and the days since then."""
    is_actual = terms.day_count is DayCount.MONTHLY_ACTUAL
    first = terms.first_due if terms.unit is Unit.MONTH else None
    line = _Months(start, terms.month_end, is_actual)
    if first is None:
        return line.position
    return _Broken(line, first, _Months(first, terms.month_end, is_actual)).position


class _Months:
    """The months from a day on: 30 each, of which days are 30 at most, or as much that days of their own length fit."""

    def __init__(self, start: date, month_end: MonthEnd, is_actual: bool) -> None:
        self.start = start
        self.month_end = month_end
        self.is_actual = is_actual
        self.month = _MONTH if is_actual else 30
        if month_end is MonthEnd.LAST and start.day == month_day(start.year, start.month, 31, MonthEnd.CLAMP).day:
            self.day = 31
        else:
            self.day = start.day
        self._begin = start.year * 12 + start.month
        self._days = [start.toordinal()]
        self._known = {start.toordinal(): 0}

    def position(self, day: date) -> int:
        at = day.toordinal()
        found = self._known.get(at)
        if found is None:
            self._extend(day)
            found = self._known.get(at)
        if found is not None:
            return found
        month = bisect_right(self._days, at) - 1
        days = at - self._days[month]
        if self.is_actual:
            return _MONTH * month + days * _MONTH // (self._days[month + 1] - self._days[month])
        return 30 * month + min(days, 30)

    def _extend(self, day: date) -> None:
        wanted = day.year * 12 + day.month - self._begin + 1
        while len(self._days) <= wanted + 1:
            months = len(self._days)
            at = month_day(self.start.year, self.start.month + months, self.day, self.month_end).toordinal()
            self._days.append(at)
            self._known[at] = self.month * months


class _Broken:
    """Whole months and days to the first instalment, and whole months from there on."""

    def __init__(self, line: _Months, first: date, after: _Months) -> None:
        self._before = line
        self._first = first
        self._at = line.position(first)
        self._after = after

    def position(self, day: date) -> int:
        if day <= self._first:
            return self._before.position(day)
        return self._at + self._after.position(day)
