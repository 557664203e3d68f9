"""The rail's daily file: what it settles, where it differs, and what a person makes of that."""

from typing import Any

import pytest

from canglian.bank.deposit import (
    BoundAccount,
    DepositAccount,
    FreezeCause,
    FreezeKind,
    Inside,
    RailDifference,
    RailOrder,
    RailState,
)
from canglian.bank.deposit.commands import (
    AnswerRailOrder,
    FreezeAccount,
    LiftFreeze,
    NoteMissingInFile,
    ReconcileRailLine,
    RequestPull,
    RequestPush,
    ResolveRailDifference,
)
from canglian.bank.deposit.model import DifferenceKind
from tests.bank.deposit.holders import Holders


async def pulled(branch: Holders, amount: int = 5_000) -> tuple[DepositAccount, BoundAccount, RailOrder]:
    account = await branch.afar(await branch.opened_afar())
    bound = await branch.first_bound(account)
    return account, bound, await branch.do(RequestPull(bound_account=bound.id, amount=amount, channel="mobile"))


def line(asked: RailOrder, /, **more: Any) -> ReconcileRailLine:
    fields: dict[str, Any] = {
        "date": asked.requested_on,
        "order": asked.id,
        "order_kind": asked.kind,
        "amount": asked.amount,
        "succeeded": True,
        "reference": "R-1",
        **more,
    }
    return ReconcileRailLine(**fields)


async def difference(branch: Holders) -> RailDifference:
    (found,) = await branch.rows(RailDifference)
    return found


async def test_the_file_settles_what_was_never_answered_and_the_same_line_again_does_nothing(branch: Holders) -> None:
    account, _, order = await pulled(branch)
    assert (await branch.refused(line(order)))[0] == "rail_line.day_not_over"
    await branch.day()
    assert (await branch.do(line(order))).outcome == "settled"
    assert await branch.money(account) == 5_000
    before = branch.trace()
    assert (await branch.do(line(order))).outcome == "agreed"
    assert branch.trace() == before
    late = await branch.do(AnswerRailOrder(order=order.id, succeeded=True, reference="R-1"))
    assert (late.state, late.filed_on, await branch.money(account)) == (RailState.SUCCEEDED, order.requested_on, 5_000)


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"amount": 5_001}, DifferenceKind.AMOUNT),
        ({"order_kind": "push"}, DifferenceKind.AMOUNT),
        ({"succeeded": False}, DifferenceKind.STATE),
        ({"order": "rail_unknown"}, DifferenceKind.UNKNOWN_ORDER),
    ],
)
async def test_where_the_file_says_otherwise_nothing_moves_and_a_difference_stands_once(
    branch: Holders, more: dict[str, Any], kind: DifferenceKind
) -> None:
    account, _, order = await pulled(branch)
    await branch.do(AnswerRailOrder(order=order.id, succeeded=True, reference="R-1"))
    await branch.day()
    first = await branch.do(line(order, **more))
    again = await branch.do(line(order, **more))
    assert (first.outcome, first) == ("differs", again)
    found = await difference(branch)
    assert (found.kind, found.theirs) == (kind, more.get("amount", 5_000))
    assert await branch.money(account) == 5_000
    nothing = ResolveRailDifference(difference=found.id, resolution="已核实", book_it=True)
    if kind is not DifferenceKind.STATE:
        assert (await branch.refused(nothing))[0] == "rail_difference.nothing_to_book"


async def test_an_order_that_stands_in_no_file_is_noted(branch: Holders) -> None:
    _, _, order = await pulled(branch)
    await branch.day()
    await branch.do(NoteMissingInFile(order=order.id, date=order.requested_on))
    assert (await difference(branch)).kind is DifferenceKind.MISSING_IN_FILE
    await branch.do(line(order))
    refused = await branch.refused(NoteMissingInFile(order=order.id, date=order.requested_on))
    assert refused[0] == "rail_order.filed"


async def test_a_pull_that_failed_here_and_came_there_is_booked_by_a_person_once(branch: Holders) -> None:
    account, _, order = await pulled(branch)
    await branch.do(AnswerRailOrder(order=order.id, succeeded=False, reason="超时"))
    await branch.day()
    await branch.do(line(order))
    found = await difference(branch)
    resolve = ResolveRailDifference(difference=found.id, resolution="对方已扣款", book_it=True)
    await branch.do(resolve)
    assert await branch.money(account) == 5_000
    settled: RailOrder = await branch.get(RailOrder, order.id)
    assert (settled.state, settled.transfer is not None) == (RailState.SUCCEEDED, True)
    assert (await branch.refused(resolve))[0] == "rail_difference.resolved"


async def test_a_push_that_went_through_here_and_failed_there_comes_back(branch: Holders) -> None:
    account, bound, order = await pulled(branch)
    await branch.do(AnswerRailOrder(order=order.id, succeeded=True))
    push = await branch.do(RequestPush(bound_account=bound.id, amount=5_000, channel="mobile"))
    await branch.do(AnswerRailOrder(order=push.id, succeeded=True))
    await branch.do(AnswerRailOrder(order=push.id, succeeded=False, reason="退汇"))
    assert await branch.money(account) == 0
    found = await difference(branch)
    await branch.do(ResolveRailDifference(difference=found.id, resolution="退汇", book_it=True))
    assert await branch.money(account) == 5_000
    assert (await branch.get(RailOrder, push.id)).state is RailState.FAILED
    assert await branch.balance(await branch.inside(Inside.RAIL)) == 5_000


async def test_money_for_an_account_that_takes_none_stands_aside_until_a_person_decides(branch: Holders) -> None:
    account, _, order = await pulled(branch)
    freeze = await branch.do(
        FreezeAccount(account=account.id, freeze_kind=FreezeKind.IN, cause=FreezeCause.RISK, reason="异常")
    )
    answered = await branch.do(AnswerRailOrder(order=order.id, succeeded=True))
    assert (answered.state, answered.suspense) == (RailState.SUCCEEDED, True)
    aside = await branch.inside(Inside.RAIL_SUSPENSE)
    assert (await branch.money(account), await branch.balance(aside)) == (0, 5_000)
    assert await branch.held(account.account) == (0, 0)
    found = await difference(branch)
    resolve = ResolveRailDifference(difference=found.id, resolution="入账", book_it=True)
    assert (await branch.refused(resolve))[0] == "deposit_account.frozen_in"
    await branch.do(LiftFreeze(freeze=freeze.id, reason="解除"))
    await branch.do(resolve)
    assert (await branch.money(account), await branch.balance(aside)) == (5_000, 0)


async def test_a_difference_may_be_resolved_without_a_movement(branch: Holders) -> None:
    _, _, order = await pulled(branch)
    await branch.day()
    await branch.do(line(order, amount=1))
    found = await difference(branch)
    done = await branch.do(ResolveRailDifference(difference=found.id, resolution="对方更正文件"))
    assert (done.resolved_by, done.resolution) == ("teller", "对方更正文件")
