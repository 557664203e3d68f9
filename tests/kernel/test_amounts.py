"""Amounts on the command line are exact, or refused."""

import pytest

from canglian.kernel.amounts import limit, major, minor, share
from canglian.kernel.errors import Malformed


@pytest.mark.parametrize(
    ("text", "scale", "units"),
    [
        ("12.34", 2, 1234),
        ("12.3", 2, 1230),
        ("12", 2, 1200),
        ("0.01", 2, 1),
        ("0.29", 2, 29),
        ("1,234.50", 2, 123450),
        ("¥9.90", 2, 990),
        ("10000000000000.01", 2, 1_000_000_000_000_001),
        ("12", 0, 12),
        ("0.00000001", 8, 1),
        ("12.30", 1, 123),
    ],
)
def test_yuan_become_minor_units_exactly(text: str, scale: int, units: int) -> None:
    assert minor(text, scale, "CNY") == units


def test_fen_are_taken_as_they_are() -> None:
    assert minor("1234", 2, "CNY", fen=True) == 1234


@pytest.mark.parametrize(
    "text",
    [
        " ",
        "abc",
        "-1",
        "+1",
        "1e3",
        "1.",
        ".5",
        "1,2",
        "12,34.00",
        "0,123",
        "1_000",
        "NaN",
        "Infinity",
        "１２",
        "0x10",
        "1.2.3",
        "9" * 19,
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        minor(text, 2, "CNY")
    assert refused.value.code == "amount.invalid"
    assert refused.value.fields == {"text": text}


@pytest.mark.parametrize(("text", "fen"), [("0.001", False), ("1.005", False), ("12.5", True)])
def test_a_part_of_a_minor_unit_is_refused(text: str, fen: bool) -> None:
    with pytest.raises(Malformed) as refused:
        minor(text, 2, "CNY", fen=fen)
    assert refused.value.code == "amount.too_fine"


@pytest.mark.parametrize("text", ["0", "0.00", "¥0"])
def test_nothing_is_no_amount_to_move(text: str) -> None:
    with pytest.raises(Malformed) as refused:
        minor(text, 2, "CNY")
    assert refused.value.code == "amount.not_positive"


@pytest.mark.parametrize(
    ("text", "units"), [(None, None), ("none", None), ("0", 0), ("-5000.50", -500050), ("2000", 200000)]
)
def test_a_limit_may_be_nothing_negative_or_none(text: str | None, units: int | None) -> None:
    assert limit(text, 2, "CNY") == units


@pytest.mark.parametrize(
    ("units", "scale", "text"),
    [
        (1234, 2, "12.34"),
        (-5, 2, "-0.05"),
        (0, 2, "0.00"),
        (123456789, 2, "1,234,567.89"),
        (1234, 0, "1,234"),
        (None, 2, ""),
    ],
)
def test_minor_units_are_shown_with_their_decimals(units: int | None, scale: int, text: str) -> None:
    assert major(units, scale) == text


@pytest.mark.parametrize(
    ("text", "scale", "units"),
    [("1.35", 2, 135), ("1.35", 4, 13_500), ("0", 4, 0), ("25 %", 2, 2500), ("25.00%", 2, 2500), ("0.29", 2, 29)],
)
def test_percent_become_basis_points_or_millionths_exactly(text: str, scale: int, units: int) -> None:
    assert share(text, scale) == units


@pytest.mark.parametrize(
    ("text", "code"),
    [
        *((text, "share.invalid") for text in ("", "%", "-1", "1e2", "a quarter", "¥1", "1 2", "NaN")),
        ("0.001", "share.too_fine"),
    ],
)
def test_what_is_no_percentage_is_refused(text: str, code: str) -> None:
    with pytest.raises(Malformed) as caught:
        share(text, 2)
    assert caught.value.code == code
    assert caught.value.fields["text"] == text


def test_an_amount_that_lacks_is_called_so() -> None:
    with pytest.raises(Malformed) as refused:
        minor("", 2, "CNY")
    assert (refused.value.code, refused.value.fields) == ("amount.missing", {})
