"""Terms that make no plan are refused, each by its code."""

from datetime import date, timedelta

import pytest
from msgspec.structs import replace

from canglian.bank.credit.plan import Drawdown, Fees, Method, Pause, PlannedDate, RateChange, Terms, Unit, schedule
from canglian.kernel.errors import Rejection

START = date(2026, 1, 15)
TERMS = Terms(principal=10_000_000, rate_ppm=60_000, instalments=12)


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        (replace(TERMS, principal=0), "principal_invalid"),
        (replace(TERMS, principal=-1), "principal_invalid"),
        (replace(TERMS, principal=10**15 + 1), "principal_invalid"),
        (replace(TERMS, rate_ppm=-1), "rate_invalid"),
        (replace(TERMS, rate_ppm=1_000_001), "rate_invalid"),
        (replace(TERMS, instalments=0), "instalments_invalid"),
        (replace(TERMS, instalments=2_001), "instalments_invalid"),
        (replace(TERMS, every=0), "term_invalid"),
        (replace(TERMS, every=60), "term_invalid"),
        (replace(TERMS, unit=Unit.WEEK, instalments=2_000, every=2), "term_invalid"),
        (replace(TERMS, first_due=START), "first_due_invalid"),
        (replace(TERMS, first_due=START - timedelta(1)), "first_due_invalid"),
        (replace(TERMS, grace_principal=12), "grace_invalid"),
        (replace(TERMS, grace_interest=-1), "grace_invalid"),
        (replace(TERMS, method=Method.BULLET, interest_free=1), "grace_invalid"),
        (replace(TERMS, method=Method.BALLOON), "balloon_invalid"),
        (replace(TERMS, balloon=10_000_000), "balloon_invalid"),
        (replace(TERMS, method=Method.INTEREST_ONLY, balloon=1), "balloon_invalid"),
        (replace(TERMS, method=Method.BY_DATES), "dates_invalid"),
        (replace(TERMS, method=Method.BY_DATES, dates=(PlannedDate(START, 1),)), "dates_invalid"),
        (replace(TERMS, method=Method.BY_DATES, dates=(PlannedDate(START + timedelta(9), 0),)), "dates_invalid"),
        (replace(TERMS, down_payment_ppm=1_000_001), "share_invalid"),
        (replace(TERMS, subsidy_ppm=-1), "share_invalid"),
        (replace(TERMS, fees=Fees(each=-1)), "share_invalid"),
        (replace(TERMS, rate_changes=(RateChange(START, 1),)), "rate_changes_invalid"),
        (replace(TERMS, rate_changes=(RateChange(START + timedelta(1), -1),)), "rate_invalid"),
        (replace(TERMS, pauses=(Pause(START + timedelta(2), START + timedelta(2)),)), "rate_changes_invalid"),
        (replace(TERMS, pauses=(Pause(START - timedelta(2), START),)), "rate_changes_invalid"),
    ],
)
def test_terms(terms: Terms, code: str) -> None:
    with pytest.raises(Rejection) as refused:
        schedule(terms, START)
    assert refused.value.code == f"loan_plan.{code}"


@pytest.mark.parametrize(
    "drawdowns",
    [
        [],
        [Drawdown(START - timedelta(1), 1)],
        [Drawdown(date(2027, 1, 15), 1)],
        [Drawdown(START, 0)],
        [Drawdown(START, 5_000_000), Drawdown(START, 5_000_001)],
        [Drawdown(START + timedelta(1), 1), Drawdown(START, 1)],
    ],
)
def test_drawdowns(drawdowns: list[Drawdown]) -> None:
    with pytest.raises(Rejection) as refused:
        schedule(TERMS, START, drawdowns)
    assert refused.value.code == "loan_plan.drawdowns_invalid"
