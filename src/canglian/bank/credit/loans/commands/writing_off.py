"""A loss is written off: it leaves the balance sheet, and is still owed."""

from canglian.bank.approval import Approvable, Description, Fact, approvable
from canglian.bank.credit.loans import accounts
from canglian.bank.credit.loans.accounts import Pool, move, pool
from canglian.bank.credit.loans.beginning import NOTHING_OWED, NOTHING_TO_COME
from canglian.bank.credit.loans.books import brought, keep_due, note, put_loan, unpaid_of
from canglian.bank.credit.loans.commands.values import LoanId
from canglian.bank.credit.loans.model import Loan, LoanClass, LoanState, TransactionKind
from canglian.bank.credit.loans.risk.posting import provide, raise_memo
from canglian.kernel.command import Command
from canglian.kernel.fields import Reason
from canglian.ledger.book import Book

CHANNEL = "console"


class WriteOffLoan(Command[Loan], kind="credit.write_off"):
    """Write a loan off whose class is a loss: its principal against what is set aside for it.

    What is not set aside yet is, first; fees that are owed are a loss. Interest counts no more, and all that is owed
    stands off the balance sheet until it is recovered. Rejects ``loan.state`` and ``loan.not_loss``.
    """

    loan: LoanId
    reason: Reason

    def decide(self, book: Book) -> Loan:
        loan = brought(book, self.loan)
        if loan.risk_class is not LoanClass.LOSS:
            book.reject("loan.not_loss", loan=loan.id, risk_class=loan.risk_class.value)
        asset = loan.asset
        for due in unpaid_of(book, loan):
            keep_due(book, due.replace(unpaid=None))
        book.require(accounts.reads(loan.account))
        provide(book, asset, loan.outstanding - loan.provision, loan.id)
        gone = move(
            book, pool(book, Pool.ALLOWANCE, asset), loan.account, loan.outstanding, accounts.WRITTEN_OFF, loan.id
        )
        impaired, fees = pool(book, Pool.IMPAIRMENT, asset), pool(book, Pool.FEES, asset)
        move(book, impaired, fees, loan.fees, accounts.FEE_WRITTEN_OFF, loan.id)
        claim = loan.outstanding + loan.fees
        raise_memo(book, asset, Pool.MEMO_WRITTEN_OFF, claim, accounts.WRITTEN_OFF, loan.id)
        interest = loan.accrued + loan.due_interest
        noted = note(
            book,
            loan,
            TransactionKind.WRITE_OFF,
            channel=CHANNEL,
            transfer=None if gone is None else gone.id,
            parts=(loan.fees, loan.penalty, loan.compounded, interest, loan.outstanding),
        )
        book.emit("loan.written_off", f"loan:{loan.id}", loan=loan.id, amount=loan.outstanding)
        return put_loan(book, _written_off(noted, loan).replace(closed_on=book.today))


def _written_off(noted: Loan, before: Loan) -> Loan:
    return noted.replace(
        state=LoanState.WRITTEN_OFF,
        outstanding=0,
        fees=0,
        **NOTHING_OWED,
        **NOTHING_TO_COME,
        written_off=before.outstanding,
        claim_principal=before.outstanding,
        claim_interest=before.owed_interest,
        claim_fees=before.fees,
    )


def _describe(book: Book, command: WriteOffLoan) -> Description:
    loan = book.get(Loan, command.loan)
    facts = [
        Fact("Loan", "code", loan.id),
        Fact("Borrower", "holder", loan.party),
        Fact("Class", "words", f"loan_class.{loan.risk_class.value}", watched=True),
        Fact("Outstanding", "money", loan.outstanding, asset=loan.asset, watched=True),
        Fact("Set aside for it", "money", loan.provision, asset=loan.asset),
        Fact("Days overdue", "number", loan.days_overdue),
        Fact("Reason", "text", command.reason),
    ]
    return Description(f"loan:{loan.id}", facts, loan.outstanding, loan.asset)


approvable(
    Approvable(
        WriteOffLoan,
        "Write a loan off",
        _describe,
        outcome=lambda loan: f"loan:{loan.id}",
        reason="reason",
        always=True,
        matter=lambda command: f"loan_write_off:{command.loan}",
    )
)
