"""Committing a small batch: one statement, so one round trip, which is its own transaction.

Moving the book's row on, writing the new rows and the changed ones are parts of one ``WITH``; all depend on the first,
so that a book that another process has moved on is left as it is. Larger batches are cheaper as ``writer`` sends them.
"""

from functools import cache
from typing import Any

import asyncpg
import msgspec

from canglian.kernel.entity import Entity
from canglian.kernel.postgres.faults import AWAY, RESOURCES, is_repeated, lost
from canglian.kernel.shape import Column, quoted, shape
from canglian.kernel.store import Change, Moved, OutcomeUnknown, Repeated

SMALL_SETTINGS = {"plan_cache_mode": "force_generic_plan"}
"""The statements are few and always do the same: they are planned once."""

_Kinds = tuple[type[Entity], ...]

_MOVED = (
    "moved AS (UPDATE book SET sequence = $3, commands = $4, events = $5, today = $6, hash = $7, counters = $8 "
    "WHERE book = $1 AND sequence = $2 AND hash = $9 RETURNING sequence)"
)
_FIRST_ROWS = 10
_TYPES = {"bytea": "text"}
"""Types that JSON carries as another one."""

_json = msgspec.json.Encoder().encode


async def commit_small(pool: asyncpg.Pool, change: Change) -> None:
    """Write the change if the book is where it expects; Moved, Repeated, Lost or OutcomeUnknown otherwise."""
    try:
        connection = await pool.acquire()
    except (*AWAY, *RESOURCES) as away:
        raise lost(away) from away
    try:
        moved = await connection.fetchval(_sql(tuple(change.new), tuple(change.changed)), *_arguments(change))
    except RESOURCES as refused:
        raise lost(refused) from refused
    except AWAY as away:
        raise OutcomeUnknown(str(away)) from away
    except asyncpg.UniqueViolationError as taken:
        if not is_repeated(taken):
            raise
        raise Repeated from taken
    finally:
        await pool.release(connection)
    if not moved:
        raise Moved


def _arguments(change: Change) -> list[Any]:
    before, after = change.before, change.after
    arguments: list[Any] = [
        before.book,
        before.sequence,
        after.sequence,
        after.commands,
        after.events,
        after.today,
        after.hash,
        after.counters,
        before.hash,
    ]
    arguments += [_json(rows.things).decode() for rows in (*change.new.values(), *change.changed.values())]
    return [*arguments, *(len(rows.things) for rows in change.changed.values())]


@cache
def _sql(new: _Kinds, changed: _Kinds) -> str:
    """The statement for batches that write these types: 1 when it wrote, 0 when the book has moved on.

    It fails, and so writes nothing, when a row that should change is not there.
    """
    first = _FIRST_ROWS
    parts = [_MOVED, *(_insertion(kind, first + number) for number, kind in enumerate(new))]
    first += len(new)
    parts += [_update(kind, first + number) for number, kind in enumerate(changed)]
    first += len(changed)
    whole = [
        f"(SELECT count(*) FROM changed_{kind.__table__} WHERE was_there) = ${first + number}::bigint"
        for number, kind in enumerate(changed)
    ]
    found = f"1 / ({' AND '.join(whole)})::integer" if whole else "1"
    return f"WITH {', '.join(parts)} SELECT CASE WHEN EXISTS (SELECT FROM moved) THEN {found} ELSE 0 END"


def _insertion(kind: type[Entity], position: int) -> str:
    return f"new_{kind.__table__} AS ({_insert(kind, position)})"


def _update(kind: type[Entity], position: int) -> str:
    """An upsert that only ever updates: it finds each row by its key, however little the planner knows of the table."""
    form = shape(kind)
    keys = [quoted(column.name) for column in form.key]
    changes = ", ".join(f"{name} = excluded.{name}" for name in form.names if name not in keys)
    return (
        f"changed_{kind.__table__} AS ({_insert(kind, position)} ON CONFLICT (book, {', '.join(keys)}) "
        f"DO UPDATE SET {changes} RETURNING xmax <> 0 AS was_there)"
    )


def _insert(kind: type[Entity], position: int) -> str:
    """Rows as one JSON text: it costs a fifth of what arrays cost to make, and less to read."""
    form = shape(kind)
    columns = ", ".join(f"{quoted(column.name)} {_TYPES.get(column.type, column.type)}" for column in form.columns)
    values = ", ".join(_value(column) for column in form.columns)
    return (
        f"INSERT INTO {quoted(form.table)} (book, {', '.join(form.names)}) SELECT $1, {values} "
        f"FROM json_to_recordset(${position}::text::json) AS s({columns}) WHERE EXISTS (SELECT FROM moved)"
    )


def _value(column: Column) -> str:
    name = f"s.{quoted(column.name)}"
    return f"decode({name}, 'base64')" if column.type == "bytea" else name
