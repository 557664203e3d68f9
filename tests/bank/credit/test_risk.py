"""Loans are classified by days overdue or by people, interest stops, provisions follow, losses are written off."""

from datetime import date
from typing import Any

import pytest

from canglian.bank.credit import Facility, Loan, LoanClass, LoanClassChange, LoanState, LoanTransaction
from canglian.bank.credit.loans.accounts import Pool
from canglian.bank.credit.loans.commands import ClassifyLoan, RecoverLoan, WriteOffLoan
from canglian.bank.wallet import Wallet
from canglian.ledger.model import Transfer
from tests.bank.credit.lending import Lending

FIRST_DUE = date(2026, 2, 5)
WHY = "停业"


async def late(branch: Lending, funds: int = 0, **product: int) -> tuple[Loan, Wallet]:
    await branch.product(**product)
    wallet = await branch.ewallet(1, funds)
    return await branch.drawn(wallet), wallet


@pytest.mark.parametrize(
    ("day", "risk_class", "share"),
    [
        (date(2026, 2, 5), LoanClass.NORMAL, 100),
        (date(2026, 2, 6), LoanClass.SPECIAL_MENTION, 200),
        (date(2026, 5, 5), LoanClass.SPECIAL_MENTION, 200),
        (date(2026, 5, 6), LoanClass.SUBSTANDARD, 2_500),
        (date(2026, 11, 2), LoanClass.DOUBTFUL, 5_000),
        (date(2027, 1, 31), LoanClass.LOSS, 10_000),
    ],
)
async def test_the_class_follows_the_days_overdue_and_the_provision_follows_the_class(
    branch: Lending, day: date, risk_class: LoanClass, share: int
) -> None:
    loan, _ = await late(branch)
    await branch.reach(day)
    found = await branch.loan(loan)
    assert (found.days_overdue, found.risk_class) == ((day - FIRST_DUE).days, risk_class)
    assert found.provision == found.outstanding * share // 10_000
    assert await branch.pool(Pool.ALLOWANCE) == await branch.pool(Pool.IMPAIRMENT) == found.provision
    await branch.explain()


async def test_interest_stops_at_ninety_days_and_stands_off_the_balance_sheet_until_nothing_is_overdue(
    branch: Lending,
) -> None:
    loan, wallet = await late(branch, 5_000_00)
    await branch.reach(date(2026, 5, 5))
    before = await branch.loan(loan)
    assert before.accrual_stopped_on is None
    assert await branch.pool(Pool.EARNED) + await branch.pool(Pool.PENALTIES) == before.owed_interest > 0
    await branch.reach(date(2026, 5, 6))
    found = await branch.loan(loan)
    assert found.accrual_stopped_on == date(2026, 5, 6)
    assert (await branch.pool(Pool.INTEREST), await branch.pool(Pool.EARNED)) == (0, 0)
    assert await branch.pool(Pool.MEMO_INTEREST) == found.owed_interest > before.owed_interest
    await branch.explain()
    await branch.reach(date(2026, 5, 7))
    posted = {row.code for row in await branch.rows(Transfer) if row.date == date(2026, 5, 6)}
    assert "credit.off_balance" in posted
    assert "credit.interest" not in {row.code for row in await branch.rows(Transfer) if row.date > date(2026, 5, 5)}
    await branch.explain()
    principal = (await branch.loan(loan)).overdue_principal
    paid = await branch.do(branch.repaying(loan, wallet, principal))
    assert (paid.overdue_principal, paid.paid_interest) == (0, 0), "principal comes first once interest has stopped"
    await branch.explain()
    await branch.do(branch.repaying(loan, wallet, paid.owed_now))
    cash = await branch.pool(Pool.EARNED) + await branch.pool(Pool.PENALTIES)
    assert cash == paid.owed_interest - paid.accrued
    await branch.explain()
    await branch.reach(date(2026, 5, 8))
    found = await branch.loan(loan)
    assert (found.risk_class, found.accrual_stopped_on) == (LoanClass.NORMAL, None)
    assert found.provision == round(found.outstanding / 100)
    assert await branch.pool(Pool.MEMO_INTEREST) == 0
    await branch.explain()
    changes = [change.after.value for change in await branch.rows(LoanClassChange, loan=loan.id)]
    assert sorted(changes) == ["normal", "special_mention", "substandard"]


async def test_a_class_that_somebody_set_lasts_until_it_is_lifted_and_is_never_better_than_the_days(
    branch: Lending,
) -> None:
    loan, _ = await late(branch)
    classify = ClassifyLoan(loan=loan.id, risk_class=LoanClass.DOUBTFUL, reason=WHY)
    done = await branch.second(classify)
    assert (done.risk_class, done.class_floor, done.provision) == (LoanClass.DOUBTFUL,) * 2 + (50_000_00,)
    assert done.accrual_stopped_on == date(2026, 1, 5)
    assert (await branch.refused(classify))[0] == "loan.class_same"
    await branch.explain()
    await branch.reach(date(2026, 2, 4))
    assert await branch.pool(Pool.EARNED) == 0
    await branch.explain()
    lift = ClassifyLoan(loan=loan.id, risk_class=LoanClass.NORMAL, reason="恢复经营")
    done = await branch.second(lift)
    assert (done.risk_class, done.class_floor, done.provision) == (LoanClass.NORMAL, None, 1_000_00)
    assert await branch.pool(Pool.EARNED) == done.accrued > 0
    await branch.explain()
    await branch.reach(date(2026, 5, 6))
    for better in (LoanClass.NORMAL, LoanClass.SPECIAL_MENTION):
        command = ClassifyLoan(loan=loan.id, risk_class=better, reason=WHY)
        assert (await branch.refused(command))[0] == "loan.class_better"
    await branch.explain()


async def test_a_loss_is_written_off_and_what_comes_back_lowers_the_losses(branch: Lending) -> None:
    loan, wallet = await late(branch, 5_000_00, fee_bps=50)
    write_off = WriteOffLoan(loan=loan.id, reason="无法收回")
    assert (await branch.refused(write_off))[0] == "loan.not_loss"
    await branch.second(ClassifyLoan(loan=loan.id, risk_class=LoanClass.LOSS, reason=WHY))
    await branch.reach(date(2026, 3, 1))
    before = await branch.loan(loan)
    done = await branch.second(write_off)
    assert (done.state, done.outstanding, done.written_off) == (LoanState.WRITTEN_OFF, 0, 100_000_00)
    assert (done.claim_fees, done.claim_interest) == (500_00, before.owed_interest)
    assert (await branch.pool(Pool.ALLOWANCE), await branch.pool(Pool.IMPAIRMENT)) == (0, 100_500_00)
    await branch.explain()
    await branch.reach(date(2026, 4, 1))
    assert (await branch.loan(loan)).claim == done.claim, "interest counts no more"
    for command in (
        branch.repaying(loan, wallet, 1),
        branch.prepaying(loan, wallet, None),
        ClassifyLoan(loan=loan.id, risk_class=LoanClass.LOSS, reason=WHY),
        write_off,
    ):
        assert (await branch.refused(command))[0] == "loan.state"
    facility = await branch.get(Facility, loan.facility)
    drawn = await branch.refused(branch.drawing(facility, wallet, 100_00))
    assert drawn[0] in ("loan.party_written_off", "facility.exceeded")
    recover: dict[str, Any] = {"loan": loan.id, "wallet": wallet.id, "channel": "mobile", "pin": 1}
    too_much = RecoverLoan(amount=done.claim + 1, **recover)
    assert (await branch.refused(too_much))[0] == "loan.too_much"
    part = await branch.do(RecoverLoan(amount=40_000_00, **recover))
    assert (part.recovered, part.claim_principal, part.state) == (40_000_00, 60_000_00, LoanState.WRITTEN_OFF)
    assert await branch.pool(Pool.IMPAIRMENT) == 60_500_00
    await branch.explain()
    rest = await branch.do(RecoverLoan(amount=part.claim - 1, **recover))
    assert (rest.claim, rest.claim_interest, rest.recovered) == (1, 1, 100_000_00)
    assert await branch.pool(Pool.IMPAIRMENT) == 0
    await branch.explain()
    kinds = [row.kind.value for row in await branch.rows(LoanTransaction, loan=loan.id)]
    assert sorted(kinds) == ["drawdown", "fee", "recovery", "recovery", "write_off"]


async def test_what_is_paid_off_releases_its_provision(branch: Lending) -> None:
    loan, wallet = await late(branch, 5_000_00)
    await branch.reach(date(2026, 1, 6))
    assert await branch.pool(Pool.ALLOWANCE) == 1_000_00
    done = await branch.do(branch.prepaying(loan, wallet, None))
    assert (done.state, done.provision) == (LoanState.CLOSED, 0)
    assert (await branch.pool(Pool.ALLOWANCE), await branch.pool(Pool.IMPAIRMENT)) == (0, 0)
    await branch.explain()


async def test_a_product_whose_classes_or_provisions_do_not_rise_is_refused(branch: Lending) -> None:
    await branch.product()
    asked: dict[str, Any] = {
        "code": "loan.card",
        "name": "卡",
        "rate_ppm": 1,
        "terms": [3],
        "amount_min": 100,
        "amount_max": 200,
    }
    for field, figures, code in (
        ("class_days", [1, 90, 90, 360], "loan_product.class_days"),
        ("provision_bps", [100, 50, 2_500, 5_000, 10_000], "loan_product.provisions"),
    ):
        with pytest.raises(Exception, match=code):
            await branch.product(**{**asked, field: figures})
