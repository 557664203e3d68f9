"""The few statistics of the effect of a campaign, as exact formulas; tests hold them against published tables.

*Difference of two means* without assuming equal variances: B. L. Welch (1947), degrees of freedom by Satterthwaite
(1946). *Quantile of Student's t* by bisection of its distribution, which is a regularised incomplete beta function:
Abramowitz and Stegun 26.7.1 and 26.5.8 (continued fraction). *Sample ratio mismatch* by Pearson's chi-squared test with
one degree of freedom, whose tail is ``erfc(sqrt(x / 2))``.

These are estimates about people and no amounts of money: floating point is what they are computed with.
"""

import math
from collections.abc import Sequence

import msgspec

CONFIDENCE = 0.95
MISMATCH_P = 0.001
"""Below this chance the groups are no fair split, and no figure of the effect is to be trusted."""

_TINY = 1e-300
_STEPS_MAX = 500


class Sample(msgspec.Struct, frozen=True):
    """A group by the sums over its people: how many, of the values, and of their squares. Exact integers."""

    count: int
    total: int
    squares: int

    @property
    def mean(self) -> float:
        """The mean; 0 of nobody."""
        return self.total / self.count if self.count else 0.0

    @property
    def variance(self) -> float:
        """The unbiased variance; 0 of fewer than two. Its numerator is exact."""
        if self.count < 2:
            return 0.0
        return (self.count * self.squares - self.total**2) / (self.count * (self.count - 1))


class Difference(msgspec.Struct, frozen=True):
    """A difference of two means with its confidence interval."""

    value: float
    low: float
    high: float
    freedom: float

    @property
    def is_clear(self) -> bool:
        """Whether nothing lies outside the interval."""
        return self.low > 0 or self.high < 0


def difference(treated: Sample, held_out: Sample, confidence: float = CONFIDENCE) -> Difference | None:
    """By how much the mean of one group is above that of the other; None where a group has fewer than two people."""
    if treated.count < 2 or held_out.count < 2:
        return None
    value = treated.mean - held_out.mean
    parts = treated.variance / treated.count, held_out.variance / held_out.count
    error = math.sqrt(sum(parts))
    if not error:
        return Difference(value, value, value, math.inf)
    freedom = sum(parts) ** 2 / (parts[0] ** 2 / (treated.count - 1) + parts[1] ** 2 / (held_out.count - 1))
    reach = student_quantile(0.5 + confidence / 2, freedom) * error
    return Difference(value, value - reach, value + reach, freedom)


def ratio_mismatch(counts: Sequence[int], shares: Sequence[float]) -> float:
    """The chance of groups at least as far from two expected shares: Pearson's chi-squared test, one degree."""
    whole = sum(counts)
    expected = [share * whole for share in shares]
    if not whole or not all(expected):
        return 1.0
    squares = sum((count - hoped) ** 2 / hoped for count, hoped in zip(counts, expected, strict=True))
    return chi_squared_tail(squares)


def chi_squared_tail(value: float) -> float:
    """The chance of a chi-squared variable of one degree of freedom above a value."""
    return math.erfc(math.sqrt(max(value, 0.0) / 2))


def student_distribution(value: float, freedom: float) -> float:
    """The chance of a Student's t variable below a value."""
    tail = incomplete_beta(freedom / 2, 0.5, freedom / (freedom + value * value)) / 2
    return 1 - tail if value > 0 else tail


def student_quantile(chance: float, freedom: float) -> float:
    """The value below which a Student's t variable lies with a chance of at least a half."""
    high = 1.0
    while student_distribution(high, freedom) < chance:
        high *= 2
    low = 0.0
    for _ in range(200):
        middle = (low + high) / 2
        if student_distribution(middle, freedom) < chance:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    if x < (a + 1) / (a + b + 2):
        return math.exp(log_front) * _fraction(a, b, x) / a
    return 1 - math.exp(log_front) * _fraction(b, a, 1 - x) / b


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function, from its front on (Lentz)."""
    c, d = 1.0, 1 / _apart(1 - (a + b) * x / (a + 1))
    found = d
    for m in range(1, _STEPS_MAX):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d, c = 1 / _apart(1 + even * d), _apart(1 + even / c)
        found *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d, c = 1 / _apart(1 + odd * d), _apart(1 + odd / c)
        found *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return found


def _apart(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
