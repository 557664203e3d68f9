"""Opening, changing, freezing and closing accounts."""

import asyncio
from typing import Any

import msgspec
import pytest

from canglian.ledger import Account, AccountState, Balance, Side, new_balance
from canglian.ledger.commands import (
    CaptureHold,
    ChangeAccount,
    CloseAccount,
    HoldFunds,
    OpenAccount,
    PostTransfer,
    ReleaseHold,
    ReverseTransfer,
    SetAccountState,
)
from tests.ledger.branch import NOW, Branch


async def test_an_account_is_opened_with_everything_that_was_asked(branch: Branch) -> None:
    account = await branch.do(
        OpenAccount(
            asset="CNY", head="2011", ceiling=2000, purpose="rice", owner="pty_1", name="王", reference="r1",
            metadata={"a": "b"},
        )
    )  # fmt: skip
    assert account == Account(
        2, "CNY", "2011", Side.CREDIT, AccountState.OPEN, 0, 2000, "rice", "pty_1", "王", "r1", {"a": "b"}, NOW, None
    )
    assert await branch.get(Account, 2) == account
    assert await branch.get(Balance, 2) == new_balance(2)


async def test_numbers_follow_each_other_and_the_side_is_the_heads(branch: Branch) -> None:
    assert [await branch.account() for _ in range(3)] == [2, 3, 4]
    assert (await branch.get(Account, branch.vault)).normal_side is Side.DEBIT
    odd = await branch.account(head="2011", normal_side=Side.DEBIT)
    assert (await branch.get(Account, odd)).normal_side is Side.DEBIT


@pytest.mark.parametrize(
    ("change", "code", "fields"),
    [
        ({"head": "9999"}, "head.not_found", {"head": "9999"}),
        ({"asset": "USD"}, "asset.not_found", {"asset": "USD"}),
        ({"reference": "taken"}, "account.exists", {"reference": "taken"}),
        ({"floor": 1}, "account.limits_crossed", {"account": 3, "balance": 0, "floor": 1, "ceiling": "—"}),
        ({"ceiling": -1}, "account.limits_crossed", {"account": 3, "balance": 0, "floor": 0, "ceiling": -1}),
        (
            {"floor": -5, "ceiling": -9},
            "account.limits_crossed",
            {"account": 3, "balance": 0, "floor": -5, "ceiling": -9},
        ),
    ],
)
async def test_what_no_account_may_be_is_refused(
    branch: Branch, change: dict[str, Any], code: str, fields: dict[str, Any]
) -> None:
    await branch.account(reference="taken")
    assert await branch.refused(OpenAccount(**{"asset": "CNY", "head": "2011", **change})) == (code, fields)
    assert await branch.account() == 3


async def test_a_reference_is_taken_within_the_same_batch_too(branch: Branch) -> None:
    asked = [OpenAccount(asset="CNY", head="2011", reference="r") for _ in range(3)]
    outcomes = await asyncio.gather(*(branch.ask(command) for command in asked))
    assert [outcome.error.code if outcome.error else None for outcome in outcomes] == [
        None, "account.exists", "account.exists",
    ]  # fmt: skip


async def test_what_is_left_out_of_a_change_stays_and_null_clears(branch: Branch) -> None:
    number = await branch.account(name="a", owner="o", metadata={"k": "v"})
    changed = await branch.do(ChangeAccount(account=number, name="b", owner=None))
    assert (changed.name, changed.owner, changed.metadata) == ("b", None, {"k": "v"})
    read = msgspec.json.decode(b'{"account": %d, "metadata": null}' % number, type=ChangeAccount)
    assert (await branch.do(read)).metadata is None


async def test_limits_follow_the_balance_and_what_holds_make_of_it(branch: Branch) -> None:
    number = await branch.account(funds=100)
    shop = await branch.account(ceiling=500)
    await branch.hold(number, shop, 30)
    crossed = "account.limits_crossed"
    assert await branch.refused(ChangeAccount(account=number, floor=71)) == (
        crossed, {"account": number, "balance": 70, "floor": 71, "ceiling": "—"},
    )  # fmt: skip
    assert (await branch.do(ChangeAccount(account=number, floor=70))).floor == 70
    assert (await branch.refused(ChangeAccount(account=number, ceiling=99)))[0] == crossed
    assert (await branch.do(ChangeAccount(account=number, ceiling=100))).ceiling == 100
    assert await branch.refused(ChangeAccount(account=shop, ceiling=29)) == (
        crossed, {"account": shop, "balance": 30, "floor": 0, "ceiling": 29},
    )  # fmt: skip
    assert (await branch.do(ChangeAccount(account=shop, ceiling=30))).ceiling == 30


async def test_limits_of_a_debit_account_count_its_holds_the_other_way(branch: Branch) -> None:
    till = await branch.account(head="1001", floor=None)
    customer = await branch.account(funds=100)
    await branch.pay(till, customer, 50)
    await branch.hold(customer, till, 20)
    await branch.hold(till, customer, 5)
    assert (await branch.refused(ChangeAccount(account=till, floor=31)))[1]["balance"] == 30
    assert (await branch.refused(ChangeAccount(account=till, ceiling=54)))[1]["balance"] == 55
    assert (await branch.do(ChangeAccount(account=till, floor=30, ceiling=55))).floor == 30


@pytest.mark.parametrize(
    ("state", "takes", "gives"),
    [
        (AccountState.FROZEN_IN, False, True),
        (AccountState.FROZEN_OUT, True, False),
        (AccountState.FROZEN, False, False),
    ],
)
@pytest.mark.parametrize("head", ["2011", "1001"])
async def test_a_frozen_account_moves_only_in_the_direction_left(
    branch: Branch, head: str, state: AccountState, takes: bool, gives: bool
) -> None:
    other = await branch.account(head="2011", floor=None)
    number = await branch.account(head=head, floor=None)
    into, out = ((other, number), (number, other)) if head == "2011" else ((number, other), (other, number))
    await branch.pay(*into, 100)
    reserved = await branch.hold(*out, 10)
    frozen = await branch.do(SetAccountState(account=number, state=state, reason="涉案"))
    assert frozen.state is state
    for (debit, credit), allowed in ((into, takes), (out, gives)):
        for command in (
            PostTransfer(debit=debit, credit=credit, amount=1, code="pay"),
            HoldFunds(debit=debit, credit=credit, amount=1, code="pay"),
        ):
            if allowed:
                await branch.do(command)
            else:
                assert await branch.refused(command) == (
                    "account.frozen", {"account": number, "state": state.value},
                )  # fmt: skip
    if gives:
        await branch.do(CaptureHold(hold=reserved.id))
    else:
        assert (await branch.refused(CaptureHold(hold=reserved.id)))[0] == "account.frozen"
        await branch.do(ReleaseHold(hold=reserved.id))
    await branch.do(SetAccountState(account=number, state=AccountState.OPEN, reason="解冻"))
    await branch.pay(*into, 1)
    await branch.pay(*out, 1)


async def test_a_state_is_set_only_to_another(branch: Branch) -> None:
    number = await branch.account()
    assert await branch.refused(SetAccountState(account=number, state=AccountState.OPEN, reason="x")) == (
        "account.state_same", {"account": number, "state": "open"},
    )  # fmt: skip


async def test_only_an_empty_account_is_closed_and_that_for_good(branch: Branch) -> None:
    number = await branch.account(funds=7)
    other = await branch.account()
    close = CloseAccount(account=number)
    assert await branch.refused(close) == ("account.not_empty", {"account": number, "balance": 7, "held": 0})
    last = await branch.pay(number, other, 7)
    hold = await branch.hold(branch.vault, number, 3)
    assert await branch.refused(close) == ("account.not_empty", {"account": number, "balance": 0, "held": 3})
    assert (await branch.refused(SetAccountState(account=number, state=AccountState.CLOSED, reason="x")))[
        0
    ] == "account.not_empty"
    await branch.do(ReleaseHold(hold=hold.id))
    closed = await branch.do(close)
    assert (closed.state, closed.closed_at) == (AccountState.CLOSED, NOW)
    for command in (
        close,
        ChangeAccount(account=number, name="x"),
        SetAccountState(account=number, state=AccountState.OPEN, reason="x"),
        PostTransfer(debit=branch.vault, credit=number, amount=1, code="pay"),
        PostTransfer(debit=number, credit=other, amount=1, code="pay"),
        HoldFunds(debit=branch.vault, credit=number, amount=1, code="pay"),
        ReverseTransfer(transfer=last.id),
    ):
        assert await branch.refused(command) == ("account.closed", {"account": number})


async def test_an_unknown_account_is_not_found_by_any_command(branch: Branch) -> None:
    for command in (
        CloseAccount(account=99),
        ChangeAccount(account=99, name="x"),
        SetAccountState(account=99, state=AccountState.FROZEN, reason="x"),
        PostTransfer(debit=99, credit=1, amount=1, code="pay"),
        PostTransfer(debit=1, credit=99, amount=1, code="pay"),
        HoldFunds(debit=99, credit=1, amount=1, code="pay"),
    ):
        assert await branch.refused(command) == ("account.not_found", {"account": 99})
