"""A customer pays a bill, or a part of it, early or late."""

from canglian.bank.credit.loans.books import brought, paying_wallet, receive
from canglian.bank.credit.loans.commands.values import Channel, Payer, Pin
from canglian.bank.credit.loans.model import TransactionKind
from canglian.bank.credit.loans.paying.settling import Paid, settle
from canglian.bank.credit.pay_later.commands.values import BillId
from canglian.bank.credit.pay_later.commands.values import Paid as Amount
from canglian.bank.credit.pay_later.model import PAYABLE, Bill
from canglian.kernel.command import Command
from canglian.ledger.book import Book


class RepayBill(Command[Bill], kind="credit.repay_bill"):
    """Pay a bill or a part of it; late, with the penalty. Instalments are paid as a loan's.

    Rejects ``bill.state``, ``loan.too_much``, ``.wallet``, ``.wallet_asset``, and what the wallet does.
    """

    bill: BillId
    amount: Amount
    wallet: Payer
    channel: Channel
    pin: Pin = None

    def decide(self, book: Book) -> Bill:
        bill = book.get(Bill, self.bill)
        if bill.state not in PAYABLE:
            book.reject("bill.state", bill=bill.id, state=bill.state.value)
        loan = brought(book, bill.loan)
        owed = loan.owed_in_all
        if self.amount > owed:
            book.reject(
                "loan.too_much", loan=loan.id, balance=owed, amount=self.amount, asset=loan.asset, field="amount"
            )
        wallet = paying_wallet(book, loan, self.wallet, self.channel, self.pin)
        paid = receive(book, loan, wallet, self.amount, self.channel)
        kind = TransactionKind.REPAYMENT if loan.owed_now else TransactionKind.PREPAYMENT
        book.emit("bill.repaid", f"bill:{bill.id}", bill=bill.id, amount=self.amount)
        settle(book, loan, self.amount, Paid(kind, self.channel, wallet.id, paid.id))
        return book.get(Bill, bill.id)
