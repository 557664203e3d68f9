"""What handlers and jobs work with: one object, made by the composition root, that lives as long as the server."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from canglian.kernel.command import Outcome
from canglian.kernel.crypto import Keyring
from canglian.kernel.engine import Engine
from canglian.kernel.entity import Record
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.settings import Settings
from canglian.web.system.model import BookProfile

OpenBook = Callable[..., Awaitable[Outcome[BookProfile]]]
"""Opens a book with everything that the floors above give it; takes code, name and what ``Engine.submit`` takes."""

Scales = Callable[[int], Awaitable[dict[str, int]]]
"""The decimals of each asset of a book, by the asset's code."""


@dataclass(frozen=True)
class Services:
    """``reader`` reads what was just committed; ``standby`` may lag behind and serves heavy reading.

    ``audited`` are the records that the engine was given to put into the audit chain. ``memory`` is what faces
    remember for as long as the server lives.
    """

    settings: Settings
    store: PostgresStore
    engine: Engine
    reader: Reader
    standby: Reader
    keyring: Keyring
    open_book: OpenBook
    scales: Scales
    database_url: str = ""
    audited: tuple[type[Record], ...] = ()
    forgetting: list[Callable[[str], None]] = field(default_factory=list[Callable[[str], None]])

    memory: dict[str, Any] = field(default_factory=dict[str, Any])

    def forget_key(self, prefix: str) -> None:
        """An API key was changed: caches of it are cleared."""
        for forget in self.forgetting:
            forget(prefix)


def services_of(connection: Any) -> Services:
    """What a request or another connection works with; the edge says it."""
    return connection.scope["state"]["services"]
