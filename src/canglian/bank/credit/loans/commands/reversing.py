"""A repayment is taken back, or counts from an earlier day: the loan is computed again, and adjusted today."""

from datetime import date
from typing import Annotated

from canglian.bank.approval import Approvable, Description, Fact, approvable
from canglian.bank.credit.loans import accounts, money
from canglian.bank.credit.loans.accounts import Pool, pool
from canglian.bank.credit.loans.books import note, paying_wallet, receive
from canglian.bank.credit.loans.commands.values import LoanId, Payer
from canglian.bank.credit.loans.model import Loan, LoanTransaction, TransactionKind
from canglian.bank.credit.loans.paying.spreading import Parts
from canglian.bank.credit.loans.recomputing.correcting import CHANNEL, correct, read, replanned, with_others
from canglian.bank.credit.loans.recomputing.living import PAYMENTS
from canglian.bank.wallet import Wallet
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, Reason, doc, identifier
from canglian.kernel.values import Amount
from canglian.ledger.book import Book

TransactionId = Annotated[str, identifier("ltx", "The transaction of the loan that is taken back.")]


class ReverseRepayment(Command[Loan], kind="credit.reverse_repayment"):
    """Take a repayment back (冲正): its money goes back to the wallet that paid, and the loan is as it was without.

    Payments that followed are spread again, and what of interest and penalty is owed more since is adjusted today.
    Rejects ``loan.state``, ``.reverse_kind``, ``.reversed``, ``.recompute_bill``, ``.recompute_terms``,
    ``.recompute_returned``, and what the wallet does.
    """

    loan: LoanId
    transaction: Annotated[TransactionId, Field(label="Repayment")]
    reason: Reason

    def decide(self, book: Book) -> Loan:
        history = read(book, self.loan)
        row = next((each for each in history.transactions if each.id == self.transaction), None)
        if row is None:
            book.reject("loan_transaction.not_found", loan_transaction=self.transaction, field="transaction")
        if row.kind not in PAYMENTS or row.wallet is None:
            book.reject("loan.reverse_kind", loan=self.loan, field="transaction")
        if any(each.reverses == row.id for each in history.transactions):
            book.reject("loan.reversed", loan_transaction=row.id, field="transaction")
        wallet, loan = book.get(Wallet, row.wallet), history.loan
        after = with_others(book, history, [each for each in history.transactions if each is not row])
        book.require([*money.reads(wallet), *accounts.reads(loan.account)])
        clearing = pool(book, Pool.CLEARING, loan.asset)
        paid = money.pay_out(
            book, wallet, clearing, row.amount, code=accounts.REVERSED, channel=CHANNEL, reference=loan.id
        )
        parts = history.before.spread[row.number]
        noted = note(
            book,
            replanned(book, history, after),
            TransactionKind.REVERSAL,
            channel=CHANNEL,
            wallet=wallet.id,
            transfer=paid.id,
            parts=parts,
            value_date=row.counts_on,
            reverses=row.id,
            reason=self.reason,
        )
        book.emit("loan.repayment_reversed", f"loan:{loan.id}", loan=loan.id, amount=row.amount)
        return correct(book, history, after, noted, Parts().plus(parts, -1), wallet, self.reason)


class BackdateRepayment(Command[Loan], kind="credit.backdate_repayment"):
    """Take a repayment that counts from an earlier business date, also behind a day that is closed.

    It pays what had fallen due then, and what is more than that early. Payments that followed are spread again; what of
    interest and penalty is owed less since is adjusted today. Rejects ``loan.state``, ``.backdate``, ``.too_much``,
    ``.recompute_bill``, ``.recompute_terms``, ``.wallet``, ``.wallet_asset``, and what the wallet does.
    """

    loan: LoanId
    amount: Annotated[Amount, doc("How much is paid, in fen.")]
    wallet: Payer
    value_date: Annotated[date, doc("From which business date on it counts."), Field(label="Counts from")]
    reason: Reason

    def decide(self, book: Book) -> Loan:
        history = read(book, self.loan)
        loan = history.loan
        if not loan.is_living:
            book.reject("loan.state", loan=loan.id, state=loan.state.value)
        if not loan.drawn_on <= self.value_date < book.today:
            book.reject(
                "loan.backdate", drawn_on=loan.drawn_on.isoformat(), today=book.today.isoformat(), field="value_date"
            )
        wallet = paying_wallet(book, loan, self.wallet, CHANNEL, None)
        row = self._row(book, loan)
        after = with_others(book, history, [*history.transactions, row])
        parts = after.spread[row.number]
        if sum(parts) < self.amount:
            book.reject(
                "loan.too_much",
                loan=loan.id,
                balance=sum(parts),
                amount=self.amount,
                asset=loan.asset,
                field="amount",
            )
        paid = receive(book, loan, wallet, self.amount, CHANNEL)
        noted = note(
            book,
            replanned(book, history, after),
            TransactionKind.REPAYMENT,
            channel=CHANNEL,
            wallet=wallet.id,
            transfer=paid.id,
            parts=parts,
            value_date=self.value_date,
            reason=self.reason,
        )
        book.emit("loan.repaid", f"loan:{loan.id}", loan=loan.id, amount=self.amount)
        return correct(book, history, after, noted, parts, wallet, self.reason)

    def _row(self, book: Book, loan: Loan) -> LoanTransaction:
        """The repayment as it is lived with."""
        return LoanTransaction(
            id="",
            loan=loan.id,
            number=loan.transactions + 1,
            kind=TransactionKind.REPAYMENT,
            amount=self.amount,
            fees=0,
            penalty=0,
            compounded=0,
            interest=0,
            principal=0,
            wallet=self.wallet,
            transfer=None,
            plan=loan.plan,
            on=book.today,
            at=book.now,
            by=book.actor,
            channel=CHANNEL,
            value_date=self.value_date,
        )


def _facts(book: Book, identity: str) -> list[Fact]:
    loan = book.get(Loan, identity)
    return [
        Fact("Loan", "code", loan.id),
        Fact("Borrower", "holder", loan.party),
        Fact("Outstanding", "money", loan.outstanding, asset=loan.asset),
    ]


def _describe_reversal(book: Book, command: ReverseRepayment) -> Description:
    loan, row = book.get(Loan, command.loan), book.get(LoanTransaction, command.transaction)
    facts = [
        *_facts(book, command.loan),
        Fact("Repayment", "money", row.amount, asset=loan.asset),
        Fact("Counts from", "day", row.counts_on.isoformat()),
        Fact("Reason", "text", command.reason),
    ]
    return Description(f"loan:{loan.id}", facts, row.amount, loan.asset)


def _describe_backdated(book: Book, command: BackdateRepayment) -> Description:
    loan = book.get(Loan, command.loan)
    facts = [
        *_facts(book, command.loan),
        Fact("Repayment", "money", command.amount, asset=loan.asset),
        Fact("Wallet that pays", "code", command.wallet),
        Fact("Counts from", "day", command.value_date.isoformat()),
        Fact("Reason", "text", command.reason),
    ]
    return Description(f"loan:{loan.id}", facts, command.amount, loan.asset)


approvable(
    Approvable(
        ReverseRepayment,
        "Reverse a repayment",
        _describe_reversal,
        outcome=lambda loan: f"loan:{loan.id}",
        reason="reason",
        always=True,
        matter=lambda command: f"loan_correction:{command.loan}",
    )
)
approvable(
    Approvable(
        BackdateRepayment,
        "Back-date a repayment",
        _describe_backdated,
        outcome=lambda loan: f"loan:{loan.id}",
        reason="reason",
        always=True,
        matter=lambda command: f"loan_correction:{command.loan}",
    )
)
