"""Winners follow from hashes alone: no bias, no place twice, and the same again for whoever computes them."""

import itertools
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canglian.bank.reward.draws import drawing

KEY = bytes(range(32))


def test_known_values_stay_as_they_are_for_ever() -> None:
    """Whoever has written a verifier relies on them."""
    assert drawing.canonical({"b": 1, "a": ["奖", None]}).decode() == '{"a":["奖",null],"b":1}'
    link = drawing.chained("drw_0", ["a", "b"])
    assert link == drawing.next_link(drawing.next_link(drawing.first_link("drw_0"), "a"), "b")
    assert link == "e8293e913559f9af32b39686a36bad1eb8b2ae88782b32fb4006db285bac052c"
    key = drawing.key_of("r", "e", 3, "s", None, None)
    assert key.hex() == "36f2b235566fc6c31cd3457806df2e5ae803b19e0e7b63a99c3736936603cda8"
    assert list(drawing.positions(key, 7)) == [5, 6, 0, 1, 3, 2, 4]


def test_no_number_is_likelier_where_the_range_is_not_a_multiple() -> None:
    """Of the numbers 0 to 9, whole threes end at 8: 9 is passed over."""
    assert [drawing.below(3, iter([number, 0]), 10) for number in range(10)] == [0, 1, 2, 0, 1, 2, 0, 1, 2, 0]
    every = Counter(drawing.below(3, iter([number, 1]), 10) for number in range(9))
    assert every == {0: 3, 1: 3, 2: 3}


@given(st.binary(min_size=32, max_size=32), st.integers(0, 60))
def test_every_place_is_drawn_once(key: bytes, entries: int) -> None:
    assert sorted(drawing.positions(key, entries)) == list(range(entries))


def test_every_order_of_four_comes_about_as_often() -> None:
    """24 orders, 4,800 draws: each some 200 times; 6 standard deviations are 83."""
    seen = Counter(tuple(drawing.positions(number.to_bytes(32), 4)) for number in range(4_800))
    assert set(seen) == set(itertools.permutations(range(4)))
    assert all(abs(count - 200) < 84 for count in seen.values()), seen


def test_a_number_that_came_up_wins_once() -> None:
    numbers = ["a", "a", "b", "a", "c"]
    assert drawing.ranked([3, 0, 2, 1, 4], numbers.__getitem__, 2) == [3, 2]
    assert drawing.ranked([3, 0, 2, 1, 4], numbers.__getitem__, 9) == [3, 2, 4]


@pytest.mark.parametrize(("rank", "prize"), [(1, 1), (2, 2), (4, 2), (5, 0), (6, 0)])
def test_ranks_get_the_prizes_in_order_and_then_are_alternates(rank: int, prize: int) -> None:
    rules = {"prizes": [{"quantity": 1}, {"quantity": 3}], "alternates": 2}
    assert drawing.wanted(rules) == 6
    assert drawing.prize_of(rules, rank) == prize


@pytest.mark.parametrize("secret", ["5A" * 32, " " + "5a" * 32, "5a" * 31, "5a" * 33, "5a 5a" + "5a" * 30])
def test_a_seed_has_one_form(secret: str) -> None:
    """Another way of writing the same bytes would be another key, and a choice for whoever reveals."""
    assert drawing.opens("5a" * 32, drawing.commitment("5a" * 32))
    assert not drawing.opens(secret, drawing.commitment("5a" * 32))
