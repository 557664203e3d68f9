"""Money that came in for a loan pays what is due of it, then interest until today, then principal by another plan.

Who paid it and how it came into the clearing account is the commands' affair.
"""

from typing import NamedTuple

from canglian.bank.credit.loans.books import ended, give_back, keep_due, note, put_loan, spread, unpaid_of
from canglian.bank.credit.loans.model import Loan, LoanPlan, TransactionKind
from canglian.bank.credit.loans.paying.spreading import Making, PrepayEffect, settled
from canglian.bank.credit.products.model import LoanProduct
from canglian.ledger.book import Book


class Paid(NamedTuple):
    """What a payment was, where it was asked for, and the wallet and transfer by which it came."""

    kind: TransactionKind
    channel: str
    wallet: str | None = None
    transfer: int | None = None


def settle(book: Book, loan: Loan, amount: int, how: Paid, effect: PrepayEffect = PrepayEffect.SHORTER) -> Loan:
    """Spread what came in over a loan that is brought to today, and keep the loan. It is no more than is owed."""

    def known() -> tuple[LoanPlan, LoanProduct]:
        product = book.get(LoanProduct, (loan.product, loan.version))
        return book.get(LoanPlan, (loan.id, loan.plan)), product

    making = Making(book.now, book.actor)
    found = settled(loan, unpaid_of(book, loan), known, amount, book.today, making, effect)
    parts = found.parts
    for due in found.dues:
        keep_due(book, due)
    spread(
        book,
        loan,
        fees=parts.fees,
        penalty=parts.penalty + parts.compounded,
        interest=parts.interest,
        principal=parts.principal,
    )
    give_back(book, loan, parts.principal)
    if found.plan is not None:
        book.add(found.plan)
    channel, wallet, transfer = how.channel, how.wallet, how.transfer
    noted = note(book, found.loan, how.kind, channel=channel, wallet=wallet, transfer=transfer, parts=parts)
    return put_loan(book, ended(book, noted))
