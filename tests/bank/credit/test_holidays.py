"""Instalments that fall on no business day are moved as the product says, and interest runs to the day they go to."""

from datetime import date

import pytest

from canglian.bank.credit import Facility, Loan
from canglian.bank.credit.applications.contract import text_of
from canglian.bank.credit.loans.commands import BackdateRepayment, RescheduleLoan
from canglian.bank.credit.loans.paying.spreading import PrepayEffect
from canglian.bank.credit.products.model import LoanDayCount, LoanHolidays, RepaymentMethod
from canglian.bank.settlement.commands import CalendarEntry, SetCalendarYear
from tests.bank.credit.lending import Lending

TODAY = date(2026, 1, 5)
_SPRING = [CalendarEntry(day=date(2026, 2, day), name="春节") for day in range(15, 24)]
YEAR = SetCalendarYear(
    year=2026,
    holidays=_SPRING,
    workdays=[CalendarEntry(day=date(2026, 2, 14), name="春节"), CalendarEntry(day=date(2026, 2, 28), name="春节")],
    source="国办发明电",
)


async def _interest_only(branch: Lending, holidays: LoanHolidays, months: int = 3) -> Loan:
    await branch.product(
        holidays=holidays, method=RepaymentMethod.INTEREST_ONLY, day_count=LoanDayCount.ACTUAL_360, rate_ppm=36_000
    )
    return await branch.drawn(await branch.ewallet(1, 10_000_00), 100_000_00, months)


@pytest.mark.parametrize(
    ("holidays", "days"),
    [
        # 5 April 2026 is a Sunday; the other days are a Thursday
        (LoanHolidays.NONE, [date(2026, 2, 5), date(2026, 3, 5), date(2026, 4, 5)]),
        (LoanHolidays.FOLLOWING, [date(2026, 2, 5), date(2026, 3, 5), date(2026, 4, 6)]),
        (LoanHolidays.PRECEDING, [date(2026, 2, 5), date(2026, 3, 5), date(2026, 4, 3)]),
        (LoanHolidays.MODIFIED_FOLLOWING, [date(2026, 2, 5), date(2026, 3, 5), date(2026, 4, 6)]),
    ],
)
async def test_an_instalment_is_moved_with_its_interest(
    branch: Lending, holidays: LoanHolidays, days: list[date]
) -> None:
    loan = await _interest_only(branch, holidays)
    rows = (await branch.plan(loan)).rows
    assert [row.due for row in rows] == days
    # 100,000 at 3.6 % by 360 days: ten yuan a day, for as many days as there are
    begins = [TODAY, *days]
    assert [row.interest for row in rows] == [
        (day - begin).days * 10_00 for begin, day in zip(begins, days, strict=False)
    ]


async def test_the_calendar_says_what_a_business_day_is(branch: Lending) -> None:
    await branch.do(YEAR)
    await branch.product(holidays=LoanHolidays.FOLLOWING, terms=[3])
    wallet = await branch.ewallet(1, 10_000_00)
    facility = await branch.signed(wallet, 100_000_00, months=3)
    await branch.reach(date(2026, 1, 17))
    loan = await branch.do(branch.drawing(facility, wallet, 60_000_00, 3))
    rows = (await branch.plan(loan)).rows
    # 17 February is of the Spring Festival until the 23rd; 17 March is a Tuesday, 17 April a Friday
    assert [row.due for row in rows] == [date(2026, 2, 24), date(2026, 3, 17), date(2026, 4, 17)]
    # a month and 7 days, then 23 days of a month of 30, then a month, of 60,000 at 6 %
    assert (rows[0].interest, rows[1].interest) == (370_00, (rows[0].left * 60_000 * 23 + 180_000_000) // 360_000_000)
    assert rows[0].principal + rows[0].interest == rows[1].principal + rows[1].interest
    await branch.reach(date(2026, 2, 23))
    before = await branch.loan(loan)
    assert (before.owed_now, before.accrued) == (0, 360_00)
    await branch.reach(date(2026, 2, 24))
    assert (await branch.loan(loan)).due_interest == 370_00
    await branch.explain()


async def test_the_modified_rule_stays_in_the_month(branch: Lending) -> None:
    await branch.product(holidays=LoanHolidays.MODIFIED_FOLLOWING, terms=[12])
    wallet = await branch.ewallet(1)
    facility = await branch.signed(wallet, 100_000_00)
    await branch.reach(date(2026, 1, 31))
    loan = await branch.do(branch.drawing(facility, wallet, 12_000_00))
    days = [row.due for row in (await branch.plan(loan)).rows]
    # 28 February and 31 May 2026 are a Saturday and a Sunday; 31 January 2027 is a Sunday
    assert days[0] == date(2026, 2, 27)
    assert days[3] == date(2026, 5, 29)
    assert days[-1] == loan.matures_on == date(2027, 1, 29)
    assert all(day.weekday() < 5 for day in days)


async def test_a_loan_with_moved_days_is_computed_again_to_the_same(branch: Lending) -> None:
    await branch.product(holidays=LoanHolidays.FOLLOWING, grace_days=2)
    wallet = await branch.ewallet(1, 10_000_00)
    loan = await branch.drawn(wallet, 60_000_00)
    await branch.reach(date(2026, 4, 20))
    late = await branch.loan(loan)
    assert late.days_overdue == (date(2026, 4, 20) - date(2026, 2, 5)).days
    first = (await branch.plan(loan)).rows[0]
    back = BackdateRepayment(
        loan=loan.id, wallet=wallet.id, amount=first.principal + first.interest, value_date=first.due, reason="补记"
    )
    after = await branch.do(back)
    assert after.oldest_due == date(2026, 3, 5)
    await branch.do(branch.repaying(loan, wallet, after.owed_now))
    await branch.do(branch.prepaying(loan, wallet, 10_000_00, effect=PrepayEffect.LOWER))
    moved = await branch.do(RescheduleLoan(loan=loan.id, months_more=3, reason="展期"))
    days = [row.due for row in (await branch.plan(moved)).rows]
    # 5 April 2027 is a Monday
    assert (days[-1], all(day.weekday() < 5 for day in days)) == (date(2027, 4, 5), True)
    refused = await branch.refused(RescheduleLoan(loan=loan.id, months_more=10, reason="展期"))
    assert refused == ("loan.extension_long", {"months": 9, "field": "months_more"})
    await branch.explain()


async def test_a_contract_says_where_instalments_go_and_goes_on_by_its_version(branch: Lending) -> None:
    product = await branch.product(holidays=LoanHolidays.FOLLOWING)
    text = text_of(product, 100_000_00, 60_000, "买种子", TODAY)
    assert "还款日为非营业日的，顺延至其后第一个营业日，利息计至实际还款日，营业日以放款时已公布的安排为准。" in text
    wallet = await branch.ewallet(1)
    facility = await branch.signed(wallet, 100_000_00)
    loan = await branch.do(branch.drawing(facility, wallet, 10_000_00, 3))
    other = await branch.product()
    assert "非营业日" not in text_of(other, 100_000_00, 60_000, "买种子", TODAY)
    facility = await branch.get(Facility, loan.facility)
    again = await branch.do(branch.drawing(facility, wallet, 10_000_00, 3))
    assert (again.version, again.matures_on) == (1, date(2026, 4, 6))
