"""How a repayment is spread over what is owed, as the order of its product says; pure.

In each group the oldest instalment is paid first. What is overdue comes before what has fallen due and is not late yet.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from canglian.bank.credit.loans.model import Loan, LoanDue
from canglian.bank.credit.products.model import AllocationOrder

PRINCIPAL_FIRST_FROM = 91
"""From how many days overdue on principal comes first, where the order changes with them, if not from earlier on."""


class Allocation(NamedTuple):
    """What of an amount went to what, the loan and its instalments afterwards, and what was not needed."""

    loan: Loan
    dues: tuple[LoanDue, ...]
    fees: int
    penalty: int
    compounded: int
    interest: int
    principal: int
    left: int


def is_principal_first(loan: Loan) -> bool:
    """Whether what is overdue of the principal is paid before penalty and interest."""
    if loan.allocation is AllocationOrder.PRINCIPAL_AFTER_90:
        return loan.accrual_stopped_on is not None or loan.days_overdue >= PRINCIPAL_FIRST_FROM
    return loan.allocation is AllocationOrder.PRINCIPAL_FIRST


def allocate(loan: Loan, dues: Sequence[LoanDue], amount: int, today: date) -> Allocation:
    """Spread an amount over what a loan owes today. Nothing of it goes to what has not fallen due."""
    paying = _Paying(loan, dues, amount, today)
    paying.pay_fees()
    if is_principal_first(loan):
        paying.pay_dues(overdue=True, principal=True)
        paying.pay_penalty()
        paying.pay_dues(overdue=True, principal=False)
    else:
        paying.pay_penalty()
        paying.pay_dues(overdue=True, principal=False)
        paying.pay_dues(overdue=True, principal=True)
    paying.pay_dues(overdue=False, principal=False)
    paying.pay_dues(overdue=False, principal=True)
    return paying.result()


class _Paying:
    """An amount that is being spread."""

    def __init__(self, loan: Loan, dues: Sequence[LoanDue], amount: int, today: date) -> None:
        self.before = loan
        self.loan = loan
        self.today = today
        self.left = amount
        self.dues = {due.number: due for due in sorted(dues, key=lambda due: due.number) if due.unpaid is not None}
        self.touched: set[int] = set()

    def _take(self, owed: int) -> int:
        paid = min(owed, self.left)
        self.left -= paid
        return paid

    def pay_fees(self) -> None:
        """Fees."""
        paid = self._take(self.loan.fees)
        self.loan = self.loan.replace(fees=self.loan.fees - paid, paid_fees=self.loan.paid_fees + paid)

    def pay_penalty(self) -> None:
        """Penalty, then interest on overdue interest."""
        loan = self.loan
        penalty = self._take(loan.penalty)
        compounded = self._take(loan.compounded)
        self.loan = loan.replace(
            penalty=loan.penalty - penalty,
            compounded=loan.compounded - compounded,
            paid_penalty=loan.paid_penalty + penalty + compounded,
        )

    def pay_dues(self, *, overdue: bool, principal: bool) -> None:
        """Interest or principal of instalments, the oldest first."""
        for number, due in self.dues.items():
            if due.overdue is not overdue or not self.left:
                continue
            if principal:
                paid = self._take(due.open_principal)
                due = due.replace(paid_principal=due.paid_principal + paid)
            else:
                paid = self._take(due.open_interest)
                due = due.replace(paid_interest=due.paid_interest + paid)
            if paid:
                self._pay_of_loan(paid, overdue=overdue, principal=principal)
                self.touched.add(number)
                self.dues[number] = self._settled(due)

    def _pay_of_loan(self, paid: int, *, overdue: bool, principal: bool) -> None:
        loan = self.loan
        late = paid if overdue else 0
        if principal:
            self.loan = loan.replace(
                outstanding=loan.outstanding - paid,
                due_principal=loan.due_principal - paid,
                overdue_principal=loan.overdue_principal - late,
                paid_principal=loan.paid_principal + paid,
            )
        else:
            self.loan = loan.replace(
                due_interest=loan.due_interest - paid,
                overdue_interest=loan.overdue_interest - late,
                paid_interest=loan.paid_interest + paid,
            )

    def _settled(self, due: LoanDue) -> LoanDue:
        if due.open_principal or due.open_interest:
            return due
        return due.replace(unpaid=None, settled_on=self.today)

    def result(self) -> Allocation:
        """What came of it."""
        before, loan = self.before, self.loan
        return Allocation(
            loan,
            tuple([self.dues[number] for number in sorted(self.touched)]),
            before.fees - loan.fees,
            before.penalty - loan.penalty,
            before.compounded - loan.compounded,
            before.due_interest - loan.due_interest,
            before.due_principal - loan.due_principal,
            self.left,
        )
