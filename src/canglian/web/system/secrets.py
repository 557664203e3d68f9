"""What is secret, handled before a command is made: passwords, keys, tokens and one-time codes."""

import asyncio
import hashlib
import secrets
import string
import time

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from pyotp import random_base32
from pyotp.totp import TOTP

from canglian.kernel.errors import Rejection

PASSWORD_LEAST = 10
TOTP_STEP_SECONDS = 30
TOTP_ABOUT = "house_user.totp"
_SMALL = string.digits + string.ascii_lowercase
_ALPHABET = string.digits + string.ascii_letters
_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_hex(16))
"""Verified where there is no such user, so that an answer takes as long."""


def check_password(password: str, login: str) -> None:
    """Rejects ``password.too_short`` and ``password.too_simple``."""
    if len(password) < PASSWORD_LEAST:
        raise Rejection("password.too_short", least=PASSWORD_LEAST)
    if login.lower() in password.lower() or len(set(password)) < 3:
        raise Rejection("password.too_simple")


async def hashed(password: str) -> str:
    """The argon2id hash, computed beside the event loop."""
    return await asyncio.to_thread(_hasher.hash, password)


async def matches(stored: str | None, password: str) -> bool:
    """Whether a password is the one; as slow for nobody as for somebody."""
    return await asyncio.to_thread(_matches, stored or _NOBODY, password) and stored is not None


def _matches(stored: str, password: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def digest(text: str) -> str:
    """The SHA-256 of a key or token, which are long and random, so no slow hash is needed."""
    return hashlib.sha256(text.encode()).hexdigest()


def new_key() -> tuple[str, str]:
    """A prefix and the whole API key: ``ck_<prefix>_<secret>`` with 190 bits of chance."""
    prefix = "".join(secrets.choice(_SMALL) for _ in range(8))
    return prefix, f"ck_{prefix}_{''.join(secrets.choice(_ALPHABET) for _ in range(32))}"


def new_token() -> str:
    """The token of a session."""
    return secrets.token_urlsafe(32)


def new_totp() -> str:
    """The secret of a second factor, base32."""
    return random_base32()


def totp_address(secret: str, login: str, issuer: str = "Canglian") -> str:
    """What an authenticator app scans."""
    return TOTP(secret).provisioning_uri(name=login, issuer_name=issuer)


def totp_step(secret: str, code: str, now: float | None = None) -> int | None:
    """The step of a right code, one step early or late allowed; None for a wrong one."""
    at = int((time.time() if now is None else now) // TOTP_STEP_SECONDS)
    totp = TOTP(secret)
    for step in (at, at - 1, at + 1):
        if secrets.compare_digest(totp.at(step * TOTP_STEP_SECONDS), code.strip()):
            return step
    return None
