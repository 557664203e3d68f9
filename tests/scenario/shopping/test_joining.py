"""Merchants come into a campaign and leave it by the rule that was published; others take none of its coupons."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.scenario.shopping.cities import City, off

from canglian.bank.payment import Merchant, MerchantRisk
from canglian.bank.payment.commands import CloseMerchant, SetMerchantRisk
from canglian.bank.reward.commands import CopyCampaign
from canglian.kernel.errors import CanglianError
from canglian.scenario.shopping.commands import (
    AddCampaign,
    AddTheme,
    AdmitMerchant,
    ChangeTheme,
    CompleteLeaving,
    DeclineMerchant,
    InviteMerchant,
    JoinCampaign,
    LeaveCampaign,
    OpenSeason,
)
from canglian.scenario.shopping.model import Joining, Mall, PartState, SeasonMerchant


async def refused(city: City, code: str, command: Any, actor: str = "test") -> None:
    """The command is refused, and nothing changes."""
    before = await city.rows(SeasonMerchant), await city.rows(Merchant)
    with pytest.raises(CanglianError) as caught:
        (await city.engine.submit(1, command, actor=actor)).unwrap()
    assert caught.value.code == code
    assert (await city.rows(SeasonMerchant), await city.rows(Merchant)) == before


async def test_a_season_has_themes_inside_its_dates_and_malls(city: City) -> None:
    season = await city.season(starts_on=date(2026, 3, 1), ends_on=date(2026, 5, 31))
    theme = {"season": season.id, "name": "青团季", "summary": "时令糕团"}
    for code, dates in (
        ("season_theme.dates", (date(2026, 2, 28), date(2026, 4, 5))),
        ("season_theme.dates", (date(2026, 3, 1), date(2026, 6, 1))),
        ("season.dates", (date(2026, 4, 5), date(2026, 4, 4))),
    ):
        await refused(city, code, AddTheme(**theme, starts_on=dates[0], ends_on=dates[1]))
    days = {"starts_on": date(2026, 3, 1), "ends_on": date(2026, 5, 31)}
    await refused(city, "season_theme.mall_unknown", AddTheme(**theme, **days, malls=("nowhere",)))
    added = await city.do(AddTheme(**theme, **days, malls=("shilu",)))
    moved = await city.do(ChangeTheme(theme=added.id, ends_on=date(2026, 4, 5)))
    assert (moved.ends_on, moved.malls, moved.name) == (date(2026, 4, 5), ("shilu",), "青团季")
    await refused(city, "season.dates", OpenSeason(name="x", starts_on=date(2026, 2, 1), ends_on=date(2026, 1, 1)))
    twice = (Mall("shilu", "石路", "320508"), Mall("shilu", "石路二", "320508"))
    await refused(city, "season.malls", OpenSeason(name="x", **days, malls=twice))


async def test_a_campaign_is_in_one_theme_whose_days_it_keeps(city: City) -> None:
    theme = await city.theme()
    campaign, _ = await city.placed(theme)
    await refused(city, "season_campaign.taken", AddCampaign(theme=theme.id, campaign=campaign.id))
    short = await city.theme(starts_on=city.day(), ends_on=city.day() + timedelta(days=3))
    other = await city.draft()
    await refused(city, "season_campaign.window", AddCampaign(theme=short.id, campaign=other.id))
    await refused(city, "season_campaign.window", ChangeTheme(theme=theme.id, ends_on=city.day()))
    approved = await city.approved()
    await refused(city, "season_campaign.drafted", AddCampaign(theme=theme.id, campaign=approved.id))
    await city.do(AddCampaign(theme=theme.id, campaign=approved.id, joining=Joining.EVERYBODY))
    assert not (await city.offer(approved)).audience.payees.lists, "what was approved stays as it is"


async def test_who_joined_a_campaign_has_not_joined_its_copy(city: City) -> None:
    campaign, _ = await city.placed(None, off(1_000, 300))
    assert (await city.offer(campaign)).audience.payees.lists == (campaign.id,)
    copied = await city.do(CopyCampaign(campaign=campaign.id))
    assert (await city.offer(copied)).audience.payees.lists == (copied.id,)


async def test_only_merchants_that_joined_take_the_coupons(city: City) -> None:
    campaign, place = await city.placed(None, off(1_000, 300, per_person=5))
    await city.on(campaign)
    tea, other = await city.shop(name="茶社"), await city.shop(name="别家")
    part = await city.joined(place, tea, mall="guanqian")
    assert (part.state, part.mall) == (PartState.JOINED, "guanqian")
    wallet = await city.ewallet(1, 50_000)
    coupon = await city.claimed(campaign, wallet)
    with pytest.raises(CanglianError) as caught:
        await city.used(other, 2_000, coupon, wallet)
    assert caught.value.code == "coupon.payee_not_allowed"
    paid = await city.used(tea, 2_000, coupon, wallet)
    assert [line.amount for line in await city.lines(paid)] == [300, 1_700]
    await city.explain(campaign)
    await refused(city, "season_merchant.state", JoinCampaign(place=place.id, merchant=tea.id))


async def test_who_leaves_takes_coupons_for_the_days_that_were_published(city: City) -> None:
    campaign, place = await city.placed(None, off(1_000, 300, per_person=5), leave_days=3)
    await city.on(campaign)
    tea = await city.shop()
    part = await city.joined(place, tea)
    wallet = await city.ewallet(1, 50_000)
    first, second = await city.claimed(campaign, wallet), await city.claimed(campaign, wallet)
    leaving = await city.do(LeaveCampaign(part=part.id, reason="装修"))
    assert (leaving.state, leaving.leaves_at) == (PartState.LEAVING, city.now + timedelta(days=3))
    await city.used(tea, 2_000, first, wallet)
    await refused(city, "season_merchant.state", CompleteLeaving(part=part.id))
    city.now += timedelta(days=3)
    gone = await city.do(CompleteLeaving(part=part.id))
    assert gone.state is PartState.LEFT
    assert (await city.get(Merchant, tea.id)).lists == ()
    with pytest.raises(CanglianError) as caught:
        await city.used(tea, 2_000, second, wallet)
    assert caught.value.code == "coupon.payee_not_allowed"
    assert (await city.coupon(second)).state.value == "claimed", "nothing is lost: another merchant takes it"
    await city.explain(campaign)
    again = await city.joined(place, tea)
    assert (again.id, again.state) == (part.id, PartState.JOINED)
    await city.used(tea, 2_000, second, wallet)


async def test_without_days_a_merchant_is_out_at_once_and_a_closed_one_always(city: City) -> None:
    campaign, place = await city.placed(leave_days=0)
    await city.on(campaign)
    tea, closing = await city.shop(), await city.shop(name="要关的店")
    part, other = await city.joined(place, tea), await city.joined(place, closing)
    assert (await city.do(LeaveCampaign(part=part.id, reason="不做了"))).state is PartState.LEFT
    assert (await city.get(Merchant, tea.id)).lists == ()
    await city.do(CloseMerchant(merchant=closing.id, reason="歇业"))
    left = await city.get(SeasonMerchant, other.id)
    assert (left.state, left.reason) == (PartState.LEFT, "歇业")
    assert (await city.get(Merchant, closing.id)).lists == ()


async def test_where_the_bank_agrees_a_merchant_waits_unless_it_was_invited(city: City) -> None:
    campaign, place = await city.placed(joining=Joining.APPROVED)
    await city.on(campaign)
    asking, guest, third = [await city.shop(name=name) for name in ("甲店", "乙店", "丙店")]
    part = await city.joined(place, asking)
    assert part.state is PartState.ASKED
    assert (await city.get(Merchant, asking.id)).lists == ()
    assert (await city.do(AdmitMerchant(part=part.id))).state is PartState.JOINED
    assert (await city.get(Merchant, asking.id)).lists == (campaign.id,)
    invited = await city.do(InviteMerchant(place=place.id, merchant=guest.id))
    assert invited.state is PartState.INVITED
    assert (await city.joined(place, guest)).state is PartState.JOINED
    waiting = await city.joined(place, third)
    declined = await city.do(DeclineMerchant(part=waiting.id, reason="名额已满"))
    assert (declined.state, declined.reason) == (PartState.DECLINED, "名额已满")
    await refused(city, "season_merchant.state", AdmitMerchant(part=waiting.id))
    await refused(city, "season_merchant.state", InviteMerchant(place=place.id, merchant=guest.id))


async def test_who_does_not_fit_does_not_join(city: City) -> None:
    theme = await city.theme(districts=("330106",), malls=("guanqian",))
    campaign, place = await city.placed(theme)
    await city.on(campaign)
    far = await city.shop(region="320508")
    await refused(city, "season_merchant.district", JoinCampaign(place=place.id, merchant=far.id))
    near = await city.shop()
    await refused(city, "season_merchant.mall", JoinCampaign(place=place.id, merchant=near.id, mall="shilu"))
    await city.do(SetMerchantRisk(merchant=near.id, risk=MerchantRisk.HIGH, reason="核查"))
    await refused(city, "season_merchant.risk", JoinCampaign(place=place.id, merchant=near.id))
    everybody = await city.draft()
    open_to_all = await city.do(AddCampaign(theme=theme.id, campaign=everybody.id, joining=Joining.EVERYBODY))
    await refused(city, "season_campaign.everybody", JoinCampaign(place=open_to_all.id, merchant=near.id))
    city.now += timedelta(days=11)
    other = await city.shop()
    await refused(city, "season_campaign.over", JoinCampaign(place=place.id, merchant=other.id))
