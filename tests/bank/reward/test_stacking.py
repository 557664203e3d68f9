"""The best lawful combination is that of brute force, in whatever order it is asked; each other one has a reason."""

import itertools
import random

import pytest

from canglian.bank.reward import Tier
from canglian.bank.reward.stacking import Candidate, Left, applied, are_lawful, best, in_order
from tests.lives import LONG

BASKETS = 10_000 if LONG else 1_500


def test_the_order_of_application_decides_what_is_paid() -> None:
    tenth, fifth = (Tier(0, 10**9, 1_000),), (Tier(10_000, 10**9, 2_000),)
    assert 10_500 - sum(applied(10_500, [tenth, fifth])) == 9_450
    assert 10_500 - sum(applied(10_500, [fifth, tenth])) == 7_560


def test_discounts_never_pass_the_goods_and_shipping_is_still_due() -> None:
    goods, shipping = 3 * 1_056 + 6_000, 126
    found = best(goods, [_off("a", 2_000), _off("b", 8_000)])
    assert found.off == 9_168
    assert goods + shipping - found.off == 126


def _off(identity: str, amount: int, over: int = 0, **fields: object) -> Candidate:
    return Candidate(identity, (Tier(over, amount),), group=identity, **{"stacks": True, **fields})  # pyright: ignore[reportArgumentType]


def test_a_discount_that_spoils_a_better_one_is_left_out() -> None:
    tenth = Candidate("a", (Tier(0, 10**9, 1_000),), 1, stacks=True)
    fifth = Candidate("b", (Tier(10_000, 10**9, 2_000),), 2, stacks=True)
    found = best(10_500, [tenth, fifth])
    assert [(used.id, off) for used, off in found.used] == [("b", 2_100)]
    assert found.left == {"a": Left.LESS}


def test_each_that_is_left_out_has_its_reason() -> None:
    offered = [
        _off("best", 500),
        _off("next", 400),
        _off("third", 300),
        _off("more", 200),
        _off("below", 900, 99_999),
        _off("alone", 600, stacks=False),
        Candidate("twin", (Tier(0, 100),), stacks=True, group="best"),
    ]
    found = best(10_000, offered)
    assert {used.id for used, _ in found.used} == {"best", "next", "third"}
    assert found.left == {"more": Left.COUNT, "below": Left.BELOW, "alone": Left.ALONE, "twin": Left.GROUP}


@pytest.mark.parametrize("seed", range(2))
def test_it_is_the_best_of_all_combinations(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(BASKETS // 2):
        price, most = chance.randint(1, 30_000), chance.randint(1, 4)
        offered = [_any(chance, str(number)) for number in range(chance.randint(1, 12 if LONG else 9))]
        found = best(price, offered, most)
        used = [candidate for candidate, _ in found.used]
        assert are_lawful(used, most)
        assert used == in_order(used)
        assert found.off == _brute(price, offered, most) <= price
        assert {*found.left, *(candidate.id for candidate in used)} == {candidate.id for candidate in offered}
        chance.shuffle(offered)
        assert best(price, offered, most) == found


def _any(chance: random.Random, identity: str) -> Candidate:
    over = chance.choice((0, chance.randrange(30_000)))
    share = chance.choice((None, chance.randint(1, 10_000)))
    tiers = (Tier(over, chance.randint(1, 9_000), share),)
    group = chance.choice(("", "x", "y"))
    return Candidate(identity, tiers, chance.randint(1, 3), stacks=chance.random() < 0.8, group=group)


def _brute(price: int, offered: list[Candidate], most: int) -> int:
    lawful = (
        in_order(chosen)
        for size in range(most + 1)
        for chosen in itertools.combinations(offered, size)
        if are_lawful(chosen, most)
    )
    return max(sum(applied(price, [candidate.tiers for candidate in chosen])) for chosen in lawful)
