"""Random lives of bills beside the reference model: captured, paid, refunded, turned into instalments, never paid."""

import random
from datetime import date, timedelta
from typing import Any

import pytest

from canglian.bank.credit import Bill, Facility, LimitHold
from canglian.bank.credit.pay_later.commands import ConvertBill, RecordRelative, RepayForRelative
from canglian.bank.credit.pay_later.following import state_of
from canglian.bank.credit.pay_later.model import RelationKind
from canglian.bank.credit.products.model import AllocationOrder, LoanDayCount, RepaymentMethod
from tests.bank.credit.billing import Billing
from tests.bank.credit.test_lives import refusals
from tests.bank.credit.test_reference import rebuilt

TODAY = date(2026, 1, 5)
SEEDS = range(31, 39)
STEPS = 45


async def sound(branch: Billing, paid_in: int) -> None:
    """The ledger has what the loans say, each loan is the one that is lived again, and no fen was made or lost."""
    await branch.explain()
    for loan in await branch.loans():
        await rebuilt(branch, loan)
    for bill in await branch.rows(Bill):
        loan = await branch.loan_of(bill)
        assert bill.state is state_of(bill, loan)
        assert (bill.unpaid is None) == (bill.settled_on is not None) == (loan.owed_in_all == 0)
        assert 0 <= bill.refunded <= bill.amount
    captured = sum(hold.drawn for hold in await branch.rows(LimitHold))
    assert captured == sum(bill.amount for bill in await branch.rows(Bill)) == paid_in


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_bill_is_what_its_loans_transactions_made_of_it_on_every_day(clinic: Billing, seed: int) -> None:
    chance = random.Random(seed)
    await clinic.pay_later(
        method=chance.choice((RepaymentMethod.EQUAL_INSTALMENTS, RepaymentMethod.EQUAL_PRINCIPAL)),
        day_count=list(LoanDayCount)[seed % len(LoanDayCount)],
        allocation=chance.choice((AllocationOrder.INTEREST_FIRST, AllocationOrder.PRINCIPAL_FIRST)),
        fee_bps=chance.choice((0, 50)),
        compound=chance.random() < 0.7,
    )
    facility, wallet = await clinic.patient(1, 8_000_00, funds=4_000_00)
    payee, kin = await clinic.ewallet(21, 100_00), await clinic.ewallet(5, 5_000_00)
    asked: dict[str, Any] = {"party": wallet.party, "payer": kin.party, "kind": RelationKind.PARENT}
    relative = await clinic.do(RecordRelative(**asked, reason="户口簿"))
    day, captured = TODAY, 0
    for _ in range(STEPS):
        bills = await clinic.rows(Bill)
        bill = chance.choice(bills) if bills else None
        kind = chance.choice(("capture", "capture", "pay", "loan", "convert", "refund", "kin", "wait", "wait", "wait"))
        amount = chance.randrange(1, 1_500_00)
        with refusals():
            if kind == "capture":
                facility = await clinic.get(Facility, facility.id)
                hold = await clinic.estimated(facility, amount)
                await clinic.do(clinic.capturing(hold, chance.randrange(1, amount + 1), payee, wallet))
            elif kind == "pay" and bill is not None:
                owed = (await clinic.loan_of(bill)).owed_in_all
                await clinic.do(clinic.repaying_bill(bill, wallet, owed if chance.random() < 0.4 else amount))
            elif kind == "loan" and bill is not None and bill.instalments is not None:
                loan = await clinic.loan_of(bill)
                if loan.owed_now:
                    await clinic.do(clinic.repaying(loan, wallet, loan.owed_now))
                else:
                    await clinic.do(clinic.prepaying(loan, wallet, amount))
            elif kind == "convert" and bill is not None:
                await clinic.do(ConvertBill(bill=bill.id, months=chance.choice((3, 6)), channel="mobile", pin=1))
            elif kind == "refund" and bill is not None:
                back = amount if chance.random() < 0.5 else chance.randrange(1, 20_00)
                await clinic.do(clinic.refunding(bill, back))
            elif kind == "kin":
                await clinic.do(
                    RepayForRelative(relative=relative.id, amount=amount, wallet=kin.id, channel="mobile", pin=1)
                )
            else:
                day += timedelta(days=chance.choice((1, 1, 3, 10, 33)))
                await clinic.reach(day, bring=chance.random() < 0.8)
        captured = sum(each.amount for each in await clinic.rows(Bill))
        await sound(clinic, captured)
