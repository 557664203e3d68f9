"""A statement as a file, by the form that is asked for."""

import enum
from collections.abc import AsyncGenerator, AsyncIterable, Awaitable, Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

import msgspec
from litestar import Response
from litestar.response import Stream

from canglian.bank.deposit.statements.camt import as_camt
from canglian.bank.deposit.statements.codes import Issued, code_of
from canglian.bank.deposit.statements.gathering import PaperStatement, Subject, begin, gather, pages_of
from canglian.bank.deposit.statements.pdf import as_pdf
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.receipts import receipt_number
from canglian.kernel.settings import Settings
from canglian.kernel.values import SHANGHAI, utc_now
from canglian.ledger.queries import chart
from canglian.ledger.queries.statements import Entry
from canglian.web import paper
from canglian.web.console import Column
from canglian.web.console.exports import as_shown, rows_as_shown
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
    """A file with its media type and name: a document, or CSV in parts that are read while they are sent."""

    body: bytes | AsyncGenerator[bytes]
    media_type: str
    name: str

    @property
    def headers(self) -> dict[str, str]:
        """What goes with it; it holds a person's money, so nobody on the way keeps it."""
        return {"content-disposition": f'attachment; filename="{self.name}"', "cache-control": "no-store"}

    def response(self, headers: Mapping[str, str] | None = None) -> Response[Any]:
        """The file as an answer: what breaks off is no whole file."""
        headers = {**(headers or {}), **self.headers}
        if isinstance(self.body, bytes):
            return Response(self.body, media_type=self.media_type, headers=headers)
        return Stream(self.body, media_type=self.media_type, headers=headers)

    async def parts(self) -> AsyncGenerator[bytes]:
        """The file, a part at a time."""
        if isinstance(self.body, bytes):
            yield self.body
            return
        async for part in self.body:
            yield part


async def statement_file(
    services: Services, book: int, subject: Subject, first: date, last: date, form: Form, language: str
) -> StatementFile:
    """The statement of a period. Rejects ``statement.period_invalid`` and ``deposit_statement.*``; Unavailable
    ``document.typefaces_missing`` for a PDF."""
    reader = services.reader
    scale = (await chart.scales(reader, book)).get(subject.asset, 2)
    profile = await system.book(reader, str(book))
    bank = "" if profile is None else profile.name
    media_type, ending = TYPES[form]
    name = f"statement-{subject.number[-4:]}-{first}-{last}.{ending}"
    if form is Form.CSV:
        whole = await begin(reader, book, subject, first, last)
        lines = Lines(subject.asset, scale, language, subject.is_own)
        parts = lines.written(pages_of(reader, book, subject, whole), partial(_counterparties, reader, book, subject))
        return StatementFile(parts, media_type, name)
    statement = await gather(reader, book, subject, first, last, bank=bank, scale=scale, now=utc_now())
    if form is Form.PDF:
        statement = _vouched(services, book, statement)
    return StatementFile(await _document(statement, form, language), media_type, name)


async def _counterparties(reader: Reader, book: int, subject: Subject, entries: list[Entry]) -> Mapping[int, str]:
    return {} if subject.counterparties is None else await subject.counterparties(reader, book, entries)


class Lines(msgspec.Struct, frozen=True):
    """How entries are lines of CSV; what is for the holder (``is_own``) has no numbers of the ledger."""

    asset: str
    scale: int
    language: str
    is_own: bool

    async def written(
        self, pages: AsyncIterable[list[Entry]], name: Callable[[list[Entry]], Awaitable[Mapping[int, str]]]
    ) -> AsyncGenerator[bytes]:
        """The head, then the lines of each page of entries, with the other side of each as it is named."""
        columns = [column for column in _COLUMNS if column.field != "transfer"] if self.is_own else _COLUMNS
        yield as_shown(columns, [], self.language, {}, {})
        async for entries in pages:
            names = await name(entries)
            rows = [self._row(entry, names) for entry in entries]
            yield rows_as_shown(columns, rows, self.language, {self.asset: self.scale}, {})

    def _row(self, entry: Entry, names: Mapping[int, str]) -> dict[str, Any]:
        reference = receipt_number(entry.reference or "") if self.is_own else entry.reference
        more = {"asset": self.asset, "counterparty": names.get(entry.transfer), "reference": reference}
        return {**msgspec.structs.asdict(entry), **more}


async def paper_of(statement: PaperStatement, language: str, name: str) -> StatementFile:
    """A statement that was gathered otherwise, as a PDF; it has no code by which it is checked."""
    media_type, ending = TYPES[Form.PDF]
    return StatementFile(await _document(statement, Form.PDF, language), media_type, f"{name}.{ending}")


async def _document(statement: PaperStatement, form: Form, language: str) -> bytes:
    if form is Form.CAMT053:
        return as_camt(statement)
    return await paper.made(partial(as_pdf, statement, lambda text: translated(text, language), language))


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
