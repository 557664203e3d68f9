"""The whole statement of a period: page by page, or bounded and at once, as a document takes it."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import date, datetime

import msgspec

from canglian.bank.deposit.queries.accounts import DepositView
from canglian.kernel.errors import Malformed, declare
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.ledger.queries import statements
from canglian.ledger.queries.statements import Entry, Statement

declare(
    {
        "deposit_statement.too_long": "This period has {entries} entries; a PDF or camt.053 holds {most}. "
        "Take shorter periods, or CSV, which holds all.",
        "deposit_statement.currency": "A camt.053 statement is for money of a country; this account holds {asset}.",
    }
)

ENTRIES_MAX = 10_000
"""The most entries that a PDF or a camt.053 holds; CSV is written while it is read and holds all."""

FindCounterparties = Callable[[Reader, int, list[Entry]], Awaitable[dict[int, str]]]
"""Whom entries of a book went to or came from, by their transfers, as the holder may see them."""


class Subject(msgspec.Struct, frozen=True):
    """Whose statement it is: an account or wallet by its id. Name and number are masks, or plain for who may see them.

    ``product`` is a word of the family ``family``. What is for its holder (``is_own``) has no numbers of the ledger.
    """

    id: str
    ledger_account: int
    number: str
    holder: str | None
    product: str
    asset: str
    family: str = "code"
    counterparties: FindCounterparties | None = None
    is_own: bool = False


class PaperStatement(msgspec.Struct, frozen=True):
    """A statement with all its entries. Amounts are in the minor unit; ``code`` is that of its verification."""

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
    family: str = "code"
    counterparties: dict[int, str] = {}
    code: str | None = None
    check_url: str = ""
    is_own: bool = False


def of_deposit(account: DepositView) -> Subject:
    """A deposit account by its masks."""
    return Subject(account.id, account.ledger_account, account.number, account.holder, account.product, account.asset)


async def begin(reader: Reader, book: int, subject: Subject, first: date, last: date) -> Statement:
    """The figures of a period with its first page. Rejects ``statement.period_invalid``."""
    return await statements.statement(reader, book, subject.ledger_account, first, last, Order("id", None, LIMIT_MAX))


async def pages_of(reader: Reader, book: int, subject: Subject, whole: Statement) -> AsyncGenerator[list[Entry]]:
    """The entries of a period page by page, as many as it had when it was begun."""
    page, read = whole.page, 0
    while True:
        items = page.items[: whole.entries - read]
        read += len(items)
        yield items
        if page.next_cursor is None or read >= whole.entries:
            return
        order = Order("id", page.next_cursor, LIMIT_MAX)
        page = await statements.entries(reader, book, subject.ledger_account, order, whole.first_date, whole.last_date)


def require_short(entries: int) -> None:
    """Reject ``deposit_statement.too_long`` for what no document holds."""
    if entries > ENTRIES_MAX:
        raise Malformed("deposit_statement.too_long", entries=entries, most=ENTRIES_MAX)


async def gather(
    reader: Reader, book: int, subject: Subject, first: date, last: date, *, bank: str, scale: int, now: datetime
) -> PaperStatement:
    """All entries of a period. Rejects ``statement.period_invalid`` and ``deposit_statement.too_long``."""
    whole = await begin(reader, book, subject, first, last)
    require_short(whole.entries)
    rows = [entry async for page in pages_of(reader, book, subject, whole) for entry in page]
    find = subject.counterparties
    return PaperStatement(
        account=subject.id,
        ledger_account=subject.ledger_account,
        number=subject.number,
        holder=subject.holder,
        product=subject.product,
        bank=bank,
        asset=subject.asset,
        scale=scale,
        first=first,
        last=last,
        made_at=now,
        opening=whole.opening,
        closing=whole.closing,
        paid_in=whole.paid_in,
        paid_out=whole.paid_out,
        entries=rows,
        family=subject.family,
        is_own=subject.is_own,
        counterparties={} if find is None else await find(reader, book, rows),
    )
