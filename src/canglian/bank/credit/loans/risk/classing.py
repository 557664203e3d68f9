"""The class of a loan, whether its interest is recognised, and what is set aside for it; pure.

The class follows the days overdue by its product, and is never better than what somebody has set and others approved.
Interest is recognised no more from 90 days overdue or a class below special mention on, until nothing is overdue any
more and nobody has set such a class; meanwhile the class is substandard at best.
"""

from bisect import bisect_right
from datetime import date

from canglian.bank.credit.loans.model import Loan, LoanClass
from canglian.bank.credit.products.model import LoanProduct

CLASSES = tuple(LoanClass)
"""The best one first."""
STOPPED_FROM = 90
"""From how many days overdue on interest is not recognised, in every product."""


def worst(*classes: LoanClass) -> LoanClass:
    """The worst of some classes."""
    return max(classes, key=CLASSES.index)


def class_by_days(product: LoanProduct, days: int) -> LoanClass:
    """The class of so many days overdue."""
    return CLASSES[bisect_right(product.class_days, days)]


def is_bad(risk_class: LoanClass) -> bool:
    """Whether a class is below special mention (不良)."""
    return CLASSES.index(risk_class) >= CLASSES.index(LoanClass.SUBSTANDARD)


def provision_of(product: LoanProduct, outstanding: int, risk_class: LoanClass) -> int:
    """What is set aside for a principal of a class."""
    return (outstanding * product.provision_bps[CLASSES.index(risk_class)] + 5_000) // 10_000


def classified(loan: Loan, product: LoanProduct, today: date) -> Loan:
    """A loan with its class, whether its interest is recognised, and what is set aside for it."""
    floor = LoanClass.NORMAL if loan.class_floor is None else loan.class_floor
    found = worst(class_by_days(product, loan.days_overdue), floor)
    stopped = loan.accrual_stopped_on
    if stopped is None:
        stopped = today if loan.days_overdue >= STOPPED_FROM or is_bad(found) else None
    elif not loan.days_overdue and not is_bad(floor):
        stopped = None
    if stopped is not None:
        found = worst(found, LoanClass.SUBSTANDARD)
    provision = provision_of(product, loan.outstanding, found)
    if (found, stopped, provision) == (loan.risk_class, loan.accrual_stopped_on, loan.provision):
        return loan
    since = loan.class_since if found is loan.risk_class else today
    return loan.replace(risk_class=found, class_since=since, accrual_stopped_on=stopped, provision=provision)
