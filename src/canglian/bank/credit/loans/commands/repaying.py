"""A borrower pays what has fallen due."""

from typing import Annotated

from canglian.bank.credit.loans.accruing import standing
from canglian.bank.credit.loans.allocating import Allocation, allocate
from canglian.bank.credit.loans.books import (
    brought,
    ended,
    give_back,
    keep_due,
    note,
    paying_wallet,
    put_loan,
    receive,
    spread,
    unpaid_of,
)
from canglian.bank.credit.loans.commands.values import Channel, LoanId, Payer, Pin
from canglian.bank.credit.loans.model import Loan, TransactionKind
from canglian.kernel.command import Command
from canglian.kernel.fields import doc
from canglian.kernel.values import Amount
from canglian.ledger.book import Book


class RepayLoan(Command[Loan], kind="credit.repay"):
    """Pay what has fallen due of a loan, in whole or in part, in the order of its product.

    Rejects ``loan.state``, ``.nothing_due``, ``.too_much``, ``.wallet``, ``.wallet_asset``, and what the wallet does.
    """

    loan: LoanId
    amount: Annotated[Amount, doc("How much is paid, in fen.")]
    wallet: Payer
    channel: Channel
    pin: Pin = None

    def decide(self, book: Book) -> Loan:
        loan = brought(book, self.loan)
        owed = loan.owed_now
        if not owed:
            book.reject("loan.nothing_due", loan=loan.id)
        if self.amount > owed:
            book.reject(
                "loan.too_much", loan=loan.id, balance=owed, amount=self.amount, asset=loan.asset, field="amount"
            )
        wallet = paying_wallet(book, loan, self.wallet, self.channel, self.pin)
        paid = receive(book, loan, wallet, self.amount, self.channel)
        found = pay_dues(book, loan, self.amount)
        spread(
            book,
            loan,
            fees=found.fees,
            penalty=found.penalty + found.compounded,
            interest=found.interest,
            principal=found.principal,
        )
        give_back(book, loan, found.principal)
        noted = note(
            book,
            found.loan,
            TransactionKind.REPAYMENT,
            channel=self.channel,
            wallet=wallet.id,
            transfer=paid.id,
            parts=(found.fees, found.penalty, found.compounded, found.interest, found.principal),
        )
        book.emit("loan.repaid", f"loan:{loan.id}", loan=loan.id, amount=self.amount)
        return put_loan(book, ended(book, noted))


def pay_dues(book: Book, loan: Loan, amount: int) -> Allocation:
    """Spread an amount over what has fallen due of a loan, whose instalments are kept as they are then."""
    unpaid = unpaid_of(book, loan)
    found = allocate(loan, unpaid, amount, book.today)
    for due in found.dues:
        keep_due(book, due)
    changed = {due.number: due for due in found.dues}
    return found._replace(loan=standing(found.loan, [changed.get(due.number, due) for due in unpaid], book.today))
