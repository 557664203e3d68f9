"""Why something cannot be done to a loan now."""

from canglian.bank.credit.loans.model import LoanClass
from canglian.bank.credit.loans.queries import LoanWhole


def is_living(shown: LoanWhole) -> bool:
    """It bears interest."""
    return shown.loan.is_living


def repaying(shown: LoanWhole) -> str | None:
    """Something has fallen due."""
    return None if shown.payoff.due else "Nothing has fallen due."


def rescheduling(shown: LoanWhole) -> str | None:
    """It is no bill, nothing is overdue, and an instalment is to come."""
    if shown.loan.is_bill:
        return "A bill is turned into instalments; it has no other plan."
    if shown.loan.days_overdue:
        return "What is overdue is paid before the plan changes."
    return None if shown.loan.next_due is not None else "No instalment is to come."


def is_claimed(shown: LoanWhole) -> bool:
    """It was written off, and something of it is still owed."""
    return bool(shown.loan.claim)


def writing_off(shown: LoanWhole) -> str | None:
    """It is a loss."""
    return None if shown.loan.risk_class is LoanClass.LOSS else "Only a loss is written off: classify it first."
