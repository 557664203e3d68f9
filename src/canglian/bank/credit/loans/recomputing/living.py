"""A loan lived again from its drawdown and its transactions, as pure arithmetic.

Payments are spread and plans made again by the rules of every day; what other terms a loan was given since stands as
it was agreed. Nothing is taken beyond what is owed: what a payment has too much then is left over.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from canglian.bank.credit.loans.accruing import advance
from canglian.bank.credit.loans.agreed import Agreed, Before, agreed_plan, by_agreed
from canglian.bank.credit.loans.beginning import NOTHING_OWED
from canglian.bank.credit.loans.interest import DAY
from canglian.bank.credit.loans.model import (
    Loan,
    LoanClass,
    LoanDue,
    LoanPlan,
    LoanState,
    LoanTransaction,
    PlanReason,
    TransactionKind,
)
from canglian.bank.credit.loans.paying.spreading import Making, Parts, PrepayEffect, by_plan, closed, settled
from canglian.bank.credit.loans.repricing import at_rate
from canglian.bank.credit.loans.risk.classing import classified
from canglian.bank.credit.loans.terms import days_of, penalty_ppm_of
from canglian.bank.credit.products.model import LoanProduct

PAYMENTS = (TransactionKind.REPAYMENT, TransactionKind.PREPAYMENT)
"""What is spread over what is owed, and can be taken back."""
CHANGES = (TransactionKind.RATE_CHANGE, TransactionKind.PAUSE)
"""What gives a loan other terms, whatever it owes then: it is agreed again for what is owed in another life."""
FIGURES = (
    *("state", "rate_ppm", "penalty_ppm", "matures_on", "number", "period_from", "next_due"),
    *("next_principal", "next_interest", "accrued", "carried", "grown", "outstanding", "due_principal", "due_interest"),
    *("overdue_principal", "overdue_interest", "penalty", "penalty_rest", "compounded", "compound_rest", "fees"),
    *("oldest_due", "grace_ends", "days_overdue", "bucket", "rate_changes", "pauses"),
    *("paid_principal", "paid_interest", "paid_penalty", "paid_fees", "closed_on"),
)
"""What a loan's transactions make of it."""


class OtherTermsError(Exception):
    """The loan was given other terms, which rest on what it owed then."""


class Contract(NamedTuple):
    """What a loan is lived by: the loan as it is stored, its product, and all of its plans by version."""

    loan: Loan
    product: LoanProduct
    plans: Mapping[int, LoanPlan]


class Lived(NamedTuple):
    """A loan as its transactions make it, with all that has fallen due, its plan, and what came of payments.

    ``spread`` has by the number of a payment how it is spread, ``paid`` all of them together, and ``over`` what was
    more than was owed.
    """

    loan: Loan
    dues: dict[int, LoanDue]
    plan: LoanPlan
    spread: dict[int, Parts]
    paid: Parts
    over: int


def effective(transactions: Sequence[LoanTransaction]) -> list[LoanTransaction]:
    """The transactions that count, in their order: without those that were taken back."""
    back = {row.reverses for row in transactions}
    return sorted((row for row in transactions if row.id not in back), key=lambda row: (row.counts_on, row.number))


def relived(contract: Contract, transactions: Sequence[LoanTransaction], to: date, making: Making) -> Lived:
    """The loan at the beginning of a day. Raises ``OtherTermsError`` where terms do not fit what is owed."""
    life = _Life(contract, making)
    for row in transactions:
        life.do(row)
    return life.result(to)


class _Life:
    """A loan that is lived."""

    def __init__(self, contract: Contract, making: Making) -> None:
        self._contract = contract
        self._making = making
        self._days = days_of(contract.product, contract.loan.drawn_on)
        self._plan = contract.plans[1]
        self._version = max(contract.plans)
        self._dues: dict[int, LoanDue] = {}
        self._spread: dict[int, Parts] = {}
        self._over = 0
        self._loan = self._begun()

    def _begun(self) -> Loan:
        stored, plan = self._contract.loan, self._plan
        loan = stored.replace(
            **NOTHING_OWED,
            state=LoanState.ACTIVE,
            rate_ppm=plan.rate_ppm,
            penalty_ppm=penalty_ppm_of(self._contract.product, plan.rate_ppm),
            accrued_to=stored.drawn_on,
            outstanding=stored.principal,
            fees=0,
            worst_days=0,
            paid_principal=0,
            paid_interest=0,
            paid_penalty=0,
            paid_fees=0,
            risk_class=LoanClass.NORMAL,
            class_floor=None,
            accrual_stopped_on=None,
            closed_on=None,
        )
        return by_plan(loan, plan)

    def do(self, row: LoanTransaction) -> None:
        """Do what a transaction says."""
        if row.kind is TransactionKind.FEE:
            self._loan = self._loan.replace(fees=self._loan.fees + row.amount)
            return
        if row.kind in PAYMENTS:
            self._reach(row.counts_on)
            self._pay(row)
        elif row.kind is TransactionKind.RESCHEDULE:
            self._reach(row.counts_on)
            self._go_by(self._contract.plans[row.plan])
        elif row.kind is TransactionKind.REPRICING:
            self._reach(row.counts_on)
            self._reprice(self._contract.plans[row.plan].rate_ppm, row.counts_on)
        elif row.kind in CHANGES:
            self._reach(row.counts_on)
            self._agree(self._contract.plans[row.plan], row.counts_on)

    def _reach(self, day: date) -> None:
        """Bring the loan to a day; on the one after a payment it is seen whether anything is overdue still."""
        self._bring(min(day, self._loan.accrued_to + DAY))
        self._bring(day)

    def _bring(self, day: date) -> None:
        unpaid = [due for due in self._dues.values() if due.unpaid is not None]
        plan = self._plan
        found = advance(self._loan, unpaid, lambda: {row.number: row for row in plan.rows}, self._days, day)
        self._keep(found.dues)
        self._loan = classified(found.loan, self._contract.product, day) if found.loan.is_living else found.loan

    def _keep(self, dues: Sequence[LoanDue]) -> None:
        self._dues.update({due.number: due for due in dues})

    def _go_by(self, plan: LoanPlan) -> None:
        loan = self._loan
        if not loan.is_living or (plan.balance, plan.deferred) != (loan.outstanding - loan.due_principal, loan.accrued):
            raise OtherTermsError
        self._plan = plan
        self._loan = by_agreed(loan, plan, self._contract.product)

    def _agree(self, made: LoanPlan, today: date) -> None:
        """Go by what was agreed on a day, with what is owed then in this life; of a loan that has ended nothing is."""
        loan, contract = self._loan, self._contract
        if loan.next_due is None:
            self._loan = loan.replace(pauses=made.pauses)
            return
        self._version += 1
        before = Before(loan, contract.product, contract.plans[1], self._plan, today, self._making)
        terms = Agreed(made.reason, made.rate_ppm, made.rate_changes, made.pauses)
        self._plan = agreed_plan(before, terms).replace(version=self._version)
        self._loan = by_agreed(loan, self._plan, contract.product)

    def _reprice(self, rate_ppm: int, day: date) -> None:
        """Another rate from a day on; a loan of which no instalment is to come keeps its own."""
        if self._loan.is_living and self._loan.next_due is not None:
            self._loan, plan = at_rate(self._loan, self._plan, self._contract.product, rate_ppm, day, self._making)
            self._version += 1
            self._plan = plan.replace(version=self._version)

    def _pay(self, row: LoanTransaction) -> None:
        loan = self._loan
        amount = min(row.amount, loan.owed_in_all if loan.is_living else 0)
        self._over += row.amount - amount
        self._spread[row.number] = Parts()
        if not amount:
            return
        unpaid = [due for due in self._dues.values() if due.unpaid is not None]
        plan, effect = self._plan, self._effect(row)
        found = settled(
            loan, unpaid, lambda: (plan, self._contract.product), amount, row.counts_on, self._making, effect
        )
        self._keep(found.dues)
        self._spread[row.number] = found.parts
        if found.plan is not None:
            self._version += 1
            self._plan = found.plan.replace(version=self._version)
        self._loan = closed(found.loan, row.counts_on)

    def _effect(self, row: LoanTransaction) -> PrepayEffect:
        made = self._contract.plans[row.plan]
        asked = row.kind is TransactionKind.PREPAYMENT and made.reason is PlanReason.LOWERED
        return PrepayEffect.LOWER if asked and made.made_on == row.on else PrepayEffect.SHORTER

    def result(self, to: date) -> Lived:
        """What came of it."""
        self._reach(to)
        paid = Parts()
        for parts in self._spread.values():
            paid = paid.plus(parts)
        return Lived(self._loan, self._dues, self._plan, self._spread, paid, self._over)


def differing(stored: Loan, found: Loan) -> dict[str, tuple[Any, Any]]:
    """Which figures of a loan are others than its transactions make them."""
    pairs = {name: (getattr(stored, name), getattr(found, name)) for name in FIGURES}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
