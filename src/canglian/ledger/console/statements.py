"""The statement of an account: to be read, printed, or taken into a spreadsheet."""

from datetime import date, timedelta
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import LIMIT_MAX, Order, Page
from canglian.kernel.values import utc_now
from canglian.ledger.queries import chart, statements
from canglian.ledger.queries.accounts import account, names
from canglian.ledger.queries.statements import Entry
from canglian.web.console import Column, Pages
from canglian.web.console.exports import as_shown
from canglian.web.console.pages import SECURITY
from canglian.web.csv import CSV, CSV_ROWS_MAX, cut_headers
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
    found = await account(reader, book, number, plain=principal.sees_names)
    order = Order("id", query.get("cursor") or None, LIMIT_MAX)
    statement = await statements.statement(reader, book, number, first, last, order)
    scales = await chart.scales(reader, book)
    if query.get("format") == "csv":
        whole = await _whole(reader, book, number, first, last, CSV_ROWS_MAX)
        rows = whole.items
        called = await names(reader, book, {entry.counterpart for entry in rows}, plain=principal.sees_names)
        lines = [{**msgspec.structs.asdict(entry), "asset": found.asset} for entry in rows]
        cut = whole.next_cursor is not None
        headers = {**SECURITY, **cut_headers(f"statement-{number}-{first}-{last}", len(rows), cut=cut)}
        return Response(as_shown(_COLUMNS, lines, pages.language, scales, called), media_type=CSV, headers=headers)
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
        names=await names(reader, book, {entry.counterpart for entry in page.items}, plain=principal.sees_names),
        scales=scales,
    )


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
