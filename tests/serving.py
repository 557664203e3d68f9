"""A server in a process of its own, for tests that need a real one."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import httpx
import msgspec

PROGRAM = """
import uvloop
from canglian.app.server import serve
from canglian.kernel.settings import load
uvloop.run(serve(load().settings, lambda installation, address: print(address, flush=True)))
"""


PATIENCE = 120
"""How many seconds a test waits for something to happen: on a busy machine, everything comes late."""


class Served(msgspec.Struct, frozen=True):
    """Where a server listens, and a key to it."""

    address: str
    key: str


def environment(database: str, folder: Path, **settings: str) -> dict[str, str]:
    """The environment of a process of ours on a database."""
    key = base64.b64encode(b"k" * 32).decode()
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("CANGLIAN_")},
        "CANGLIAN_DATABASE_URL": database,
        "CANGLIAN_DATA_DIR": str(folder),
        "CANGLIAN_ENCRYPTION_KEYS": f"1:{key}",
        "CANGLIAN_INDEX_KEY": key,
        "CANGLIAN_PORT": "0",
        **{f"CANGLIAN_{name.upper()}": value for name, value in settings.items()},
    }


def start(database: str, folder: Path, **settings: str) -> tuple[subprocess.Popen[str], str]:
    """A server process on a database, and its address. What it logs is in ``server.log`` in the folder."""
    given = environment(database, folder, **settings)
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM], env=given, cwd=folder, stdout=subprocess.PIPE, stderr=log, text=True
        )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def client_of(address: str, key: str) -> httpx.AsyncClient:
    """A client of such a server, with a key."""
    return httpx.AsyncClient(base_url=address, headers={"authorization": f"Bearer {key}"}, timeout=PATIENCE)


def end(process: subprocess.Popen[str]) -> None:
    """Kill it, whatever it does."""
    process.kill()
    process.communicate()
