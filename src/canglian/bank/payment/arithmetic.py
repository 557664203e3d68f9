"""The arithmetic of payments, in integers: shares that are rounded once over all, so that the last closes to the fen.

Whatever is taken or given back in several turns is the difference of two rounded sums, never a sum of rounded parts.
"""

from collections.abc import Sequence

from canglian.bank.payment.model import FeeSchedule

BPS = 10_000


def rounded(numerator: int, denominator: int) -> int:
    """A quotient of natural numbers, rounded half up."""
    return (2 * numerator + denominator) // (2 * denominator)


def part(amount: int, share: int, whole: int) -> int:
    """What ``share`` of a price comes to where ``amount`` is paid for the ``whole`` of it."""
    return rounded(amount * share, whole) if whole else 0


def allot(total: int, weights: Sequence[int]) -> list[int]:
    """A total in parts in proportion to weights; the parts sum up to it."""
    whole, done, parts, reached = sum(weights), 0, list[int](), 0
    for weight in weights:
        reached += weight
        upto = part(total, reached, whole)
        parts.append(upto - done)
        done = upto
    return parts


def filled(total: int, rooms: Sequence[int]) -> list[int]:
    """A total poured into rooms one after the other, each as full as it gets."""
    parts: list[int] = []
    for room in rooms:
        taken = min(room, total)
        parts.append(taken)
        total -= taken
    return parts


def apportioned(total: int, wholes: Sequence[int], had: Sequence[int]) -> list[int]:
    """What each of some wholes gets more where ``total`` of them all is reached: each its share, to a fen, and no less
    than it has had."""
    more = total - sum(had)
    wished = [max(0, upto - before) for upto, before in zip(allot(total, wholes), had, strict=True)]
    parts = filled(more, wished)
    rooms = [whole - before - part for whole, before, part in zip(wholes, had, parts, strict=True)]
    return [part + rest for part, rest in zip(parts, filled(more - sum(parts), rooms), strict=True)]


def shared_out(amount: int, own: Sequence[int], discounts: Sequence[int], share: int, had: Sequence[int]) -> list[int]:
    """An amount over lines, each of which has room of its own money or as a discount, in the order of the lines.

    Discounts together get ``share``, as far as both kinds have room for what they get, and each its part of that beside
    what it has ``had``. The lines' own money is poured from one into the next.
    """
    of_discounts = min(max(share, amount - sum(own), 0), sum(discounts), amount)
    wholes = [room + before for room, before in zip(discounts, had, strict=True)]
    parts = apportioned(sum(had) + of_discounts, wholes, had), filled(amount - of_discounts, own)
    return [discount + paid for discount, paid in zip(*parts, strict=True)]


def fee_of(schedule: FeeSchedule, amount: int) -> int:
    """The fee of a payment, with the tax in it: by its rates, within its bounds, never more than the payment."""
    weighed, rate = amount * schedule.rate_bps, schedule.rate_bps
    for step in schedule.tiers:
        weighed += max(0, amount - step.above) * (step.rate_bps - rate)
        rate = step.rate_bps
    fee = rounded(weighed, BPS)
    fee = max(fee, schedule.fee_min)
    if schedule.fee_max is not None:
        fee = min(fee, schedule.fee_max)
    return min(fee, amount)


def tax_in(schedule: FeeSchedule, fee: int) -> int:
    """The value-added tax that a fee contains."""
    return rounded(fee * schedule.tax_bps, BPS + schedule.tax_bps)
