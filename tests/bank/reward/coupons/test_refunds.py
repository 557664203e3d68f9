"""What a refund makes of a coupon, by each policy, is what was said before; all parts close to the fen."""

import random
from typing import Any

import pytest

from canglian.bank.payment import Payment, SourceUse
from canglian.bank.payment.commands import PayOrder, QuoteRefund, QuoteRefundsAhead
from canglian.bank.reward import Coupon, CouponState, FunderKind, OfferKind, RefundPolicy, Tier
from canglian.bank.reward.campaigns.commands.values import FunderAsked, OfferAsked
from canglian.bank.wallet import Wallet
from canglian.ledger.model import Transfer
from tests.bank.reward.seasons import Season, off
from tests.lives import seeds

FUNDS = 100_000


def tenth(over: int = 30_000, **fields: Any) -> OfferAsked:
    """10 % off from a price on."""
    asked: dict[str, Any] = {"stock": 10, "per_person": 3, **fields}
    return OfferAsked(kind=OfferKind.PERCENT, name="九折", tiers=(Tier(over, 10_000, 1_000),), **asked)


async def bought(season: Season, offer: OfferAsked, price: int) -> tuple[Payment, Coupon, Wallet]:
    """A payment with a coupon, the coupon, and the wallet that paid the rest."""
    campaign, person, shop = await season.approved(offer), await season.ewallet(1, FUNDS), await season.shop()
    coupon = await season.claimed(campaign, person)
    return await season.used(shop, price, coupon, person), coupon, person


@pytest.mark.parametrize(
    ("policy", "back"),
    [
        (RefundPolicy.RETURN, 22_500),
        (RefundPolicy.NET, 22_500),
        (RefundPolicy.REQUALIFY, 22_000),
        (RefundPolicy.FORFEIT, 22_000),
    ],
)
async def test_six_at_50_less_a_tenth_from_300_on_of_which_five_are_returned(
    season: Season, policy: RefundPolicy, back: int
) -> None:
    paid, coupon, person = await bought(season, tenth(refund=policy), 30_000)
    assert await season.has(person) == FUNDS - 27_000
    quoted = await season.do(QuoteRefund(payment=paid.id, amount=25_000))
    assert {line.source: line.amount for line in quoted} == {"coupon": 25_000 - back, "wallet": back}
    refund = await season.refund(paid, 25_000)
    assert refund.amount == 25_000
    assert await season.has(person) == FUNDS - 27_000 + back
    used = await season.coupon(coupon)
    assert (used.state, used.used) == (CouponState.USED, 3_000 - (25_000 - back))
    await season.refund(paid, 5_000, "r-2")
    assert await season.has(person) == FUNDS
    ended = await season.coupon(coupon)
    assert (ended.state, ended.used) == (CouponState.USED, 0)


async def test_what_is_kept_and_still_qualifies_keeps_its_discount(season: Season) -> None:
    paid, coupon, person = await bought(season, tenth(refund=RefundPolicy.REQUALIFY), 60_000)
    has = await season.has(person)
    assert has == FUNDS - 54_000
    for number, (gross, back, used) in enumerate([(20_000, 18_000, 4_000), (15_000, 11_000, 0), (25_000, 25_000, 0)]):
        await season.refund(paid, gross, f"r-{number}")
        has += back
        assert (await season.has(person), (await season.coupon(coupon)).used) == (has, used)
    assert has == FUNDS


async def test_where_a_refund_is_less_than_the_discount_that_is_lost_all_of_it_goes_to_the_funders(
    season: Season,
) -> None:
    paid, coupon, person = await bought(season, tenth(refund=RefundPolicy.REQUALIFY), 30_000)
    await season.refund(paid, 1_000, "r-1")
    assert (await season.has(person), (await season.coupon(coupon)).used) == (FUNDS - 27_000, 2_000)
    await season.refund(paid, 4_000, "r-2")
    assert (await season.has(person), (await season.coupon(coupon)).used) == (FUNDS - 27_000 + 2_000, 0)


async def test_what_went_back_to_the_payer_is_not_asked_for_again(season: Season) -> None:
    paid, coupon, person = await bought(season, tenth(refund=RefundPolicy.REQUALIFY), 60_000)
    await season.refund(paid, 30_000, "r-1")
    assert (await season.has(person), (await season.coupon(coupon)).used) == (FUNDS - 54_000 + 27_000, 3_000)
    await season.refund(paid, 1, "r-2")
    assert (await season.has(person), (await season.coupon(coupon)).used) == (FUNDS - 54_000 + 27_000, 2_999)


@pytest.mark.parametrize(
    ("policy", "state"),
    [
        (RefundPolicy.RETURN, CouponState.CLAIMED),
        (RefundPolicy.REQUALIFY, CouponState.CLAIMED),
        (RefundPolicy.NET, CouponState.USED),
        (RefundPolicy.FORFEIT, CouponState.USED),
    ],
)
async def test_a_refund_of_all_of_it_in_time_gives_the_coupon_back_where_its_policy_says_so(
    season: Season, policy: RefundPolicy, state: CouponState
) -> None:
    paid, coupon, person = await bought(season, tenth(refund=policy), 30_000)
    await season.refund(paid, 30_000)
    after = await season.coupon(coupon)
    assert (after.state, after.used, after.expires_at) == (state, 0, coupon.expires_at)
    assert after.reserving == (state is CouponState.CLAIMED)
    assert await season.has(person) == FUNDS


async def test_a_forfeited_discount_goes_back_with_the_first_refund(season: Season) -> None:
    paid, coupon, person = await bought(season, off(refund=RefundPolicy.FORFEIT), 12_000)
    await season.refund(paid, 6_000, "r-1")
    assert (await season.has(person), (await season.coupon(coupon)).used) == (FUNDS - 9_500 + 3_500, 0)
    await season.refund(paid, 6_000, "r-2")
    assert await season.has(person) == FUNDS


async def test_a_refund_of_all_but_a_fen_gives_no_coupon_back(season: Season) -> None:
    paid, coupon, _ = await bought(season, off(), 12_000)
    await season.refund(paid, 11_999)
    after = await season.coupon(coupon)
    assert (after.state, after.used) == (CouponState.USED, 0)


async def test_before_anything_is_paid_its_refund_is_said(season: Season) -> None:
    campaign = await season.approved(tenth(refund=RefundPolicy.REQUALIFY))
    person, shop = await season.ewallet(1, FUNDS), await season.shop()
    coupon = await season.claimed(campaign, person)
    paying = season.uses(await season.order(shop, 30_000), coupon, person)
    asked = QuoteRefundsAhead(
        order=paying.order, sources=paying.sources, channel="mobile", amounts=(30_000, 25_000, 15_000)
    )
    ahead = await season.do(asked)
    assert [{line.source: line.amount for line in lines} for lines in ahead] == [
        {"wallet": 27_000, "coupon": 3_000},
        {"wallet": 22_000, "coupon": 3_000},
        {"wallet": 12_000, "coupon": 3_000},
    ]
    assert await season.coupon(coupon) == coupon
    assert await season.has(person) == FUNDS
    assert await season.rows(Payment) == []


@pytest.mark.parametrize("seed", seeds([1, 2, 3, 4]))
async def test_whatever_is_refunded_in_whatever_parts_closes_to_the_fen(season: Season, seed: int) -> None:
    chance = random.Random(seed)
    person, shop = await season.ewallet(1, 10 * FUNDS), await season.shop()
    bureau, mall = await season.payer(2, 9 * FUNDS), await season.payer(3, 9 * FUNDS)
    funders = (
        FunderAsked(FunderKind.GOVERNMENT, "商务局", 5_000, bureau.id),
        FunderAsked(FunderKind.BANK, "本行", 3_000),
        FunderAsked(FunderKind.MERCHANT, "新城商场", 2_000, mall.id),
    )
    for life in range(6):
        price = chance.randint(1_000, 60_000)
        asked = [_any(chance, rank, price) for rank in (1, 2)]
        campaign = await season.approved(*asked, funds=(40_000, 24_000, 16_000), funders=funders)
        coupons = [await season.claimed(campaign, person, place) for place in range(len(asked))]
        before = await season.has(person)
        uses = tuple(SourceUse(source="coupon", item=coupon.id, pin=1) for coupon in coupons)
        order = await season.order(shop, price)
        paying = PayOrder(order=order.id, sources=(*uses, SourceUse(item=person.id, pin=1)), channel="mobile")
        outcome = await season.ask(paying)
        if outcome.error is not None:
            assert outcome.error.code == "coupon.below"
            continue
        paid, left, had = outcome.unwrap(), price, await season.has(person)
        for number in range(chance.randint(1, 5)):
            gross = left if number == 4 else chance.randint(1, left)
            await season.refund(paid, gross, f"r-{life}-{number}")
            left -= gross
            now = await season.has(person)
            assert had <= now <= before
            had = now
            await season.explain(campaign)
            await in_shares(season, coupons)
            if not left:
                break
        if left:
            await season.refund(paid, left, f"r-{life}-all")
        assert await season.has(person) == before
        assert [(await season.coupon(coupon)).used for coupon in coupons] == [0, 0]
        await season.explain(campaign)


async def test_coupons_of_one_payment_move_once_a_funder_and_go_back_each_in_its_own_shares(season: Season) -> None:
    campaign = await season.approved(off(1_000, 333, stacks=True, rank=1), off(1_000, 101, stacks=True, rank=2))
    person, shop = await season.ewallet(1, FUNDS), await season.shop()
    coupons = [await season.claimed(campaign, person, place) for place in (0, 1)]
    uses = tuple(SourceUse(source="coupon", item=coupon.id, pin=1) for coupon in coupons)
    order = await season.order(shop, 10_000)
    paying = PayOrder(order=order.id, sources=(*uses, SourceUse(item=person.id, pin=1)), channel="mobile")
    paid: Payment = await season.do(paying)
    money = [(funder.reserved, funder.spent) for funder in campaign.funders]
    moved = [row for row in await season.rows(Transfer) if row.reference == paid.id and row.code == "reward.spent"]
    assert [row.amount for row in moved if (row.debit, row.credit) in money] == [217, 130, 87], "shares of each, in sum"
    assert [row.amount for row in moved if row.debit == campaign.redeemed] == [333, 101], "each line has its own"
    used = [await season.coupon(coupon) for coupon in coupons]
    assert [coupon.spent for coupon in used] == [(166, 100, 67), (51, 30, 20)]
    await season.refund(paid, 10_000)
    back = [await season.coupon(coupon) for coupon in coupons]
    assert [coupon.reserved for coupon in back] == [coupon.reserved for coupon in coupons]
    await season.explain(campaign)


async def test_a_coupon_that_is_forfeited_takes_nothing_from_the_funders_of_another(season: Season) -> None:
    campaign = await season.approved(
        off(1_000, 600, stacks=True, rank=1), off(1_000, 400, stacks=True, rank=2, refund=RefundPolicy.FORFEIT)
    )
    person, shop = await season.ewallet(1, FUNDS), await season.shop()
    coupons = [await season.claimed(campaign, person, place) for place in (0, 1)]
    uses = tuple(SourceUse(source="coupon", item=coupon.id, pin=1) for coupon in coupons)
    order = await season.order(shop, 3_000)
    paying = PayOrder(order=order.id, sources=(*uses, SourceUse(item=person.id, pin=1)), channel="mobile")
    paid: Payment = await season.do(paying)
    await season.refund(paid, 1_500)
    assert [(await season.coupon(coupon)).used for coupon in coupons] == [300, 0]
    assert await season.has(person) == FUNDS - 2_000 + 800, "what is given up is the shopper's own"
    await season.explain(campaign)


async def in_shares(season: Season, coupons: list[Coupon]) -> None:
    """Of what a coupon still takes off each funder bears its share, to a fen: none has got more back than that."""
    for coupon in [await season.coupon(each) for each in coupons]:
        for spent, bps in zip(coupon.spent, (5_000, 3_000, 2_000), strict=True):
            assert spent >= 0
            assert abs(spent * 10_000 - coupon.used * bps) < 10_000


def _any(chance: random.Random, rank: int, price: int) -> OfferAsked:
    over = chance.randint(1, price - 1)
    policy = chance.choice(list(RefundPolicy))
    if chance.random() < 0.5:
        return tenth(over, refund=policy, stacks=True, rank=rank)
    return off(over, chance.randint(1, max(1, over)), refund=policy, stacks=True, rank=rank)


@pytest.mark.parametrize("policy", [RefundPolicy.RETURN, RefundPolicy.REQUALIFY])
async def test_what_a_coupon_did_not_take_off_is_free_once_a_refund_in_part_has_ended_it(
    season: Season, policy: RefundPolicy
) -> None:
    tenth = OfferAsked(kind=OfferKind.PERCENT, name="九折", tiers=(Tier(0, 5_000, 1_000),), stock=1, refund=policy)
    campaign = await season.approved(tenth)
    person, shop = await season.ewallet(1, 50_000), await season.shop()
    coupon = await season.claimed(campaign, person)
    paid = await season.used(shop, 2_000, coupon, person)
    assert sum((await season.coupon(coupon)).reserved) == 4_800
    await season.refund(paid, 1_000, "r-1")
    kept = await season.coupon(coupon)
    assert (kept.state, kept.used, kept.reserved, kept.reserving) == (CouponState.USED, 100, (0, 0, 0), False)
    await season.refund(paid, 1_000, "r-2")
    kept = await season.coupon(coupon)
    assert (kept.state, kept.used, sum(kept.spent)) == (CouponState.USED, 0, 0)
    assert [places[:3] for places in await season.funders(campaign)] == [(50_000, 0, 0), (30_000, 0, 0), (20_000, 0, 0)]
    await season.explain(campaign)


async def test_a_coupon_is_used_with_a_wallet_of_whoever_has_it(season: Season) -> None:
    campaign = await season.approved()
    person, friend = await season.ewallet(1, 50_000), await season.ewallet(2, 50_000)
    coupon = await season.claimed(campaign, person)
    order = await season.order(await season.shop(), 12_000)
    assert (await season.refused(season.uses(order, coupon, friend)))[0] == "coupon.another_pays"
    assert (await season.coupon(coupon)).state is CouponState.CLAIMED
    uses = (
        SourceUse(source="coupon", item=coupon.id, pin=1),
        SourceUse(item=friend.id, pin=1, most=9_000),
        SourceUse(item=person.id, pin=1),
    )
    await season.do(PayOrder(order=order.id, sources=uses, channel="mobile"))
    assert (await season.coupon(coupon)).state is CouponState.USED
    await season.explain(campaign)
