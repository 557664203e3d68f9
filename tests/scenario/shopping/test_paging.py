"""Rows of a page fifty at a time: every one on one page, the first ones where nobody knows which."""

from canglian.scenario.shopping.console.paging import ROWS, part


def test_each_row_is_on_one_page_and_the_rest_of_the_address_stays() -> None:
    rows = list(range(2 * ROWS + 1))
    first = part(rows, {"month": "2026-05"}, "campaigns")
    assert (first.rows, first.first, first.last, first.count) == (rows[:ROWS], 1, ROWS, len(rows))
    assert (first.before, first.after) == ("", "?month=2026-05&page=2#campaigns")
    middle = part(rows, {"page": "2"}, "campaigns")
    assert (middle.rows, middle.before, middle.after) == (rows[ROWS:-1], "?page=1#campaigns", "?page=3#campaigns")
    last = part(rows, {"page": "3"}, "campaigns")
    assert (last.rows, last.first, last.last, last.after) == (rows[-1:], len(rows), len(rows), "")


def test_what_fits_on_one_page_has_no_other_and_an_unknown_page_is_the_first() -> None:
    for asked in ("0", "2", "x", "", "²", "9" * 5_000, "-1"):
        found = part([1, 2], {"page": asked}, "campaigns")
        assert (found.rows, found.before, found.after) == ([1, 2], "", ""), asked
    assert (part([], {}, "campaigns").rows, part([], {}, "campaigns").count) == ([], 0)
