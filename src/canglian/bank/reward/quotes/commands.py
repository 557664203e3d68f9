"""Quoting an order: its best coupons are chosen and locked, let go by hand, and let go by the clock."""

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from canglian.bank.payment.commands.values import OrderId
from canglian.bank.payment.model import Merchant, PaymentOrder
from canglian.bank.payment.rules import require_active_merchant, require_open_order
from canglian.bank.reward.campaigns.commands.values import WalletId
from canglian.bank.reward.coupons.commands import CouponId
from canglian.bank.reward.coupons.model import Coupon
from canglian.bank.reward.coupons.weighing import weigh
from canglian.bank.reward.quotes import keeping
from canglian.bank.reward.quotes.model import CouponQuote, QuoteState
from canglian.bank.wallet import Wallet
from canglian.kernel.command import Command, Find, Read
from canglian.kernel.fields import doc, identifier
from canglian.kernel.foreseeing import foreseeing
from canglian.ledger.book import Book

QuoteId = Annotated[str, identifier("cqt", "A quote's id.")]
TOGETHER = 200
"""How many quotes expire in one command at most."""


class QuoteCoupons(Command[CouponQuote], kind="reward.quote_coupons"):
    """Quote the coupons that together take most off an order, and keep them for it while the quote lasts.

    What the order was quoted before is let go. A person's coupons are those that were claimed with these wallets.
    Rejects ``payment_order.*``, ``merchant.suspended``, ``merchant.closed`` and ``wallet.not_found``.
    """

    order: OrderId
    wallets: Annotated[
        tuple[WalletId, ...], Meta(min_length=1, max_length=8, description="The wallets whose coupons are weighed.")
    ]
    only: Annotated[
        tuple[CouponId, ...], Meta(max_length=8), doc("Only these coupons; empty for all that can be used.")
    ] = ()

    def reads(self) -> Iterable[Read]:
        return [(PaymentOrder, self.order), *((Wallet, wallet) for wallet in self.wallets)]

    def finds(self) -> Iterable[Find]:
        return keeping.finds(self.wallets)

    def decide(self, book: Book) -> CouponQuote:
        order = require_open_order(book, self.order)
        with foreseeing(book, lambda: self._require(book, order)):
            return self._decide(book, order)

    def _require(self, book: Book, order: PaymentOrder) -> None:
        reads = [(Merchant, order.merchant), *keeping.reads(book, self.wallets), *keeping.kept_reads(book, order)]
        book.require(reads, keeping.finds(self.wallets))

    def _decide(self, book: Book, order: PaymentOrder) -> CouponQuote:
        merchant = require_active_merchant(book, order.merchant)
        for wallet in self.wallets:
            book.get(Wallet, wallet)
        order = keeping.let_go(book, order)
        found = keeping.owned(book, self.wallets)
        if self.only:
            found = [(coupon, offer, campaign) for coupon, offer, campaign in found if coupon.id in self.only]
        rooms = keeping.rooms(book, found, order)
        return keeping.keep(book, order, self.wallets, weigh(found, order, merchant, book.now, rooms))


class CancelCouponQuote(Command[CouponQuote], kind="reward.cancel_coupon_quote"):
    """Let go of what is kept for an order before its time. Rejects ``coupon_quote.state``."""

    quote: QuoteId

    def decide(self, book: Book) -> CouponQuote:
        quote = book.get(CouponQuote, self.quote)
        if quote.state is not QuoteState.OPEN:
            book.reject("coupon_quote.state", coupon_quote=quote.id, state=quote.state.value)
        return keeping.cancel(book, quote, QuoteState.CANCELLED)


class ExpireCouponQuotes(Command[int], kind="reward.expire_coupon_quotes"):
    """The time of some quotes is over: what they keep can be used again; how many it was."""

    quotes: Annotated[tuple[QuoteId, ...], Meta(min_length=1, max_length=TOGETHER)]

    def reads(self) -> Iterable[Read]:
        return [(CouponQuote, quote) for quote in self.quotes]

    def weight(self) -> int:
        return len(self.quotes)

    def decide(self, book: Book) -> int:
        due = [quote for quote in (book.get(CouponQuote, identity) for identity in self.quotes) if _is_due(book, quote)]
        book.require(
            [
                *((PaymentOrder, quote.order) for quote in due),
                *((Coupon, quoted.coupon) for quote in due for quoted in quote.taken),
            ]
        )
        for quote in due:
            keeping.cancel(book, quote, QuoteState.EXPIRED)
        return len(due)


def _is_due(book: Book, quote: CouponQuote) -> bool:
    return quote.state is QuoteState.OPEN and quote.expires_at <= book.now


__all__ = ["CancelCouponQuote", "ExpireCouponQuotes", "QuoteCoupons", "QuoteId"]
