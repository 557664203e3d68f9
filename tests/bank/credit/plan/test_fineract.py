"""Schedules that Apache Fineract's own tests expect of its progressive loans, to the hundredth.

Source: https://github.com/apache/fineract, ``ProgressiveEMICalculatorTest.java`` of ``fineract-progressive-loan``. Its
days of change are the first that cost the new rate, ours the last ones that cost the old; its 30/360 takes days of a
broken month as parts of that month.
"""

from collections.abc import Sequence
from datetime import date

import pytest

from canglian.bank.credit.plan import DayCount, Drawdown, Pause, RateChange, Terms, schedule

NEW_YEAR = date(2024, 1, 1)
ACTUAL_ACTUAL, ACTUAL_365, MONTHLY = DayCount.ACTUAL_ACTUAL, DayCount.ACTUAL_365, DayCount.MONTHLY_ACTUAL


def terms(rate: str, day_count: DayCount = MONTHLY, principal: int = 100) -> Terms:
    whole, _, decimals = rate.partition(".")
    return Terms(
        principal=principal * 100, rate_ppm=int(whole + decimals.ljust(4, "0")), instalments=6, day_count=day_count
    )


def drawn(*pairs: tuple[date, int]) -> Sequence[Drawdown]:
    return [Drawdown(on, amount * 100) for on, amount in pairs]


PLAIN = [
    (terms("15.678", ACTUAL_365), NEW_YEAR, [1743] * 5 + [1747], [133, 105, 90, 66, 46, 22]),
    (terms("9.4822"), NEW_YEAR, [1713] * 6, [79, 66, 53, 40, 27, 13]),
    (terms("9.4822", ACTUAL_ACTUAL), date(2023, 12, 12), [1713] * 6, [80, 67, 50, 41, 26, 14]),
]


@pytest.mark.parametrize(("found", "start", "instalments", "interests"), PLAIN)
def test_a_level(found: Terms, start: date, instalments: list[int], interests: list[int]) -> None:
    rows = schedule(found, start).instalments
    assert [row.total for row in rows] == instalments
    assert [row.interest for row in rows] == interests


DRAWN = [
    (((NEW_YEAR, 100), (date(2024, 3, 1), 100)), [1713, 1713, 4263, 4263, 4263, 4261], [79, 66, 132, 99, 67, 33]),
    (((NEW_YEAR, 100), (date(2024, 1, 8), 200)), [5133] * 6, [201, 198, 159, 120, 80, 40]),
    (((NEW_YEAR, 100), (date(2024, 2, 15), 100)), [1713] + [3753] * 5, [79, 107, 116, 88, 59, 29]),
    (
        ((date(2024, 1, 5), 100), (date(2024, 1, 8), 50), (date(2024, 1, 8), 25)),
        [2994] * 6,
        [115, 116, 93, 70, 47, 23],
    ),
]


@pytest.mark.parametrize(("drawdowns", "instalments", "interests"), DRAWN)
def test_several_drawdowns(
    drawdowns: tuple[tuple[date, int], ...], instalments: list[int], interests: list[int]
) -> None:
    rows = schedule(terms("9.4822", principal=300), NEW_YEAR, drawn(*drawdowns)).instalments
    assert [row.total for row in rows] == instalments
    assert [row.interest for row in rows] == interests


CHANGED = [
    (date(2024, 2, 1), [1701] + [1688] * 4 + [1689], [58, 28, 22, 17, 11, 6]),
    (date(2024, 2, 14), [1701] + [1690] * 5, [58, 37, 22, 17, 11, 6]),
]


@pytest.mark.parametrize(("on", "instalments", "interests"), CHANGED)
def test_another_rate(on: date, instalments: list[int], interests: list[int]) -> None:
    changed = Terms(
        principal=10_000,
        rate_ppm=70_000,
        instalments=6,
        day_count=MONTHLY,
        rate_changes=(RateChange(on, 40_000),),
    )
    rows = schedule(changed, NEW_YEAR).instalments
    assert [row.total for row in rows] == instalments
    assert [row.interest for row in rows] == interests


def test_a_pause_leaves_the_instalments_as_they_are() -> None:
    """No interest from 5 to 10 February."""
    paused = Terms(
        principal=10_000,
        rate_ppm=70_000,
        instalments=6,
        day_count=MONTHLY,
        pauses=(Pause(date(2024, 2, 4), date(2024, 2, 10)),),
    )
    rows = schedule(paused, NEW_YEAR).instalments
    assert [row.total for row in rows] == [1701] * 5 + [1690]
    assert [row.interest for row in rows] == [58, 39, 39, 29, 20, 10]


def test_a_down_payment_is_due_with_its_drawdown() -> None:
    """``LoanReAgingPreview.feature``: 25 % of 1,000, then three times 250."""
    rows = schedule(
        Terms(principal=100_000, rate_ppm=0, instalments=3, down_payment_ppm=250_000), date(2025, 1, 1)
    ).instalments
    assert [(row.number, row.due, row.total, row.balance) for row in rows] == [
        (0, date(2025, 1, 1), 25_000, 75_000),
        (1, date(2025, 2, 1), 25_000, 50_000),
        (2, date(2025, 3, 1), 25_000, 25_000),
        (3, date(2025, 4, 1), 25_000, 0),
    ]
