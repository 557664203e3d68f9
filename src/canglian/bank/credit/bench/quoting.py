"""Plans of twelve instalments a second, exact, beside a plain one by Decimal; and held against fractions.

Ours is ``schedule`` as it is called for a quote: terms are checked, days found, the level is one quotient of whole
numbers, every instalment is made. The baseline does what a few lines of Decimal do: the formula of the level, a loop
that rounds interest, days by ``replace``; no checks, no other day count, no month ends. Both quote the same random
loans in alternating rounds; ours by the months first, then by each day count.

*Exactness*: random loans by every day count, whose level and instalments are computed again by ``Fraction``, days and
parts of years too, by other means than ours.
"""

import random
import time
from calendar import isleap
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import msgspec

from canglian.bank.credit.plan import DayCount, Terms, schedule
from canglian.ledger.bench.report import Bar, median, spread

MONTHS = 12
START = date(2026, 1, 15)
BAR_A_SECOND = 10_000
BAR_OF_BARE = 0.3
"""Checks, day counts, month ends and an exact level cost something beside a loop that has none of them."""

_COUNTED = (DayCount.MONTHLY, DayCount.THIRTY_360, DayCount.ACTUAL_360, DayCount.ACTUAL_365, DayCount.ACTUAL_ACTUAL)
_CENT = Decimal("0.01")


class Quoting(msgspec.Struct, frozen=True):
    """How many loans a round quotes, how many rounds, and how many are held against fractions."""

    loans: int
    rounds: int
    exact: int


class Result(msgspec.Struct, frozen=True):
    """What came of it, as a part of a report."""

    figures: dict[str, Any]
    bars: list[Bar]


def measure(size: Quoting, advance: Callable[[], None]) -> Result:
    """Quote, and compare; ``advance`` is called after each of ``rounds`` + 1 steps."""
    loans = _loans(size.loans)
    ours, theirs, ratios = list[float](), list[float](), list[float]()
    by_count: dict[DayCount, list[float]] = {count: [] for count in _COUNTED}
    for _ in range(size.rounds):
        theirs.append(_rate(_by_decimal, loans))
        for count in _COUNTED:
            given = [msgspec.structs.replace(terms, day_count=count) for terms in loans]
            by_count[count].append(_rate(_ours, given))
        ours.append(by_count[DayCount.MONTHLY][-1])
        ratios.append(ours[-1] / theirs[-1])
        advance()
    unlike = sum(not _is_exact(terms, START + timedelta(place)) for place, terms in enumerate(_loans(size.exact)))
    advance()
    rates = {count.value: round(median(found)) for count, found in by_count.items()}
    return Result(
        {
            "instalments": MONTHS,
            "quotes_per_second": rates,
            "spread": spread(ours),
            "by_decimal_per_second": round(median(theirs)),
            "by_decimal_spread": spread(theirs),
            "held_against_fractions": size.exact,
        },
        [
            Bar("exact quotes of 12 instalments a second", median(ours), BAR_A_SECOND),
            Bar("slowest day count, quotes a second", min(rates.values()), BAR_A_SECOND),
            Bar("quotes a second / bare Decimal loop", median(ratios), BAR_OF_BARE),
            Bar("loans that differ from fractions", unlike, 0, at_most=True),
        ],
    )


def _loans(count: int) -> list[Terms]:
    chance = random.Random("loans")  # noqa: S311 - the same loans every time
    return [
        Terms(
            principal=chance.randint(100_000, 100_000_000),
            rate_ppm=chance.randint(10_000, 240_000),
            instalments=MONTHS,
            day_count=_COUNTED[place % len(_COUNTED)],
        )
        for place in range(count)
    ]


def _rate(quote: Callable[[Terms], object], loans: Sequence[Terms]) -> float:
    begun = time.perf_counter()
    for terms in loans:
        quote(terms)
    return len(loans) / (time.perf_counter() - begun)


def _ours(terms: Terms) -> object:
    return schedule(terms, START)


# -- the baseline --------------------------------------------------------------------------------------------------


def _by_decimal(terms: Terms) -> object:
    rate = Decimal(terms.rate_ppm) / 12_000_000
    balance = Decimal(terms.principal) / 100
    grown = (1 + rate) ** MONTHS
    level = (balance * rate * grown / (grown - 1)).quantize(_CENT, ROUND_HALF_UP)
    rows = list[tuple[int, date, Decimal, Decimal, Decimal]]()
    for number in range(1, MONTHS + 1):
        interest = (balance * rate).quantize(_CENT, ROUND_HALF_UP)
        principal = balance if number == MONTHS else level - interest
        balance -= principal
        months = START.month - 1 + number
        due = START.replace(year=START.year + months // 12, month=months % 12 + 1)
        rows.append((number, due, principal, interest, balance))
    return rows


# -- by fractions --------------------------------------------------------------------------------------------------


def _is_exact(terms: Terms, start: date) -> bool:
    terms = msgspec.structs.replace(terms, spread=False)
    rows = schedule(terms, start).instalments
    grown_by = [growth(terms, row.start, row.end) for row in rows]
    grown, paid = Fraction(1), Fraction(0)
    for each in grown_by:
        grown *= 1 + each
        paid = paid * (1 + each) + 1
    level, balance = half_up(terms.principal * grown / paid), terms.principal
    for row, each in zip(rows, grown_by, strict=True):
        interest = half_up(balance * each)
        principal = balance if row.number == MONTHS else level - interest
        balance -= principal
        if (row.interest, row.principal, row.balance) != (interest, principal, balance):
            return False
    return balance == 0


def growth(terms: Terms, start: date, end: date) -> Fraction:
    """What a fen grows by, day by day where days count."""
    rate = Fraction(terms.rate_ppm, 1_000_000)
    days = (end - start).days
    match terms.day_count:
        case DayCount.ACTUAL_360:
            return rate * days / 360
        case DayCount.ACTUAL_365:
            return rate * days / 365
        case DayCount.ACTUAL_ACTUAL:
            years = (start + timedelta(day) for day in range(1, days + 1))
            return rate * sum((Fraction(1, 365 + isleap(day.year)) for day in years), Fraction(0))
        case DayCount.THIRTY_360:
            months = (end.year - start.year) * 12 + end.month - start.month
            return rate * (30 * months + min(end.day, 30) - min(start.day, 30)) / 360
        case _:
            return rate / 12


def half_up(amount: Fraction) -> int:
    """A fraction of a fen, rounded."""
    return int(amount + Fraction(1, 2))
