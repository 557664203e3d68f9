"""Where a merchant is paid out, and the one way in which it is: to its wallet by wallets' rules, or its account."""

from collections.abc import Iterable

import msgspec

from canglian.bank.payment.model import Merchant
from canglian.bank.wallet import Wallet, spending
from canglian.kernel.command import Read
from canglian.ledger.book import Book
from canglian.ledger.model import Account, Balance

PAYOUT = "settlement.payout"
CLAIM = "settlement.claim"
CHANNEL = "settlement"


class PaidOut(msgspec.Struct, frozen=True):
    """Where to, and the transfer of the ledger."""

    destination: str
    transfer: int


def has_destination(book: Book, merchant: Merchant, asset: str) -> bool:
    """Whether there is a place to which money of an asset is paid out."""
    return _wallet(book, merchant, asset) is not None or _account(book, merchant, asset) is not None


def _wallet(book: Book, merchant: Merchant, asset: str) -> Wallet | None:
    wallet = None if merchant.payout_wallet is None else book.get(Wallet, merchant.payout_wallet)
    return wallet if wallet is not None and wallet.asset == asset else None


def _account(book: Book, merchant: Merchant, asset: str) -> Account | None:
    account = None if merchant.payout_account is None else book.get(Account, merchant.payout_account)
    return account if account is not None and account.asset == asset else None


def pay_out(book: Book, identity: str, asset: str, account: int, amount: int, settlement: str) -> PaidOut:
    """Pay a merchant out from its account. Rejects ``settlement.no_destination``, and what wallets and the ledger do.

    The amount is above nothing.
    """
    merchant = book.get(Merchant, identity)
    wallet = _wallet(book, merchant, asset)
    if wallet is not None:
        moved = spending.receive(book, wallet, account, amount, code=PAYOUT, channel=CHANNEL, reference=settlement)
        return PaidOut(wallet.id, moved.id)
    target = _account(book, merchant, asset)
    if target is None:
        book.reject("settlement.no_destination", merchant=identity, asset=asset)
    return PaidOut(str(target.id), book.transfer(account, target.id, amount, PAYOUT, reference=settlement).id)


def require_destinations(book: Book, owed: Iterable[tuple[str, str]]) -> None:
    """Have the places to which merchants are paid out loaded in two rounds, whatever their number."""
    merchants = [book.get(Merchant, identity) for identity in dict.fromkeys(identity for identity, _ in owed)]
    first: list[Read] = []
    for merchant in merchants:
        if merchant.payout_wallet is not None:
            first.append((Wallet, merchant.payout_wallet))
        if merchant.payout_account is not None:
            first += ((Account, merchant.payout_account), (Balance, merchant.payout_account))
    book.require(first)
    wallets = [book.get(Wallet, merchant.payout_wallet) for merchant in merchants if merchant.payout_wallet]
    book.require([read for wallet in wallets for read in spending.reads(wallet)])
