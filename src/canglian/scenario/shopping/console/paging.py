"""Rows of a page that has read them all, fifty at a time: its sums and charts are of all of them."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

import msgspec

ROWS = 50
"""How many rows are shown at once."""


class Part(msgspec.Struct, frozen=True):
    """Some of the rows, which they are of how many, and where those before and after them stand."""

    rows: Sequence[Any]
    first: int
    last: int
    count: int
    before: str
    after: str


def part(rows: Sequence[Any], query: Mapping[str, str], at: str) -> Part:
    """The rows that the address asks for by ``page``; the first ones where it asks for none that there are.

    ``at`` is where they stand on the page. What else the address asks for stays.
    """
    pages = max(1, -(-len(rows) // ROWS))
    asked = query.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and 1 <= int(asked[:6]) <= pages else 1
    begin = (number - 1) * ROWS
    shown = rows[begin : begin + ROWS]

    def address(page: int) -> str:
        return f"?{urlencode({**query, 'page': page})}#{at}" if 1 <= page <= pages else ""

    return Part(shown, begin + 1, begin + len(shown), len(rows), address(number - 1), address(number + 1))
