"""Offers of every kind keep to what bounds campaigns: budgets of a day and of a store, and people who are held out."""

from datetime import timedelta

from canglian.bank.reward import CouponState, OfferKind, Tier
from canglian.bank.reward.benefits.model import BenefitCode
from canglian.bank.reward.bounds.model import Bounds, Cap, CapKind, OfferCapCount, StoreSpend
from canglian.bank.reward.campaigns.commands.values import OfferAsked
from canglian.bank.reward.campaigns.holdout import slot_of
from canglian.bank.reward.campaigns.model import Audience, Campaign
from canglian.bank.reward.commands import ClaimCoupon, InviteFriends, JoinTask, RedeemBenefit
from canglian.bank.reward.earning.model import Invitation, TaskProgress
from canglian.bank.wallet import Wallet
from tests.bank.reward.seasons import Season
from tests.bank.reward.test_designing import luck
from tests.bank.reward.test_earning import amounts, bought, gift, invite, joined, progress, started, swipes

HALF = Audience(holdout_bps=5_000)


def of_half(offer: OfferAsked) -> OfferAsked:
    """The same, of which half of all people are offered nothing."""
    return OfferAsked(offer.kind, offer.name, offer.tiers, offer.stock, HALF, earning=offer.earning)


async def people_apart(season: Season, campaign: Campaign) -> tuple[Wallet, Wallet]:
    """Somebody who is held out, and somebody who is not."""
    people = [await season.ewallet(serial, 50_000) for serial in range(1, 12)]
    held = [wallet for wallet in people if slot_of(campaign.id, wallet.party or "") < 5_000]
    return held[0], next(wallet for wallet in people if wallet not in held)


async def test_a_task_is_not_joined_by_who_is_held_out(season: Season) -> None:
    campaign = await started(season, of_half(swipes()))
    held, other = await people_apart(season, campaign)
    offer = (await season.offer(campaign)).id
    assert (await season.refused(JoinTask(offer=offer, wallet=held.id)))[0] == "coupon.held_out"
    assert await season.rows(TaskProgress) == []
    await joined(season, campaign, other)


async def test_who_is_held_out_invites_nobody(season: Season) -> None:
    campaign = await started(season, of_half(invite()))
    held, other = await people_apart(season, campaign)
    offer = (await season.offer(campaign)).id
    assert (await season.refused(InviteFriends(offer=offer, wallet=held.id)))[0] == "coupon.held_out"
    assert await season.rows(Invitation) == []
    await season.do(InviteFriends(offer=offer, wallet=other.id))


async def test_a_task_begins_and_ends_with_its_campaign(season: Season) -> None:
    campaign = await started(season, swipes(), starts_at=season.now + timedelta(days=1))
    person = await season.ewallet(1)
    join = JoinTask(offer=(await season.offer(campaign)).id, wallet=person.id)
    assert (await season.refused(join))[0] == "campaign.not_started"
    season.now = campaign.ends_at
    assert (await season.refused(join))[0] == "campaign.over"
    assert await season.rows(TaskProgress) == []


async def test_what_is_earned_counts_for_the_budget_of_its_day(season: Season) -> None:
    campaign = await started(season, swipes(), day_budget=399)
    person, shop = await season.ewallet(1, 50_000), await season.shop()
    mine = await joined(season, campaign, person)
    for _ in range(3):
        await bought(season, shop, person)
    assert [reward.purchases for reward in (await progress(season, mine)).rewards] == [0]
    assert await amounts(season, campaign, CouponState.CLAIMED) == [200]
    assert (await season.get(Campaign, campaign.id)).day_reserved == 200
    season.now += timedelta(days=1)
    await bought(season, shop, person)
    assert await amounts(season, campaign, CouponState.CLAIMED) == [200, 100]
    assert (await season.get(Campaign, campaign.id)).day_reserved == 100
    await season.explain(campaign)


async def test_a_drawn_coupon_counts_what_it_takes_off_and_needs_room_for_the_most(season: Season) -> None:
    campaign = await started(season, luck(), day_budget=2_000)
    person = await season.ewallet(1)
    claim = ClaimCoupon(offer=(await season.offer(campaign)).id, wallet=person.id)
    reserved = 0
    while 2_000 - reserved >= 900:
        reserved += (await season.do(claim)).amount
        assert (await season.get(Campaign, campaign.id)).day_reserved == reserved
    assert (await season.refused(claim))[0] == "campaign.day_budget"
    assert sum(await amounts(season, campaign, CouponState.CLAIMED)) == reserved
    await season.explain(campaign)


async def test_a_benefit_is_redeemed_within_the_budget_of_a_store(season: Season) -> None:
    campaign, shop = await started(season, gift(), store_budget=5_000), await season.shop()
    person = await season.ewallet(1)
    await season.claimed(campaign, person)
    await season.claimed(campaign, person)
    first, second = await season.rows(BenefitCode)
    await season.do(RedeemBenefit(code=first.code, merchant=shop.id))
    code, fields = await season.refused(RedeemBenefit(code=second.code, merchant=shop.id))
    assert (code, fields["left"]) == ("campaign.store_budget", 2_000)
    assert [(found.store, found.spent) for found in await season.rows(StoreSpend)] == [(shop.id, 3_000)]
    assert await season.balance(shop.accounts["CNY"]) == 3_000
    await season.explain(campaign)


async def test_a_benefit_is_claimed_within_caps(season: Season) -> None:
    caps = Bounds(caps=(Cap(CapKind.DEVICE, 1),))
    offer = OfferAsked(OfferKind.BENEFIT, "洗车一次", (Tier(0, 3_000),), 2, per_person=2, bounds=caps)
    campaign, person = await started(season, offer), await season.ewallet(1)
    claim = ClaimCoupon(offer=(await season.offer(campaign)).id, wallet=person.id, device="a" * 32)
    await season.do(claim)
    assert (await season.refused(claim))[0] == "coupon.cap"
    assert len(await season.rows(BenefitCode)) == 1
    assert [count.claimed for count in await season.rows(OfferCapCount)] == [1]
