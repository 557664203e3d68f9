"""Orders of the rail: booked once, whatever answers come in whatever order."""

import itertools
from typing import Any

import pytest

from canglian.bank.deposit import (
    BindingState,
    BoundAccount,
    DepositAccount,
    Inside,
    RailDifference,
    RailKind,
    RailOrder,
    RailState,
)
from canglian.bank.deposit.commands import (
    AnswerRailOrder,
    BindAccount,
    MarkRailSent,
    RequestPull,
    RequestPush,
    ResolveRailDifference,
)
from canglian.ledger.commands import ReleaseHold
from tests.bank.deposit.holders import SEALER, Holders


async def afar(branch: Holders) -> tuple[DepositAccount, BoundAccount]:
    account = await branch.afar(await branch.opened_afar())
    return account, await branch.first_bound(account)


async def pulled(branch: Holders, amount: int = 5_000) -> tuple[DepositAccount, BoundAccount, RailOrder]:
    """A pull that has been asked for."""
    account, bound = await afar(branch)
    return account, bound, await branch.do(RequestPull(bound_account=bound.id, amount=amount, channel="mobile"))


async def rich(branch: Holders) -> tuple[DepositAccount, BoundAccount]:
    """An account with 50.00 that came by a pull."""
    account, bound, order = await pulled(branch)
    await branch.do(AnswerRailOrder(order=order.id, succeeded=True, reference="R-1"))
    return account, bound


async def test_a_pull_is_booked_when_it_came(branch: Holders) -> None:
    account, _, order = await pulled(branch)
    assert (order.kind, order.state, await branch.money(account)) == (RailKind.PULL, RailState.REQUESTED, 0)
    assert await branch.held(account.account) == (0, 5_000)
    await branch.do(MarkRailSent(order=order.id, reference="R-1"))
    answered = await branch.do(AnswerRailOrder(order=order.id, succeeded=True))
    assert (answered.state, answered.reference, answered.suspense) == (RailState.SUCCEEDED, "R-1", False)
    assert await branch.money(account) == 5_000
    assert await branch.held(account.account) == (0, 0)
    assert await branch.balance(await branch.inside(Inside.RAIL)) == 5_000
    seen = await branch.look(account)
    assert (seen.bound_inflow, seen.moved_on) == (True, account.opened_on)


async def test_a_push_holds_the_money_and_lets_it_go_where_it_fails(branch: Holders) -> None:
    account, bound = await rich(branch)
    order = await branch.do(RequestPush(bound_account=bound.id, amount=2_000, channel="mobile"))
    assert await branch.held(account.account) == (2_000, 0)
    too_much = RequestPush(bound_account=bound.id, amount=3_001, channel="mobile")
    assert (await branch.refused(too_much))[0] == "transfer.insufficient_funds"
    failed = await branch.do(AnswerRailOrder(order=order.id, succeeded=False, reason="对方账户已销户"))
    assert (failed.state, failed.reason) == (RailState.FAILED, "对方账户已销户")
    assert (await branch.held(account.account), await branch.money(account)) == ((0, 0), 5_000)
    again = await branch.do(RequestPush(bound_account=bound.id, amount=5_000, channel="mobile"))
    await branch.do(AnswerRailOrder(order=again.id, succeeded=True, reference="R-2"))
    assert await branch.money(account) == 0
    assert await branch.balance(await branch.inside(Inside.RAIL)) == 0


@pytest.mark.parametrize("order_of_news", list(itertools.permutations(["sent", "yes", "yes again"])))
async def test_late_double_and_out_of_order_news_book_once(branch: Holders, order_of_news: tuple[str, ...]) -> None:
    account, _, order = await pulled(branch)
    news: dict[str, Any] = {
        "sent": MarkRailSent(order=order.id, reference="R-1"),
        "yes": AnswerRailOrder(order=order.id, succeeded=True, reference="R-1"),
        "yes again": AnswerRailOrder(order=order.id, succeeded=True, reference="R-1"),
    }
    for name in order_of_news:
        await branch.do(news[name])
    assert (await branch.get(RailOrder, order.id)).state is RailState.SUCCEEDED
    assert await branch.money(account) == 5_000
    assert await branch.rows(RailDifference) == []


@pytest.mark.parametrize("first", [True, False])
async def test_the_opposite_of_an_answer_moves_nothing_and_is_a_difference(branch: Holders, first: bool) -> None:
    account, _, order = await pulled(branch)
    settled = await branch.do(AnswerRailOrder(order=order.id, succeeded=first, reference="R-1"))
    for _ in range(2):
        opposite = AnswerRailOrder(order=order.id, succeeded=not first, reference="R-1")
        assert await branch.do(opposite) == settled
    assert await branch.money(account) == (5_000 if first else 0)
    (difference,) = await branch.rows(RailDifference)
    assert (difference.kind, difference.order, difference.they_succeeded) == ("contradicted", order.id, not first)


async def test_an_order_that_nobody_gave_is_not_answered(branch: Holders) -> None:
    answer = AnswerRailOrder(order=f"rail_{'0' * 26}", succeeded=True)
    assert (await branch.refused(answer))[0] == "rail_order.not_found"


async def test_the_event_of_an_order_carries_nothing_but_its_id(branch: Holders) -> None:
    _, _, order = await pulled(branch)
    assert ("rail.requested", {"rail_order": order.id}) in branch.emitted()


async def test_money_moves_only_to_and_from_an_account_that_is_confirmed(branch: Holders) -> None:
    account = await branch.counter(await branch.seen())
    bound = await branch.do(
        BindAccount(account=account.id, number=SEALER.account("6228480400556677889"), bank="农村信用社")
    )
    assert bound.state is BindingState.CHECKING
    for kind in (RequestPull, RequestPush):
        ask = kind(bound_account=bound.id, amount=1, channel="mobile")
        assert await branch.refused(ask) == ("bound_account.not_active", {"state": "checking"})


async def test_an_order_whose_hold_was_released_by_hand_is_booked_all_the_same(branch: Holders) -> None:
    account, bound = await rich(branch)
    order = await branch.do(RequestPush(bound_account=bound.id, amount=2_000, channel="mobile"))
    await branch.do(ReleaseHold(hold=order.hold))
    await branch.do(AnswerRailOrder(order=order.id, succeeded=True, reference="R-2"))
    assert (await branch.money(account), await branch.held(account.account)) == (3_000, (0, 0))
    failed = await branch.do(RequestPush(bound_account=bound.id, amount=2_000, channel="mobile"))
    await branch.do(ReleaseHold(hold=failed.hold))
    await branch.do(AnswerRailOrder(order=failed.id, succeeded=False))
    assert await branch.money(account) == 3_000


async def test_money_that_left_and_is_not_there_any_more_stands_aside(branch: Holders) -> None:
    account, bound = await rich(branch)
    order = await branch.do(RequestPush(bound_account=bound.id, amount=5_000, channel="mobile"))
    await branch.do(ReleaseHold(hold=order.hold))
    await branch.pay(account.account, branch.vault, 5_000)
    answered = await branch.do(AnswerRailOrder(order=order.id, succeeded=True, reference="R-2"))
    assert (answered.state, answered.suspense) == (RailState.SUCCEEDED, True)
    aside = await branch.inside(Inside.RAIL_SUSPENSE)
    assert await branch.balance(aside) == -5_000
    (difference,) = await branch.rows(RailDifference)
    follow = ResolveRailDifference(difference=difference.id, resolution="追回", book_it=True)
    assert (await branch.refused(follow))[0] == "transfer.insufficient_funds"
    await branch.pay(branch.vault, account.account, 5_000)
    await branch.do(follow)
    assert (await branch.money(account), await branch.balance(aside)) == (0, 0)
