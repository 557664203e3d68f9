"""What handlers and jobs work with: one object, made by the composition root, that lives as long as the server."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from canglian.kernel.crypto import Keyring
from canglian.kernel.engine import Engine
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from canglian.kernel.settings import Settings


@dataclass(frozen=True)
class Services:
    """``reader`` reads what was just committed; ``standby`` may lag behind and serves heavy reading."""

    settings: Settings
    store: PostgresStore
    engine: Engine
    reader: Reader
    standby: Reader
    keyring: Keyring
    closing: list[Callable[[], Any]] = field(default_factory=list)
