"""The whole statement of a period, bounded, as every paper form of it takes it."""

from datetime import date, datetime

import msgspec

from canglian.bank.deposit.queries.accounts import DepositView
from canglian.kernel.errors import Malformed, declare
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.ledger.queries import statements
from canglian.ledger.queries.statements import Entry

declare(
    {
        "deposit_statement.too_long": "This period has {entries} entries; a file holds {most}. Take shorter periods.",
        "deposit_statement.currency": "A camt.053 statement is for money of a country; this account holds {asset}.",
    }
)

ENTRIES_MAX = 10_000
"""The most entries that one file holds."""


class PaperStatement(msgspec.Struct, frozen=True):
    """A statement with all its entries. Name and number are masks; amounts are in the minor unit."""

    account: str
    ledger_account: int
    number: str
    holder: str | None
    product: str
    bank: str
    asset: str
    scale: int
    first: date
    last: date
    made_at: datetime
    opening: int
    closing: int
    paid_in: int
    paid_out: int
    entries: list[Entry]


async def gather(
    reader: Reader, book: int, account: DepositView, first: date, last: date, *, bank: str, scale: int, now: datetime
) -> PaperStatement:
    """All entries of a period. Rejects ``statement.period_invalid`` and ``deposit_statement.too_long``."""
    order = Order("id", None, LIMIT_MAX)
    whole = await statements.statement(reader, book, account.ledger_account, first, last, order)
    if whole.entries > ENTRIES_MAX:
        raise Malformed("deposit_statement.too_long", entries=whole.entries, most=ENTRIES_MAX)
    rows, cursor = list(whole.page.items), whole.page.next_cursor
    while cursor is not None and len(rows) < whole.entries:
        page = await statements.entries(
            reader, book, account.ledger_account, Order("id", cursor, LIMIT_MAX), first, last
        )
        rows += page.items
        cursor = page.next_cursor
    return PaperStatement(
        account.id,
        account.ledger_account,
        account.number,
        account.holder,
        account.product,
        bank,
        account.asset,
        scale,
        first,
        last,
        now,
        whole.opening,
        whole.closing,
        whole.paid_in,
        whole.paid_out,
        rows,
    )
