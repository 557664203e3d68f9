"""A loan is given more months or another rate: the plan is another one, and what was earned until then stays so."""

from datetime import date

import pytest

from canglian.bank.credit import LoanClass, LoanPlan, LoanState, LoanTransaction
from canglian.bank.credit.loans.commands import ClassifyLoan, RescheduleLoan
from canglian.bank.credit.products.model import LoanDayCount, LoanMonthEnd, RepaymentMethod
from tests.bank.credit.lending import Lending

WHY = "受灾减产"


async def test_more_months_keep_what_was_earned_and_the_plan_before(branch: Lending) -> None:
    await branch.product()
    wallet = await branch.ewallet(1)
    loan = await branch.drawn(wallet)
    await branch.reach(date(2026, 2, 5))
    await branch.do(branch.repaying(loan, wallet, 8_606_64))
    await branch.reach(date(2026, 2, 20))
    # 15 days of 30/360 on 91,893.36 at 6 %
    assert (await branch.loan(loan)).accrued == 229_73
    done = await branch.do(RescheduleLoan(loan=loan.id, months_more=6, reason=WHY))
    assert (done.accrued, done.carried, done.months, done.matures_on) == (229_73, 229_73, 18, date(2027, 7, 5))
    assert (done.risk_class, done.class_floor) == (LoanClass.SPECIAL_MENTION, LoanClass.SPECIAL_MENTION)
    plan = await branch.plan(loan)
    assert (plan.reason.value, plan.before, len(plan.rows), plan.deferred) == ("extended", 1, 17, 229_73)
    # half a month costs what is left of it: the whole month's interest is that of the plan before
    assert plan.rows[0].interest == 229_73 + 229_73
    assert (plan.rows[0].number, plan.rows[0].due) == (2, date(2026, 3, 5))
    assert sum(row.principal for row in plan.rows) == 91_893_36
    assert sorted(row.version for row in await branch.rows(LoanPlan, loan=loan.id)) == [1, 2]
    await branch.explain()
    await branch.reach(date(2026, 3, 5))
    found = await branch.loan(loan)
    assert (found.due_interest, found.due_principal) == (459_46, plan.rows[0].principal)
    assert (found.accrued, found.carried) == (0, 0)
    await branch.explain()
    kinds = [row.kind.value for row in await branch.rows(LoanTransaction, loan=loan.id)]
    assert sorted(kinds) == ["drawdown", "repayment", "reschedule"]


async def test_another_rate_counts_from_its_day_and_so_does_the_penalty(branch: Lending) -> None:
    await branch.product(day_count=LoanDayCount.ACTUAL_360, penalty_bps=5_000)
    wallet = await branch.ewallet(1)
    loan = await branch.drawn(wallet)
    await branch.reach(date(2026, 1, 15))
    done = await branch.do(RescheduleLoan(loan=loan.id, rate_ppm=36_000, reason="利率下调"))
    assert (done.rate_ppm, done.penalty_ppm, done.risk_class) == (36_000, 54_000, LoanClass.NORMAL)
    # 10 days at 6 % and 21 at 3.6 %, each by 360
    assert (done.accrued, done.next_interest) == (166_67, 166_67 + 210_00)
    await branch.reach(date(2026, 1, 16))
    assert (await branch.loan(loan)).accrued == 166_67 + 10_00
    await branch.explain()
    await branch.do(branch.prepaying(loan, wallet, 50_000_00))
    found = await branch.loan(loan)
    assert (found.paid_interest, found.accrued, found.carried) == (176_67, 0, 0)
    assert found.outstanding == 100_000_00 - 50_000_00 + 176_67
    await branch.explain()


async def test_a_bullet_that_is_extended_keeps_its_one_instalment(branch: Lending) -> None:
    await branch.product(method=RepaymentMethod.BULLET, month_end=LoanMonthEnd.ROLL)
    wallet = await branch.ewallet(1)
    loan = await branch.drawn(wallet, 10_000_00, 3)
    await branch.reach(date(2026, 3, 5))
    done = await branch.do(RescheduleLoan(loan=loan.id, months_more=3, reason=WHY))
    plan = await branch.plan(loan)
    assert [(row.due, row.principal, row.interest) for row in plan.rows] == [(date(2026, 7, 5), 10_000_00, 300_00)]
    assert (done.accrued, done.matures_on) == (100_00, date(2026, 7, 5))
    await branch.explain()


@pytest.mark.parametrize("months", [13, 360])
async def test_a_loan_of_a_year_is_extended_by_its_own_term_in_all(branch: Lending, months: int) -> None:
    await branch.product()
    loan = await branch.drawn(await branch.ewallet(1))
    refused = await branch.refused(RescheduleLoan(loan=loan.id, months_more=months, reason=WHY))
    assert refused == ("loan.extension_long", {"months": 12, "field": "months_more"})
    await branch.do(RescheduleLoan(loan=loan.id, months_more=8, reason=WHY))
    refused = await branch.refused(RescheduleLoan(loan=loan.id, months_more=5, reason=WHY))
    assert refused[1]["months"] == 4


@pytest.mark.parametrize(("months", "most"), [(1, 1), (12, 12), (13, 6), (24, 12), (60, 30), (61, 36), (360, 36)])
async def test_a_longer_loan_is_extended_by_half_its_term_or_three_years(
    branch: Lending, months: int, most: int
) -> None:
    await branch.product(terms=[1, 12, 13, 24, 60, 61, 360], validity_months=360)
    wallet = await branch.ewallet(1)
    facility = await branch.signed(wallet, 10_000_00)
    loan = await branch.do(branch.drawing(facility, wallet, 10_000_00, months))
    refused = await branch.refused(RescheduleLoan(loan=loan.id, months_more=most + 1, reason=WHY))
    assert refused == ("loan.extension_long", {"months": most, "field": "months_more"})
    assert (await branch.do(RescheduleLoan(loan=loan.id, months_more=most, reason=WHY))).months == months + most
    refused = await branch.refused(RescheduleLoan(loan=loan.id, months_more=1, reason=WHY))
    assert refused[1]["months"] == 0


async def test_what_cannot_be_rescheduled_is_refused_and_changes_nothing(branch: Lending) -> None:
    await branch.product(grace_days=3)
    wallet = await branch.ewallet(1, 5_000_00)
    loan = await branch.drawn(wallet)
    for rate in (None, 60_000):
        same = RescheduleLoan(loan=loan.id, rate_ppm=rate, reason=WHY)
        assert (await branch.refused(same))[0] == "loan.reschedule_same"
    more = RescheduleLoan(loan=loan.id, months_more=3, reason=WHY)
    await branch.reach(date(2026, 2, 9))
    assert (await branch.loan(loan)).state is LoanState.OVERDUE
    assert (await branch.refused(more))[0] == "loan.reschedule_overdue"
    await branch.do(branch.prepaying(loan, wallet, None))
    assert (await branch.refused(more))[0] == "loan.state"


async def test_a_worse_class_that_was_set_stays(branch: Lending) -> None:
    await branch.product()
    loan = await branch.drawn(await branch.ewallet(1))
    await branch.second(ClassifyLoan(loan=loan.id, risk_class=LoanClass.DOUBTFUL, reason=WHY))
    done = await branch.do(RescheduleLoan(loan=loan.id, months_more=3, reason=WHY))
    assert (done.risk_class, done.class_floor) == (LoanClass.DOUBTFUL, LoanClass.DOUBTFUL)
    await branch.explain()
