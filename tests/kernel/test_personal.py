"""Numbers of people are found in texts however they are written, and what only looks a little like one is not."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canglian.bank.party.checks import identity_check
from canglian.bank.party.numbering import check_digit
from canglian.kernel.errors import Rejection
from canglian.kernel.fields import impersonal
from canglian.kernel.personal import is_personal, masked

WIDE = str.maketrans("0123456789Xx+-()", "０１２３４５６７８９Ｘｘ＋－（）")
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
DEVANAGARI = str.maketrans("0123456789", "०१२३४५६७८९")

MOBILES = (
    *("13800138000", "138 0013 8000", "138-0013-8000", "1380 0138 000", "138.0013.8000", "138  0013  8000"),
    *("138 001 38000", "138 00138 000", "1 3 8 0 0 1 3 8 0 0 0", "1-3-8-0-0-1-3-8-0-0-0", "138 00 13 80 00"),
    *("+8613800138000", "+86 138 0013 8000", "86 138 0013 8000", "0086-138-0013-8000", "8613800138000"),
    *("(+86)13800138000", "(+86) 138 0013 8000", "(138) 0013-8000", "138 - 0013 - 8000", "+86-138-0013-8000"),
)
IDENTITIES = (
    *("11010519491231002X", "110105 19491231 002X", "110105-19491231-002x", "110105 1949 1231 002X"),
    *("110 105 194 912 310 02X", "1101 0519 4912 3100 2X", "1 1 0 1 0 5 1 9 4 9 1 2 3 1 0 0 2 X"),
    *("110105 19900307 8238", "110105-1990-0307-8238"),
)
CARDS = (
    *("6222021234567890123", "6222 0212 3456 7890 123", "4111-1111-1111-1111", "5500 0000 0000 0004"),
    *("62220 21234 56789 0128", "411111 1111111111", "4111  1111  1111  1111"),
)
KEY = "ck_abcdefgh_0123456789ABCDEFGHIJ"


@pytest.mark.parametrize("number", [*MOBILES, *IDENTITIES, *CARDS, KEY])
def test_a_number_of_a_person_is_found_however_it_is_written(number: str) -> None:
    for written in (number, f"本人{number}。", f"call {number}, please", number.translate(WIDE)):
        with pytest.raises(Rejection, match=r"party\.text_personal"):
            impersonal(written)
        assert masked(written) != written


@pytest.mark.parametrize("number", [*MOBILES, *IDENTITIES, *CARDS])
@pytest.mark.parametrize(
    ("space", "dash"),
    [("\u00a0", "\u2011"), ("\u3000", "\u2013"), ("\u202f", "\u2212"), (" \u200b", "\uff0d")],
)
def test_no_other_space_dash_or_script_hides_it(number: str, space: str, dash: str) -> None:
    written = number.replace(" ", space).replace("-", dash)
    assert is_personal(written)
    assert is_personal(written.translate(ARABIC))
    assert is_personal(written.translate(DEVANAGARI))
    assert is_personal(f"\u202d{written}\u202c")
    assert is_personal("\u200b".join(written))


@pytest.mark.parametrize(
    "text",
    [
        *("2026-01-05 2026-02-05", "INV-2026-118", "1350 2026-01-05", "135 2026-01-05", "100 2000 3000 4000"),
        *("1764590000000", "86 1350", "15 000 000 000", "2026-11-29 14:04:44 +0800", "192.168.100.200"),
        "139.196.100.20",
        *("62220 21234 56789 0129", "10 11 12 13 14 15 16 17", "订单 20260105-000123456789", "一二三四五六七八九十一"),
        *("", "ck_", "转账", "2026 年 1 月 5 日 至 2026 年 12 月 31 日", "1 2 3 4 5 6 7 8 9 0 1 2"),
    ],
)
def test_what_only_looks_a_little_like_one_is_taken(text: str) -> None:
    impersonal(text)
    assert masked(text) == text


groups = st.lists(st.integers(1, 5), min_size=4, max_size=18)


def grouped(number: str, sizes: list[int], apart: str) -> str:
    parts: list[str] = []
    for size in [*sizes, *[18] * 2]:
        parts.append(number[:size])
        number = number[size:]
    return apart.join(part for part in parts if part)


@given(st.dates(date(1900, 1, 1), date(2025, 12, 31)), st.integers(0, 999), groups, st.sampled_from(" -"))
def test_an_identity_number_is_found_in_any_groups(born: date, serial: int, sizes: list[int], apart: str) -> None:
    digits = f"110101{born:%Y%m%d}{serial:03d}"
    assert is_personal(grouped(digits + identity_check(digits), sizes, apart))


@given(st.from_regex(r"62[0-9]{14,16}", fullmatch=True), groups, st.sampled_from(" -"))
def test_a_card_is_found_in_any_groups(digits: str, sizes: list[int], apart: str) -> None:
    assert is_personal(grouped(digits + check_digit(digits), sizes, apart))


@given(st.text())
def test_any_text_can_be_masked_and_what_is_masked_is_no_number(text: str) -> None:
    assert not is_personal(masked(text))
