"""A loan that is computed again: what its transactions make of it now is kept, and the ledger is adjusted today.

Days that are closed stay as they are. The loan as it is stored has to be the one that its transactions make, before
anything of them is changed: else nothing is.
"""

from collections.abc import Sequence
from typing import NamedTuple

from canglian.bank.credit.facilities import limits
from canglian.bank.credit.facilities.model import Facility
from canglian.bank.credit.loans import accounts, money
from canglian.bank.credit.loans.accounts import Pool, move, pool
from canglian.bank.credit.loans.books import brought, current, keep_due, note, put_loan
from canglian.bank.credit.loans.model import (
    Loan,
    LoanDue,
    LoanPlan,
    LoanState,
    LoanTransaction,
    PlanReason,
    TransactionKind,
)
from canglian.bank.credit.loans.paying.spreading import Making, Parts
from canglian.bank.credit.loans.recomputing.living import (
    FIGURES,
    Contract,
    Lived,
    OtherTermsError,
    differing,
    effective,
    relived,
)
from canglian.bank.credit.loans.risk.classing import classified, is_bad
from canglian.bank.credit.loans.risk.posting import lower_memo, note_class, provide, raise_memo, recognise
from canglian.bank.credit.products.model import LoanProduct
from canglian.bank.wallet import Wallet
from canglian.ledger.book import Book

CHANNEL = "console"


class History(NamedTuple):
    """A loan that is brought to today, with its transactions and what they make of it."""

    loan: Loan
    contract: Contract
    transactions: list[LoanTransaction]
    before: Lived


def read(book: Book, identity: str) -> History:
    """A loan as its transactions make it. Rejects ``loan.state``, ``.recompute_bill`` and ``.recompute_unlike``."""
    loan = current(book, identity)
    if loan.bill is not None:
        book.reject("loan.recompute_bill", loan=loan.id)
    if loan.state is LoanState.WRITTEN_OFF:
        book.reject("loan.state", loan=loan.id, state=loan.state.value)
    if loan.is_living:
        loan = brought(book, identity)
    versions = range(1, loan.plan + 1)
    book.require([(LoanPlan, (loan.id, version)) for version in versions], [(LoanTransaction, "loan", loan.id)])
    plans = {version: book.get(LoanPlan, (loan.id, version)) for version in versions}
    contract = Contract(loan, book.get(LoanProduct, (loan.product, loan.version)), plans)
    rows = book.find(LoanTransaction, "loan", loan.id)
    found = _lived(book, contract, effective(rows))
    if differing(loan, found.loan):
        book.reject("loan.recompute_unlike", loan=loan.id)
    return History(loan, contract, rows, found)


def with_others(book: Book, history: History, transactions: Sequence[LoanTransaction]) -> Lived:
    """What other transactions make of the loan today. Rejects ``.recompute_terms`` and ``.recompute_returned``."""
    found = _lived(book, history.contract, effective(transactions))
    if found.over < history.before.over:
        book.reject("loan.recompute_returned", loan=history.loan.id)
    return found


def _lived(book: Book, contract: Contract, transactions: Sequence[LoanTransaction]) -> Lived:
    try:
        return relived(contract, transactions, book.today, Making(book.now, book.actor))
    except OtherTermsError:
        book.reject("loan.recompute_terms", loan=contract.loan.id)


def replanned(book: Book, history: History, after: Lived) -> Loan:
    """The loan by another plan, which is kept, unless the one that it is left with is the one that it went by."""
    loan, found = history.loan, after.plan
    stored = history.contract.plans[loan.plan]
    same = found.replace(
        version=stored.version, reason=stored.reason, made_at=stored.made_at, by=stored.by, made_on=stored.made_on
    )
    if not after.loan.is_living or same == stored:
        return loan
    version = stored.version + 1
    book.add(found.replace(version=version, reason=PlanReason.RECOMPUTED, made_at=book.now, by=book.actor))
    return loan.replace(plan=version)


def correct(book: Book, history: History, after: Lived, noted: Loan, known: Parts, wallet: Wallet, reason: str) -> Loan:
    """Keep a loan as it was computed again.

    ``noted`` is the loan by its plan, whose transaction of today says ``known`` of what changes; the rest of it is
    noted as an adjustment. What payments have too much now goes back to ``wallet``.
    """
    before = history.loan
    _post(book, before, after.loan)
    _keep_dues(book, history, after)
    figures = {name: getattr(after.loan, name) for name in FIGURES}
    loan = noted.replace(**figures, worst_days=after.loan.worst_days, accrued_to=after.loan.accrued_to)
    loan = _note_rest(book, history, after, loan, known, wallet, reason)
    _give_back(book, loan, after.loan.paid_principal - before.paid_principal)
    if not _is_bad_by_hand(loan):
        loan = loan.replace(accrual_stopped_on=after.loan.accrual_stopped_on)
    return put_loan(book, _valued(book, before, loan, history.contract.product, reason))


def _is_bad_by_hand(loan: Loan) -> bool:
    return loan.class_floor is not None and is_bad(loan.class_floor)


def _note_rest(
    book: Book, history: History, after: Lived, loan: Loan, known: Parts, wallet: Wallet, reason: str
) -> Loan:
    """How other payments are spread otherwise, and what is earned more or less; what is too much goes back."""
    rest = after.paid.plus(history.before.paid, -1).plus(known, -1)
    earned = _earned(after.loan) - _earned(history.loan)
    over = after.over - history.before.over
    if not any(rest) and not earned:
        return loan
    paid = None
    if over:
        clearing = pool(book, Pool.CLEARING, loan.asset)
        paid = money.pay_out(book, wallet, clearing, over, code=accounts.REVERSED, channel=CHANNEL, reference=loan.id)
    return note(
        book,
        loan,
        TransactionKind.ADJUSTMENT,
        channel=CHANNEL,
        wallet=None if paid is None else wallet.id,
        transfer=None if paid is None else paid.id,
        parts=rest,
        earned=earned,
        reason=reason,
    )


def _earned(loan: Loan) -> int:
    return loan.owed_interest + loan.paid_interest + loan.paid_penalty


def _keep_dues(book: Book, history: History, after: Lived) -> None:
    """What has fallen due is what the transactions make of it; what has not, any more, is empty."""
    numbers = sorted({row.number for plan in history.contract.plans.values() for row in plan.rows} | after.dues.keys())
    book.require([(LoanDue, (history.loan.id, number)) for number in numbers])
    for number in numbers:
        due, stored = after.dues.get(number), book.maybe(LoanDue, (history.loan.id, number))
        if due is None and stored is not None:
            due = stored.replace(
                principal=0, interest=0, paid_principal=0, paid_interest=0, unpaid=None, settled_on=stored.due
            )
        if due is not None and due != stored:
            keep_due(book, due)


def _post(book: Book, before: Loan, after: Loan) -> None:
    """What is owed, earned and paid otherwise, on the ledger of today."""
    asset, reference = before.asset, before.id
    clearing, fees = pool(book, Pool.CLEARING, asset), pool(book, Pool.FEES, asset)
    earned, penalties = pool(book, Pool.EARNED, asset), pool(book, Pool.PENALTIES, asset)
    interest = after.paid_interest - before.paid_interest
    penalty = after.paid_penalty - before.paid_penalty
    _shift(book, clearing, fees, after.paid_fees - before.paid_fees, reference)
    _shift(book, clearing, before.account, after.paid_principal - before.paid_principal, reference)
    if before.accrual_stopped_on is not None:
        _shift(book, clearing, earned, interest, reference)
        _shift(book, clearing, penalties, penalty, reference)
        more = after.owed_interest - before.owed_interest
        raise_memo(book, asset, Pool.MEMO_INTEREST, max(more, 0), accounts.RECOMPUTED, reference)
        lower_memo(book, asset, Pool.MEMO_INTEREST, max(-more, 0), reference)
        return
    owed = pool(book, Pool.INTEREST, asset)
    _shift(book, clearing, owed, interest + penalty, reference)
    more = after.accrued + after.due_interest - before.accrued - before.due_interest
    _shift(book, owed, earned, more + interest, reference)
    more = after.penalty + after.compounded - before.penalty - before.compounded
    _shift(book, owed, penalties, more + penalty, reference)


def _shift(book: Book, debit: int, credit: int, amount: int, reference: str) -> None:
    """Move an amount, or back what is below nothing."""
    if amount < 0:
        debit, credit = credit, debit
    move(book, debit, credit, abs(amount), accounts.RECOMPUTED, reference)


def _give_back(book: Book, loan: Loan, principal: int) -> None:
    """What of the principal came back can be drawn again; what did not is drawn, whatever the limit has left."""
    facility = book.get(Facility, loan.facility)
    part = facility.part_of(loan.product)
    if principal > 0:
        limits.give_back(book, facility, loan.product, principal)
    elif principal < 0 and part is not None and part.revolving:
        limits.changed(book, facility, loan.product, used=-principal)


def _valued(book: Book, before: Loan, loan: Loan, product: LoanProduct, reason: str) -> Loan:
    """The loan with its class and what is set aside for it, or as it has ended."""
    if not loan.is_living:
        if before.is_living:
            book.emit("loan.closed", f"loan:{loan.id}", loan=loan.id)
        provide(book, loan.asset, -before.provision, loan.id)
        return loan.replace(provision=0, accrual_stopped_on=None)
    found = classified(loan, product, book.today)
    if found.state is LoanState.OVERDUE and before.state is not LoanState.OVERDUE:
        book.emit("loan.overdue", f"loan:{loan.id}", loan=loan.id, days=found.days_overdue)
    provide(book, loan.asset, found.provision - before.provision, loan.id)
    recognise(book, before, found)
    note_class(book, before, found, reason)
    return found
