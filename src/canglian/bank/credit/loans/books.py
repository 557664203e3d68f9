"""What commands of loans do to the book: a loan brought to today, what was earned posted, what was paid spread."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from canglian.bank.credit.facilities import limits
from canglian.bank.credit.facilities.model import Facility
from canglian.bank.credit.loans import accounts, money
from canglian.bank.credit.loans.accounts import Pool, pool
from canglian.bank.credit.loans.accruing import Advanced, Posting, advance
from canglian.bank.credit.loans.model import Loan, LoanDue, LoanPlan, LoanState, LoanTransaction, Row, TransactionKind
from canglian.bank.credit.loans.terms import days_of
from canglian.bank.credit.products.model import LoanProduct
from canglian.bank.wallet import Wallet, require_active_wallet
from canglian.bank.wallet.moving import refuse_without_pin
from canglian.ledger.book import Book
from canglian.ledger.model import Transfer

Earned = dict[tuple[str, date], tuple[int, int]]
"""Interest, and penalty with compound interest, by asset and day."""


def unpaid_of(book: Book, loan: Loan) -> list[LoanDue]:
    """The instalments of a loan that have fallen due and are unpaid."""
    return book.find(LoanDue, "unpaid", loan.id) if loan.due_principal or loan.due_interest else []


def advanced(book: Book, loan: Loan) -> Advanced:
    """A loan at the beginning of the business date; nothing is changed."""
    product = book.get(LoanProduct, (loan.product, loan.version))

    def rows() -> Mapping[int, Row]:
        return {row.number: row for row in book.get(LoanPlan, (loan.id, loan.plan)).rows}

    return advance(loan, unpaid_of(book, loan), rows, days_of(product, loan.drawn_on), book.today)


def keep(book: Book, before: Loan, found: Advanced) -> Loan:
    """Keep a loan as it was brought to today, and tell when it has become overdue."""
    for due in found.dues:
        keep_due(book, due)
    if found.loan.state is LoanState.OVERDUE and before.state is not LoanState.OVERDUE:
        book.emit("loan.overdue", f"loan:{before.id}", loan=before.id, days=found.loan.days_overdue)
    return before if found.loan is before else book.put(found.loan.replace(updated_at=book.now))


def keep_due(book: Book, due: LoanDue) -> None:
    """Keep an instalment that has fallen due."""
    if book.maybe(LoanDue, (due.loan, due.number)) is None:
        book.add(due)
    else:
        book.put(due)


def brought(book: Book, identity: str) -> Loan:
    """A loan that is brought to the beginning of the business date. Rejects ``loan.state`` where it has ended."""
    loan = book.get(Loan, identity)
    if not loan.is_living:
        book.reject("loan.state", loan=loan.id, state=loan.state.value)
    found = advanced(book, loan)
    earned: Earned = {}
    gather(earned, loan.asset, found.postings)
    post(book, earned, loan.id)
    return keep(book, loan, found)


def gather(earned: Earned, asset: str, postings: Iterable[Posting]) -> None:
    """Add what was earned to what others have earned on the same days."""
    for posting in postings:
        interest, penalty = earned.get((asset, posting.day), (0, 0))
        earned[asset, posting.day] = interest + posting.interest, penalty + posting.penalty


def post(book: Book, earned: Earned, loan: str) -> None:
    """Post what was earned, each day's on the date of that day."""
    by_asset: defaultdict[str, list[tuple[date, int, int]]] = defaultdict(list)
    for (asset, day), (interest, penalty) in sorted(earned.items()):
        by_asset[asset].append((day, interest, penalty))
    for asset, days in by_asset.items():
        owed = pool(book, Pool.INTEREST, asset)
        for day, interest, penalty in days:
            if interest:
                accounts.move(book, owed, pool(book, Pool.EARNED, asset), interest, accounts.INTEREST, loan, on=day)
            if penalty:
                account = pool(book, Pool.PENALTIES, asset)
                accounts.move(book, owed, account, penalty, accounts.PENALTY, loan, on=day)


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
    """What came in pays what was owed."""
    clearing = pool(book, Pool.CLEARING, loan.asset)
    owed = pool(book, Pool.INTEREST, loan.asset)
    accounts.move(book, clearing, pool(book, Pool.FEES, loan.asset), fees, accounts.FEE_PAID, loan.id)
    accounts.move(book, clearing, owed, penalty, accounts.PENALTY_PAID, loan.id)
    accounts.move(book, clearing, owed, interest, accounts.INTEREST_PAID, loan.id)
    accounts.move(book, clearing, loan.account, principal, accounts.PRINCIPAL, loan.id)


def give_back(book: Book, loan: Loan, principal: int) -> None:
    """What of the principal came back can be drawn again, where its product says so."""
    limits.give_back(book, book.get(Facility, loan.facility), loan.product, principal)


def ended(book: Book, loan: Loan) -> Loan:
    """A loan of which nothing is owed any more is closed."""
    if loan.owed_in_all or not loan.is_living:
        return loan
    book.emit("loan.closed", f"loan:{loan.id}", loan=loan.id)
    return loan.replace(
        state=LoanState.CLOSED,
        number=0,
        next_due=None,
        next_principal=0,
        next_interest=0,
        penalty_rest=0,
        compound_rest=0,
        closed_on=book.today,
    )


def note(
    book: Book,
    loan: Loan,
    kind: TransactionKind,
    *,
    channel: str,
    wallet: str | None = None,
    transfer: int | None = None,
    parts: Sequence[int] = (0, 0, 0, 0, 0),
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
        )
    )
    return loan.replace(transactions=number, updated_at=book.now)


__all__ = [
    "Earned",
    "advanced",
    "brought",
    "ended",
    "gather",
    "give_back",
    "keep",
    "keep_due",
    "note",
    "own_wallet",
    "paying_wallet",
    "post",
    "receive",
    "spread",
    "unpaid_of",
]
