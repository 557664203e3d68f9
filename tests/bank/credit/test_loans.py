"""A loan is drawn, accrues by the day, falls due, is repaid late, prepaid and closed; the ledger explains every day."""

from datetime import date, timedelta

from canglian.bank.credit import Facility, Loan, LoanDue, LoanPlan, LoanState, LoanTransaction
from canglian.bank.credit.loans.accounts import Pool
from canglian.bank.credit.loans.commands import FinishLoanDay
from canglian.bank.credit.loans.paying.settling import PrepayEffect
from canglian.ledger.model import Transfer
from tests.bank.credit.lending import Lending

TODAY = date(2026, 1, 5)


async def test_a_loan_is_in_the_wallet_at_once_and_its_plan_is_the_published_one(branch: Lending) -> None:
    await branch.product()
    wallet = await branch.ewallet(1)
    loan = await branch.drawn(wallet)
    assert await branch.has(wallet) == 100_000_00
    plan = await branch.plan(loan)
    assert [row.principal + row.interest for row in plan.rows][:11] == [8_606_64] * 11
    assert (plan.rows[0].due, loan.matures_on) == (date(2026, 2, 5), date(2027, 1, 5))
    assert sum(row.principal for row in plan.rows) == 100_000_00
    facility = await branch.get(Facility, loan.facility)
    assert (facility.used, facility.room("loan.farm", TODAY)) == (100_000_00, 0)
    await branch.explain()


async def test_interest_is_earned_by_the_day_and_is_exactly_what_was_planned_when_it_falls_due(
    branch: Lending,
) -> None:
    await branch.product()
    wallet = await branch.ewallet(1)
    loan = await branch.drawn(wallet)
    for day in range(1, 31):
        await branch.reach(TODAY + timedelta(days=day))
        await branch.explain()
    posted = {row.date: row.amount for row in await branch.rows(Transfer) if row.code == "credit.interest"}
    assert posted[TODAY] == 16_67
    assert len(posted) == 30
    await branch.reach(date(2026, 2, 5))
    found = await branch.loan(loan)
    assert (found.accrued, found.due_interest, found.due_principal) == (0, 500_00, 8_106_64)
    assert (found.state, found.next_due, found.number) == (LoanState.ACTIVE, date(2026, 3, 5), 2)
    assert await branch.pool(Pool.EARNED) == 500_00
    await branch.explain()


async def test_what_falls_due_is_repaid_and_can_be_drawn_again(branch: Lending) -> None:
    await branch.product()
    wallet = await branch.ewallet(1)
    loan = await branch.drawn(wallet)
    assert (await branch.refused(branch.repaying(loan, wallet, 1)))[0] == "loan.nothing_due"
    await branch.reach(date(2026, 2, 5))
    assert (await branch.refused(branch.repaying(loan, wallet, 8_606_65)))[0] == "loan.too_much"
    await branch.do(branch.repaying(loan, wallet, 1_000_00))
    found = await branch.loan(loan)
    assert (found.due_interest, found.due_principal) == (0, 7_606_64)
    done = await branch.do(branch.repaying(loan, wallet, 7_606_64))
    assert (done.owed_now, done.outstanding, done.paid_interest) == (0, 91_893_36, 500_00)
    (due,) = await branch.rows(LoanDue)
    assert (due.unpaid, due.settled_on) == (None, date(2026, 2, 5))
    facility = await branch.get(Facility, loan.facility)
    assert facility.room("loan.farm", date(2026, 2, 5)) == 8_106_64
    assert await branch.has(wallet) == 100_000_00 - 8_606_64
    await branch.explain()


async def test_what_is_late_beyond_its_grace_bears_the_penalty_from_its_due_date(branch: Lending) -> None:
    await branch.product(grace_days=3)
    wallet = await branch.ewallet(1)
    loan = await branch.drawn(wallet)
    await branch.reach(date(2026, 2, 6))
    assert (await branch.loan(loan)).state is LoanState.GRACE
    await branch.reach(date(2026, 2, 8))
    found = await branch.loan(loan)
    assert (found.state, found.penalty, found.compounded, found.days_overdue) == (LoanState.GRACE, 0, 0, 0)
    await branch.explain()
    await branch.reach(date(2026, 2, 9))
    found = await branch.loan(loan)
    # 8106.64 at 9 % for 4 days by 360, and 500.00 at 9 % for 4 days
    assert (found.state, found.days_overdue, found.bucket) == (LoanState.OVERDUE, 4, 1)
    assert (found.penalty, found.compounded) == (8_10, 50)
    assert (await branch.refused(branch.drawing(await branch.get(Facility, loan.facility), wallet, 100_00)))[0] in (
        "loan.party_overdue",
        "facility.exceeded",
    )
    await branch.explain()
    await branch.do(branch.repaying(loan, wallet, 10_00))
    found = await branch.loan(loan)
    assert (found.penalty, found.compounded, found.overdue_interest) == (0, 0, 500_00 - 1_40)
    await branch.do(branch.repaying(loan, wallet, found.owed_now))
    found = await branch.loan(loan)
    assert (found.state, found.days_overdue, found.bucket, found.worst_days) == (LoanState.ACTIVE, 0, 0, 4)
    await branch.explain()


async def test_whoever_pays_within_the_days_of_grace_pays_no_penalty(branch: Lending) -> None:
    await branch.product(grace_days=3)
    wallet = await branch.ewallet(1)
    loan = await branch.drawn(wallet)
    await branch.reach(date(2026, 2, 8))
    await branch.do(branch.repaying(loan, wallet, 8_606_64))
    await branch.reach(date(2026, 2, 20))
    found = await branch.loan(loan)
    assert (found.penalty, found.worst_days, found.state) == (0, 0, LoanState.ACTIVE)
    await branch.explain()


async def test_five_days_use_costs_five_days_and_two_payments_on_a_day_cost_them_once(branch: Lending) -> None:
    await branch.product()
    wallet = await branch.ewallet(1, 5_000_00)
    loan = await branch.drawn(wallet)
    await branch.reach(TODAY + timedelta(days=5))
    assert (await branch.refused(branch.prepaying(loan, wallet, 83_33)))[0] == "loan.prepay_small"
    await branch.do(branch.prepaying(loan, wallet, 50_083_33))
    found = await branch.loan(loan)
    assert (found.paid_interest, found.outstanding, found.accrued) == (83_33, 50_000_00, 0)
    await branch.do(branch.prepaying(loan, wallet, 10_000_00, effect=PrepayEffect.LOWER))
    found = await branch.loan(loan)
    assert (found.paid_interest, found.outstanding) == (83_33, 40_000_00)
    await branch.explain()
    done = await branch.do(branch.prepaying(loan, wallet, None))
    assert (done.state, done.outstanding, done.paid_interest) == (LoanState.CLOSED, 0, 83_33)
    assert (await branch.refused(branch.prepaying(loan, wallet, None)))[0] == "loan.state"
    kinds = [row.kind.value for row in await branch.rows(LoanTransaction, loan=loan.id)]
    assert sorted(kinds) == ["drawdown", "prepayment", "prepayment", "prepayment"]
    await branch.explain()


async def test_a_part_that_is_prepaid_shortens_the_term_or_lowers_the_instalments(branch: Lending) -> None:
    await branch.product()
    shorter, lower = await branch.ewallet(1, 10_000_00), await branch.ewallet(2, 10_000_00)
    first, second = await branch.drawn(shorter), await branch.drawn(lower)
    await branch.reach(date(2026, 1, 20))
    await branch.do(branch.prepaying(first, shorter, 30_250_00))
    await branch.do(branch.prepaying(second, lower, 30_250_00, effect=PrepayEffect.LOWER))
    short, low = await branch.plan(first), await branch.plan(second)
    assert (len(short.rows), short.rows[1].principal + short.rows[1].interest) == (9, 8_606_64)
    assert len(low.rows) == 12
    assert low.rows[1].principal + low.rows[1].interest < 6_100_00
    assert short.rows[0].due == low.rows[0].due == date(2026, 2, 5)
    assert len(await branch.rows(LoanPlan, loan=first.id)) == 2
    await branch.explain()
    for day in (date(2026, 2, 5), date(2026, 3, 5)):
        await branch.reach(day)
        for loan, wallet in ((first, shorter), (second, lower)):
            await branch.do(branch.repaying(loan, wallet, (await branch.loan(loan)).owed_now))
        await branch.explain()
    await branch.do(branch.prepaying(first, shorter, 20_000_00))
    assert (await branch.loan(first)).plan == 3
    await branch.explain()


async def test_as_many_loans_as_one_likes_fall_due_in_one_command(branch: Lending) -> None:
    await branch.product()
    wallet = await branch.ewallet(1)
    facility = await branch.signed(wallet, 100_000_00)
    for _ in range(70):
        await branch.do(branch.drawing(facility, wallet, 1_000_00, 3))
    await branch.reach(date(2026, 2, 5))
    loans = await branch.rows(Loan)
    assert {loan.due_interest for loan in loans} == {5_00}
    await branch.do(FinishLoanDay(date=date(2026, 2, 5)))
    assert (await branch.refused(FinishLoanDay(date=date(2026, 2, 6))))[0] == "loan_day.ahead"
    await branch.explain()
