"""The arithmetic of loans: schedules, accrual, payoff and prepayment, as pure functions on whole fen.

Knows no book, no database and no clock. Money is in fen, rates and shares in millionths (6 % is 60,000); nothing passes
through a float: the level of equal instalments is a quotient of whole numbers that is rounded once, and a period's
interest is rounded once, however often it is split. The sum of a period's daily accruals is its interest.

``schedule`` plans a loan from its ``Terms``; ``accrued``, ``daily`` and, for balances as they really were,
``interest_on`` give the interest that days cost; ``payoff`` what ends it on a day; ``prepaid`` the plan that is left
after a part is paid back, ``reopened`` that by other terms from a day on; ``floating`` the changes of a
rate that follows a published one; ``xirr`` and ``irr`` rates of return.
A rate change, a pause or a drawdown of later days leaves the instalments before it as they were, so planning anew with
it shows old and new side by side.
What cannot be planned is refused by ``Rejection`` with a code ``loan_plan.…``.
"""

import canglian.bank.credit.plan.errors  # noqa: F401  # pyright: ignore[reportUnusedImport] - declares the codes
from canglian.bank.credit.plan.accruing import accrued, daily, interest_on
from canglian.bank.credit.plan.dates import Calendar
from canglian.bank.credit.plan.floating import Repricing, floating
from canglian.bank.credit.plan.prepaying import Keep, Payoff, Prepaid, payoff, prepaid, reopened
from canglian.bank.credit.plan.returns import irr, xirr
from canglian.bank.credit.plan.rows import Instalment, Opening
from canglian.bank.credit.plan.schedules import Schedule, schedule
from canglian.bank.credit.plan.terms import (
    DayCount,
    Drawdown,
    Fees,
    Holidays,
    Method,
    MonthEnd,
    Pause,
    PlannedDate,
    RateChange,
    Rounding,
    Terms,
    Unit,
)

__all__ = [
    "Calendar",
    "DayCount",
    "Drawdown",
    "Fees",
    "Holidays",
    "Instalment",
    "Keep",
    "Method",
    "MonthEnd",
    "Opening",
    "Pause",
    "Payoff",
    "PlannedDate",
    "Prepaid",
    "RateChange",
    "Repricing",
    "Rounding",
    "Schedule",
    "Terms",
    "Unit",
    "accrued",
    "daily",
    "floating",
    "interest_on",
    "irr",
    "payoff",
    "prepaid",
    "reopened",
    "schedule",
    "xirr",
]
