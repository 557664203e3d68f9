"""Servers of a benchmark: a real ``canglian serve``, or one of the rivals, each in a process of its own."""

import os
import re
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import msgspec
import psutil
from rich.progress import Progress

from canglian.app.bench.ground import BOOK, open_accounts
from canglian.app.opening import Opened, opened
from canglian.kernel.settings import Settings, load
from canglian.web.principal import Role
from canglian.web.system.access import create_key

START_SECONDS = 60
UNLIMITED = 1_000_000
"""Requests a second that the key of a benchmark may make: what is measured is the server, not the limit."""

_SERVE = "from canglian.app.cli import main; main()"
_ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)")


class Serving:
    """A server process and the port that it listens on. What it says is in ``log``."""

    def __init__(self, arguments: list[str], environment: dict[str, str], log: Path) -> None:
        self.log = log
        with log.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, *arguments],
                env=environment,
                cwd=log.parent,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        self.port = self._wait()

    @property
    def resident_bytes(self) -> int:
        """The memory of the process."""
        return psutil.Process(self.process.pid).memory_info().rss

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it at once, without a chance to finish anything."""
        self.process.kill()
        self.process.wait()

    def _wait(self) -> int:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            found = _ADDRESS.search(self.log.read_text())
            if found is not None:
                return int(found[1])
            time.sleep(0.02)
        self.kill()
        raise RuntimeError(f"the server did not start: {self.log.read_text()[-2000:]}")


def settings_of(url: str, folder: Path, **more: str) -> tuple[Settings, dict[str, str]]:
    """The settings of an installation on a database, and the environment that gives a process the same."""
    wanted = {
        "CANGLIAN_DATABASE_URL": url,
        "CANGLIAN_DATA_DIR": str(folder / "installation"),
        "CANGLIAN_LOG_LEVEL": "warning",
        **{f"CANGLIAN_{name.upper()}": value for name, value in more.items()},
    }
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("CANGLIAN_")}
    return load(wanted, folder).settings, {**inherited, **wanted}


def serve(environment: dict[str, str], folder: Path, name: str = "canglian") -> Serving:
    """``canglian serve`` on a free port."""
    return Serving(["-c", _SERVE, "serve", "--port", "0"], environment, folder / f"{name}.log")


@contextmanager
def served(environment: dict[str, str], folder: Path, name: str = "canglian") -> Generator[Serving]:
    """The same, ended at the end."""
    server = serve(environment, folder, name)
    try:
        yield server
    finally:
        server.stop()


class Prepared(msgspec.Struct, frozen=True):
    """A book to be worked on over HTTP: the key to it, its funded accounts, and the account that funded them."""

    token: str
    numbers: list[int]
    source: int


async def prepare(settings: Settings, accounts: int, progress: Progress) -> Prepared:
    """A book with funded accounts, and a key that may ask as often as it likes."""
    async with opened(settings) as installation:
        book = await installation.open_book("bench", "Bench", actor="bench")
        assert book.id == BOOK
        numbers, source = await open_accounts(installation.services.engine, accounts, progress)
        return Prepared(await _key(installation), numbers, source)


async def _key(installation: Opened) -> str:
    _, secret = await create_key(
        installation.services,
        name="bench",
        of_book=BOOK,
        role=Role.OPERATOR,
        actor="bench",
        rate_per_second=UNLIMITED,
        rate_burst=UNLIMITED,
    )
    return secret


@asynccontextmanager
async def looking(settings: Settings) -> AsyncGenerator[Opened]:
    """The installation, to look at what became of it."""
    async with opened(settings) as installation:
        yield installation
