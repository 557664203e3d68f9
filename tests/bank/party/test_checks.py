"""What is checked in plain text before it is sealed: numbers by their standards, names, mobiles, free text."""

import string
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from canglian.bank.party.checks import address, credit_check, credit_code, identity_check, identity_number, mobile, name
from canglian.bank.party.model import PartyKind
from canglian.bank.party.sealing import kind_of_number
from canglian.kernel.errors import Rejection

TODAY = date(2026, 1, 5)
BASE31 = "0123456789ABCDEFGHJKLMNPQRTUWXY"

digits17 = st.builds(
    lambda region, born, serial: f"{region}{born:%Y%m%d}{serial:03d}",
    st.sampled_from(["110101", "440305", "650102", "810000", "911156", "931840", "965398"]),
    st.dates(date(1900, 1, 1), date(2025, 12, 31)),
    st.integers(0, 999),
)
codes17 = st.builds(
    lambda kind, region, body: f"{kind}{region}{body}",
    st.text(BASE31, min_size=2, max_size=2),
    st.sampled_from(["100000", "110108", "440300", "659001"]),
    st.text(BASE31, min_size=9, max_size=9),
)


def refused(check: object, *given: object) -> str:
    with pytest.raises(Rejection) as refused:
        check(*given)  # type: ignore[operator]
    assert not given[0] or str(given[0]) not in str(refused.value.fields)
    return refused.value.code


def test_the_examples_of_the_standards_hold() -> None:
    # GB 11643-1999, annex A; GB 32100-2015 by a published code of a state company's pattern
    assert identity_check("11010519491231002") == "X"
    assert identity_check("44052418800101001") == "4"
    assert credit_check("91350100M000100Y4") == "3"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("11010519491231002X", "11010519491231002X"),
        (" 110105 19491231 002x ", "11010519491231002X"),
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"),
    ],
)
def test_a_number_is_kept_in_one_form(text: str, kept: str) -> None:
    assert identity_number(text, TODAY) == kept


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "party.identity_form"),
        ("1101051949123100", "party.identity_form"),
        ("110105491231002", "party.identity_form"),
        ("11010519491231002Y", "party.identity_form"),
        ("1101051949123100XX", "party.identity_form"),
        ("990105194912310024", "party.identity_region"),
        ("110105194913310024", "party.identity_birthday"),
        ("110105202302290025", "party.identity_birthday"),
        ("110105202601050028", "party.identity_birthday"),
        ("110105299901050028", "party.identity_birthday"),
        ("110105184912310028", "party.identity_birthday"),
        ("110105194912310021", "party.identity_checksum"),
        ("11010519491231002𝟙", "party.identity_checksum"),
    ],
)
def test_a_bad_identity_number_is_refused_by_its_reason(text: str, code: str) -> None:
    assert refused(identity_number, text, TODAY) == code


@settings(max_examples=30)
@given(digits17)
def test_every_single_changed_character_of_an_identity_number_is_caught(digits: str) -> None:
    number = digits + identity_check(digits)
    assert identity_number(number, TODAY) == number
    for place in range(18):
        for other in "0123456789" + ("X" if place == 17 else ""):
            if other != number[place]:
                changed = number[:place] + other + number[place + 1 :]
                assert identity_check(changed[:17]) != changed[17]
                assert refused(identity_number, changed, TODAY).startswith("party.identity_")


@given(digits17)
def test_every_swap_of_neighbours_in_an_identity_number_is_caught(digits: str) -> None:
    number = digits + identity_check(digits)
    for place in range(17):
        swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
        if swapped != number:
            assert refused(identity_number, swapped, TODAY).startswith("party.identity_")
            if "X" not in swapped[:17]:
                assert identity_check(swapped[:17]) != swapped[17]


@settings(max_examples=20)
@given(codes17)
def test_every_single_changed_character_of_a_credit_code_is_caught(characters: str) -> None:
    code = characters + credit_check(characters)
    assert credit_code(code) == code
    for place in range(18):
        for other in BASE31:
            if other != code[place]:
                changed = code[:place] + other + code[place + 1 :]
                assert refused(credit_code, changed) == "party.credit_code_checksum"


@given(codes17)
def test_every_swap_of_neighbours_in_a_credit_code_is_caught(characters: str) -> None:
    code = characters + credit_check(characters)
    for place in range(17):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        if swapped != code:
            assert refused(credit_code, swapped) == "party.credit_code_checksum"


@given(st.text(string.printable, max_size=30))
def test_no_text_makes_a_check_fail_otherwise_than_by_a_refusal(text: str) -> None:
    for check in (lambda: identity_number(text, TODAY), lambda: credit_code(text), lambda: mobile(text)):
        try:
            assert check()
        except Rejection as refused:
            assert refused.code.startswith("party.")  # noqa: PT017


@pytest.mark.parametrize("text", ["", "91350100M000100Y", "91350100M000100Y4I", "91350100M000100Y4O", "I" * 18])
def test_a_credit_code_of_another_form_is_refused(text: str) -> None:
    assert refused(credit_code, text) == "party.credit_code_form"


def coded(characters: str) -> str:
    return characters + credit_check(characters)


@pytest.mark.parametrize("region", ["931840", "944276", "950036", "921392", "965398"])
def test_a_permanent_residence_number_names_its_province_after_the_nine(region: str) -> None:
    digits = f"{region}19840229001"
    assert identity_number(digits + identity_check(digits), TODAY) == digits + identity_check(digits)


@pytest.mark.parametrize("region", ["900840", "916840", "938840", "971840", "981840", "999840"])
def test_a_permanent_residence_number_of_no_province_is_refused(region: str) -> None:
    digits = f"{region}19840229001"
    assert refused(identity_number, digits + identity_check(digits), TODAY) == "party.identity_region"


@pytest.mark.parametrize(
    "code", ["91MMGTCK24TP3BPR3P", *map(coded, ("91MA0300MA0000001", "919A0300MA0000001", "91440A00MA0000001"))]
)
def test_a_credit_code_has_six_digits_for_its_region(code: str) -> None:
    assert credit_check(code[:17]) == code[17]
    assert refused(credit_code, code) == "party.credit_code_region"


@pytest.mark.parametrize("region", ["000000", "160000", "380000", "600000", "830000", "911156"])
def test_a_credit_code_of_no_province_is_refused(region: str) -> None:
    assert refused(credit_code, coded(f"91{region}MA0000001")) == "party.credit_code_region"


@pytest.mark.parametrize("region", ["100000", "110108", "460000", "659001", "660000", "810000"])
def test_a_credit_code_of_a_region_or_of_the_state_is_taken(region: str) -> None:
    assert credit_code(coded(f"91{region}MA0000001")) == coded(f"91{region}MA0000001")


def test_eighteen_digits_with_both_checksums_are_a_person_only_with_a_birthday() -> None:
    both = (f"91310000{serial:09d}" for serial in range(1_000))
    digits = next(digits for digits in both if identity_check(digits) == credit_check(digits))
    assert credit_code(coded(digits))
    assert kind_of_number(coded(digits)) is PartyKind.COMPANY


@pytest.mark.parametrize(
    ("text", "kept"),
    [("13800138000", "13800138000"), ("+86 138-0013-8000", "13800138000"), ("１３８００１３８０００", "13800138000")],
)
def test_a_mobile_is_kept_in_one_form(text: str, kept: str) -> None:
    assert mobile(text) == kept


@pytest.mark.parametrize("text", ["", "12800138000", "1380013800", "138001380000", "010-88886666", "13800138ooo"])
def test_a_bad_mobile_is_refused(text: str) -> None:
    assert refused(mobile, text) == "party.mobile_form"


def test_a_name_has_no_markup_and_no_hidden_characters() -> None:
    assert name("  买买提·阿不都   热合曼 ") == "买买提·阿不都 热合曼"
    for text in (
        "",
        "王",
        "<b>王小明</b>",
        "王\u202e小明",
        "王\x00小明",
        "王\u200b小明",
        "王\uffff明",
        "王\U0002ffff",
        "王" * 121,
    ):
        assert refused(name, text) == "party.name_form"
    for text in ("", "x", "新城县<script>", "一" * 201):
        assert refused(address, text) == "party.address_form"


@given(digits17)
def test_what_an_all_digit_number_is_follows_from_its_checksums(digits: str) -> None:
    assert kind_of_number(digits + identity_check(digits)) is PartyKind.PERSON
    assume(identity_check(digits) != credit_check(digits))
    if credit_check(digits).isdecimal():
        assert kind_of_number(digits + credit_check(digits)) is PartyKind.COMPANY
