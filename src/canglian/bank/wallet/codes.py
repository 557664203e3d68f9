"""The digits of collect and pay codes, before a command is made, and their picture.

Like a key, a code is made outside of decisions and never logged: the command carries a blind index of its digits, so
that neither the log nor the database can be read back into a code that pays. A repeated request shows the same digits.
"""

import io
import secrets

import segno

from canglian.bank.party.numbering import check_digit, is_whole
from canglian.bank.wallet.model import CodeKind
from canglian.kernel.crypto import Keyring
from canglian.kernel.errors import Rejection
from canglian.kernel.typed import typed_number

DIGITS = 18
_CHANCE = DIGITS - 3
_ABOUT = "wallet.code"
_BEGINNINGS = {CodeKind.PAY: "28", CodeKind.COLLECT: "38"}


def new_code(keyring: Keyring, kind: CodeKind, request: str | None) -> str:
    """Eighteen digits: two that tell the kind, fifteen of chance, a check digit.

    ``request`` is the idempotency key with its sender; the same one gives the same digits.
    """
    if request is None:
        chance = secrets.randbelow(10**_CHANCE)
    else:
        chance = int(keyring.blind_index(f"{kind.value}/{request}", _ABOUT + ".new"), 16) % 10**_CHANCE
    body = _BEGINNINGS[kind] + str(chance).zfill(_CHANCE)
    return body + check_digit(body)


def checked(text: str) -> str:
    """A code as somebody scanned or typed it. Rejects ``wallet_code.form``."""
    code = typed_number(text)
    if len(code) != DIGITS or not (code.isdecimal() and code.isascii()) or not is_whole(code):
        raise Rejection("wallet_code.form", field="code")
    return code


def kind_of(code: str) -> CodeKind:
    """Whether digits pay or collect. Rejects ``wallet_code.form``."""
    for kind, beginning in _BEGINNINGS.items():
        if code.startswith(beginning):
            return kind
    raise Rejection("wallet_code.form", field="code")


def digest(keyring: Keyring, code: str) -> str:
    """What is stored of a code."""
    return keyring.blind_index(code, _ABOUT)


def picture(code: str) -> str:
    """A QR code of the digits, as SVG without any style of its own."""
    drawn = io.BytesIO()
    made = segno.make(code, error="m", micro=False)
    made.save(drawn, kind="svg", border=2, xmldecl=False, svgns=True, omitsize=True, svgclass=None, nl=False)
    return drawn.getvalue().decode()
