"""Lists as CSV, to be opened in a spreadsheet without harm."""

import csv
import io
from collections.abc import Iterable
from typing import Any

import msgspec

from canglian.kernel.values import REPLACEMENT, writable

CSV = "text/csv"
_COMPUTES = tuple("=+-@＝＋－＠﹦﹢﹣﹫−")
"""What a spreadsheet takes for the beginning of a formula, also in full width."""

_BEGINS = ("\t", "\r", "\n")
_UNSEEN = " \t\r\n\u00a0\u3000\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
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
    if isinstance(value, str):
        value = writable(value, REPLACEMENT)
        if value[:1] in _BEGINS or value.lstrip(_UNSEEN)[:1] in _COMPUTES:
            return "'" + value
    return value
