"""Instalments without principal, and a part of it that is left to the last one: the quote is the loan's plan."""

from datetime import date

import pytest

from canglian.bank.credit import LoanPlan
from canglian.bank.credit.applications.contract import text_of
from canglian.bank.credit.loans.paying.settling import PrepayEffect
from canglian.bank.credit.loans.terms import planned, rows_of
from canglian.bank.credit.products.model import RepaymentMethod
from tests.bank.credit.lending import Lending

TODAY = date(2026, 1, 5)


async def test_the_first_instalments_pay_interest_alone(branch: Lending) -> None:
    product = await branch.product(grace_instalments=2)
    wallet = await branch.ewallet(1)
    loan = await branch.drawn(wallet)
    rows = (await branch.plan(loan)).rows
    assert rows == rows_of(planned(product, 100_000_00, 60_000, 12, TODAY))
    assert [(row.principal, row.interest) for row in rows[:2]] == [(0, 500_00), (0, 500_00)]
    # 100,000 at 6 % over the 10 months that are left
    assert rows[2].principal + rows[2].interest == 10_277_06
    assert sum(row.principal for row in rows) == 100_000_00
    assert "前2期只还利息，不还本金。" in text_of(product, 100_000_00, 60_000, "买种子", TODAY)
    await branch.reach(date(2026, 2, 5))
    found = await branch.loan(loan)
    assert (found.due_principal, found.due_interest) == (0, 500_00)
    await branch.do(branch.repaying(loan, wallet, 500_00))
    await branch.reach(date(2026, 3, 5))
    assert (await branch.loan(loan)).owed_now == 500_00
    await branch.explain()


@pytest.mark.parametrize("method", [RepaymentMethod.EQUAL_INSTALMENTS, RepaymentMethod.EQUAL_PRINCIPAL])
async def test_a_part_of_the_principal_is_left_to_the_last_instalment(branch: Lending, method: RepaymentMethod) -> None:
    product = await branch.product(method=method, balloon_bps=4_000)
    wallet = await branch.ewallet(1)
    loan = await branch.drawn(wallet)
    rows = (await branch.plan(loan)).rows
    assert rows == rows_of(planned(product, 100_000_00, 60_000, 12, TODAY))
    assert rows[-1].principal > 40_000_00
    assert rows[-2].left == rows[-1].principal
    if method is RepaymentMethod.EQUAL_PRINCIPAL:
        assert {row.principal for row in rows[:-1]} == {5_000_00}
        assert rows[-1].principal == 45_000_00
    else:
        assert len({row.principal + row.interest for row in rows[:-1]}) == 1
    assert "本金的40.00%与最后一期一并归还。" in text_of(product, 100_000_00, 60_000, "买种子", TODAY)
    await branch.reach(date(2026, 1, 20))
    await branch.do(branch.prepaying(loan, wallet, 70_250_00, effect=PrepayEffect.LOWER))
    left = (await branch.plan(loan)).rows
    # the first period is a part of a month, so its level instalment pays some principal
    last = 30_000_00 if method is RepaymentMethod.EQUAL_PRINCIPAL else 29_944_58
    assert (sum(row.principal for row in left), left[-1].principal) == (30_000_00, last)
    await branch.explain()
    assert len(await branch.rows(LoanPlan, loan=loan.id)) == 2


async def test_options_that_no_plan_has_are_refused(branch: Lending) -> None:
    await branch.product()
    for fields, code in (
        ({"method": RepaymentMethod.BULLET, "grace_instalments": 1}, "loan_product.grace"),
        ({"terms": [3, 12], "grace_instalments": 3}, "loan_product.grace"),
        ({"method": RepaymentMethod.INTEREST_ONLY, "balloon_bps": 1_000}, "loan_product.balloon"),
        ({"method": RepaymentMethod.BULLET, "balloon_bps": 1_000}, "loan_product.balloon"),
    ):
        with pytest.raises(Exception, match=code):
            await branch.product(**fields)
