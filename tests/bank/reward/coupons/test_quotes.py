"""A quote is the best lawful combination, kept for its order in a half-open window, and let go with it."""

import random
from datetime import timedelta
from typing import Any

import pytest

from canglian.bank.payment import Payment, PaymentOrder, SourceUse
from canglian.bank.payment.commands import CancelPayment, CloseMerchant, CloseOrder, ExpireOrder, PayOrder, TakePayment
from canglian.bank.purpose.rules import Payees
from canglian.bank.reward import Coupon, CouponQuote, CouponState, FunderKind, GroupRule, OfferKind, QuoteState, Tier
from canglian.bank.reward.campaigns.commands.values import FunderAsked, OfferAsked
from canglian.bank.reward.campaigns.model import Audience
from canglian.bank.reward.commands import CancelCouponQuote, ExpireCouponQuotes, QuoteCoupons
from canglian.bank.wallet import Wallet
from canglian.bank.wallet.commands import ShowCode
from canglian.bank.wallet.model import CodeKind
from tests.bank.reward.seasons import Season, off
from tests.lives import seeds


def percent(share: int, over: int = 0, **fields: Any) -> OfferAsked:
    asked: dict[str, Any] = {"stock": 10, "stacks": True, **fields}
    return OfferAsked(kind=OfferKind.PERCENT, name=f"减{share}", tiers=(Tier(over, 100_000, share),), **asked)


BANK = (FunderAsked(FunderKind.BANK, "本行", 10_000),)
FUNDS = (200_000, 120_000, 80_000)


async def holding(season: Season, *offers: OfferAsked) -> tuple[Wallet, list[Coupon]]:
    """Somebody with a coupon of each of some offers."""
    campaign, person = await season.approved(*offers, funds=FUNDS), await season.ewallet(1, 200_000)
    return person, [await season.claimed(campaign, person, place) for place in range(len(offers))]


def quoting(order: PaymentOrder, wallet: Wallet, *only: Coupon) -> QuoteCoupons:
    return QuoteCoupons(order=order.id, wallets=(wallet.id,), only=tuple(coupon.id for coupon in only))


def paying(order: PaymentOrder, quote: CouponQuote, wallet: Wallet) -> PayOrder:
    uses = tuple(SourceUse(source="coupon", item=taken.coupon, pin=1) for taken in quote.taken)
    return PayOrder(order=order.id, sources=(*uses, SourceUse(item=wallet.id, pin=1)), channel="mobile")


async def test_the_best_combination_is_quoted_and_kept_until_it_pays(season: Season) -> None:
    tenth, fifth, big = percent(1_000, rank=1), percent(2_000, 10_000, rank=2), off(99_999, 9_000)
    person, (first, second, third) = await holding(season, tenth, fifth, big)
    shop = await season.shop()
    order = await season.order(shop, 10_500)
    quote = await season.do(quoting(order, person))
    assert [(taken.coupon, taken.amount) for taken in quote.taken] == [(second.id, 2_100)]
    assert (quote.price, quote.off, quote.due) == (10_500, 2_100, 8_400)
    assert {(out.coupon, out.code, out.amount) for out in quote.left_out} == {
        (first.id, "coupon.less", None),
        (third.id, "coupon.below", 99_999),
    }
    locked = await season.coupon(second)
    assert (locked.state, locked.order, locked.quote) == (CouponState.LOCKED, order.id, quote.id)
    assert (await season.coupon(first)).state is CouponState.CLAIMED
    other = await season.order(shop, 10_500)
    assert (await season.refused(paying(other, quote, person)))[0] == "coupon.state"
    paid = await season.do(paying(order, quote, person))
    assert [line.amount for line in await season.lines(paid)] == [2_100, 8_400]
    used, after = await season.coupon(second), await season.get(CouponQuote, quote.id)
    assert (used.state, used.payment, used.quote) == (CouponState.USED, paid.id, None)
    assert (after.state, after.payment) == (QuoteState.USED, paid.id)


@pytest.mark.parametrize(("ranks", "due"), [((1, 2), 9_450), ((2, 1), 7_560)])
async def test_105_less_a_tenth_and_a_fifth_from_100_on_is_paid_by_their_order(
    season: Season, ranks: tuple[int, int], due: int
) -> None:
    person, coupons = await holding(season, percent(1_000, rank=ranks[0]), percent(2_000, 10_000, rank=ranks[1]))
    order = await season.order(await season.shop(), 10_500)
    named = sorted(zip(ranks, coupons, strict=True), key=lambda found: found[0])
    uses = [SourceUse(source="coupon", item=coupon.id, pin=1) for _, coupon in named]
    if due == 9_450:
        named_both = PayOrder(order=order.id, sources=(*uses, SourceUse(item=person.id, pin=1)), channel="mobile")
        assert (await season.refused(named_both))[0] == "coupon.below"
        uses = uses[:1]
    paid = await season.do(
        PayOrder(order=order.id, sources=(*uses, SourceUse(item=person.id, pin=1)), channel="mobile")
    )
    assert (await season.lines(paid))[-1].amount == due


async def test_less_20_and_less_80_take_91_68_off_and_1_26_is_due(season: Season) -> None:
    eighty = off(8_000, 8_000, stacks=True, rank=1)
    twenty = OfferAsked(
        kind=OfferKind.PERCENT, name="减二十", tiers=(Tier(0, 2_000, 10_000),), stock=5, stacks=True, rank=2
    )
    person, _ = await holding(season, eighty, twenty)
    goods, shipping = 3 * 1_056 + 6_000, 126
    order = await season.order(await season.shop(), goods + shipping, shipping=shipping)
    quote = await season.do(quoting(order, person))
    assert (quote.off, quote.due) == (9_168, 126)
    paid = await season.do(paying(order, quote, person))
    assert [line.amount for line in await season.lines(paid)] == [8_000, 1_168, 126]


async def test_shipping_is_a_part_of_the_price(season: Season) -> None:
    shop = await season.shop()
    with pytest.raises(Exception, match=r"payment_order\.shipping"):
        await season.order(shop, 1_000, discount=100, shipping=901)
    assert (await season.order(shop, 1_000, discount=100, shipping=900)).discountable == 0


async def test_a_quote_holds_before_the_end_of_its_window_and_is_quoted_again_after_it(season: Season) -> None:
    person, (coupon,) = await holding(season, off())
    order = await season.order(await season.shop(), 12_000)
    quote = await season.do(quoting(order, person))
    assert quote.expires_at == season.now + timedelta(minutes=10)
    season.now = quote.expires_at
    code, fields = await season.refused(paying(order, quote, person))
    assert (code, fields["coupon_quote"]) == ("coupon_quote.expired", quote.id)
    assert (await season.coupon(coupon)).state is CouponState.LOCKED
    again = await season.do(quoting(order, person))
    assert (await season.get(CouponQuote, quote.id)).state is QuoteState.EXPIRED
    season.now = again.expires_at - timedelta(microseconds=1)
    await season.do(paying(order, again, person))
    assert (await season.coupon(coupon)).state is CouponState.USED


async def test_the_window_ends_with_the_order_the_coupon_and_the_hours(season: Season) -> None:
    hour = season.now.hour + 8
    minute = (hour % 24) * 60 + season.now.minute + 5
    offers = off(audience=Audience(from_minute=0, until_minute=min(minute, 1_440)))
    person, _ = await holding(season, offers)
    order = await season.order(await season.shop(), 12_000)
    quote = await season.do(quoting(order, person))
    assert quote.taken
    left = quote.expires_at - season.now
    assert timedelta(minutes=4) <= left <= timedelta(minutes=5)
    short = await season.order(await season.shop(), 12_000, minutes=2)
    await season.do(CancelCouponQuote(quote=quote.id))
    assert (await season.do(quoting(short, person))).expires_at == short.expires_at


async def test_what_another_order_was_quoted_is_free_once_that_is_over(season: Season) -> None:
    person, (coupon,) = await holding(season, off())
    shop = await season.shop()
    order, other = await season.order(shop, 12_000), await season.order(shop, 12_000)
    quote = await season.do(quoting(order, person))
    assert (await season.do(quoting(other, person))).taken == ()
    season.now = quote.expires_at
    assert await season.do(ExpireCouponQuotes(quotes=(quote.id,))) == 1
    free = await season.coupon(coupon)
    assert (free.state, free.order, free.quote) == (CouponState.CLAIMED, None, None)
    assert await season.do(ExpireCouponQuotes(quotes=(quote.id,))) == 0
    assert (await season.get(PaymentOrder, order.id)).quote is None
    later = await season.do(quoting(other, person))
    assert [taken.coupon for taken in later.taken] == [coupon.id]


@pytest.mark.parametrize("way", ["closed", "expired", "paid otherwise", "cancelled", "authorised and cancelled"])
async def test_a_coupon_is_free_in_the_commit_in_which_its_order_ends(season: Season, way: str) -> None:
    person, (coupon,) = await holding(season, off())
    order = await season.order(await season.shop(), 12_000)
    quote = await season.do(quoting(order, person))
    state = QuoteState.CANCELLED
    if way == "closed":
        await season.do(CloseOrder(order=order.id, reason="不要了"))
    elif way == "expired":
        season.now = order.expires_at
        await season.do(ExpireOrder(order=order.id))
    elif way == "paid otherwise":
        await season.do(season.pays(order, person))
    elif way == "cancelled":
        await season.do(CancelCouponQuote(quote=quote.id))
        assert (await season.refused(CancelCouponQuote(quote=quote.id)))[0] == "coupon_quote.state"
    else:
        state = QuoteState.USED
        held = await season.do(season.locks(order, coupon, person))
        assert (await season.coupon(coupon)).payment == held.id
        await season.do(CancelPayment(payment=held.id, reason="不要了"))
    free = await season.coupon(coupon)
    assert (free.state, free.order, free.payment, free.quote) == (CouponState.CLAIMED, None, None, None)
    assert (await season.get(CouponQuote, quote.id)).state is state
    assert free.reserved == coupon.reserved


async def test_a_payment_that_fails_keeps_the_lock_until_it_is_over(season: Season) -> None:
    campaign, poor = await season.approved(), await season.ewallet(1, 1_000)
    coupon = await season.claimed(campaign, poor)
    order = await season.order(await season.shop(), 12_000)
    quote = await season.do(quoting(order, poor))
    assert (await season.refused(paying(order, quote, poor)))[0] == "transfer.insufficient_funds"
    assert (await season.coupon(coupon)).quote == quote.id
    assert (await season.get(CouponQuote, quote.id)).state is QuoteState.OPEN
    await season.explain(campaign)


async def test_of_an_exclusive_group_one_is_taken_by_its_rule(season: Season) -> None:
    shop = await season.shop()
    person = await season.ewallet(1, 200_000)
    amounts = {"a": 500, "b": 900, "c": 700}
    for rule, taken in (
        (GroupRule.BEST, 900),
        (GroupRule.FIRST, 500),
        (GroupRule.LOWEST, 500),
        (GroupRule.HIGHEST, 900),
    ):
        group: dict[str, Any] = {"group": f"tea-{rule.value}", "group_rule": rule, "stacks": True}
        offers = [off(1_000, amount, rank=rank, **group) for rank, amount in enumerate(amounts.values(), 1)]
        campaign = await season.approved(*offers, funders=BANK, funds=(100_000,))
        coupons = [await season.claimed(campaign, person, place) for place in range(3)]
        quote = await season.do(quoting(await season.order(shop, 5_000), person, *coupons))
        assert [found.amount for found in quote.taken] == [taken], rule
        assert {out.code for out in quote.left_out} == {"coupon.group"}, rule


async def test_all_coupons_of_an_order_together_are_capped(season: Season) -> None:
    person, (first, second) = await holding(
        season, off(1_000, 800, stacks=True), off(1_000, 900, stacks=True, rank=2, together_max=1_200)
    )
    order = await season.order(await season.shop(), 5_000)
    quote = await season.do(quoting(order, person))
    assert [(taken.coupon, taken.amount) for taken in quote.taken] == [(first.id, 800), (second.id, 400)]
    paid = await season.do(paying(order, quote, person))
    assert [line.amount for line in await season.lines(paid)] == [800, 400, 3_800]


async def test_a_shown_code_takes_the_best_combination_off(season: Season) -> None:
    elsewhere = off(1_000, 999, audience=Audience(payees=Payees(categories=("5812",))))
    person, (coupon, more, _) = await holding(season, off(1_000, 800, stacks=True), percent(1_000, rank=2), elsewhere)
    shop = await season.shop()
    order = await season.order(shop, 5_000)
    await season.do(ShowCode(wallet=person.id, code_kind=CodeKind.PAY, code_digest="a" * 32, channel="mobile", pin=1))
    paid = await season.do(TakePayment(order=order.id, code_digest="a" * 32, channel="counter"))
    assert [(line.source, line.amount) for line in await season.lines(paid)] == [
        ("coupon", 800),
        ("coupon", 420),
        ("wallet", 3_780),
    ]
    assert [(await season.coupon(each)).state for each in (coupon, more)] == [CouponState.USED] * 2


async def test_a_shown_code_takes_what_is_kept_for_its_order(season: Season) -> None:
    person, (coupon,) = await holding(season, off(1_000, 800))
    order = await season.order(await season.shop(), 5_000)
    quote = await season.do(quoting(order, person))
    await season.do(ShowCode(wallet=person.id, code_kind=CodeKind.PAY, code_digest="b" * 32, channel="mobile", pin=1))
    paid = await season.do(TakePayment(order=order.id, code_digest="b" * 32, channel="counter"))
    assert [line.amount for line in await season.lines(paid)] == [800, 4_200]
    assert (await season.coupon(coupon)).payment == paid.id
    assert (await season.get(CouponQuote, quote.id)).state is QuoteState.USED


@pytest.mark.parametrize("seed", seeds([1, 2, 3]))
async def test_a_quote_never_costs_more_than_without_and_is_what_is_paid(season: Season, seed: int) -> None:
    chance = random.Random(seed)
    offers = [_any(chance) for _ in range(5)]
    person, _ = await holding(season, *offers)
    shop = await season.shop()
    for number in range(20):
        price = chance.randint(100, 30_000)
        shipping = chance.choice((0, chance.randint(0, price)))
        order = await season.order(shop, price, shipping=shipping, number=f"q-{number}")
        quote, again = [await season.do(quoting(order, person)) for _ in range(2)]
        assert (quote.taken, quote.left_out) == (again.taken, again.left_out)
        assert 0 <= again.off <= again.price == price - shipping
        assert again.due == price - again.off <= price
        assert {*(taken.offer for taken in again.taken)}.isdisjoint(out.offer for out in again.left_out)
        if chance.random() < 0.15:
            before = await season.has(person)
            paid: Payment = await season.do(paying(order, again, person))
            assert before - await season.has(person) == again.due
            assert [line.amount for line in await season.lines(paid)][: len(again.taken)] == [
                taken.amount for taken in again.taken
            ]
        else:
            await season.do(CloseOrder(order=order.id, reason="不要了"))


def _any(chance: random.Random) -> OfferAsked:
    over = chance.randint(1, 20_000)
    fields: dict[str, Any] = {
        "stacks": chance.random() < 0.8,
        "rank": chance.randint(1, 3),
        "group": chance.choice(("", "a", "b")),
        "group_rule": chance.choice(list(GroupRule)),
        "together_max": chance.choice((None, chance.randint(1, 5_000))),
    }
    if chance.random() < 0.5:
        return percent(chance.randint(1, 5_000), over, **fields)
    return off(over, chance.randint(1, over), **fields)


async def test_where_a_merchant_closes_its_quoted_coupon_is_used_elsewhere(season: Season) -> None:
    person, (coupon,) = await holding(season, off())
    leaving, staying = await season.shop(), await season.shop(name="乙店")
    order = await season.order(leaving, 12_000)
    quote = await season.do(quoting(order, person))
    await season.do(CloseMerchant(merchant=leaving.id, reason="退出"))
    assert (await season.refused(paying(order, quote, person)))[0] == "merchant.closed"
    assert (await season.refused(quoting(order, person)))[0] == "merchant.closed"
    assert (await season.coupon(coupon)).quote == quote.id
    await season.do(CloseOrder(order=order.id, reason="退出"))
    used = await season.used(staying, 12_000, coupon, person)
    assert (await season.coupon(coupon)).payment == used.id
