"""Rows as bytes: the binary form in which PostgreSQL's COPY takes them, and over which the audit chain is computed.

For every entity an encoder is generated once from the struct's annotations; runs of fixed-size fields are packed in
one call. The form is that of the PostgreSQL manual (COPY, "Binary Format"): a count of fields, then each field as
a length (-1 for null) and its bytes, big-endian; instants in microseconds and dates in days since 2000-01-01.
"""

import struct
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import msgspec

from canglian.kernel.entity import Entity
from canglian.kernel.shape import Column, shape

HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER = b"\xff\xff"

_NULL = b"\xff\xff\xff\xff"
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(2000, 1, 1).toordinal()
_FIXED = {"bigint": "iq", "timestamptz": "iq", "date": "ii", "boolean": "i?"}
_SIZES = {"bigint": 8, "timestamptz": 8, "date": 4, "boolean": 1}

_length = struct.Struct("!i").pack
_integer = struct.Struct("!iq").pack
_LENGTHS_KEPT = 256
_LENGTHS = [_length(size) for size in range(_LENGTHS_KEPT)]
"""The lengths of most texts, packed once."""

_json = msgspec.json.Encoder(order="deterministic").encode


def encode(entity: type[Entity], book: int, rows: list[Any]) -> bytes:
    """The rows, without COPY's header and trailer."""
    return _encoder(entity)(book, rows)


def _text(value: str) -> bytes:
    data = value.encode()
    size = len(data)
    return (_LENGTHS[size] if size < _LENGTHS_KEPT else _length(size)) + data


def _bytes(value: bytes) -> bytes:
    return _length(len(value)) + value


def _jsonb(value: Any) -> bytes:
    data = _json(value)
    return _length(len(data) + 1) + b"\x01" + data


def _day(value: date) -> int:
    return value.toordinal() - _EPOCH_DAY


class _Instants(dict[datetime, int]):
    """Microseconds of the instants met in one call: a batch repeats its own time in every row."""

    def __missing__(self, value: datetime) -> int:
        gap = value - _EPOCH
        result = self[value] = (gap.days * 86_400 + gap.seconds) * 1_000_000 + gap.microseconds
        return result


class _Texts(dict[str, bytes]):
    """Encoded short texts met in one call: assets and codes repeat."""

    def __missing__(self, value: str) -> bytes:
        result = self[value] = _text(value)
        return result


def _value(column: Column) -> str:
    """The expression of a fixed-size field."""
    field = f"r.{column.name}"
    return {"timestamptz": f"instants[{field}]", "date": f"day({field})"}.get(column.type, field)


def _piece(column: Column) -> str:
    """The expression of a field of varying size, or one that may be null."""
    field = f"r.{column.name}"
    made = {
        "text": f"text({field})" if column.nullable else f"texts[{field}]",
        "bytea": f"raw({field})",
        "jsonb": f"jsonb({field})",
        "bigint": f"integer(8, {field})",
        "timestamptz": f"integer(8, instants[{field}])",
        "date": f"length(4) + length(day({field}))",
        "boolean": f"length(1) + bytes(({field},))",
    }[column.type]
    return f"(NULL if {field} is None else {made})" if column.nullable else made


def _runs(columns: tuple[Column, ...]) -> list[list[Column]]:
    """Neighbouring fixed-size fields together, every other field alone."""
    runs: list[list[Column]] = [[]]
    for column in columns:
        if column.type in _FIXED and not column.nullable:
            runs[-1].append(column)
        else:
            runs += [[column], []]
    return runs


def _is_packed(run: list[Column]) -> bool:
    return run[0].type in _FIXED and not run[0].nullable


@cache
def _encoder(entity: type[Entity]) -> Callable[[int, list[Any]], bytes]:
    form = shape(entity)
    names: dict[str, Any] = {
        "NULL": _NULL,
        "text": _text,
        "raw": _bytes,
        "jsonb": _jsonb,
        "integer": _integer,
        "length": _length,
        "day": _day,
        "Instants": _Instants,
        "Texts": _Texts,
    }
    runs = _runs(form.columns)
    first = runs.pop(0)
    names["pack0"] = struct.Struct("!hii" + "".join(_FIXED[c.type] for c in first)).pack
    head = [str(len(form.columns) + 1), "4", "book", *_pairs(first)]
    pieces = [f"pack0({', '.join(head)})"]
    for number, run in enumerate((run for run in runs if run), start=1):
        if _is_packed(run):
            names[f"pack{number}"] = struct.Struct("!" + "".join(_FIXED[c.type] for c in run)).pack
            pieces.append(f"pack{number}({', '.join(_pairs(run))})")
        else:
            pieces.append(_piece(run[0]))
    source = (
        "def encode(book, rows):\n"
        "    instants, texts, out = Instants(), Texts(), []\n"
        "    for r in rows:\n"
        f"        out += ({', '.join(pieces)},)\n"
        "    return b''.join(out)\n"
    )
    exec(source, names)  # noqa: S102 - generated from our own struct's field names
    return names["encode"]


def _pairs(run: list[Column]) -> list[str]:
    return [part for column in run for part in (str(_SIZES[column.type]), _value(column))]
