"""Lists as CSV, to be opened in a spreadsheet without harm."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from canglian.kernel.values import REPLACEMENT, writable

CSV = "text/csv"
_COMPUTES = tuple("=+-@＝＋－＠﹦﹢﹣﹫−")
"""What a spreadsheet takes for the beginning of a formula, also in full width."""

_BEGINS = ("\t", "\r", "\n")
_UNSEEN = " \t\r\n\u00a0\u3000\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
TRUNCATED = "canglian-truncated"
"""The header of an export that ends at its limit although the list goes on: how many rows it has."""


def file_headers(name: str) -> dict[str, str]:
    """The headers of a whole list as a file."""
    return {"content-disposition": f'attachment; filename="{name}.csv"'}


def cut_headers(name: str, rows: int, *, cut: bool) -> dict[str, str]:
    """The headers of a list as a file, which say where it was cut: in the file's name, and for programs."""
    return {**file_headers(f"{name}-first-{rows}"), TRUNCATED: str(rows)} if cut else file_headers(name)


BOM = b"\xef\xbb\xbf"
"""So that spreadsheets read Chinese."""


def as_csv(rows: Iterable[Any], kind: type[msgspec.Struct]) -> bytes:
    """Rows of a kind as CSV with a byte order mark and a heading, which is there without any row too."""
    return BOM + csv_lines([names_of(kind)]) + csv_rows(rows, names_of(kind))


def names_of(kind: type[msgspec.Struct]) -> list[str]:
    """The heading of rows of a kind."""
    return [info.encode_name for info in msgspec.structs.fields(kind)]


def csv_rows(rows: Iterable[Any], names: Sequence[str]) -> bytes:
    """Rows by the names of their fields."""
    plain = (msgspec.to_builtins(row) for row in rows)
    return csv_lines([cell(row.get(name)) for name in names] for row in plain)


def csv_lines(lines: Iterable[Sequence[Any]]) -> bytes:
    """Lines of cells as they are."""
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue().encode()


def cell(value: Any) -> Any:
    """A value as a cell. A text that a spreadsheet would compute is quoted away."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        value = msgspec.json.encode(value).decode()
    if isinstance(value, str):
        value = writable(value, REPLACEMENT)
        if value[:1] in _BEGINS or value.lstrip(_UNSEEN)[:1] in _COMPUTES:
            return "'" + value
    return value
