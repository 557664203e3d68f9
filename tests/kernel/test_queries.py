"""Lists of what is stored: by pages, from the shape of its table."""

import pytest

from canglian.kernel.errors import Malformed
from canglian.kernel.queries.entities import listing
from canglian.kernel.queries.paging import Order, Where, by_number, by_text
from tests.kernel.toy import Box

BOXES = listing(Box, by_text("id"), holds=by_number("holds"))
SELECTED = 'id AS place_key, "id", "owner", "holds" FROM "box" WHERE book = $1'


def test_a_list_has_all_columns_of_its_table_the_newest_first() -> None:
    sql, sort = BOXES.sql(Where("book = $1"), Order(limit=10))
    assert sql == f"SELECT id AS place, {SELECTED} ORDER BY id DESC LIMIT 11"
    assert sort == "-id"


def test_a_list_is_sorted_by_what_it_names_and_by_its_key() -> None:
    sql, _ = BOXES.sql(Where("book = $1"), Order("holds", limit=10))
    assert sql == f"SELECT holds AS place, {SELECTED} ORDER BY holds ASC, id ASC LIMIT 11"
    with pytest.raises(Malformed) as caught:
        BOXES.sql(Where("book = $1"), Order("owner"))
    assert caught.value.fields == {"sort": "owner", "known": "id, holds"}
