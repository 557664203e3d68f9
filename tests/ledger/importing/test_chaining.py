"""The order within a day is found again from the running balances."""

import random
from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from canglian.ledger.importing.chaining import NEAREST_MAX, chain
from canglian.ledger.importing.parsing import Movement

DAY = date(1993, 1, 5)


def movement(line: int, amount: int, balance: int | None) -> Movement:
    return Movement(line, DAY, datetime(1993, 1, 5, tzinfo=UTC), "a", "c", amount, "x", None, None, balance, [])


def walk(before: int, amounts: list[int]) -> list[Movement]:
    movements: list[Movement] = []
    for line, amount in enumerate(amounts):
        before += amount
        movements.append(movement(line, amount, before))
    return movements


AMOUNTS = st.lists(st.integers(-(10**6), 10**6).filter(bool), min_size=1, max_size=8)


@given(before=st.integers(0, 10**6), amounts=AMOUNTS, seed=st.integers(0, 99))
def test_a_shuffled_day_follows_exactly_again(before: int, amounts: list[int], seed: int) -> None:
    movements = walk(before, amounts)
    random.Random(seed).shuffle(movements)
    chained = chain(before, movements)
    assert (chained.checked, chained.exact) == (len(amounts), len(amounts))
    assert sorted(m.line for m in chained.movements) == list(range(len(amounts)))
    last = chained.movements[-1].balance
    assert last == before + sum(amounts)


def test_the_fewest_breaks_win_and_then_the_smallest() -> None:
    rounded = [movement(1, 500, 1490), movement(2, -10, 990), movement(3, -5, 1485)]
    chained = chain(1000, rounded)
    assert [m.line for m in chained.movements] == [2, 1, 3]
    assert (chained.checked, chained.exact) == (3, 3)
    off = [movement(1, 500, 1491), movement(2, -10, 990)]
    assert [m.line for m in chain(1000, off).movements] == [2, 1]
    assert chain(1000, off).exact == 1


def test_without_a_balance_before_the_first_line_tells_where_to_begin() -> None:
    fresh = [movement(1, 5, 15), movement(2, 10, 10)]
    assert chain(None, fresh) == (fresh[::-1], 2, 2)
    going_on = [movement(1, -10, 80), movement(2, -10, 90)]
    assert chain(None, going_on) == (going_on[::-1], 1, 1)


def test_what_has_an_order_or_no_balances_stays() -> None:
    movements = [movement(1, 5, 15), movement(2, 10, 10)]
    assert chain(0, movements, ordered=True).movements == movements
    blind = [movement(1, 5, None), movement(2, 10, 25)]
    assert chain(10, blind) == (blind, 1, 1)


def test_a_day_of_many_movements_is_still_put_in_order() -> None:
    movements = walk(0, [n * 7 + 1 for n in range(400)])
    shuffled = list(movements)
    random.Random(1).shuffle(shuffled)
    assert chain(0, shuffled).exact == 400
    endless = walk(0, [1] * (NEAREST_MAX + 1))
    assert chain(0, endless).movements == endless
