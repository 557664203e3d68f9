"""Random lives of loans, lived again by a plain reference model: a loan is what its transactions made of it."""

import random
from datetime import date, timedelta

import pytest

from canglian.bank.credit import Facility, Loan, LoanPlan, LoanProduct, LoanTransaction
from canglian.bank.credit.loans.commands import RescheduleLoan
from canglian.bank.credit.loans.paying.settling import PrepayEffect
from canglian.bank.credit.products.model import AllocationOrder, LoanDayCount, RepaymentMethod
from tests.bank.credit.lending import Lending
from tests.bank.credit.reference import lived
from tests.bank.credit.test_lives import options, refusals

TODAY = date(2026, 1, 5)
SEEDS = range(11, 23)
STEPS = 40
ORDERS = (AllocationOrder.INTEREST_FIRST, AllocationOrder.PRINCIPAL_FIRST)


async def rebuilt(branch: Lending, loan: Loan) -> None:
    """The stored loan is the one that is lived again."""
    product = await branch.get(LoanProduct, (loan.product, loan.version))
    plans = await branch.rows(LoanPlan, loan=loan.id)
    rows = await branch.rows(LoanTransaction, loan=loan.id)
    late_ppm = product.rate_ppm if loan.is_bill else None
    found = lived(product, plans, rows, loan.drawn_on, loan.closed_on or loan.accrued_to, late_ppm)
    late = [due for due in found.dues if due.late]
    assert {
        "outstanding": loan.outstanding,
        "accrued": loan.accrued,
        "due_principal": loan.due_principal,
        "due_interest": loan.due_interest,
        "overdue_principal": loan.overdue_principal,
        "overdue_interest": loan.overdue_interest,
        "penalty": loan.penalty,
        "compounded": loan.compounded,
        "fees": loan.fees,
        "days_overdue": loan.days_overdue,
        "next_due": loan.next_due,
        "paid": (loan.paid_fees, loan.paid_penalty, loan.paid_interest, loan.paid_principal),
        "closed": loan.state.value == "closed",
    } == {
        "outstanding": found.outstanding,
        "accrued": found.accrued,
        "due_principal": sum(due.principal for due in found.dues),
        "due_interest": sum(due.interest for due in found.dues),
        "overdue_principal": sum(due.principal for due in late),
        "overdue_interest": sum(due.interest for due in late),
        "penalty": found.penalty,
        "compounded": found.compounded,
        "fees": found.fees,
        "days_overdue": (found.at - min(due.on for due in late)).days if late else 0,
        "next_due": None if found.next_row is None or found.closed else found.next_row.due,
        "paid": (
            found.paid["fees"],
            found.paid["penalty"] + found.paid["compounded"],
            found.paid["interest"],
            found.paid["principal"],
        ),
        "closed": found.closed,
    }


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_loan_lived_again_from_its_transactions_is_the_stored_one_on_every_day(
    branch: Lending, seed: int
) -> None:
    chance = random.Random(seed)
    method = chance.choice(list(RepaymentMethod))
    await branch.product(
        method=method,
        day_count=list(LoanDayCount)[seed % len(LoanDayCount)],
        allocation=chance.choice(ORDERS),
        grace_days=chance.choice((0, 3)),
        fee_bps=chance.choice((0, 50)),
        compound=chance.random() < 0.7,
        **options(chance, method),
    )
    wallet = await branch.ewallet(1, 10_000_00)
    facility = await branch.signed(wallet, 60_000_00)
    day = TODAY
    for _ in range(STEPS):
        living = [loan for loan in await branch.rows(Loan, party=wallet.party) if loan.is_living]
        loan = chance.choice(living) if living else None
        kind = chance.choice(("draw", "repay", "repay", "prepay", "change", "wait", "wait", "wait"))
        amount = chance.randrange(100_00, 9_000_00)
        with refusals():
            if kind == "draw":
                facility = await branch.get(Facility, facility.id)
                await branch.do(branch.drawing(facility, wallet, amount, chance.choice((3, 6, 12))))
            elif kind == "repay" and loan is not None and loan.owed_now:
                part = loan.owed_now if chance.random() < 0.5 else chance.randrange(1, loan.owed_now + 1)
                await branch.do(branch.repaying(loan, wallet, part))
            elif kind == "prepay" and loan is not None:
                effect = chance.choice(list(PrepayEffect))
                part = None if chance.random() < 0.2 else amount
                await branch.do(branch.prepaying(loan, wallet, part, effect=effect))
            elif kind == "change" and loan is not None:
                more, rate = chance.choice(((3, None), (0, 72_000), (3, 48_000)))
                await branch.do(RescheduleLoan(loan=loan.id, months_more=more, rate_ppm=rate, reason="展期"))
            else:
                day += timedelta(days=chance.choice((1, 1, 3, 17, 33)))
                await branch.reach(day, bring=chance.random() < 0.8)
        for loan in await branch.loans(party=wallet.party):
            await rebuilt(branch, loan)
