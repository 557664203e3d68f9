"""Moving every sealed field of a book to the newest encryption key, so that an older one can be thrown away.

It works for every entity that says which of its fields are sealed. The command log keeps what was asked as it was
asked: texts that were sealed there stay under their old key, and cannot be read any more once that is gone.
"""

import asyncio
from typing import Any

from canglian.kernel.crypto import Keyring
from canglian.kernel.engine import Engine
from canglian.kernel.entity import Entity
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.queries.sealed import sealing, stale
from canglian.kernel.sealed import Reseal, Resealed


async def reseal(engine: Engine, reader: Reader, keyring: Keyring, book: int, *, actor: str) -> dict[str, int]:
    """Move what is sealed with an older key to the newest; how many things of each table were moved.

    Running it twice is harmless. Raises Unavailable ``crypto.key_unknown`` where a key that is needed is not there,
    and Malformed ``crypto.not_sealed`` where a stored text was changed.
    """
    moved: dict[str, int] = {}
    for kind in sealing():
        async for page in stale(reader, keyring, book, kind):
            commands = [_command(keyring, kind, thing) for thing in page]
            done = await asyncio.gather(*(engine.execute(book, command, actor=actor) for command in commands))
            moved[kind.__table__] = moved.get(kind.__table__, 0) + sum(done)
    return moved


def _command(keyring: Keyring, kind: type[Entity], thing: Any) -> Reseal:
    key = kind.__id__(thing)
    fields = {
        name: Resealed(before, keyring.reseal(before, about))
        for name, about in kind.__sealed__.items()
        if (before := getattr(thing, name)) is not None and not keyring.is_current(before)
    }
    return Reseal(table=kind.__table__, key=list(key) if isinstance(key, tuple) else [key], fields=fields)
