"""Whoever is overdue, or owes what was written off, gets nothing more out of a limit."""

from canglian.bank.credit.loans.model import Loan
from canglian.kernel.book import Book


def refuse_owing(book: Book, party: str) -> None:
    """Rejects ``loan.party_overdue`` and ``loan.party_written_off``."""
    for loan in book.find(Loan, "party", party):
        if loan.is_living and (loan.overdue_principal or loan.overdue_interest):
            book.reject("loan.party_overdue", loan=loan.id)
        if loan.claim:
            book.reject("loan.party_written_off", loan=loan.id)
