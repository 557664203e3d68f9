"""The product as a benchmark serves it: ``canglian serve`` in a process of its own, on a book that was prepared."""

import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Generator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from pathlib import Path

import msgspec
from rich.progress import Progress

from canglian.app.opening import Opened, opened
from canglian.app.rooms import packages
from canglian.kernel.settings import Settings, load
from canglian.ledger.bench.ground import BOOK, open_accounts
from canglian.ledger.bench.product import Fill, Installation
from canglian.ledger.bench.server_process import ServerProcess
from canglian.web.principal import Role
from canglian.web.system.access import create_key

UNLIMITED = 1_000_000
"""Requests a second that the key of a benchmark may make: what is measured is the server, not the limit."""

_PROGRAM = "from canglian.app.cli import main; main()"


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


def serve(environment: dict[str, str], folder: Path, name: str = "canglian") -> ServerProcess:
    """``canglian serve`` on a free port."""
    return ServerProcess(["-c", _PROGRAM, "serve", "--port", "0"], environment, folder / f"{name}.log")


@contextmanager
def served(environment: dict[str, str], folder: Path, name: str = "canglian") -> Generator[ServerProcess]:
    """The same, ended at the end."""
    server = serve(environment, folder, name)
    try:
        yield server
    finally:
        server.stop()


class Product:
    """The product, as benchmarks of rooms have it (``canglian.ledger.bench.product``)."""

    @property
    def packages(self) -> tuple[str, ...]:
        """Whose tables it has."""
        return tuple(packages())

    async def install(self, url: str, folder: Path, fill: Fill) -> Installation:
        """A book, filled, and a key to it that may ask as often as it likes."""
        settings, environment = settings_of(url, folder)
        async with opened(settings) as installation:
            book = await installation.open_book("bench", "Bench", actor="bench")
            assert book.id == BOOK
            await fill(installation.services)
            return Installation(await _key(installation), environment)

    def served(self, environment: dict[str, str], folder: Path) -> AbstractContextManager[ServerProcess]:
        """``canglian serve`` on a free port."""
        return served(environment, folder)

    @contextmanager
    def sandbox(self, world: str, folder: Path) -> Generator[dict[str, str]]:
        """``canglian sandbox`` on a free port, ended at the end."""
        words = ["sandbox", world, "--data", str(folder), "--port", "0"]
        server = ServerProcess(["-c", _PROGRAM, *words], dict(os.environ), folder / "sandbox.log")
        try:
            lines = (folder / "canglian.env").read_text().splitlines()
            yield {name: value for name, _, value in (line.partition("=") for line in lines)}
        finally:
            server.stop()

    def start(self, environment: dict[str, str], *words: str) -> subprocess.Popen[str]:
        """``canglian`` with these words."""
        return subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, *words],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )


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
