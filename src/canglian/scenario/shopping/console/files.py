"""What a bureau takes home as a file: the columns and words of its pages, yuan as plain numbers, times in Shanghai."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import msgspec
from litestar import Response

from canglian.kernel.receipts import receipt_number
from canglian.web.console import Pages
from canglian.web.console.formats import percent, until, when
from canglian.web.csv import BOM, CSV, cell, csv_lines, file_headers


class FileColumn(msgspec.Struct, frozen=True):
    """A column of a file: the row's field, its title (a message id), and how a value is written.

    ``unit`` tells of money that the heading names the unit: it is written in yuan.
    """

    field: str
    title: str
    form: Callable[[Any], Any] = cell
    unit: bool = False


def _yuan(field: str, title: str) -> FileColumn:
    return FileColumn(field, title, lambda fen: Decimal(fen).scaleb(-2), unit=True)


CAMPAIGNS = (
    FileColumn("name", "Campaign"),
    FileColumn("state", "State"),
    FileColumn("starts_at", "Claims from", when),
    FileColumn("ends_at", "Claims until", until),
    FileColumn("share_bps", "Share of each discount", percent),
    _yuan("funded", "Funded"),
    _yuan("spent", "Spent"),
    _yuan("reserved", "Reserved"),
    _yuan("unreserved", "Not reserved"),
    _yuan("returned", "Returned"),
    FileColumn("campaign", "Id"),
)
MERCHANTS = (
    FileColumn("name", "Merchant"),
    FileColumn("payments", "Payments"),
    _yuan("sales", "Sales with coupons"),
    _yuan("discount", "Discounts"),
    _yuan("share", "Of that your share"),
    FileColumn("merchant", "Id"),
)
PAYMENTS = (
    FileColumn("payment", "Payment", receipt_number),
    FileColumn("at", "When", when),
    _yuan("gross", "Price"),
    _yuan("refunded", "Refunded"),
    _yuan("discount", "Discount"),
    _yuan("share", "Of that your share"),
)


def as_file(pages: Pages, columns: Sequence[FileColumn], rows: Sequence[Any], name: str) -> Response[Any]:
    """Rows as CSV in the reader's language, with a byte order mark, so that spreadsheets read Chinese."""
    titles = [_title(pages, column) for column in columns]
    lines = [[_value(pages, column, row) for column in columns] for row in rows]
    return Response(BOM + csv_lines([titles, *lines]), media_type=CSV, headers=file_headers(name))


def _title(pages: Pages, column: FileColumn) -> str:
    title = pages._(column.title)
    return pages._("%(title)s (yuan)") % {"title": title} if column.unit else title


def _value(pages: Pages, column: FileColumn, row: Any) -> Any:
    value = getattr(row, column.field)
    return pages._(f"state.{value}") if column.field == "state" else column.form(value)
