"""The loans of the demo: some on time, some late by months, prepaid, extended, corrected, given up and recovered."""

from datetime import timedelta

import pytest

from canglian.app.opening import Opened
from canglian.bank.credit.loans import queries
from canglian.bank.credit.loans.model import LoanClass
from canglian.bank.credit.loans.queries import LoanFilter
from canglian.bank.credit.loans.risk.classing import is_bad
from canglian.bank.credit.portfolio import queries as portfolio
from canglian.bank.credit.portfolio.queries import STEPS, PortfolioFilter
from canglian.kernel.queries.observing import book_figures
from canglian.kernel.queries.paging import LIMIT_MAX, Order

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]


async def rows(demo: Opened, sql: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await demo.services.reader.rows(sql, 1)]


async def test_the_portfolio_has_loans_in_many_buckets_and_classes_and_one_that_was_recovered(demo: Opened) -> None:
    found = await queries.portfolio(demo.services.reader, 1)
    late = {each.bucket for each in found.data if each.bucket}
    assert len(late) >= 4
    assert {180} < late
    assert {each.risk_class for each in found.classes} == {
        LoanClass.NORMAL,
        LoanClass.SPECIAL_MENTION,
        LoanClass.SUBSTANDARD,
    }
    (lost,) = found.written_off
    assert lost.loans == 1
    assert 0 < lost.recovered < lost.written_off
    done = {row[0] for row in await rows(demo, "SELECT DISTINCT kind FROM loan_transaction WHERE book = $1")}
    assert {"drawdown", "fee", "repayment", "prepayment", "write_off", "recovery", "reschedule", "reversal"} <= done


async def test_every_loan_is_the_balance_of_its_account_and_nothing_was_refused(demo: Opened) -> None:
    sql = (
        "SELECT count(*) FROM loan JOIN balance b ON b.book = loan.book AND b.account = loan.account "
        "WHERE loan.book = $1 AND b.debits - b.credits <> loan.outstanding"
    )
    assert await rows(demo, sql) == [(0,)]
    refused = "SELECT kind, code FROM command WHERE book = $1 AND status <> 'applied' AND kind LIKE 'credit.%'"
    assert await rows(demo, refused) == []


async def test_what_falls_due_when_is_what_the_plans_in_force_say(demo: Opened) -> None:
    reader, today = demo.services.reader, (await book_figures(demo.services.reader, 1)).today
    wanted = dict[tuple[str, int | None], tuple[int, int]]()

    def add(asset: str, step: int | None, principal: int, interest: int) -> None:
        before = wanted.get((asset, step), (0, 0))
        wanted[asset, step] = before[0] + principal, before[1] + interest

    found = await queries.loans(reader, 1, LoanFilter(), Order(limit=LIMIT_MAX))
    living = [loan for loan in found.items if loan.is_living]
    for loan in living:
        add(loan.asset, 0, loan.due_principal, loan.due_interest + loan.penalty + loan.compounded)
        (plan, *_) = await queries.plans(reader, 1, loan.id)
        for row in plan.rows:
            if loan.number and row.number >= loan.number:
                days = (row.due - today).days
                add(loan.asset, next((step for step in STEPS if days <= step), None), row.principal, row.interest)
    ladder = await portfolio.ladder(reader, 1, PortfolioFilter())
    told = {(row.asset, row.days): (row.principal, row.interest) for row in ladder.data}
    assert {step: sums for step, sums in told.items() if sums != (0, 0)} == wanted
    assert sum(row.principal for row in ladder.data) == sum(loan.outstanding for loan in living)
    of_one = await portfolio.ladder(reader, 1, PortfolioFilter("loan.stock"))
    assert sum(row.principal for row in of_one.data) == sum(
        loan.outstanding for loan in living if loan.product == "loan.stock"
    )


async def test_a_month_of_drawing_counts_each_loan_from_its_thirtieth_day_overdue_on(demo: Opened) -> None:
    reader = demo.services.reader
    found = await queries.loans(reader, 1, LoanFilter(), Order(limit=LIMIT_MAX))
    vintages = await portfolio.vintages(reader, 1, PortfolioFilter())
    assert sum(row.principal for row in vintages.data) == sum(loan.principal for loan in found.items)
    assert sum(row.late[-1] for row in vintages.data) == sum(
        loan.principal for loan in found.items if loan.worst_days >= 30
    )
    for row in vintages.data:
        of_month = [
            loan for loan in found.items if (loan.drawn_on.replace(day=1), loan.asset) == (row.month, row.asset)
        ]
        assert row.loans == len(of_month)
        late = [0] * len(row.late)
        for loan in of_month:
            dues = await queries.dues(reader, 1, loan.id)
            thirtieth = [due.due + timedelta(days=30) for due in dues if loan.worst_days >= 30]
            begun = [
                day
                for day, due in zip(thirtieth, dues, strict=False)
                if due.settled_on is None or due.settled_on >= day
            ]
            for place in range(len(late)):
                month = row.month.year * 12 + row.month.month + place
                late[place] += loan.principal if any(day.year * 12 + day.month <= month for day in begun) else 0
        assert row.late == late, row.month


async def test_what_would_be_if_changes_interest_with_the_rate_and_provisions_with_the_bucket(demo: Opened) -> None:
    reader = demo.services.reader
    (now,) = (await portfolio.forecast(reader, 1, PortfolioFilter(), 0, 0)).data
    assert (now.income_then, now.provision_then, now.bad_then) == (now.income, now.provision, now.bad)
    standing = await queries.portfolio(reader, 1)
    assert now.provision == sum(each.provision for each in standing.classes)
    assert now.bad == sum(each.outstanding for each in standing.classes if is_bad(each.risk_class))
    (dearer,) = (await portfolio.forecast(reader, 1, PortfolioFilter("loan.farm"), 435, 0)).data
    groups = 10
    assert dearer.income > 0
    assert abs(dearer.income_then - 2 * dearer.income) <= groups
    (worse,) = (await portfolio.forecast(reader, 1, PortfolioFilter(), 0, 7)).data
    outstanding = sum(each.outstanding for each in standing.data)
    assert (worse.income_then, worse.bad_then) == (0, outstanding)
    assert worse.provision_then > now.provision
    (next_one,) = (await portfolio.forecast(reader, 1, PortfolioFilter(), 0, 1)).data
    assert now.provision < next_one.provision_then < worse.provision_then
