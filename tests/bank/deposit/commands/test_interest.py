"""Interest as commands: one day at a time, settled on the 20th, twice is once."""

from datetime import date
from typing import Any

from canglian.bank.deposit import DepositAccount, DepositInterest, FreezeCause, FreezeKind, Inside, ProductClass
from canglian.bank.deposit.accruing import BalanceThen
from canglian.bank.deposit.commands import (
    AccrueInterest,
    AddDepositPolicy,
    FinishInterestDay,
    FreezeAccount,
    SetDepositProduct,
    SettleInterest,
)
from tests.bank.deposit.holders import Holders, Pay

FIRST = date(2026, 1, 5)


async def rich(branch: Holders, serial: int = 1, amount: int = 36_000_000) -> DepositAccount:
    """By default 360,000.00, which bear 50 fen a day at 0.05 % by 360."""
    account = await branch.counter(await branch.seen(serial))
    await branch.fund(account, amount)
    return account


async def unsettled(branch: Holders, account: DepositAccount) -> DepositInterest:
    return await branch.get(DepositInterest, account.account)


def day(on: date, *accounts: DepositAccount, **more: Any) -> AccrueInterest:
    return AccrueInterest(date=on, accounts=[account.account for account in accounts], **more)


async def until(branch: Holders, last: date, *accounts: DepositAccount) -> None:
    """Accrue every day until ``last``, whose end has come."""
    today = branch.store.states[1].today
    if today <= last:
        await branch.day((last - today).days + 1)
    while (interest := await unsettled(branch, accounts[0])).until < last:
        await branch.do(day(interest.until.fromordinal(interest.until.toordinal() + 1), *accounts))


async def test_a_day_is_accrued_once_it_is_over(branch: Holders) -> None:
    account = await rich(branch)
    assert (await branch.refused(day(FIRST, account)))[0] == "deposit_interest.day_not_over"
    await branch.day()
    done = await branch.do(day(FIRST, account))
    assert (done.accrued, done.left, done.booked) == (1, 0, 50)
    interest = await unsettled(branch, account)
    assert (interest.accrued, interest.remainder, interest.until) == (500_000, 0, FIRST)
    assert await branch.balance(await branch.inside(Inside.INTEREST_EXPENSE)) == 50
    assert await branch.balance(await branch.inside(Inside.INTEREST_PAYABLE)) == 50


async def test_the_same_day_again_and_a_day_out_of_turn_are_left(branch: Holders) -> None:
    account = await rich(branch)
    await branch.day(3)
    await branch.do(day(FIRST, account))
    before = branch.trace()
    again = await branch.do(day(FIRST, account))
    ahead = await branch.do(day(FIRST.replace(day=7), account))
    assert [(run.accrued, run.left, run.booked) for run in (again, ahead)] == [(0, 1, 0), (0, 1, 0)]
    assert branch.trace() == before


async def test_what_moved_since_counts_with_what_it_was_then(branch: Holders) -> None:
    still, moved = await rich(branch), await rich(branch, 2)
    await branch.day()
    await branch.do(Pay(payer=moved.id, payee=still.id, amount=36_000_000))
    unknown = await branch.do(day(FIRST, still, moved))
    assert (unknown.accrued, unknown.left) == (0, 2)
    then = [BalanceThen(account.account, 36_000_000) for account in (still, moved)]
    assert (await branch.do(day(FIRST, still, moved, moved=then))).booked == 100
    await branch.day()
    await branch.do(day(FIRST.replace(day=6), still, moved))
    assert [(await unsettled(branch, account)).accrued for account in (still, moved)] == [1_500_000, 500_000]


async def test_what_stands_still_has_the_balance_that_it_has_whatever_is_said(branch: Holders) -> None:
    account = await rich(branch)
    await branch.day()
    done = await branch.do(day(FIRST, account, moved=[BalanceThen(account.account, 10**15)]))
    assert done.booked == 50


async def test_less_than_a_fen_a_day_is_carried_and_not_lost(branch: Holders) -> None:
    account = await rich(branch, amount=240_000)
    booked = []
    for number in range(6):
        await branch.day()
        booked.append((await branch.do(day(FIRST.replace(day=5 + number), account))).booked)
    assert booked == [0, 0, 1, 0, 0, 1]


async def test_interest_is_paid_on_the_twentieth_of_the_quarters_last_month(branch: Holders) -> None:
    account = await rich(branch)
    last = date(2026, 3, 20)
    early = await branch.refused(SettleInterest(account=account.account, date=last))
    assert early[0] == "deposit_interest.not_accrued"
    await until(branch, last, account)
    wrong = await branch.refused(SettleInterest(account=account.account, date=date(2026, 3, 19)))
    assert wrong[0] == "deposit_interest.not_settlement_day"
    paid = await branch.do(SettleInterest(account=account.account, date=last))
    assert paid.paid == 75 * 50
    assert await branch.money(account) == 36_000_000 + 75 * 50
    assert await branch.balance(await branch.inside(Inside.INTEREST_PAYABLE)) == 0
    again = await branch.refused(SettleInterest(account=account.account, date=last))
    assert again == ("deposit_interest.settled_already", {"settled_on": "2026-03-20"})


async def test_no_day_after_a_settlement_is_accrued_before_it_happened(branch: Holders) -> None:
    account = await rich(branch)
    await until(branch, date(2026, 3, 20), account)
    await branch.day()
    left = await branch.do(day(date(2026, 3, 21), account))
    assert (left.accrued, left.left) == (0, 1)
    await branch.do(SettleInterest(account=account.account, date=date(2026, 3, 20)))
    after = BalanceThen(account.account, 36_000_000 + 75 * 50)
    assert (await branch.do(day(date(2026, 3, 21), account, moved=[after]))).accrued == 1


async def test_a_frozen_account_bears_interest_and_is_paid_it(branch: Holders) -> None:
    account = await rich(branch)
    await branch.do(
        FreezeAccount(account=account.id, freeze_kind=FreezeKind.WHOLE, cause=FreezeCause.RISK, reason="异常")
    )
    await until(branch, date(2026, 3, 20), account)
    await branch.do(SettleInterest(account=account.account, date=date(2026, 3, 20)))
    assert await branch.money(account) == 36_000_000 + 75 * 50
    post = Pay(payer=account.id, payee=await branch.inside(Inside.CASH), amount=1, channel="counter")
    assert (await branch.refused(post))[0] == "deposit_account.frozen_out"


async def test_a_new_rate_counts_from_its_date_on(branch: Holders) -> None:
    account = await rich(branch)
    await branch.do(
        SetDepositProduct(
            code="deposit.class1",
            product_class=ProductClass.CLASS1,
            name="个人Ⅰ类账户",
            rate_ppm=1_000,
            effective_from=date(2026, 1, 7),
        )
    )
    await until(branch, date(2026, 1, 8), account)
    assert (await unsettled(branch, account)).accrued == 10_000 * (50 + 50 + 100 + 100)


async def test_other_settlement_days_ask_nothing_of_the_time_before_them(branch: Holders) -> None:
    account = await rich(branch)
    await branch.do(
        AddDepositPolicy(
            effective_from=date(2026, 2, 25),
            number_prefix="621999",
            settlement_day=20,
            settlement_months=list(range(1, 13)),
            confirmation_max=99,
            confirmation_tries=3,
            confirmation_hours=72,
            note="按月结息",
        )
    )
    await until(branch, date(2026, 3, 20), account)
    paid = await branch.do(SettleInterest(account=account.account, date=date(2026, 3, 20)))
    assert paid.paid == 75 * 50


async def test_a_day_is_finished_once(branch: Holders) -> None:
    await branch.day()
    await branch.do(FinishInterestDay(date=FIRST))
    assert (await branch.refused(FinishInterestDay(date=FIRST)))[0] == "interest_day.exists"
    assert (await branch.refused(FinishInterestDay(date=FIRST.replace(day=6))))[0] == "deposit_interest.day_not_over"
