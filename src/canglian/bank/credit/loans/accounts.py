"""The accounts of loans in the ledger, and every transfer between them.

| account | head | what it is |
| --- | --- | --- |
| of each loan | 1303 loans | the principal that is not repaid |
| interest | 1132 interest receivable | interest, penalty and compound interest that were earned and are unpaid |
| fees | 1221 other receivables | fees that are owed |
| clearing | 2241 other payables | money on its way between a wallet and a loan: nothing at every commit |
| earned | 6011 interest income | interest that was earned |
| penalties | 6011 interest income | penalty and compound interest that were earned |
| fee income | 6021 fee income | fees that were earned |

Those of all loans there is one each for an asset. What customers owe moves with the leave of this room alone.
"""

import enum
from typing import Final

from canglian.bank.deposit.moving import open_in_ledger
from canglian.kernel.command import Read
from canglian.ledger.book import Book, Release
from canglian.ledger.keeping import keep
from canglian.ledger.model import Account, Balance, Transfer

keep("lon_")

LOANS_HEAD = "1303"

DRAWN: Final = "credit.drawn"
PAID_OUT: Final = "credit.paid_out"
REPAID: Final = "credit.repaid"
PRINCIPAL: Final = "credit.principal"
INTEREST: Final = "credit.interest"
INTEREST_PAID: Final = "credit.interest_paid"
PENALTY: Final = "credit.penalty"
PENALTY_PAID: Final = "credit.penalty_paid"
FEE: Final = "credit.fee"
FEE_PAID: Final = "credit.fee_paid"

CODES = (
    DRAWN,
    PAID_OUT,
    REPAID,
    PRINCIPAL,
    INTEREST,
    INTEREST_PAID,
    PENALTY,
    PENALTY_PAID,
    FEE,
    FEE_PAID,
)
"""What transfers of loans are for."""

OWED = "credit.owed"
"""The purpose of accounts with what customers owe."""


class Pool(enum.StrEnum):
    """An account of all loans of an asset: under which head, by its value."""

    INTEREST = "1132"
    FEES = "1221"
    CLEARING = "2241"
    EARNED = "6011"
    PENALTIES = "6011:penalty"
    FEE_INCOME = "6021"


_OWED = (Pool.INTEREST, Pool.FEES)


def pool(book: Book, which: Pool, asset: str) -> int:
    """The number of an account of all loans; it is opened where the book has none yet."""
    reference = f"credit.{which.name.lower()}.{asset.lower()}"
    found = book.find(Account, "reference", reference)
    if found:
        return found[0].id
    head, purpose = which.value[:4], OWED if which in _OWED else None
    return open_in_ledger(book, head, asset, floor=None, reference=reference, purpose=purpose).id


def open_principal(book: Book, loan: str, asset: str, name: str) -> int:
    """The account of a loan's principal: never below nothing, and moved for this loan alone."""
    return open_in_ledger(book, LOANS_HEAD, asset, owner=loan, name=name, purpose=loan).id


def move(book: Book, debit: int, credit: int, amount: int, code: str, loan: str, **more: object) -> Transfer | None:
    """Move an amount that is owed; nothing moves for nothing."""
    if not amount:
        return None
    return book.transfer(debit, credit, amount, code, reference=loan, release=Release(loan), **more)  # pyright: ignore[reportArgumentType]


def reads(account: int) -> list[Read]:
    """What moving a loan's principal will read."""
    return [(Account, account), (Balance, account)]
