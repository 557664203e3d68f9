"""What a world has done, a line of JSON each, in a file that is only ever added to."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from canglian.kernel.folders import private_folder


class Journal:
    """A file of lines; each is on disk before ``add`` returns. A last line that a crash cut short is taken off."""

    def __init__(self, path: Path) -> None:
        private_folder(path.parent)
        self._path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)

    def lines(self) -> Iterator[dict[str, Any]]:
        """Everything so far, in order."""
        content = self._path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) < len(content):
            os.ftruncate(self._file, len(whole))
        for line in whole.splitlines():
            yield msgspec.json.decode(line)

    def add(self, line: dict[str, Any]) -> None:
        """Add a line."""
        self.add_all((line,))

    def add_all(self, lines: Iterable[dict[str, Any]]) -> None:
        """Add lines, all on disk at once."""
        content = memoryview(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
        while content:
            content = content[os.write(self._file, content) :]
        os.fsync(self._file)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)
