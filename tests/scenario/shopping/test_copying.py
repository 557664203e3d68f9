"""A season is copied with its themes, campaigns and invitations; nobody takes coupons of a copy without joining it."""

from datetime import date, datetime

from tests.bank.reward.seasons import off
from tests.scenario.shopping.cities import MALLS, City

from canglian.bank.reward import CampaignOffer, CampaignState
from canglian.bank.reward.commands import CopyCampaign
from canglian.kernel.values import SHANGHAI
from canglian.scenario.shopping.commands import AddCampaign, AddTheme, CopySeason, JoinCampaign, OpenSeason
from canglian.scenario.shopping.model import Joining, PartState, Season, SeasonCampaign, SeasonMerchant, Theme


async def _last_season(city: City) -> Season:
    opened = OpenSeason(name="爱购 2026", starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31), malls=MALLS)
    return await city.do(opened)


async def _themed(city: City, season: Season) -> Theme:
    return await city.do(
        AddTheme(
            season=season.id,
            name="春季品茗",
            summary="茶叶满减",
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 3, 31),
            malls=("shilu",),
        )
    )


async def test_a_season_is_copied_to_the_next_year_with_drafts_in_the_same_places(city: City) -> None:
    season = await _last_season(city)
    theme = await _themed(city, season)
    campaign, place = await city.placed(theme, off(), joining=Joining.APPROVED, leave_days=3)
    everybody, _ = await city.placed(theme, off(), joining=Joining.EVERYBODY)
    shop, other = await city.shop(), await city.shop(name="别的店")
    await city.do(JoinCampaign(place=place.id, merchant=shop.id))
    await city.on(campaign)
    copied = await city.do(CopySeason(season=season.id))
    assert (copied.season.name, copied.season.starts_on) == ("爱购 2027", date(2027, 1, 1))
    assert copied.season.malls == MALLS
    assert (copied.themes, len(copied.campaigns), copied.left_out) == (1, 2, [])
    (new_theme,) = await city.rows(Theme, season=copied.season.id)
    assert (new_theme.starts_on, new_theme.ends_on, new_theme.malls) == (
        date(2027, 1, 1),
        date(2027, 3, 31),
        ("shilu",),
    )
    places = await city.rows(SeasonCampaign, season=copied.season.id)
    rules = {found.joining: (found.leave_days, found.campaign) for found in places}
    assert {joining: days for joining, (days, _) in rules.items()} == {Joining.APPROVED: 3, Joining.EVERYBODY: 7}
    assert sorted(copied.campaigns) == sorted(campaign for _, campaign in rules.values())
    first, second = [
        await city.get(type(campaign), rules[joining][1]) for joining in (Joining.APPROVED, Joining.EVERYBODY)
    ]
    assert (first.state, first.name, first.approved_by) == (CampaignState.DRAFT, campaign.name, None)
    years_later = datetime.combine(
        campaign.starts_at.astimezone(SHANGHAI).date().replace(year=2027),
        campaign.starts_at.astimezone(SHANGHAI).time(),
        SHANGHAI,
    )
    assert first.starts_at == years_later
    lists = [offer.audience.payees.lists for offer in await city.rows(CampaignOffer, campaign=first.id)]
    assert lists == [(first.id,)]
    assert [offer.audience.payees.lists for offer in await city.rows(CampaignOffer, campaign=second.id)] == [()]
    assert everybody.id != second.id
    assert [part.merchant for part in await city.rows(SeasonMerchant, campaign=first.id)] == []
    assert copied.invited == 0  # it had asked, and nobody had agreed
    assert other.id != shop.id


async def test_whoever_took_part_is_invited_to_the_copy(city: City) -> None:
    season = await _last_season(city)
    theme = await _themed(city, season)
    campaign, place = await city.placed(theme, off(), joining=Joining.OPEN)
    shop = await city.shop()
    await city.joined(place, shop)
    copied = await city.do(CopySeason(season=season.id, name="来年再会"))
    assert (copied.season.name, copied.invited) == ("来年再会", 1)
    (part,) = [row for row in await city.rows(SeasonMerchant) if row.campaign == copied.campaigns[0]]
    assert (part.merchant, part.state) == (shop.id, PartState.INVITED)
    assert campaign.id not in copied.campaigns


async def test_a_copy_of_a_campaign_that_merchants_join_is_taken_by_nobody_before_they_join_it(city: City) -> None:
    campaign, place = await city.placed(None, off(), joining=Joining.OPEN)
    shop = await city.shop()
    await city.joined(place, shop)
    copy = await city.do(CopyCampaign(campaign=campaign.id))
    (offer,) = await city.rows(CampaignOffer, campaign=copy.id)
    assert offer.audience.payees.lists == (copy.id,)
    theme = await city.theme()
    await city.do(AddCampaign(theme=theme.id, campaign=copy.id, joining=Joining.EVERYBODY))
    (offer,) = await city.rows(CampaignOffer, campaign=copy.id)
    assert offer.audience.payees.lists == ()
