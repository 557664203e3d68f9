"""Something of a loan that was written off is recovered."""

from typing import Annotated

from canglian.bank.credit.loans import accounts
from canglian.bank.credit.loans.accounts import Pool, move, pool
from canglian.bank.credit.loans.books import current, note, paying_wallet, put_loan, receive
from canglian.bank.credit.loans.commands.values import Channel, LoanId, Payer, Pin
from canglian.bank.credit.loans.model import Loan, LoanState, TransactionKind
from canglian.bank.credit.loans.risk.posting import lower_memo
from canglian.kernel.command import Command
from canglian.kernel.fields import doc
from canglian.kernel.values import Amount
from canglian.ledger.book import Book
from canglian.ledger.model import Transfer


class RecoverLoan(Command[Loan], kind="credit.recover"):
    """Take what a customer pays of a loan that was written off: principal first, then fees, then interest.

    Principal and fees lower the losses, interest is earned when it comes. Rejects ``loan.state``, ``.too_much``,
    ``.wallet``, ``.wallet_asset``, and what the wallet does.
    """

    loan: LoanId
    amount: Annotated[Amount, doc("How much is paid, in fen.")]
    wallet: Payer
    channel: Channel
    pin: Pin = None

    def decide(self, book: Book) -> Loan:
        loan = current(book, self.loan)
        if loan.state is not LoanState.WRITTEN_OFF:
            book.reject("loan.state", loan=loan.id, state=loan.state.value)
        if self.amount > loan.claim:
            book.reject(
                "loan.too_much", loan=loan.id, balance=loan.claim, amount=self.amount, asset=loan.asset, field="amount"
            )
        wallet = paying_wallet(book, loan, self.wallet, self.channel, self.pin)
        paid = receive(book, loan, wallet, self.amount, self.channel)
        return recovered(book, loan, self.amount, paid, wallet.id, self.channel)


def recovered(book: Book, loan: Loan, amount: int, paid: Transfer, wallet: str | None, channel: str) -> Loan:
    """What came in of a loan that was written off, and is in clearing, lowers what the customer owes of it."""
    principal = min(amount, loan.claim_principal)
    fees = min(amount - principal, loan.claim_fees)
    interest = amount - principal - fees
    asset, clearing = loan.asset, pool(book, Pool.CLEARING, loan.asset)
    move(book, clearing, pool(book, Pool.IMPAIRMENT, asset), principal + fees, accounts.RECOVERED, loan.id)
    move(book, clearing, pool(book, Pool.EARNED, asset), interest, accounts.INTEREST_PAID, loan.id)
    lower_memo(book, asset, Pool.MEMO_WRITTEN_OFF, principal + fees, loan.id)
    lower_memo(book, asset, Pool.MEMO_INTEREST, interest, loan.id)
    after = loan.replace(
        claim_principal=loan.claim_principal - principal,
        claim_interest=loan.claim_interest - interest,
        claim_fees=loan.claim_fees - fees,
        recovered=loan.recovered + principal,
        paid_interest=loan.paid_interest + interest,
        paid_fees=loan.paid_fees + fees,
    )
    noted = note(
        book,
        after,
        TransactionKind.RECOVERY,
        channel=channel,
        wallet=wallet,
        transfer=paid.id,
        parts=(fees, 0, 0, interest, principal),
    )
    book.emit("loan.recovered", f"loan:{loan.id}", loan=loan.id, amount=amount)
    return put_loan(book, noted)
