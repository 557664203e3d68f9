"""Loans whose rate follows a published one: on their own days, by a plan that is seen beside the one before."""

import random
from datetime import date, timedelta
from typing import Any

import pytest

from canglian.bank.credit import BenchmarkRate, Loan, LoanPlan, LoanProduct, LoanTransaction
from canglian.bank.credit.applications.commands import ApproveApplication
from canglian.bank.credit.applications.contract import text_of
from canglian.bank.credit.benchmarks.commands import SetBenchmarkRate
from canglian.bank.credit.loans.commands import (
    BackdateRepayment,
    ChangeLoanRate,
    PauseInterest,
    RescheduleLoan,
    ReverseRepayment,
)
from canglian.bank.credit.loans.model import PlanReason, TransactionKind
from canglian.bank.credit.loans.recomputing.living import FIGURES
from canglian.bank.credit.products.model import LoanDayCount, LoanRepricing, RepaymentMethod
from tests.bank.credit.lending import Lending
from tests.bank.credit.test_lives import refusals

TODAY = date(2026, 1, 5)
LPR = "lpr_1y"


async def published(branch: Lending, rate_ppm: int, since: date | None = None) -> BenchmarkRate:
    return await branch.do(
        SetBenchmarkRate(code=LPR, name="1年期LPR", rate_ppm=rate_ppm, note="公布", effective_from=since)
    )


async def offered(branch: Lending, rate_ppm: int = 31_000, **fields: Any) -> LoanProduct:
    """A product at the published rate and half a percent, 3.6 % now."""
    await published(branch, rate_ppm)
    asked: dict[str, Any] = {
        "benchmark": LPR,
        "margin_bps": 50,
        "rate_ppm": 0,
        "method": RepaymentMethod.INTEREST_ONLY,
        "day_count": LoanDayCount.ACTUAL_360,
        "terms": [3, 12, 24],
        **fields,
    }
    return await branch.product(**asked)


async def test_a_loan_follows_the_published_rate_on_its_own_day(branch: Lending) -> None:
    product = await offered(branch)
    assert product.rate_ppm == 36_000
    wallet = await branch.ewallet(1, 10_000_00)
    loan = await branch.drawn(wallet, 100_000_00, 24)
    assert (loan.rate_ppm, loan.penalty_ppm, loan.reprices_on) == (36_000, 54_000, date(2027, 1, 1))
    await published(branch, 27_400, date(2026, 10, 20))
    for month in range(2, 13):
        await branch.reach(date(2026, month, 5))
        await branch.do(branch.repaying(loan, wallet, (await branch.loan(loan)).owed_now))
    before = await branch.loan(loan)
    assert (before.rate_ppm, before.plan) == (36_000, 1)
    # 1 January is no business day: the business date goes on from 31 December to 4 January
    await branch.reach(date(2026, 12, 31))
    await branch.reach(date(2027, 1, 4))
    after = await branch.loan(loan)
    assert (after.rate_ppm, after.penalty_ppm, after.plan, after.reprices_on) == (32_400, 48_600, 2, date(2028, 1, 1))
    # 27 days at ten yuan until 1 January, 3 days at nine since
    assert (after.carried, after.accrued) == (270_00, 297_00)
    old, new = [await branch.get(LoanPlan, (loan.id, version)) for version in (1, 2)]
    assert (new.reason, new.made_on, new.rate_ppm, new.deferred) == (
        PlanReason.REPRICED,
        date(2027, 1, 1),
        32_400,
        270_00,
    )
    assert old.rows[11].interest == 31 * 10_00
    # 5 January, with what was earned before; then 31 days of January and February
    assert [(row.number, row.due, row.interest) for row in new.rows[:2]] == [
        (12, date(2027, 1, 5), 270_00 + 4 * 9_00),
        (13, date(2027, 2, 5), 31 * 9_00),
    ]
    (row,) = [each for each in await branch.rows(LoanTransaction, loan=loan.id) if each.kind.value == "repricing"]
    assert (row.value_date, row.plan, row.amount) == (date(2027, 1, 1), 2, 0)
    assert row.reason == "3.6000 % → 3.2400 %"
    await branch.reach(date(2027, 1, 5))
    assert (await branch.loan(loan)).due_interest == 306_00
    await branch.explain()


async def test_a_repayment_that_comes_first_finds_the_loan_repriced(branch: Lending) -> None:
    await offered(branch, repricing=LoanRepricing.MONTH)
    wallet = await branch.ewallet(1, 10_000_00)
    loan = await branch.drawn(wallet, 100_000_00, 3)
    assert loan.reprices_on == date(2026, 2, 5)
    await published(branch, 40_000, date(2026, 2, 5))
    await branch.reach(date(2026, 2, 16), bring=False)
    paid = await branch.do(branch.prepaying(loan, wallet, 40_000_00))
    # the first instalment of 31 days at ten yuan, then 11 days at 4.5 % of 100,000
    assert (paid.rate_ppm, paid.paid_interest) == (45_000, 310_00 + 137_50)
    assert paid.paid_principal == 40_000_00 - paid.paid_interest - paid.paid_penalty
    await branch.explain()


async def test_the_rate_stays_within_its_bounds_and_the_same_rate_makes_no_plan(branch: Lending) -> None:
    await offered(branch, repricing=LoanRepricing.MONTH, rate_floor_ppm=30_000, rate_cap_ppm=40_000)
    loan = await branch.drawn(await branch.ewallet(1), 100_000_00, 12)
    rates = list[tuple[int, int]]()
    for month, rate in ((2, 31_000), (3, 10_000), (4, 12_000), (5, 90_000)):
        await published(branch, rate, date(2026, month, 5))
        await branch.reach(date(2026, month, 5))
        found = await branch.loan(loan)
        rates.append((found.rate_ppm, found.plan))
    assert rates == [(36_000, 1), (30_000, 2), (30_000, 2), (40_000, 3)]
    await branch.explain()


async def test_a_loan_computed_again_is_repriced_by_what_it_owes_then(branch: Lending) -> None:
    await offered(branch, repricing=LoanRepricing.QUARTER, method=RepaymentMethod.EQUAL_INSTALMENTS, grace_days=3)
    wallet, other = await branch.ewallet(1, 10_000_00), await branch.ewallet(2, 10_000_00)
    loan, twin = await branch.drawn(wallet, 100_000_00, 12), await branch.drawn(other, 100_000_00, 12)
    await published(branch, 26_000, date(2026, 3, 20))
    for day in (date(2026, 2, 5), date(2026, 3, 5)):
        await branch.reach(day)
        for each, payer in ((loan, wallet), (twin, other)):
            await branch.do(branch.repaying(each, payer, (await branch.loan(each)).owed_now))
    await branch.reach(date(2026, 3, 12))
    await branch.do(branch.prepaying(twin, other, 20_000_00))
    await branch.reach(date(2026, 4, 4))
    back = BackdateRepayment(
        loan=loan.id, wallet=wallet.id, amount=20_000_00, value_date=date(2026, 3, 12), reason="补记"
    )
    await branch.do(back)
    found, expected = await branch.loan(loan), await branch.loan(twin)
    figures = [name for name in FIGURES if getattr(found, name) != getattr(expected, name)]
    assert (figures, found.rate_ppm) == ([], 31_000)
    assert (await branch.plan(loan)).rows == (await branch.plan(twin)).rows
    await branch.explain()
    (row,) = [each for each in await branch.rows(LoanTransaction, loan=loan.id) if each.amount == 20_000_00]
    undone = await branch.do(ReverseRepayment(loan=loan.id, transaction=row.id, reason="冲正"))
    assert (undone.rate_ppm, undone.paid_principal) == (31_000, undone.principal - undone.outstanding)
    await branch.explain()


async def test_interest_may_pause_over_the_day_on_which_the_rate_follows(branch: Lending) -> None:
    await offered(branch, repricing=LoanRepricing.MONTH)
    loan = await branch.drawn(await branch.ewallet(1), 100_000_00, 12)
    await published(branch, 40_000, date(2026, 2, 5))
    pause = PauseInterest(loan=loan.id, start=date(2026, 2, 1), last=date(2026, 2, 10), reason="灾后纾困")
    await branch.do(pause)
    await branch.reach(date(2026, 2, 5))
    found = await branch.loan(loan)
    # 27 days at ten yuan until 1 February
    assert (found.due_interest, found.rate_ppm, found.earning_ppm) == (270_00, 45_000, 0)
    await branch.reach(date(2026, 2, 11))
    assert (await branch.loan(loan)).accrued == 0
    await branch.reach(date(2026, 3, 5))
    # 22 days at twelve and a half from 11 February on
    assert (await branch.loan(loan)).due_interest == 270_00 + 275_00
    assert [row.reason.value for row in sorted(await branch.rows(LoanPlan), key=lambda row: row.version)] == [
        "drawdown",
        "paused",
        "repriced",
    ]
    await branch.explain()


async def test_no_rate_is_agreed_beside_the_published_one(branch: Lending) -> None:
    unknown = await branch.refused_product(benchmark="lpr_5y", rate_ppm=0)
    assert unknown == ("benchmark_rate.not_found", {"benchmark_rate": "lpr_5y", "field": "benchmark"})
    product = await offered(branch)
    bounds = await branch.refused_product(benchmark=LPR, rate_ppm=0, rate_floor_ppm=50_000, rate_cap_ppm=40_000)
    assert bounds == ("loan_product.rate_bounds", {"field": "rate_cap_ppm"})
    assert await branch.rows(LoanProduct) == [product]
    loan = await branch.drawn(await branch.ewallet(1), 100_000_00, 12)
    refused = await branch.refused(RescheduleLoan(loan=loan.id, rate_ppm=50_000, reason="协商"))
    assert refused == ("loan.reschedule_floating", {"loan": loan.id, "field": "rate_ppm"})
    refused = await branch.refused(ChangeLoanRate(loan=loan.id, rate_ppm=50_000, reason="协商"))
    assert refused == ("loan.reschedule_floating", {"loan": loan.id, "field": "rate_ppm"})
    assert (await branch.loan(loan)).plan == 1
    application = await branch.do(branch.application(await branch.ewallet(2)))
    approve = ApproveApplication(application=application.id, limit=50_000_00, reason="属实", rate_ppm=20_000)
    refused = (await branch.engine.submit(1, approve, actor="user:second")).error
    assert refused is not None
    assert refused.code == "credit_application.rate_floating"
    past = await branch.refused(
        SetBenchmarkRate(code=LPR, name="LPR", rate_ppm=1, note="", effective_from=date(2026, 1, 4))
    )
    assert past[0] == "benchmark_rate.effective_past"


async def test_a_contract_says_what_its_rate_follows(branch: Lending) -> None:
    product = await offered(branch, rate_floor_ppm=20_000, rate_cap_ppm=60_000)
    text = text_of(product, 100_000_00, 36_000, "买种子", TODAY)
    assert "浮动利率，按LPR_1Y加50个基点，签约时为年利率3.6000%" in text
    assert "每年1月1日按当日已公布的利率重新确定，不低于2.0000%，不高于6.0000%" in text
    await published(branch, 25_000, date(2026, 1, 20))
    wallet = await branch.ewallet(1)
    facility = await branch.signed(wallet, 100_000_00)
    await branch.reach(date(2026, 1, 20))
    drawn = await branch.do(branch.drawing(facility, wallet, 10_000_00, 12))
    assert drawn.rate_ppm == 30_000


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_random_lives_of_floating_loans_are_explained_and_computed_again(branch: Lending, seed: int) -> None:
    chance = random.Random(seed)
    await offered(
        branch,
        repricing=chance.choice((LoanRepricing.MONTH, LoanRepricing.QUARTER)),
        method=chance.choice(list(RepaymentMethod)),
        day_count=chance.choice(list(LoanDayCount)),
        grace_days=chance.choice((0, 3)),
    )
    wallet = await branch.ewallet(1, 10_000_00)
    loan, day = await branch.drawn(wallet, 60_000_00, 12), TODAY
    for _ in range(25):
        with refusals(("loan.recompute_unlike",)):
            now = await branch.loan(loan)
            kind = chance.choice(("wait", "wait", "wait", "publish", "repay", "prepay", "back"))
            if kind == "publish":
                await published(branch, chance.randrange(10_000, 60_000))
            elif kind == "repay" and now.owed_now:
                await branch.do(branch.repaying(loan, wallet, chance.randrange(1, now.owed_now + 1)))
            elif kind == "prepay" and now.is_living:
                await branch.do(branch.prepaying(loan, wallet, chance.randrange(1_00, 9_000_00)))
            elif kind == "back":
                await _correct(branch, chance, now, wallet, day)
            else:
                day += timedelta(days=chance.choice((1, 3, 17, 40)))
                await branch.reach(day, bring=chance.random() < 0.8)
        await branch.explain()


async def _correct(branch: Lending, chance: random.Random, loan: Loan, wallet: Any, day: date) -> None:
    paid = [
        row
        for row in await branch.rows(LoanTransaction, loan=loan.id)
        if row.kind in (TransactionKind.REPAYMENT, TransactionKind.PREPAYMENT)
    ]
    if paid and chance.random() < 0.5:
        await branch.do(ReverseRepayment(loan=loan.id, transaction=chance.choice(paid).id, reason="冲正"))
        return
    past, amount = day - timedelta(days=chance.randrange(1, 60)), chance.randrange(1_00, 3_000_00)
    await branch.do(BackdateRepayment(loan=loan.id, wallet=wallet.id, amount=amount, value_date=past, reason="补记"))
