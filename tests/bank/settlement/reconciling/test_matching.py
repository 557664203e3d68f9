"""Whatever the order of the lines, what differs is found and nothing else is; every bridge closes."""

from collections import Counter
from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from canglian.bank.settlement.reconciling.matching import (
    Batch,
    Bridges,
    DifferenceKind,
    Found,
    Matching,
    Side,
)

Line = tuple[str, str, int]

lines = st.lists(
    st.tuples(st.sampled_from(["a", "b", "c", "d"]), st.sampled_from("123"), st.integers(1, 4)), max_size=12
)


def compared(sides: Mapping[Side, Sequence[Line]]) -> tuple[list[Found], Matching]:
    with Matching(sides) as matching:
        for side, given_lines in sides.items():
            for line in given_lines:
                key, number, amount = line
                matching.add(side, Batch([key], [number], [amount]))
        return list(matching.differences()), matching


def by_hand(sides: Mapping[Side, Sequence[Line]]) -> set[Found]:
    """The same by looking at every key of every side."""
    found = set[Found]()
    keys = {line[0] for given_lines in sides.values() for line in given_lines}
    for key in keys:
        sums = list[int | None]()
        for side, given_lines in sides.items():
            of_key = [line for line in given_lines if line[0] == key]
            numbers = {number for _, number, _ in of_key}
            largest = [max(amount for _, number, amount in of_key if number == wanted) for wanted in numbers]
            sums.append(sum(largest) if of_key else None)
            if len(of_key) > len(numbers):
                again = sum(amount for _, _, amount in of_key) - sum(largest)
                found.add(Found(side, DifferenceKind.DUPLICATE, key, again, 0))
        found |= judged(list(sides), key, sums)
    return found


def judged(sides: list[Side], key: str, sums: list[int | None]) -> set[Found]:
    def wrong(side: Side, has: int | None, wanted: int | None) -> Found:
        kind = DifferenceKind.AMOUNT
        if has is None:
            kind = DifferenceKind.MISSING
        elif wanted is None:
            kind = DifferenceKind.EXTRA
        return Found(side, kind, key, has or 0, wanted or 0)

    ledger, *others = sums
    if len(others) == 2 and others[0] == others[1] != ledger:
        return {wrong(sides[0], ledger, others[0])}
    return {wrong(side, has, ledger) for side, has in zip(sides[1:], others, strict=True) if has != ledger}


@given(lines, lines, lines)
def test_what_differs_is_found_and_nothing_else(ledger: list[Line], channel: list[Line], orders: list[Line]) -> None:
    sides = dict(zip(Side, (ledger, channel, orders), strict=True))
    found, matching = compared(sides)
    assert Counter(found) == Counter(by_hand(sides))
    bridges = Bridges(matching.totals)
    for difference in found:
        bridges.add(difference)
    assert [bridge.residual for bridge in bridges.bridges] == [0, 0]


@given(lines, lines)
def test_a_side_that_has_not_arrived_is_not_compared(ledger: list[Line], channel: list[Line]) -> None:
    sides: dict[Side, Sequence[Line]] = {Side.LEDGER: ledger, Side.CHANNEL: channel}
    found, matching = compared(sides)
    assert Counter(found) == Counter(by_hand(sides))
    bridges = Bridges(matching.totals)
    for difference in found:
        bridges.add(difference)
    assert [bridge.residual for bridge in bridges.bridges] == [0]


@given(lines, lines, lines, st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_nothing(
    ledger: list[Line], channel: list[Line], orders: list[Line], any_: object
) -> None:
    sides = dict(zip(Side, (ledger, channel, orders), strict=True))
    turned = {side: list(reversed(given_lines)) for side, given_lines in sides.items()}
    first, second = compared(sides), compared(turned)
    assert sorted(first[0]) == sorted(second[0])
    assert first[1].matched == second[1].matched


def test_one_line_meets_one_several_or_many() -> None:
    found, matching = compared(
        {
            Side.LEDGER: [("one", "1", 5), ("split", "1", 9), ("batch", "1", 4), ("batch", "2", 6)],
            Side.CHANNEL: [("one", "a", 5), ("split", "a", 4), ("split", "b", 5), ("batch", "a", 10)],
            Side.ORDERS: [("one", "x", 5), ("split", "x", 9), ("batch", "x", 10)],
        }
    )
    assert found == []
    assert matching.matched == {"1:1:1": 1, "1:2:1": 1, "2:1:1": 1}


def test_each_side_may_be_wrong() -> None:
    found, _ = compared(
        {
            Side.LEDGER: [("ledger-lacks-none", "1", 5), ("ledger-alone", "1", 7), ("other-amount", "1", 3)],
            Side.CHANNEL: [
                ("ledger-lacks-none", "a", 5),
                ("ledger-lacks-none", "a", 5),
                ("ledger-lacks", "a", 2),
                ("other-amount", "a", 4),
            ],
            Side.ORDERS: [("ledger-lacks-none", "x", 5), ("ledger-lacks", "x", 2), ("other-amount", "x", 3)],
        }
    )
    assert set(found) == {
        Found(Side.CHANNEL, DifferenceKind.DUPLICATE, "ledger-lacks-none", 5, 0),
        Found(Side.LEDGER, DifferenceKind.EXTRA, "ledger-alone", 7, 0),
        Found(Side.LEDGER, DifferenceKind.MISSING, "ledger-lacks", 0, 2),
        Found(Side.CHANNEL, DifferenceKind.AMOUNT, "other-amount", 4, 3),
    }


def test_many_lines_are_compared_from_disk() -> None:
    keys = [f"key-{number}" for number in range(100_000)]
    with Matching() as matching:
        for side in Side:
            turned = keys if side is Side.LEDGER else keys[::-1]
            amounts = [int(key[4:]) + 1 for key in turned]
            if side is Side.ORDERS:
                amounts[5] += 1
            matching.add(side, Batch(turned, turned, amounts))
        found = list(matching.differences())
    assert found == [Found(Side.ORDERS, DifferenceKind.AMOUNT, "key-99994", 99_996, 99_995)]
    assert matching.matched == {"1:1:1": 99_999}
    assert {total.lines for total in matching.totals.values()} == {100_000}
