"""Moving money: every check, and nothing left behind by a refusal."""

import pytest

from canglian.bank.deposit import Counterparty, Inside
from canglian.bank.deposit.commands import AnswerRailOrder, RequestPull, RequestPush
from canglian.bank.limit import Direction, Measure
from canglian.bank.limit.commands import AddLimitRules
from canglian.bank.limit.commands.versions import RuleAsked
from tests.bank.deposit.holders import Holders, Pay
from tests.ledger.branch import TODAY


async def test_money_moves_between_two_accounts_and_the_first_movement_is_noted(branch: Holders) -> None:
    mine = await branch.counter(await branch.seen(1))
    other = await branch.counter(await branch.seen(2))
    await branch.fund(mine, 10_000)
    moved = await branch.do(Pay(payer=mine.id, payee=other.id, amount=4_000))
    assert (moved.debit, moved.credit, moved.code) == (mine.account, other.account, "test.pay")
    assert (await branch.money(mine), await branch.money(other)) == (6_000, 4_000)
    assert (await branch.look(other)).moved_on == other.opened_on


async def test_more_than_there_is_does_not_move(branch: Holders) -> None:
    mine, other = await branch.counter(await branch.seen(1)), await branch.counter(await branch.seen(2))
    await branch.fund(mine, 100)
    assert (await branch.refused(Pay(payer=mine.id, payee=other.id, amount=101)))[0] == "transfer.insufficient_funds"


@pytest.mark.parametrize("amount", [0, -5, 10**15 + 1])
async def test_an_amount_is_positive_and_not_beyond_all_measure(branch: Holders, amount: int) -> None:
    mine, other = await branch.counter(await branch.seen(1)), await branch.counter(await branch.seen(2))
    await branch.fund(mine, 100)
    assert (await branch.refused(Pay(payer=mine.id, payee=other.id, amount=amount)))[0] == "transfer.amount_invalid"


async def test_money_does_not_move_to_where_it_is(branch: Holders) -> None:
    mine = await branch.counter(await branch.seen())
    await branch.fund(mine, 100)
    assert (await branch.refused(Pay(payer=mine.id, payee=mine.id, amount=1)))[0] == "deposit_account.same"


async def test_class_two_takes_money_of_others_only_after_a_meeting(branch: Holders) -> None:
    payer = await branch.counter(await branch.seen(1))
    await branch.fund(payer, 100)
    account = await branch.afar(await branch.opened_afar(2))
    asked = Pay(payer=payer.id, payee=account.id, amount=1, channel="counter")
    assert (await branch.refused(asked))[0] == "deposit_account.unbound_in"
    expense = await branch.inside(Inside.INTEREST_EXPENSE)
    await branch.do(Pay(payer=expense, payee=account.id, amount=1, counterparty=Counterparty.LOAN))
    assert await branch.money(account) == 1


async def test_class_three_takes_money_of_others_after_the_first_from_its_bound_account(branch: Holders) -> None:
    payer = await branch.counter(await branch.seen(1))
    await branch.fund(payer, 100)
    account = await branch.afar(await branch.opened_afar(2), "deposit.class3")
    asked = Pay(payer=payer.id, payee=account.id, amount=1, channel="counter")
    assert (await branch.refused(asked))[0] == "deposit_account.bound_first"
    bound = await branch.first_bound(account)
    order = await branch.do(RequestPull(bound_account=bound.id, amount=100, channel="mobile"))
    await branch.do(AnswerRailOrder(order=order.id, succeeded=True))
    await branch.do(Pay(payer=payer.id, payee=account.id, amount=1))
    assert await branch.money(account) == 101


async def test_the_banks_own_accounts_are_opened_once(branch: Holders) -> None:
    first = await branch.inside(Inside.RAIL)
    assert await branch.inside(Inside.RAIL) == first
    assert await branch.inside(Inside.RAIL_SUSPENSE) != first


async def test_class_two_gives_others_ten_thousand_a_day_and_a_refusal_says_what_is_left(branch: Holders) -> None:
    account, other = (
        await branch.counter(await branch.seen(1), "deposit.class2"),
        await branch.counter(await branch.seen(2)),
    )
    await branch.fund_own(account, 2_000_000)
    await branch.do(Pay(payer=account.id, payee=other.id, amount=900_000))
    code, fields = await branch.refused(Pay(payer=account.id, payee=other.id, amount=100_001))
    assert (code, fields["limit"], fields["used"], fields["left"]) == ("limit.exceeded", 1_000_000, 900_000, 100_000)
    assert fields["renews_at"] == "2026-01-06T00:00:00+08:00"
    await branch.do(Pay(payer=account.id, payee=other.id, amount=100_000))
    await branch.day()
    await branch.do(Pay(payer=account.id, payee=other.id, amount=1_000_000))


async def test_what_goes_to_the_bound_account_is_not_counted(branch: Holders) -> None:
    account = await branch.counter(await branch.seen(), "deposit.class2")
    await branch.fund_own(account, 5_000_000)
    bound = await branch.bound(account)
    await branch.do(RequestPush(bound_account=bound.id, amount=5_000_000, channel="mobile"))


async def test_class_three_holds_two_thousand_with_what_is_on_its_way(branch: Holders) -> None:
    account = await branch.afar(await branch.opened_afar(), "deposit.class3")
    bound = await branch.first_bound(account)
    first = await branch.do(RequestPull(bound_account=bound.id, amount=150_000, channel="mobile"))
    second = RequestPull(bound_account=bound.id, amount=50_001, channel="mobile")
    code, fields = await branch.refused(second)
    assert (code, fields["measure"]) == ("limit.exceeded", "balance")
    await branch.do(AnswerRailOrder(order=first.id, succeeded=False))
    await branch.do(second)


async def test_what_did_not_happen_is_given_back(branch: Holders) -> None:
    """A rule of a bank's own, which counts what goes to the bound account too."""
    rule = RuleAsked("own-out-day", "每日转出", ["deposit.*"], Measure.DAY_SUM, 10_000, "CNY", direction=Direction.OUT)
    await branch.do(AddLimitRules(effective_from=TODAY, content=[rule], note="试点"))
    await branch.day()
    account = await branch.counter(await branch.seen())
    await branch.fund(account, 100_000)
    bound = await branch.bound(account)
    order = await branch.do(RequestPush(bound_account=bound.id, amount=10_000, channel="mobile"))
    again = RequestPush(bound_account=bound.id, amount=1, channel="mobile")
    assert (await branch.refused(again))[0] == "limit.exceeded"
    await branch.do(AnswerRailOrder(order=order.id, succeeded=False))
    await branch.do(RequestPush(bound_account=bound.id, amount=10_000, channel="mobile"))
