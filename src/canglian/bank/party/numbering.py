"""Series of numbers that a bank hands out, of which the last digit is the check digit of Luhn (ISO/IEC 7812-1).

The book hands out places in a row: 1, 2, 3, … A place becomes the digits after the prefix by a permutation under the
installation's key, so that numbers neither follow one another nor can be told from the place, which stands in the log.
The permutation is a Feistel network over two halves; it never meets itself, so no number is handed out twice.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from canglian.bank.party.sealing import SealedText
from canglian.kernel.crypto import Keyring, masked_card
from canglian.kernel.errors import Rejection
from canglian.kernel.typed import typed_number

_ROUNDS = 8
_DOUBLED = str.maketrans("0123456789", "0246813579")
"""Twice a digit, of which the digits are added up."""

Ordinal = Annotated[int, Meta(gt=0, le=10**11, description="The place in the row of numbers.")]


class Allotted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A number as a command carries it: its place, and the number sealed."""

    ordinal: Ordinal
    text: SealedText


class NumberSeries(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of one kind of thing.

    ``noun`` begins the error codes, ``number_form`` and ``number_checksum``. ``field`` is what a number is sealed and
    indexed as, ``row`` what the permutation of the places is made under.
    """

    digits: int
    noun: str
    field: str
    row: str

    def number_of(self, keyring: Keyring, prefix: str, ordinal: int) -> str:
        """The whole number at a place of the row."""
        digits = self.digits - 1 - len(prefix)
        body = prefix + str(self._permuted(keyring, ordinal, digits)).zfill(digits)
        return body + check_digit(body)

    def allotted(self, keyring: Keyring, prefix: str, ordinal: int, request: str | None = None) -> Allotted:
        """A number as a command carries it. ``request`` as in ``Keyring.seal``."""
        number = self.number_of(keyring, prefix, ordinal)
        sealed = keyring.seal(number, self.field, request=request)
        return Allotted(ordinal, SealedText(sealed, masked_card(number), self.index(keyring, number)))

    def index(self, keyring: Keyring, number: str) -> str:
        """The blind index of a number."""
        return keyring.blind_index(number, self.field)

    def checked(self, text: str) -> str:
        """A number as somebody typed it. Rejects ``….number_form`` and ``….number_checksum``."""
        number = typed_number(text)
        if len(number) != self.digits or not (number.isdecimal() and number.isascii()):
            raise Rejection(f"{self.noun}.number_form", field="number")
        if not is_whole(number):
            raise Rejection(f"{self.noun}.number_checksum", field="number")
        return number

    def _permuted(self, keyring: Keyring, value: int, digits: int) -> int:
        """A place among ``10**digits`` for another one, by a balanced or nearly balanced Feistel network."""
        high, low = 10 ** ((digits + 1) // 2), 10 ** (digits // 2)
        left, right = divmod(value % (high * low), low)
        for turn in range(_ROUNDS):
            if turn % 2 == 0:
                left = (left + self._noise(keyring, turn, right)) % high
            else:
                right = (right + self._noise(keyring, turn, left)) % low
        return left * low + right

    def _noise(self, keyring: Keyring, turn: int, half: int) -> int:
        return keyring.keyed_number(f"{turn}/{half}", self.row)


def check_digit(digits: str) -> str:
    """The digit of Luhn that completes some digits."""
    total = sum(map(int, digits[-2::-2])) + sum(map(int, digits[::-2].translate(_DOUBLED)))
    return str(-total % 10)


def is_whole(number: str) -> bool:
    """Whether a number ends in its check digit."""
    return number[-1] == check_digit(number[:-1])
