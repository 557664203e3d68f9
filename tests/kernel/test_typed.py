"""What people type, paste or scan is one text however it is written."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canglian.kernel.typed import (
    compared_name,
    name_spellings,
    typed_document,
    typed_id,
    typed_mobile,
    typed_name,
    typed_number,
    typed_text,
)

MARKS = "\u200b\u200e\u200f\u202a\u202c\u202d\u202e\u2066\u2069\u00ad\ufeff"
BETWEEN = st.text(f" \u00a0\u3000-\u2010\u2011\u2013\u2212\uff0d{MARKS}", max_size=3)
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


@pytest.mark.parametrize(
    "text",
    [
        *("13800138000", "138 0013 8000", "138-0013-8000", "138\u20110013\u20118000", "138.0013.8000"),
        *(
            "+8613800138000",
            "8613800138000",
            "008613800138000",
            "(+86)13800138000",
            "（＋８６）１３８ ００１３ ８０００",
        ),
        *("+86 138-0013-8000", "0086-138-0013-8000", "86 138 0013 8000", "(86) 138 0013 8000"),
        *("\u202d138 0013 8000\u202c", "\u200e+86 138 0013 8000\u200f", "\ufeff13800138000"),
    ],
)
def test_a_mobile_is_one_number_however_it_is_written(text: str) -> None:
    assert typed_mobile(text) == "13800138000"


@pytest.mark.parametrize("text", ["86138001380000", "861380013800", "138001380000", "8612800138000", "+1 3800138000"])
def test_what_is_no_mobile_does_not_become_one(text: str) -> None:
    assert typed_mobile(text) != "13800138000"


@given(st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True), st.lists(BETWEEN, min_size=18, max_size=18), st.booleans())
def test_a_number_is_one_number_whatever_stands_between_its_digits(number: str, between: list[str], wide: bool) -> None:
    written = "".join(a + b for a, b in zip(number.translate(WIDE) if wide else number, between, strict=True))
    assert typed_number(written) == typed_number(written.lower()) == number
    assert typed_document(written).replace("-", "") == number


@given(st.text())
def test_every_form_is_the_form_of_itself(text: str) -> None:
    for form in (typed_number, typed_document, typed_text, typed_name, typed_id):
        assert form(form(text)) == form(text)


def test_a_paper_keeps_its_dashes_and_they_are_all_alike() -> None:
    assert typed_document("ｅ１２３\u20114567\u200b") == "E123-4567"


@pytest.mark.parametrize("dot", ["•", "・", "‧", "·", "∙", "⋅", "．", ".", "･"])
def test_the_dot_of_a_name_is_one(dot: str) -> None:
    assert typed_name(f"买买提{dot}热合曼") == "买买提·热合曼"
    assert compared_name(f"买买提{dot}热合曼") == "买买提·热合曼"


def test_other_dots_of_names_stay_as_they_are() -> None:
    assert typed_name("J. R. Smith") == "J. R. Smith"
    assert typed_name("スミス・ジョン") == "スミス・ジョン"
    assert compared_name("スミス・ジョン") == compared_name("スミス·ジョン")


def test_compatible_and_decomposed_characters_are_one_name() -> None:
    assert typed_name("\uf907田") == "龜田" == compared_name("\uf907田")
    assert typed_name(unicodedata.normalize("NFD", "José  Núñez")) == "José Núñez"
    assert compared_name("晴川（上海）ＡＢ公司") == "晴川(上海)AB公司"
    assert typed_name("晴川（上海）ＡＢ公司") == "晴川（上海）ＡＢ公司"
    assert compared_name("\u202d王小明\u200b") == "王小明"


@pytest.mark.parametrize(
    ("kept", "asked"),
    [
        ("买买提•热合曼", "买买提·热合曼"),
        ("晴川（上海）公司", "晴川(上海)公司"),
        ("\uf907田", "\uf907田"),
        ("王  明", "王  明"),
    ],
)
def test_a_name_that_was_kept_as_it_was_typed_is_found(kept: str, asked: str) -> None:
    assert " ".join(kept.split()) in name_spellings(asked)


def test_an_id_is_found_when_it_is_pasted_with_marks_or_typed_in_full_width() -> None:
    assert typed_id("\u202d ｐｔｙ＿０１ａ\u202c") == "pty_01a"
