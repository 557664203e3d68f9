"""A settlement as a file: what it contains, entry by entry, from what was carried in to what is carried over."""

from datetime import datetime, time

from canglian.bank.deposit.statements.files import Form, StatementFile, file_of
from canglian.bank.deposit.statements.gathering import ENTRIES_MAX, PaperStatement
from canglian.bank.payment.model import Merchant
from canglian.bank.settlement.settling import queries
from canglian.bank.settlement.settling.model import Settlement
from canglian.bank.settlement.settling.paying_out import CLAIM, PAYOUT
from canglian.bank.settlement.settling.queries import SettlementEntry
from canglian.kernel.errors import Malformed
from canglian.kernel.queries.paging import LIMIT_MAX, Order
from canglian.kernel.receipts import receipt_number
from canglian.kernel.values import SHANGHAI, utc_now
from canglian.ledger.model import Side
from canglian.ledger.queries import chart
from canglian.ledger.queries.statements import Entry
from canglian.web.services import Services
from canglian.web.system import queries as system

FORMS = {"pdf": Form.PDF, "csv": Form.CSV}


async def settlement_file(
    services: Services, book: int, merchant: Merchant, found: Settlement, form: Form, language: str
) -> StatementFile:
    """A settlement of a merchant as it gets it. Rejects ``deposit_statement.too_long``."""
    reader = services.reader
    profile = await system.book(reader, str(book))
    entries = _with_payout(found, await _all_entries(services, book, found))
    statement = PaperStatement(
        account=found.id,
        ledger_account=found.account,
        number=receipt_number(found.id),
        holder=merchant.name,
        product=PAYOUT,
        bank="" if profile is None else profile.name,
        asset=found.asset,
        scale=(await chart.scales(reader, book)).get(found.asset, 2),
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
    return await file_of(statement, form, language, f"settlement-{found.date}")


async def _all_entries(services: Services, book: int, found: Settlement) -> list[SettlementEntry]:
    rows, cursor = list[SettlementEntry](), None
    while True:
        page = await queries.entries(services.reader, book, found, Order(None, cursor, LIMIT_MAX))
        rows += page.items
        if len(rows) > ENTRIES_MAX:
            raise Malformed("deposit_statement.too_long", entries=len(rows), most=ENTRIES_MAX)
        cursor = page.next_cursor
        if cursor is None:
            return rows


def _with_payout(found: Settlement, rows: list[SettlementEntry]) -> list[Entry]:
    """The entries with what was left after each, and at the end what was collected for others and paid out."""
    ends = [(CLAIM, -found.claims_out), (PAYOUT, -found.paid_out)]
    last = [
        SettlementEntry(found.transfer or 0, code, amount, found.asset, found.date, found.at, found.id)
        for code, amount in ends
        if amount
    ]
    balance, entries = found.carried_in, list[Entry]()
    for row in [*rows, *last]:
        balance += row.amount
        entries.append(
            Entry(
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
        )
    return entries
