"""A loan from the beginning of one day to that of another, as pure arithmetic on its own figures.

Interest is earned day by day on the principal that has not fallen due, rounded once for all days of a period, so that
at a due date exactly what was planned has been earned. An instalment falls due at the beginning of its day. What is
unpaid when its days of grace are over is overdue, and bears the penalty rate from its due date on; overdue interest
does so where the product says it. Where interest is paused nothing of it is earned, and no penalty where that is
agreed, too; days overdue count on.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from canglian.bank.credit.loans.interest import DAY, earned_until, next_step, stepped
from canglian.bank.credit.loans.model import Loan, LoanDue, LoanPause, LoanPlan, LoanState, Row, bucket_of
from canglian.bank.credit.loans.terms import Days

PARTS = 360 * 1_000_000
"""So many parts of a fen are one: penalty counts by 360 days a year, rates are in millionths."""


class Posting(NamedTuple):
    """What was earned on a day: interest of the plan, and penalty with compound interest."""

    day: date
    interest: int
    penalty: int


class Advanced(NamedTuple):
    """A loan at the beginning of a later day, what has fallen due or become overdue since, and what was earned.

    ``plans`` are those that it was given on the way, the last one of which it goes by.
    """

    loan: Loan
    dues: tuple[LoanDue, ...]
    postings: tuple[Posting, ...]
    plans: tuple[LoanPlan, ...] = ()


def advance(
    loan: Loan,
    dues: Sequence[LoanDue],
    rows: Callable[[], Mapping[int, Row]],
    days: Days,
    to: date,
) -> Advanced:
    """Bring a loan to the beginning of a day. ``dues`` are those of its instalments that are unpaid.

    ``rows`` gives the plan's instalments by number; it is asked for only where one falls due.
    """
    if not loan.is_living or loan.accrued_to >= to:
        return Advanced(loan, (), ())
    step = next_step(loan, loan.accrued_to)
    if not dues and (loan.next_due is None or to < loan.next_due) and (step is None or to < step):
        return _undisturbed(loan, days, to)
    known = {due.number: due for due in dues}
    changed: dict[int, LoanDue] = {}
    postings: list[Posting] = []
    day = loan.accrued_to
    while day < to:
        loan, late = _late(loan, known, day)
        changed.update(late)
        known.update(late)
        loan, penalty = _penalty(loan, late, day)
        before = loan.accrued
        loan, due = _interest(loan, rows, days, day + DAY)
        earned = (due.interest if due is not None else loan.accrued) - before
        if due is not None:
            known[due.number] = changed[due.number] = due
        if earned or penalty:
            postings.append(Posting(day, earned, penalty))
        day += DAY
        if day == step:
            loan, step = stepped(loan, days, day), next_step(loan, day)
    return Advanced(standing(loan.replace(accrued_to=to), known.values(), to), tuple(changed.values()), tuple(postings))


def standing(loan: Loan, dues: Iterable[LoanDue], today: date) -> Loan:
    """A loan with its state, its days overdue and its bucket, by its instalments that have fallen due."""
    unpaid = [due for due in dues if due.unpaid is not None]
    oldest = min((due.due for due in unpaid), default=None)
    overdue = min((due.due for due in unpaid if due.overdue), default=None)
    waiting = [due.due for due in unpaid if not due.overdue]
    late = 0 if overdue is None else (today - overdue).days
    state = LoanState.ACTIVE
    if late:
        state = LoanState.OVERDUE
    elif oldest is not None and oldest < today:
        state = LoanState.GRACE
    return loan.replace(
        state=state,
        oldest_due=oldest,
        grace_ends=min(waiting) + timedelta(days=loan.grace_days) if waiting else None,
        days_overdue=late,
        bucket=bucket_of(late),
        worst_days=max(loan.worst_days, late),
    )


def _undisturbed(loan: Loan, days: Days, to: date) -> Advanced:
    """Days on which interest is earned and nothing else happens: those of most loans."""
    postings: list[Posting] = []
    accrued, day = loan.accrued, loan.accrued_to
    while day < to:
        earned = accrued if loan.next_due is None else _earned(loan, days, day + DAY)
        if earned != accrued:
            postings.append(Posting(day, earned - accrued, 0))
        accrued = earned
        day += DAY
    return Advanced(loan.replace(accrued=accrued, accrued_to=to), (), tuple(postings))


def _earned(loan: Loan, days: Days, until: date) -> int:
    """The interest of the period that runs, earned at the beginning of a day within it."""
    return loan.carried + earned_until(loan, days, until)


def _interest(
    loan: Loan, rows: Callable[[], Mapping[int, Row]], days: Days, until: date
) -> tuple[Loan, LoanDue | None]:
    """The interest of the day that ends as ``until`` begins; the instalment that falls due then."""
    if loan.next_due is None:
        return loan, None
    if until < loan.next_due:
        return loan.replace(accrued=_earned(loan, days, until)), None
    empty = not loan.next_principal + loan.next_interest
    due = LoanDue(
        loan=loan.id,
        number=loan.number,
        due=loan.next_due,
        principal=loan.next_principal,
        interest=loan.next_interest,
        paid_principal=0,
        paid_interest=0,
        overdue=False,
        unpaid=None if empty else loan.id,
        settled_on=loan.next_due if empty else None,
    )
    following = rows().get(loan.number + 1)
    return loan.replace(
        accrued=0,
        carried=0,
        grown=0,
        due_principal=loan.due_principal + due.principal,
        due_interest=loan.due_interest + due.interest,
        period_from=loan.next_due,
        number=0 if following is None else following.number,
        next_due=None if following is None else following.due,
        next_principal=0 if following is None else following.principal,
        next_interest=0 if following is None else following.interest,
    ), due


def _late(loan: Loan, dues: Mapping[int, LoanDue], day: date) -> tuple[Loan, dict[int, LoanDue]]:
    """What is overdue from a day on, since it was not paid until that day's end."""
    over = {
        number: due.replace(overdue=True)
        for number, due in dues.items()
        if due.unpaid is not None and not due.overdue and due.due + timedelta(days=loan.grace_days) <= day
    }
    if not over:
        return loan, over
    return loan.replace(
        overdue_principal=loan.overdue_principal + sum(due.open_principal for due in over.values()),
        overdue_interest=loan.overdue_interest + sum(due.open_interest for due in over.values()),
    ), over


def _penalty(loan: Loan, late: Mapping[int, LoanDue], day: date) -> tuple[Loan, int]:
    """The penalty of a day; of what is overdue from this day on, that of its days of grace, too."""
    if not loan.overdue_principal and not loan.overdue_interest:
        return loan, 0
    free = [pause for pause in loan.pauses if pause.penalty]
    paused = any(pause.has(day) for pause in free)
    principal, interest = (0, 0) if paused else (loan.overdue_principal, loan.overdue_interest)
    for due in late.values():
        more = (day - due.due).days - sum(_days_within(pause, due.due, day) for pause in free)
        principal += due.open_principal * more
        interest += due.open_interest * more
    penalty, penalty_rest = divmod(loan.penalty_rest + principal * loan.penalty_ppm, PARTS)
    compound, compound_rest = 0, loan.compound_rest
    if loan.compound:
        compound, compound_rest = divmod(compound_rest + interest * loan.penalty_ppm, PARTS)
    return loan.replace(
        penalty=loan.penalty + penalty,
        penalty_rest=penalty_rest,
        compounded=loan.compounded + compound,
        compound_rest=compound_rest,
    ), penalty + compound


def _days_within(pause: LoanPause, start: date, end: date) -> int:
    """How many days of a pause lie between two days, the second one without."""
    return max(0, (min(pause.end, end) - max(pause.start, start)).days)
