"""The statements that write a batch: binary COPY for new rows, one array statement a type for changed ones.

All of them are of the shapes that distributed PostgreSQL runs unchanged: ``book`` first, arrays through ``unnest``.
Where the server is a single one and many rows change, they are copied into a temporary table first, which halves
the cost of the update (``docs/decisions/0005-writing-a-batch.md``).
"""

from collections.abc import AsyncIterator
from functools import cache
from typing import Any

import msgspec

from canglian.kernel.encoding import HEADER, TRAILER
from canglian.kernel.entity import Entity
from canglian.kernel.postgres.connect import Json
from canglian.kernel.shape import Column, quoted, shape
from canglian.kernel.store import Rows

STAGE_FROM = 256
"""From how many changed rows on the way through a temporary table is cheaper."""


@cache
def update_sql(entity: type[Entity]) -> str:
    """Replace the rows whose new state is given as one array a column.

    The keys are named twice: the second time as arrays, so that only these rows are fetched, by the primary key,
    however little the planner knows of a young table.
    """
    form = shape(entity)
    given = " AND ".join(
        f"t.{quoted(column.name)} = ANY(${2 + form.columns.index(column)}::{column.type}[])" for column in form.key
    )
    source = f"unnest({_arrays(form.columns)}) AS s({', '.join(form.names)})"
    return f"{_update(entity, source)} AND {given}"


@cache
def staged_update_sql(entity: type[Entity]) -> str:
    """Replace the rows whose new state lies in the temporary table."""
    return f"{_update(entity, f'{_stage(entity)} AS s')} AND s.book = t.book"


def _update(entity: type[Entity], source: str) -> str:
    form = shape(entity)
    keys = [quoted(column.name) for column in form.key]
    changes = ", ".join(f"{name} = s.{name}" for name in form.names if name not in keys)
    same = " AND ".join(f"t.{name} = s.{name}" for name in keys)
    return f"UPDATE {quoted(form.table)} AS t SET {changes} FROM {source} WHERE t.book = $1 AND {same}"


def _stage(entity: type[Entity]) -> str:
    return f"staged_{entity.__table__}"


@cache
def stage_sql(entity: type[Entity]) -> str:
    """Make the temporary table of this connection."""
    return (
        f"CREATE TEMPORARY TABLE IF NOT EXISTS {_stage(entity)} (LIKE {quoted(entity.__table__)}) ON COMMIT DELETE ROWS"
    )


@cache
def load_sql(entity: type[Entity]) -> str:
    """Rows by their ids."""
    return _select(entity, shape(entity).key)


@cache
def find_sql(entity: type[Entity], index: str) -> str:
    """Rows by the key of a declared index."""
    form = shape(entity)
    return _select(entity, tuple(form.column(name) for name in entity.__indexes__[index]))


def _select(entity: type[Entity], fields: tuple[Column, ...]) -> str:
    form = shape(entity)
    if len(fields) == 1:
        where = f"{quoted(fields[0].name)} = ANY($2::{fields[0].type}[])"
    else:
        names = ", ".join(quoted(column.name) for column in fields)
        where = f"({names}) IN (SELECT * FROM unnest({_arrays(fields)}))"
    return f"SELECT {', '.join(form.names)} FROM {quoted(form.table)} WHERE book = $1 AND {where}"


def _arrays(columns: tuple[Column, ...]) -> str:
    return ", ".join(f"${position}::{column.type}[]" for position, column in enumerate(columns, start=2))


def key_arrays(fields: int, keys: list[Any]) -> list[list[Any]]:
    """The ids as one array a key column."""
    return [keys] if fields == 1 else [list(values) for values in zip(*keys, strict=True)]


def _array(column: Column, values: tuple[Any, ...]) -> list[Any]:
    """The values of a column as the driver takes them for an array."""
    if column.type != "jsonb":
        return list(values)
    return [None if value is None else Json(value) for value in values]


async def copy(connection: Any, table: str, entity: type[Entity], rows: bytes) -> None:
    """Write new rows, given in the binary form of ``kernel.encoding``."""

    async def source() -> AsyncIterator[bytes]:
        yield HEADER + rows + TRAILER

    await connection.copy_to_table(table, source=source(), columns=["book", *entity.__struct_fields__], format="binary")


async def update(connection: Any, book: int, entity: type[Entity], rows: Rows, *, staged: bool) -> None:
    """Write the new state of some entities that are there."""
    count = len(rows.things)
    if staged and count >= STAGE_FROM:
        await connection.execute(stage_sql(entity))
        await copy(connection, _stage(entity), entity, rows.encoded)
        done = await connection.execute(staged_update_sql(entity), book)
    else:
        columns = zip(shape(entity).columns, zip(*map(msgspec.structs.astuple, rows.things), strict=True), strict=True)
        done = await connection.execute(update_sql(entity), book, *(_array(*column) for column in columns))
    if done != f"UPDATE {count}":
        raise RuntimeError(f"{entity.__table__}: {count} rows to change, but {done}")
