"""Money for a purpose pays orders: with its holder's PIN, before own money, where its contract allows; and back."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from canglian.bank.payment import PaymentState
from canglian.bank.payment.commands import CancelPayment, CapturePayment, ChangeMerchant, SuspendMerchant, TakePayment
from canglian.bank.purpose import GrantState
from canglian.bank.purpose.commands import (
    ExpirePurposeContract,
    ResumePurposeContract,
    RevokePurposeGrant,
    SuspendPurposeContract,
    TerminatePurposeContract,
)
from canglian.bank.purpose.rules import Case, Payee, Payees, Rules, Use
from canglian.bank.wallet import CodeKind, LockedBy
from canglian.bank.wallet.commands import LockWallet, ShowCode
from tests.bank.payment.market import Market
from tests.bank.purpose.commands.test_contracts import template

USED: dict[str, Any] = {"amount": 1, "on": date(2026, 7, 1), "remaining": 10}
LISTED = (
    Case(name="On the list", use=Use(payee=Payee(id="a", category="5411", region="330106", lists=("fair",)), **USED)),
    Case(
        name="On none",
        use=Use(payee=Payee(id="a", category="5411", region="330106"), **USED),
        expected="purpose.list_not_allowed",
    ),
)


@pytest.fixture
async def branch() -> AsyncIterator[Market]:
    """A branch in memory."""
    running = Market()
    await running.open()
    yield running
    await running.engine.stop()
    await running.require_conserved()


async def test_a_grant_pays_first_and_the_wallet_the_rest(branch: Market) -> None:
    shop, holder = await branch.shop(), await branch.ecny(2, 5_000)
    grant = await branch.grant_of(holder, 3_000)
    paid = await branch.do(branch.pays_with(await branch.order(shop, 4_000), grant, holder))
    lines = await branch.lines(paid)
    assert [(line.source, line.item, line.amount, line.holder) for line in lines] == [
        ("purpose", grant.id, 3_000, holder.party),
        ("wallet", holder.id, 1_000, holder.party),
    ]
    assert (await branch.grant(grant)).state is GrantState.USED
    assert await branch.owed(shop, "ECNY") == 4_000 - paid.fee
    assert await branch.has(holder) == 4_000


async def test_its_holder_agrees_with_a_pin(branch: Market) -> None:
    shop, holder = await branch.shop(), await branch.ecny(2, 0)
    grant = await branch.grant_of(holder, 3_000)
    order = await branch.order(shop, 1_000)
    assert (await branch.refused(branch.pays_with(order, grant, sources=branch.uses(grant, pin=None))))[0] == (
        "wallet_pin.needed"
    )
    wrong = branch.pays_with(order, grant, sources=branch.uses(grant, pin=2))
    assert (await branch.refused(wrong))[0] == "wallet_pin.changed"
    await branch.do(LockWallet(wallet=holder.id, locked_by=LockedBy.HOLDER, reason="暂停使用"))
    assert (await branch.refused(branch.pays_with(order, grant)))[0] == "wallet.locked"
    assert (await branch.grant(grant)).remaining == 3_000


async def test_what_its_rules_refuse_it_does_not_pay(branch: Market) -> None:
    bar, shop, holder = await branch.shop(category="5813"), await branch.shop(), await branch.ecny(2, 5_000)
    grant = await branch.grant_of(holder, 3_000)
    assert (await branch.refused(branch.pays_with(await branch.order(bar, 1_000), grant)))[0] == (
        "purpose.category_not_allowed"
    )
    drink = await branch.order(shop, 1_000, goods=("alcohol",))
    assert (await branch.refused(branch.pays_with(drink, grant)))[0] == "purpose.goods_blocked"
    paid = await branch.do(branch.pays_with(drink, grant, holder))
    assert [line.source for line in await branch.lines(paid)] == ["wallet"]


async def test_a_refund_goes_to_own_money_first_and_then_into_the_purpose(branch: Market) -> None:
    shop, holder = await branch.shop(), await branch.ecny(2, 5_000)
    grant = await branch.grant_of(holder, 3_000, days=2)
    paid = await branch.do(branch.pays_with(await branch.order(shop, 4_000), grant, holder))
    await branch.refund(paid, 1_500)
    assert (await branch.has(holder), (await branch.grant(grant)).remaining) == (5_000, 500)
    await branch.require_conserved()
    await branch.day(3)
    await branch.refund(paid, 2_500, "r-2")
    payer = await branch.contract_payer(grant)
    assert (await branch.has(payer), (await branch.grant(grant)).remaining) == (2_500, 500)
    assert await branch.has(holder) == 5_000


async def test_held_money_is_captured_in_parts_and_the_rest_let_go(branch: Market) -> None:
    shop, holder = await branch.shop(), await branch.ecny(2, 5_000)
    grant = await branch.grant_of(holder, 3_000)
    held = await branch.do(branch.holds_with(await branch.order(shop, 4_000), grant, holder))
    now = await branch.grant(grant)
    assert (now.remaining, now.held, now.uses, now.state) == (3_000, 3_000, 1, GrantState.ACTIVE)
    await branch.require_conserved()
    other = await branch.order(shop, 100)
    assert (await branch.refused(branch.pays_with(other, grant)))[0] == "purpose.insufficient"
    await branch.do(CapturePayment(payment=held.id, amount=1_000))
    now = await branch.grant(grant)
    assert (now.remaining, now.held, now.spent) == (2_000, 2_000, 1_000)
    await branch.require_conserved()
    await branch.do(CapturePayment(payment=held.id, amount=500, final=True))
    now = await branch.grant(grant)
    assert (now.remaining, now.held, now.spent, now.uses) == (1_500, 0, 1_500, 1)
    assert await branch.has(holder) == 5_000


async def test_a_cancelled_hold_gives_the_use_back(branch: Market) -> None:
    shop, holder = await branch.shop(), await branch.ecny(2, 0)
    grant = await branch.grant_of(holder, 3_000)
    held = await branch.do(branch.holds_with(await branch.order(shop, 2_000), grant))
    await branch.do(CancelPayment(payment=held.id, reason="不要了"))
    now = await branch.grant(grant)
    assert (now.remaining, now.held, now.uses) == (3_000, 0, 0)


@pytest.mark.parametrize("end", ["category", "suspended", "revoked", "terminated", "expired"])
async def test_a_payee_that_may_not_be_paid_any_more_gets_nothing_of_a_hold(branch: Market, end: str) -> None:
    shop, holder = await branch.shop(), await branch.ecny(2, 0)
    grant = await branch.grant_of(holder, 3_000, days=2)
    held = await branch.do(branch.holds_with(await branch.order(shop, 2_000), grant))
    if end == "category":
        await branch.do(ChangeMerchant(merchant=shop.id, category="5813"))
    elif end == "suspended":
        await branch.do(SuspendMerchant(merchant=shop.id, reason="核查"))
    elif end == "revoked":
        await branch.do(RevokePurposeGrant(grant=grant.id, reason="不再符合条件"))
    elif end == "terminated":
        await branch.do(TerminatePurposeContract(contract=grant.contract, reason="项目取消"))
    else:
        await branch.day(3)
        await branch.do(ExpirePurposeContract(contract=grant.contract))
    await branch.require_conserved()
    after = await branch.do(CapturePayment(payment=held.id))
    assert (after.state, after.captured, await branch.owed(shop, "ECNY")) == (PaymentState.CANCELLED, 0, 0)
    now = await branch.grant(grant)
    assert (now.remaining, now.held) == (0 if end == "revoked" else 3_000, 0)


async def test_a_payee_on_a_list_is_looked_at_again_when_it_is_captured(branch: Market) -> None:
    await branch.do(template(Rules(allowed=Payees(lists=("fair",))), LISTED))
    shop, holder = await branch.shop(lists=("fair",)), await branch.ecny(2, 0)
    grant = await branch.grant_of(holder, 3_000)
    first = await branch.do(branch.holds_with(await branch.order(shop, 1_000), grant))
    second = await branch.do(branch.holds_with(await branch.order(shop, 1_000), grant))
    assert (await branch.do(CapturePayment(payment=first.id))).captured == 1_000
    await branch.do(ChangeMerchant(merchant=shop.id, lists=()))
    assert (await branch.do(CapturePayment(payment=second.id))).state is PaymentState.CANCELLED
    assert (await branch.grant(grant)).free == 2_000


async def test_held_money_waits_while_its_contract_is_suspended(branch: Market) -> None:
    shop, holder = await branch.shop(), await branch.ecny(2, 0)
    grant = await branch.grant_of(holder, 3_000)
    held = await branch.do(branch.holds_with(await branch.order(shop, 2_000), grant))
    await branch.do(SuspendPurposeContract(contract=grant.contract, reason="核查"))
    assert (await branch.refused(CapturePayment(payment=held.id)))[0] == "purpose.suspended"
    await branch.do(ResumePurposeContract(contract=grant.contract, reason="核查完毕"))
    assert (await branch.do(CapturePayment(payment=held.id))).captured == 2_000


@pytest.mark.parametrize("template", ["welfare", "payroll"])
async def test_what_is_held_at_the_end_follows_when_it_is_let_go(branch: Market, template: str) -> None:
    shop, holder = await branch.shop(), await branch.ecny(2, 0)
    grant = await branch.grant_of(holder, 3_000, template, days=1)
    held = await branch.do(branch.holds_with(await branch.order(shop, 2_000), grant))
    await branch.day(2)
    contract = await branch.do(ExpirePurposeContract(contract=grant.contract))
    ended = await branch.wound_up(contract)
    assert (ended.unallotted, ended.allotted, ended.held) == (0, 2_000, 2_000)
    await branch.require_conserved()
    await branch.do(CancelPayment(payment=held.id, reason="到期"))
    ended = await branch.wound_up(contract)
    assert (ended.unallotted, ended.allotted, ended.held) == (0, 0, 0)
    back_to = holder if template == "payroll" else await branch.contract_payer(grant)
    assert await branch.has(back_to) == 3_000


async def test_a_scanned_pay_code_spends_money_for_a_purpose_first(branch: Market) -> None:
    shop, holder = await branch.shop(), await branch.ecny(2, 5_000)
    late = await branch.grant_of(holder, 1_000, "prepaid", days=20)
    early = await branch.grant_of(holder, 700, "prepaid", days=10)
    bound = await branch.grant_of(holder, 500, "welfare", days=30)
    await branch.do(ShowCode(wallet=holder.id, code_kind=CodeKind.PAY, code_digest="a" * 64, channel="mobile", pin=1))
    paid = await branch.do(TakePayment(order=(await branch.order(shop, 3_000)).id, code_digest="a" * 64, channel="api"))
    assert [(line.item, line.amount) for line in await branch.lines(paid)] == [
        (bound.id, 500),
        (early.id, 700),
        (late.id, 1_000),
        (holder.id, 800),
    ]


async def test_of_a_payment_and_a_revocation_in_the_same_instant_one_wins(branch: Market) -> None:
    shop, holder = await branch.shop(), await branch.ecny(2, 0)
    for turn in range(4):
        grant = await branch.grant_of(holder, 1_000)
        pay = branch.pays_with(await branch.order(shop, 1_000), grant)
        revoke = RevokePurposeGrant(grant=grant.id, reason="不再符合条件")
        outcomes = await branch.together(*((pay, revoke) if turn % 2 else (revoke, pay)))
        codes = [None if outcome.error is None else outcome.error.code for outcome in outcomes]
        assert sorted(codes, key=str) == [None, "purpose_grant.ended"]
        now = await branch.grant(grant)
        paid = codes[0 if turn % 2 else 1] is None
        assert (now.state, now.spent) == ((GrantState.USED, 1_000) if paid else (GrantState.REVOKED, 0))


async def test_a_payment_in_the_same_instant_as_the_end_is_before_it_or_refused(branch: Market) -> None:
    shop, holder = await branch.shop(), await branch.ecny(2, 0)
    grant = await branch.grant_of(holder, 3_000, days=2)
    await branch.day(3)
    orders = [await branch.order(shop, 100) for _ in range(8)]
    end = ExpirePurposeContract(contract=grant.contract)
    outcomes = await branch.together(*(branch.pays_with(order, grant) for order in orders), end)
    assert outcomes[-1].error is None
    assert {outcome.error.code for outcome in outcomes[:-1]} <= {"purpose.expired", "purpose_grant.ended"}
    second = await branch.grant_of(holder, 3_000)
    end = TerminatePurposeContract(contract=second.contract, reason="项目取消")
    outcomes = await branch.together(*(branch.pays_with(order, second) for order in orders), end)
    codes = [outcome.error.code for outcome in outcomes if outcome.error is not None]
    assert set(codes) <= {"purpose_grant.ended"}
    assert (await branch.grant(second)).spent == 100 * (len(orders) - len(codes))
