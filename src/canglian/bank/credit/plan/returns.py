"""Rates of return, exact to more digits than anybody shows."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, localcontext

from canglian.kernel.errors import Rejection

DIGITS = 40
"""How many digits are kept on the way."""

PLACES = Decimal("1e-10")
"""To what a rate is rounded."""

HIGHEST = Decimal(10) ** 12
"""Beyond this a rate says nothing any more, as that of a fen that is lent for a day and paid back as two."""

_STEPS_MAX = 200
_HIGHEST = Decimal(2)
"""A factor of discount that no period is beyond: half of the money is lost in it."""


def xirr(flows: Sequence[tuple[date, int]]) -> Decimal:
    """The yearly rate at which amounts on days come to nothing, by actual days of a year of 365: 0.06 is 6 %.

    Rejects ``loan_plan.flows_invalid`` where none is, or it is beyond ``HIGHEST``.
    """
    if not flows:
        raise Rejection("loan_plan.flows_invalid")
    first = min(day for day, _ in flows)
    with localcontext(prec=DIGITS):
        daily = _discount([((day - first).days, amount) for day, amount in flows])
        yearly = daily**-365 - 1
        if yearly > HIGHEST:
            raise Rejection("loan_plan.flows_invalid")
        return yearly.quantize(PLACES)


def irr(amounts: Sequence[int]) -> Decimal:
    """The rate of one period at which amounts, one a period, come to nothing. Rejects ``loan_plan.flows_invalid``."""
    with localcontext(prec=DIGITS):
        return (1 / _discount(list(enumerate(amounts))) - 1).quantize(PLACES)


def _discount(flows: list[tuple[int, int]]) -> Decimal:
    """The factor of discount of one step: where the sum changes its sign, by Newton's method kept between bounds."""
    terms = _gaps(flows)
    low, high = Decimal(0), _HIGHEST
    if not terms or (terms[0][1] > 0) == (sum(amount for _, amount in terms) > 0) == (_value(terms, high)[0] > 0):
        raise Rejection("loan_plan.flows_invalid")
    is_falling = terms[0][1] > 0
    at = Decimal(1)
    for _ in range(_STEPS_MAX):
        value, slope = _value(terms, at)
        if not value:
            return at
        if (value > 0) == is_falling:
            low = at
        else:
            high = at
        after = at - value / slope if slope else low
        if not low < after < high:
            after = (low + high) / 2
        if abs(after - at) < Decimal("1e-30"):
            return after
        at = after
    return at


def _gaps(flows: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Amounts by their steps, each with the steps since the one before it; nothing of what is nothing."""
    by_step: dict[int, int] = {}
    for step, amount in flows:
        by_step[step] = by_step.get(step, 0) + amount
    kept = sorted((step, amount) for step, amount in by_step.items() if amount)
    steps = [step for step, _ in kept]
    return [(step - before, amount) for (step, amount), before in zip(kept, steps[:1] + steps, strict=False)]


def _value(terms: list[tuple[int, int]], factor: Decimal) -> tuple[Decimal, Decimal]:
    """The sum at a factor of discount, and how fast it grows with it."""
    value, slope = Decimal(0), Decimal(0)
    for gap, amount in reversed(terms):  # Horner, from the last one
        value += amount
        if gap:
            power = factor ** (gap - 1)
            slope = slope * power * factor + value * gap * power
            value = value * power * factor
    return value, slope
