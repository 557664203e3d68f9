"""A settlement as a file: what it contains, entry by entry, from what was carried in to what is carried over."""

from collections.abc import AsyncGenerator
from datetime import datetime, time

from canglian.bank.deposit.statements.files import Form, Lines, StatementFile, paper_of
from canglian.bank.deposit.statements.gathering import PaperStatement, require_short
from canglian.bank.payment.model import Merchant
from canglian.bank.settlement.settling import queries
from canglian.bank.settlement.settling.model import Settlement
from canglian.bank.settlement.settling.paying_out import CLAIM, PAYOUT
from canglian.bank.settlement.settling.queries import SettlementEntry
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.kernel.receipts import receipt_number
from canglian.kernel.values import SHANGHAI, utc_now
from canglian.ledger.model import Side
from canglian.ledger.queries import chart
from canglian.ledger.queries.statements import Entry
from canglian.web.csv import CSV
from canglian.web.services import Services
from canglian.web.system import queries as system

FORMS = {"pdf": Form.PDF, "csv": Form.CSV}


async def settlement_file(
    services: Services, book: int, merchant: Merchant, found: Settlement, form: Form, language: str
) -> StatementFile:
    """A settlement of a merchant as it gets it: a PDF, or all of it as CSV. Rejects ``deposit_statement.too_long``."""
    reader = services.reader
    scale = (await chart.scales(reader, book)).get(found.asset, 2)
    pages, name = _pages(services, book, found), f"settlement-{found.date}"
    if form is Form.CSV:
        lines = Lines(found.asset, scale, language, is_own=True)
        return StatementFile(lines.written(pages, _nobody), CSV, f"{name}.csv")
    profile = await system.book(reader, str(book))
    entries = list[Entry]()
    async for page in pages:
        entries += page
        require_short(len(entries))
    statement = PaperStatement(
        account=found.id,
        ledger_account=found.account,
        number=receipt_number(found.id),
        holder=merchant.name,
        product=PAYOUT,
        bank="" if profile is None else profile.name,
        asset=found.asset,
        scale=scale,
        first=found.date,
        last=found.date,
        made_at=utc_now(),
        opening=found.carried_in,
        closing=found.carried_out,
        paid_in=sum(entry.amount for entry in entries if entry.amount > 0),
        paid_out=-sum(entry.amount for entry in entries if entry.amount < 0),
        entries=entries,
        is_own=True,
    )
    return await paper_of(statement, language, name)


async def _nobody(_: list[Entry]) -> dict[int, str]:
    return {}


async def _pages(services: Services, book: int, found: Settlement) -> AsyncGenerator[list[Entry]]:
    """The entries page by page with what was left after each, and at the end what was collected and paid out."""
    balance, cursor = found.carried_in, None
    while True:
        page = await queries.entries(services.reader, book, found, Order(None, cursor, LIMIT_MAX))
        cursor = page.next_cursor
        rows = [*page.items, *([] if cursor is not None else _ends(found))]
        entries = list[Entry]()
        for row in rows:
            balance += row.amount
            entries.append(_entry(row, balance))
        yield entries
        if cursor is None:
            return


def _ends(found: Settlement) -> list[SettlementEntry]:
    """What was collected for others and paid out."""
    ends = [(CLAIM, -found.claims_out), (PAYOUT, -found.paid_out)]
    return [
        SettlementEntry(found.transfer or 0, code, amount, found.asset, found.date, found.at, found.id)
        for code, amount in ends
        if amount
    ]


def _entry(row: SettlementEntry, balance: int) -> Entry:
    return Entry(
        transfer=row.id,
        date=row.date,
        happened_at=datetime.combine(row.date, time(), SHANGHAI),
        booked_at=row.booked_at,
        side=Side.CREDIT if row.amount > 0 else Side.DEBIT,
        counterpart=0,
        amount=row.amount,
        balance=balance,
        code=row.code,
        reference=row.reference,
        metadata=None,
    )
