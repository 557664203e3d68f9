"""An order is paid once, by its sources, and the merchant is owed it less the fee."""

from typing import Any

from canglian.bank.payment import OrderState, PaymentOrder, SourceUse
from canglian.bank.payment.commands import (
    CloseOrder,
    ExpireOrder,
    OpenOrder,
    PayOrder,
    ResumeMerchant,
    SetFeeSchedule,
    SuspendMerchant,
    TakePayment,
)
from canglian.bank.wallet import CodeKind, WalletCode
from canglian.bank.wallet.commands import LockWallet, ShowCode
from canglian.bank.wallet.model import LockedBy
from canglian.ledger.model import Account
from tests.bank.payment.shops import Shops

DIGEST = "c" * 32


async def test_a_payment_lands_in_what_the_merchant_is_owed_less_the_fee_and_its_tax(branch: Shops) -> None:
    shop, wallet = await branch.shop(), await branch.ewallet(funds=100_000)
    paid = await branch.paid(shop, wallet, 49_900)
    assert (paid.amount, paid.captured, paid.fee, paid.tax) == (49_900, 49_900, 190, 11)
    assert await branch.has(wallet) == 50_100
    assert await branch.owed(shop) == 49_710
    assert await branch.fees() == (179, 11)
    (line,) = await branch.lines(paid)
    assert (line.source, line.item, line.holder, line.amount) == ("wallet", wallet.id, wallet.party, 49_900)
    order = await branch.get(PaymentOrder, paid.order)
    assert (order.state, order.payment) == (OrderState.PAID, paid.id)
    assert (await branch.get(Account, shop.accounts["CNY"])).owner == shop.id
    code, _ = await branch.refused(branch.pays(order, wallet))
    assert code == "payment_order.paid"
    assert await branch.has(wallet) == 50_100


async def test_two_wallets_of_both_kinds_of_money_pay_one_order_in_their_order(branch: Shops) -> None:
    shop = await branch.shop()
    first, second = await branch.ecny(2, 3_000), await branch.ewallet(2, 10_000)
    order = await branch.order(shop, 8_000)
    paid = await branch.do(branch.pays(order, first, second))
    assert [(line.asset, line.amount) for line in await branch.lines(paid)] == [("ECNY", 3_000), ("CNY", 5_000)]
    assert (await branch.has(first), await branch.has(second)) == (0, 5_000)
    assert paid.fee == 30
    assert [line.fee for line in await branch.lines(paid)] == [12, 18]
    assert await branch.owed(shop, "ECNY") + await branch.owed(shop) == 8_000 - 30


async def test_a_source_gives_at_most_what_is_said_and_what_is_not_needed_gives_nothing(branch: Shops) -> None:
    shop = await branch.shop()
    first, second, third = [await branch.ecny(2, 9_000, serial=serial) for serial in (1, 2, 3)]
    uses = (
        SourceUse(item=first.id, most=1_000, pin=1),
        SourceUse(item=second.id, pin=1),
        SourceUse(item=third.id, pin=1),
    )
    order = await branch.order(shop, 5_000)
    paid = await branch.do(PayOrder(order=order.id, sources=uses, channel="mobile"))
    assert [line.amount for line in await branch.lines(paid)] == [1_000, 4_000]
    assert await branch.has(third) == 9_000


async def test_what_is_too_little_locked_or_without_its_pin_pays_nothing(branch: Shops) -> None:
    shop, wallet = await branch.shop(), await branch.ewallet(funds=1_000)
    order = await branch.order(shop, 5_000)
    asked = branch.pays(order, wallet)
    assert (await branch.refused(asked))[0] == "transfer.insufficient_funds"
    assert (await branch.refused(branch.pays(order, wallet, pin=None)))[0] == "wallet_pin.needed"
    assert (await branch.refused(branch.pays(order, wallet, wallet)))[0] == "payment.sources_twice"
    short = SourceUse(item=wallet.id, most=400, pin=1)
    code, fields = await branch.refused(PayOrder(order=order.id, sources=(short,), channel="mobile"))
    assert (code, fields["left"]) == ("payment.sources_short", 4_600)
    unknown = SourceUse(source="credit", item=wallet.id)
    code, _ = await branch.refused(PayOrder(order=order.id, sources=(unknown,), channel="mobile"))
    assert code == "payment.source_unknown"
    await branch.do(LockWallet(wallet=wallet.id, locked_by=LockedBy.HOLDER, reason="找手机"))
    assert (await branch.refused(asked))[0] == "wallet.locked"
    assert (await branch.has(wallet), await branch.owed(shop)) == (1_000, 0)
    assert (await branch.get(PaymentOrder, order.id)).state is OrderState.OPEN


async def test_limits_are_asked_of_every_source(branch: Shops) -> None:
    shop, wallet = await branch.shop(), await branch.anonymous(1, 900_000)
    assert (await branch.refused(branch.pays(await branch.order(shop, 200_001), wallet)))[0] == "limit.exceeded"
    await branch.paid(shop, wallet, 200_000)
    await branch.paid(shop, wallet, 200_000)
    assert (await branch.refused(branch.pays(await branch.order(shop, 100_001), wallet)))[0] == "limit.exceeded"
    await branch.paid(shop, wallet, 100_000)
    assert await branch.has(wallet) == 400_000


async def test_an_order_has_one_number_and_the_same_again_is_the_same(branch: Shops) -> None:
    shop, other = await branch.shop(), await branch.shop(name="新城面馆")
    first = await branch.order(shop, 5_000, number="a-1")
    assert await branch.order(shop, 5_000, number="a-1") == first
    asked = OpenOrder(merchant=shop.id, number="a-1", subject="鲜果一篮", amount=5_001)
    assert (await branch.refused(asked))[0] == "payment_order.number_taken"
    assert (await branch.order(other, 5_001, number="a-1")).id != first.id
    assert len(first.code) == 18
    asked = OpenOrder(merchant=shop.id, number="a-2", subject="鲜果一篮", amount=500, discount=500)
    assert (await branch.refused(asked))[0] == "payment_order.discount"
    asked = OpenOrder(merchant=shop.id, number="a-2", subject="鲜果一篮", amount=500, minutes=7 * 24 * 60 + 1)
    assert (await branch.refused(asked))[0] == "payment_order.too_long"


async def test_an_order_that_is_closed_or_late_is_not_paid(branch: Shops) -> None:
    shop, wallet = await branch.shop(), await branch.ewallet(funds=10_000)
    closed, late = await branch.order(shop, 1_000), await branch.order(shop, 1_000, minutes=10)
    await branch.do(CloseOrder(order=closed.id, reason="客人不要了"))
    assert (await branch.refused(branch.pays(closed, wallet)))[0] == "payment_order.closed"
    assert (await branch.refused(ExpireOrder(order=late.id)))[0] == "payment_order.not_due"
    branch.later(minutes=10)
    assert (await branch.refused(branch.pays(late, wallet)))[0] == "payment_order.expired"
    assert (await branch.do(ExpireOrder(order=late.id))).state is OrderState.EXPIRED
    assert (await branch.refused(CloseOrder(order=late.id, reason="晚了")))[0] == "payment_order.expired"
    assert await branch.has(wallet) == 10_000


async def test_a_suspended_merchant_takes_nothing_until_it_is_resumed(branch: Shops) -> None:
    shop, wallet = await branch.shop(), await branch.ewallet(funds=10_000)
    order = await branch.order(shop, 1_000)
    await branch.do(SuspendMerchant(merchant=shop.id, reason="核查"))
    assert (await branch.refused(branch.pays(order, wallet)))[0] == "merchant.suspended"
    asked = OpenOrder(merchant=shop.id, number="x", subject="鲜果", amount=1)
    assert (await branch.refused(asked))[0] == "merchant.suspended"
    await branch.do(ResumeMerchant(merchant=shop.id, reason="核查完毕"))
    await branch.do(branch.pays(order, wallet))
    assert await branch.has(wallet) == 9_000


async def test_a_pay_code_pays_an_order_once(branch: Shops) -> None:
    shop, wallet = await branch.shop(), await branch.ewallet(funds=200_000)
    showing = ShowCode(wallet=wallet.id, code_kind=CodeKind.PAY, code_digest=DIGEST, channel="mobile", pin=1)
    shown: WalletCode = await branch.do(showing)
    dear, order = await branch.order(shop, 100_001), await branch.order(shop, 2_000)
    refused = await branch.refused(TakePayment(order=dear.id, code_digest=DIGEST, channel="api"))
    assert refused[0] == "wallet_code.amount_most"
    paid = await branch.do(TakePayment(order=order.id, code_digest=DIGEST, channel="api"))
    assert (paid.code, await branch.has(wallet)) == (shown.id, 198_000)
    assert (await branch.get(WalletCode, shown.id)).transfer == paid.id
    again = TakePayment(order=(await branch.order(shop, 1_000)).id, code_digest=DIGEST, channel="api")
    assert (await branch.refused(again))[0] == "wallet_code.used"
    assert await branch.has(wallet) == 198_000


async def test_fees_have_bounds_and_a_rate_for_the_large_part(branch: Shops) -> None:
    wallet = await branch.ecny(2, 40_000_000)
    figures: dict[str, Any] = {"name": "大宗", "rate_bps": 60, "tax_bps": 600, "refundable": False, "note": "测试"}
    bounds: dict[str, Any] = {"fee_min": 10, "fee_max": 5_000, "large_from": 100_000, "large_rate_bps": 20}
    await branch.do(SetFeeSchedule(code="bulk", **figures, **bounds))
    shop = await branch.shop(fees="bulk")
    assert (await branch.paid(shop, wallet, 5)).fee == 5
    assert (await branch.paid(shop, wallet, 100)).fee == 10
    assert (await branch.paid(shop, wallet, 100_000)).fee == 600
    assert (await branch.paid(shop, wallet, 200_000)).fee == 800
    assert (await branch.paid(shop, wallet, 4_000_000)).fee == 5_000
    refused = await branch.refused(SetFeeSchedule(code="bulk", **figures, fee_min=2, fee_max=1))
    assert refused[0] == "fee_schedule.bounds"


async def test_a_sub_wallet_pays_the_merchant_that_it_is_bound_to(branch: Shops) -> None:
    parent = await branch.ecny(2, 50_000)
    payout, other = await branch.ecny(2, serial=2), await branch.ecny(2, serial=3)
    shop, elsewhere = await branch.shop(payout_wallet=payout.id), await branch.shop(payout_wallet=other.id)
    sub = await branch.sub(parent, merchant=payout.id, day_max=2_000)
    await branch.send(parent, sub, 10_000)
    refused = await branch.refused(branch.pays(await branch.order(elsewhere, 1_000), sub))
    assert refused[0] == "wallet.sub_merchant"
    paid = await branch.paid(shop, sub, 1_500)
    assert (await branch.refused(branch.pays(await branch.order(shop, 501), sub)))[0] == "wallet.sub_day"
    await branch.refund(paid, 1_500)
    await branch.paid(shop, sub, 2_000)
    assert await branch.has(sub) == 8_000
