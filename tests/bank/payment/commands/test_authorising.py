"""Money is set aside once, taken in parts, let go in time; the payee is looked at again at each capture."""

import random

import pytest

from canglian.bank.payment import OrderState, Payment, PaymentOrder, PaymentState
from canglian.bank.payment.commands import (
    CancelPayment,
    CapturePayment,
    ExpireAuthorisation,
    SuspendMerchant,
)
from canglian.bank.wallet import Wallet
from canglian.ledger.model import Balance
from tests.bank.payment.shops import Shops
from tests.lives import seeds


async def authorised(branch: Shops, order: PaymentOrder, *wallets: Wallet) -> Payment:
    return await branch.do(branch.authorises(order, *wallets))


async def held(branch: Shops, wallet: Wallet) -> int:
    return (await branch.get(Balance, wallet.account)).debits_held


async def test_what_is_authorised_is_held_taken_in_parts_and_the_rest_let_go(branch: Shops) -> None:
    shop, wallet = await branch.shop(), await branch.ewallet(funds=100_000)
    order = await branch.order(shop, 50_000)
    payment = await authorised(branch, order, wallet)
    assert (payment.state, payment.captured, payment.fee) == (PaymentState.AUTHORISED, 0, 0)
    assert (await branch.has(wallet), await held(branch, wallet)) == (100_000, 50_000)
    assert (await branch.get(PaymentOrder, order.id)).state is OrderState.AUTHORISED
    assert (await branch.refused(branch.pays(order, wallet)))[0] == "payment_order.authorised"
    assert (await branch.refused(branch.refunding(payment, 1)))[0] == "payment.not_paid"
    first = await branch.do(CapturePayment(payment=payment.id, amount=20_000))
    assert (first.state, first.captured, first.fee, first.expires_at) == (
        PaymentState.PAID,
        20_000,
        76,
        payment.expires_at,
    )
    code, fields = await branch.refused(CapturePayment(payment=payment.id, amount=30_001))
    assert (code, fields["left"]) == ("payment.above_authorised", 30_000)
    second = await branch.do(CapturePayment(payment=payment.id, amount=10_000, final=True))
    assert (second.captured, second.fee, second.tax, second.expires_at) == (30_000, 114, 6, None)
    assert (await branch.has(wallet), await held(branch, wallet)) == (70_000, 0)
    assert (await branch.owed(shop), await branch.fees()) == (30_000 - 114, (108, 6))
    assert (await branch.refused(CapturePayment(payment=payment.id)))[0] == "payment.not_held"
    assert (await branch.refused(branch.refunding(payment, 30_001)))[0] == "refund.above_payment"
    await branch.refund(payment, 30_000)
    assert (await branch.has(wallet), await branch.owed(shop), await branch.fees()) == (100_000, 0, (0, 0))


async def test_limits_count_what_is_authorised_and_forget_what_is_let_go(branch: Shops) -> None:
    shop, wallet = await branch.shop(), await branch.anonymous(1, 900_000)
    for _ in range(2):
        payment = await authorised(branch, await branch.order(shop, 200_000), wallet)
    asked = await branch.order(shop, 100_001)
    assert (await branch.refused(branch.authorises(asked, wallet)))[0] == "limit.exceeded"
    await branch.do(CapturePayment(payment=payment.id, amount=50_000))
    await branch.do(CancelPayment(payment=payment.id, reason="不要了"))
    await authorised(branch, asked, wallet)
    assert await held(branch, wallet) == 200_000 + 100_001


async def test_what_is_cancelled_before_anything_was_taken_closes_the_order(branch: Shops) -> None:
    shop, wallet = await branch.shop(), await branch.ecny(2, 9_000)
    order = await branch.order(shop, 5_000)
    payment = await authorised(branch, order, wallet)
    cancelled = await branch.do(CancelPayment(payment=payment.id, reason="客人走了"))
    assert (cancelled.state, await held(branch, wallet)) == (PaymentState.CANCELLED, 0)
    closed = await branch.get(PaymentOrder, order.id)
    assert (closed.state, closed.reason) == (OrderState.CLOSED, "客人走了")
    assert (await branch.refused(CancelPayment(payment=payment.id, reason="x")))[0] == "payment.not_held"


async def test_what_was_not_taken_in_time_expires(branch: Shops) -> None:
    shop, wallet = await branch.shop(), await branch.ecny(2, 9_000)
    payment = await authorised(branch, await branch.order(shop, 5_000), wallet)
    assert (await branch.refused(ExpireAuthorisation(payment=payment.id)))[0] == "payment.not_due"
    branch.later(days=30)
    assert (await branch.refused(CapturePayment(payment=payment.id)))[0] == "payment.hold_expired"
    assert (await branch.do(ExpireAuthorisation(payment=payment.id))).state is PaymentState.CANCELLED
    assert (await branch.has(wallet), await held(branch, wallet)) == (9_000, 0)


async def test_a_payee_that_was_suspended_meanwhile_is_paid_nothing_and_the_hold_is_let_go(branch: Shops) -> None:
    shop, wallet = await branch.shop(), await branch.ewallet(funds=9_000)
    payment = await authorised(branch, await branch.order(shop, 5_000), wallet)
    await branch.do(SuspendMerchant(merchant=shop.id, reason="核查"))
    released = await branch.do(CapturePayment(payment=payment.id, amount=1_000))
    assert (released.state, released.captured) == (PaymentState.CANCELLED, 0)
    assert (await branch.has(wallet), await held(branch, wallet), await branch.owed(shop)) == (9_000, 0, 0)


@pytest.mark.parametrize("seed", seeds([1, 2, 3, 4, 5, 6]))
async def test_random_captures_and_refunds_between_them_keep_to_what_was_taken(branch: Shops, seed: int) -> None:
    chance = random.Random(seed)
    shop = await branch.shop()
    wallets = [await branch.ecny(2, 20_000, serial=1), await branch.ewallet(2, 100_000)]
    price = chance.randint(30_000, 90_000)
    order = await branch.order(shop, price, discount=chance.randint(0, price // 3))
    payment = await authorised(branch, order, *wallets)
    for turn in range(12):
        if payment.expires_at is not None:
            left = payment.gross - payment.gross_captured
            await branch.do(CapturePayment(payment=payment.id, amount=min(left, chance.randint(1, price // 6))))
        payment = await branch.get(Payment, payment.id)
        refundable = payment.gross_captured - payment.gross_refunded
        if refundable and chance.random() < 0.6:
            await branch.refund(payment, chance.randint(1, refundable), f"r-{turn}")
        payment = await branch.get(Payment, payment.id)
        lines = await branch.lines(payment)
        assert (sum(line.captured for line in lines), sum(line.refunded for line in lines)) == (
            payment.captured,
            payment.refunded,
        )
        assert all(0 <= line.refunded <= line.captured <= line.amount for line in lines)
        assert all(0 <= line.tax_refunded <= line.fee_refunded <= line.fee for line in lines)
        assert (payment.fee, payment.tax) == (sum(line.fee for line in lines), sum(line.tax for line in lines))
    if payment.expires_at is not None:
        await branch.do(CancelPayment(payment=payment.id, reason="结束"))
    payment = await branch.get(Payment, payment.id)
    rest = payment.gross_captured - payment.gross_refunded
    if rest:
        await branch.refund(payment, rest, "last")
    assert [await branch.has(wallet) for wallet in wallets] == [20_000, 100_000]
    assert [await held(branch, wallet) for wallet in wallets] == [0, 0]
    assert (await branch.owed(shop), await branch.owed(shop, "ECNY")) == (0, 0)
    assert (await branch.fees(), await branch.fees("ECNY")) == ((0, 0), (0, 0))
