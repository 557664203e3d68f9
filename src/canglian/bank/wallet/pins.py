"""Payment PINs, before a command is made: the form, what is too easy to guess, the hash.

Six digits are few, so a hash alone would not keep them: the argon2id hash is of a keyed hash under the key of the
blind indexes, and whoever has the database has not that key. The PIN itself stands nowhere.
"""

import asyncio
import re
import secrets
import unicodedata
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from canglian.kernel.crypto import Keyring
from canglian.kernel.errors import Rejection

PIN_DIGITS = 6
_ABOUT = "wallet.pin"
_ROWS = ("01234567890", "09876543210")
_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_hex(16))
"""Looked at where there is no PIN, so that an answer takes as long."""


def checked(text: str, field: str = "pin") -> str:
    """A PIN as somebody typed it. Rejects ``wallet_pin.form``."""
    pin = unicodedata.normalize("NFKC", text).strip()
    if not re.fullmatch(r"[0-9]{6}", pin):
        raise Rejection("wallet_pin.form", field=field)
    return pin


def strong(text: str, *, known: Iterable[str] = (), field: str = "pin") -> str:
    """A PIN that may be set. ``known`` are numbers of its holder (identity number, mobile, wallet number).

    Rejects ``wallet_pin.form`` and ``wallet_pin.weak``.
    """
    pin = checked(text, field)
    if is_weak(pin, known):
        raise Rejection("wallet_pin.weak", field=field)
    return pin


def is_weak(pin: str, known: Iterable[str] = ()) -> bool:
    """Whether a PIN is easy to guess: a row, a repetition, a mirror, a birthday, the end of a number of its holder."""
    if any(pin in row for row in _ROWS) or len(set(pin)) <= 2:
        return True
    if pin[:3] == pin[3:] or pin[:2] == pin[2:4] == pin[4:] or pin == pin[::-1]:
        return True
    if pin[0] == pin[1] and pin[2] == pin[3] and pin[4] == pin[5]:
        return True
    return any(pin in guess for number in known for guess in _guesses(number))


def _guesses(number: str) -> Iterable[str]:
    """The ends of a number; of an identity number its birthday in the ways that people write it, too."""
    digits = "".join(character for character in number if character.isdecimal())
    yield digits[-PIN_DIGITS:]
    yield digits[:PIN_DIGITS]
    if len(number) == 18:
        yield number[-7:-1]
        year, month, day = number[6:10], number[10:12], number[12:14]
        yield from (year + month, year[2:] + month + day, month + year, day + month + year[2:], month + day + year[2:])
        yield from (year + month.lstrip("0") + day.lstrip("0"), month + day + month + day)


async def hashed(keyring: Keyring, wallet: str, pin: str, request: str | None = None) -> str:
    """The hash of a PIN, computed beside the event loop.

    ``request`` is the idempotency key with its sender: the same one salts alike, so a repeated request is the same.
    """
    salt = None if request is None else bytes.fromhex(keyring.blind_index(f"{wallet}/{request}", f"{_ABOUT}.salt"))
    return await asyncio.to_thread(lambda: _hasher.hash(_keyed(keyring, wallet, pin), salt=salt))


async def matches(keyring: Keyring, wallet: str, stored: str | None, pin: str) -> bool:
    """Whether a PIN is the one of a wallet; as slow where there is none."""
    return await asyncio.to_thread(_matches, stored or _NOBODY, _keyed(keyring, wallet, pin)) and stored is not None


def _matches(stored: str, keyed: str) -> bool:
    try:
        return _hasher.verify(stored, keyed)
    except (VerificationError, InvalidHashError):
        return False


def _keyed(keyring: Keyring, wallet: str, pin: str) -> str:
    return keyring.blind_index(f"{wallet}/{pin}", _ABOUT)
