"""Demand interest in integers: nothing is rounded away from one day to the next.

The interest of a day is the balance at its end, times the yearly rate in millionths, by the days that a year counts. It
is kept in ten-thousandths of a minor unit; what a day leaves over is carried into the next. So the sum of all days is
the closed form over all of them, rounded down once.
"""

from datetime import date
from typing import TypeVar

from msgspec.structs import replace

from canglian.bank.deposit.model.interest import UnsettledInterest

I = TypeVar("I", bound=UnsettledInterest)  # noqa: E741 - the interest of one kind of account

UNITS = 10_000
"""So many units of ``UnsettledInterest.accrued`` are one minor unit."""

ACCRUED_MAX = 9 * 10**18
"""The largest figure that is kept: interest of some quadrillions, which nobody earns; nothing grows beyond it."""

RATE_MAX = 200_000
"""The highest yearly rate, in millionths: 20 %."""

_PER_UNIT = 1_000_000 // UNITS


def with_day(interest: I, balance: int, rate_ppm: int, day_count: int, day: date) -> I:
    """With the interest of one more day on the balance at its end. Nothing is due on less than nothing."""
    remainder = interest.remainder
    if day_count != interest.day_count:
        remainder = remainder * day_count // interest.day_count
    whole, left = divmod(max(balance, 0) * rate_ppm + remainder, day_count * _PER_UNIT)
    accrued = min(interest.accrued + whole, ACCRUED_MAX)
    return replace(interest, accrued=accrued, remainder=left, day_count=day_count, until=day)


def whole_units(interest: UnsettledInterest) -> int:
    """The interest so far in whole minor units; the rest is carried on."""
    return interest.accrued // UNITS


def settled(interest: I, on: date) -> I:
    """What stays after its whole minor units were paid."""
    return replace(interest, accrued=interest.accrued % UNITS, settled_on=on)
