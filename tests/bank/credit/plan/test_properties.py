"""What holds for every loan that can be planned, tried on many."""

from contextlib import suppress
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from canglian.bank.credit.plan import (
    DayCount,
    Drawdown,
    Fees,
    Holidays,
    Keep,
    Method,
    MonthEnd,
    Pause,
    PlannedDate,
    RateChange,
    Rounding,
    Schedule,
    Terms,
    Unit,
    accrued,
    daily,
    payoff,
    prepaid,
    reopened,
    schedule,
)
from canglian.kernel.errors import Rejection

DAYS = st.dates(date(2019, 1, 1), date(2032, 12, 31))
RATES = st.one_of(st.just(0), st.integers(1, 1_000_000), st.integers(10_000, 360_000))
AMOUNTS = st.one_of(st.integers(1, 50), st.integers(1, 10_000_000), st.integers(1, 10**15))
TRIED = settings(max_examples=40, deadline=None, derandomize=True)


def is_weekday(day: date) -> bool:
    return day.weekday() < 5


@st.composite
def plans(draw: st.DrawFn) -> Schedule:
    """A loan with some of everything that its terms may say."""
    start, method = draw(DAYS), draw(st.sampled_from(Method))
    count = draw(st.integers(1, 24))
    principal = draw(AMOUNTS)
    unit = draw(st.sampled_from(Unit))
    terms = Terms(
        principal=principal,
        rate_ppm=draw(RATES),
        instalments=count,
        method=method,
        unit=unit,
        every=draw(st.integers(1, 3)),
        day_count=draw(st.sampled_from(DayCount)),
        rounding=draw(st.sampled_from(Rounding)),
        month_end=draw(st.sampled_from(MonthEnd)),
        holidays=draw(st.sampled_from(Holidays)),
        moved_interest=draw(st.booleans()),
        first_due=draw(st.none() | st.integers(1, 70).map(lambda days: start + timedelta(days))),
        subsidy_ppm=draw(st.sampled_from((0, 0, 333_333, 1_000_000))),
        fees=draw(st.sampled_from((Fees(), Fees(100, 10_000, 50, 1_000, 20_000)))),
        spread=draw(st.booleans()),
    )
    if method is Method.BALLOON and principal < 2:
        terms = replace(terms, method=Method.EQUAL_INSTALMENTS)
    elif method is Method.BALLOON:
        terms = replace(terms, balloon=draw(st.integers(1, principal - 1)))
    if method is Method.BY_DATES:
        steps = draw(st.lists(st.tuples(st.integers(1, 200), st.integers(0, 9)), min_size=1, max_size=12))
        at, dates = start, list[PlannedDate]()
        for step, weight in steps:
            at += timedelta(step)
            dates.append(PlannedDate(at, weight))
        dates[-1] = replace(dates[-1], weight=1)
        terms = replace(terms, dates=tuple(dates))
        count = len(dates)
    if method is not Method.BULLET and count > 1:
        grace = st.integers(0, min(3, count - 1))
        terms = replace(terms, grace_principal=draw(grace), grace_interest=draw(grace), interest_free=draw(grace))
    changes = draw(st.dictionaries(st.integers(1, 900), RATES, max_size=4))
    pauses = sorted(draw(st.lists(st.integers(0, 600), max_size=4, unique=True)))
    terms = replace(
        terms,
        rate_changes=tuple(RateChange(start + timedelta(days), rate) for days, rate in sorted(changes.items())),
        pauses=tuple(
            Pause(start + timedelta(a), start + timedelta(b)) for a, b in zip(pauses[::2], pauses[1::2], strict=False)
        ),
        down_payment_ppm=draw(st.sampled_from((0, 0, 0, 250_000))),
    )
    whole = schedule(terms, start, calendar=is_weekday)
    share = draw(st.integers(1, 100))
    drawn = principal * share // 100
    last = max(row.end for row in whole.instalments)
    if not terms.balloon < drawn < principal or (last - start).days < 2:
        return whole
    on = start + timedelta(draw(st.integers(0, (last - start).days - 1)))
    return schedule(terms, start, [Drawdown(start, drawn), Drawdown(on, principal - drawn)], is_weekday)


@given(plans())
@TRIED
def test_principal_comes_back_and_nothing_is_negative(plan: Schedule) -> None:
    assert plan.principal == sum(drawdown.amount for drawdown in plan.drawdowns) == plan.terms.principal
    assert plan.instalments[-1].balance == 0
    for row in plan.instalments:
        assert min(row.principal, row.interest, row.fee, row.balance, row.subsidy, row.total) >= 0
        assert plan.start <= row.start <= row.end
    with suppress(Rejection):
        plan.annual_rate()
    dues = [row.end for row in plan.instalments]
    assert dues == sorted(dues)


@given(plans())
@TRIED
def test_daily_accruals_sum_up_to_the_interest(plan: Schedule) -> None:
    days = dict(daily(plan))
    assert min(days.values(), default=0) >= 0
    assert sum(days.values()) == plan.interest
    assert accrued(plan, max(row.end for row in plan.instalments)) == plan.interest
    middle = plan.start + timedelta(len(days) // 2)
    assert accrued(plan, middle) == sum(interest for day, interest in days.items() if day <= middle)


@given(plans(), st.data())
@TRIED
def test_what_is_left_after_prepayments_stays_exact(plan: Schedule, data: st.DataObject) -> None:
    """Twice on one day: the second time no interest is left to pay."""
    length = (plan.end - plan.start).days
    if length < 1:
        return
    on = plan.start + timedelta(data.draw(st.integers(0, length - 1)))
    for time in range(2):
        owed = payoff(plan, on)
        first = owed.interest - owed.subsidy + owed.fee - owed.early_fee + owed.ended
        if time and not owed.ended:
            assert owed.interest == 0
        assert min(owed.principal, owed.interest, owed.fee, owed.total) >= 0
        later = sum(drawdown.amount for drawdown in plan.drawdowns if drawdown.on > on)
        if owed.total - first < 4 or not any(row.end > on and row.due > on for row in plan.instalments):
            return
        amount = data.draw(st.integers(first + 2, owed.total - 1))
        paid = prepaid(plan, on, amount, data.draw(st.sampled_from(Keep)))
        after = paid.schedule
        assert after is not None
        assert paid.total == amount
        assert min(paid.principal, paid.interest, paid.fee) >= 0
        assert after.principal == owed.principal - paid.principal + later
        assert after.instalments[-1].balance == 0
        assert after.end <= plan.end
        for row in after.instalments:
            assert min(row.principal, row.interest, row.fee, row.balance, row.total) >= 0
        assert sum(interest for _, interest in daily(after)) == after.interest
        plan = after


@given(plans())
@TRIED
def test_a_plan_that_is_opened_again_without_a_change_ends_as_it_did(plan: Schedule) -> None:
    """From an instalment on the rest is planned again: principal and days stay, and its interest but for rounding."""
    on = plan.instalments[len(plan.instalments) // 2].due
    if on >= plan.end or any(row.due <= on < row.end for row in plan.instalments):
        return
    again = reopened(plan, on)
    left = [row for row in plan.instalments if row.number and row.end > on and row.due > on]
    owed = payoff(plan, on)
    assert [(row.number, row.due) for row in again.instalments if row.number] == [(row.number, row.due) for row in left]
    assert again.principal == owed.principal + sum(each.amount for each in again.drawdowns)
