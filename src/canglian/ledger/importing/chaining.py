"""The order of an account's movements within a day, found from the source's running balances.

Many sources give a day and no time. Where every line carries the balance after it, the true order is the one in which
each balance follows from the one before; this finds the order with the fewest breaks, and among those the one whose
breaks are smallest.
"""

from typing import NamedTuple

from canglian.ledger.importing.parsing import Movement

STEPS_MAX = 5000
"""How long an order is searched for; then the best one so far is taken."""

SEARCH_MAX = 60
NEAREST_MAX = 2000
"""More movements of one account a day are put in order by taking the nearest follower; even more stay as they are."""


class Chained(NamedTuple):
    """Movements in their order; how many could be checked, and how many of these follow exactly."""

    movements: list[Movement]
    checked: int
    exact: int


def chain(before: int | None, movements: list[Movement], *, ordered: bool = False) -> Chained:
    """Put the movements of one account and day in order, unless they are ``ordered`` already.

    ``before`` is the source's balance before them; None at the beginning of the file: then the first one follows
    exactly if the account began with nothing, and cannot be checked otherwise.
    """
    count = len(movements)
    if 1 < count <= NEAREST_MAX and not ordered and all(m.balance is not None for m in movements):
        movements = _Search(before, movements).best if count <= SEARCH_MAX else _nearest(before, movements)
    return Chained(movements, *_counted(before, movements))


def _counted(before: int | None, movements: list[Movement]) -> tuple[int, int]:
    checked = exact = 0
    for movement in movements:
        if movement.balance is None:
            before = None if before is None else before + movement.amount
            continue
        follows = movement.balance == (before or 0) + movement.amount
        checked += before is not None or follows
        exact += follows
        before = movement.balance
    return checked, exact


class _Search:
    """Depth first, the nearest follower first, cut where it cannot get better."""

    def __init__(self, before: int | None, movements: list[Movement]) -> None:
        self.best = movements
        self._least = _cost(before, movements)
        self._steps = 0
        self._go(before, movements, [], (0, 0))

    def _go(self, before: int | None, left: list[Movement], taken: list[Movement], cost: tuple[int, int]) -> None:
        if not left:
            self.best, self._least = list(taken), cost
            return
        for gap, position in sorted((_gap(before, movement), position) for position, movement in enumerate(left)):
            self._steps += 1
            more = (cost[0] + gap[0], cost[1] + gap[1])
            if more >= self._least or self._steps > STEPS_MAX:
                return
            movement = left[position]
            taken.append(movement)
            self._go(movement.balance, left[:position] + left[position + 1 :], taken, more)
            taken.pop()


def _nearest(before: int | None, movements: list[Movement]) -> list[Movement]:
    left, taken = list(movements), list[Movement]()
    while left:
        position = min(range(len(left)), key=lambda p: (_gap(before, left[p]), p))
        taken.append(left.pop(position))
        before = taken[-1].balance
    return taken


def _gap(before: int | None, movement: Movement) -> tuple[int, int]:
    """Whether it does not follow, and by how much."""
    assert movement.balance is not None
    if before is None:
        return int(movement.balance != movement.amount), 0
    gap = abs(before + movement.amount - movement.balance)
    return int(gap > 0), gap


def _cost(before: int | None, movements: list[Movement]) -> tuple[int, int]:
    breaks = total = 0
    for movement in movements:
        gap = _gap(before, movement)
        breaks, total, before = breaks + gap[0], total + gap[1], movement.balance
    return breaks, total
