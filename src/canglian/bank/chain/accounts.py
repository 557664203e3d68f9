"""The accounts of chain finance in the ledger, and every transfer between them.

| account | head | what it is |
| --- | --- | --- |
| financed | 1305 receivables financed | what the bank advanced with recourse and was not repaid |
| bought | 1305 receivables financed | what it advanced without recourse and was not repaid |
| unearned | 1306 discount not earned (contra) | what of the discounts kept back is not earned yet |
| income | 6011 interest income | what is earned of them, by the day |
| clearing | 2241 other payables | money on its way to holders and the bank: nothing at every commit |
| unclaimed | 2241 other payables | what core companies paid and the holder's account did not take |
| accepted | 7201 vouchers accepted | the face of all that core companies have accepted and not paid: a memo item |
| defaulted | 7202 vouchers in default | the face of what was not paid at maturity: a memo item |
| contra | 7299 contra of vouchers | the other side of both |

A voucher is the core company's promise, not the bank's: until the bank advances on it, it stands off the balance sheet.
An advance that nobody pays back at maturity becomes a loan of the core company, in the accounts of credit.
There is one account of each; what members owe moves with the leave of this room alone.
"""

import enum
from datetime import date
from typing import Final

from canglian.bank.deposit.moving import open_in_ledger
from canglian.ledger.book import Book, Release
from canglian.ledger.model import Account, Head, HeadClass, Side, Transfer

ASSET: Final = "CNY"

ADVANCED: Final = "chain.advanced"
DISCOUNT: Final = "chain.discount"
PAID_OUT: Final = "chain.paid_out"
EARNED: Final = "chain.earned"
COLLECTED: Final = "chain.collected"
REPAID: Final = "chain.repaid"
REDEEMED: Final = "chain.redeemed"
UNCLAIMED: Final = "chain.unclaimed"
ACCEPTED: Final = "chain.accepted"
ENDED: Final = "chain.ended"
DEFAULTED: Final = "chain.defaulted"
RECOURSE: Final = "chain.recourse"
CONVERTED: Final = "chain.converted"
TRADE_PAID: Final = "chain.trade_paid"
TRADE_OWN: Final = "chain.trade_own"
TRADE_COLLECTED: Final = "chain.trade_collected"
TRADE_REPAID: Final = "chain.trade_repaid"
TRADE_REST: Final = "chain.trade_rest"

CODES = (
    ADVANCED,
    DISCOUNT,
    PAID_OUT,
    EARNED,
    COLLECTED,
    REPAID,
    REDEEMED,
    UNCLAIMED,
    ACCEPTED,
    ENDED,
    DEFAULTED,
    RECOURSE,
    CONVERTED,
    TRADE_PAID,
    TRADE_OWN,
    TRADE_COLLECTED,
    TRADE_REPAID,
    TRADE_REST,
)
"""What transfers of chain finance are for."""

OWED = "chain.owed"
"""The purpose of accounts with what members owe."""


class Pool(enum.StrEnum):
    """An account of all vouchers: under which head, by its value."""

    FINANCED = "1305"
    BOUGHT = "1305:bought"
    UNEARNED = "1306"
    INCOME = "6011"
    CLEARING = "2241"
    UNCLAIMED = "2241:unclaimed"
    ACCEPTED = "7201"
    DEFAULTED = "7202"
    CONTRA = "7299"


_FREE = (Pool.INCOME, Pool.CLEARING, Pool.UNCLAIMED)
_HEADS = {
    "1305": Head("1305", "应收账款融资", HeadClass.ASSET, Side.DEBIT),
    "1306": Head("1306", "应收账款融资利息调整", HeadClass.ASSET, Side.CREDIT),
    "7201": Head("7201", "已承兑应收账款电子凭证", HeadClass.MEMO, Side.DEBIT),
    "7202": Head("7202", "逾期应收账款电子凭证", HeadClass.MEMO, Side.DEBIT),
    "7299": Head("7299", "应收账款电子凭证对应科目", HeadClass.MEMO, Side.CREDIT),
}
"""Heads that a book has from when it first needs them."""


def pool(book: Book, which: Pool) -> int:
    """The number of an account of all vouchers; it is opened where the book has none yet."""
    reference = f"chain.{which.name.lower()}"
    found = book.find(Account, "reference", reference)
    if found:
        return found[0].id
    head, purpose = which.value[:4], None if which in _FREE else OWED
    if head in _HEADS and book.maybe(Head, head) is None:
        book.add(_HEADS[head])
    return open_in_ledger(book, head, ASSET, floor=None, reference=reference, purpose=purpose).id


def move(
    book: Book, debit: Pool, credit: Pool, amount: int, code: str, voucher: str, *, on: date | None = None
) -> Transfer | None:
    """Move an amount between accounts of all vouchers; nothing moves for nothing."""
    if not amount:
        return None
    return book.transfer(
        pool(book, debit), pool(book, credit), amount, code, reference=voucher, release=Release(voucher), on=on
    )


def pass_on(book: Book, into: int, amount: int, code: str, reference: str) -> Transfer:
    """Move money of contracts out of clearing into the clearing account of another room."""
    return book.transfer(pool(book, Pool.CLEARING), into, amount, code, reference=reference, release=Release(reference))


def take_on(book: Book, source: int, amount: int, code: str, reference: str) -> Transfer:
    """Move money out of the clearing account of another room into the own one."""
    return book.transfer(
        source, pool(book, Pool.CLEARING), amount, code, reference=reference, release=Release(reference)
    )
