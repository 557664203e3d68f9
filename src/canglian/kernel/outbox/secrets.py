"""Receivers' signing secrets: made and sealed before a command carries them, shown once."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET

from canglian.kernel.crypto import Keyring
from canglian.kernel.engine import Engine
from canglian.kernel.errors import Malformed, Unavailable
from canglian.kernel.known import checked_key
from canglian.kernel.outbox.commands import OVERLAP, AddReceiver, ChangeReceiver
from canglian.kernel.outbox.model import SEALED_FOR, Receiver
from canglian.kernel.outbox.signing import new_secret
from canglian.kernel.store import Lost
from canglian.kernel.values import utc_now

SECRETS_MAX = 10
"""How many secrets before the last one sign at most."""


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


async def rotation(
    engine: Engine, keyring: Keyring, book: int, receiver: str, *, key: str | None, scope: str
) -> tuple[str, ChangeReceiver]:
    """A new secret for a receiver, and the command that gives it: every secret of the last day goes on signing.

    The same idempotency key gives the same again.
    """
    if key is not None and (known := await _known_rotation(engine, book, checked_key(key, scope))) is not None:
        try:
            return keyring.open(str(known.secret), SEALED_FOR), msgspec.structs.replace(known, receiver=receiver)
        except (Malformed, Unavailable):
            pass  # under a key that is gone: the engine finds the conflict
    secret, sealed = sealed_secret(keyring)
    try:
        stored = (await engine.store.load(book, Receiver, [receiver])).get(receiver)
    except Lost:
        raise Unavailable("database.away") from None
    command = ChangeReceiver(receiver=receiver, secret=sealed)
    now = utc_now()
    if stored is None or stored.secret is None or not (older := valid_secrets(keyring, stored, now)):
        return secret, command
    kept = [(keyring.open(stored.secret, SEALED_FOR), now + OVERLAP), *older]
    previous = keyring.seal(" ".join(f"{text}|{until.isoformat()}" for text, until in kept[:SECRETS_MAX]), SEALED_FOR)
    return secret, msgspec.structs.replace(command, previous=previous)


async def _known_rotation(engine: Engine, book: int, stored_key: str) -> ChangeReceiver | None:
    try:
        line = (await engine.store.known(book, [stored_key])).get(stored_key)
        known = None if line is None else msgspec.json.decode(line.payload, type=ChangeReceiver)
    except Lost:
        raise Unavailable("database.away") from None
    except (msgspec.ValidationError, msgspec.DecodeError):
        return None  # another command's key
    return known if known is not None and known.secret is not UNSET else None


def valid_secrets(keyring: Keyring, receiver: Receiver, now: datetime) -> list[tuple[str, datetime]]:
    """The secrets before the last that still sign, each with its end. One alone ends with ``previous_until``."""
    if receiver.previous_secret is None or receiver.previous_until is None:
        return []
    kept: list[tuple[str, datetime]] = []
    for piece in keyring.open(receiver.previous_secret, SEALED_FOR).split(" "):
        secret, _, until = piece.partition("|")
        kept.append((secret, datetime.fromisoformat(until) if until else receiver.previous_until))
    return [(secret, until) for secret, until in kept if until > now]


async def rotate_secret(engine: Engine, keyring: Keyring, book: int, receiver: str, *, actor: str) -> str:
    """Give a receiver a new secret; for a day messages carry the signatures of those before too.

    Rejects ``receiver.not_found``.
    """
    secret, command = await rotation(engine, keyring, book, receiver, key=None, scope=actor)
    await engine.execute(book, command, actor=actor)
    return secret
