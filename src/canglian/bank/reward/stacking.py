"""Which discounts are used together: the best lawful combination, found exactly, and why each other one is left out.

Discounts apply one after the other by their ranks, each to what the ones before it left. One that does not stack is
used alone; of one group at most one is used. Nothing is taken off what is no goods, such as shipping.

A lower price is not always better on the way, for a later discount may need a higher one: so every price that can be
reached is followed, and only what cannot beat the best so far is left. Of equal combinations the one with fewer
discounts wins, then the one whose ids come first: the answer is the same whatever the order of asking.
"""

import enum
import itertools
from collections.abc import Sequence

import msgspec

from canglian.bank.reward.campaigns.model import Tier
from canglian.bank.reward.offers import BPS, discount, least_price

TOGETHER_MAX = 3
"""How many coupons are used in a payment at most."""


class Candidate(msgspec.Struct, frozen=True):
    """A discount that might be used: what it takes off, when in the order, and with what."""

    id: str
    tiers: tuple[Tier, ...]
    rank: int = 1
    stacks: bool = False
    group: str = ""


class Left(enum.StrEnum):
    """Why a discount is left out."""

    BELOW = "below"
    ALONE = "alone"
    GROUP = "group"
    COUNT = "count"
    LESS = "less"


class Combination(msgspec.Struct, frozen=True):
    """What is used, in its order, with what each takes off; and why each other one is not."""

    used: tuple[tuple[Candidate, int], ...]
    left: dict[str, Left]

    @property
    def off(self) -> int:
        """What is taken off in all."""
        return sum(amount for _, amount in self.used)


def in_order(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Candidates in the order in which they apply."""
    return sorted(candidates, key=lambda candidate: (candidate.rank, candidate.id))


def applied(price: int, tiers: Sequence[Sequence[Tier]]) -> list[int]:
    """What each of some discounts takes off, one after the other."""
    amounts: list[int] = []
    for each in tiers:
        amounts.append(discount(each, price))
        price -= amounts[-1]
    return amounts


def are_lawful(candidates: Sequence[Candidate], most: int = TOGETHER_MAX) -> bool:
    """Whether these may be used together."""
    if len(candidates) <= 1:
        return True
    groups = [candidate.group for candidate in candidates if candidate.group]
    return (
        len(candidates) <= most
        and all(candidate.stacks for candidate in candidates)
        and len(set(groups)) == len(groups)
    )


def best(price: int, candidates: Sequence[Candidate], most: int = TOGETHER_MAX) -> Combination:
    """The lawful combination that takes most off a price of goods."""
    reached = _reached(price, [found for found in in_order(candidates) if found.stacks], most)
    alone = [(price - discount(found.tiers, price), (found,)) for found in candidates if not found.stacks]
    _, used = min([*reached, *alone], key=lambda way: (way[0], len(way[1]), _ids(way[1])))
    amounts = applied(price, [found.tiers for found in used])
    names = {found.id for found in used}
    others = [found for found in candidates if found.id not in names]
    return Combination(
        tuple(zip(used, amounts, strict=True)), {found.id: _why(price, found, used, most) for found in others}
    )


_Way = tuple[int, tuple[Candidate, ...]]


def _reached(price: int, candidates: Sequence[Candidate], most: int) -> list[_Way]:
    """The ways to the lowest prices, by which groups and how many discounts they use."""
    potential = _potential(price, candidates, most)
    ways: dict[tuple[int, frozenset[str], int], tuple[Candidate, ...]] = {(price, frozenset(), 0): ()}
    lowest = price - max((discount(candidate.tiers, price) for candidate in candidates), default=0)
    for place, candidate in enumerate(candidates):
        upto, group = potential[place], candidate.group
        for key, used in list(ways.items()):
            left, groups, count = key
            if left - upto[most - count] > lowest:
                del ways[key]
                continue
            if count >= most or group in groups:
                continue
            off = discount(candidate.tiers, left)
            if not off or left - off - potential[place + 1][most - count - 1] > lowest:
                continue
            further = left - off, groups | {group} if group else groups, count + 1
            way = (*used, candidate)
            if further not in ways or _ids(way) < _ids(ways[further]):
                ways[further] = way
            lowest = min(lowest, left - off)
    return [(left, used) for (left, _, _), used in ways.items()]


def _potential(price: int, candidates: Sequence[Candidate], most: int) -> list[list[int]]:
    """From each place on, what so many more discounts take off at most."""
    largest: list[int] = []
    found = [[0] * (most + 1)]
    for candidate in reversed(candidates):
        largest = sorted([*largest, max(_bound(tier, price) for tier in candidate.tiers)], reverse=True)[:most]
        sums = [0, *itertools.accumulate(largest)]
        found.append([*sums, *[sums[-1]] * (most + 1 - len(sums))])
    return found[::-1]


def _bound(tier: Tier, price: int) -> int:
    """What a tier takes off any part of a price at most."""
    return tier.off if tier.share_bps is None else min(tier.off, price * tier.share_bps // BPS)


def _ids(way: Sequence[Candidate]) -> list[str]:
    return [candidate.id for candidate in way]


def _why(price: int, candidate: Candidate, used: Sequence[Candidate], most: int) -> Left:
    """Why a discount is left out of the best combination."""
    if price < least_price(candidate.tiers):
        return Left.BELOW
    if used and (not candidate.stacks or not used[0].stacks):
        return Left.ALONE
    if candidate.group and any(candidate.group == found.group for found in used):
        return Left.GROUP
    if len(used) >= most:
        return Left.COUNT
    return Left.LESS
