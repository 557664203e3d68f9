"""The interest of a loan on days that change nothing else of it, as pure arithmetic: those of most loans.

Such days are noted in ``LoanInterest`` alone. Whatever else is done to a loan begins with ``with_interest`` and ends
with ``interest_of``, so that both say the same then.
"""

from datetime import date, timedelta
from typing import NamedTuple

from canglian.bank.credit.loans.model import Loan, LoanInterest, LoanState
from canglian.bank.credit.loans.risk.classing import classified
from canglian.bank.credit.loans.terms import Days
from canglian.bank.credit.products.model import LoanProduct

DAY = timedelta(days=1)


def earned_until(loan: Loan, days: Days, until: date) -> int:
    """The interest of a loan from the beginning of its period to that of a day within it, rounded once."""
    parts = days.parts
    bearing = loan.outstanding - loan.due_principal
    return (bearing * grown_until(loan, days, until) + parts // 2) // parts


def grown_until(loan: Loan, days: Days, until: date) -> int:
    """What a fen has earned from the beginning of the period to that of a day within it, in parts of it."""
    return loan.grown + loan.earning_ppm * (days.position(until) - days.position(loan.period_from))


def next_step(loan: Loan, after: date) -> date | None:
    """The first day after another one on which the rate changes, or a pause begins or ends, or None."""
    steps = [change.on for change in loan.rate_changes]
    for pause in loan.pauses:
        steps += (pause.start, pause.end)
    return min((step for step in steps if step > after), default=None)


def stepped(loan: Loan, days: Days, day: date) -> Loan:
    """A loan on a day on which its rate changes, or a pause begins or ends, at its beginning."""
    if loan.next_due is not None:
        loan = loan.replace(grown=grown_until(loan, days, day), period_from=day)
    for change in loan.rate_changes[:1]:
        if change.on == day:
            later = loan.rate_changes[1:]
            return loan.replace(rate_ppm=change.rate_ppm, penalty_ppm=change.penalty_ppm, rate_changes=later)
    return loan


def interest_of(loan: Loan, product: LoanProduct) -> LoanInterest:
    """What is kept of a loan for the days to come."""
    return LoanInterest(
        loan=loan.id,
        product=loan.product,
        version=loan.version,
        drawn_on=loan.drawn_on,
        rate_ppm=loan.earning_ppm,
        bearing=loan.outstanding - loan.due_principal,
        period_from=loan.period_from,
        until=_quiet_until(loan, product) if loan.is_living else None,
        stopped=loan.accrual_stopped_on is not None,
        accrued=loan.accrued,
        accrued_to=loan.accrued_to,
        carried=loan.carried,
        grown=loan.grown,
    )


def _quiet_until(loan: Loan, product: LoanProduct) -> date:
    """When something else happens to a loan; on every day where something is unpaid or its class may change."""
    waiting = loan.due_principal or loan.due_interest or loan.state is not LoanState.ACTIVE
    if waiting or loan.next_due is None or classified(loan, product, loan.accrued_to) is not loan:
        return loan.accrued_to
    steps = (loan.next_due, loan.reprices_on, next_step(loan, loan.accrued_to))
    return min(step for step in steps if step is not None)


def with_interest(loan: Loan, interest: LoanInterest) -> Loan:
    """A loan with the days that were noted since it was changed last."""
    if interest.accrued_to == loan.accrued_to:
        return loan
    return loan.replace(accrued=interest.accrued, accrued_to=interest.accrued_to)


class Growth(NamedTuple):
    """How a principal grows in a period: by how many parts until each day is over, and how many are one at its rate."""

    parts: int
    days: tuple[tuple[date, int], ...]


def growth_of(interest: LoanInterest, days: Days, to: date) -> Growth:
    """How the principal of a loan grows on the days from where its interest stands to the beginning of another."""
    begin, grown = days.position(interest.period_from), list[tuple[date, int]]()
    day = interest.accrued_to
    while day < to:
        grown.append((day, days.position(day + DAY) - begin))
        day += DAY
    return Growth(days.parts, tuple(grown))
