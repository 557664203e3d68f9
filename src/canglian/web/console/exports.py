"""A list as a file for a spreadsheet: the columns and words of the page, amounts as plain numbers to compute with."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from canglian.web.console import plain
from canglian.web.console.formats import day, when
from canglian.web.csv import BOM, cell, csv_lines
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
    """Rows as CSV with a heading and a byte order mark, so that spreadsheets read Chinese."""
    titles = [translated(column.title, language) for column in columns]
    head = csv_lines([[*titles, translated("Asset", language)] if _names_assets(columns) else titles])
    return BOM + head + rows_as_shown(columns, rows, language, scales, names)


def rows_as_shown(
    columns: Sequence[Shown], rows: Sequence[Any], language: str, scales: Mapping[str, int], names: Mapping[int, Any]
) -> bytes:
    """Rows as lines of CSV. An amount has its asset beside it."""
    assets = _names_assets(columns)
    return csv_lines(
        [*(_cell(row, column, language, scales, names) for column in columns), *([_of(row, "asset")] if assets else [])]
        for row in rows
    )


def _names_assets(columns: Sequence[Shown]) -> bool:
    """Whether amounts need their asset in a column of its own."""
    return any(column.kind == "money" for column in columns) and all(column.field != "asset" for column in columns)


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
