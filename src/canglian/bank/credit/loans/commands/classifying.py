"""Somebody sets the best class that a loan may have, or lifts it again; others approve."""

from typing import Annotated

from canglian.bank.approval import Approvable, Description, Fact, approvable
from canglian.bank.credit.loans.accruing import Advanced
from canglian.bank.credit.loans.books import brought, keep
from canglian.bank.credit.loans.commands.values import LoanId
from canglian.bank.credit.loans.model import Loan, LoanClass
from canglian.bank.credit.loans.risk.classing import class_by_days, worst
from canglian.bank.credit.loans.risk.posting import Totals
from canglian.bank.credit.products.model import LoanProduct
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, Reason, doc
from canglian.ledger.book import Book


class ClassifyLoan(Command[Loan], kind="credit.classify"):
    """Set the class of a loan, than which it is never better until this is lifted; its days overdue may make it worse.

    The class by its days overdue lifts what was set. Rejects ``loan.state``, ``.class_better`` and ``.class_same``.
    """

    loan: LoanId
    risk_class: Annotated[
        LoanClass,
        doc("The best class that it may have; the class by its days overdue lifts what was set."),
        Field(label="Class"),
    ]
    reason: Reason

    def decide(self, book: Book) -> Loan:
        loan = brought(book, self.loan)
        by_days = class_by_days(book.get(LoanProduct, (loan.product, loan.version)), loan.days_overdue)
        if worst(by_days, self.risk_class) is not self.risk_class:
            book.reject("loan.class_better", loan=loan.id, risk_class=by_days.value, field="risk_class")
        floor = None if self.risk_class is by_days else self.risk_class
        if floor is loan.class_floor:
            book.reject("loan.class_same", loan=loan.id, field="risk_class")
        totals = Totals()
        kept = keep(book, loan, Advanced(loan.replace(class_floor=floor), (), ()), totals, self.reason)
        totals.post(book, loan.id)
        return kept


def _describe(book: Book, command: ClassifyLoan) -> Description:
    loan = book.get(Loan, command.loan)
    facts = [
        Fact("Loan", "code", loan.id),
        Fact("Borrower", "holder", loan.party),
        Fact("Outstanding", "money", loan.outstanding, asset=loan.asset),
        Fact("Days overdue", "number", loan.days_overdue),
        Fact("Class now", "words", f"loan_class.{loan.risk_class.value}", watched=True),
        Fact("Class", "words", f"loan_class.{command.risk_class.value}"),
        Fact("Reason", "text", command.reason),
    ]
    return Description(f"loan:{loan.id}", facts, loan.outstanding, loan.asset)


approvable(
    Approvable(
        ClassifyLoan,
        "Classify a loan",
        _describe,
        outcome=lambda loan: f"loan:{loan.id}",
        reason="reason",
        always=True,
        matter=lambda command: f"loan_class:{command.loan}",
    )
)
