"""A bill is turned into instalments: another loan of its limit pays it back."""

from msgspec.structs import replace

from canglian.bank.credit.facilities import limits
from canglian.bank.credit.facilities.model import Facility
from canglian.bank.credit.loans.books import brought
from canglian.bank.credit.loans.commands.values import Channel, Pin
from canglian.bank.credit.loans.model import TransactionKind
from canglian.bank.credit.loans.paying.settling import Paid, settle
from canglian.bank.credit.loans.terms import planned, rows_of
from canglian.bank.credit.pay_later.billing import Drawn, draw, keep_drawn
from canglian.bank.credit.pay_later.commands.values import BillId
from canglian.bank.credit.pay_later.following import keep_bill
from canglian.bank.credit.pay_later.model import PAYABLE, Bill, BillState
from canglian.bank.credit.products.business_days import calendar_of
from canglian.bank.credit.products.commands import Months
from canglian.bank.credit.products.model import LoanProduct
from canglian.bank.credit.products.rules import rate_today
from canglian.bank.wallet import Wallet
from canglian.bank.wallet.moving import refuse_without_pin
from canglian.kernel.command import Command
from canglian.ledger.book import Book


def fee_of(product: LoanProduct, amount: int) -> int:
    """The fee of turning an amount into instalments."""
    return (amount * product.fee_bps + 5_000) // 10_000


class ConvertBill(Command[Bill], kind="credit.convert_bill"):
    """Turn what is left of a bill into instalments, from today on at the rate of its contract; before it is overdue.

    Its fee is due with the first payment. Rejects ``bill.state``, ``bill.overdue``, ``loan.term``, and what the PIN
    of the customer's wallet does.
    """

    bill: BillId
    months: Months
    channel: Channel
    pin: Pin = None

    def decide(self, book: Book) -> Bill:
        bill = book.get(Bill, self.bill)
        if bill.state not in PAYABLE:
            book.reject("bill.state", bill=bill.id, state=bill.state.value)
        loan = brought(book, bill.loan)
        bill = book.get(Bill, self.bill)
        if bill.state is BillState.OVERDUE:
            book.reject("bill.overdue", bill=bill.id)
        product = book.get(LoanProduct, (bill.product, bill.version))
        if self.months not in product.terms:
            book.reject("loan.term", terms=", ".join(map(str, product.terms)), field="months")
        facility = book.get(Facility, bill.facility)
        part = facility.part_of(bill.product)
        assert part is not None, "a facility keeps its parts"
        refuse_without_pin(book, book.get(Wallet, bill.wallet), self.channel, self.pin)
        amount = loan.owed_in_all
        part = replace(part, rate_ppm=rate_today(book, product, part.rate_ppm))
        calendar = calendar_of(book, product, book.today, self.months)
        plan = planned(product, amount, part.rate_ppm, self.months, book.today, calendar)
        asked = Drawn(amount, self.months, fee_of(product, amount), rows_of(plan))
        after = draw(book, facility, part, product, asked, bill.wallet, bill.id)
        bill = book.put(bill.replace(instalments=after.id))
        settle(book, loan, amount, Paid(TransactionKind.CONVERSION, self.channel))
        # What was given back is owed by the other loan: nothing of the limit becomes free.
        limits.changed(book, book.get(Facility, facility.id), product.code, used=amount)
        after = keep_drawn(book, after, product, self.channel, None)
        return keep_bill(book, bill, BillState.INSTALMENT, after)
