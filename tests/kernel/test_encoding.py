"""Rows as bytes: what is encoded is what PostgreSQL takes, keeps and gives back, for every entity of the house."""

import random
import struct
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import msgspec
import pytest

from canglian.kernel.encoding import encode
from canglian.kernel.entity import Entity
from canglian.kernel.postgres.connect import prepare
from canglian.kernel.postgres.writing import copy, load_sql, update
from canglian.kernel.shape import quoted, shape
from canglian.kernel.store import Rows
from tests.databases import Databases
from tests.kernel.entities import HOUSE_ENTITIES, sample


class Everything(Entity, frozen=True, table="everything"):
    """A field of every type, with and without null."""

    id: int
    text: str
    flag: bool
    at: datetime
    on: date
    raw: bytes
    words: dict[str, str]
    maybe_text: str | None
    maybe_flag: bool | None
    maybe_at: datetime | None
    maybe_on: date | None
    maybe_number: int | None
    maybe_raw: bytes | None
    maybe_words: dict[str, str] | None
    several: list[str]
    maybe_several: list[int] | None


SQL = (
    'CREATE TABLE everything (book integer, id bigint, text text, flag boolean, at timestamptz, "on" date, raw bytea,'
    " words jsonb, maybe_text text, maybe_flag boolean, maybe_at timestamptz, maybe_on date, maybe_number bigint,"
    " maybe_raw bytea, maybe_words jsonb, several jsonb, maybe_several jsonb, PRIMARY KEY (book, id))"
)


@pytest.fixture
async def connection(databases: Databases) -> Any:
    async with databases.empty(SQL) as url:
        made = await asyncpg.connect(url)
        await prepare(made)
        yield made
        await made.close()


@pytest.mark.parametrize("entity", [*HOUSE_ENTITIES, Everything], ids=lambda e: e.__table__)
async def test_what_is_written_is_what_is_read(connection: Any, entity: type[Entity]) -> None:
    chance = random.Random(entity.__table__)
    things = [sample(entity, number, chance) for number in range(1, 400)]
    rows = encode(entity, 7, things)
    await copy(connection, entity.__table__, entity, rows)
    assert await _read(connection, entity) == {entity.__id__(thing): thing for thing in things}
    read = await _read(connection, entity)
    assert encode(entity, 7, [read[entity.__id__(thing)] for thing in things]) == rows
    await _as_postgres_encodes(connection, entity, things)
    if not entity.__append_only__:
        for staged in (False, True):
            changed = [_with_id(sample(entity, number, chance), thing) for number, thing in enumerate(things, 1)]
            await connection.execute("BEGIN")
            await update(connection, 7, entity, Rows(entity, 7, changed), staged=staged)
            assert await _read(connection, entity) == {entity.__id__(thing): thing for thing in changed}
            await connection.execute("ROLLBACK")


async def _read(connection: Any, entity: type[Entity]) -> dict[Any, Any]:
    form = shape(entity)
    rows = await connection.fetch(f"SELECT {', '.join(form.names)} FROM {quoted(form.table)} WHERE book = 7")
    return {entity.__id__(thing): thing for thing in map(form.make, rows)}


def _with_id(fresh: Any, thing: Any) -> Any:
    return fresh.replace(**{field: getattr(thing, field) for field in type(thing).__key__})


async def _as_postgres_encodes(connection: Any, entity: type[Entity], things: list[Any]) -> None:
    """Byte for byte, but for JSON, which PostgreSQL keeps in an order and spacing of its own."""
    names = ["book", *(quoted(c.name) for c in shape(entity).columns if c.type != "jsonb")]
    received: list[bytes] = []

    async def take(data: bytes) -> None:
        received.append(data)

    await connection.copy_from_query(
        f"SELECT {', '.join(names)} FROM {quoted(entity.__table__)} WHERE book = 7", output=take, format="binary"
    )
    expected = [field for field in _fields(encode(entity, 7, things), [*_types(entity)]) if field is not _SKIPPED]
    assert sorted(_lines(_fields(b"".join(received)[19:-2], None), len(names))) == sorted(_lines(expected, len(names)))


_SKIPPED = object()


def _types(entity: type[Entity]) -> list[str]:
    return ["integer", *(column.type for column in shape(entity).columns)]


def _fields(data: bytes, types: list[str] | None) -> list[Any]:
    found: list[Any] = []
    at = 0
    while at < len(data):
        (count,) = struct.unpack_from("!h", data, at)
        at += 2
        for position in range(count):
            (length,) = struct.unpack_from("!i", data, at)
            at += 4
            value = b"null" if length < 0 else data[at : at + length]
            at += max(length, 0)
            found.append(_SKIPPED if types is not None and types[position] == "jsonb" else value)
    return found


def _lines(fields: list[Any], width: int) -> list[tuple[bytes, ...]]:
    return [tuple(fields[start : start + width]) for start in range(0, len(fields), width)]


async def test_rows_are_found_by_their_ids(connection: Any) -> None:
    thing = sample(Everything, 5, random.Random(1))
    await copy(connection, "everything", Everything, encode(Everything, 7, [thing]))
    rows = await connection.fetch(load_sql(Everything), 7, [5, 6])
    assert [shape(Everything).make(row) for row in rows] == [thing]
    assert await connection.fetch(load_sql(Everything), 8, [5, 6]) == []


def test_the_same_things_always_give_the_same_bytes() -> None:
    row = Everything(1, "a", True, datetime(2026, 1, 1, tzinfo=UTC), date(2026, 1, 1), b"\x00", {"b": "1", "a": "2"},
                     None, None, None, None, None, None, None, [], None)  # fmt: skip
    other = msgspec.structs.replace(row, words={"a": "2", "b": "1"})
    assert encode(Everything, 1, [row]) == encode(Everything, 1, [other])
    assert encode(Everything, 1, [row, row]) == 2 * encode(Everything, 1, [row])
    assert encode(Everything, 1, []) == b""


@pytest.mark.parametrize("change", [{"id": 2**63}, {"maybe_number": -(2**63) - 1}, {"at": datetime(2026, 1, 1)}])  # noqa: DTZ001
def test_what_no_column_takes_is_not_encoded(change: dict[str, Any]) -> None:
    thing = sample(Everything, 1, random.Random(2)).replace(**change)
    with pytest.raises((struct.error, TypeError)):
        encode(Everything, 1, [thing])
