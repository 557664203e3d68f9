"""What the HTTP benchmark is measured against: two endpoints that post a transfer, served like the product.

Both are written as well as their friends would write them: the same ASGI server and event loop, no framework in
between, a pool of 20 connections, prepared statements, the same tables with the same indexes, the same durability,
a balance check under locks taken in one order, and an idempotency row in the same transaction. Neither keeps a
command log, events or an audit chain.

    python -m canglian.ledger.bench.rivals canglian.ledger.bench.rivals.orm

A room has its own rival in a module that is served in the same way: a class ``Rival``, and its ``BODY``.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from canglian.ledger.bench.server_process import ServerProcess


@contextmanager
def standing(name: str, url: str, token: str, folder: Path) -> Generator[ServerProcess]:
    """One rival, ``name`` in this package or a module of another, served by a process of its own until the end."""
    environment = {**os.environ, "RIVAL_DATABASE_URL": url, "RIVAL_TOKEN": token}
    module = name if "." in name else f"{__name__}.{name}"
    server = ServerProcess(["-m", __name__, module], environment, folder / f"{name}.log")
    try:
        yield server
    finally:
        server.stop()
