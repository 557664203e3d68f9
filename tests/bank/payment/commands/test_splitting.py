"""Shares of a payment go to receivers, each with an outcome of its own; refunds take them back; no fen gets lost."""

import random

import pytest

from canglian.bank.payment import Merchant, Payment, Receiver, ShareState, SplitClaim, SplitShare
from canglian.bank.payment.commands import CompleteShare, KeepUnsplit, ResumeMerchant, SplitPayment, SuspendMerchant
from tests.bank.payment.shops import Shops
from tests.lives import seeds


def splitting(payment: Payment, *receivers: Receiver, number: str = "s-1") -> SplitPayment:
    return SplitPayment(payment=payment.id, number=number, receivers=receivers)


async def test_a_share_an_amount_and_the_remainder_go_to_their_receivers(branch: Shops) -> None:
    shop, first, second, third = [await branch.shop(name=name) for name in ("甲店", "乙店", "丙店", "丁店")]
    wallet = await branch.ecny(2, 10_000)
    paid = await branch.paid(shop, wallet, 10_000, split=True)
    assert paid.split_until is not None
    receivers = (
        Receiver(merchant=first.id, share_bps=1_000),
        Receiver(merchant=second.id, amount=700),
        Receiver(merchant=third.id),
    )
    shares = await branch.do(splitting(paid, *receivers))
    assert [(share.amount, share.state) for share in shares] == [
        (1_000, ShareState.DONE),
        (700, ShareState.DONE),
        (1_300, ShareState.DONE),
    ]
    assert [await branch.owed(merchant, "ECNY") for merchant in (shop, first, second, third)] == [
        6_962,
        1_000,
        700,
        1_300,
    ]
    assert (await branch.get(Payment, paid.id)).split_until is None
    assert await branch.do(splitting(paid, *receivers)) == shares
    code, _ = await branch.refused(splitting(paid, Receiver(merchant=first.id, amount=1)))
    assert code == "split.number_taken"
    code, fields = await branch.refused(splitting(paid, Receiver(merchant=first.id, amount=1), number="s-2"))
    assert (code, fields["left"]) == ("split.above", 0)


async def test_what_cannot_be_split_is_refused_whole(branch: Shops) -> None:
    shop, other = await branch.shop(), await branch.shop(name="乙店")
    paid = await branch.paid(shop, await branch.ecny(2, 10_000), 10_000)
    for code, receivers in (
        ("split.above", (Receiver(merchant=other.id, amount=3_001),)),
        ("split.receiver", (Receiver(merchant=shop.id, amount=1),)),
        ("split.receiver", (Receiver(merchant=other.id, amount=1, share_bps=1),)),
        ("split.remainder_twice", (Receiver(merchant=other.id), Receiver(merchant=other.id))),
        ("split.nothing", (Receiver(merchant=other.id, amount=3_000), Receiver(merchant=other.id))),
        ("merchant.not_found", (Receiver(merchant="mer_" + "0" * 26, amount=1),)),
    ):
        assert (await branch.refused(splitting(paid, *receivers)))[0] == code
    await branch.day(31)
    assert (await branch.refused(splitting(paid, Receiver(merchant=other.id, amount=1))))[0] == "split.too_late"
    assert await branch.owed(other, "ECNY") == 0


async def test_a_share_of_a_suspended_receiver_waits_and_goes_to_nobody_else(branch: Shops) -> None:
    shop, first, second = [await branch.shop(name=name) for name in ("甲店", "乙店", "丙店")]
    paid = await branch.paid(shop, await branch.ecny(2, 10_000), 10_000)
    for merchant in (first, second):
        await branch.do(SuspendMerchant(merchant=merchant.id, reason="核查"))
    asked = splitting(paid, Receiver(merchant=first.id, amount=1_000), Receiver(merchant=second.id))
    shares: list[SplitShare] = await branch.do(asked)
    assert [(share.amount, share.state.value) for share in shares] == [(1_000, "pending"), (2_000, "pending")]
    assert await branch.owed(shop, "ECNY") == 9_962
    assert (await branch.refused(CompleteShare(share=shares[0].id)))[0] == "split.waiting"
    await branch.do(ResumeMerchant(merchant=first.id, reason="核查完毕"))
    assert (await branch.do(CompleteShare(share=shares[0].id))).state is ShareState.DONE
    assert (await branch.refused(CompleteShare(share=shares[0].id)))[0] == "split.not_pending"
    await branch.day(31)
    assert (await branch.do(CompleteShare(share=shares[1].id))).state is ShareState.FAILED
    assert [await branch.owed(merchant, "ECNY") for merchant in (shop, first, second)] == [8_962, 1_000, 0]


async def test_a_refund_takes_shares_back_and_claims_what_a_receiver_has_too_little_for(branch: Shops) -> None:
    shop, rich, poor = [await branch.shop(name=name) for name in ("甲店", "乙店", "丙店")]
    wallet = await branch.ecny(2, 10_000)
    paid = await branch.paid(shop, wallet, 10_000)
    await branch.do(splitting(paid, Receiver(merchant=rich.id, amount=1_000), Receiver(merchant=poor.id, amount=500)))
    await branch.spent(poor, "ECNY", 400)
    half = await branch.refund(paid, 5_000, "r-1")
    assert [await branch.owed(merchant, "ECNY") for merchant in (rich, poor)] == [500, 0]
    (claim,) = await branch.rows(SplitClaim)
    assert (claim.amount, claim.receiver, claim.merchant, claim.refund) == (150, poor.id, shop.id, half.id)
    await branch.refund(paid, 5_000, "r-2")
    shares = await branch.rows(SplitShare)
    assert {(share.returned, share.state) for share in shares} == {
        (1_000, ShareState.RETURNED),
        (500, ShareState.RETURNED),
    }
    assert sum(claim.amount for claim in await branch.rows(SplitClaim)) == 400
    assert (await branch.has(wallet), await branch.owed(shop, "ECNY")) == (10_000, -400)


async def test_a_share_given_after_a_refund_comes_back_in_its_part_of_what_was_left(branch: Shops) -> None:
    shop, early, late = [await branch.shop(name=name) for name in ("甲店", "乙店", "丙店")]
    paid = await branch.paid(shop, await branch.ecny(2, 10_000), 10_000)
    await branch.do(splitting(paid, Receiver(merchant=early.id, amount=1_000)))
    await branch.refund(paid, 5_000, "r-1")
    await branch.do(splitting(paid, Receiver(merchant=late.id, amount=2_000), number="s-2"))
    for number, (amount, left) in enumerate([(1, [500, 2_000]), (999, [400, 1_600]), (4_000, [0, 0])], 2):
        await branch.refund(paid, amount, f"r-{number}")
        assert [await branch.owed(merchant, "ECNY") for merchant in (early, late)] == left, number


async def test_what_is_kept_back_is_the_merchants_when_nobody_split_it(branch: Shops) -> None:
    shop = await branch.shop()
    paid = await branch.paid(shop, await branch.ecny(2, 10_000), 10_000, split=True)
    assert (await branch.do(KeepUnsplit(payment=paid.id))).split_until is None
    assert (await branch.refused(KeepUnsplit(payment=paid.id)))[0] == "split.not_frozen"


@pytest.mark.parametrize("seed", seeds([1, 2, 3, 4, 5, 6]))
async def test_splits_and_refunds_at_random_lose_no_fen(branch: Shops, seed: int) -> None:
    chance = random.Random(seed)
    shops: list[Merchant] = [await branch.shop(name=f"{number}号店") for number in range(4)]
    wallets = [await branch.ecny(2, 20_000, serial=1), await branch.ewallet(2, 100_000)]
    price = chance.randint(30_000, 90_000)
    order = await branch.order(shops[0], price, discount=chance.randint(0, price // 3))
    paid: Payment = await branch.do(branch.pays(order, *wallets))
    given: dict[str, tuple[int, int, int]] = {}
    for turn in range(10):
        receivers = [Receiver(merchant=shop.id, amount=chance.randint(1, 900)) for shop in shops[1:]]
        await branch.ask(splitting(paid, *receivers[: chance.randint(1, 3)], number=f"s-{turn}"))
        now = await branch.get(Payment, paid.id)
        for share in await branch.rows(SplitShare):
            given.setdefault(share.id, (share.amount, now.refunded, now.captured - now.refunded))
        left = now.gross_captured - now.gross_refunded
        if left:
            await branch.refund(paid, min(left, chance.randint(1, price // 5)), f"r-{turn}")
        if chance.random() < 0.3:
            await branch.spent(chance.choice(shops[1:]), "CNY", chance.randint(1, 300))
        await balanced(branch, shops, paid)
        await in_proportion(branch, paid, given)
    left = (await branch.get(Payment, paid.id)).gross_captured - (await branch.get(Payment, paid.id)).gross_refunded
    if left:
        await branch.refund(paid, left, "last")
    await balanced(branch, shops, paid)
    assert [await branch.has(wallet) for wallet in wallets] == [20_000, 100_000]
    assert {share.state for share in await branch.rows(SplitShare)} <= {ShareState.RETURNED}


async def in_proportion(branch: Shops, paid: Payment, given: dict[str, tuple[int, int, int]]) -> None:
    """Each share has lost as much of itself as was refunded since of what was left when it was given, to half a fen."""
    now = await branch.get(Payment, paid.id)
    for share in await branch.rows(SplitShare):
        amount, before, left = given[share.id]
        assert 0 <= share.returned <= amount
        assert abs(share.returned * left - amount * (now.refunded - before)) * 2 <= left


async def balanced(branch: Shops, shops: list[Merchant], paid: Payment) -> None:
    """What is with merchants, fees and outside is what was taken less what went back; shares are within the lines."""
    now = await branch.get(Payment, paid.id)
    owed = [await branch.owed(shop, asset) for shop in shops for asset in ("CNY", "ECNY")]
    fees = [*await branch.fees(), *await branch.fees("ECNY")]
    assert sum(owed) + sum(fees) + branch.outside == now.captured - now.refunded
    lines = await branch.lines(paid)
    shares = await branch.rows(SplitShare)
    assert sum(line.split for line in lines) == sum(share.amount - share.returned for share in shares)
    assert all(line.split >= 0 for line in lines)
