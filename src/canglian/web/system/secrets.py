"""What is secret, handled before a command is made: passwords, keys, tokens and one-time codes."""

import hashlib
import secrets
import string
import time

from pyotp import random_base32
from pyotp.totp import TOTP

from canglian.kernel.crypto import same_secret
from canglian.kernel.errors import Rejection
from canglian.kernel.typed import typed_number

PASSWORD_LEAST = 10
TOTP_STEP_SECONDS = 30
TOTP_ABOUT = "house_user.totp"
_SMALL = string.digits + string.ascii_lowercase
_ALPHABET = string.digits + string.ascii_letters


def check_password(password: str, login: str) -> None:
    """Rejects ``password.too_short`` and ``password.too_simple``."""
    if len(password) < PASSWORD_LEAST:
        raise Rejection("password.too_short", least=PASSWORD_LEAST)
    if login.lower() in password.lower() or len(set(password)) < 3:
        raise Rejection("password.too_simple")


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
    typed = typed_number(code)
    at = int((time.time() if now is None else now) // TOTP_STEP_SECONDS)
    totp = TOTP(secret)
    for step in (at, at - 1, at + 1):
        if same_secret(typed, totp.at(step * TOTP_STEP_SECONDS)):
            return step
    return None
