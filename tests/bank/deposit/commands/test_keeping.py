"""Dormancy, and being served again; upgrades; the end."""

from datetime import date
from typing import Any

import pytest

from canglian.bank.deposit import (
    AccountState,
    BindingState,
    BoundAccount,
    DepositAccount,
    DepositInterest,
    Inside,
    RailOrder,
)
from canglian.bank.deposit.commands import (
    AnswerRailOrder,
    CloseDepositAccount,
    FreezeAccount,
    MarkDormant,
    ReactivateAccount,
    RequestPull,
    UpgradeAccount,
)
from canglian.bank.deposit.model import FreezeCause, FreezeKind
from canglian.bank.party import Level, PartyDocument
from canglian.bank.party.commands import VerifyFaceToFace
from canglian.ledger.model import Account, Transfer
from canglian.ledger.model import AccountState as LedgerState
from tests.bank.deposit.holders import Holders, Pay


async def test_half_a_year_without_a_movement_leaves_an_account_to_the_counter(branch: Holders) -> None:
    party = await branch.seen()
    account = await branch.counter(party)
    code, fields = await branch.refused(MarkDormant(account=account.id))
    assert (code, fields["due_on"]) == ("deposit_account.not_due", "2026-07-05")
    await branch.day(181)
    dormant = await branch.do(MarkDormant(account=account.id))
    assert dormant.state is AccountState.DORMANT
    other = await branch.counter(await branch.seen(2))
    await branch.fund(other, 100)
    assert (await branch.refused(Pay(payer=other.id, payee=account.id, amount=1)))[0] == "payee.cannot_receive"
    await branch.do(Pay(payer=other.id, payee=account.id, amount=1, channel="counter"))
    (document,) = await branch.rows(PartyDocument, party=party.id)
    again = await branch.do(ReactivateAccount(account=account.id, document=document.id, place="柜台"))
    assert (again.state, again.dormant_on) == (AccountState.ACTIVE, date(2027, 1, 5))
    refused = await branch.refused(ReactivateAccount(account=account.id, document=document.id, place="柜台"))
    assert refused[0] == "deposit_account.not_dormant"


async def test_one_movement_keeps_an_account_awake(branch: Holders) -> None:
    account = await branch.counter(await branch.seen())
    await branch.fund(account, 1)
    await branch.day(181)
    refused = await branch.refused(MarkDormant(account=account.id))
    assert refused == ("deposit_account.moved", {"deposit_account": account.id, "moved_on": "2026-01-05"})


async def test_another_persons_document_wakes_nothing(branch: Holders) -> None:
    account = await branch.counter(await branch.seen())
    other = await branch.seen(2)
    (document,) = await branch.rows(PartyDocument, party=other.id)
    await branch.day(181)
    await branch.do(MarkDormant(account=account.id))
    refused = await branch.refused(ReactivateAccount(account=account.id, document=document.id, place="柜台"))
    assert refused[0] == "deposit_account.document_needed"


async def test_a_meeting_raises_an_account_and_opens_it_to_others(branch: Holders) -> None:
    opening = await branch.opened_afar()
    account = await branch.afar(opening)
    assert (await branch.refused(UpgradeAccount(account=account.id)))[0] == "deposit_account.level_needed"
    (document,) = await branch.rows(PartyDocument, party=opening.party)
    await branch.do(VerifyFaceToFace(party=opening.party, document=document.id, place="柜台"))
    raised = await branch.do(UpgradeAccount(account=account.id))
    assert raised.level is Level.FACE_TO_FACE
    payer = await branch.counter(await branch.seen(2))
    await branch.fund(payer, 100)
    await branch.do(Pay(payer=payer.id, payee=account.id, amount=100))
    assert (await branch.refused(UpgradeAccount(account=account.id)))[0] == "deposit_account.upgraded_already"


async def test_class_three_becomes_class_two_and_nothing_else(branch: Holders) -> None:
    account = await branch.afar(await branch.opened_afar(), "deposit.class3")
    asked: list[tuple[str, str]] = [
        ("deposit.class1", "deposit_account.upgrade_unknown"),
        ("deposit.class3", "deposit_account.upgraded_already"),
        ("deposit.class2.none", "deposit_product.not_found"),
    ]
    for product, code in asked:
        assert (await branch.refused(UpgradeAccount(account=account.id, product=product)))[0] == code
    raised = await branch.do(UpgradeAccount(account=account.id, product="deposit.class2"))
    assert (raised.product, raised.product_class) == ("deposit.class2", "class2")
    interest: DepositInterest = await branch.get(DepositInterest, account.account)
    assert interest.product == "deposit.class2"


async def test_an_empty_account_closes_at_once_with_what_is_bound_to_it(branch: Holders) -> None:
    account = await branch.afar(await branch.opened_afar())
    closed = await branch.do(CloseDepositAccount(account=account.id, reason="客户申请", channel="mobile"))
    assert (closed.state, closed.closed_on) == (AccountState.CLOSED, account.opened_on)
    ledger: Account = await branch.get(Account, account.account)
    assert ledger.state is LedgerState.CLOSED
    bound: BoundAccount = await branch.first_bound(account)
    assert (bound.state, bound.outcome) == (BindingState.ENDED, "account_closed")
    again = await branch.refused(CloseDepositAccount(account=account.id, reason="x", channel="mobile"))
    assert again == ("deposit_account.closed", {"deposit_account": account.id})


async def rich(branch: Holders) -> tuple[DepositAccount, BoundAccount]:
    """An account opened from afar with 360,000.00, for whole figures of interest."""
    account = await branch.afar(await branch.opened_afar())
    bound = await branch.first_bound(account)
    order = await branch.do(RequestPull(bound_account=bound.id, amount=36_000_000, channel="mobile"))
    await branch.do(AnswerRailOrder(order=order.id, succeeded=True))
    return account, bound


def closing(account: DepositAccount, **more: Any) -> CloseDepositAccount:
    return CloseDepositAccount(account=account.id, reason="客户申请", **{"channel": "mobile", **more})


async def test_closing_pays_interest_and_waits_for_the_rail(branch: Holders) -> None:
    """Ten days at 0.05 % by 360 on 360,000.00 are 5.00."""
    account, bound = await rich(branch)
    await branch.day(10)
    assert (await branch.refused(closing(account)))[0] == "deposit_account.pay_out_missing"
    started = await branch.do(closing(account, bound_account=bound.id))
    assert started.state is AccountState.CLOSING
    (_, order) = await branch.rows(RailOrder, account=account.id)
    assert (order.kind, order.amount) == ("push", 36_000_500)
    pay = Pay(payer=account.id, payee=await branch.inside(Inside.CASH), amount=1)
    assert (await branch.refused(pay))[0] == "deposit_account.closing"
    await branch.do(AnswerRailOrder(order=order.id, succeeded=True))
    ended = await branch.look(account)
    assert (ended.state, await branch.money(account)) == (AccountState.CLOSED, 0)
    assert await branch.balance(await branch.inside(Inside.INTEREST_PAYABLE)) == 0
    assert await branch.balance(await branch.inside(Inside.INTEREST_EXPENSE)) == 500


async def test_where_the_rail_fails_the_account_is_as_it_was(branch: Holders) -> None:
    account, bound = await rich(branch)
    await branch.do(closing(account, bound_account=bound.id))
    (_, order) = await branch.rows(RailOrder, account=account.id)
    await branch.do(AnswerRailOrder(order=order.id, succeeded=False, reason="超时"))
    assert ((await branch.look(account)).state, await branch.money(account)) == (AccountState.ACTIVE, 36_000_000)
    interest: DepositInterest = await branch.get(DepositInterest, account.account)
    assert interest.closed is False
    await branch.do(closing(account, bound_account=bound.id))


async def test_an_account_that_goes_on_after_days_has_lost_no_interest(branch: Holders) -> None:
    """Closing on the first day, the rail fails 80 days later, past the settlement of March: 50 fen a day are there."""
    account, bound = await rich(branch)
    await branch.do(closing(account, bound_account=bound.id))
    await branch.day(80)
    (_, order) = await branch.rows(RailOrder, account=account.id)
    await branch.do(AnswerRailOrder(order=order.id, succeeded=False, reason="超时"))
    interest: DepositInterest = await branch.get(DepositInterest, account.account)
    assert (interest.until, interest.settled_on) == (date(2026, 3, 25), date(2026, 3, 20))
    assert await branch.money(account) + interest.accrued // 10_000 == 36_000_000 + 80 * 50


async def test_an_account_that_goes_on_after_years_was_paid_at_each_settlement_day(branch: Holders) -> None:
    """What is paid bears interest from the day after, as if somebody had closed each day."""
    account, bound = await rich(branch)
    await branch.do(closing(account, bound_account=bound.id))
    await branch.day(1_100)
    (_, order) = await branch.rows(RailOrder, account=account.id)
    await branch.do(AnswerRailOrder(order=order.id, succeeded=False, reason="超时"))
    balance, due, per_fen = 36_000_000, 0, 1_000_000 * 360
    for day in (date.fromordinal(date(2026, 1, 5).toordinal() + days) for days in range(1_100)):
        due += balance * 500
        if day.day == 20 and day.month in (3, 6, 9, 12):
            balance, due = balance + due // per_fen, due % per_fen
    assert balance - 36_000_000 == 54_087 > 1_081 * 50
    interest: DepositInterest = await branch.get(DepositInterest, account.account)
    assert (await branch.money(account), interest.accrued // 10_000) == (balance, due // per_fen)
    paid = [row for row in await branch.rows(Transfer, credit=account.account) if row.code == "interest.settled"]
    assert [row.date.isoformat() for row in paid[:3]] == ["2026-03-21", "2026-06-21", "2026-09-21"]
    assert len(paid) == 12


async def test_cash_closes_at_the_counter_only(branch: Holders) -> None:
    account = await branch.counter(await branch.seen())
    await branch.fund(account, 36_000_000)
    assert (await branch.refused(closing(account, cash=True)))[0] == "deposit_account.cash_elsewhere"
    done = await branch.do(closing(account, cash=True, channel="counter"))
    assert (done.state, await branch.money(account)) == (AccountState.CLOSED, 0)


async def test_nothing_closes_over_an_open_order_a_freeze_or_anothers_bound_account(branch: Holders) -> None:
    account, bound = await rich(branch)
    order = await branch.do(RequestPull(bound_account=bound.id, amount=1, channel="mobile"))
    refused = await branch.refused(closing(account, bound_account=bound.id))
    assert refused == ("deposit_account.orders_open", {"deposit_account": account.id, "other": order.id})
    await branch.do(AnswerRailOrder(order=order.id, succeeded=False))
    other = await branch.afar(await branch.opened_afar(2, "6222020200998877665"))
    foreign = closing(account, bound_account=(await branch.first_bound(other)).id)
    assert (await branch.refused(foreign))[0] == "bound_account.foreign"
    await branch.do(
        FreezeAccount(account=account.id, freeze_kind=FreezeKind.OUT, cause=FreezeCause.RISK, reason="异常")
    )
    assert (await branch.refused(closing(account, bound_account=bound.id)))[0] == "deposit_account.frozen_out"


async def test_an_account_that_moved_since_waits_for_its_interest(branch: Holders) -> None:
    account, bound = await rich(branch)
    await branch.day(2)
    await branch.fund_own(account, 1)
    code, fields = await branch.refused(closing(account, bound_account=bound.id))
    assert (code, fields["until"], fields["needed"]) == ("deposit_account.interest_behind", "2026-01-04", "2026-01-06")


@pytest.mark.parametrize("command", [MarkDormant, UpgradeAccount])
async def test_nothing_happens_to_a_closed_account(branch: Holders, command: Any) -> None:
    account = await branch.afar(await branch.opened_afar())
    await branch.do(closing(account))
    assert (await branch.refused(command(account=account.id)))[0] == "deposit_account.closed"
