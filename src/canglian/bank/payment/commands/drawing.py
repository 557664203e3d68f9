"""Drawing a use of a prepaid card: its merchant scans the pay code of the buyer's wallet, and the card alone pays."""

from collections.abc import Iterable

from canglian.bank.payment.by_codes import draw_by_code, require_codes
from canglian.bank.payment.commands.values import Channel, Digest, MerchantId, OwnNumber, Subject
from canglian.bank.payment.model import Merchant, OrderState, Payment
from canglian.bank.payment.ordering import open_order
from canglian.bank.payment.rules import require_active_merchant, require_open_order
from canglian.kernel.command import Command, Read
from canglian.kernel.foreseeing import foreseeing
from canglian.kernel.values import Amount
from canglian.ledger.book import Book


class DrawPrepaidCard(Command[Payment], kind="payment.draw_card"):
    """Open an order and have it paid at once by the prepaid cards of the buyer whose code was scanned alone.

    The same number with the same figures again answers the payment that there is. Rejects ``payment_order.*``,
    ``wallet_code.*`` and ``payer.no_card``; at the counter what is the matter with the card.
    """

    merchant: MerchantId
    number: OwnNumber
    subject: Subject
    amount: Amount
    code_digest: Digest
    channel: Channel

    def reads(self) -> Iterable[Read]:
        return ((Merchant, self.merchant),)

    def decide(self, book: Book) -> Payment:
        with foreseeing(book, lambda: require_codes(book, (self.merchant,), (self.code_digest,), self.number)):
            merchant = require_active_merchant(book, self.merchant)
            order = open_order(book, merchant, number=self.number, subject=self.subject, amount=self.amount)
            if order.state is OrderState.PAID and order.payment is not None:
                return book.get(Payment, order.payment)
            order = require_open_order(book, order.id)
            return draw_by_code(book, order, merchant, self.code_digest, channel=self.channel)
