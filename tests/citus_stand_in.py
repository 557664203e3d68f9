"""A stand-in for Citus: an extension of the same name in plain SQL, for a server that has none.

It has the catalogue and the functions that the product asks for, keeps what it was asked, and distributes nothing: all
rows stay where they are. What only nodes can show, such as a statement asking one shard, it does not show.
"""

from pathlib import Path
from typing import Any

CONTROL = "default_version = '1.0'\nsuperuser = {superuser}\n"
SCRIPT = """
CREATE TABLE pg_dist_partition (logicalrelid regclass, spread_by text, beside text);
CREATE TABLE pg_dist_node (
    nodename text, nodeport integer, groupid integer, noderole text DEFAULT 'primary',
    answers boolean DEFAULT true, durable text DEFAULT 'on on'
);
CREATE TABLE truncated (logicalrelid regclass);
CREATE FUNCTION create_distributed_table(t regclass, spread_by text, colocate_with text DEFAULT 'default')
RETURNS void LANGUAGE sql AS $$ INSERT INTO pg_dist_partition VALUES (t, spread_by, colocate_with) $$;
CREATE FUNCTION truncate_local_data_after_distributing_table(t regclass)
RETURNS void LANGUAGE sql AS $$ INSERT INTO truncated VALUES (t) $$;
CREATE FUNCTION run_command_on_workers(
    command text, parallel boolean DEFAULT true,
    OUT nodename text, OUT nodeport integer, OUT success boolean, OUT result text
) RETURNS SETOF record LANGUAGE sql AS $$
    SELECT n.nodename, n.nodeport, n.answers, CASE WHEN n.answers THEN n.durable ELSE 'failed to connect' END
    FROM pg_dist_node n WHERE n.groupid <> 0
$$;
"""


def offer(folder: Path, url: str, *, superuser: bool = False) -> str:
    """Put the stand-in into a folder that the server can read; the address of a database that offers it."""
    extension = folder / "extension"
    extension.mkdir()
    (extension / "citus.control").write_text(CONTROL.format(superuser=str(superuser).lower()))
    (extension / "citus--1.0.sql").write_text(SCRIPT)
    return f"{url}&extension_control_path={folder}:$system"


async def add_workers(connection: Any) -> None:
    """Two workers beside the coordinator."""
    await connection.execute("CREATE EXTENSION IF NOT EXISTS citus")
    await connection.execute(
        "INSERT INTO pg_dist_node (nodename, nodeport, groupid) VALUES ('c', 5432, 0), ('w1', 5432, 1), ('w2', 5432, 2)"
    )
