"""A borrower pays what has fallen due."""

from typing import Annotated

from canglian.bank.credit.loans.books import brought, paying_wallet, receive
from canglian.bank.credit.loans.commands.values import Channel, LoanId, Payer, Pin
from canglian.bank.credit.loans.model import Loan, TransactionKind
from canglian.bank.credit.loans.paying.settling import Paid, settle
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
        book.emit("loan.repaid", f"loan:{loan.id}", loan=loan.id, amount=self.amount)
        return settle(book, loan, self.amount, Paid(TransactionKind.REPAYMENT, self.channel, wallet.id, paid.id))
