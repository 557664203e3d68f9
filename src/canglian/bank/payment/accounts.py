"""The accounts of the ledger that this room keeps: what merchants are owed, the income of fees, the tax in them."""

import enum
from functools import cache

from canglian.bank.deposit.moving import open_in_ledger
from canglian.bank.payment.model import Merchant
from canglian.ledger.book import Book
from canglian.ledger.keeping import keep
from canglian.ledger.model import Account, Head, HeadClass, Side

keep("mer_")

PAYABLE_HEAD = "2241"
"""What is owed to merchants (其他应付款)."""

ASSETS = ("CNY", "ECNY")
"""The kinds of money that a merchant is paid in."""


class OfFees(enum.StrEnum):
    """The bank's own accounts of fees, one for an asset: under which head, by its value."""

    INCOME = "6021"
    TAX = "2221"


TAX_HEAD = Head("2221", "应交税费", HeadClass.LIABILITY, Side.CREDIT)
"""A chart that was set up without it gets it with the first fee."""


def payable_account(book: Book, merchant: Merchant, asset: str) -> int:
    """The account in which a merchant is owed money of an asset. Rejects ``merchant.asset``."""
    account = merchant.accounts.get(asset)
    if account is None:
        book.reject("merchant.asset", merchant=merchant.id, asset=asset)
    return account


def open_payable(book: Book, identity: str, name: str, asset: str) -> int:
    """Open the account of a merchant in an asset. It may be overdrawn: what is refunded after it was paid out."""
    return open_in_ledger(book, PAYABLE_HEAD, asset, floor=None, owner=identity, name=name).id


@cache
def fee_reference(kind: OfFees, asset: str) -> str:
    """The reference by which the bank's account of fees or their tax is found."""
    return f"payment.{kind.name.lower()}.{asset.lower()}"


def fee_account(book: Book, kind: OfFees, asset: str) -> int:
    """The bank's account of fees or their tax; it is opened where the book has none yet."""
    reference = fee_reference(kind, asset)
    found = book.find(Account, "reference", reference)
    if found:
        return found[0].id
    if kind is OfFees.TAX and book.maybe(Head, TAX_HEAD.code) is None:
        book.add(TAX_HEAD)
    return open_in_ledger(book, kind.value, asset, floor=None, reference=reference).id
