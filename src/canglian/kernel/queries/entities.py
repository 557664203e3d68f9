"""Entities as they are stored: one by its id, some by a column, all of them by pages."""

from collections.abc import Sequence
from typing import Any, TypeVar

from canglian.kernel.entity import Entity, Record
from canglian.kernel.errors import NotFound
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.paging import Listing, Sort
from canglian.kernel.receipts import TAIL, receipt_bounds
from canglian.kernel.shape import quoted, shape

E = TypeVar("E", bound=Entity)
R = TypeVar("R", bound=Entity | Record)

CALLED_MAX = 20
"""The most things that a text in their name finds."""

SOME_MAX = 200
"""The most things of one kind that are read with what they belong to."""


async def one(reader: Reader, book: int, entity: type[E], identity: Any) -> E:
    """An entity by its id; NotFound ``<noun>.not_found``."""
    found = await some(reader, book, entity, entity.__key__[0], identity)
    if not found:
        raise NotFound(f"{entity.__noun__}.not_found", **{entity.__noun__: identity})
    return found[0]


async def some(reader: Reader, book: int, entity: type[E], column: str, value: Any, most: int = SOME_MAX) -> list[E]:
    """Entities with a value in a column, newest first, and no more than ``most``."""
    form = shape(entity)
    keys = ", ".join(f"{quoted(key)} DESC" for key in entity.__key__)
    sql = (
        f"SELECT {', '.join(form.names)} FROM {quoted(form.table)} "
        f"WHERE book = $1 AND {quoted(column)} = $2 ORDER BY {keys} LIMIT {most}"
    )
    return [form.make(row) for row in await reader.rows(sql, book, value)]


async def by_keys(reader: Reader, book: int, entity: type[E], identities: Sequence[Any]) -> list[E]:
    """Entities by their ids, in the order of these, as far as there are any."""
    if not identities:
        return []
    form, key = shape(entity), entity.__key__[0]
    sql = f"SELECT {', '.join(form.names)} FROM {quoted(form.table)} WHERE book = $1 AND {quoted(key)} = ANY($2)"
    found = {getattr(each, key): each for each in map(form.make, await reader.rows(sql, book, list(identities)))}
    return [found[identity] for identity in identities if identity in found]


async def by_receipt(reader: Reader, book: int, entity: type[Entity], prefix: str, text: str) -> list[str]:
    """The ids of the things of a kind with a receipt number; none for a text that is none."""
    bounds = receipt_bounds(prefix, text)
    if bounds is None:
        return []
    sql = (
        f"SELECT id FROM {quoted(shape(entity).table)} "
        f"WHERE book = $1 AND id >= $2 AND id <= $3 AND right(id, {TAIL}) = $4 ORDER BY id LIMIT {SOME_MAX}"
    )
    return [row[0] for row in await reader.rows(sql, book, *bounds)]


async def called(reader: Reader, book: int, entity: type[Entity], text: str) -> list[str]:
    """The ids of the things of a kind that have a text in their name, the newest first."""
    sql = (
        f"SELECT id FROM {quoted(shape(entity).table)} "
        f"WHERE book = $1 AND position(lower($2) in lower(name)) > 0 ORDER BY id DESC LIMIT {CALLED_MAX}"
    )
    return [row[0] for row in await reader.rows(sql, book, text.strip())] if text.strip() else []


USED_MAX = 2_000
"""Of how many things, the newest, it is looked which words they have."""


async def used(reader: Reader, book: int, entity: type[Entity], column: str) -> list[str]:
    """What stands in a column of the newest things of a kind: each once, in order."""
    form = shape(entity)
    sql = (
        f"SELECT DISTINCT word FROM (SELECT {quoted(column)} AS word FROM {quoted(form.table)} "
        f"WHERE book = $1 ORDER BY {quoted(form.key[0].name)} DESC LIMIT {USED_MAX}) newest "
        "WHERE word IS NOT NULL ORDER BY word"
    )
    rows = await reader.rows(sql, book)
    return [row[0] for row in rows]


async def names(reader: Reader, book: int, entity: type[Entity], identities: Sequence[str]) -> dict[str, str]:
    """What things of a kind are called, by their ids."""
    sql = f"SELECT id, name FROM {quoted(shape(entity).table)} WHERE book = $1 AND id = ANY($2::text[])"
    return {row[0]: row[1] for row in await reader.rows(sql, book, list(identities))}


def listing(kind: type[R], key: Sort, **sorts: Sort) -> Listing[R]:
    """The rows of a table by pages, the newest by its key first; ``sorts`` are further orders by their names.

    It can be narrowed by each of its columns.
    """
    form = shape(kind)
    select = f"{', '.join(form.names)} FROM {quoted(form.table)}"
    fields = {name.strip('"'): name for name in form.names}
    return Listing(select, key, {key.column: key, **sorts}, form.make, f"-{key.column}", fields=fields)
