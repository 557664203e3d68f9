"""Which discounts are used together: the best lawful combination, found exactly, and why each other one is left out.

Discounts apply one after the other by their ranks, each to what the ones before it left. One that does not stack is
used alone; of one group at most one is used, and the rule of the group may say which. What they take off together is
cut to the least of their bounds, from the last one on. Nothing is taken off what is no goods, such as shipping.

A lower price is not always better on the way, for a later discount may need a higher one: so every price that can be
reached is followed, and only what cannot beat the best so far is left. Of equal combinations the one with fewer
discounts wins, then the one whose ids come first: the answer is the same whatever the order of asking.
"""

import enum
import itertools
from collections.abc import Sequence

import msgspec

from canglian.bank.reward.campaigns.model import GroupRule, Tier
from canglian.bank.reward.offers import BPS, discount, least_price

TOGETHER_MAX = 3
"""How many coupons are used in a payment at most."""

_UNBOUNDED = 1 << 62


class Candidate(msgspec.Struct, frozen=True):
    """A discount that might be used: what it takes off, when in the order, and with what.

    ``most`` is what all that are used with it take off together at most; None for no bound.
    """

    id: str
    tiers: tuple[Tier, ...]
    rank: int = 1
    stacks: bool = False
    group: str = ""
    rule: GroupRule = GroupRule.BEST
    most: int | None = None


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


def applied(price: int, tiers: Sequence[Sequence[Tier]], most: int | None = None) -> list[int]:
    """What each of some discounts takes off, one after the other; together ``most``, cut from the last one on."""
    amounts: list[int] = []
    for each in tiers:
        amounts.append(discount(each, price))
        price -= amounts[-1]
    above = 0 if most is None else sum(amounts) - most
    for place in reversed(range(len(amounts))):
        if above <= 0:
            break
        cut = min(above, amounts[place])
        amounts[place] -= cut
        above -= cut
    return amounts


def taken_off(price: int, candidates: Sequence[Candidate]) -> list[int]:
    """What each of some candidates takes off a price of goods that are used together, in their order."""
    bounds = [candidate.most for candidate in candidates if candidate.most is not None]
    return applied(price, [candidate.tiers for candidate in candidates], min(bounds, default=None))


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


def picked(price: int, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Candidates less those that the rule of their group leaves out; the first of a group says its rule."""
    groups: dict[str, list[Candidate]] = {}
    for candidate in in_order(candidates):
        if candidate.group and discount(candidate.tiers, price):
            groups.setdefault(candidate.group, []).append(candidate)
    left_out: set[str] = set()
    for members in groups.values():
        rule = members[0].rule
        if rule is GroupRule.BEST:
            continue
        by_amount = sorted(members, key=lambda member: discount(member.tiers, price))
        highest = discount(by_amount[-1].tiers, price)
        chosen = {
            GroupRule.FIRST: members[0],
            GroupRule.LOWEST: by_amount[0],
            GroupRule.HIGHEST: next(member for member in members if discount(member.tiers, price) == highest),
        }[rule]
        left_out |= {member.id for member in members if member.id != chosen.id}
    return [candidate for candidate in candidates if candidate.id not in left_out]


def best(price: int, candidates: Sequence[Candidate], most: int = TOGETHER_MAX) -> Combination:
    """The lawful combination that takes most off a price of goods."""
    open_ = picked(price, candidates)
    reached = _reached(price, [found for found in in_order(open_) if found.stacks], most)
    alone = [(price - sum(taken_off(price, [found])), (found,)) for found in open_ if not found.stacks]
    _, used = min([*reached, *alone], key=lambda way: (way[0], len(way[1]), _ids(way[1])))
    names = {found.id for found in used}
    others = [found for found in candidates if found.id not in names]
    kept = {found.id for found in open_}
    return Combination(
        tuple(zip(used, taken_off(price, used), strict=True)),
        {found.id: _why(price, found, used, most) if found.id in kept else Left.GROUP for found in others},
    )


_Way = tuple[int, tuple[Candidate, ...]]


def _reached(price: int, candidates: Sequence[Candidate], most: int) -> list[_Way]:
    """The ways to the lowest prices, by which groups and how many discounts they use, and how much at most together."""
    potential = _potential(price, candidates, most)
    ways: dict[tuple[int, frozenset[str], int, int], tuple[Candidate, ...]] = {(price, frozenset(), 0, _UNBOUNDED): ()}
    lowest = price - max((sum(taken_off(price, [candidate])) for candidate in candidates), default=0)
    for place, candidate in enumerate(candidates):
        upto, group = potential[place], candidate.group
        own_bound = _UNBOUNDED if candidate.most is None else candidate.most
        for key, used in list(ways.items()):
            left, groups, count, bound = key
            if left - upto[most - count] > lowest or price - bound > lowest:
                del ways[key]
                continue
            if count >= most or group in groups:
                continue
            off, together = discount(candidate.tiers, left), min(bound, own_bound)
            if not off or left - off - potential[place + 1][most - count - 1] > lowest or price - together > lowest:
                continue
            further = left - off, groups | {group} if group else groups, count + 1, together
            way = (*used, candidate)
            if further not in ways or _ids(way) < _ids(ways[further]):
                ways[further] = way
            lowest = min(lowest, max(left - off, price - together))
    return [(max(left, price - bound), used) for (left, _, _, bound), used in ways.items()]


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
