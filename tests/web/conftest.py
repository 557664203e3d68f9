"""What tests of the web floor share."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.serving import Served, end, start


@pytest.fixture
def serve_at(database: str, tmp_path: Path) -> Iterator[Callable[[str], Served]]:
    """Starts a server process on the test's database, to be reached with a key."""
    running: list[subprocess.Popen[str]] = []

    def serve(key: str) -> Served:
        process, address = start(database, tmp_path)
        running.append(process)
        return Served(address, key)

    yield serve
    for process in running:
        end(process)
