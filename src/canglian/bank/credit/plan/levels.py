"""The instalment that pays a balance back to nothing in equal sums, exactly."""

from math import gcd

from canglian.bank.credit.plan.rounding import rounded
from canglian.bank.credit.plan.terms import Rounding

ROUNDS_MAX = 3
"""How often what rounding leaves is spread anew."""


def level(owed: int, growths: list[int], parts: int, left: int, rounding: Rounding) -> int:
    """The sum that is paid at the end of a period and of each after it.

    ``owed`` is what is owed at the end of the first one before anything is paid, in ``parts`` of a fen; ``growths``
    what a fen grows by in each that follows; ``left`` what stays owed after the last one.

    With A paid each time, what is left after n periods is owed·ΠG - A·ΣΠG, linear in A; here over a common denominator.
    """
    common = gcd(owed, parts, *growths)
    owed, parts = owed // common, parts // common
    if growths and growths.count(growths[0]) == len(growths):
        growth, count = growths[0] // common, len(growths)
        grown, whole = (parts + growth) ** count, parts**count
        paid = parts * ((grown * (parts + growth) - whole * parts) // growth if growth else (count + 1) * whole)
        return rounded(max(owed * grown - left * parts * whole, 0), paid, rounding)
    scale = paid = parts
    for growth in growths:
        factor = parts + growth // common
        scale *= parts
        owed *= factor
        paid = paid * factor + scale
    return rounded(max(owed - left * scale, 0), paid, rounding)


Run = tuple[list[int], list[int]]
"""Interest and principal of instalments."""


def run(balance: int, interest: int, growths: list[int], parts: int, each: int, rounding: Rounding) -> Run:
    """The instalments of a level, the last of which pays what is left; ``interest`` is that of the first one."""
    common = gcd(parts, *growths)
    parts //= common
    extra = parts // 2
    plain = rounding is Rounding.HALF_UP
    interests, principals = [interest], list[int]()
    for growth in growths:
        paid = each - interest
        if paid < 0:
            paid = 0
        elif paid > balance:
            paid = balance
        principals.append(paid)
        balance -= paid
        if plain:
            interest = (balance * (growth // common) + extra) // parts
        else:
            interest = rounded(balance * (growth // common), parts, rounding)
        interests.append(interest)
    principals.append(balance)
    return interests, principals


def spread(
    balance: int, interest: int, growths: list[int], parts: int, each: int, left: int, rounding: Rounding
) -> tuple[int, Run]:
    """A level whose last instalment differs from the others as little as whole fen allow, and its instalments.

    Where it differs by more than half a fen for each instalment, a share of it is added to all, as long as less is left
    then: the rule of Apache Fineract's progressive loans.
    """
    found = run(balance, interest, growths, parts, each, rounding)
    count = len(growths) + 1
    off = _off(found, each, left)
    for _ in range(ROUNDS_MAX):
        if count < 2 or abs(off) <= count // 2:
            break
        share = rounded(abs(off), count, Rounding.HALF_UP)
        tried = each + (share if off > 0 else -share)
        if tried <= 0 or tried == each:
            break
        other = run(balance, interest, growths, parts, tried, rounding)
        less = _off(other, tried, left)
        if abs(less) >= abs(off):
            break
        each, found, off = tried, other, less
    return each, found


def _off(found: Run, each: int, left: int) -> int:
    interests, principals = found
    return interests[-1] + principals[-1] - left - each
