"""The product as it is served, for benchmarks of rooms: the composition root gives it to those that ask for it."""

import subprocess
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import msgspec

from canglian.ledger.bench.server_process import ServerProcess
from canglian.web.services import Services

Fill = Callable[[Services], Awaitable[None]]
"""Puts into the book of a benchmark what it needs."""


class Installation(msgspec.Struct, frozen=True):
    """An installation with one book, the key of an operator to it, and the environment in which it is served."""

    token: str
    environment: dict[str, str]


class Product(Protocol):
    """See the module docstring."""

    @property
    def packages(self) -> Sequence[str]:
        """Whose tables it has."""
        ...

    async def install(self, url: str, folder: Path, fill: Fill) -> Installation:
        """Open the book ``BOOK`` in a database that has the tables, and fill it."""
        ...

    def served(self, environment: dict[str, str], folder: Path) -> AbstractContextManager[ServerProcess]:
        """Serve it in a process of its own until the end."""
        ...

    def sandbox(self, world: str, folder: Path) -> AbstractContextManager[dict[str, str]]:
        """Run a world outside, which is kept in a folder; gives the environment that connects a bank to it."""
        ...

    def start(self, environment: dict[str, str], *words: str) -> "subprocess.Popen[str]":
        """Start a command of the command line in a process of its own; what it says on stderr is read from it."""
        ...
