"""Spreading the tables over the nodes of Citus, all of them by the column ``book``.

The statements of the product keep to shapes that run unchanged there: ``book = $1`` in every one, keys that start with
``book``, no trigger, no foreign key across books.
"""

from typing import Any

import asyncpg

import canglian.kernel.outbox.model  # noqa: F401  # pyright: ignore[reportUnusedImport] - its tables are spread too
from canglian.kernel.entity import ENTITIES
from canglian.kernel.errors import Unavailable, declare
from canglian.kernel.postgres.faults import AWAY

declare({"database.no_citus": "This PostgreSQL server has no Citus; only a server with Citus can spread tables."})

FIRST = "book"
"""The table that all others are kept together with."""


async def tables(connection: Any) -> list[str]:
    """Every table of the schema that has the column ``book``: the books' own rows first."""
    there = await connection.fetch(
        "SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NOT NULL", sorted(ENTITIES)
    )
    return [FIRST, *(row[0] for row in there)]


async def distribute(url: str) -> list[str]:
    """Distribute what is not distributed yet, and return it. Raises Unavailable ``database.no_citus``."""
    try:
        connection: Any = await asyncpg.connect(url)
    except AWAY:
        raise Unavailable("database.away") from None
    try:
        if not await connection.fetchval("SELECT count(*) FROM pg_available_extensions WHERE name = 'citus'"):
            raise Unavailable("database.no_citus")
        await connection.execute("CREATE EXTENSION IF NOT EXISTS citus")
        done = {row[0] for row in await connection.fetch("SELECT logicalrelid::regclass::text FROM pg_dist_partition")}
        missing = [table for table in await tables(connection) if table not in done]
        for table in missing:
            beside = "" if table == FIRST else f", colocate_with => '{FIRST}'"
            await connection.execute(f"SELECT create_distributed_table('{table}', 'book'{beside})")
        return missing
    finally:
        await connection.close()
