"""What a loan is agreed to be: plain values, without a day on which it begins.

Money is in fen, rates and shares in millionths: 6 % a year is 60,000. Days are counted as intervals ``(from, to]``: the
day of a drawdown, of a change or of a repayment is the last one that counts with what was before it.
"""

import enum
from datetime import date

import msgspec

PPM = 1_000_000
"""So many millionths are the whole."""

RATE_MAX = PPM
"""The highest yearly rate, in millionths: beyond 100 % it is a mistake of typing."""

INSTALMENTS_MAX = 2_000
YEARS_MAX = 40
EARLIEST, LATEST = date(1900, 1, 1), date(2150, 12, 31)
"""Between these days a loan begins; what lies outside is a mistake of typing."""


class Method(enum.Enum):
    """How principal comes back."""

    EQUAL_INSTALMENTS = "equal-instalments"
    """Every instalment is the same sum of principal and interest (等额本息)."""
    EQUAL_PRINCIPAL = "equal-principal"
    """The same principal in every instalment, and the interest on what is left (等额本金)."""
    INTEREST_ONLY = "interest-only"
    """Interest in every instalment, principal in the last one (先息后本)."""
    BULLET = "bullet"
    """One instalment with everything, after the whole term (到期一次还本付息)."""
    BALLOON = "balloon"
    """Equal instalments that leave ``balloon`` to the last one (气球贷)."""
    BY_DATES = "by-dates"
    """Principal by the weights of given days, as after harvests, with the interest to each (按计划还款)."""


class Unit(enum.Enum):
    """What lies between two instalments, ``every`` times."""

    MONTH = "month"
    WEEK = "week"
    DAY = "day"


class DayCount(enum.Enum):
    """Which part of a year some days are."""

    MONTHLY = "monthly"
    """A month is a twelfth of a year, counted from the loan's own day; days of a broken month are by 360."""
    MONTHLY_ACTUAL = "monthly/actual"
    """The same, but days of a broken month are parts of its own length, as in Apache Fineract's 30/360."""
    THIRTY_360 = "30/360"
    """Months of 30 days by the calendar (30E/360): the 31st is the 30th."""
    ACTUAL_360 = "actual/360"
    ACTUAL_365 = "actual/365"
    ACTUAL_ACTUAL = "actual/actual"
    """Days of a year by 365 or 366, whichever it has: a period is split where the year ends."""


class Rounding(enum.Enum):
    """How parts of a fen are rounded, in interest and instalments."""

    HALF_UP = "half-up"
    HALF_EVEN = "half-even"
    UP = "up"
    DOWN = "down"


class MonthEnd(enum.Enum):
    """When a month has no such day: a loan of 31 January."""

    CLAMP = "clamp"
    """Due on the month's last day: 28 February, 31 March."""
    ROLL = "roll"
    """Due on the first day of the month after: 1 March, 31 March."""
    LAST = "last"
    """As ``CLAMP``; and a loan that begins on a month's last day is always due on one: 30 April, 31 May."""


class Holidays(enum.Enum):
    """Where an instalment is moved that falls on a day that is no business day."""

    NONE = "none"
    FOLLOWING = "following"
    MODIFIED_FOLLOWING = "modified-following"
    """To the business day after it; before it where that is in the next month."""
    PRECEDING = "preceding"


class RateChange(msgspec.Struct, frozen=True):
    """A yearly rate from a day on: the day after ``on`` is the first one that costs it."""

    on: date
    rate_ppm: int


class Pause(msgspec.Struct, frozen=True):
    """Days that cost no interest: those after ``start``, until ``end`` with it."""

    start: date
    end: date


class PlannedDate(msgspec.Struct, frozen=True):
    """A day of a plan by dates, and how much of the principal it pays back, beside the other weights."""

    due: date
    weight: int


class Drawdown(msgspec.Struct, frozen=True):
    """Principal that is paid out on a day."""

    on: date
    amount: int


class Fees(msgspec.Struct, frozen=True):
    """What a loan costs beside its interest, in fen and in millionths of a principal.

    ``upfront`` is paid with the first drawdown, on the whole principal; ``each`` with every instalment, on what was
    drawn until then; ``early_ppm`` on principal that is paid back before it is due.
    """

    upfront: int = 0
    upfront_ppm: int = 0
    each: int = 0
    each_ppm: int = 0
    early_ppm: int = 0


NO_FEES = Fees()


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What is agreed for a loan.

    ``principal``: in fen, at most what is drawn in all. ``rate_ppm``: the yearly rate at the beginning.
    ``instalments``: how many, each ``every`` ``unit``s; for ``BULLET`` they are its term, for ``BY_DATES`` ``dates``
    stand instead. ``first_due``: the first day, where it is not one unit after the beginning; the others follow it.
    ``grace_principal``: so many instalments pay interest alone; ``grace_interest``: the interest of so many is due with
    the one after them; ``interest_free``: so many cost none.
    ``balloon``: principal that the last instalment pays beside its own.
    ``rate_changes``: from the instalment in whose period one falls the level is computed again.
    ``pauses``: leave the instalments as they are, so the last ones become less.
    ``down_payment_ppm``: of every drawdown, paid back on its day. ``subsidy_ppm``: of all interest, paid by another.
    ``moved_interest``: whether the days by which a holiday moves an instalment cost or save interest.
    ``spread``: whether what rounding leaves to the last instalment is spread over all, where it is more than half a fen
    each and less is left then.
    """

    principal: int
    rate_ppm: int
    instalments: int
    method: Method = Method.EQUAL_INSTALMENTS
    unit: Unit = Unit.MONTH
    every: int = 1
    day_count: DayCount = DayCount.MONTHLY
    rounding: Rounding = Rounding.HALF_UP
    month_end: MonthEnd = MonthEnd.CLAMP
    holidays: Holidays = Holidays.NONE
    moved_interest: bool = True
    first_due: date | None = None
    grace_principal: int = 0
    grace_interest: int = 0
    interest_free: int = 0
    balloon: int = 0
    dates: tuple[PlannedDate, ...] = ()
    rate_changes: tuple[RateChange, ...] = ()
    pauses: tuple[Pause, ...] = ()
    down_payment_ppm: int = 0
    subsidy_ppm: int = 0
    fees: Fees = NO_FEES
    spread: bool = True
