"""Folders that PostgreSQL may enter: where we are root it runs as another user, to whom pytest's own are shut."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def open_folder() -> Iterator[Path]:
    """An empty folder that others may enter; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="canglian-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
