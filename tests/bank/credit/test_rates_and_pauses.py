"""A loan bears another rate from a day on, or no interest for some days; what was earned until then stays so."""

from datetime import date
from typing import Any

import pytest

from canglian.bank.credit import Loan, LoanPlan, LoanTransaction
from canglian.bank.credit.loans.commands import ChangeLoanRate, PauseInterest
from canglian.bank.credit.products.model import LoanDayCount, RepaymentMethod
from tests.bank.credit.lending import Lending

WHY = "灾后纾困"


def pausing(loan: Loan, start: date, last: date, **fields: Any) -> PauseInterest:
    return PauseInterest(loan=loan.id, start=start, last=last, reason=WHY, **fields)


async def lent(branch: Lending, **fields: Any) -> Loan:
    """A loan of 100,000 at 6 %, by days of 360, whose interest is paid every month."""
    await branch.product(day_count=LoanDayCount.ACTUAL_360, method=RepaymentMethod.INTEREST_ONLY, **fields)
    return await branch.drawn(await branch.ewallet(1))


async def test_a_rate_of_a_later_day_counts_from_its_day_and_so_does_the_penalty(branch: Lending) -> None:
    loan = await lent(branch, penalty_bps=5_000)
    await branch.reach(date(2026, 1, 10))
    done = await branch.do(ChangeLoanRate(loan=loan.id, rate_ppm=36_000, since=date(2026, 1, 15), reason=WHY))
    # 10 days at 6 % and 21 at 3.6 %, each by 360: the days until today were earned by the plan before
    assert (done.rate_ppm, done.accrued, done.next_interest) == (60_000, 83_33, 83_33 + 83_33 + 210_00)
    await branch.reach(date(2026, 1, 15))
    found = await branch.loan(loan)
    assert (found.rate_ppm, found.penalty_ppm, found.accrued, found.rate_changes) == (36_000, 54_000, 166_66, ())
    await branch.reach(date(2026, 1, 16))
    assert (await branch.loan(loan)).accrued == 176_66
    await branch.explain()
    await branch.reach(date(2026, 2, 5))
    found = await branch.loan(loan)
    assert (found.due_interest, found.accrued, found.grown, found.next_interest) == (376_66, 0, 0, 280_00)
    plan = await branch.plan(loan)
    assert (plan.reason.value, plan.rate_ppm, [change.on for change in plan.rate_changes]) == (
        "rate_changed",
        60_000,
        [date(2026, 1, 15)],
    )
    assert [row.version for row in sorted(await branch.rows(LoanPlan, loan=loan.id), key=lambda row: row.version)] == [
        1,
        2,
    ]
    await branch.reach(date(2026, 2, 15))
    # 10 days at 5.4 % on interest of 376.66, by 360
    assert (await branch.loan(loan)).compounded == 56
    await branch.explain()


async def test_another_rate_takes_the_place_of_a_later_one(branch: Lending) -> None:
    loan = await lent(branch)
    await branch.do(ChangeLoanRate(loan=loan.id, rate_ppm=36_000, since=date(2026, 6, 1), reason=WHY))
    done = await branch.do(ChangeLoanRate(loan=loan.id, rate_ppm=48_000, since=date(2026, 3, 1), reason=WHY))
    assert [(change.on, change.rate_ppm) for change in done.rate_changes] == [(date(2026, 3, 1), 48_000)]
    done = await branch.do(ChangeLoanRate(loan=loan.id, rate_ppm=60_000, reason="不再优惠"))
    assert (done.rate_changes, done.rate_ppm, done.plan) == ((), 60_000, 4)


async def test_days_without_interest_earn_nothing_and_what_was_earned_stays(branch: Lending) -> None:
    loan = await lent(branch)
    await branch.reach(date(2026, 1, 10))
    done = await branch.do(pausing(loan, date(2026, 1, 12), date(2026, 1, 21)))
    # 31 days less 10, at 6 % by 360: 5 of them before today, 16 after
    assert (done.accrued, done.next_interest) == (83_33, 83_33 + 266_67)
    await branch.reach(date(2026, 1, 12))
    assert (await branch.loan(loan)).accrued == 116_66
    for day in (date(2026, 1, 13), date(2026, 1, 22)):
        await branch.reach(day)
        found = await branch.loan(loan)
        assert (found.accrued, found.rate_ppm) == (116_66, 60_000)
        await branch.explain()
    await branch.reach(date(2026, 1, 23))
    assert (await branch.loan(loan)).accrued == 133_33
    await branch.reach(date(2026, 2, 5))
    assert (await branch.loan(loan)).due_interest == 350_00
    await branch.explain()


async def test_a_pause_costs_no_penalty_where_that_is_agreed(branch: Lending) -> None:
    loan = await lent(branch, penalty_bps=5_000, compound=True)
    await branch.reach(date(2026, 2, 15))
    # 10 days at 9 % on 516.67
    assert (await branch.loan(loan)).compounded == 1_29
    await branch.do(pausing(loan, date(2026, 2, 15), date(2026, 2, 24), penalty=True))
    await branch.reach(date(2026, 2, 25))
    found = await branch.loan(loan)
    assert (found.compounded, found.days_overdue) == (1_29, 20)
    await branch.do(pausing(loan, date(2026, 2, 25), date(2026, 3, 6)))
    await branch.reach(date(2026, 3, 5))
    # 18 days more of them bear a penalty: those of the first pause do not
    assert (await branch.loan(loan)).compounded == 2_32
    await branch.explain()


async def test_days_of_grace_within_a_pause_cost_no_penalty_later(branch: Lending) -> None:
    loan = await lent(branch, penalty_bps=5_000, grace_days=5)
    await branch.do(pausing(loan, date(2026, 2, 7), date(2026, 2, 8), penalty=True))
    await branch.reach(date(2026, 2, 11))
    # of the six days since it fell due two were paused: four at 9 % on 516.67
    assert (await branch.loan(loan)).compounded == 51
    await branch.explain()


async def test_a_repayment_within_a_pause_is_spread_as_on_any_day(branch: Lending) -> None:
    loan = await lent(branch)
    wallet = loan.wallet
    await branch.do(pausing(loan, date(2026, 1, 10), date(2026, 1, 31)))
    await branch.reach(date(2026, 1, 20))
    paying: Any = type("Payer", (), {"id": wallet})
    await branch.do(branch.prepaying(loan, paying, 40_000_00))
    found = await branch.loan(loan)
    # five days were earned and are paid
    assert (found.paid_interest, found.outstanding) == (83_33, 100_000_00 - 40_000_00 + 83_33)
    await branch.reach(date(2026, 2, 5))
    # four days of February at 6 % on what is left
    assert (await branch.loan(loan)).due_interest == 40_06
    await branch.explain()


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("loan.rate_zero", {"rate_ppm": 0}),
        ("loan.rate_day", {"rate_ppm": 36_000, "since": date(2026, 1, 9)}),
        ("loan.rate_day", {"rate_ppm": 36_000, "since": date(2027, 1, 5)}),
        ("loan.reschedule_same", {"rate_ppm": 60_000}),
        ("loan.pause_past", {"start": date(2026, 1, 9), "last": date(2026, 1, 20)}),
        ("loan.pause_past", {"start": date(2025, 12, 1), "last": date(2025, 12, 20)}),
        ("loan.pause_order", {"start": date(2026, 1, 20), "last": date(2026, 1, 19)}),
        ("loan.pause_end", {"start": date(2026, 12, 20), "last": date(2027, 1, 5)}),
        ("loan.pause_end", {"start": date(2027, 2, 1), "last": date(2027, 2, 5)}),
        ("loan.pause_overlap", {"start": date(2026, 2, 10), "last": date(2026, 2, 20)}),
        ("loan.pause_overlap", {"start": date(2026, 1, 20), "last": date(2026, 2, 1)}),
    ],
)
async def test_what_cannot_be_agreed_is_refused_and_changes_nothing(
    branch: Lending, code: str, fields: dict[str, Any]
) -> None:
    loan = await lent(branch)
    await branch.reach(date(2026, 1, 10))
    await branch.do(pausing(loan, date(2026, 2, 1), date(2026, 2, 10)))
    before = await branch.loan(loan)
    command = (ChangeLoanRate if "rate_ppm" in fields else PauseInterest)(loan=loan.id, reason=WHY, **fields)
    assert (await branch.refused(command))[0] == code
    assert await branch.loan(loan) == before
    assert len(await branch.rows(LoanPlan, loan=loan.id)) == 2
    assert len(await branch.rows(LoanTransaction, loan=loan.id)) == 2
