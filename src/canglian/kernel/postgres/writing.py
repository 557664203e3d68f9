"""The statements that write a batch: binary COPY for many rows, one array statement for few, one upsert a type.

All of them are of the shapes that distributed PostgreSQL runs unchanged: ``book`` first, arrays through ``unnest``.
"""

from functools import cache
from typing import Any

import msgspec

from canglian.kernel.entity import Entity
from canglian.kernel.postgres.columns import Column, quoted, shape

COPY_FROM = 48
"""From how many rows on COPY is cheaper than one INSERT from arrays."""


@cache
def insert_sql(entity: type[Entity]) -> str:
    """Insert rows given as one array a column."""
    form = shape(entity)
    return (
        f"INSERT INTO {quoted(form.table)} (book, {', '.join(form.names)}) "
        f"SELECT $1, * FROM unnest({_arrays(form.columns)})"
    )


@cache
def upsert_sql(entity: type[Entity]) -> str:
    """Insert rows given as one array a column, or replace those whose id is there."""
    form = shape(entity)
    keys = {column.name for column in form.key}
    changes = ", ".join(
        f"{quoted(c.name)} = excluded.{quoted(c.name)}" for c in form.columns if c.name not in keys
    )
    target = ", ".join(["book", *(quoted(column.name) for column in form.key)])
    action = f"UPDATE SET {changes}" if changes else "NOTHING"
    return f"{insert_sql(entity)} ON CONFLICT ({target}) DO {action}"


@cache
def load_sql(entity: type[Entity]) -> str:
    """Rows by their ids."""
    form = shape(entity)
    if len(form.key) == 1:
        key = form.key[0]
        where = f"{quoted(key.name)} = ANY($2::{key.type}[])"
    else:
        names = ", ".join(quoted(column.name) for column in form.key)
        where = f"({names}) IN (SELECT * FROM unnest({_arrays(form.key)}))"
    return f"SELECT {', '.join(form.names)} FROM {quoted(form.table)} WHERE book = $1 AND {where}"


@cache
def find_sql(entity: type[Entity], index: str) -> str:
    """Rows by the key of a declared index."""
    form = shape(entity)
    fields = [form.column(name) for name in entity.__indexes__[index]]
    if len(fields) == 1:
        where = f"{quoted(fields[0].name)} = ANY($2::{fields[0].type}[])"
    else:
        names = ", ".join(quoted(column.name) for column in fields)
        where = f"({names}) IN (SELECT * FROM unnest({_arrays(fields)}))"
    return f"SELECT {', '.join(form.names)} FROM {quoted(form.table)} WHERE book = $1 AND {where}"


def _arrays(columns: Any) -> str:
    return ", ".join(f"${position}::{column.type}[]" for position, column in enumerate(columns, start=2))


def key_arrays(key: tuple[Column, ...] | list[Column], keys: list[Any]) -> list[list[Any]]:
    """The ids as one array a key column."""
    return [keys] if len(key) == 1 else [list(values) for values in zip(*keys, strict=True)]


async def insert(connection: Any, book: int, entity: type[Entity], rows: list[Any]) -> None:
    """Write new rows."""
    if len(rows) < COPY_FROM:
        await connection.execute(insert_sql(entity), book, *_columns_of(rows))
        return
    await connection.copy_records_to_table(
        entity.__table__,
        columns=["book", *entity.__struct_fields__],
        records=[(book, *msgspec.structs.astuple(row)) for row in rows],
    )


async def upsert(connection: Any, book: int, entity: type[Entity], rows: list[Any]) -> None:
    """Write the new state of some entities."""
    await connection.execute(upsert_sql(entity), book, *_columns_of(rows))


def _columns_of(rows: list[Any]) -> list[tuple[Any, ...]]:
    return list(zip(*map(msgspec.structs.astuple, rows), strict=True))
