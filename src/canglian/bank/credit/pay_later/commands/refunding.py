"""The payee of a bill gives back some of it."""

from canglian.bank.credit.loans import accounts, money
from canglian.bank.credit.loans.commands.values import Channel, Pin
from canglian.bank.credit.pay_later.billing import refund
from canglian.bank.credit.pay_later.commands.values import BillId, Paid
from canglian.bank.credit.pay_later.model import Bill
from canglian.bank.wallet import require_active_wallet
from canglian.bank.wallet.moving import refuse_without_pin
from canglian.kernel.command import Command
from canglian.ledger.book import Book
from canglian.ledger.model import Transfer


class RefundBill(Command[Bill], kind="credit.refund_bill"):
    """Give back some of a bill out of the wallet that was paid: what is owed becomes less, the rest is the customer's.

    Rejects ``bill.state``, ``bill.refund_too_much``, ``bill.settled_otherwise``, and what the wallets do.
    """

    bill: BillId
    amount: Paid
    channel: Channel
    pin: Pin = None

    def decide(self, book: Book) -> Bill:
        bill = book.get(Bill, self.bill)
        if bill.payee is None:
            book.reject("bill.settled_otherwise", bill=bill.id)
        payee = require_active_wallet(book, bill.payee)
        refuse_without_pin(book, payee, self.channel, self.pin)

        def take(clearing: int, reference: str) -> Transfer:
            book.require(money.reads(payee))
            code = accounts.BILL_REFUNDED
            return money.take_in(
                book, payee, clearing, self.amount, code=code, channel=self.channel, reference=reference
            )

        return refund(book, bill, self.amount, take, self.channel)
