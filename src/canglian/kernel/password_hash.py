"""Hashes of what people remember (passwords, PINs): argon2id, computed beside the event loop.

A comparison with nothing takes as long as any other, so that nobody learns from it whether something is stored.
"""

import asyncio
import base64
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher()


def unmatchable() -> str:
    """A hash with the costs of a real one, of random bytes: no secret leads to it."""
    salt, digest = (_encoded(size) for size in (_hasher.salt_len, _hasher.hash_len))
    costs = f"m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}"
    return f"$argon2id$v=19${costs}${salt}${digest}"


def _encoded(size: int) -> str:
    return base64.b64encode(secrets.token_bytes(size)).decode().rstrip("=")


_NOTHING = unmatchable()
"""Verified where nothing is stored."""


async def hashed(secret: str, salt: bytes | None = None) -> str:
    """The hash of a secret; ``salt`` is random unless the same one has to come out again."""
    return await asyncio.to_thread(lambda: _hasher.hash(secret, salt=salt))


async def matches(stored: str | None, secret: str) -> bool:
    """Whether a secret is the one whose hash is stored; as slow where none is."""
    return await asyncio.to_thread(_matches, stored or _NOTHING, secret) and stored is not None


def _matches(stored: str, secret: str) -> bool:
    try:
        return _hasher.verify(stored, secret)
    except (VerificationError, InvalidHashError):
        return False
