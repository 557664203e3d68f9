"""Checks of plain personal data, done at the edge before anything is sealed.

Each returns the text as it is kept (capitals, no spaces) or raises a Rejection with a stable code. The errors never
carry the text itself.
"""

import re
import unicodedata
from datetime import date
from operator import mul

from canglian.kernel.errors import Rejection
from canglian.kernel.hidden import HIDDEN
from canglian.kernel.typed import typed_document, typed_mobile, typed_name, typed_number, typed_text

_IDENTITY = re.compile(r"[0-9]{17}[0-9X]")
_IDENTITY_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_IDENTITY_CHECKS = "10X98765432"
_PROVINCES = frozenset(
    map(str, (*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66)))
)
"""Provinces of the mainland, as GB/T 2260 numbers them."""

_IDENTITY_REGIONS = _PROVINCES | {"71", "81", "82", "83"}
"""The first two digits of an identity number: provinces, residents from Hong Kong, Macao and Taiwan."""

_FOREIGNER = "9"
"""The first digit of a permanent residence number of 2023; the province that issued it follows."""

_CREDIT_REGIONS = _PROVINCES | {"71", "81", "82", "10", "66", "99"}
"""The digits 3 and 4 of a credit code: provinces, the state's own registers, Xinjiang's Production and Construction
Corps by either of its numbers."""

_EARLIEST_BIRTH = date(1850, 1, 1)
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT = re.compile(f"[{_CREDIT_ALPHABET}]{{18}}")
_CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_ACCOUNT = re.compile(r"[0-9]{12,30}")
_DOCUMENT = re.compile(r"[A-Z0-9-]{5,40}")
_MARKUP = frozenset("<>")


def identity_number(text: str, today: date) -> str:
    """The identity number of a person: form, region, a birthday before ``today``, checksum.

    Source: GB 11643-1999, whose last character is that of ISO 7064 MOD 11-2. A foreigner's permanent residence number,
    as it is since December 2023, differs in its beginning alone: 9, the issuing province, three digits of the country.
    Rejects ``party.identity_*``.
    """
    number = typed_number(text)
    if not _IDENTITY.fullmatch(number):
        _refuse("party.identity_form", "number")
    if not _has_region(number):
        _refuse("party.identity_region", "number")
    if not _is_birthday(number[6:14], today):
        _refuse("party.identity_birthday", "number")
    if identity_check(number[:17]) != number[17]:
        _refuse("party.identity_checksum", "number")
    return number


def identity_check(digits: str) -> str:
    """The check character of seventeen digits."""
    return _IDENTITY_CHECKS[sum(map(mul, map(int, digits), _IDENTITY_WEIGHTS)) % 11]


def credit_code(text: str) -> str:
    """The unified social credit code of an organisation: form, checksum, region.

    Source: GB 32100-2015, base 31 with weights 3^i. Characters 3 to 8 are the digits of the region where it is
    registered. Rejects ``party.credit_code_*``.
    """
    code = typed_number(text)
    if not _CREDIT.fullmatch(code):
        _refuse("party.credit_code_form", "number")
    if credit_check(code[:17]) != code[17]:
        _refuse("party.credit_code_checksum", "number")
    if code[2:4] not in _CREDIT_REGIONS or not code[4:8].isdecimal():
        _refuse("party.credit_code_region", "number")
    return code


def credit_check(characters: str) -> str:
    """The check character of seventeen characters."""
    total = sum(_CREDIT_ALPHABET.index(c) * w for c, w in zip(characters, _CREDIT_WEIGHTS, strict=True))
    return _CREDIT_ALPHABET[-total % 31]


def is_mobile(number: str) -> bool:
    """Whether digits are a mobile number of the mainland."""
    return _MOBILE.fullmatch(number) is not None


def mobile(text: str) -> str:
    """A mobile number of the mainland, without +86. Rejects ``party.mobile_form``."""
    number = typed_mobile(text)
    if not is_mobile(number):
        _refuse("party.mobile_form", "mobile")
    return number


def name(text: str) -> str:
    """A name, without markup and control characters. Rejects ``party.name_form``."""
    if not _is_plain(plain := typed_name(text), 2, 120):
        _refuse("party.name_form", "name")
    return plain


def address(text: str) -> str:
    """A postal address. Rejects ``party.address_form``."""
    if not _is_plain(plain := typed_text(text), 4, 200):
        _refuse("party.address_form", "address")
    return plain


def document_number(text: str) -> str:
    """The number of a paper. Rejects ``party_document.number_form``."""
    number = typed_document(text)
    if not _DOCUMENT.fullmatch(number):
        _refuse("party_document.number_form", "number")
    return number


def account_number(text: str) -> str:
    """The number of an account or card at another bank. Rejects ``remote_opening.account_form``."""
    number = typed_number(text)
    if not _ACCOUNT.fullmatch(number):
        _refuse("remote_opening.account_form", "account")
    return number


def _is_plain(text: str, least: int, most: int) -> bool:
    return least <= len(text) <= most and not _MARKUP & set(text) and (text.isprintable() or not _has_hidden(text))


def _has_hidden(text: str) -> bool:
    categories = map(unicodedata.category, text)
    return not {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}.isdisjoint(categories) or HIDDEN.search(text) is not None


def _has_region(number: str) -> bool:
    return number[1:3] in _PROVINCES if number[0] == _FOREIGNER else number[:2] in _IDENTITY_REGIONS


def is_identity_number(number: str) -> bool:
    """Whether eighteen digits are an identity number by region, birthday and checksum, whenever born."""
    return _has_region(number) and _is_birthday(number[6:14], date.max) and identity_check(number[:17]) == number[17]


def _is_birthday(digits: str, today: date) -> bool:
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return _EARLIEST_BIRTH <= born < today


def _refuse(code: str, field: str) -> None:
    raise Rejection(code, field=field)
