"""Loans are brought to the beginning of the business date: accrued, fallen due, overdue."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.credit.loans.books import advanced, current, keep
from canglian.bank.credit.loans.commands.values import LoanId
from canglian.bank.credit.loans.interest import Growth, growth_of
from canglian.bank.credit.loans.model import Loan, LoanDay, LoanDue, LoanInterest, LoanPlan
from canglian.bank.credit.loans.risk.posting import Totals
from canglian.bank.credit.loans.terms import days_of
from canglian.bank.credit.pay_later.model import Bill
from canglian.bank.credit.products.model import LoanProduct
from canglian.kernel.command import Command, Read
from canglian.kernel.fields import doc
from canglian.ledger.book import Book

CHUNK_MAX = 2048

Day = date  # a field named date would hide the type

REFERENCE = "loans"
"""The reference of what many loans have earned together."""


class Brought(msgspec.Struct, frozen=True):
    """How many loans were brought to today, and what they earned, in fen."""

    loans: Annotated[int, doc("How many loans were brought to today.")]
    interest: Annotated[int, doc("The interest that they earned.")]
    penalty: Annotated[int, doc("The penalty and the compound interest that they earned.")]


class BringLoans(Command[Brought], kind="credit.bring_loans"):
    """Bring many loans to the beginning of the business date, whatever days they lack; one that is there stays so.

    What they earned on a day is posted together, on the date of that day; each has its class of today, by which
    interest is recognised no more or again, and what is set aside for all of them is raised and released.
    """

    loans: Annotated[list[LoanId], Meta(min_length=1, max_length=CHUNK_MAX)]

    def weight(self) -> int:
        return len(self.loans)

    def reads(self) -> Iterable[Read]:
        return [(LoanInterest, loan) for loan in self.loans]

    def decide(self, book: Book) -> Brought:
        quiet, others, today = list[LoanInterest](), list[str](), book.today
        for loan in self.loans:
            interest = book.maybe(LoanInterest, loan)
            if interest is None or interest.until is None or interest.accrued_to >= today:
                continue
            if interest.until > today:
                quiet.append(interest)
            else:
                others.append(loan)
        totals = Totals()
        for loan in self._load(book, others):
            keep(book, loan, advanced(book, loan), totals)
        _earn(book, quiet, totals)
        totals.post(book, REFERENCE)
        return Brought(len(quiet) + len(others), totals.interest, totals.penalty)

    def _load(self, book: Book, found: list[str]) -> list[Loan]:
        """Have what they will read loaded for all of them at once: what is unpaid, the plans of those that fall due."""
        book.require([(Loan, loan) for loan in found])
        behind = [current(book, loan) for loan in found]
        falling = [loan for loan in behind if _falls_due(loan, book.today) or _reprices(loan, book.today)]
        book.require(
            [
                *((LoanPlan, (loan.id, loan.plan)) for loan in falling),
                *((Bill, loan.bill) for loan in behind if loan.bill is not None),
            ],
            [(LoanDue, "unpaid", loan.id) for loan in behind if loan.due_principal or loan.due_interest],
        )
        book.require(
            [
                (LoanDue, (loan.id, row.number))
                for loan in falling
                for row in book.get(LoanPlan, (loan.id, loan.plan)).rows
                if row.number >= loan.number and row.due <= book.today
            ]
        )
        return behind


def _falls_due(loan: Loan, today: Day) -> bool:
    return loan.next_due is not None and loan.next_due <= today


def _reprices(loan: Loan, today: Day) -> bool:
    return loan.reprices_on is not None and loan.reprices_on <= today


def _earn(book: Book, quiet: list[LoanInterest], totals: Totals) -> None:
    """Days on which loans earn interest, and nothing else happens to them. Many share how a principal grows."""
    growths: dict[tuple[str, int, date, date, date], tuple[str, Growth]] = {}
    earned: defaultdict[tuple[str, date, bool], int] = defaultdict(int)
    for interest in quiet:
        key = interest.product, interest.version, interest.drawn_on, interest.period_from, interest.accrued_to
        known = growths.get(key)
        if known is None:
            product = book.get(LoanProduct, (interest.product, interest.version))
            growth = growth_of(interest, days_of(product, interest.drawn_on), book.today)
            known = growths[key] = product.asset.value, growth
        asset, growth = known
        accrued, owed = interest.accrued, interest.bearing * interest.rate_ppm
        half = growth.parts // 2 + interest.bearing * interest.grown
        for day, grown in growth.days:
            until = interest.carried + (owed * grown + half) // growth.parts
            earned[asset, day, interest.stopped] += until - accrued
            accrued = until
        book.put(interest.replace(accrued=accrued, accrued_to=book.today))
    for (asset, day, stopped), amount in earned.items():
        totals.add(asset, day, amount, stopped=stopped)


class FinishLoanDay(Command[LoanDay], kind="credit.finish_loan_day"):
    """Note that all loans have been brought to a business date. Rejects ``loan_day.ahead``."""

    date: Day

    def decide(self, book: Book) -> LoanDay:
        if self.date > book.today:
            book.reject("loan_day.ahead", date=self.date.isoformat(), today=book.today.isoformat())
        found = book.maybe(LoanDay, self.date)
        return book.add(LoanDay(self.date, book.now)) if found is None else found
