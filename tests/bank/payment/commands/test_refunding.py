"""Refunds never pass what was paid, and close to the fen whatever their parts."""

import itertools
import random
from datetime import timedelta
from typing import Any

import pytest

from canglian.bank.payment import Payment, PaymentLine
from canglian.bank.payment.arithmetic import part
from canglian.bank.payment.commands import SetFeeSchedule, SuspendMerchant
from canglian.bank.payment.refunding import shares
from tests.bank.payment.shops import Shops
from tests.lives import seeds


@pytest.mark.parametrize(
    ("price", "paid", "share", "back"),
    [
        (1_000, 700, 1_000, 700),
        (1_000, 700, 900, 630),
        (21_000, 16_800, 15_000, 12_000),
        (23_900, 17_925, 23_900, 17_925),
    ],
)
def test_what_a_share_of_the_price_was_paid_with(price: int, paid: int, share: int, back: int) -> None:
    assert part(paid, share, price) == back


def test_ten_at_23_90_less_a_quarter_given_back_one_by_one_in_any_order_never_pass_what_was_paid() -> None:
    given = [part(17_925, 2_390 * count, 23_900) for count in range(11)]
    assert [after - before for before, after in itertools.pairwise(given)] == [1793, 1792] * 5
    assert given[-1] == 17_925


async def test_a_refund_gives_back_the_money_the_limits_and_the_fee(branch: Shops) -> None:
    shop, wallet = await branch.shop(), await branch.ewallet(funds=1_000_000)
    paid = await branch.paid(shop, wallet, 1_000_000)
    assert (await branch.refused(branch.pays(await branch.order(shop, 1), wallet)))[0] == "limit.exceeded"
    half = await branch.refund(paid, 500_000, "r-1")
    assert (half.amount, half.fee, half.tax) == (500_000, 1_901, 108)
    await branch.refund(paid, 500_000, "r-2")
    assert (await branch.has(wallet), await branch.owed(shop), await branch.fees()) == (1_000_000, 0, (0, 0))
    assert (await branch.paid(shop, wallet, 1_000_000)).amount == 1_000_000


async def test_sources_get_it_back_in_reverse_order(branch: Shops) -> None:
    shop = await branch.shop()
    first, second = await branch.ecny(2, 3_000), await branch.ewallet(2, 10_000)
    paid = await branch.do(branch.pays(await branch.order(shop, 8_000), first, second))
    await branch.refund(paid, 4_000, "r-1")
    assert (await branch.has(first), await branch.has(second)) == (0, 9_000)
    await branch.refund(paid, 2_500, "r-2")
    assert (await branch.has(first), await branch.has(second)) == (1_500, 10_000)
    code, fields = await branch.refused(branch.refunding(paid, 1_501, "r-3"))
    assert (code, fields["left"]) == ("refund.above_payment", 1_500)
    await branch.refund(paid, 1_500, "r-4")
    assert (await branch.has(first), await branch.has(second)) == (3_000, 10_000)
    assert (await branch.owed(shop), await branch.owed(shop, "ECNY")) == (0, 0)


async def test_a_refund_has_one_number_and_the_same_again_gives_nothing_more(branch: Shops) -> None:
    shop, wallet = await branch.shop(), await branch.ewallet(funds=10_000)
    paid = await branch.paid(shop, wallet, 10_000)
    first = await branch.refund(paid, 4_000)
    assert await branch.refund(paid, 4_000) == first
    assert (await branch.refused(branch.refunding(paid, 4_001)))[0] == "refund.number_taken"
    assert await branch.has(wallet) == 4_000


async def test_fifty_refunds_within_a_year_of_the_payment_and_no_more(branch: Shops) -> None:
    shop, wallet = await branch.shop(), await branch.ewallet(funds=10_000)
    paid, late = await branch.paid(shop, wallet, 5_000), await branch.paid(shop, wallet, 1_000)
    for number in range(50):
        await branch.refund(paid, 90, f"r-{number}")
    assert (await branch.refused(branch.refunding(paid, 1, "r-50")))[0] == "refund.too_many"
    await branch.do(SuspendMerchant(merchant=shop.id, reason="核查"))
    await branch.day(365)
    await branch.refund(late, 400, "l-1")
    await branch.day()
    code, fields = await branch.refused(branch.refunding(late, 1, "l-2"))
    assert (code, fields["last"]) == ("refund.too_late", (late.on + timedelta(days=365)).isoformat())
    assert await branch.has(wallet) == 4_000 + 4_500 + 400


async def test_a_schedule_may_keep_its_fee(branch: Shops) -> None:
    shop, wallet = await branch.shop(), await branch.ewallet(funds=10_000)
    paid = await branch.paid(shop, wallet, 10_000)
    figures: dict[str, Any] = {"name": "标准商户", "rate_bps": 100, "tax_bps": 600, "refundable": False, "note": "测试"}
    await branch.do(SetFeeSchedule(code="standard", **figures))
    await branch.refund(paid, 10_000)
    assert await branch.fees() == (0, 0)
    kept = await branch.paid(shop, wallet, 10_000)
    await branch.refund(kept, 10_000, "r-2")
    assert (await branch.fees(), await branch.owed(shop)) == ((94, 6), -100)


def lines_of(chance: random.Random) -> list[PaymentLine]:
    """Lines as a payment may have them, some of them coupons."""
    found: list[PaymentLine] = []
    for position in range(1, chance.randint(2, 6)):
        amount = chance.randint(1, 5_000)
        found.append(
            PaymentLine(
                id=f"pln_{position}",
                payment="pay",
                position=position,
                source="wallet",
                item="wal",
                holder=None,
                discount=chance.random() < 0.3,
                asset="CNY",
                amount=amount,
                captured=amount,
                refunded=0,
                fee=0,
                tax=0,
                fee_refunded=0,
                tax_refunded=0,
                transfer=None,
                hold=None,
            )
        )
    return found


def test_the_shares_of_lines_sum_up_never_shrink_and_never_pass_a_line() -> None:
    for seed in range(200):
        chance = random.Random(seed)
        lines = lines_of(chance)
        whole = sum(line.captured for line in lines)
        before = [0] * len(lines)
        for total in sorted({0, whole, *(chance.randint(0, whole) for _ in range(60))}):
            after = shares(lines, total)
            assert sum(after) == total, seed
            for line, earlier, later in zip(lines, before, after, strict=True):
                assert earlier <= later <= line.captured, seed
                if line.discount:
                    assert abs(later * whole - line.captured * total) <= 2 * whole, "each discount in its share"
            before = after
            lines = [line.replace(refunded=upto) for line, upto in zip(lines, after, strict=True)]
        assert before == [line.captured for line in lines], seed


@pytest.mark.parametrize("seed", seeds([1, 2, 3, 4, 5, 6, 7, 8]))
async def test_random_refunds_of_a_discounted_order_close_to_the_fen(branch: Shops, seed: int) -> None:
    chance = random.Random(seed)
    shop = await branch.shop()
    wallets = [await branch.ecny(2, 20_000, serial=1), await branch.ewallet(2, 100_000)]
    price = chance.randint(30_000, 90_000)
    order = await branch.order(shop, price, discount=chance.randint(0, price // 3))
    paid: Payment = await branch.do(branch.pays(order, *wallets))
    left, given, turn = price, 0, 0
    while left:
        turn += 1
        share = left if turn == 40 else min(left, chance.randint(1, price // 8))
        refund = await branch.refund(paid, share, f"r-{turn}")
        left, given = left - share, given + refund.amount
        now = await branch.get(Payment, paid.id)
        assert now.refunded == given <= paid.amount
        lines = await branch.lines(paid)
        assert sum(line.refunded for line in lines) == given
        assert all(0 <= line.tax_refunded <= line.fee_refunded <= line.fee for line in lines)
    assert given == paid.amount
    assert [await branch.has(wallet) for wallet in wallets] == [20_000, 100_000]
    assert (await branch.owed(shop), await branch.owed(shop, "ECNY")) == (0, 0)
    assert (await branch.fees(), await branch.fees("ECNY")) == ((0, 0), (0, 0))
