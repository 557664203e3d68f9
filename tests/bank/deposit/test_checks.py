"""Verification codes of statements: what they vouch for, that nothing else passes, and who asks too often."""

import base64
from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from canglian.bank.deposit.statements.codes import Issued, code_of, read_code
from canglian.kernel.crypto import Keyring

KEYS = Keyring({"1": bytes(32)}, b"i" * 32)
NUMBER = "621999*********0019"
ISSUED = Issued(1, 1_234, date(2026, 1, 1), date(2026, 1, 31), date(2026, 2, 3), 1_000, 123_456, 50, 12)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
AMOUNTS = st.integers(-(10**18), 10**18)


def test_a_code_is_read_back_with_the_ending_of_the_number_however_it_is_typed() -> None:
    code = code_of(KEYS, ISSUED, NUMBER)
    assert len(code) <= 50
    assert ISSUED.closing == 124_406
    for typed in (code, code.lower(), code.replace("-", ""), f" {code.replace('-', ' ')} ", code.replace("0", "O")):
        assert read_code(KEYS, typed, "0019") == ISSUED
    wide = "".join(chr(ord(character) + 0xFEE0) if character != "-" else "\u2011" for character in code)
    assert read_code(KEYS, wide, " ００１９\u200e") == ISSUED


def test_a_code_says_nothing_with_another_ending_another_key_or_a_changed_character() -> None:
    code = code_of(KEYS, ISSUED, NUMBER)
    assert read_code(KEYS, code, "0018") is None
    assert read_code(KEYS, code, "") is None
    assert read_code(Keyring({"1": bytes(32)}, b"j" * 32), code, "0019") is None
    for place, character in enumerate(code):
        if character != "-":
            changed = code[:place] + ("Z" if character != "Z" else "Y") + code[place + 1 :]
            assert read_code(KEYS, changed, "0019") is None
    for changed in (code[:-1], code + "0", code[5:], code + code):
        assert read_code(KEYS, changed, "0019") is None


@pytest.mark.parametrize("text", ["", "-", "0", "1", "U", "＊", "\x00", "1" * 120, "1" * 121, "𠮷"])
def test_what_is_no_code_is_none(text: str) -> None:
    assert read_code(KEYS, text, "0019") is None


@given(
    numbers=st.tuples(st.integers(1, 2**31), st.integers(1, 2**40), AMOUNTS, AMOUNTS, AMOUNTS, st.integers(0, 10**6)),
    first=DAYS,
    last=DAYS,
)
def test_every_statement_has_a_code_of_its_own_figures(numbers: tuple[int, ...], first: date, last: date) -> None:
    book, account, opening, paid_in, paid_out, entries = numbers
    issued = Issued(book, account, min(first, last), max(first, last), last, opening, paid_in, paid_out, entries)
    code = code_of(KEYS, issued, NUMBER)
    assert read_code(KEYS, code, "0019") == issued
    other = msgspec.structs.replace(issued, paid_in=paid_in + 1)
    assert code_of(KEYS, other, NUMBER) != code


def test_the_code_follows_from_the_key_alone() -> None:
    again = Keyring({"2": b"2" * 32, "1": bytes(32)}, base64.b64decode(base64.b64encode(b"i" * 32)))
    assert code_of(again, ISSUED, NUMBER) == code_of(KEYS, ISSUED, NUMBER)
