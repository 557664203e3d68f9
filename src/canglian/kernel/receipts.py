"""Receipt numbers: twelve characters that a person can read out, made from an id such as ``pay_01m8mf…``.

Seven say when the thing came to be, to about a second, five are of its chance: ``1M8M-FQ66-9HQP``. A receipt number
names a thing well enough for a counter, where all that have it are shown; it is no key.
"""

import re

from canglian.kernel.typed import typed_number

_ID = re.compile(r"[a-z]+_0([0-9a-hjkmnp-tv-z]{7})[0-9a-hjkmnp-tv-z]{13}([0-9a-hjkmnp-tv-z]{5})")
_TYPED = re.compile(r"[0-9A-Z]{12}")
_MISREAD = str.maketrans("ILO", "110")
TAIL = 5
"""How many of the last characters of an id its receipt number has."""


def receipt_number(identity: str) -> str:
    """The receipt number of an id, in three groups; an id of another form as it is."""
    match = _ID.fullmatch(identity)
    if match is None:
        return identity
    plain = (match[1] + match[2]).upper()
    return "-".join((plain[:4], plain[4:8], plain[8:]))


def receipt_bounds(prefix: str, text: str) -> tuple[str, str, str] | None:
    """Between which ids a receipt number of a kind of thing lies, and how its id ends; None for another text."""
    plain = typed_number(text).translate(_MISREAD)
    if not _TYPED.fullmatch(plain):
        return None
    begin = f"{prefix}_0{plain[:7].lower()}"
    return begin + "0" * 18, begin + "z" * 18, plain[7:].lower()
