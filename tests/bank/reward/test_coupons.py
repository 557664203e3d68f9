"""A coupon is claimed with money that is reserved, used in a payment with it, and gives back what it did not take."""

from datetime import timedelta

from canglian.bank.party import Party
from canglian.bank.payment import PaymentState, SourceUse
from canglian.bank.payment.commands import CancelPayment, CapturePayment, PayOrder
from canglian.bank.purpose.rules import Payees
from canglian.bank.reward import Campaign, CampaignState, Coupon, CouponState, OfferKind, RefundPolicy, Tier
from canglian.bank.reward.campaigns.commands.values import OfferAsked
from canglian.bank.reward.campaigns.model import Audience
from canglian.bank.reward.commands import ExpireCoupons, VoidCoupon
from tests.bank.reward.seasons import Season, off


async def test_a_claim_reserves_the_money_of_each_funder_and_a_use_spends_it(season: Season) -> None:
    campaign, person, shop = await season.approved(), await season.ewallet(1, 50_000), await season.shop()
    coupon = await season.claimed(campaign, person)
    assert (coupon.state, coupon.amount, coupon.reserved) == (CouponState.CLAIMED, 2_500, (1_250, 750, 500))
    assert await season.funders(campaign) == [(48_750, 1_250, 0, 0), (29_250, 750, 0, 0), (19_500, 500, 0, 0)]
    paid = await season.used(shop, 12_000, coupon, person)
    assert [(line.source, line.amount, line.discount) for line in await season.lines(paid)] == [
        ("coupon", 2_500, True),
        ("wallet", 9_500, False),
    ]
    assert await season.has(person) == 40_500
    assert await season.owed(shop) == 12_000 - paid.fee
    assert await season.funders(campaign) == [(48_750, 0, 1_250, 0), (29_250, 0, 750, 0), (19_500, 0, 500, 0)]
    used = await season.coupon(coupon)
    assert (used.state, used.used, used.payment) == (CouponState.USED, 2_500, paid.id)
    await season.explain(campaign)


async def test_parts_of_funders_are_rounded_by_the_largest_remainder(season: Season) -> None:
    campaign = await season.approved(off(100, 99))
    coupon = await season.claimed(campaign, await season.ewallet(1))
    assert coupon.reserved == (49, 30, 20)


async def test_a_payment_that_is_refused_leaves_the_coupon_as_it_was(season: Season) -> None:
    campaign, person, shop = await season.approved(), await season.ewallet(1, 1_000), await season.shop()
    coupon = await season.claimed(campaign, person)
    before = await season.funders(campaign)
    order = await season.order(shop, 12_000)
    code, _ = await season.refused(season.uses(order, coupon, person))
    assert code == "transfer.insufficient_funds"
    assert await season.coupon(coupon) == coupon
    assert await season.funders(campaign) == before


async def test_a_coupon_is_refused_where_it_is_not_taken(season: Season) -> None:
    audience = Audience(payees=Payees(categories=("5812",)))
    campaign = await season.approved(off(audience=audience))
    person = await season.ewallet(1, 50_000)
    coupon = await season.claimed(campaign, person)
    grocer, restaurant = await season.shop(), await season.shop(category="5812")
    order = await season.order(grocer, 12_000)
    assert (await season.refused(season.uses(order, coupon, person)))[0] == "coupon.payee_not_allowed"
    small = await season.order(restaurant, 9_999)
    assert (await season.refused(season.uses(small, coupon, person)))[0] == "coupon.below"
    alone = PayOrder(order=small.id, sources=(SourceUse(source="coupon", item=coupon.id, pin=1),), channel="mobile")
    assert (await season.refused(alone))[0] == "coupon.below"
    fitting = await season.order(restaurant, 12_000)
    without_pin = season.uses(fitting, coupon, person)
    without_pin = PayOrder(
        order=fitting.id,
        sources=(SourceUse(source="coupon", item=coupon.id), without_pin.sources[1]),
        channel="mobile",
    )
    assert (await season.refused(without_pin))[0] == "wallet_pin.needed"
    alone = PayOrder(order=fitting.id, sources=(SourceUse(source="coupon", item=coupon.id, pin=1),), channel="mobile")
    assert (await season.refused(alone))[0] == "coupon.above"
    await season.do(season.uses(fitting, coupon, person))
    again = await season.order(restaurant, 12_000)
    assert (await season.refused(season.uses(again, coupon, person)))[0] == "coupon.state"


async def test_coupons_that_do_not_stack_are_not_used_together(season: Season) -> None:
    campaign = await season.approved(off(per_person=2))
    person, shop = await season.ewallet(1, 50_000), await season.shop()
    coupons = [await season.claimed(campaign, person) for _ in range(2)]
    order = await season.order(shop, 20_000)
    uses = (
        *(SourceUse(source="coupon", item=coupon.id, pin=1) for coupon in coupons),
        SourceUse(item=person.id, pin=1),
    )
    code, _ = await season.refused(PayOrder(order=order.id, sources=uses, channel="mobile"))
    assert code == "coupon.not_together"


async def test_coupons_that_stack_apply_one_after_the_other_by_their_ranks(season: Season) -> None:
    tenth = OfferAsked(
        kind=OfferKind.PERCENT, name="九折", tiers=(Tier(0, 5_000, 1_000),), stock=5, stacks=True, rank=2
    )
    campaign = await season.approved(off(10_000, 2_000, stacks=True), tenth)
    person, shop = await season.ewallet(1, 50_000), await season.shop()
    first, second = await season.claimed(campaign, person, 0), await season.claimed(campaign, person, 1)
    order = await season.order(shop, 10_500)

    def paying(*coupons: Coupon) -> PayOrder:
        uses = tuple(SourceUse(source="coupon", item=coupon.id, pin=1) for coupon in coupons)
        return PayOrder(order=order.id, sources=(*uses, SourceUse(item=person.id, pin=1)), channel="mobile")

    assert (await season.refused(paying(second, first)))[0] == "coupon.order"
    paid = await season.do(paying(first, second))
    assert [line.amount for line in await season.lines(paid)] == [2_000, 850, 7_650]
    await season.explain(campaign)
    await season.refund(paid, 10_500)
    assert [(await season.coupon(each)).state for each in (first, second)] == [CouponState.CLAIMED] * 2
    await season.explain(campaign)


async def test_the_stock_the_day_and_the_person_bound_claims(season: Season) -> None:
    campaign = await season.approved(off(stock=3, per_day=2))
    people = [await season.ewallet(serial) for serial in (1, 2, 3)]
    await season.claimed(campaign, people[0])
    code, fields = await season.refused(await season.claims(campaign, people[0]))
    assert (code, fields["most"]) == ("coupon.per_person", 1)
    await season.claimed(campaign, people[1])
    assert (await season.refused(await season.claims(campaign, people[2])))[0] == "campaign_offer.none_today"
    season.now += timedelta(days=1)
    await season.claimed(campaign, people[2])
    assert (await season.offer(campaign)).left == 0
    assert (await season.get(Campaign, campaign.id)).state is CampaignState.EXHAUSTED
    await season.explain(campaign)


async def test_a_person_with_several_wallets_counts_once_and_one_without_a_name_claims_nothing(season: Season) -> None:
    campaign = await season.approved()
    first = await season.ewallet(1)
    await season.claimed(campaign, first)
    party = await season.get(Party, first.party)
    second = await season.ecny(2, party=party)
    assert (await season.refused(await season.claims(campaign, second)))[0] == "coupon.per_person"
    anonymous = await season.anonymous(7)
    assert (await season.refused(await season.claims(campaign, anonymous)))[0] == "coupon.no_party"


async def test_no_coupon_is_claimed_without_money_for_it(season: Season) -> None:
    campaign = await season.approved(funds=(2_500, 1_500, 1_100))
    people = [await season.ewallet(serial) for serial in (1, 2, 3)]
    for person in people[:2]:
        await season.claimed(campaign, person)
    assert (await season.get(Campaign, campaign.id)).state is CampaignState.EXHAUSTED
    assert (await season.refused(await season.claims(campaign, people[2])))[0] == "campaign.budget"
    await season.pay_in(campaign, 10_000, 10_000, 10_000)
    assert (await season.get(Campaign, campaign.id)).state is CampaignState.RUNNING
    await season.claimed(campaign, people[2])
    await season.explain(campaign)


async def test_windows_are_half_open(season: Season) -> None:
    start = season.now + timedelta(hours=1)
    campaign = await season.approved(starts_at=start, ends_at=start + timedelta(hours=2))
    people = [await season.ewallet(serial, 50_000) for serial in (1, 2, 3)]
    season.now = start - timedelta(microseconds=1)
    assert (await season.refused(await season.claims(campaign, people[0])))[0] == "campaign.not_started"
    season.now = start
    first = await season.claimed(campaign, people[0])
    season.now = start + timedelta(hours=2) - timedelta(microseconds=1)
    second = await season.claimed(campaign, people[1])
    shop = await season.shop()
    order = await season.order(shop, 12_000)
    await season.do(season.uses(order, first, people[0]))
    late = await season.order(shop, 12_000)
    season.now = start + timedelta(hours=2)
    assert (await season.refused(await season.claims(campaign, people[2])))[0] == "campaign.over"
    assert (await season.refused(season.uses(late, second, people[1])))[0] == "coupon.expired"


async def test_a_full_refund_in_time_gives_the_coupon_back_with_the_time_that_it_had(season: Season) -> None:
    campaign, person, shop = await season.approved(), await season.ewallet(1, 50_000), await season.shop()
    coupon = await season.claimed(campaign, person)
    paid = await season.used(shop, 12_000, coupon, person)
    await season.refund(paid, 12_000)
    again = await season.coupon(coupon)
    assert (again.state, again.expires_at, again.returns) == (CouponState.CLAIMED, coupon.expires_at, 1)
    assert (again.reserved, again.spent, again.used, again.payment) == ((1_250, 750, 500), (0, 0, 0), 0, None)
    assert await season.has(person) == 50_000
    assert await season.owed(shop) == 0
    await season.explain(campaign)
    await season.used(shop, 10_000, again, person)
    await season.explain(campaign)


async def test_a_part_that_is_refunded_gives_its_share_back_to_the_funders(season: Season) -> None:
    campaign, person, shop = await season.approved(), await season.ewallet(1, 50_000), await season.shop()
    coupon = await season.claimed(campaign, person)
    paid = await season.used(shop, 12_000, coupon, person)
    half = await season.refund(paid, 6_000)
    assert half.amount == 6_000
    used = await season.coupon(coupon)
    assert (used.state, used.used, used.spent) == (CouponState.USED, 1_250, (625, 375, 250))
    assert await season.funders(campaign) == [(49_375, 0, 625, 0), (29_625, 0, 375, 0), (19_750, 0, 250, 0)]
    assert await season.has(person) == 50_000 - 9_500 + 4_750
    await season.refund(paid, 6_000, "r-2")
    ended = await season.coupon(coupon)
    assert (ended.state, ended.used) == (CouponState.USED, 0)
    await season.explain(campaign)


async def test_net_of_the_discount_a_coupon_is_spent(season: Season) -> None:
    campaign = await season.approved(off(refund=RefundPolicy.NET))
    person, shop = await season.ewallet(1, 50_000), await season.shop()
    coupon = await season.claimed(campaign, person)
    paid = await season.used(shop, 12_000, coupon, person)
    await season.refund(paid, 12_000)
    assert (await season.coupon(coupon)).state is CouponState.USED
    assert await season.funders(campaign) == [(50_000, 0, 0, 0), (30_000, 0, 0, 0), (20_000, 0, 0, 0)]
    assert await season.has(person) == 50_000


async def test_after_its_time_a_refund_gives_the_money_back_and_no_coupon(season: Season) -> None:
    campaign, person, shop = await season.approved(), await season.ewallet(1, 50_000), await season.shop()
    coupon = await season.claimed(campaign, person)
    paid = await season.used(shop, 12_000, coupon, person)
    season.now = coupon.expires_at
    await season.refund(paid, 12_000)
    assert (await season.coupon(coupon)).state is CouponState.USED
    assert [places[:3] for places in await season.funders(campaign)] == [(50_000, 0, 0), (30_000, 0, 0), (20_000, 0, 0)]


async def test_a_share_off_reserves_the_most_and_keeps_the_rest_while_a_refund_may_give_it_back(season: Season) -> None:
    percent = OfferAsked(
        kind=OfferKind.PERCENT, name="九折", tiers=(Tier(0, 2_000, 1_000),), stock=5, per_person=1, valid_days=3
    )
    campaign, person, shop = await season.approved(percent), await season.ewallet(1, 50_000), await season.shop()
    coupon = await season.claimed(campaign, person)
    paid = await season.used(shop, 12_345, coupon, person)
    assert (await season.lines(paid))[0].amount == 1_234
    used = await season.coupon(coupon)
    assert (sum(used.reserved), sum(used.spent), used.reserving) == (766, 1_234, True)
    await season.explain(campaign)
    await season.refund(paid, 12_345)
    again = await season.coupon(coupon)
    assert (again.state, sum(again.reserved)) == (CouponState.CLAIMED, 2_000)
    await season.used(shop, 12_345, again, person)
    season.now = coupon.expires_at
    assert await season.do(ExpireCoupons(coupons=(coupon.id,))) == 1
    ended = await season.coupon(coupon)
    assert (ended.state, sum(ended.reserved), ended.reserving) == (CouponState.USED, 0, False)
    await season.explain(campaign)


async def test_an_expired_and_a_void_coupon_free_the_money_and_the_stock(season: Season) -> None:
    campaign = await season.approved(off(stock=2))
    people = [await season.ewallet(serial) for serial in (1, 2, 3)]
    first, second = [await season.claimed(campaign, person) for person in people[:2]]
    assert (await season.get(Campaign, campaign.id)).state is CampaignState.EXHAUSTED
    void = await season.do(VoidCoupon(coupon=first.id, reason="误领"))
    assert (void.state, void.reserved) == (CouponState.VOID, (0, 0, 0))
    assert (await season.get(Campaign, campaign.id)).state is CampaignState.RUNNING
    await season.claimed(campaign, people[2])
    assert (await season.refused(VoidCoupon(coupon=first.id, reason="误领")))[0] == "coupon.state"
    assert await season.do(ExpireCoupons(coupons=(first.id, second.id))) == 0
    season.now = second.expires_at
    assert await season.do(ExpireCoupons(coupons=(first.id, second.id))) == 1
    assert (await season.coupon(second)).state is CouponState.EXPIRED
    await season.explain(campaign)


async def test_a_coupon_is_locked_while_its_order_is_paid_later(season: Season) -> None:
    campaign, person, shop = await season.approved(), await season.ewallet(1, 90_000), await season.shop()
    coupon = await season.claimed(campaign, person)
    held = await season.do(season.locks(await season.order(shop, 12_000), coupon, person))
    assert (await season.coupon(coupon)).state is CouponState.LOCKED
    other = await season.order(shop, 12_000)
    assert (await season.refused(season.uses(other, coupon, person)))[0] == "coupon.state"
    await season.do(CancelPayment(payment=held.id, reason="不要了"))
    free = await season.coupon(coupon)
    assert (free.state, free.order, free.payment) == (CouponState.CLAIMED, None, None)
    again = await season.do(season.locks(other, coupon, person))
    part = await season.do(CapturePayment(payment=again.id, amount=4_000))
    assert part.state is PaymentState.PAID
    locked = await season.coupon(coupon)
    assert (locked.state, locked.used) == (CouponState.LOCKED, 833)
    await season.explain(campaign)
    await season.do(CapturePayment(payment=again.id, amount=8_000))
    used = await season.coupon(coupon)
    assert (used.state, used.used, used.spent) == (CouponState.USED, 2_500, (1_250, 750, 500))
    await season.explain(campaign)


async def test_what_is_let_go_of_a_locked_coupon_that_was_used_in_part_is_kept_for_a_refund(season: Season) -> None:
    campaign, person, shop = await season.approved(), await season.ewallet(1, 90_000), await season.shop()
    coupon = await season.claimed(campaign, person)
    held = await season.do(season.locks(await season.order(shop, 12_000), coupon, person))
    await season.do(CapturePayment(payment=held.id, amount=6_000, final=True))
    used = await season.coupon(coupon)
    assert (used.state, used.used, sum(used.reserved)) == (CouponState.USED, 1_250, 1_250)
    await season.explain(campaign)
