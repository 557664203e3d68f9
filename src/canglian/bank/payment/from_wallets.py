"""Wallets as sources of payments: an e-wallet's deposit money, and e-CNY of every tier, one yuan for one yuan."""

from collections.abc import Iterable
from typing import Final

from canglian.bank import limit
from canglian.bank.payment.accounts import payable_account
from canglian.bank.payment.model import Merchant, Payment, PaymentLine, SourceUse
from canglian.bank.payment.sources import Capture, Held, Leg, Paying, register
from canglian.bank.wallet import Wallet, WalletPin, spending
from canglian.bank.wallet.limits import subject_of
from canglian.bank.wallet.moving import refuse_without_pin
from canglian.kernel.command import Read
from canglian.ledger.book import Book

KIND: Final = "wallet"
PAID = "payment.paid"
REFUNDED = "payment.refunded"


class _Wallets:
    discount = False

    def reads(self, use: SourceUse) -> Iterable[Read]:
        return [(Wallet, use.item), (WalletPin, use.item), *limit.reads(subject_of(use.item), None)]

    def needs(self, book: Book, use: SourceUse) -> Iterable[Read]:
        wallet: Wallet | None = book.tables[Wallet].get(use.item)
        if wallet is None:
            return ()
        return [(WalletPin, wallet.family), (Wallet, wallet.family), *spending.reads(wallet)]

    def available(self, book: Book, paying: Paying, use: SourceUse) -> int:
        """What it has; its limits are asked when it pays."""
        return spending.spendable(book, book.get(Wallet, use.item))

    def pay(self, book: Book, paying: Paying, use: SourceUse, amount: int) -> Leg:
        wallet = self._agreed(book, paying, use)
        moved = spending.spend(
            book,
            wallet,
            paying.payable(book, wallet.asset),
            amount,
            code=PAID,
            channel=paying.channel,
            payees=(paying.merchant.payout_wallet,),
            reference=paying.payment,
        )
        return Leg(wallet.asset, wallet.party, moved.id)

    def refund(
        self, book: Book, payment: Payment, line: PaymentLine, merchant: Merchant, amount: int, *, whole: bool
    ) -> int:
        wallet = book.get(Wallet, line.item)
        account = payable_account(book, merchant, wallet.asset)
        moved = spending.give_back(
            book,
            wallet,
            account,
            amount,
            code=REFUNDED,
            channel=payment.channel,
            on=payment.on,
            whole=whole,
            reference=payment.id,
        )
        return moved.id

    def hold(self, book: Book, paying: Paying, use: SourceUse, amount: int) -> Held:
        wallet = self._agreed(book, paying, use)
        held = spending.reserve(
            book,
            wallet,
            paying.payable(book, wallet.asset),
            amount,
            code=PAID,
            channel=paying.channel,
            payees=(paying.merchant.payout_wallet,),
            reference=paying.payment,
        )
        return Held(wallet.asset, wallet.party, held.id)

    def allows(self, book: Book, line: PaymentLine, merchant: Merchant) -> bool:
        """A sub-wallet still pays the merchant that it is bound to; others pay any."""
        bound = book.get(Wallet, line.item).merchant
        return bound is None or bound == merchant.payout_wallet

    def request_capture(self, book: Book, capture: Capture, line: PaymentLine) -> bool:
        return False

    def capture(self, book: Book, payment: Payment, line: PaymentLine, amount: int) -> int:
        wallet = book.get(Wallet, line.item)
        return spending.capture(book, wallet, line.hold or 0, amount, reference=payment.id).id

    def release(self, book: Book, payment: Payment, line: PaymentLine) -> None:
        wallet = book.get(Wallet, line.item)
        spending.release(book, wallet, line.hold or 0, channel=payment.channel, on=payment.on)

    @staticmethod
    def _agreed(book: Book, paying: Paying, use: SourceUse) -> Wallet:
        """The wallet, whose holder has typed the PIN or shown a code."""
        wallet = book.get(Wallet, use.item)
        if not paying.by_code:
            refuse_without_pin(book, wallet, paying.channel, use.pin)
        return wallet


register(KIND, _Wallets())
