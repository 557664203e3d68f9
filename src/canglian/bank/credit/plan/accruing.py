"""What days cost: interest dated to its own day, which sums up to that of the plan."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import msgspec

from canglian.bank.credit.plan.growth import Growth
from canglian.bank.credit.plan.rounding import rounded
from canglian.bank.credit.plan.rows import Instalment
from canglian.bank.credit.plan.schedules import Schedule
from canglian.bank.credit.plan.terms import PPM, Terms

_DAY = timedelta(1)


class Period(msgspec.Struct, frozen=True):
    """An instalment's days: the balance at their beginning, and what is added to it on days of theirs."""

    row: Instalment
    balance: int
    added: tuple[tuple[date, int], ...]


def periods(schedule: Schedule) -> Iterator[Period]:
    """The days of each instalment, in their order."""
    terms, balance, place = schedule.terms, schedule.opening.balance, 0
    for row in schedule.instalments:
        if not row.number:
            continue
        added = list[tuple[date, int]]()
        while place < len(schedule.drawdowns) and schedule.drawdowns[place].on < row.end:
            drawdown = schedule.drawdowns[place]
            down = rounded(drawdown.amount * terms.down_payment_ppm, PPM, terms.rounding)
            added.append((max(drawdown.on, row.start), drawdown.amount - down))
            place += 1
        yield Period(row, balance, tuple(added))
        balance = row.balance


def earned(terms: Terms, growth: Growth, period: Period, until: date) -> int:
    """The interest of a period's days until one of them, with it, rounded once."""
    row = period.row
    if row.number <= terms.interest_free or until <= row.start:
        return 0
    owed = period.balance * growth.earned(row.start, until)
    owed += sum(amount * growth.earned(on, until) for on, amount in period.added if on < until)
    return rounded(owed, growth.parts, terms.rounding)


def accrued(schedule: Schedule, on: date) -> int:
    """The interest of all days from the beginning of a plan until ``on``, with it: due or not, paid or not.

    Rejects nothing: before its beginning nothing has accrued, after its end all of it has.
    """
    growth = Growth(schedule.terms, schedule.start)
    total = 0
    for period in periods(schedule):
        if period.row.start >= on:
            break
        total += earned(schedule.terms, growth, period, min(on, period.row.end))
    return total


def daily(schedule: Schedule) -> Iterator[tuple[date, int]]:
    """The interest of each day of a plan. The days of a period sum up to its interest; none is below nothing."""
    growth = Growth(schedule.terms, schedule.start)
    for period in periods(schedule):
        before, day = 0, period.row.start
        while day < period.row.end:
            day += _DAY
            now = earned(schedule.terms, growth, period, day)
            yield day, now - before
            before = now


def interest_on(terms: Terms, start: date, balances: Sequence[tuple[date, int]], until: date) -> int:
    """The interest on a balance as it really was: what it became on days, in their order, until ``until``.

    Rounded once. For a day's accrual take the difference of two days: so the remainder of one is carried to the next.
    """
    if not balances:
        return 0
    growth = Growth(terms, start)
    ends = [*(day for day, _ in balances[1:]), until]
    owed = sum(
        balance * growth.earned(day, min(end, until))
        for (day, balance), end in zip(balances, ends, strict=True)
        if day < min(end, until)
    )
    return rounded(owed, growth.parts, terms.rounding)
