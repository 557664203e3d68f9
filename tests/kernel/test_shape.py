"""Every entity equals its table: columns, their order, types and nulls, and a key that starts with the book."""

import asyncpg
import pytest

from canglian.kernel.entity import ENTITIES, Entity, Record
from canglian.kernel.records import BookState
from canglian.kernel.shape import shape
from tests.kernel.entities import HOUSE_ENTITIES

_COLUMNS = """
SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, NOT a.attnotnull AS nullable
FROM pg_attribute a WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
_KEYS = """
SELECT i.indisprimary AS is_primary, array_agg(a.attname::text ORDER BY k.place) AS columns
FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k(number, place), pg_attribute a
WHERE i.indrelid = $1::regclass AND a.attrelid = i.indrelid AND a.attnum = k.number GROUP BY i.indexrelid, 1
"""
_NAMES = {"timestamptz": "timestamp with time zone"}


@pytest.mark.parametrize("entity", HOUSE_ENTITIES, ids=lambda e: e.__table__)
async def test_an_entity_equals_its_table(database: str, entity: type[Entity]) -> None:
    connection = await asyncpg.connect(database)
    columns = [tuple(row) for row in await connection.fetch(_COLUMNS, f'"{entity.__table__}"')]
    keys = await connection.fetch(_KEYS, f'"{entity.__table__}"')
    await connection.close()
    assert columns == [
        ("book", "integer", False),
        *((c.name, _NAMES.get(c.type, c.type), c.nullable) for c in shape(entity).columns),
    ]
    assert [row["columns"] for row in keys if row["is_primary"]] == [["book", *entity.__key__]]
    for fields in entity.__indexes__.values():
        wanted = ["book", *fields]
        assert any(row["columns"][: len(wanted)] == wanted for row in keys), f"no index on {wanted}"


async def test_the_books_row_equals_its_table(database: str) -> None:
    connection = await asyncpg.connect(database)
    columns = [row["name"] for row in await connection.fetch(_COLUMNS, "book")]
    await connection.close()
    assert columns == list(BookState.__struct_fields__)


async def test_every_table_belongs_to_an_entity(database: str) -> None:
    connection = await asyncpg.connect(database)
    tables = await connection.fetch("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
    await connection.close()
    assert {row[0] for row in tables} == {"book", "migration", *(entity.__table__ for entity in HOUSE_ENTITIES)}


def test_a_record_has_no_index_for_decisions() -> None:
    with pytest.raises(AssertionError, match="do not search records"):

        class Wrong(Record, frozen=True, table="wrong", indexes={"owner": ("owner",)}):  # pyright: ignore[reportUnusedClass]
            id: int
            owner: str

    assert "wrong" not in ENTITIES
