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
| allowance | 1304 loan loss allowance | what is set aside for loans, by their class |
| impairment | 6701 impairment losses | what was set aside, less what was released and recovered |
| memo interest | 7101 interest off the balance sheet | interest that is owed and not recognised |
| memo written off | 7102 loans written off | principal and fees that are owed after a write-off |
| memo contra | 7199 contra of memo items | the other side of both |

Those of all loans there is one each for an asset. What customers owe moves with the leave of this room alone.
"""

import enum
from typing import Final

from canglian.bank.deposit.moving import open_in_ledger
from canglian.kernel.command import Read
from canglian.ledger.book import Book, Release
from canglian.ledger.keeping import keep
from canglian.ledger.model import Account, Balance, Head, HeadClass, Side, Transfer

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
PROVISION: Final = "credit.provision"
PROVISION_RELEASED: Final = "credit.provision_released"
STOPPED: Final = "credit.accrual_stopped"
RESUMED: Final = "credit.accrual_resumed"
OFF_BALANCE: Final = "credit.off_balance"
OFF_BALANCE_ENDED: Final = "credit.off_balance_ended"
WRITTEN_OFF: Final = "credit.written_off"
FEE_WRITTEN_OFF: Final = "credit.fee_written_off"
RECOVERED: Final = "credit.recovered"
BILL_PAID: Final = "credit.bill_paid"
BILL_REFUNDED: Final = "credit.bill_refunded"
REPAID_FOR: Final = "credit.repaid_for"
PASSED_ON: Final = "credit.passed_on"
CONVERTED: Final = "credit.converted"
REVERSED: Final = "credit.reversed"
RECOMPUTED: Final = "credit.recomputed"

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
    PROVISION,
    PROVISION_RELEASED,
    STOPPED,
    RESUMED,
    OFF_BALANCE,
    OFF_BALANCE_ENDED,
    WRITTEN_OFF,
    FEE_WRITTEN_OFF,
    RECOVERED,
    BILL_PAID,
    BILL_REFUNDED,
    REPAID_FOR,
    PASSED_ON,
    CONVERTED,
    REVERSED,
    RECOMPUTED,
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
    ALLOWANCE = "1304"
    IMPAIRMENT = "6701"
    MEMO_INTEREST = "7101"
    MEMO_WRITTEN_OFF = "7102"
    MEMO_CONTRA = "7199"


_OWED = (Pool.INTEREST, Pool.FEES, Pool.ALLOWANCE, Pool.MEMO_INTEREST, Pool.MEMO_WRITTEN_OFF)
_MEMO_HEADS = {
    "7101": Head("7101", "表外应收未收利息", HeadClass.MEMO, Side.DEBIT),
    "7102": Head("7102", "已核销贷款", HeadClass.MEMO, Side.DEBIT),
    "7199": Head("7199", "表外对应科目", HeadClass.MEMO, Side.CREDIT),
}
"""Heads off the balance sheet, which a book has from when it first needs them."""


def pool(book: Book, which: Pool, asset: str) -> int:
    """The number of an account of all loans; it is opened where the book has none yet."""
    reference = f"credit.{which.name.lower()}.{asset.lower()}"
    found = book.find(Account, "reference", reference)
    if found:
        return found[0].id
    head, purpose = which.value[:4], OWED if which in _OWED else None
    if head in _MEMO_HEADS and book.maybe(Head, head) is None:
        book.add(_MEMO_HEADS[head])
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
