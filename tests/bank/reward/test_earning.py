"""Tasks of a month, invitations and benefits: what is earned, what is taken back, and who is refused."""

from datetime import timedelta
from typing import Any

import pytest

from canglian.bank.payment import Payment
from canglian.bank.payment.commands import PayOrder
from canglian.bank.payment.model import SourceUse
from canglian.bank.reward import Campaign, Coupon, CouponState, FunderKind, OfferKind, Tier
from canglian.bank.reward.benefits.model import BenefitCode
from canglian.bank.reward.campaigns.commands.values import FunderAsked, OfferAsked
from canglian.bank.reward.campaigns.model import ClawBack, Earning, TaskStep
from canglian.bank.reward.commands import AcceptInvitation, InviteFriends, JoinTask, RedeemBenefit
from canglian.bank.reward.earning.model import Invitation, Invitee, TaskProgress
from canglian.bank.reward.earning.tasks import month_of
from canglian.bank.wallet import Wallet
from tests.bank.reward.seasons import Season

BANK = (FunderAsked(FunderKind.BANK, "本行", 6_667), FunderAsked(FunderKind.BANK, "分行", 3_333))
STEPS = (TaskStep(0, 200), TaskStep(3, 100), TaskStep(5, 200))
FUNDS = (6_000, 3_000)


def swipes(claw_back: ClawBack = ClawBack.END) -> OfferAsked:
    """Two yuan for joining, one for three purchases, two for five; each of five yuan and more counts."""
    earning = Earning(STEPS, 500, claw_back)
    return OfferAsked(kind=OfferKind.TASK, name="月月刷", tiers=(Tier(500, 200),), stock=20, earning=earning)


def invite(**fields: Any) -> OfferAsked:
    """Five yuan for each friend who pays five yuan for the first time."""
    earning = Earning((), 500)
    asked: dict[str, Any] = {"stock": 9, "per_person": 2, **fields}
    return OfferAsked(kind=OfferKind.INVITE, name="邀请有礼", tiers=(Tier(1_000, 500),), earning=earning, **asked)


def gift() -> OfferAsked:
    """A wash that costs thirty yuan."""
    return OfferAsked(kind=OfferKind.BENEFIT, name="洗车一次", tiers=(Tier(0, 3_000),), stock=2, per_person=2)


async def started(season: Season, offer: OfferAsked, **fields: Any) -> Campaign:
    return await season.approved(offer, funders=BANK, **{"funds": FUNDS, **fields})


async def joined(season: Season, campaign: Campaign, wallet: Wallet) -> TaskProgress:
    return await season.do(JoinTask(offer=(await season.offer(campaign)).id, wallet=wallet.id))


async def progress(season: Season, of: TaskProgress) -> TaskProgress:
    return await season.get(TaskProgress, (of.offer, of.party, of.month))


async def bought(season: Season, shop: Any, wallet: Wallet, amount: int = 800) -> Payment:
    order = await season.order(shop, amount)
    return await season.do(PayOrder(order=order.id, sources=(SourceUse(item=wallet.id, pin=1),), channel="mobile"))


async def amounts(season: Season, campaign: Campaign, *states: CouponState) -> list[int]:
    found = await season.rows(Coupon, campaign=campaign.id)
    return [coupon.amount for coupon in sorted(found, key=lambda each: each.id) if coupon.state in states]


async def test_steps_are_reached_by_purchases_that_count(season: Season) -> None:
    campaign, person, shop = await started(season, swipes()), await season.ewallet(1, 50_000), await season.shop()
    mine = await joined(season, campaign, person)
    assert [(reward.purchases, reward.amount) for reward in mine.rewards] == [(0, 200)]
    assert (await season.refused(JoinTask(offer=mine.offer, wallet=person.id)))[0] == "task.joined"
    for amount in (500, 499, 800, 800):
        await bought(season, shop, person, amount)
    now = await progress(season, mine)
    assert (len(now.payments), [reward.purchases for reward in now.rewards]) == (3, [0, 3])
    for _ in range(3):
        await bought(season, shop, person)
    assert [reward.purchases for reward in (await progress(season, mine)).rewards] == [0, 3, 5]
    assert sorted(await amounts(season, campaign, CouponState.CLAIMED)) == [100, 200, 200]
    assert sum(reserved for _, reserved, _, _ in await season.funders(campaign)) == 500
    await season.explain(campaign)


async def test_a_purchase_that_is_given_back_takes_its_unused_reward_with_it(season: Season) -> None:
    campaign, person, shop = await started(season, swipes()), await season.ewallet(1, 50_000), await season.shop()
    mine = await joined(season, campaign, person)
    paid = [await bought(season, shop, person) for _ in range(3)]
    await season.refund(paid[0], 300)
    assert len((await progress(season, mine)).payments) == 3
    await season.refund(paid[0], 500, "r-2")
    now = await progress(season, mine)
    assert (len(now.payments), [reward.purchases for reward in now.rewards], now.owed) == (2, [0], 0)
    assert await amounts(season, campaign, CouponState.VOID) == [100]
    await bought(season, shop, person)
    assert [reward.purchases for reward in (await progress(season, mine)).rewards] == [0, 3]
    await season.explain(campaign)


@pytest.mark.parametrize("claw_back", list(ClawBack))
async def test_a_reward_that_was_used_makes_the_next_ones_less(season: Season, claw_back: ClawBack) -> None:
    campaign = await started(season, swipes(claw_back))
    person, shop = await season.ewallet(1, 50_000), await season.shop()
    mine = await joined(season, campaign, person)
    paid = [await bought(season, shop, person) for _ in range(3)]
    reward = await season.get(Coupon, (await progress(season, mine)).rewards[1].coupon)
    await season.used(shop, 900, reward, person)
    await season.refund(paid[0], 800)
    await season.refund(paid[1], 800, "r-2")
    now = await progress(season, mine)
    assert (len(now.payments), now.owed) == (2, 100)
    await bought(season, shop, person)
    now = await progress(season, mine)
    assert (now.owed, now.rewards[-1].purchases, now.rewards[-1].coupon) == (0, 3, None)
    await season.explain(campaign)


async def test_a_month_is_one_in_shanghai_and_is_joined_anew(season: Season) -> None:
    campaign = await started(season, swipes(), ends_at=season.now + timedelta(days=60))
    person, shop = await season.ewallet(1, 50_000), await season.shop()
    mine = await joined(season, campaign, person)
    assert mine.month == month_of(season.now)
    season.now += timedelta(days=32)
    await bought(season, shop, person)
    assert (await progress(season, mine)).payments == ()
    again = await joined(season, campaign, person)
    assert again.month > mine.month
    await bought(season, shop, person)
    assert len((await progress(season, again)).payments) == 1


async def test_a_payment_goes_on_where_no_money_is_left_for_its_reward(season: Season) -> None:
    campaign = await started(season, swipes(), funds=(200, 100))
    person, shop = await season.ewallet(1, 50_000), await season.shop()
    mine = await joined(season, campaign, person)
    for _ in range(3):
        await bought(season, shop, person)
    assert [reward.purchases for reward in (await progress(season, mine)).rewards] == [0]
    assert await season.has(person) == 50_000 - 2_400
    await season.explain(campaign)


async def test_a_friend_who_pays_for_the_first_time_rewards_whoever_invited(season: Season) -> None:
    campaign, shop = await started(season, invite()), await season.shop()
    offer = (await season.offer(campaign)).id
    inviting, friend = await season.ewallet(1, 50_000), await season.ewallet(2, 50_000)
    mine: Invitation = await season.do(InviteFriends(offer=offer, wallet=inviting.id))
    assert (await season.do(InviteFriends(offer=offer, wallet=inviting.id))).id == mine.id
    accept = AcceptInvitation(invitation=mine.id, wallet=friend.id, segments=("never_paid",))
    own = AcceptInvitation(invitation=mine.id, wallet=inviting.id, segments=("never_paid",))
    assert (await season.refused(own))[0] == "invitation.own"
    paid_before = AcceptInvitation(invitation=mine.id, wallet=friend.id)
    assert (await season.refused(paid_before))[0] == "invitation.has_paid"
    await season.do(accept)
    assert (await season.refused(accept))[0] == "invitation.accepted"
    await bought(season, shop, friend, 499)
    assert await season.rows(Coupon) == []
    first = await bought(season, shop, friend, 500)
    (coupon,) = await season.rows(Coupon)
    assert (coupon.party, coupon.amount) == (inviting.party, 500)
    await bought(season, shop, friend, 500)
    assert len(await season.rows(Coupon)) == 1
    assert (await season.get(Invitation, mine.id)).rewarded == 1
    await season.refund(first, 500)
    assert (await season.coupon(coupon)).state is CouponState.VOID
    assert (await season.get(Invitation, mine.id)).rewarded == 0
    assert (await season.get(Invitee, (offer, friend.party))).payment is None
    await season.explain(campaign)


async def test_rings_old_customers_and_more_than_the_cap_earn_nothing(season: Season) -> None:
    campaign, shop = await started(season, invite(per_person=1)), await season.shop()
    offer = (await season.offer(campaign)).id
    people = [await season.ewallet(serial, 50_000) for serial in (1, 2, 3)]
    first, second, third = people
    one = await season.do(InviteFriends(offer=offer, wallet=first.id))
    new = {"segments": ("never_paid",)}
    await season.do(AcceptInvitation(invitation=one.id, wallet=second.id, **new))
    two = await season.do(InviteFriends(offer=offer, wallet=second.id))
    assert (await season.refused(AcceptInvitation(invitation=two.id, wallet=first.id, **new)))[0] == "invitation.ring"
    await season.do(AcceptInvitation(invitation=one.id, wallet=third.id, **new))
    for friend in (second, third):
        await bought(season, shop, friend)
    assert len(await season.rows(Coupon)) == 1
    assert (await season.get(Invitation, one.id)).rewarded == 1
    season.now += timedelta(days=9)
    fourth = await season.ewallet(4, 1_000)
    late = AcceptInvitation(invitation=one.id, wallet=fourth.id, **new)
    season.now += timedelta(days=40)
    assert (await season.refused(late))[0] in ("campaign.over", "invitation.not_new")
    await season.explain(campaign)


async def test_a_benefit_is_redeemed_once_by_its_code_and_its_funders_pay(season: Season) -> None:
    campaign, shop = await started(season, gift()), await season.shop()
    person = await season.ewallet(1)
    coupon = await season.claimed(campaign, person)
    (code,) = await season.rows(BenefitCode)
    assert (code.coupon, len(code.code)) == (coupon.id, 12)
    wrong = RedeemBenefit(code="0" * 12 if code.code != "0" * 12 else "1" * 12, merchant=shop.id)
    assert (await season.refused(wrong))[0] == "benefit_code.not_found"
    order = await season.order(shop, 5_000)
    assert (await season.refused(season.uses(order, coupon, person)))[0] == "coupon.no_payment"
    redeem = RedeemBenefit(code=code.code, merchant=shop.id)
    used = await season.do(redeem)
    assert (used.state, used.used, used.spent) == (CouponState.USED, 3_000, (2_000, 1_000))
    assert await season.balance(shop.accounts["CNY"]) == 3_000
    assert (await season.refused(redeem))[0] == "coupon.state"
    late = await season.claimed(campaign, person)
    other = next(each for each in await season.rows(BenefitCode) if each.coupon == late.id)
    season.now = late.expires_at
    assert (await season.refused(RedeemBenefit(code=other.code, merchant=shop.id)))[0] == "coupon.expired"
    await season.explain(campaign)
