"""Quotients that are rounded to whole fen, none of them negative."""

from canglian.bank.credit.plan.terms import Rounding


def offset(rounding: Rounding, denominator: int) -> int:
    """What is added to a numerator so that the floor of the quotient is the rounded one, but for ties."""
    if rounding is Rounding.DOWN:
        return 0
    return denominator - 1 if rounding is Rounding.UP else denominator // 2


def rounded(numerator: int, denominator: int, rounding: Rounding) -> int:
    """A quotient in whole numbers."""
    whole, rest = divmod(numerator + offset(rounding, denominator), denominator)
    if rounding is Rounding.HALF_EVEN and whole & 1 and rest == 0 and not denominator & 1:
        return whole - 1
    return whole
