"""Why something cannot be done to a loan now."""

from canglian.bank.credit.loans.queries import LoanWhole


def is_living(shown: LoanWhole) -> bool:
    """It bears interest."""
    return shown.loan.is_living


def repaying(shown: LoanWhole) -> str | None:
    """Something has fallen due."""
    return None if shown.payoff.due else "Nothing has fallen due."
