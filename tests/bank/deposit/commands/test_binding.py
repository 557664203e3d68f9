"""Binding an account at another bank: elements, then a small transfer confirmed back or a code."""

from datetime import timedelta

from canglian.bank.deposit import BindingState, BoundAccount, DepositAccount, Inside, RailKind, RailOrder, RailState
from canglian.bank.deposit.commands import (
    AnswerElements,
    AnswerRailOrder,
    BindAccount,
    ConfirmAmount,
    ConfirmByCode,
    ConfirmByTransfer,
    EndBinding,
    ExpireBinding,
    SendBindingCode,
)
from tests.bank.deposit.holders import SEALER, Holders

NUMBER = "6228480400556677889"


async def binding(branch: Holders) -> tuple[DepositAccount, BoundAccount]:
    """An account whose holder asks for a binding."""
    account = await branch.counter(await branch.seen())
    return account, await branch.do(BindAccount(account=account.id, number=SEALER.account(NUMBER), bank="农村信用社"))


async def confirming(branch: Holders) -> tuple[DepositAccount, BoundAccount, RailOrder]:
    account, bound = await binding(branch)
    await branch.do(AnswerElements(bound_account=bound.id, elements=5, matched=True, reference="el"))
    bound = await branch.do(ConfirmByTransfer(bound_account=bound.id))
    return account, bound, await branch.get(RailOrder, bound.order)


async def test_a_small_transfer_told_back_confirms_the_account(branch: Holders) -> None:
    _, bound, order = await confirming(branch)
    assert (order.kind, order.state, order.hold) == (RailKind.ONE_CENT, RailState.REQUESTED, None)
    assert 1 <= order.amount <= 99
    await branch.do(AnswerRailOrder(order=order.id, succeeded=True, reference="R-77"))
    assert await branch.balance(await branch.inside(Inside.CONFIRMATION_COST)) == order.amount
    assert await branch.balance(await branch.inside(Inside.RAIL)) == -order.amount
    bound = await branch.do(ConfirmAmount(bound_account=bound.id, amount=order.amount))
    assert bound.state is BindingState.ACTIVE


async def test_the_reference_of_the_small_transfer_does_as_well(branch: Holders) -> None:
    _, bound, order = await confirming(branch)
    await branch.do(AnswerRailOrder(order=order.id, succeeded=True, reference="R-77"))
    assert (await branch.do(ConfirmAmount(bound_account=bound.id, reference="R-77"))).state is BindingState.ACTIVE


async def test_a_reference_that_nobody_knows_yet_is_not_the_right_one(branch: Holders) -> None:
    _, bound, _ = await confirming(branch)
    confirmed = await branch.do(ConfirmAmount(bound_account=bound.id, reference="None"))
    assert (confirmed.state, confirmed.tries) == (BindingState.CONFIRMING, 1)


async def test_wrong_amounts_are_counted_and_the_third_ends_it(branch: Holders) -> None:
    _, bound, order = await confirming(branch)
    wrong = order.amount + 1
    for tries in (1, 2):
        confirmed = await branch.do(ConfirmAmount(bound_account=bound.id, amount=wrong))
        assert (confirmed.state, confirmed.tries) == (BindingState.CONFIRMING, tries)
    confirmed = await branch.do(ConfirmAmount(bound_account=bound.id, amount=wrong))
    assert (confirmed.state, confirmed.outcome) == (BindingState.REJECTED, "confirmation_failed")
    code, _ = await branch.refused(ConfirmAmount(bound_account=bound.id, amount=order.amount))
    assert code == "bound_account.state"


async def test_a_small_transfer_that_failed_is_sent_anew(branch: Holders) -> None:
    _, bound, order = await confirming(branch)
    assert (await branch.refused(ConfirmByTransfer(bound_account=bound.id)))[0] == "bound_account.state"
    await branch.do(AnswerRailOrder(order=order.id, succeeded=False, reason="账户不存在"))
    assert (await branch.refused(ConfirmAmount(bound_account=bound.id, amount=order.amount)))[
        0
    ] == "bound_account.state"
    again = await branch.do(ConfirmByTransfer(bound_account=bound.id))
    assert again.order != order.id


async def test_a_code_confirms_too(branch: Holders) -> None:
    _, bound = await binding(branch)
    await branch.do(AnswerElements(bound_account=bound.id, elements=5, matched=True, reference="el"))
    await branch.do(SendBindingCode(bound_account=bound.id, reference="sms-1"))
    wrong = await branch.do(ConfirmByCode(bound_account=bound.id, matched=False, reference="sms-1"))
    assert (wrong.state, wrong.tries) == (BindingState.CONFIRMING, 1)
    right = await branch.do(ConfirmByCode(bound_account=bound.id, matched=True, reference="sms-1"))
    assert right.state is BindingState.ACTIVE


async def test_the_first_answer_about_the_elements_counts(branch: Holders) -> None:
    _, bound = await binding(branch)
    refused = await branch.do(AnswerElements(bound_account=bound.id, elements=5, matched=False, reference="el"))
    assert (refused.state, refused.outcome) == (BindingState.REJECTED, "elements_failed")
    late = await branch.do(AnswerElements(bound_account=bound.id, elements=5, matched=True, reference="el"))
    assert late == refused


async def test_four_elements_are_too_few(branch: Holders) -> None:
    _, bound = await binding(branch)
    few = await branch.do(AnswerElements(bound_account=bound.id, elements=4, matched=True, reference="el"))
    assert (few.state, few.outcome) == (BindingState.REJECTED, "elements_few")


async def test_nothing_is_confirmed_before_the_elements_agree(branch: Holders) -> None:
    _, bound = await binding(branch)
    for command in (
        ConfirmByTransfer(bound_account=bound.id),
        SendBindingCode(bound_account=bound.id, reference="x"),
        ConfirmByCode(bound_account=bound.id, matched=True, reference="x"),
        ConfirmAmount(bound_account=bound.id, amount=1),
    ):
        assert (await branch.refused(command))[0] == "bound_account.state", command


async def test_an_account_is_bound_once_and_so_many_are_bound(branch: Holders) -> None:
    account, bound = await binding(branch)
    again = BindAccount(account=account.id, number=SEALER.account(NUMBER), bank="农村信用社")
    assert await branch.refused(again) == ("bound_account.bound_already", {"other": bound.id, "field": "number"})
    for last in "12":
        await branch.do(BindAccount(account=account.id, number=SEALER.account(NUMBER + last), bank="农村信用社"))
    fourth = BindAccount(account=account.id, number=SEALER.account(NUMBER + "3"), bank="农村信用社")
    code, fields = await branch.refused(fourth)
    assert (code, fields["held"], fields["most"]) == ("bound_account.too_many", 3, 3)


async def test_a_binding_ends_by_itself_after_three_days(branch: Holders) -> None:
    _, bound, order = await confirming(branch)
    early = await branch.refused(ExpireBinding(bound_account=bound.id))
    assert early[0] == "bound_account.not_due"
    branch.now += timedelta(hours=72)
    late = await branch.refused(ConfirmAmount(bound_account=bound.id, amount=order.amount))
    assert late[0] == "bound_account.expired"
    ended = await branch.do(ExpireBinding(bound_account=bound.id))
    assert (ended.state, ended.outcome) == (BindingState.REJECTED, "expired")


async def test_an_account_opened_from_afar_keeps_a_bound_account(branch: Holders) -> None:
    account = await branch.afar(await branch.opened_afar())
    first = await branch.first_bound(account)
    assert (await branch.refused(EndBinding(bound_account=first.id, reason="换卡")))[0] == "bound_account.last"
    second = await branch.bound(account)
    assert (await branch.do(EndBinding(bound_account=first.id, reason="换卡"))).state is BindingState.ENDED
    assert (await branch.refused(EndBinding(bound_account=second.id, reason="换卡")))[0] == "bound_account.last"


async def test_the_banks_own_accounts_bind_nothing(branch: Holders) -> None:
    account = await branch.internal()
    ask = BindAccount(account=account.id, number=SEALER.account(NUMBER), bank="农村信用社")
    assert (await branch.refused(ask))[0] == "deposit_account.internal"
