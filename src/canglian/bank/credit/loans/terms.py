"""A loan as the arithmetic of plans knows it: its terms by product, and the positions of days in its day count."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from msgspec.structs import replace

from canglian.bank.credit.loans.model import Loan, LoanPause, LoanPlan, LoanRate, Row
from canglian.bank.credit.plan import (
    Calendar,
    DayCount,
    Drawdown,
    Holidays,
    Instalment,
    Method,
    MonthEnd,
    Opening,
    Pause,
    RateChange,
    Repricing,
    Schedule,
    Terms,
    schedule,
)
from canglian.bank.credit.plan.day_counts import Position, position, year_length
from canglian.bank.credit.plan.floating import repricing_days
from canglian.bank.credit.plan.terms import PPM
from canglian.bank.credit.products.model import (
    LoanDayCount,
    LoanHolidays,
    LoanMonthEnd,
    LoanProduct,
    LoanRepricing,
    RepaymentMethod,
)

_METHODS = {
    RepaymentMethod.EQUAL_INSTALMENTS: Method.EQUAL_INSTALMENTS,
    RepaymentMethod.EQUAL_PRINCIPAL: Method.EQUAL_PRINCIPAL,
    RepaymentMethod.INTEREST_ONLY: Method.INTEREST_ONLY,
    RepaymentMethod.BULLET: Method.BULLET,
}
_DAY_COUNTS = {
    LoanDayCount.MONTHLY: DayCount.MONTHLY,
    LoanDayCount.THIRTY_360: DayCount.THIRTY_360,
    LoanDayCount.ACTUAL_360: DayCount.ACTUAL_360,
    LoanDayCount.ACTUAL_365: DayCount.ACTUAL_365,
    LoanDayCount.ACTUAL_ACTUAL: DayCount.ACTUAL_ACTUAL,
}
_MONTH_ENDS = {
    LoanMonthEnd.CLAMP: MonthEnd.CLAMP,
    LoanMonthEnd.ROLL: MonthEnd.ROLL,
    LoanMonthEnd.LAST: MonthEnd.LAST,
}

_HOLIDAYS = {
    LoanHolidays.NONE: Holidays.NONE,
    LoanHolidays.FOLLOWING: Holidays.FOLLOWING,
    LoanHolidays.PRECEDING: Holidays.PRECEDING,
    LoanHolidays.MODIFIED_FOLLOWING: Holidays.MODIFIED_FOLLOWING,
}

_REPRICINGS = {
    LoanRepricing.NEW_YEAR: Repricing.NEW_YEAR,
    LoanRepricing.ANNIVERSARY: Repricing.ANNIVERSARY,
    LoanRepricing.QUARTER: Repricing.QUARTER,
    LoanRepricing.MONTH: Repricing.MONTH,
}


def terms_of(product: LoanProduct, principal: int, rate_ppm: int, months: int) -> Terms:
    """What is agreed for a loan of a product."""
    return Terms(
        principal=principal,
        rate_ppm=rate_ppm,
        instalments=months,
        method=_METHODS[product.method],
        day_count=_DAY_COUNTS[product.day_count],
        month_end=_MONTH_ENDS[product.month_end],
        holidays=_HOLIDAYS[product.holidays],
        grace_principal=product.grace_instalments,
        balloon=principal * product.balloon_bps // 10_000,
    )


def penalty_ppm_of(product: LoanProduct, rate_ppm: int) -> int:
    """The yearly rate on what is overdue of a loan that bears a rate."""
    return rate_ppm * (10_000 + product.penalty_bps) // 10_000


def planned(
    product: LoanProduct, principal: int, rate_ppm: int, months: int, start: date, calendar: Calendar | None = None
) -> Schedule:
    """The plan of a loan that is drawn on a day, by a calendar of business days.

    Rejects ``loan_plan.*`` for what cannot be planned.
    """
    return schedule(terms_of(product, principal, rate_ppm, months), start, calendar=calendar)


def next_repricing(product: LoanProduct, drawn_on: date, after: date) -> date | None:
    """The first day after another on which a loan follows the published rate; None for a rate that stays."""
    if not product.is_floating:
        return None
    return next(day for day in repricing_days(drawn_on, _REPRICINGS[product.repricing]) if day > after)


def rows_of(plan: Schedule) -> tuple[Row, ...]:
    """A plan as it is stored and shown."""
    return tuple([Row(row.number, row.due, row.principal, row.interest, row.balance) for row in plan.instalments])


def changes_of(changes: Sequence[LoanRate]) -> tuple[RateChange, ...]:
    """The rates of later days as the arithmetic knows them."""
    return tuple([RateChange(change.on, change.rate_ppm) for change in changes])


def pauses_of(pauses: Sequence[LoanPause]) -> tuple[Pause, ...]:
    """Days without interest as the arithmetic knows them."""
    return tuple([Pause(pause.start, pause.end) for pause in pauses])


def schedule_of(product: LoanProduct, loan: Loan, plan: LoanPlan) -> Schedule:
    """A plan that was stored, as the arithmetic knows it."""
    terms = replace(
        terms_of(product, loan.principal, plan.rate_ppm, plan.before + len(plan.rows)),
        rate_changes=changes_of(plan.rate_changes),
        pauses=pauses_of(plan.pauses),
    )
    begins, rows = plan.made_on, list[Instalment]()
    for row in plan.rows:
        rows.append(Instalment(row.number, begins, row.due, row.due, row.principal, row.interest, 0, row.left))
        begins = row.due
    if plan.version == 1:
        drawn = (Drawdown(loan.drawn_on, loan.principal),)
        return Schedule(terms, loan.drawn_on, Opening(loan.drawn_on), drawn, tuple(rows))
    opening = Opening(plan.made_on, plan.balance, loan.principal, plan.before, plan.deferred, plan.level)
    return Schedule(terms, loan.drawn_on, opening, (), tuple(rows))


class Days(NamedTuple):
    """Where days stand in a day count, and in how many parts of a fen interest is counted by it."""

    position: Position
    parts: int


def days_of(product: LoanProduct, start: date) -> Days:
    """The day count of a loan that began on ``start``."""
    return _days(product.day_count, product.month_end, start)


@lru_cache(maxsize=8192)
def _days(day_count: LoanDayCount, month_end: LoanMonthEnd, start: date) -> Days:
    counted = _DAY_COUNTS[day_count]
    terms = Terms(principal=1, rate_ppm=0, instalments=1, day_count=counted, month_end=_MONTH_ENDS[month_end])
    return Days(position(terms, start), year_length(counted) * PPM)
