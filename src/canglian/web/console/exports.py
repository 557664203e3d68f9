"""A list as a file for a spreadsheet: the columns and words of the page, amounts as plain numbers to compute with."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from canglian.web.console import plain
from canglian.web.console.formats import day, when
from canglian.web.csv import cell
from canglian.web.words import translated

_PLAIN: Mapping[str, Callable[[Any, str, Mapping[str, int], plain.Say], str]] = {
    "word": lambda value, family, _, say: plain.worded(family, value, say),
    "refusal": lambda value, _family, _, say: plain.refusal(value, say),
    "actor": lambda value, _family, _, say: plain.who(value, say),
    "subject": lambda value, _family, _, say: plain.about(value, say),
    "facts": lambda value, _family, scales, say: plain.line(plain.facts(value, scales, {}, say)),
}


class Shown(Protocol):
    """A column of a list."""

    @property
    def field(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def family(self) -> str: ...


def as_shown(
    columns: Sequence[Shown], rows: Sequence[Any], language: str, scales: Mapping[str, int], names: Mapping[int, Any]
) -> bytes:
    """Rows as CSV with a byte order mark, so that spreadsheets read Chinese. An amount has its asset beside it."""
    assets = any(column.kind == "money" for column in columns) and all(column.field != "asset" for column in columns)
    out = io.StringIO()
    writer = csv.writer(out)
    titles = [translated(column.title, language) for column in columns]
    writer.writerow([*titles, translated("Asset", language)] if assets else titles)
    for row in rows:
        cells = [_cell(row, column, language, scales, names) for column in columns]
        writer.writerow([*cells, _of(row, "asset")] if assets else cells)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _of(row: Any, field: str) -> Any:
    return row[field] if isinstance(row, Mapping) else getattr(row, field)


def _cell(row: Any, column: Shown, language: str, scales: Mapping[str, int], names: Mapping[int, Any]) -> Any:
    value = _of(row, column.field)
    if value is None:
        return ""
    if column.kind == "money":
        return Decimal(value).scaleb(-scales.get(_of(row, "asset"), 2))
    if column.kind == "account":
        name = getattr(names.get(value), "name", None)
        return f"{value} {name}" if name else value
    if column.kind == "state":
        return translated(f"state.{getattr(value, 'value', value)}", language)
    if column.kind == "words":
        return translated(value, language)
    if column.kind in _PLAIN:
        return cell(_PLAIN[column.kind](value, column.family, scales, lambda text: translated(text, language)))
    if isinstance(value, datetime):
        return when(value)
    return day(value) if isinstance(value, date) else cell(value)
