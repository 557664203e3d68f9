"""Rates that follow a published one, such as the loan prime rate (LPR): so much above it, as it stands on some days."""

import enum
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from canglian.bank.credit.plan.checks import check_start
from canglian.bank.credit.plan.dates import month_day
from canglian.bank.credit.plan.terms import YEARS_MAX, MonthEnd, RateChange
from canglian.kernel.errors import Rejection

PPM_OF_BPS = 100


class Repricing(enum.Enum):
    """When a floating rate follows the published one."""

    NEW_YEAR = "new-year"
    """On 1 January."""
    ANNIVERSARY = "anniversary"
    """On the day of the year on which the loan began."""
    QUARTER = "quarter"
    """On the first day of a quarter."""
    MONTH = "month"
    """On the day of the month on which the loan began."""


_STEPS = {Repricing.NEW_YEAR: 12, Repricing.ANNIVERSARY: 12, Repricing.QUARTER: 3, Repricing.MONTH: 1}


def floating(
    published: Sequence[tuple[date, int]], margin_bps: int, start: date, repricing: Repricing
) -> tuple[int, tuple[RateChange, ...]]:
    """The yearly rate at the beginning, and its changes on later days, both in millionths.

    ``published``: rates in millionths by the days on which they were, in their order; the last one stays.
    ``margin_bps`` is in hundredths of a percent, and may be below 0. Rejects ``loan_plan.index_missing`` where none was
    published yet when the loan begins.
    """
    check_start(start)
    if any(before >= after for (before, _), (after, _) in pairwise(published)):
        raise Rejection("loan_plan.rate_changes_invalid")
    if not published or published[0][0] > start:
        raise Rejection("loan_plan.index_missing", start=start.isoformat())
    margin = margin_bps * PPM_OF_BPS
    first = before = _in_force(published, start) + margin
    changes = list[RateChange]()
    for day in repricing_days(start, repricing):
        rate = _in_force(published, day) + margin
        if rate != before:
            changes.append(RateChange(day, rate))
        before = rate
        if day >= published[-1][0] or day.year > start.year + YEARS_MAX:
            return first, tuple(changes)
    raise AssertionError("days go on for ever")


def _in_force(published: Sequence[tuple[date, int]], day: date) -> int:
    return [rate for since, rate in published if since <= day][-1]


def repricing_days(start: date, repricing: Repricing) -> Iterator[date]:
    """The days on which a loan that begins on ``start`` follows a published rate, without end."""
    step, count = _STEPS[repricing], 0
    by_calendar = repricing in (Repricing.NEW_YEAR, Repricing.QUARTER)
    month = (start.month - 1) // step * step + 1 if by_calendar else start.month
    while True:
        count += 1
        yield month_day(start.year, month + count * step, 1 if by_calendar else start.day, MonthEnd.CLAMP)
