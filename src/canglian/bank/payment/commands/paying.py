"""Paying an order: by whoever pays, who has seen it, or by the merchant, to whom the payer shows a code."""

from collections.abc import Iterable

from canglian.bank.payment import sources
from canglian.bank.payment.by_codes import pay_by_codes, require_codes
from canglian.bank.payment.commands.values import Channel, Digest, OrderId, Sources
from canglian.bank.payment.foreseeing import require_payment
from canglian.bank.payment.model import Payment, PaymentOrder
from canglian.bank.payment.paying import pay
from canglian.bank.payment.rules import require_active_merchant, require_open_order
from canglian.kernel.command import Command, Read
from canglian.kernel.foreseeing import foreseeing
from canglian.ledger.book import Book


class PayOrder(Command[Payment], kind="payment.pay_order"):
    """Pay an order from one or several sources, in the order in which they are named.

    Rejects ``payment_order.*``, ``merchant.suspended``, ``payment.sources_*``, and what a source refuses.
    """

    order: OrderId
    sources: Sources
    channel: Channel

    def reads(self) -> Iterable[Read]:
        return [(PaymentOrder, self.order), *sources.reads(self.sources)]

    def decide(self, book: Book) -> Payment:
        order = require_open_order(book, self.order)
        with foreseeing(book, lambda: require_payment(book, (order.merchant,), self.sources)):
            merchant = require_active_merchant(book, order.merchant)
            return pay(book, order, merchant, self.sources, channel=self.channel)


class TakePayment(Command[Payment], kind="payment.take_payment"):
    """The merchant has scanned the pay code of a payer's wallet, which pays the order once, without a PIN.

    Its money for a purpose pays first, as far as it may, and the wallet's own the rest.

    Rejects ``payment_order.*``, ``wallet_code.*`` and ``payer.cannot_pay``; at the counter as ``PayOrder`` does.
    """

    order: OrderId
    code_digest: Digest
    channel: Channel

    def reads(self) -> Iterable[Read]:
        return ((PaymentOrder, self.order),)

    def decide(self, book: Book) -> Payment:
        order = require_open_order(book, self.order)
        with foreseeing(book, lambda: require_codes(book, (order.merchant,), (self.code_digest,), order=order)):
            merchant = require_active_merchant(book, order.merchant)
            return pay_by_codes(book, order, merchant, (self.code_digest,), channel=self.channel)
