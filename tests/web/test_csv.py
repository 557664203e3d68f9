"""A list as CSV does no harm in a spreadsheet, and carries nothing that a file cannot."""

import csv
import io

import msgspec
import pytest

from canglian.web.csv import as_csv, cell

COMPUTED = ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＋1", "－1", "＠SUM(A1)", "﹦1", "−1", "\tx", "\rx"]


@pytest.mark.parametrize(
    "text", [*COMPUTED, *(f"{blank}=1" for blank in (" ", "\u3000", "\u00a0", "\u200b", "\ufeff", "\n"))]
)
def test_what_a_spreadsheet_would_compute_is_quoted_away(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "1=1", "工资＝", "a@b", " x", "·", "'=1"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert cell(text) == text


def test_figures_stay_figures() -> None:
    assert (cell(-5), cell(None), cell({"a": 1})) == (-5, "", '{"a":1}')


class Row(msgspec.Struct):
    """A row of a list."""

    reference: str


def test_characters_that_stand_for_nothing_are_replaced() -> None:
    text = as_csv([Row("a\uffffb\x00c\U0002fffe𠮷")], Row).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text))) == [["reference"], ["a\ufffdb\ufffdc\ufffd𠮷"]]
