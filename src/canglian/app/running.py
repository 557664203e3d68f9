"""Which servers run on a data folder: each keeps a file there while it runs, which ``canglian doctor`` reads.

A file counts while its process holds its lock, so one that a killed server left says nothing.
"""

import fcntl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import msgspec

from canglian.kernel import untrusted
from canglian.kernel.folders import private_folder


class RunningServer(msgspec.Struct, frozen=True):
    """Where a server listens, and the addresses of the services outside that it is connected to."""

    address: str
    services: dict[str, str]


@contextmanager
def announced(folder: Path, server: RunningServer) -> Generator[None]:
    """Keep the file of a server in a data folder for as long as the context lasts.

    There is none where the folder takes no files, nor beside one of a server on another address with the same port.
    """
    path = folder / f"server-{server.address.rpartition(':')[2]}.json"
    file = _written(path, server)
    if file is None:
        yield
        return
    with file:
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def _written(path: Path, server: RunningServer) -> BinaryIO | None:
    try:
        private_folder(path.parent)
        file = path.open("ab")
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        file.truncate(0)
        file.write(msgspec.json.encode(server))
        file.flush()
    except OSError:
        file.close()
        return None
    return file


def running_servers(folder: Path) -> list[RunningServer]:
    """The servers that run on a data folder."""
    return [server for path in sorted(folder.glob("server-*.json")) if (server := _read(path)) is not None]


def _read(path: Path) -> RunningServer | None:
    try:
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return untrusted.read_json(file.read(), RunningServer)
    except (OSError, msgspec.DecodeError):  # it ends just now, or begins
        pass
    return None
