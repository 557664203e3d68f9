"""Pay-later: a hold is captured as a bill, which is due without interest, repaid, refunded, turned into instalments."""

from datetime import date
from typing import Any

import pytest

from canglian.bank.credit import Bill, BillState, Facility, Loan, LoanState, LoanTransaction, Relative
from canglian.bank.credit.facilities.commands import HoldLimit
from canglian.bank.credit.loans.commands import RescheduleLoan
from canglian.bank.credit.pay_later.commands import (
    ConvertBill,
    EndRelative,
    RecordRelative,
    RepayForRelative,
)
from canglian.bank.credit.pay_later.model import RelationKind
from canglian.bank.wallet import Wallet
from tests.bank.credit.billing import CLINIC, Billing

TODAY = date(2026, 1, 5)


async def test_an_estimate_is_captured_for_what_was_spent_and_is_due_without_interest(clinic: Billing) -> None:
    facility, wallet = await clinic.patient(1, 5_000_00)
    payee = await clinic.ewallet(9)
    hold = await clinic.estimated(facility, 1_000_00)
    assert (await clinic.get(Facility, facility.id)).room(CLINIC, TODAY) == 4_000_00
    bill = await clinic.do(clinic.capturing(hold, 733_19, payee, wallet))
    assert (bill.state, bill.amount, bill.due_on, bill.captured_on) == (
        BillState.OPEN,
        733_19,
        date(2026, 1, 15),
        TODAY,
    )
    assert (await clinic.has(payee), await clinic.has(wallet)) == (733_19, 0)
    assert (await clinic.get(Facility, facility.id)).room(CLINIC, TODAY) == 5_000_00 - 733_19
    await clinic.explain()
    await clinic.reach(date(2026, 1, 14))
    assert await clinic.bill(bill) is BillState.OPEN
    await clinic.reach(date(2026, 1, 15))
    assert await clinic.bill(bill) is BillState.DUE
    loan = await clinic.loan_of(bill)
    assert (loan.owed_now, loan.owed_in_all, loan.paid_interest) == (733_19, 733_19, 0)
    await clinic.reach(date(2026, 1, 18))
    assert (await clinic.bill(bill), (await clinic.loan_of(bill)).penalty) == (BillState.DUE, 0)
    await clinic.reach(date(2026, 1, 19))
    # the days of grace are over: 733.19 at 9 % from the due date on, 4 days by 360
    loan = await clinic.loan_of(bill)
    assert (await clinic.bill(bill), loan.penalty, loan.days_overdue) == (BillState.OVERDUE, 73, 4)
    assert (await clinic.refused(clinic.holding(facility, 100_00)))[0] == "loan.party_overdue"
    await clinic.fund_wallet(wallet, 1_000_00)
    await clinic.do(clinic.repaying_bill(bill, wallet, loan.owed_in_all))
    stored = await clinic.get(Bill, bill.id)
    assert (stored.state, stored.unpaid, stored.settled_on) == (BillState.PAID, None, date(2026, 1, 19))
    assert (await clinic.get(Facility, facility.id)).room(CLINIC, date(2026, 1, 19)) == 5_000_00
    await clinic.explain()


async def test_a_bill_is_paid_in_parts_before_it_is_due(clinic: Billing) -> None:
    bill, wallet, _ = await clinic.billed(1, 900_00, funds=900_00)
    assert (await clinic.refused(clinic.repaying_bill(bill, wallet, 900_01)))[0] == "loan.too_much"
    for part, state in ((300_00, BillState.OPEN), (1, BillState.OPEN), (599_99, BillState.PAID)):
        assert (await clinic.do(clinic.repaying_bill(bill, wallet, part))).state is state
        await clinic.explain()
    assert (await clinic.refused(clinic.repaying_bill(bill, wallet, 1)))[0] == "bill.state"


async def test_a_bill_becomes_instalments_that_are_the_plan_of_a_loan(clinic: Billing) -> None:
    bill, wallet, _ = await clinic.billed(1, 3_000_00, funds=5_000_00)
    await clinic.reach(date(2026, 1, 15))
    refused = await clinic.refused(ConvertBill(bill=bill.id, months=5, channel="mobile", pin=1))
    assert refused[0] == "loan.term"
    done = await clinic.do(ConvertBill(bill=bill.id, months=3, channel="mobile", pin=1))
    assert (done.state, done.instalments is None) == (BillState.INSTALMENT, False)
    was, now = await clinic.get(Loan, bill.loan), await clinic.loan_of(done)
    assert (was.state, was.paid_principal, now.principal, now.months) == (LoanState.CLOSED, 3_000_00, 3_000_00, 3)
    assert (now.rate_ppm, now.fees, now.drawn_on) == (60_000, 15_00, date(2026, 1, 15))
    plan = await clinic.plan(now)
    # 3,000 at 6 % over 3 months
    assert [row.principal + row.interest for row in plan.rows] == [1_010_02, 1_010_02, 1_010_00]
    await clinic.explain()
    await clinic.reach(date(2026, 2, 15))
    now = await clinic.loan_of(done)
    assert (now.owed_now, await clinic.bill(bill)) == (1_010_02 + 15_00, BillState.INSTALMENT)
    assert (await clinic.refused(clinic.repaying_bill(bill, wallet, 1)))[0] == "bill.state"
    await clinic.do(clinic.repaying(now, wallet, now.owed_now))
    await clinic.do(clinic.prepaying(now, wallet, None))
    assert await clinic.bill(bill) is BillState.PAID
    await clinic.explain()


async def test_what_is_overdue_is_not_turned_into_instalments_and_a_bill_has_no_other_plan(clinic: Billing) -> None:
    bill, _, _ = await clinic.billed(1, 900_00)
    reschedule = RescheduleLoan(loan=bill.loan, months_more=3, reason="展期")
    assert (await clinic.refused(reschedule))[0] == "loan.reschedule_bill"
    await clinic.reach(date(2026, 1, 19))
    assert (await clinic.refused(ConvertBill(bill=bill.id, months=3, channel="mobile", pin=1)))[0] == "bill.overdue"


async def test_a_refund_lowers_what_is_owed_first_and_the_rest_goes_to_the_customer(clinic: Billing) -> None:
    bill, wallet, payee = await clinic.billed(1, 900_00, funds=700_00)
    await clinic.do(clinic.repaying_bill(bill, wallet, 500_00))
    done = await clinic.do(clinic.refunding(bill, 300_00))
    assert (done.refunded, done.state, (await clinic.loan_of(bill)).outstanding) == (300_00, BillState.OPEN, 100_00)
    assert (await clinic.has(payee), await clinic.has(wallet)) == (600_00, 200_00)
    await clinic.explain()
    done = await clinic.do(clinic.refunding(bill, 250_00))
    assert (done.state, await clinic.has(payee), await clinic.has(wallet)) == (BillState.PAID, 350_00, 350_00)
    refused = await clinic.refused(clinic.refunding(bill, 350_01))
    assert refused[:1] == ("bill.refund_too_much",)
    assert refused[1]["left"] == 350_00
    done = await clinic.do(clinic.refunding(bill, 350_00))
    assert (done.refunded, await clinic.has(wallet)) == (900_00, 700_00)
    await clinic.explain()


@pytest.mark.parametrize("amount", [4_00, 1_000_00, 2_990_00, 3_000_00])
async def test_a_refund_of_instalments_pays_what_is_due_and_lowers_those_that_are_left(
    clinic: Billing, amount: int
) -> None:
    bill, wallet, payee = await clinic.billed(1, 3_000_00)
    await clinic.do(ConvertBill(bill=bill.id, months=3, channel="mobile", pin=1))
    await clinic.reach(date(2026, 1, 25))
    done = await clinic.do(clinic.refunding(bill, amount))
    loan = await clinic.loan_of(done)
    # the fee of 15.00 was owed, and 10.00 of interest until now
    if amount == 4_00:
        assert (loan.outstanding, loan.accrued, loan.fees) == (3_000_00, 10_00, 11_00)
    elif amount == 1_000_00:
        assert (loan.outstanding, loan.paid_interest, loan.fees) == (3_000_00 - 975_00, 10_00, 0)
    else:
        assert (loan.outstanding, loan.paid_interest) == (3_025_00 - amount, 10_00)
    assert await clinic.has(payee) == 3_000_00 - amount
    assert await clinic.has(wallet) == 0
    await clinic.explain()
    small = await clinic.do(clinic.refunding(bill, 1)) if amount < 3_000_00 else done
    assert small.state is BillState.INSTALMENT
    await clinic.explain()


async def test_less_than_the_interest_lowers_the_principal_alone(clinic: Billing) -> None:
    bill, _, _ = await clinic.billed(1, 3_000_00, funds=100_00)
    done = await clinic.do(ConvertBill(bill=bill.id, months=3, channel="mobile", pin=1))
    wallet = await clinic.get(Wallet, bill.wallet)
    await clinic.do(clinic.repaying(await clinic.loan_of(done), wallet, 15_00))
    await clinic.reach(date(2026, 1, 25))
    await clinic.do(clinic.refunding(bill, 6_00))
    loan = await clinic.loan_of(done)
    assert (loan.outstanding, loan.accrued, loan.carried, loan.paid_interest) == (2_994_00, 10_00, 10_00, 0)
    plan = await clinic.plan(loan)
    assert (plan.deferred, sum(row.principal for row in plan.rows)) == (10_00, 2_994_00)
    await clinic.explain()
    await clinic.reach(date(2026, 2, 5))
    assert (await clinic.loan_of(done)).due_interest == plan.rows[0].interest
    await clinic.explain()


async def test_a_relative_on_record_repays_without_learning_what_was_owed(clinic: Billing) -> None:
    bill, wallet, _ = await clinic.billed(1, 900_00)
    other = await clinic.ewallet(5, 2_000_00)
    asked: dict[str, Any] = {"party": wallet.party, "payer": other.party, "kind": RelationKind.CHILD}
    relative: Relative = await clinic.do(RecordRelative(**asked, reason="户口簿"))
    assert (await clinic.refused(RecordRelative(**asked, reason="户口簿")))[0] == "relative.known"
    own = RecordRelative(party=other.party or "", payer=other.party or "", kind=RelationKind.CHILD, reason="自己")
    assert (await clinic.refused(own))[0] == "relative.self"
    paying: dict[str, Any] = {"relative": relative.id, "channel": "mobile", "pin": 1}
    not_theirs = RepayForRelative(**paying, amount=1_00, wallet=wallet.id)
    assert (await clinic.refused(not_theirs))[0] == "loan.wallet"
    await clinic.do(RepayForRelative(**paying, amount=100_00, wallet=other.id))
    assert (await clinic.loan_of(bill)).outstanding == 800_00
    done = await clinic.do(RepayForRelative(**paying, amount=1_000_00, wallet=other.id))
    assert {name for name in done.__struct_fields__ if "owed" in name or "left" in name} == set()
    assert (await clinic.bill(bill), await clinic.has(other), await clinic.has(wallet)) == (
        BillState.PAID,
        900_00,
        200_00,
    )
    await clinic.explain()
    nothing = RepayForRelative(**paying, amount=1_00, wallet=other.id)
    assert (await clinic.refused(nothing))[0] == "relative.nothing_owed"
    await clinic.do(EndRelative(relative=relative.id, reason="本人要求"))
    assert (await clinic.refused(nothing))[0] == "relative.ended"
    again = await clinic.do(RecordRelative(**asked, reason="户口簿"))
    assert again.id != relative.id


async def test_a_relative_pays_what_is_late_before_what_is_not_due_and_no_instalment_early(clinic: Billing) -> None:
    first, wallet, payee = await clinic.billed(1, 300_00)
    facility = await clinic.get(Facility, first.facility)
    split = await clinic.do(clinic.capturing(await clinic.estimated(facility, 600_00), 600_00, payee, wallet))
    await clinic.do(ConvertBill(bill=split.id, months=3, channel="mobile", pin=1))
    other = await clinic.ewallet(5, 2_000_00)
    asked: dict[str, Any] = {"party": wallet.party, "payer": other.party, "kind": RelationKind.SPOUSE}
    relative = await clinic.do(RecordRelative(**asked, reason="结婚证"))
    await clinic.reach(date(2026, 1, 15))
    second = await clinic.do(clinic.capturing(await clinic.estimated(facility, 200_00), 200_00, payee, wallet))
    await clinic.reach(date(2026, 1, 16))
    paying: dict[str, Any] = {"relative": relative.id, "channel": "mobile", "pin": 1, "wallet": other.id}
    await clinic.do(RepayForRelative(**paying, amount=350_00))
    assert (await clinic.bill(first), (await clinic.loan_of(second)).outstanding) == (BillState.PAID, 153_00)
    await clinic.do(RepayForRelative(**paying, amount=200_00))
    split_loan = await clinic.loan_of(await clinic.get(Bill, split.id))
    assert (split_loan.outstanding, split_loan.fees) == (600_00, 0)
    assert await clinic.has(wallet) == 47_00
    await clinic.explain()


async def test_what_cannot_be_captured_is_refused_and_changes_nothing(clinic: Billing) -> None:
    facility, wallet = await clinic.patient(1, 5_000_00)
    payee, stranger = await clinic.ewallet(9), await clinic.ewallet(8)
    hold = await clinic.estimated(facility, 100_00)
    for command, code in (
        (clinic.capturing(hold, 100_01, payee, wallet), "limit_hold.exceeded"),
        (clinic.capturing(hold, 100_00, wallet, wallet), "bill.payee_own"),
        (clinic.capturing(hold, 100_00, payee, stranger), "loan.wallet"),
        (clinic.drawing(facility, wallet, 100_00, 3, product=CLINIC), "loan.pay_later"),
    ):
        assert (await clinic.refused(command))[0] == code
    farm = await clinic.signed(stranger, 5_000_00)
    held = await clinic.do(HoldLimit(facility=farm.id, product="loan.farm", amount=100_00, note="种子"))
    assert (await clinic.refused(clinic.capturing(held, 1_00, payee, stranger)))[0] == "bill.not_pay_later"
    await clinic.do(clinic.capturing(hold, 100_00, payee, wallet))
    assert (await clinic.refused(clinic.capturing(hold, 1, payee, wallet)))[0] == "limit_hold.state"
    with pytest.raises(Exception, match="pay_later_revolving"):
        await clinic.product(code="loan.other", due_days=10, revolving=False)
    with pytest.raises(Exception, match="pay_later_fixed"):
        await clinic.product(due_days=10)


async def test_a_bill_that_is_never_paid_is_a_loss_that_is_written_off(clinic: Billing) -> None:
    bill, wallet, _ = await clinic.billed(1, 900_00)
    await clinic.reach(date(2027, 2, 1))
    await clinic.write_off(bill)
    assert await clinic.bill(bill) is BillState.WRITTEN_OFF
    assert (await clinic.refused(clinic.refunding(bill, 1_00)))[0] == "bill.state"
    assert (await clinic.refused(clinic.repaying_bill(bill, wallet, 1_00)))[0] == "bill.state"
    await clinic.explain()
    kinds = [row.kind.value for row in await clinic.rows(LoanTransaction, loan=bill.loan)]
    assert sorted(kinds) == ["drawdown", "write_off"]
