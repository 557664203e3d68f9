"""The protocol by which rooms above lend against the limit of somebody who stands for the borrower.

``lend`` takes from a facility and pays whom the caller says; the loan is the borrower's, and lives like any other: it
is accrued, overdue, classified and written off. ``take_back`` settles it by what the caller brings. Both are given a
function that moves the money out of the clearing account of loans, or into it, inside of the caller's own decision.
"""

from collections.abc import Callable
from datetime import timedelta

from msgspec.structs import replace

from canglian.bank.credit.facilities import limits
from canglian.bank.credit.facilities.model import Facility
from canglian.bank.credit.loans import accounts
from canglian.bank.credit.loans.accounts import Pool, pool
from canglian.bank.credit.loans.beginning import Parties, begun
from canglian.bank.credit.loans.books import brought, current, note
from canglian.bank.credit.loans.commands.recovering import recovered
from canglian.bank.credit.loans.interest import interest_of
from canglian.bank.credit.loans.model import Loan, LoanPlan, PlanReason, Row, TransactionKind
from canglian.bank.credit.loans.owing import refuse_owing
from canglian.bank.credit.loans.paying.settling import Paid, PrepayEffect, settle
from canglian.bank.credit.loans.terms import planned, rows_of
from canglian.bank.credit.products.business_days import calendar_of
from canglian.bank.credit.products.model import LoanProduct, RepaymentMethod
from canglian.bank.credit.products.rules import rate_today
from canglian.ledger.book import Book
from canglian.ledger.model import Transfer

Move = Callable[[int, str], Transfer]
"""Moves an amount out of the clearing account of loans, or into it, given its number and the loan."""


def lend(
    book: Book,
    facility: Facility,
    product_code: str,
    amount: int,
    months: int,
    *,
    borrower: str,
    wallet: str | None,
    pay: Move,
    channel: str,
) -> Loan:
    """A loan in one sum (到期一次还本付息) for a customer, against the facility of somebody else.

    It costs no fee. ``wallet`` is the borrower's own, where they have one.
    Rejects ``facility.*``, ``loan.amount``, ``.term``, ``.pay_later``, ``.not_bullet``, ``.party_overdue`` and
    ``.party_written_off``, and what ``pay`` does.
    """
    part = limits.require_part(book, facility, product_code)
    product = book.get(LoanProduct, (part.product, part.version))
    _refuse_terms(book, product, amount, months)
    refuse_owing(book, borrower)
    part = replace(part, rate_ppm=rate_today(book, product, part.rate_ppm))
    calendar = calendar_of(book, product, book.today, months)
    plan = planned(product, amount, part.rate_ppm, months, book.today, calendar)
    limits.take(book, facility, product_code, amount)
    identity, asset, rows = book.new_id("lon"), product.asset.value, rows_of(plan)
    account, clearing = accounts.open_principal(book, identity, asset, product.name), pool(book, Pool.CLEARING, asset)
    accounts.move(book, account, clearing, amount, accounts.DRAWN, identity)
    paid = pay(clearing, identity)
    of = Parties(facility.id, borrower, wallet or "", account)
    loan = begun(identity, of, part, product, (amount, months, 0), rows, on=book.today, at=book.now)
    return _kept(book, loan, product, paid, channel)


def fall_due(
    book: Book,
    facility: Facility,
    product_code: str,
    amount: int,
    *,
    borrower: str,
    wallet: str | None,
    pay: Move,
    channel: str,
) -> Loan:
    """A claim that was not paid today becomes a loan (垫款), due at once: it bears the penalty from today on.

    Nothing is taken from the limit, of which the claim is a part already; what is repaid is given back to it.
    """
    part = facility.part_of(product_code)
    assert part is not None
    product = book.get(LoanProduct, (part.product, part.version))
    identity, asset, begins = book.new_id("lon"), product.asset.value, book.today - timedelta(days=1)
    account, clearing = accounts.open_principal(book, identity, asset, product.name), pool(book, Pool.CLEARING, asset)
    accounts.move(book, account, clearing, amount, accounts.DRAWN, identity)
    paid = pay(clearing, identity)
    rows = (Row(1, book.today, amount, 0, 0),)
    of = Parties(facility.id, borrower, wallet or "", account)
    loan = begun(identity, of, part, product, (amount, 1, 0), rows, on=begins, at=book.now)
    loan = loan.replace(rate_ppm=0, reprices_on=None)
    return brought(book, _kept(book, loan, product, paid, channel).id)


def _kept(book: Book, loan: Loan, product: LoanProduct, paid: Transfer, channel: str) -> Loan:
    """Keep a loan with its plan and its drawdown."""
    rows = (Row(loan.number, loan.next_due or loan.matures_on, loan.next_principal, loan.next_interest, 0),)
    book.add(
        LoanPlan(
            loan=loan.id,
            version=1,
            reason=PlanReason.DRAWDOWN,
            made_on=loan.drawn_on,
            balance=loan.principal,
            before=0,
            level=None,
            rows=rows,
            made_at=book.now,
            by=book.actor,
            deferred=0,
            rate_ppm=loan.rate_ppm,
        )
    )
    drawn = (0, 0, 0, 0, loan.principal)
    loan = note(book, loan, TransactionKind.DRAWDOWN, channel=channel, transfer=paid.id, parts=drawn)
    book.emit("loan.drawn", f"loan:{loan.id}", loan=loan.id, facility=loan.facility, amount=loan.principal)
    book.add(interest_of(loan, product))
    return book.add(loan)


def owed_of(book: Book, identity: str) -> Loan:
    """A loan at the beginning of the business date; one that has ended as it is."""
    loan = current(book, identity)
    return brought(book, identity) if loan.is_living else loan


def take_back(book: Book, loan: Loan, amount: int, take: Move, channel: str) -> Loan:
    """Settle a loan that is brought to today, in whole or in part, by money that ``take`` brings.

    Of one that was written off it is a recovery.
    """
    taken = take(pool(book, Pool.CLEARING, loan.asset), loan.id)
    if loan.claim:
        return recovered(book, loan, amount, taken, None, channel)
    early = amount > loan.owed_now
    kind = TransactionKind.PREPAYMENT if early else TransactionKind.REPAYMENT
    book.emit("loan.prepaid" if early else "loan.repaid", f"loan:{loan.id}", loan=loan.id, amount=amount)
    return settle(book, loan, amount, Paid(kind, channel, None, taken.id), PrepayEffect.LOWER)


def _refuse_terms(book: Book, product: LoanProduct, amount: int, months: int) -> None:
    if product.is_pay_later:
        book.reject("loan.pay_later", product=product.code, field="product")
    if product.method is not RepaymentMethod.BULLET or product.asset.value != "CNY":
        book.reject("loan.not_bullet", product=product.code)
    if not product.amount_min <= amount <= product.amount_max:
        book.reject("loan.amount", floor=product.amount_min, ceiling=product.amount_max, asset="CNY", field="amount")
    if months not in product.terms:
        book.reject("loan.term", terms=", ".join(map(str, product.terms)), field="months")
