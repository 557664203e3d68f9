"""The statement of an account: to be read, printed, or taken into a spreadsheet."""

from collections.abc import AsyncGenerator, Callable
from datetime import date, timedelta
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Stream

from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import LIMIT_MAX, Order, Page
from canglian.kernel.values import utc_now
from canglian.ledger.queries import chart, statements
from canglian.ledger.queries.accounts import AccountView, account, names
from canglian.ledger.queries.statements import Entry
from canglian.web.console import Column, Pages
from canglian.web.console.exports import as_shown, rows_as_shown
from canglian.web.console.pages import SECURITY
from canglian.web.csv import CSV, file_headers
from canglian.web.principal import Permission, Principal, needs
from canglian.web.services import Services

PRINTED_MAX = 5_000
"""How many entries one printed statement shows; a longer one is printed by shorter periods."""

_COLUMNS = (
    Column("date", "Business date", "day"),
    Column("transfer", "Transfer"),
    Column("counterpart", "Counterparty account", "account"),
    Column("code", "Code", "word", family="code"),
    Column("reference", "Reference"),
    Column("amount", "Amount", "money"),
    Column("balance", "Balance", "money"),
)


@get("/accounts/{number:int}/statement", guards=[needs(Permission.READ)])
async def statement_page(
    pages: NamedDependency[Pages],
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    principal: NamedDependency[Principal],
    number: FromPath[int],
) -> Response[Any]:
    """A period of an account with the balance after each entry; ``all`` shows it whole, ``format=csv`` saves it."""
    reader, book = services.reader, principal.book
    today = (await book_figures(reader, book)).today
    query = request.query_params
    first = _date(query.get("first")) or today - timedelta(days=30)
    last = _date(query.get("last")) or today
    found = await account(reader, book, number)
    order = Order("id", query.get("cursor") or None, LIMIT_MAX)
    statement = await statements.statement(reader, book, number, first, last, order)
    scales = await chart.scales(reader, book)
    if query.get("format") == "csv":
        return await _export(pages, principal, found, first, last, scales)
    page = statement.page
    if query.get("all"):
        page = await _whole(reader, book, number, first, last, PRINTED_MAX)
    return await pages.render(
        "ledger/statement.html",
        account=found,
        statement=statement,
        page=page,
        is_first=not query.get("cursor"),
        now=utc_now(),
        names=await names(reader, book, {entry.counterpart for entry in page.items}),
        scales=scales,
    )


async def _export(
    pages: Pages, principal: Principal, shown: AccountView, first: date, last: date, scales: dict[str, int]
) -> Response[Any]:
    """The whole period as CSV, however long, written while it is read."""
    reader, book, number = pages.services.reader, principal.book, shown.id

    async def read(cursor: str | None) -> Page[Entry]:
        return await statements.entries(reader, book, number, Order("id", cursor, LIMIT_MAX), first, last)

    async def lines(page: Page[Entry], write: Callable[..., bytes]) -> bytes:
        called = await names(reader, book, {entry.counterpart for entry in page.items})
        rows = [{**msgspec.structs.asdict(entry), "asset": shown.asset} for entry in page.items]
        return write(_COLUMNS, rows, pages.language, scales, called)

    begin = await read(None)

    async def parts() -> AsyncGenerator[bytes]:
        page = begin
        yield await lines(page, as_shown)
        while page.next_cursor is not None:
            page = await read(page.next_cursor)
            yield await lines(page, rows_as_shown)

    headers = {**SECURITY, **file_headers(f"statement-{number}-{first}-{last}")}
    whole: Any = Stream(parts(), media_type=CSV, headers=headers)
    return whole


async def _whole(reader: Reader, book: int, number: int, first: date, last: date, most: int) -> Page[Entry]:
    """All entries of a period, at most so many."""
    rows: list[Entry] = []
    cursor = None
    while len(rows) < most:
        page = await statements.entries(reader, book, number, Order("id", cursor, LIMIT_MAX), first, last)
        rows += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    return Page(rows, cursor)


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


handlers = (statement_page,)
