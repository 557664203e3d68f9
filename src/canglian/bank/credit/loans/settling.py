"""Money that came in for a loan pays what is due of it, then interest until today, then principal by another plan.

Who paid it and how it came into the clearing account is the commands' affair.
"""

import enum
from datetime import date
from typing import NamedTuple

from msgspec.structs import replace

from canglian.bank.credit.loans.accruing import standing
from canglian.bank.credit.loans.allocating import Allocation, allocate
from canglian.bank.credit.loans.books import ended, give_back, keep_due, note, put_loan, spread, unpaid_of
from canglian.bank.credit.loans.model import Loan, LoanPlan, PlanReason, Row, TransactionKind
from canglian.bank.credit.loans.terms import rows_of, schedule_of
from canglian.bank.credit.plan import Schedule, prepaid, reopened
from canglian.bank.credit.plan.prepaying import Keep
from canglian.bank.credit.products.model import LoanProduct
from canglian.ledger.book import Book


class PrepayEffect(enum.StrEnum):
    """What becomes less after a part is paid early: the term, or the instalments."""

    SHORTER = "shorter"
    LOWER = "lower"


_KEEP = {PrepayEffect.SHORTER: Keep.INSTALMENT, PrepayEffect.LOWER: Keep.TERM}
_REASON = {PrepayEffect.SHORTER: PlanReason.SHORTENED, PrepayEffect.LOWER: PlanReason.LOWERED}


class Paid(NamedTuple):
    """What a payment was, where it was asked for, and the wallet and transfer by which it came."""

    kind: TransactionKind
    channel: str
    wallet: str | None = None
    transfer: int | None = None


def settle(book: Book, loan: Loan, amount: int, how: Paid, effect: PrepayEffect = PrepayEffect.SHORTER) -> Loan:
    """Spread what came in over a loan that is brought to today, and keep the loan.

    It is no more than is owed; what goes beyond what is due pays the interest until today and some principal, unless it
    was refunded: that lowers the principal alone where it is not more than the interest.
    """
    owed, in_all = loan.owed_now, loan.owed_in_all
    assert 0 < amount <= in_all, "no more is taken than is owed"
    found = pay_dues(book, loan, min(amount, owed))
    early = max(0, amount - owed)
    deferred = early < in_all - owed and early <= loan.accrued
    interest = 0 if deferred else loan.accrued if early else 0
    principal = early - interest
    spread(
        book,
        loan,
        fees=found.fees,
        penalty=found.penalty + found.compounded,
        interest=found.interest + interest,
        principal=found.principal + principal,
    )
    give_back(book, loan, found.principal + principal)
    after = found.loan
    if early:
        after = after.replace(
            accrued=loan.accrued - interest,
            carried=loan.accrued - interest,
            outstanding=after.outstanding - principal,
            paid_interest=after.paid_interest + interest,
            paid_principal=after.paid_principal + principal,
        )
        if amount < in_all:
            after = _replanned(book, loan, after, early, effect, deferred=deferred)
    parts = found.fees, found.penalty, found.compounded, found.interest + interest, found.principal + principal
    noted = note(book, after, how.kind, channel=how.channel, wallet=how.wallet, transfer=how.transfer, parts=parts)
    return put_loan(book, ended(book, noted))


def pay_dues(book: Book, loan: Loan, amount: int) -> Allocation:
    """Spread an amount over what has fallen due of a loan, whose instalments are kept as they are then."""
    unpaid = unpaid_of(book, loan)
    found = allocate(loan, unpaid, amount, book.today)
    for due in found.dues:
        keep_due(book, due)
    changed = {due.number: due for due in found.dues}
    return found._replace(loan=standing(found.loan, [changed.get(due.number, due) for due in unpaid], book.today))


def _replanned(book: Book, before: Loan, after: Loan, amount: int, effect: PrepayEffect, *, deferred: bool) -> Loan:
    """The loan by the plan that is left; the one before stays to be seen."""
    stored, today = book.get(LoanPlan, (before.id, before.plan)), book.today
    version = before.plan + 1
    if before.is_bill:
        (row,) = stored.rows
        rows: tuple[Row, ...] = (replace(row, principal=after.outstanding),)
        made = stored.replace(reason=PlanReason.LOWERED, made_on=today, balance=after.outstanding)
    else:
        product = book.get(LoanProduct, (before.product, before.version))
        plan = schedule_of(product, before, stored)
        left = _deferred(plan, after, today) if deferred else _prepaid(plan, before, amount, effect, today)
        rows, opening = rows_of(left), left.opening
        assert opening.balance == after.outstanding - after.due_principal
        made = stored.replace(
            reason=PlanReason.LOWERED if deferred else _REASON[effect],
            made_on=opening.on,
            balance=opening.balance,
            before=opening.number,
            level=opening.level,
            deferred=opening.deferred,
        )
    book.add(made.replace(version=version, rows=rows, made_at=book.now, by=book.actor))
    first = rows[0]
    return after.replace(
        plan=version,
        number=first.number,
        period_from=made.made_on,
        next_due=first.due,
        next_principal=first.principal,
        next_interest=first.interest,
        matures_on=rows[-1].due,
    )


def _prepaid(plan: Schedule, before: Loan, amount: int, effect: PrepayEffect, today: date) -> Schedule:
    found = prepaid(plan, today, amount, _KEEP[effect])
    assert found.schedule is not None
    assert found.interest == before.accrued
    return found.schedule


def _deferred(plan: Schedule, after: Loan, today: date) -> Schedule:
    """Less principal, and the same interest until today, which comes with the next instalment."""
    bearing = after.outstanding - after.due_principal
    return reopened(plan, today, balance=bearing, deferred=after.accrued)
