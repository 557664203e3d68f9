"""Lists as CSV, to be opened in a spreadsheet without harm."""

import csv
import io
from collections.abc import Iterable
from typing import Any

import msgspec

CSV = "text/csv"
CSV_ROWS_MAX = 10_000
"""The most rows of one CSV answer."""

TRUNCATED = "canglian-truncated"
"""The header of a CSV answer that ends at its limit although the list goes on: how many rows it has."""


def cut_headers(name: str, rows: int, *, cut: bool) -> dict[str, str]:
    """The headers of a list as a file, which say where it was cut: in the file's name, and for programs."""
    first = f"-first-{rows}" if cut else ""
    truncation = {TRUNCATED: str(rows)} if cut else {}
    return {"content-disposition": f'attachment; filename="{name}{first}.csv"', **truncation}


def as_csv(rows: Iterable[Any]) -> bytes:
    """Rows as CSV with a heading and a byte order mark, so that spreadsheets read Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    for position, row in enumerate(rows):
        plain = msgspec.to_builtins(row)
        if position == 0:
            writer.writerow(plain)
        writer.writerow([cell(value) for value in plain.values()])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def cell(value: Any) -> Any:
    """A value as a cell. A text that a spreadsheet would compute is quoted away."""
    if value is None:
        return ""
    if isinstance(value, dict | list):
        value = msgspec.json.encode(value).decode()
    if isinstance(value, str) and value[:1] in "=+-@\t\r":
        return "'" + value
    return value
