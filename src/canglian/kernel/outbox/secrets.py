"""Receivers' signing secrets: made and sealed before a command carries them, shown once."""

from typing import Any

import msgspec

from canglian.kernel.crypto import Keyring
from canglian.kernel.engine import Engine
from canglian.kernel.errors import Malformed
from canglian.kernel.outbox import queries
from canglian.kernel.outbox.commands import AddReceiver, ChangeReceiver, ResealReceiver
from canglian.kernel.outbox.model import Receiver
from canglian.kernel.outbox.sending import SEALED_FOR
from canglian.kernel.outbox.signing import new_secret
from canglian.kernel.postgres.reader import Reader


def sealed_secret(keyring: Keyring) -> tuple[str, str]:
    """A fresh secret as it is shown, and sealed as it is stored."""
    secret = new_secret()
    return secret, keyring.seal(secret, SEALED_FOR)


async def add_receiver(
    engine: Engine, keyring: Keyring, book: int, *, actor: str, key: str | None = None, **fields: Any
) -> tuple[Receiver, str]:
    """Add a receiver with the fields of ``AddReceiver``, and return it with its secret, which is not shown again.

    Raises Malformed ``request.malformed`` and Rejection ``receiver.url_invalid``. A secret is new each time, so a
    repeated ``key`` is the Conflict ``idempotency.key_reused``: list the receivers before adding one again.
    """
    secret, sealed = sealed_secret(keyring)
    try:
        command = msgspec.convert({**fields, "secret": sealed}, AddReceiver)
    except msgspec.ValidationError as problem:
        raise Malformed("request.malformed", problem=str(problem)) from None
    receiver = await engine.execute(book, command, actor=actor, key=key)
    return receiver, secret


async def rotate_secret(engine: Engine, keyring: Keyring, book: int, receiver: str, *, actor: str) -> str:
    """Give a receiver a new secret; for a day messages carry both signatures. Rejects ``receiver.not_found``."""
    secret, sealed = sealed_secret(keyring)
    await engine.execute(book, ChangeReceiver(receiver=receiver, secret=sealed), actor=actor)
    return secret


async def reseal_secrets(engine: Engine, reader: Reader, keyring: Keyring, book: int, *, actor: str) -> int:
    """Move every secret of a book to the newest encryption key; how many receivers were moved.

    Afterwards the older keys are not needed for receivers any more. Running it twice is harmless.
    """
    moved = 0
    for receiver in await queries.sealed(reader, book):
        previous = receiver.previous_secret
        if keyring.is_current(receiver.secret) and (previous is None or keyring.is_current(previous)):
            continue
        command = ResealReceiver(
            receiver=receiver.id,
            before=receiver.secret,
            secret=keyring.reseal(receiver.secret, SEALED_FOR),
            previous_secret=None if previous is None else keyring.reseal(previous, SEALED_FOR),
        )
        await engine.execute(book, command, actor=actor)
        moved += 1
    return moved
