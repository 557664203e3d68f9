"""Freezes, each lifted by itself, and cases that reach a holder's other accounts."""

from datetime import timedelta
from typing import Any

import pytest

from canglian.bank.deposit import AccountFreeze, DepositAccount, FreezeCause, FreezeKind
from canglian.bank.deposit.commands import (
    ClearCase,
    ExpireFreeze,
    FreezeAccount,
    LiftFreeze,
    OpenDepositAccount,
    ReportCase,
)
from canglian.ledger.commands import PostTransfer
from tests.bank.deposit.holders import Holders, Pay


async def two(branch: Holders) -> tuple[DepositAccount, DepositAccount]:
    """Two accounts of two people, each with 100.00."""
    accounts = [await branch.counter(await branch.seen(serial)) for serial in (1, 2)]
    for account in accounts:
        await branch.fund(account, 10_000)
    return accounts[0], accounts[1]


def freeze(account: DepositAccount, kind: FreezeKind, **more: Any) -> FreezeAccount:
    fields: dict[str, Any] = {"cause": FreezeCause.RISK, "reason": "异常交易", **more}
    return FreezeAccount(account=account.id, freeze_kind=kind, **fields)


@pytest.mark.parametrize(
    ("kind", "comes", "goes"),
    [
        (FreezeKind.IN, "payee.cannot_receive", None),
        (FreezeKind.OUT, None, "deposit_account.frozen_out"),
        (FreezeKind.WHOLE, "payee.cannot_receive", "deposit_account.frozen_out"),
        (FreezeKind.COUNTER_ONLY, "payee.cannot_receive", "deposit_account.counter_only"),
    ],
)
async def test_a_freeze_stops_its_direction(
    branch: Holders, kind: FreezeKind, comes: str | None, goes: str | None
) -> None:
    account, other = await two(branch)
    await branch.do(freeze(account, kind))
    for pay, code in (
        (Pay(payer=other.id, payee=account.id, amount=1), comes),
        (Pay(payer=account.id, payee=other.id, amount=1), goes),
    ):
        if code is None:
            await branch.do(pay)
        else:
            told = {"field": "payee"} if pay.payee == account.id else {"deposit_account": account.id}
            assert await branch.refused(pay) == (code, told)


async def test_the_counter_serves_what_is_for_the_counter_only(branch: Holders) -> None:
    account, other = await two(branch)
    await branch.do(freeze(account, FreezeKind.COUNTER_ONLY))
    await branch.do(Pay(payer=account.id, payee=other.id, amount=1, channel="counter"))
    assert await branch.money(account) == 9_999


async def test_the_ledger_moves_nothing_behind_a_freeze(branch: Holders) -> None:
    account, other = await two(branch)
    await branch.do(freeze(account, FreezeKind.OUT))
    post = PostTransfer(debit=account.account, credit=other.account, amount=1, code="x")
    assert (await branch.refused(post))[0] == "account.frozen"


async def test_several_freezes_are_lifted_one_by_one(branch: Holders) -> None:
    account, other = await two(branch)
    first = await branch.do(freeze(account, FreezeKind.OUT))
    order = freeze(account, FreezeKind.WHOLE, cause=FreezeCause.ORDER, authority="新城县人民法院")
    second = await branch.do(order)
    await branch.do(LiftFreeze(freeze=second.id, reason="解除"))
    seen = await branch.look(account)
    assert (seen.stops_in, seen.stops_out) == (False, True)
    lifted: AccountFreeze = await branch.get(AccountFreeze, second.id)
    assert (lifted.lifted_by, lifted.lift_reason, lifted.lifted_at) == ("teller", "解除", branch.now)
    assert (await branch.refused(LiftFreeze(freeze=second.id, reason="x")))[0] == "account_freeze.lifted"
    await branch.do(LiftFreeze(freeze=first.id, reason="解除"))
    await branch.do(Pay(payer=account.id, payee=other.id, amount=1))
    await branch.pay(account.account, other.account, 1)


async def test_an_order_names_its_authority(branch: Holders) -> None:
    account, _ = await two(branch)
    refused = await branch.refused(freeze(account, FreezeKind.OUT, cause=FreezeCause.ORDER))
    assert refused[0] == "account_freeze.authority_missing"


async def test_a_freeze_ends_after_its_last_day(branch: Holders) -> None:
    account, _ = await two(branch)
    last = account.opened_on + timedelta(days=1)
    frozen = await branch.do(freeze(account, FreezeKind.OUT, until=last))
    past = freeze(account, FreezeKind.IN, until=account.opened_on - timedelta(days=1))
    assert (await branch.refused(past))[0] == "account_freeze.until_past"
    await branch.day()
    assert await branch.refused(ExpireFreeze(freeze=frozen.id)) == (
        "account_freeze.not_due",
        {"until": last.isoformat()},
    )
    await branch.day()
    await branch.do(ExpireFreeze(freeze=frozen.id))
    assert (await branch.look(account)).stops_out is False


async def test_a_case_stops_an_account_and_leaves_the_counter_to_its_holders_others(branch: Holders) -> None:
    party = await branch.seen()
    accounts = [await branch.counter(party, f"deposit.class{n}") for n in (1, 2, 2)]
    stranger = await branch.counter(await branch.seen(2))
    case = ReportCase(
        account=accounts[0].id, case_reference="新公刑〔2026〕1号", authority="新城县公安局", reason="诈骗"
    )
    frozen = await branch.do(case)
    assert (frozen.account, set(frozen.others)) == (accounts[0].id, {account.id for account in accounts[1:]})
    states = [await branch.look(account) for account in (*accounts, stranger)]
    assert [(state.stops_in, state.stops_out, state.counter_only) for state in states] == [
        (True, True, False),
        (False, False, True),
        (False, False, True),
        (False, False, False),
    ]
    assert (await branch.refused(case))[0] == "deposit_account.in_case"
    number = await branch.number()
    ask = OpenDepositAccount(product="deposit.class3", number=number, channel="counter", party=party.id)
    assert (await branch.refused(ask))[0] == "deposit_account.holder_in_case"


async def test_a_case_is_cleared_as_a_whole_and_only_as_a_case(branch: Holders) -> None:
    party = await branch.seen()
    first, second = await branch.counter(party), await branch.counter(party, "deposit.class2")
    await branch.do(ReportCase(account=first.id, case_reference="C1", authority="新城县公安局", reason="诈骗"))
    (standing,) = await branch.rows(AccountFreeze, account=second.id)
    assert (await branch.refused(LiftFreeze(freeze=standing.id, reason="x")))[0] == "account_freeze.case_command"
    by_hand = freeze(first, FreezeKind.IN, cause=FreezeCause.CASE)
    assert (await branch.refused(by_hand))[0] == "account_freeze.case_command"
    cleared = await branch.do(ClearCase(case_reference="C1", reason="撤案"))
    assert cleared == sorted([first.id, second.id])
    assert [
        (account.stops_out, account.counter_only) for account in (await branch.look(first), await branch.look(second))
    ] == [
        (False, False),
        (False, False),
    ]
    assert (await branch.refused(ClearCase(case_reference="C1", reason="x")))[0] == "account_freeze.case_unknown"
