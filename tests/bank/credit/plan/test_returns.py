"""Rates of return, against an independent library."""

import random
from datetime import date
from decimal import Decimal

import pytest
from msgspec.structs import replace

from canglian.bank.credit.plan import DayCount, Fees, Method, Terms, irr, schedule, xirr
from canglian.kernel.errors import Rejection

START = date(2026, 1, 15)
TERMS = Terms(principal=10_000_000, rate_ppm=60_000, instalments=12)
CLOSE = Decimal("1e-6")


def test_xirr_is_that_of_an_independent_library() -> None:
    pyxirr = pytest.importorskip("pyxirr")
    chance = random.Random("xirr")
    for method in (Method.EQUAL_INSTALMENTS, Method.EQUAL_PRINCIPAL, Method.INTEREST_ONLY, Method.BULLET):
        for fees in (Fees(), Fees(upfront_ppm=20_000, each=1_000)):
            for _ in range(10):
                terms = replace(
                    TERMS,
                    method=method,
                    rate_ppm=chance.randint(0, 360_000),
                    instalments=chance.randint(1, 120),
                    day_count=chance.choice(list(DayCount)),
                    fees=fees,
                )
                flows = schedule(terms, START).flows()
                theirs = pyxirr.xirr([day for day, _ in flows], [float(amount) for _, amount in flows])
                assert abs(xirr(flows) - Decimal(theirs)) < CLOSE, terms
                sums = [terms.principal, *(row.total * -1 for row in schedule(terms, START).instalments)]
                assert abs(irr(sums) - Decimal(pyxirr.irr(sums))) < CLOSE, terms


def test_known_rates() -> None:
    assert xirr([(START, 100), (date(2027, 1, 15), -110)]) == Decimal("0.1")
    assert xirr([(START, 100), (date(2027, 1, 15), -100)]) == 0
    assert irr([100, 0, -121]) == Decimal("0.1")
    assert xirr([(START, 100), (date(2027, 1, 15), -90)]) == Decimal("-0.1")


@pytest.mark.parametrize("flows", [[], [(START, 100)], [(START, 100), (START, -100)], [(START, 1), (START, 1)]])
def test_money_that_only_goes_one_way_has_no_rate(flows: list[tuple[date, int]]) -> None:
    with pytest.raises(Rejection) as refused:
        xirr(flows)
    assert refused.value.code == "loan_plan.flows_invalid"
