"""Entities of this room by id or by a column, as every query of it reads them."""

from typing import Any, TypeVar

from canglian.kernel.entity import Entity
from canglian.kernel.errors import NotFound
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.shape import quoted, shape

E = TypeVar("E", bound=Entity)

HANGING_MAX = 200
"""The most things of one kind that are shown with a party."""


async def one(reader: Reader, book: int, entity: type[E], identity: Any) -> E:
    """An entity by its id; NotFound ``<noun>.not_found``."""
    found = await some(reader, book, entity, entity.__key__[0], identity)
    if not found:
        raise NotFound(f"{entity.__noun__}.not_found", **{entity.__noun__: identity})
    return found[0]


async def some(reader: Reader, book: int, entity: type[E], column: str, value: Any) -> list[E]:
    """Entities with a value in a column, newest first."""
    form = shape(entity)
    keys = ", ".join(f"{quoted(key)} DESC" for key in entity.__key__)
    sql = (
        f"SELECT {', '.join(form.names)} FROM {quoted(form.table)} "
        f"WHERE book = $1 AND {quoted(column)} = $2 ORDER BY {keys} LIMIT {HANGING_MAX}"
    )
    return [form.make(row) for row in await reader.rows(sql, book, value)]


def selected(entity: type[Entity]) -> str:
    """All columns of an entity from its table, for a listing."""
    form = shape(entity)
    return f"{', '.join(form.names)} FROM {quoted(form.table)}"
