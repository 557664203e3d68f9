"""Another plan for a loan from today on, by terms that were agreed since; pure."""

from datetime import date
from typing import NamedTuple

from msgspec.structs import replace

from canglian.bank.credit.loans.model import Loan, LoanPause, LoanPlan, LoanRate, PlanReason
from canglian.bank.credit.loans.paying.spreading import Making, by_plan
from canglian.bank.credit.loans.terms import changes_of, pauses_of, penalty_ppm_of, rows_of, schedule_of
from canglian.bank.credit.plan import Calendar, Method
from canglian.bank.credit.plan.prepaying import reopened
from canglian.bank.credit.products.model import LoanProduct
from canglian.kernel.errors import Rejection


class Agreed(NamedTuple):
    """What is agreed: the rate from today on, those of later days, days without interest, and months more."""

    reason: PlanReason
    rate_ppm: int
    rate_changes: tuple[LoanRate, ...] = ()
    pauses: tuple[LoanPause, ...] = ()
    months_more: int = 0


class Before(NamedTuple):
    """A loan that is brought to today, with its product, its first plan and the one that it goes by.

    ``calendar`` has the business days until it ends, where it is given more months.
    """

    loan: Loan
    product: LoanProduct
    first: LoanPlan
    plan: LoanPlan
    today: date
    making: Making
    calendar: Calendar | None = None


def require_to_come(before: Before) -> Loan:
    """One that has an instalment to come. Rejects ``loan.state``, ``.reschedule_bill`` and ``.reschedule_over``."""
    loan = before.loan
    if not loan.is_living:
        raise Rejection("loan.state", loan=loan.id, state=loan.state.value)
    if loan.is_bill:
        raise Rejection("loan.reschedule_bill", loan=loan.id)
    if loan.next_due is None:
        raise Rejection("loan.reschedule_over", loan=loan.id)
    return loan


def agreed_plan(before: Before, agreed: Agreed) -> LoanPlan:
    """The plan from today on; interest until then comes with its first instalment."""
    loan, today, making = before.loan, before.today, before.making
    plan = schedule_of(before.product, loan, before.plan)
    count = plan.terms.instalments
    if agreed.months_more:
        count = (loan.months if plan.terms.method is Method.BULLET else count) + agreed.months_more
    terms = replace(
        plan.terms,
        rate_ppm=agreed.rate_ppm,
        instalments=count,
        rate_changes=changes_of(agreed.rate_changes),
        pauses=pauses_of(agreed.pauses),
    )
    bearing = loan.outstanding - loan.due_principal
    left = reopened(plan, today, balance=bearing, deferred=loan.accrued, terms=terms, calendar=before.calendar)
    opening = left.opening
    return LoanPlan(
        loan=loan.id,
        version=before.plan.version + 1,
        reason=agreed.reason,
        made_on=opening.on,
        balance=opening.balance,
        before=opening.number,
        level=None,
        rows=rows_of(left),
        made_at=making.at,
        by=making.by,
        deferred=opening.deferred,
        rate_ppm=agreed.rate_ppm,
        rate_changes=agreed.rate_changes,
        pauses=agreed.pauses,
    )


def by_agreed(loan: Loan, plan: LoanPlan, product: LoanProduct) -> Loan:
    """A loan that goes on by a plan that was agreed; interest until then counts as earned by the plan before."""
    rate = plan.rate_ppm
    return by_plan(loan, plan).replace(carried=loan.accrued, rate_ppm=rate, penalty_ppm=penalty_ppm_of(product, rate))
