"""Receivers' signing secrets: made and sealed before a command carries them, shown once."""

from typing import Any

import msgspec

from canglian.kernel.crypto import Keyring
from canglian.kernel.engine import Engine
from canglian.kernel.errors import Malformed, Unavailable
from canglian.kernel.known import checked_key
from canglian.kernel.outbox.commands import AddReceiver, ChangeReceiver
from canglian.kernel.outbox.model import SEALED_FOR, Receiver
from canglian.kernel.outbox.signing import new_secret
from canglian.kernel.store import Lost


def sealed_secret(keyring: Keyring) -> tuple[str, str]:
    """A fresh secret as it is shown, and sealed as it is stored."""
    secret = new_secret()
    return secret, keyring.seal(secret, SEALED_FOR)


class _Carrier(msgspec.Struct):
    """What of a logged command is looked at."""

    secret: str | None = None


async def secret_for(engine: Engine, keyring: Keyring, book: int, key: str | None, scope: str) -> tuple[str, str]:
    """The secret, shown and sealed, for a command with this idempotency key: the one that an earlier command with the
    same key carried, so that the repeated request is the same; else a fresh one."""
    if key is not None:
        stored = checked_key(key, scope)
        try:
            line = (await engine.store.known(book, [stored])).get(stored)
            carried = None if line is None else msgspec.json.decode(line.payload, type=_Carrier).secret
            if carried is not None:
                return keyring.open(carried, SEALED_FOR), carried
        except Lost:
            raise Unavailable("database.away") from None
        except (Malformed, Unavailable):
            pass  # another command's secret, or one under a key that is gone: the engine finds the conflict
    return sealed_secret(keyring)


async def add_receiver(
    engine: Engine, keyring: Keyring, book: int, *, actor: str, key: str | None = None, **fields: Any
) -> tuple[Receiver, str]:
    """Add a receiver with the fields of ``AddReceiver``, and return it with its secret, which is not stored plain.

    Raises Malformed ``request.malformed`` and Rejection ``receiver.url_invalid``.
    """
    secret, sealed = await secret_for(engine, keyring, book, key, actor)
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
