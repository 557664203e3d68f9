"""A borrower pays before it falls due: all of a loan, or a part of it, after which the plan is another one."""

from typing import Annotated

from canglian.bank.credit.loans.books import brought, paying_wallet, receive
from canglian.bank.credit.loans.commands.values import Channel, LoanId, Payer, Pin
from canglian.bank.credit.loans.model import Loan, TransactionKind
from canglian.bank.credit.loans.paying.settling import Paid, PrepayEffect, settle
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, doc
from canglian.kernel.values import Amount
from canglian.ledger.book import Book


class PrepayLoan(Command[Loan], kind="credit.prepay"):
    """Pay a loan back early: what has fallen due first, then the interest until today, then principal.

    Without an amount it is paid off. Rejects ``loan.state``, ``.too_much``, ``.prepay_small``, ``.wallet``,
    ``.wallet_asset``, and what the wallet does.
    """

    loan: LoanId
    wallet: Payer
    channel: Channel
    amount: Annotated[
        Amount | None,
        doc("How much is paid, in fen; null for all that is owed."),
        Field(label="Amount", help="Empty for all that is owed."),
    ] = None
    effect: Annotated[
        PrepayEffect,
        doc("What becomes less after a part is paid: `shorter` for the term, `lower` for the instalments."),
        Field(label="What becomes less"),
    ] = PrepayEffect.SHORTER
    pin: Pin = None

    def decide(self, book: Book) -> Loan:
        loan = brought(book, self.loan)
        owed, in_all = loan.owed_now, loan.owed_in_all
        amount = in_all if self.amount is None else self.amount
        if amount > in_all:
            book.reject("loan.too_much", loan=loan.id, balance=in_all, amount=amount, asset=loan.asset, field="amount")
        least = owed + loan.accrued
        if amount < in_all and (amount <= least or loan.next_due is None):
            book.reject("loan.prepay_small", loan=loan.id, floor=least, asset=loan.asset, field="amount")
        wallet = paying_wallet(book, loan, self.wallet, self.channel, self.pin)
        paid = receive(book, loan, wallet, amount, self.channel)
        book.emit("loan.prepaid", f"loan:{loan.id}", loan=loan.id, amount=amount)
        how = Paid(TransactionKind.PREPAYMENT, self.channel, wallet.id, paid.id)
        return settle(book, loan, amount, how, self.effect)
