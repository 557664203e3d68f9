"""A statement as a file, by the form that is asked for."""

import enum
from datetime import date

import msgspec

from canglian.bank.deposit.queries.accounts import DepositView
from canglian.bank.deposit.statements.camt import as_camt
from canglian.bank.deposit.statements.gathering import PaperStatement, gather
from canglian.bank.deposit.statements.pdf import as_pdf
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.values import utc_now
from canglian.ledger.queries import chart
from canglian.web.console import Column
from canglian.web.console.exports import as_shown
from canglian.web.csv import CSV
from canglian.web.system import queries as system
from canglian.web.words import translated


class Form(enum.StrEnum):
    """The forms of a statement on paper."""

    CSV = "csv"
    PDF = "pdf"
    CAMT053 = "camt053"


_TYPES = {Form.CSV: (CSV, "csv"), Form.PDF: ("application/pdf", "pdf"), Form.CAMT053: ("application/xml", "xml")}
_COLUMNS = (
    Column("date", "Business date", "day"),
    Column("transfer", "Transfer"),
    Column("code", "Code", "word", family="code"),
    Column("reference", "Reference"),
    Column("amount", "Amount", "money"),
    Column("balance", "Balance", "money"),
)


class StatementFile(msgspec.Struct, frozen=True):
    """A file with its media type and name."""

    body: bytes
    media_type: str
    name: str

    @property
    def headers(self) -> dict[str, str]:
        """What goes with it; it holds a person's money, so nobody on the way keeps it."""
        return {"content-disposition": f'attachment; filename="{self.name}"', "cache-control": "no-store"}


async def statement_file(
    reader: Reader, book: int, account: DepositView, first: date, last: date, form: Form, language: str
) -> StatementFile:
    """The statement of a period. Rejects ``statement.period_invalid`` and ``deposit_statement.*``."""
    scale = (await chart.scales(reader, book)).get(account.asset, 2)
    profile = await system.book(reader, str(book))
    statement = await gather(
        reader,
        book,
        account,
        first,
        last,
        bank="" if profile is None else profile.name,
        scale=scale,
        now=utc_now(),
    )
    media_type, ending = _TYPES[form]
    name = f"statement-{account.number[-4:]}-{first}-{last}.{ending}"
    return StatementFile(_written(statement, form, language), media_type, name)


def _written(statement: PaperStatement, form: Form, language: str) -> bytes:
    if form is Form.CAMT053:
        return as_camt(statement)
    if form is Form.PDF:
        return as_pdf(statement, lambda text: translated(text, language))
    rows = [{**msgspec.structs.asdict(entry), "asset": statement.asset} for entry in statement.entries]
    return as_shown(_COLUMNS, rows, language, {statement.asset: statement.scale}, {})
