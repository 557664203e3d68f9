"""Why something cannot be done to a loan now."""

from canglian.bank.credit.loans.model import LoanClass, LoanTransaction
from canglian.bank.credit.loans.queries import LoanWhole
from canglian.bank.credit.loans.recomputing.living import PAYMENTS


def is_living(shown: LoanWhole) -> bool:
    """It bears interest."""
    return shown.loan.is_living


def repaying(shown: LoanWhole) -> str | None:
    """Something has fallen due."""
    return None if shown.payoff.due else "Nothing has fallen due."


def rescheduling(shown: LoanWhole) -> str | None:
    """It is no bill, nothing is overdue, and an instalment is to come."""
    if shown.loan.days_overdue and not shown.loan.is_bill:
        return "What is overdue is paid before the plan changes."
    return replanning(shown)


def replanning(shown: LoanWhole) -> str | None:
    """It is no bill, and an instalment is to come."""
    if shown.loan.is_bill:
        return "A bill is turned into instalments; it has no other plan."
    return None if shown.loan.next_due is not None else "No instalment is to come."


def changing_rate(shown: LoanWhole) -> str | None:
    """It is no bill, an instalment is to come, and its rate is its own."""
    if shown.loan.reprices_on is not None:
        return "Its rate follows a published one."
    return replanning(shown)


def can_reverse(shown: LoanWhole) -> bool:
    """It is no bill, was not written off, and something was repaid of it."""
    return shown.loan.bill is None and not shown.loan.written_off and bool(reversible(shown))


def can_backdate(shown: LoanWhole) -> bool:
    """It bears interest and is no bill."""
    return shown.loan.is_living and shown.loan.bill is None


def backdating(shown: LoanWhole) -> str | None:
    """It was drawn before today."""
    return None if shown.loan.drawn_on < shown.payoff.on else "It was drawn today: no earlier day counts."


def reversible(shown: LoanWhole) -> list[LoanTransaction]:
    """The repayments that were not taken back, the newest first."""
    back = {row.reverses for row in shown.transactions}
    return [row for row in shown.transactions if row.kind in PAYMENTS and row.wallet and row.id not in back]


def is_claimed(shown: LoanWhole) -> bool:
    """It was written off, and something of it is still owed."""
    return bool(shown.loan.claim)


def writing_off(shown: LoanWhole) -> str | None:
    """It is a loss."""
    return None if shown.loan.risk_class is LoanClass.LOSS else "Only a loss is written off: classify it first."
