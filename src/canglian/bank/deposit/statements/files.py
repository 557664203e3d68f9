"""A statement as a file, by the form that is asked for."""

import enum
from datetime import date
from functools import partial
from typing import Any

import msgspec

from canglian.bank.deposit.statements.camt import as_camt
from canglian.bank.deposit.statements.codes import Issued, code_of
from canglian.bank.deposit.statements.gathering import PaperStatement, Subject, gather
from canglian.bank.deposit.statements.pdf import as_pdf
from canglian.kernel.receipts import receipt_number
from canglian.kernel.settings import Settings
from canglian.kernel.values import SHANGHAI, utc_now
from canglian.ledger.queries import chart
from canglian.ledger.queries.statements import Entry
from canglian.web import paper
from canglian.web.console import Column
from canglian.web.console.exports import as_shown
from canglian.web.csv import CSV
from canglian.web.services import Services
from canglian.web.system import queries as system
from canglian.web.words import translated

CHECK_PATH = "/m/check"
"""The page on which anybody checks a statement by its code."""


class Form(enum.StrEnum):
    """The forms of a statement on paper."""

    CSV = "csv"
    PDF = "pdf"
    CAMT053 = "camt053"


TYPES = {Form.CSV: (CSV, "csv"), Form.PDF: ("application/pdf", "pdf"), Form.CAMT053: ("application/xml", "xml")}
_COLUMNS = (
    Column("date", "Business date", "day"),
    Column("transfer", "Transfer"),
    Column("code", "Code", "word", family="code"),
    Column("counterparty", "Counterparty"),
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
    services: Services, book: int, subject: Subject, first: date, last: date, form: Form, language: str
) -> StatementFile:
    """The statement of a period. Rejects ``statement.period_invalid`` and ``deposit_statement.*``; Unavailable
    ``document.typefaces_missing`` for a PDF."""
    reader = services.reader
    scale = (await chart.scales(reader, book)).get(subject.asset, 2)
    profile = await system.book(reader, str(book))
    bank = "" if profile is None else profile.name
    statement = await gather(reader, book, subject, first, last, bank=bank, scale=scale, now=utc_now())
    media_type, ending = TYPES[form]
    name = f"statement-{subject.number[-4:]}-{first}-{last}.{ending}"
    return StatementFile(await _written(services, book, statement, form, language), media_type, name)


async def _written(services: Services, book: int, statement: PaperStatement, form: Form, language: str) -> bytes:
    if form is Form.PDF:
        statement = _vouched(services, book, statement)
    return await _set(statement, form, language)


async def file_of(statement: PaperStatement, form: Form, language: str, name: str) -> StatementFile:
    """A statement that was gathered otherwise, as a file; it has no code by which it is checked."""
    media_type, ending = TYPES[form]
    return StatementFile(await _set(statement, form, language), media_type, f"{name}.{ending}")


async def _set(statement: PaperStatement, form: Form, language: str) -> bytes:
    if form is Form.CAMT053:
        return as_camt(statement)
    if form is Form.PDF:
        return await paper.made(partial(as_pdf, statement, lambda text: translated(text, language), language))
    rows = [_row(statement, entry) for entry in statement.entries]
    columns = [column for column in _COLUMNS if column.field != "transfer"] if statement.is_own else _COLUMNS
    return as_shown(columns, rows, language, {statement.asset: statement.scale}, {})


def _row(statement: PaperStatement, entry: Entry) -> dict[str, Any]:
    reference = receipt_number(entry.reference or "") if statement.is_own else entry.reference
    return {
        **msgspec.structs.asdict(entry),
        "asset": statement.asset,
        "counterparty": statement.counterparties.get(entry.transfer),
        "reference": reference,
    }


def _vouched(services: Services, book: int, statement: PaperStatement) -> PaperStatement:
    """A statement with the code by which it is checked, and the address where."""
    issued = Issued(
        book,
        statement.ledger_account,
        statement.first,
        statement.last,
        statement.made_at.astimezone(SHANGHAI).date(),
        statement.opening,
        statement.paid_in,
        statement.paid_out,
        len(statement.entries),
    )
    return msgspec.structs.replace(
        statement,
        code=code_of(services.keyring, issued, statement.number),
        check_url=_address(services.settings) + CHECK_PATH,
    )


def _address(settings: Settings) -> str:
    """How the world reaches this server."""
    return (settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/")
