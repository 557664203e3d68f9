"""Numbers of people and keys inside texts: found however they are written, and masked.

Digits may be full-width or of another script, with ``+86`` before them, and with spaces, dashes, brackets or invisible
marks where people put them. In the usual groups, a number is known by its looks; in any other groups by its looks and
its check digit, or as a mobile by groups that are all apart in the same way, so that dates, amounts and order numbers
are not taken for it.
"""

import re
import unicodedata
from collections.abc import Callable

from canglian.kernel.typed import is_dash

_KEY = re.compile(r"ck_([0-9a-z]{8})_[0-9A-Za-z]+")
_LOOKS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (_KEY, lambda found: f"ck_{found[1]}_…"),
    (
        re.compile(r"(?<!\d)([1-9]\d{5})[ -]?(?:18|19|20)\d\d[ -]?\d{4}[ -]?\d{3}([0-9Xx])(?!\d)"),
        lambda found: f"{found[1]}…{found[2]}",
    ),
    (re.compile(r"(?<!\d)(?:62|4\d|5[1-5])\d{13,17}(\d{4})(?!\d)"), lambda found: f"…{found[1]}"),
    (
        re.compile(r"(?<!\d)(?:62|4\d|5[1-5])\d\d([ -])(?:\d{4}\1){2}(\d{4})(?:\1\d{1,3})?(?!\d)"),
        lambda found: f"…{found[2]}",
    ),
    (
        re.compile(r"(?<!\d)(?:(?:00)?86[ -]?)?(1[3-9]\d)(?:[ .-]?\d{4}[ .-]?|\d[ -]?\d{3})(\d{4}|\d[ -]\d{3})(?!\d)"),
        lambda found: f"{found[1]}****{found[2]}",
    ),
)
_DIGITS_LEAST = 11
_NO_DIGIT = re.compile(r"\D+")
_SPACES = re.compile(r"[()\s]+")
_DASHES = re.compile(r" ?-[ -]*")
_RUN = re.compile(r"(?<!\d)\d(?:[ -]?\d){9,}(?:[ -]?[0-9Xx](?![0-9A-Za-z]))?(?!\d)")
_THOUSANDS = re.compile(r"\d{1,3}(?: \d{3})+")
_IDENTITY = re.compile(r"[1-9]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9X]")
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CARD = re.compile(r"(?:62|4\d|5[1-5])\d{14,17}")
_MOBILE = re.compile(r"(?:(?:00)?86)?1[3-9]\d{9}")
_DOUBLED = str.maketrans("0123456789", "0246813579")


def masked(text: str) -> str:
    """A text with every number of a person and every key masked; others stay as they are."""
    plain = _plain(text)
    found = _masked(plain)
    return text if found == plain else found


def is_personal(text: str) -> bool:
    """Whether a text holds a number of a person, or a key."""
    composed = text if text.isascii() else unicodedata.normalize("NFKC", text)
    if len(_NO_DIGIT.sub("", composed)) < _DIGITS_LEAST and "ck_" not in composed:
        return False
    plain = _plain(composed)
    return _masked(plain) != plain


def _masked(text: str) -> str:
    for pattern, mask in _LOOKS:
        text = pattern.sub(mask, text)
    return _RUN.sub(lambda found: f"…{found[0][-4:]}" if _is_number(found[0]) else found[0], text)


def _plain(text: str) -> str:
    """A text with plain digits, and what stands between them as single spaces and dashes."""
    if not text.isascii():
        text = "".join([_read(c) for c in unicodedata.normalize("NFKC", text)])
    return _DASHES.sub("-", _SPACES.sub(" ", text))


def _read(character: str) -> str:
    if character.isascii():
        return character
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    if is_dash(character):
        return "-"
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) == "Cf" else character


def _is_number(run: str) -> bool:
    """Whether digits in groups of any size are a number of a person."""
    number = run.replace(" ", "").replace("-", "").upper()
    if _MOBILE.fullmatch(number):
        return len({c for c in run if c in " -"}) == 1 and not _THOUSANDS.fullmatch(run)
    if _IDENTITY.fullmatch(number):
        total = sum(int(digit) * weight for digit, weight in zip(number, _IDENTITY_WEIGHTS, strict=False))
        return "10X98765432"[total % 11] == number[17]
    if _CARD.fullmatch(number):
        return sum(map(int, number[-1::-2] + number[-2::-2].translate(_DOUBLED))) % 10 == 0
    return False
