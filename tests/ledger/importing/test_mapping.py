"""Mappings: a file, flags over it, and what is refused."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canglian.kernel.errors import Malformed
from canglian.ledger.importing import load_account_mapping, load_mapping
from canglian.ledger.importing.mapping import Format
from canglian.ledger.importing.parsing import minor_units
from canglian.ledger.importing.reading import LineProblem
from tests.ledger.importing.conftest import BERKA


@pytest.mark.parametrize(
    ("text", "scale", "minor"),
    [
        ("0.01", 2, 1),
        ("1", 2, 100),
        ("1.", 2, 100),
        ("+1.10", 2, 110),
        ("-1.1", 2, -110),
        ("90071992547409.93", 2, 9007199254740993),
        ("1.500000", 1, 15),
        ("7", 0, 7),
        ("-.5", 2, -50),
        (" 12.30 ", 2, 1230),
    ],
)
def test_amounts_are_read_exactly(text: str, scale: int, minor: int) -> None:
    assert minor_units(text, Format(), scale, "CNY") == minor


@pytest.mark.parametrize("text", ["", "-", "1e3", "NaN", "1,000", "0x10", "1 0", "١", "--1", ".", "9" * 21])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(LineProblem, match="is not an amount"):
        minor_units(text, Format(), 2, "CNY")


def test_a_fraction_of_the_smallest_unit_is_refused() -> None:
    with pytest.raises(LineProblem, match="finer than the 2 decimals of CNY"):
        minor_units("0.001", Format(), 2, "CNY")


def test_decimals_and_thousands_are_as_the_mapping_says() -> None:
    assert minor_units("1.234.567,89", Format(decimal=",", thousands="."), 2, "CNY") == 123456789


@pytest.mark.parametrize(
    ("text", "decimal", "thousands"),
    [
        ("12,50", ".", ","),
        ("1,2,3", ".", ","),
        ("1234,567", ".", ","),
        ("0,123", ".", ","),
        (",123", ".", ","),
        ("1,234,", ".", ","),
        ("1,,234", ".", ","),
        ("12,34,567.00", ".", ","),
        ("1,234.567,00", ".", ","),
        ("1.234,56", ".", ","),
        ("12.50", ",", "."),
        ("1.2", ",", "."),
        ("12.50", ",", ""),
        ("1,234.56", ",", "."),
        ("1 23", ".", " "),
    ],
)
def test_separators_that_the_mapping_does_not_mean_are_refused(text: str, decimal: Any, thousands: str) -> None:
    with pytest.raises(LineProblem, match="is not an amount"):
        minor_units(text, Format(decimal=decimal, thousands=thousands), 3, "CNY")


@given(
    amount=st.integers(-(10**15), 10**15),
    signs=st.sampled_from([(".", ","), (",", "."), (".", " "), (",", " "), (".", "'"), (".", "")]),
    grouped=st.booleans(),
)
def test_an_amount_is_read_as_it_was_written(amount: int, signs: tuple[Any, str], grouped: bool) -> None:
    decimal, thousands = signs
    whole, part = divmod(abs(amount), 100)
    digits = f"{whole:,}".replace(",", thousands) if grouped else str(whole)
    text = f"{'-' if amount < 0 else ''}{digits}{decimal}{part:02d}"
    assert minor_units(text, Format(decimal=decimal, thousands=thousands), 2, "CNY") == amount


@given(text=st.text("0123456789.,", min_size=1, max_size=12), decimal=st.sampled_from([".", ","]))
def test_what_is_taken_for_an_amount_reads_the_same_without_its_thousands(text: str, decimal: Any) -> None:
    thousands = "," if decimal == "." else "."
    try:
        found = minor_units(text, Format(decimal=decimal, thousands=thousands), 9, "CNY")
    except LineProblem:
        return
    whole, _, part = text.partition(decimal)
    first, *groups = whole.split(thousands)
    assert all(len(group) == 3 for group in groups)
    assert not groups or 1 <= len(first) <= 3
    assert found == int(f"{first}{''.join(groups)}{part.rstrip('0').ljust(9, '0')}")


def test_spaces_between_thousands_may_be_those_that_do_not_break() -> None:
    form = Format(decimal=",", thousands=" ")
    assert minor_units("1\u202f234\u00a0567,89", form, 2, "CNY") == 123456789


def test_flags_stand_over_the_file() -> None:
    mapping = load_mapping(BERKA, {"asset": "CNY", "in": "PRIJEM, X", "accounts.head": "2012", "balance": None})
    assert (mapping.asset, mapping.in_, mapping.balance) == ("CNY", ["PRIJEM", "X"], "balance")
    assert mapping.accounts is not None
    assert (mapping.accounts.head, mapping.accounts.prefix) == ("2012", "berka-")
    assert mapping.counters["cash"].head == "1001"
    assert mapping.rules[0].code == "interest.credit"


@pytest.mark.parametrize(
    ("flags", "problem"),
    [
        ({}, "name the accounts"),
        ({"account": "a", "amount": "b"}, "code or rules"),
        ({"account": "a", "code": "x"}, "name the amounts"),
        ({"account": "a", "amount": "b", "code": "x", "direction": "d"}, "direction needs"),
        ({"account": "a", "amount": "b", "code": "X y"}, "code"),
        ({"account": "a", "amount": "b", "code": "x", "wrong": "1"}, "wrong"),
        ({"account": "a", "amount": "b", "code": "x", "encoding": "klingon"}, "klingon"),
        ({"account": "a", "amount": "b", "code": "x", "opening": "o"}, "opening needs"),
        ({"debit": "a", "credit": "c", "amount": "b", "code": "x", "balance": "o"}, "no direction"),
        ({"account": "a", "amount": "b", "code": "x", "code.x": "o"}, "not a table"),
        ({"account": "a", "amount": "b", "code": "x", "thousands": "."}, "thousands"),
        ({"account": "a", "amount": "b", "code": "x", "thousands": "0"}, "thousands"),
        ({"account": "a", "amount": "b", "code": "x", "delimiter": '"'}, "delimiter"),
        ({"account": "a", "amount": "b", "code": "x", "direction": "d", "in": "x", "out": "x"}, "either in or out"),
        ({"account": "a", "amount": "b", "code": "x", "negative": "reverse"}, "negative needs"),
    ],
)
def test_a_mapping_that_means_nothing_is_refused(flags: dict[str, str], problem: str) -> None:
    with pytest.raises(Malformed, match=problem):
        load_mapping(None, flags)


def test_columns_are_named_without_the_spaces_around_them() -> None:
    flags = {"account": " a ", "amount": "b ", "code": "x", "metadata": " m , n", "accounts.head": "2011"}
    mapping = load_mapping(None, {**flags, "accounts.name": "Account ", "thousands": " "})
    assert (mapping.columns, mapping.thousands) == (["a", "date", "b", "m", "n"], " ")
    assert mapping.accounts is not None
    assert mapping.accounts.name == "Account "


def test_a_mapping_that_is_not_there_or_not_toml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Malformed, match=r"import\.mapping_unreadable"):
        load_mapping(tmp_path / "none.toml")
    (tmp_path / "broken.toml").write_text("= 1")
    with pytest.raises(Malformed, match=r"import\.mapping_unreadable"):
        load_mapping(tmp_path / "broken.toml")
    (tmp_path / "deep.toml").write_text("a = " + "[" * 5_000)
    with pytest.raises(Malformed, match=r"import\.mapping_unreadable"):
        load_mapping(tmp_path / "deep.toml")


def test_accounts_need_a_head_and_opening_balances_a_day() -> None:
    with pytest.raises(Malformed, match="head"):
        load_account_mapping(None)
    with pytest.raises(Malformed, match="date and counter"):
        load_account_mapping(None, {"head": "2011", "balance": "b"})
    assert load_account_mapping(None, {"head": "2011", "no_floor": "true"}).no_floor
