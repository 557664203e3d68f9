"""Amounts in parts by weights: the largest remainders get what rounding down leaves, and the parts always sum up."""

from collections.abc import Sequence


def split(total: int, weights: Sequence[int], rooms: Sequence[int] | None = None) -> tuple[int, ...]:
    """A total in parts in proportion to weights, none above its room; of equal remainders the first one wins.

    The weights together are more than nothing, and the rooms together at least the total.
    """
    if len(weights) == 1:
        return (total,)
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    if rooms is not None:
        parts = [min(part, room) for part, room in zip(parts, rooms, strict=True)]
    order = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))
    left = total - sum(parts)
    while left:
        before = left
        for place in order:
            if left and weights[place] and (rooms is None or parts[place] < rooms[place]):
                parts[place] += 1
                left -= 1
        if left == before:
            return _poured(parts, left, rooms or ())
    return tuple(parts)


def _poured(parts: list[int], left: int, rooms: Sequence[int]) -> tuple[int, ...]:
    """What the weights have no room for, to whoever has any."""
    for place, room in enumerate(rooms):
        more = min(left, room - parts[place])
        parts[place] += more
        left -= more
    assert not left, "the rooms have room for the total"
    return tuple(parts)
