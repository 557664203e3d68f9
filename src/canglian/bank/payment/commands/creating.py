"""A payment in one request: the order, what pays it, and who gets a share."""

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from canglian.bank.payment import sources
from canglian.bank.payment.by_codes import pay_by_codes, require_codes
from canglian.bank.payment.commands.values import (
    Channel,
    Digest,
    Discount,
    Goods,
    MerchantId,
    OwnNumber,
    ReturnUrl,
    Shipping,
    StoreId,
    Subject,
)
from canglian.bank.payment.foreseeing import require_payment
from canglian.bank.payment.model import Merchant, OrderState, Payment, PaymentOrder, Receiver, SourceUse
from canglian.bank.payment.ordering import open_order
from canglian.bank.payment.paying import pay
from canglian.bank.payment.rules import require_active_merchant, require_open_order
from canglian.bank.payment.splitting import split
from canglian.bank.wallet.model import WalletCode
from canglian.kernel.command import Command, Find, Read
from canglian.kernel.fields import doc
from canglian.kernel.foreseeing import foreseeing
from canglian.kernel.values import Amount
from canglian.ledger.book import Book


class CreatePayment(Command[Payment], kind="payment.create"):
    """Open an order, have it paid by sources or by the codes that the merchant has scanned, and split it: all or none.

    The same number with the same figures again answers the payment that there is; an order of this number that is open
    is paid. Rejects ``payment.sources_or_codes``, and what opening, paying, taking and splitting reject.
    """

    merchant: MerchantId
    number: OwnNumber
    subject: Subject
    amount: Amount
    channel: Channel
    discount: Discount = 0
    goods: Goods = ()
    sources: Annotated[
        tuple[SourceUse, ...], Meta(max_length=8, description="What pays, in the order of paying; else codes.")
    ] = ()
    code_digests: Annotated[
        tuple[Digest, ...], Meta(max_length=8, description="The codes that were scanned, in the order of paying.")
    ] = ()
    receivers: Annotated[
        tuple[Receiver, ...], Meta(max_length=50, description="Who gets how much of it; none for no split.")
    ] = ()
    store: Annotated[StoreId | None, doc("The store that asks to be paid, or null.")] = None
    return_url: Annotated[
        ReturnUrl | None, doc("Where its page leads back to, on a web site of the merchant; null for nowhere.")
    ] = None
    shipping: Shipping = 0

    def reads(self) -> Iterable[Read]:
        shops = {self.merchant, *(receiver.merchant for receiver in self.receivers)}
        return [*((Merchant, shop) for shop in sorted(shops)), *sources.reads(self.sources)]

    def finds(self) -> Iterable[Find]:
        codes = [(WalletCode, "digest", digest) for digest in self.code_digests]
        return [(PaymentOrder, "number", (self.merchant, self.number)), *codes]

    def decide(self, book: Book) -> Payment:
        with foreseeing(book, lambda: self._require(book)):
            return self._decide(book)

    def _require(self, book: Book) -> None:
        merchants = [self.merchant, *(receiver.merchant for receiver in self.receivers)]
        if self.code_digests:
            require_codes(book, merchants, self.code_digests, self.number)
        else:
            require_payment(book, merchants, self.sources, number=self.number)

    def _decide(self, book: Book) -> Payment:
        if bool(self.sources) is bool(self.code_digests):
            book.reject("payment.sources_or_codes", field="sources")
        merchant = require_active_merchant(book, self.merchant)
        order = open_order(
            book,
            merchant,
            number=self.number,
            subject=self.subject,
            amount=self.amount,
            discount=self.discount,
            goods=self.goods,
            store=self.store,
            return_url=self.return_url,
            shipping=self.shipping,
        )
        if order.state is OrderState.PAID and order.payment is not None:
            return book.get(Payment, order.payment)
        order = require_open_order(book, order.id)
        if self.sources:
            paid = pay(book, order, merchant, self.sources, channel=self.channel)
        else:
            paid = pay_by_codes(book, order, merchant, self.code_digests, channel=self.channel)
        if not self.receivers:
            return paid
        split(book, paid, self.receivers, self.number)
        return book.get(Payment, paid.id)
