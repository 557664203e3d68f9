"""How money that came in changes a loan: what is due of it, then interest, then principal by another plan; pure."""

import enum
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from msgspec.structs import replace

from canglian.bank.credit.loans.accruing import standing
from canglian.bank.credit.loans.beginning import NOTHING_TO_COME
from canglian.bank.credit.loans.model import Loan, LoanDue, LoanPlan, LoanState, PlanReason, Row
from canglian.bank.credit.loans.paying.allocating import Allocation, allocate
from canglian.bank.credit.loans.terms import rows_of, schedule_of
from canglian.bank.credit.plan import Schedule, prepaid, reopened
from canglian.bank.credit.plan.prepaying import Keep
from canglian.bank.credit.products.model import LoanProduct


class PrepayEffect(enum.StrEnum):
    """What becomes less after a part is paid early: the term, or the instalments."""

    SHORTER = "shorter"
    LOWER = "lower"


KEEP = {PrepayEffect.SHORTER: Keep.INSTALMENT, PrepayEffect.LOWER: Keep.TERM}
REASON = {PrepayEffect.SHORTER: PlanReason.SHORTENED, PrepayEffect.LOWER: PlanReason.LOWERED}


class Parts(NamedTuple):
    """What of an amount is for fees, penalty, compound interest, interest and principal."""

    fees: int = 0
    penalty: int = 0
    compounded: int = 0
    interest: int = 0
    principal: int = 0

    def plus(self, other: "Parts", times: int = 1) -> "Parts":
        """Both together; less the other one with ``times`` -1."""
        return Parts(*(mine + times * more for mine, more in zip(self, other, strict=True)))


class Making(NamedTuple):
    """When and by whom a plan is made."""

    at: datetime
    by: str


class Settled(NamedTuple):
    """A loan after a payment, its instalments that were paid of, how it was spread, and its plan if it is another."""

    loan: Loan
    dues: tuple[LoanDue, ...]
    parts: Parts
    plan: LoanPlan | None


def settled(
    loan: Loan,
    unpaid: Sequence[LoanDue],
    known: Callable[[], tuple[LoanPlan, LoanProduct]],
    amount: int,
    today: date,
    making: Making,
    effect: PrepayEffect = PrepayEffect.SHORTER,
) -> Settled:
    """Spread what came in over a loan that is brought to today. ``known`` gives its plan and product if it needs them.

    It is no more than is owed; what goes beyond what is due pays the interest until today and some principal, unless it
    is not more than that interest: then it lowers the principal alone.
    """
    owed, in_all = loan.owed_now, loan.owed_in_all
    assert 0 < amount <= in_all, "no more is taken than is owed"
    found = dues_paid(loan, unpaid, min(amount, owed), today)
    early = max(0, amount - owed)
    deferred = early < in_all - owed and early <= loan.accrued
    interest = 0 if deferred else loan.accrued if early else 0
    principal = early - interest
    after, plan = found.loan, None
    if early:
        after = after.replace(
            accrued=loan.accrued - interest,
            carried=loan.accrued - interest,
            outstanding=after.outstanding - principal,
            paid_interest=after.paid_interest + interest,
            paid_principal=after.paid_principal + principal,
        )
        if amount < in_all:
            plan = _replanned(known, loan, after, early, effect, today, making, deferred=deferred)
            after = by_plan(after, plan)
    parts = Parts(found.fees, found.penalty, found.compounded, found.interest + interest, found.principal + principal)
    return Settled(after, found.dues, parts, plan)


def dues_paid(loan: Loan, unpaid: Sequence[LoanDue], amount: int, today: date) -> Allocation:
    """An amount that is spread over what has fallen due of a loan."""
    found = allocate(loan, unpaid, amount, today)
    changed = {due.number: due for due in found.dues}
    return found._replace(loan=standing(found.loan, [changed.get(due.number, due) for due in unpaid], today))


def by_plan(loan: Loan, plan: LoanPlan) -> Loan:
    """A loan that goes on by a plan."""
    first = plan.rows[0]
    return loan.replace(
        plan=plan.version,
        number=first.number,
        period_from=plan.made_on,
        grown=0,
        rate_changes=plan.rate_changes,
        pauses=plan.pauses,
        next_due=first.due,
        next_principal=first.principal,
        next_interest=first.interest,
        matures_on=plan.rows[-1].due,
    )


def closed(loan: Loan, today: date) -> Loan:
    """A loan of which nothing is owed any more is closed; another one stays as it is."""
    if loan.owed_in_all or not loan.is_living:
        return loan
    return loan.replace(
        state=LoanState.CLOSED,
        provision=0,
        accrual_stopped_on=None,
        **NOTHING_TO_COME,
        penalty_rest=0,
        compound_rest=0,
        closed_on=today,
    )


def _replanned(
    known: Callable[[], tuple[LoanPlan, LoanProduct]],
    before: Loan,
    after: Loan,
    amount: int,
    effect: PrepayEffect,
    today: date,
    making: Making,
    *,
    deferred: bool,
) -> LoanPlan:
    """The plan that is left; the one before stays to be seen."""
    stored, product = known()
    if before.is_bill:
        (row,) = stored.rows
        rows: tuple[Row, ...] = (replace(row, principal=after.outstanding),)
        made = stored.replace(reason=PlanReason.LOWERED, made_on=today, balance=after.outstanding)
    else:
        plan = schedule_of(product, before, stored)
        left = _deferred(plan, after, today) if deferred else _prepaid(plan, before, amount, effect, today)
        rows, opening = rows_of(left), left.opening
        assert opening.balance == after.outstanding - after.due_principal
        made = stored.replace(
            reason=PlanReason.LOWERED if deferred else REASON[effect],
            made_on=opening.on,
            balance=opening.balance,
            before=opening.number,
            level=opening.level,
            deferred=opening.deferred,
            rate_ppm=before.rate_ppm,
            rate_changes=before.rate_changes,
        )
    return made.replace(version=before.plan + 1, rows=rows, made_at=making.at, by=making.by)


def _prepaid(plan: Schedule, before: Loan, amount: int, effect: PrepayEffect, today: date) -> Schedule:
    found = prepaid(plan, today, amount, KEEP[effect])
    assert found.schedule is not None
    assert found.interest == before.accrued
    return found.schedule


def _deferred(plan: Schedule, after: Loan, today: date) -> Schedule:
    """Less principal, and the same interest until today, which comes with the next instalment."""
    bearing = after.outstanding - after.due_principal
    return reopened(plan, today, balance=bearing, deferred=after.accrued)
