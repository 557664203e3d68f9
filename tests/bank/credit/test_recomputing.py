"""Repayments that are reversed or counted from an earlier day: the loan is as if it had been so from the first."""

import random
from datetime import date, timedelta
from typing import Any

import pytest

from canglian.bank.credit import Facility, Loan, LoanDue, LoanState, LoanTransaction
from canglian.bank.credit.loans.commands import (
    BackdateRepayment,
    PrepayLoan,
    RepayLoan,
    RescheduleLoan,
    ReverseRepayment,
    WriteOffLoan,
)
from canglian.bank.credit.loans.paying.spreading import PrepayEffect
from canglian.bank.credit.loans.recomputing.living import FIGURES
from canglian.bank.credit.products.model import AllocationOrder, LoanDayCount, RepaymentMethod
from tests.bank.credit.lending import Lending
from tests.bank.credit.test_lives import options, refusals, relief

WHY = "付款人账户被冒用"
TODAY = date(2026, 1, 5)


async def reversed_(branch: Lending, loan: Loan, number: int) -> Loan:
    rows = {row.number: row for row in await branch.rows(LoanTransaction, loan=loan.id)}
    return await branch.do(ReverseRepayment(loan=loan.id, transaction=rows[number].id, reason=WHY))


def backdated(loan: Loan, wallet: Any, amount: int, day: date) -> BackdateRepayment:
    return BackdateRepayment(loan=loan.id, wallet=wallet.id, amount=amount, value_date=day, reason="柜面漏记")


async def test_a_reversed_repayment_is_owed_again_with_its_penalty(branch: Lending) -> None:
    await branch.product(penalty_bps=5_000)
    wallet = await branch.ewallet(1)
    loan = await branch.drawn(wallet)
    await branch.reach(date(2026, 2, 5))
    await branch.do(branch.repaying(loan, wallet, 8_606_64))
    had = await branch.balance(wallet.account)
    await branch.reach(date(2026, 2, 15))
    done = await reversed_(branch, loan, 2)
    assert await branch.balance(wallet.account) == had + 8_606_64
    assert (done.state, done.days_overdue, done.paid_principal, done.paid_interest) == (LoanState.OVERDUE, 10, 0, 0)
    # 10 days at 9 % on 8,106.64 of principal, and on 500.00 of interest
    assert (done.due_principal, done.due_interest) == (8_106_64, 500_00)
    assert (done.penalty, done.compounded) == (20_26, 1_25)
    taken, rest = sorted(await branch.rows(LoanTransaction, loan=loan.id), key=lambda row: row.number)[2:]
    assert (taken.kind.value, taken.amount, taken.interest, taken.principal) == ("reversal", 8_606_64, 500_00, 8_106_64)
    assert (taken.value_date, taken.reason) == (date(2026, 2, 5), WHY)
    assert (rest.kind.value, rest.amount, rest.earned) == ("adjustment", 0, 21_51)
    await branch.explain()
    again = await branch.refused(ReverseRepayment(loan=loan.id, transaction=taken.reverses or "", reason=WHY))
    assert again == ("loan.reversed", {"loan_transaction": taken.reverses, "field": "transaction"})
    for row in (taken, rest):
        refused = await branch.refused(ReverseRepayment(loan=loan.id, transaction=row.id, reason=WHY))
        assert refused[0] == "loan.reverse_kind"


async def test_a_repayment_behind_a_closed_day_takes_the_penalty_back(branch: Lending) -> None:
    await branch.product(penalty_bps=5_000)
    wallet = await branch.ewallet(1)
    loan = await branch.drawn(wallet)
    await branch.reach(date(2026, 2, 25))
    late = await branch.loan(loan)
    assert late.penalty
    done = await branch.do(backdated(loan, wallet, 8_606_64, date(2026, 2, 5)))
    assert (done.state, done.owed_now, done.days_overdue, done.paid_interest) == (LoanState.ACTIVE, 0, 0, 500_00)
    (due,) = await branch.rows(LoanDue, loan=loan.id)
    assert (due.overdue, due.settled_on) == (False, date(2026, 2, 5))
    rows = sorted(await branch.rows(LoanTransaction, loan=loan.id), key=lambda row: row.number)
    assert rows[1].value_date == date(2026, 2, 5)
    assert rows[2].earned == -(late.penalty + late.compounded)
    await branch.explain()


async def test_what_a_later_payment_has_too_much_goes_back(branch: Lending) -> None:
    await branch.product(revolving=True)
    wallet = await branch.ewallet(1, 10_000_00)
    loan = await branch.drawn(wallet)
    await branch.reach(date(2026, 3, 15))
    await branch.do(branch.prepaying(loan, wallet, None))
    assert (await branch.loan(loan)).state is LoanState.CLOSED
    refused = await branch.refused(backdated(loan, wallet, 8_606_64, date(2026, 2, 5)))
    assert refused[0] == "loan.state"
    second = await branch.do(branch.drawing(await branch.get(Facility, loan.facility), wallet, 10_000_00, 3))
    await branch.reach(date(2026, 4, 15))
    owed = (await branch.loan(second)).owed_now
    await branch.do(branch.repaying(second, wallet, owed))
    had = await branch.balance(wallet.account)
    done = await branch.do(backdated(second, wallet, 9_900_00, date(2026, 3, 16)))
    assert done.state is LoanState.CLOSED
    rest = max(await branch.rows(LoanTransaction, loan=second.id), key=lambda row: row.number)
    paid = done.paid_principal + done.paid_interest + done.paid_penalty
    assert (rest.kind.value, -rest.amount) == ("adjustment", owed + 9_900_00 - paid)
    assert await branch.balance(wallet.account) == had - 9_900_00 - rest.amount
    await branch.explain()
    (first,) = [row for row in await branch.rows(LoanTransaction, loan=second.id) if row.value_date and row.amount > 0]
    refused = await branch.refused(ReverseRepayment(loan=second.id, transaction=first.id, reason=WHY))
    assert refused[0] == "loan.recompute_returned"


async def test_what_cannot_be_computed_again_is_refused_and_changes_nothing(branch: Lending) -> None:
    await branch.product(grace_days=3)
    wallet = await branch.ewallet(1, 10_000_00)
    loan = await branch.drawn(wallet)
    for day in (date(2026, 1, 4), TODAY, date(2026, 1, 6)):
        assert (await branch.refused(backdated(loan, wallet, 1_00, day)))[0] == "loan.backdate"
    await branch.reach(date(2026, 2, 6))
    too_much = await branch.refused(backdated(loan, wallet, 100_500_01, date(2026, 2, 5)))
    assert too_much[1]["balance"] == 100_500_00
    paid = await branch.do(branch.prepaying(loan, wallet, 20_000_00))
    await branch.do(RescheduleLoan(loan=loan.id, months_more=3, reason="展期"))
    (row,) = [each for each in await branch.rows(LoanTransaction, loan=loan.id) if each.kind.value == "prepayment"]
    reverse = ReverseRepayment(loan=loan.id, transaction=row.id, reason=WHY)
    assert (await branch.refused(reverse))[0] == "loan.recompute_terms"
    other = await branch.drawn(await branch.ewallet(2))
    strange = ReverseRepayment(loan=other.id, transaction=row.id, reason=WHY)
    assert (await branch.refused(strange))[0] == "loan_transaction.not_found"
    assert (await branch.loan(loan)).paid_principal == paid.paid_principal
    await branch.explain()


async def test_other_terms_stand_where_what_was_owed_then_is_the_same(branch: Lending) -> None:
    await branch.product(grace_days=3)
    wallet = await branch.ewallet(1, 10_000_00)
    loan = await branch.drawn(wallet)
    await branch.reach(date(2026, 2, 6))
    await branch.do(branch.repaying(loan, wallet, 8_606_64))
    done = await branch.do(RescheduleLoan(loan=loan.id, months_more=3, reason="展期"))
    await branch.reach(date(2026, 2, 20))
    after = await reversed_(branch, loan, 2)
    assert (after.plan, after.matures_on, after.due_principal) == (done.plan, done.matures_on, 8_106_64)
    assert after.days_overdue == 15
    await branch.explain()


async def test_a_loan_that_was_paid_off_lives_again(branch: Lending) -> None:
    await branch.product(revolving=False)
    wallet = await branch.ewallet(1, 10_000_00)
    loan = await branch.drawn(wallet)
    await branch.reach(date(2026, 1, 20))
    await branch.do(branch.prepaying(loan, wallet, None))
    await branch.reach(date(2026, 3, 6))
    done = await reversed_(branch, loan, 2)
    assert (done.state, done.outstanding, done.due_interest) == (LoanState.OVERDUE, 100_000_00, 959_47)
    plan = await branch.plan(loan)
    assert [row.due for row in plan.rows][:2] == [date(2026, 2, 5), date(2026, 3, 5)]
    await branch.explain()
    await branch.reach(date(2026, 6, 20))
    await branch.explain()
    written = await branch.refused(WriteOffLoan(loan=loan.id, reason=WHY))
    assert written[0] == "loan.not_loss"


class Twins:
    """Two loans alike: of one everything is done on its day; of the other something is first wrong, then put right."""

    def __init__(self, branch: Lending, right: Loan, wrong: Loan, wallets: tuple[Any, Any]) -> None:
        self.branch, self.right, self.wrong, self.wallets = branch, right, wrong, wallets

    def paying(self, amount: int, effect: PrepayEffect | None) -> list[Any]:
        found: list[Any] = []
        for loan, wallet in zip((self.right, self.wrong), self.wallets, strict=True):
            more: dict[str, Any] = {"loan": loan.id, "wallet": wallet.id, "amount": amount, "channel": "mobile"}
            if effect is None:
                found.append(RepayLoan(**more, pin=1))
            else:
                found.append(PrepayLoan(**more, effect=effect, pin=1))
        return found

    async def alike(self) -> None:
        pairs = {
            name: tuple([getattr(await self.branch.loan(each), name) for each in (self.right, self.wrong)])
            for name in (*FIGURES, "worst_days")
        }
        assert {name: pair for name, pair in pairs.items() if pair[0] != pair[1]} == {}
        dues = [
            [
                (row.number, row.due, row.principal, row.interest, row.paid_principal, row.paid_interest, row.overdue)
                for row in await self.branch.rows(LoanDue, loan=loan.id)
                if row.principal or row.interest
            ]
            for loan in (self.right, self.wrong)
        ]
        assert dues[0] == dues[1]
        if (await self.branch.loan(self.right)).is_living:
            rows = [(await self.branch.plan(loan)).rows for loan in (self.right, self.wrong)]
            today = (await self.branch.loan(self.right)).accrued_to
            assert [row for row in rows[0] if row.due > today] == [row for row in rows[1] if row.due > today]


@pytest.mark.parametrize("seed", range(31, 43))
async def test_a_loan_that_was_put_right_equals_its_twin_that_never_went_wrong(branch: Lending, seed: int) -> None:
    chance = random.Random(seed)
    method = list(RepaymentMethod)[seed % len(RepaymentMethod)]
    await branch.product(
        method=method,
        day_count=chance.choice(list(LoanDayCount)),
        allocation=chance.choice(list(AllocationOrder)),
        grace_days=chance.choice((0, 3)),
        fee_bps=chance.choice((0, 50)),
        compound=chance.random() < 0.7,
        **options(chance, method),
    )
    wallets = await branch.ewallet(1, 10_000_00), await branch.ewallet(2, 10_000_00)
    right, wrong = [await branch.drawn(wallet, 30_000_00, 6) for wallet in wallets]
    twins, day, wrongly, done = Twins(branch, right, wrong, wallets), TODAY, list[str](), 0
    for _ in range(24):
        kind = chance.choice(
            ("wait", "relieve", "right") if wrongly else ("pay", "early", "wrong", "missed", "relieve", "wait")
        )
        mine, other = await branch.loan(right), await branch.loan(wrong)
        if not mine.is_living:
            break
        amount = chance.randrange(50_00, 6_000_00)
        if kind in ("pay", "early"):
            effect = None if kind == "pay" else chance.choice(list(PrepayEffect))
            if effect is None:
                amount = min(mine.owed_now, other.owed_now, amount if chance.random() < 0.5 else 10**9)
            if amount:
                with refusals():
                    for command in twins.paying(amount, effect):
                        await branch.do(command)
        elif kind == "wrong":
            early = chance.random() < 0.5
            command = twins.paying(amount, PrepayEffect.SHORTER if early else None)[1]
            before = len(await branch.rows(LoanTransaction, loan=wrong.id))
            with refusals():
                await branch.do(command)
                wrongly = [row.id for row in await branch.rows(LoanTransaction, loan=wrong.id) if row.number > before]
        elif kind == "missed" and mine.owed_now:
            amount = chance.randrange(1, mine.owed_now + 1)
            await branch.do(twins.paying(amount, None)[0])
            past = day
            day += timedelta(days=chance.choice((1, 9, 31, 64)))
            await branch.reach(day, bring=chance.random() < 0.8)
            await branch.explain()
            await branch.do(backdated(wrong, wallets[1], amount, past))
            done += 1
        elif kind == "relieve":
            state = chance.getstate()
            for loan in (right, wrong):
                chance.setstate(state)
                with refusals():
                    await branch.do(relief(chance, loan, day))
        elif kind == "right":
            await branch.do(ReverseRepayment(loan=wrong.id, transaction=wrongly.pop(), reason=WHY))
            done += 1
        else:
            day += timedelta(days=chance.choice((1, 3, 17, 31)))
            await branch.reach(day, bring=chance.random() < 0.8)
        await branch.explain()
        if not wrongly:
            await branch.reach(day := day + timedelta(days=1))
            await twins.alike()
    assert done, "something was put right in this life"
