"""What commands of loans do to the book: a loan brought to today, what was earned posted, what was paid spread."""

from collections.abc import Sequence
from typing import Any

from canglian.bank.credit.facilities import limits
from canglian.bank.credit.facilities.model import Facility
from canglian.bank.credit.loans import accounts, money
from canglian.bank.credit.loans.accounts import Pool, pool
from canglian.bank.credit.loans.accruing import Advanced
from canglian.bank.credit.loans.interest import interest_of, with_interest
from canglian.bank.credit.loans.model import (
    Loan,
    LoanDue,
    LoanInterest,
    LoanPlan,
    LoanState,
    LoanTransaction,
    TransactionKind,
)
from canglian.bank.credit.loans.paying.spreading import Making, closed
from canglian.bank.credit.loans.repricing import brought_to
from canglian.bank.credit.loans.risk.classing import classified
from canglian.bank.credit.loans.risk.posting import Totals, lower_memo, note_class, provide, recognise
from canglian.bank.credit.pay_later.following import follow
from canglian.bank.credit.products.model import LoanProduct
from canglian.bank.credit.products.rules import rate_on
from canglian.bank.wallet import Wallet, require_active_wallet
from canglian.bank.wallet.moving import refuse_without_pin
from canglian.kernel.amounts import major
from canglian.ledger.book import Book
from canglian.ledger.model import Transfer


def current(book: Book, identity: str) -> Loan:
    """A loan with all days that it was brought to."""
    book.require([(Loan, identity), (LoanInterest, identity)])
    return with_interest(book.get(Loan, identity), book.get(LoanInterest, identity))


def put_loan(book: Book, loan: Loan) -> Loan:
    """Keep a loan, and what the days to come take of it."""
    book.put(interest_of(loan, book.get(LoanProduct, (loan.product, loan.version))))
    if loan.bill is not None:
        follow(book, loan, loan.bill)
    return book.put(loan)


def unpaid_of(book: Book, loan: Loan) -> list[LoanDue]:
    """The instalments of a loan that have fallen due and are unpaid."""
    return book.find(LoanDue, "unpaid", loan.id) if loan.due_principal or loan.due_interest else []


def advanced(book: Book, loan: Loan) -> Advanced:
    """A loan at the beginning of the business date; nothing is changed."""
    product = book.get(LoanProduct, (loan.product, loan.version))
    return brought_to(
        loan,
        unpaid_of(book, loan),
        lambda: book.get(LoanPlan, (loan.id, loan.plan)),
        product,
        book.today,
        lambda day: rate_on(book, product, day),
        Making(book.now, book.actor),
    )


def keep(book: Book, before: Loan, found: Advanced, totals: Totals, reason: str | None = None) -> Loan:
    """Keep a loan as it was brought to today, with its class; what is to be posted of it is added to ``totals``."""
    for due in found.dues:
        keep_due(book, due)
    totals.earn(before, found.postings)
    product = book.get(LoanProduct, (before.product, before.version))
    loan = classified(found.loan, product, book.today)
    if loan is before:
        return before
    if loan.state is LoanState.OVERDUE and before.state is not LoanState.OVERDUE:
        book.emit("loan.overdue", f"loan:{before.id}", loan=before.id, days=loan.days_overdue)
    totals.provide(loan.asset, loan.provision - before.provision)
    recognise(book, before, loan)
    note_class(book, before, loan, reason)
    return put_loan(book, _repriced(book, before, loan, found.plans).replace(updated_at=book.now))


def _repriced(book: Book, before: Loan, loan: Loan, plans: Sequence[LoanPlan]) -> Loan:
    """Keep the plans by which a loan has followed a published rate, and note each with the rate before and after."""
    rate_ppm = before.rate_ppm
    for plan in plans:
        book.add(plan)
        why = f"{major(rate_ppm, 4)} % → {major(plan.rate_ppm, 4)} %"
        named = loan.replace(plan=plan.version)
        loan = note(book, named, TransactionKind.REPRICING, channel="job", value_date=plan.made_on, reason=why)
        rate_ppm = plan.rate_ppm
        book.emit("loan.repriced", f"loan:{loan.id}", loan=loan.id, plan=plan.version, rate_ppm=rate_ppm)
    return loan


def keep_due(book: Book, due: LoanDue) -> None:
    """Keep an instalment that has fallen due."""
    if book.maybe(LoanDue, (due.loan, due.number)) is None:
        book.add(due)
    else:
        book.put(due)


def brought(book: Book, identity: str) -> Loan:
    """A loan that is brought to the beginning of the business date. Rejects ``loan.state`` where it has ended."""
    loan = current(book, identity)
    if not loan.is_living:
        book.reject("loan.state", loan=loan.id, state=loan.state.value)
    totals = Totals()
    kept = keep(book, loan, advanced(book, loan), totals)
    totals.post(book, loan.id)
    return kept


# -- money that comes back -------------------------------------------------------------------------------------------


def paying_wallet(book: Book, loan: Loan, identity: str, channel: str, pin: int | None) -> Wallet:
    """A wallet of the borrower that pays. Rejects ``loan.wallet``, ``loan.wallet_asset``, and what its PIN does."""
    return own_wallet(book, loan.party, loan.asset, identity, channel, pin)


def own_wallet(book: Book, party: str, asset: str, identity: str, channel: str, pin: int | None) -> Wallet:
    """A wallet of somebody in which a loan is paid out or repaid."""
    wallet = require_active_wallet(book, identity)
    if wallet.party != party:
        book.reject("loan.wallet", wallet=wallet.id, field="wallet")
    if wallet.asset != asset:
        book.reject("loan.wallet_asset", wallet=wallet.id, holds=wallet.asset, asset=asset, field="wallet")
    if wallet.parent is not None:
        book.reject("loan.sub_wallet", wallet=wallet.id, field="wallet")
    refuse_without_pin(book, wallet, channel, pin)
    return wallet


def receive(book: Book, loan: Loan, wallet: Wallet, amount: int, channel: str) -> Transfer:
    """What a borrower repays comes out of a wallet. Rejects what the wallet does."""
    book.require([*money.reads(wallet), *accounts.reads(loan.account)])
    clearing = pool(book, Pool.CLEARING, loan.asset)
    return money.take_in(book, wallet, clearing, amount, code=accounts.REPAID, channel=channel, reference=loan.id)


def spread(book: Book, loan: Loan, *, fees: int, penalty: int, interest: int, principal: int) -> None:
    """What came in pays what was owed; interest that was not recognised is earned when it is paid."""
    clearing = pool(book, Pool.CLEARING, loan.asset)
    of_interest = of_penalty = pool(book, Pool.INTEREST, loan.asset)
    if loan.accrual_stopped_on is not None:
        of_interest, of_penalty = pool(book, Pool.EARNED, loan.asset), pool(book, Pool.PENALTIES, loan.asset)
        lower_memo(book, loan.asset, Pool.MEMO_INTEREST, interest + penalty, loan.id)
    accounts.move(book, clearing, pool(book, Pool.FEES, loan.asset), fees, accounts.FEE_PAID, loan.id)
    accounts.move(book, clearing, of_penalty, penalty, accounts.PENALTY_PAID, loan.id)
    accounts.move(book, clearing, of_interest, interest, accounts.INTEREST_PAID, loan.id)
    accounts.move(book, clearing, loan.account, principal, accounts.PRINCIPAL, loan.id)


def give_back(book: Book, loan: Loan, principal: int) -> None:
    """What of the principal came back can be drawn again, where its product says so."""
    limits.give_back(book, book.get(Facility, loan.facility), loan.product, principal)


def ended(book: Book, loan: Loan) -> Loan:
    """A loan of which nothing is owed any more is closed."""
    after = closed(loan, book.today)
    if after is not loan:
        book.emit("loan.closed", f"loan:{loan.id}", loan=loan.id)
        provide(book, loan.asset, -loan.provision, loan.id)
    return after


def note(
    book: Book,
    loan: Loan,
    kind: TransactionKind,
    *,
    channel: str,
    wallet: str | None = None,
    transfer: int | None = None,
    parts: Sequence[int] = (0, 0, 0, 0, 0),
    **more: Any,
) -> Loan:
    """Note a transaction of a loan: what of it is for fees, penalty, compound interest, interest and principal."""
    fees, penalty, compounded, interest, principal = parts
    number = loan.transactions + 1
    book.add(
        LoanTransaction(
            id=book.new_id("ltx"),
            loan=loan.id,
            number=number,
            kind=kind,
            amount=sum(parts),
            fees=fees,
            penalty=penalty,
            compounded=compounded,
            interest=interest,
            principal=principal,
            wallet=wallet,
            transfer=transfer,
            plan=loan.plan,
            on=book.today,
            at=book.now,
            by=book.actor,
            channel=channel,
            **more,
        )
    )
    return loan.replace(transactions=number, updated_at=book.now)


__all__ = [
    "advanced",
    "brought",
    "current",
    "ended",
    "give_back",
    "keep",
    "keep_due",
    "note",
    "own_wallet",
    "paying_wallet",
    "put_loan",
    "receive",
    "spread",
    "unpaid_of",
]
