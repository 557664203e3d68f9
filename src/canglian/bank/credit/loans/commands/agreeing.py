"""A loan goes on by other terms that were agreed: what such commands do to the book."""

from typing import Any

from canglian.bank.credit.loans.accruing import Advanced
from canglian.bank.credit.loans.agreed import Before, by_agreed
from canglian.bank.credit.loans.books import brought, keep, note
from canglian.bank.credit.loans.model import Loan, LoanPlan, TransactionKind
from canglian.bank.credit.loans.paying.spreading import Making
from canglian.bank.credit.loans.risk.posting import Totals
from canglian.bank.credit.products.business_days import calendar_of
from canglian.bank.credit.products.model import LoanProduct
from canglian.ledger.book import Book

CHANNEL = "console"


def standing(book: Book, identity: str, months_more: int = 0) -> Before:
    """A loan that is brought to today, with its plans, to be given more months or none.

    Rejects ``loan.state`` where it has ended.
    """
    loan = brought(book, identity)
    book.require([(LoanPlan, (loan.id, 1)), (LoanPlan, (loan.id, loan.plan))])
    product = book.get(LoanProduct, (loan.product, loan.version))
    first, plan = book.get(LoanPlan, (loan.id, 1)), book.get(LoanPlan, (loan.id, loan.plan))
    calendar = calendar_of(book, product, loan.drawn_on, loan.months + months_more)
    return Before(loan, product, first, plan, book.today, Making(book.now, book.actor), calendar)


def go_by(book: Book, before: Before, plan: LoanPlan, kind: TransactionKind, reason: str, **more: Any) -> Loan:
    """Keep a loan by a plan that was agreed, with what else of it is another since; the plan before stays."""
    loan = before.loan
    after = by_agreed(loan, book.add(plan), before.product).replace(**more)
    noted = note(book, after, kind, channel=CHANNEL, reason=reason)
    totals = Totals()
    kept = keep(book, loan, Advanced(noted, (), ()), totals, reason)
    totals.post(book, loan.id)
    return kept
