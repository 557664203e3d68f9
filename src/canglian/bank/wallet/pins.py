"""Payment PINs, before a command is made: the form, what is too easy to guess, the hash.

Six digits are few, so a hash alone would not keep them: the argon2id hash is of a keyed hash under the key of the
blind indexes, and whoever has the database has not that key. The PIN itself stands nowhere.
"""

import re
from collections.abc import Iterable

from canglian.kernel import password_hash
from canglian.kernel.crypto import Keyring
from canglian.kernel.errors import Rejection
from canglian.kernel.typed import typed_number

PIN_DIGITS = 6
_ABOUT = "wallet.pin"
_ROWS = ("01234567890", "09876543210")


def checked(text: str, field: str = "pin") -> str:
    """A PIN as somebody typed it. Rejects ``wallet_pin.form``."""
    pin = typed_number(text)
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
    """The hash of a PIN, always another one unless ``request`` is given.

    ``request`` is the idempotency key with its sender: the same one salts alike, so a repeated request is the same.
    """
    salt = None if request is None else bytes.fromhex(keyring.blind_index(f"{wallet}/{request}", f"{_ABOUT}.salt"))
    return await password_hash.hashed(_keyed(keyring, wallet, pin), salt)


async def matches(keyring: Keyring, wallet: str, stored: str | None, pin: str) -> bool:
    """Whether a PIN is the one of a wallet; as slow where there is none."""
    return await password_hash.matches(stored, _keyed(keyring, wallet, pin))


def _keyed(keyring: Keyring, wallet: str, pin: str) -> str:
    return keyring.blind_index(f"{wallet}/{pin}", _ABOUT)
