"""Distributing the tables over the nodes of Citus, all of them by the column ``book``.

The statements of the product keep to shapes that run unchanged there: each table bound by ``book = $1``, keys that
start with ``book``, no trigger, no foreign key across books. What was distributed once stays so: every migration
distributes what is new (``migrate``). How it is run: ``docs/operating/many-machines.md``.
"""

from collections.abc import Callable
from typing import Any

import asyncpg
import msgspec

import canglian.kernel.outbox.model  # noqa: F401  # pyright: ignore[reportUnusedImport] - its tables are distributed too
from canglian.kernel.entity import ENTITIES
from canglian.kernel.errors import Conflict, Unavailable, declare
from canglian.kernel.postgres.faults import AWAY

declare(
    {
        "database.no_citus": (
            "This PostgreSQL server has no Citus, and only one with Citus distributes tables. Install it on every node "
            "as docs/operating/many-machines.md says; then repeat this."
        ),
        "database.citus_refused": (
            "The extension Citus cannot be created: {problem}. Name it in shared_preload_libraries, and let a "
            "superuser run `CREATE EXTENSION citus` in the database {database} on every node; then repeat this."
        ),
        "database.not_distributed": (
            "Table {table} cannot be distributed: {problem}. Every node needs the same owner of the tables and has to "
            "answer; then repeat this, and it goes on from here."
        ),
        "database.no_workers": (
            "Citus knows no worker, so every book would stay on this node. Add each worker on the coordinator by "
            "`SELECT citus_add_node('host', 5432)`; then repeat this."
        ),
    }
)

FIRST = "book"
"""The table that all others are kept together with."""

_INSTALLED = "SELECT extversion FROM pg_extension WHERE extname = 'citus'"
_WORKERS = "SELECT nodename, nodeport FROM pg_dist_node WHERE groupid <> 0 AND noderole = 'primary' ORDER BY 1, 2"
_DURABLE = "SELECT current_setting('fsync') || ' ' || current_setting('full_page_writes')"


class Node(msgspec.Struct, frozen=True):
    """A worker: whether it answers, and whether what it commits outlives a power cut."""

    address: str
    answers: bool
    durable: bool


class Distribution(msgspec.Struct, frozen=True):
    """How a database is distributed: ``missing`` are tables that are not, ``local`` have copies of their own left."""

    version: str
    distributed: bool
    nodes: list[Node]
    missing: list[str]
    local: list[str]


async def tables(connection: Any) -> list[str]:
    """Every table of the schema that has the column ``book``: the books' own rows first."""
    there = await connection.fetch(
        "SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NOT NULL", sorted(ENTITIES)
    )
    return [FIRST, *(row[0] for row in there)]


async def distribute(url: str, progress: Callable[[str], None] | None = None) -> list[str]:
    """Distribute what is not distributed yet, and return it.

    Raises Conflict ``database.no_citus``, ``database.citus_refused`` and ``database.no_workers``, and Unavailable
    ``database.not_distributed`` where a node does not take a table.
    """
    connection = await _connect(url)
    try:
        await _install(connection)
        if not await is_distributed(connection) and not await connection.fetch(_WORKERS):
            raise Conflict("database.no_workers")
        return await distribute_new(connection, progress)
    finally:
        await connection.close()


async def is_distributed(connection: Any) -> bool:
    """Whether the books are distributed; they are all, or none."""
    return await connection.fetchval(_INSTALLED) is not None and FIRST in await _distributed(connection)


async def distribute_new(connection: Any, progress: Callable[[str], None] | None = None) -> list[str]:
    """Distribute the tables that are not, and remove the copies that rows leave behind; the names of the tables."""
    missing = await _missing(connection)
    for table in missing:
        beside = "" if table == FIRST else f", colocate_with => '{FIRST}'"
        await _do(connection, f"SELECT create_distributed_table('{table}', 'book'{beside})", table)
        if progress is not None:
            progress(f"{table} distributed")
    for table in await _local(connection):
        await _do(connection, f"SELECT truncate_local_data_after_distributing_table('{table}')", table)
        if progress is not None:
            progress(f"{table}: local copy removed")
    return missing


async def inspect(url: str) -> Distribution | None:
    """How the database is distributed; None on a server without the extension. Raises ``database.away``."""
    connection = await _connect(url)
    try:
        version = await connection.fetchval(_INSTALLED)
        if version is None:
            return None
        return Distribution(
            version=version,
            distributed=await is_distributed(connection),
            nodes=await _nodes(connection),
            missing=await _missing(connection),
            local=await _local(connection),
        )
    except AWAY:
        raise Unavailable("database.away") from None
    finally:
        await connection.close()


async def _connect(url: str) -> Any:
    try:
        return await asyncpg.connect(url)
    except AWAY:
        raise Unavailable("database.away") from None


async def _install(connection: Any) -> None:
    if await connection.fetchval(_INSTALLED) is not None:
        return
    if not await connection.fetchval("SELECT count(*) FROM pg_available_extensions WHERE name = 'citus'"):
        raise Conflict("database.no_citus")
    try:
        await connection.execute("CREATE EXTENSION IF NOT EXISTS citus")
    except asyncpg.PostgresError as refused:
        database = await connection.fetchval("SELECT current_database()")
        raise Conflict("database.citus_refused", problem=refused.args[0], database=database) from None


async def _do(connection: Any, sql: str, table: str) -> None:
    try:
        await connection.execute(sql)
    except asyncpg.PostgresError as refused:
        raise Unavailable("database.not_distributed", table=table, problem=refused.args[0]) from None


async def _distributed(connection: Any) -> set[str]:
    rows = await connection.fetch("SELECT logicalrelid::regclass::text FROM pg_dist_partition")
    return {row[0] for row in rows}


async def _missing(connection: Any) -> list[str]:
    done = await _distributed(connection)
    return [table for table in await tables(connection) if table not in done]


async def _local(connection: Any) -> list[str]:
    """Distributed tables with rows of their own on this node, which nothing reads any more."""
    done = await _distributed(connection)
    names = [table for table in await tables(connection) if table in done]
    rows = await connection.fetch(
        "SELECT t FROM unnest($1::text[]) AS t WHERE pg_relation_size(t::regclass) > 0", names
    )
    return [row[0] for row in rows]


async def _nodes(connection: Any) -> list[Node]:
    workers = await connection.fetch(_WORKERS)
    if not workers:
        return []
    rows = await connection.fetch(
        "SELECT nodename, nodeport, success, result FROM run_command_on_workers($1)", _DURABLE
    )
    answers = {(row[0], row[1]): row[3] for row in rows if row[2]}
    return [
        Node(f"{name}:{port}", (name, port) in answers, answers.get((name, port)) == "on on") for name, port in workers
    ]
