"""Wallet numbers: sixteen digits, of which the last is the check digit of Luhn (ISO/IEC 7812-1).

The book hands out places in a row: 1, 2, 3, … A place becomes the digits after the prefix by a permutation under the
installation's key, so that numbers neither follow one another nor can be told from the place, which stands in the log.
The permutation never meets itself, so no number is handed out twice.
"""

import unicodedata
from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.deposit.numbers import check_digit, is_whole
from canglian.bank.party.sealing import SealedText
from canglian.bank.wallet.model.wallets import NUMBER
from canglian.kernel.crypto import Keyring, masked_card, normalised
from canglian.kernel.errors import Rejection

DIGITS = 16
_ROUNDS = 8

Ordinal = Annotated[int, Meta(gt=0, le=10**10, description="The place in the row of numbers.")]


class Allotted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A wallet number as a command carries it: its place, and the number sealed."""

    ordinal: Ordinal
    text: SealedText


def number_of(keyring: Keyring, prefix: str, ordinal: int) -> str:
    """The whole wallet number at a place of the row."""
    digits = DIGITS - 1 - len(prefix)
    body = prefix + str(_permuted(keyring, ordinal, digits)).zfill(digits)
    return body + check_digit(body)


def allotted(keyring: Keyring, prefix: str, ordinal: int, request: str | None = None) -> Allotted:
    """A number as a command carries it. ``request`` as in ``Keyring.seal``."""
    number = number_of(keyring, prefix, ordinal)
    sealed = keyring.seal(number, NUMBER, request=request)
    return Allotted(ordinal, SealedText(sealed, masked_card(number), number_index(keyring, number)))


def number_index(keyring: Keyring, number: str) -> str:
    """The blind index of a wallet number."""
    return keyring.blind_index(number, NUMBER)


def checked(text: str) -> str:
    """A wallet number as somebody typed it. Rejects ``wallet.number_form`` and ``wallet.number_checksum``."""
    number = normalised(unicodedata.normalize("NFKC", text))
    if len(number) != DIGITS or not (number.isdecimal() and number.isascii()):
        raise Rejection("wallet.number_form", field="number")
    if not is_whole(number):
        raise Rejection("wallet.number_checksum", field="number")
    return number


def _permuted(keyring: Keyring, value: int, digits: int) -> int:
    """A place among ``10**digits`` for another one, by a Feistel network over two halves."""
    high, low = 10 ** ((digits + 1) // 2), 10 ** (digits // 2)
    left, right = divmod(value % (high * low), low)
    for turn in range(_ROUNDS):
        if turn % 2 == 0:
            left = (left + _noise(keyring, turn, right)) % high
        else:
            right = (right + _noise(keyring, turn, left)) % low
    return left * low + right


def _noise(keyring: Keyring, turn: int, half: int) -> int:
    return int(keyring.blind_index(f"{turn}/{half}", "wallet.row"), 16)
