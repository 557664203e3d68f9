"""What was held is captured: the payee has its money, and the customer a bill."""

from typing import Annotated

from canglian.bank.credit.facilities.commands import LimitHoldId, require_pending
from canglian.bank.credit.facilities.model import Facility
from canglian.bank.credit.loans import accounts, money
from canglian.bank.credit.loans.books import own_wallet
from canglian.bank.credit.loans.commands.values import Channel, Pin, WalletId
from canglian.bank.credit.pay_later.billing import open_bill
from canglian.bank.credit.pay_later.model import Bill
from canglian.bank.credit.products.model import LoanProduct
from canglian.bank.wallet import Wallet, require_active_wallet
from canglian.kernel.command import Command
from canglian.kernel.fields import Field, doc
from canglian.kernel.values import Amount
from canglian.ledger.book import Book
from canglian.ledger.model import Transfer


class CaptureBill(Command[Bill], kind="credit.capture_bill"):
    """Capture a hold of a pay-later limit: the payee is paid at once, and the customer owes a bill.

    What is held beyond it is let go of. Rejects ``limit_hold.*``, ``facility.*``, ``bill.not_pay_later``,
    ``.payee_own``, ``.payee_asset``, ``loan.wallet``, ``.wallet_asset``, ``.party_overdue``, ``.party_written_off``,
    and what the wallets do.
    """

    limit_hold: LimitHoldId
    amount: Annotated[Amount, doc("How much is captured, in fen.")]
    payee: Annotated[WalletId, doc("The wallet that is paid."), Field(label="Wallet that is paid")]
    wallet: Annotated[
        WalletId,
        doc("The customer's wallet, whose PIN agrees, and to which refunds go beyond what is owed."),
        Field(label="The customer's wallet"),
    ]
    channel: Channel
    pin: Pin = None

    def decide(self, book: Book) -> Bill:
        held = require_pending(book, self.limit_hold)
        facility = book.get(Facility, held.facility)
        part = facility.part_of(held.product)
        if part is None:
            book.reject("facility.no_product", facility=facility.id, product=held.product)
        asset = book.get(LoanProduct, (part.product, part.version)).asset.value
        wallet = own_wallet(book, facility.party, asset, self.wallet, self.channel, self.pin)
        payee = self._payee(book, facility.party, asset)

        def pay(clearing: int, reference: str) -> Transfer:
            book.require(money.reads(payee))
            code = accounts.BILL_PAID
            return money.pay_out(
                book, payee, clearing, self.amount, code=code, channel=self.channel, reference=reference
            )

        return open_bill(book, held.id, self.amount, pay, wallet=wallet, payee=payee.id, channel=self.channel)

    def _payee(self, book: Book, party: str, asset: str) -> Wallet:
        payee = require_active_wallet(book, self.payee)
        if payee.party == party:
            book.reject("bill.payee_own", wallet=payee.id, field="payee")
        if payee.asset != asset:
            book.reject("bill.payee_asset", wallet=payee.id, holds=payee.asset, asset=asset, field="payee")
        return payee
