"""The verification code of a statement: the figures that it was issued with, and a keyed hash over them.

The code carries book, account, period, day of issue and totals itself, so that nothing is stored for it: who downloads
a statement only reads, a check asks no history, and what is backdated later does not make a paper false that was true.
The keyed hash also covers the last four characters of the account number, which whoever checks has to know. The price
is its length, about forty characters, so that a QR code beside it carries it. It vouches for what it carries, which is
what a check shows: period, balances, totals and count, not each line.
"""

from datetime import date
from typing import Final

import msgspec

from canglian.kernel.crypto import Keyring, same_secret
from canglian.kernel.typed import typed_number

_ABOUT = "statement.code"
_DIGITS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters that are not mistaken for digits."""
_MISREAD = str.maketrans("ILO", "110")
_HASH_BYTES = 7
_EPOCH = date(2000, 1, 1).toordinal()
_NUMBERS = 9
_LONGEST = 120
ENDING = 4
"""How many characters of the account number a check asks for."""


class Issued(msgspec.Struct, frozen=True):
    """What a code vouches for. ``account`` is the ledger's; amounts are in the minor unit."""

    book: int
    account: int
    first: date
    last: date
    made_on: date
    opening: int
    paid_in: int
    paid_out: int
    entries: int

    @property
    def closing(self) -> int:
        """The balance at the end."""
        return self.opening + self.paid_in - self.paid_out


def code_of(keyring: Keyring, issued: Issued, number: str) -> str:
    """The code of a statement of the account with a number, or its mask, in groups of four."""
    body = b"".join(
        _written(number)
        for number in (
            issued.book,
            issued.account,
            issued.first.toordinal() - _EPOCH,
            (issued.last - issued.first).days,
            issued.made_on.toordinal() - _EPOCH,
            issued.opening,
            issued.paid_in,
            issued.paid_out,
            issued.entries,
        )
    )
    text = _encoded(body + _hash(keyring, body, number[-ENDING:]))
    return "-".join(text[at : at + 4] for at in range(0, len(text), 4))


def read_code(keyring: Keyring, code: str, ending: str) -> Issued | None:
    """What a code vouches for; None where no statement of an account with this ending was issued under it."""
    data = _decoded(code)
    if data is None or len(data) <= _HASH_BYTES:
        return None
    body, given = data[:-_HASH_BYTES], data[-_HASH_BYTES:]
    if not same_secret(given, _hash(keyring, body, typed_number(ending))):
        return None
    book, account, first, days, made, opening, paid_in, paid_out, entries = _read(body)
    begins = _EPOCH + first
    return Issued(
        book,
        account,
        date.fromordinal(begins),
        date.fromordinal(begins + days),
        date.fromordinal(_EPOCH + made),
        opening,
        paid_in,
        paid_out,
        entries,
    )


def _hash(keyring: Keyring, body: bytes, ending: str) -> bytes:
    return keyring.keyed_number(f"{body.hex()}/{ending}", _ABOUT).to_bytes(16)[:_HASH_BYTES]


def _written(number: int) -> bytes:
    """A whole number in as few bytes as it needs: the sign in the lowest bit, seven bits a byte, the lowest first."""
    left = number * 2 if number >= 0 else -number * 2 - 1
    written = bytearray()
    while left > 0x7F:
        written.append(left & 0x7F | 0x80)
        left >>= 7
    written.append(left)
    return bytes(written)


def _read(body: bytes) -> list[int]:
    """The numbers of a body whose hash is right."""
    numbers: list[int] = []
    value = shift = 0
    for byte in body:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            numbers.append(value >> 1 if value & 1 == 0 else -(value >> 1) - 1)
            value = shift = 0
    assert len(numbers) == _NUMBERS, "the hash covers the body"
    return numbers


def _encoded(data: bytes) -> str:
    number = int.from_bytes(b"\x01" + data)  # the first bit keeps zeros at the front
    digits: list[str] = []
    while number:
        number, digit = divmod(number, 32)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))


def _decoded(code: str) -> bytes | None:
    """The bytes of a code as somebody typed it; None for what is none."""
    if len(code) > _LONGEST:
        return None
    number = 0
    for character in typed_number(code).translate(_MISREAD):
        digit = _DIGITS.find(character)
        if digit < 0:
            return None
        number = number * 32 + digit
    data = number.to_bytes((number.bit_length() + 7) // 8)
    return data[1:] if data[:1] == b"\x01" else None
