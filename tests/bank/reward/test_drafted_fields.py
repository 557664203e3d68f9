"""Whatever a draft says of a campaign and its offers, a copy says too, and so does a change of something else."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from canglian.bank.purpose.rules import Payees
from canglian.bank.reward import Campaign, CampaignOffer, FunderKind, OfferKind, Tier
from canglian.bank.reward.bounds.model import Bounds, Cap, CapKind
from canglian.bank.reward.campaigns.commands.drafting import asked_again, years_later
from canglian.bank.reward.campaigns.commands.values import FunderAsked, OfferAsked
from canglian.bank.reward.campaigns.model import (
    Audience,
    ClawBack,
    Earning,
    GroupRule,
    RefundPolicy,
    TaskStep,
)
from canglian.bank.reward.commands import CopyCampaign, DraftCampaign, ReviseCampaign
from canglian.bank.reward.designing.form import asked_of, texts_of
from tests.bank.reward.seasons import Season, off
from tests.bank.reward.test_designing import offers_of, revised

COUNTED = {"id", "campaign", "position", "taken", "used", "day", "day_taken", "updated_at"}
"""What nobody says of an offer: its place and what happened to it."""
OF_CAMPAIGN = {"name", "summary", "starts_at", "ends_at", "uses_until", "asset", "day_budget", "store_budget"}
SCALES = {"CNY": 2, "ECNY": 2}
BANK = (FunderAsked(FunderKind.BANK, "本行", 10_000),)


def full(opens_at: datetime) -> tuple[OfferAsked, OfferAsked]:
    """Two offers that together say something of every field: coupons that are earned have no bounds."""
    audience = Audience(
        payees=Payees(
            ids=("mer_" + "0" * 26,), lists=("cmp_list",), categories=("5812",), regions=("3205",), goods=("tea",)
        ),
        days=(1, 6),
        from_minute=600,
        until_minute=1_200,
        holdout_bps=1_250,
        segments=("never_paid",),
    )
    caps = (Cap(CapKind.DEVICE, 1), Cap(CapKind.HOUSEHOLD, 2))
    claimed = OfferAsked(
        kind=OfferKind.TIERED,
        name="满百减",
        tiers=(Tier(10_000, 2_500), Tier(20_000, 6_050)),
        stock=77,
        audience=audience,
        per_day=11,
        per_person=3,
        valid_days=9,
        refund=RefundPolicy.REQUALIFY,
        stacks=True,
        rank=4,
        group="tea",
        group_rule=GroupRule.HIGHEST,
        together_max=12_345,
        bounds=Bounds(opens_at, opens_at + timedelta(hours=1, seconds=30), caps, again=True),
    )
    earning = Earning((TaskStep(0, 100), TaskStep(3, 200)), 1_500, ClawBack.NET, verified_days=45)
    earned = OfferAsked(kind=OfferKind.TASK, name="月月刷", tiers=(Tier(500, 200),), stock=5, earning=earning)
    return claimed, earned


def said_in(asked: Any) -> set[str]:
    """The fields of which something else is said than their default, those of fields' own fields too."""
    fields = msgspec.structs.fields(asked)
    found: set[str] = set()
    for field in fields:
        value = getattr(asked, field.name)
        default = field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default
        if value != default:
            found.add(field.name)
        if isinstance(value, Audience | Bounds | Payees | Earning):
            found |= {f"{field.name}.{name}" for name in said_in(value)}
    return found


def names_in(kind: Any, *inner: tuple[str, Any]) -> set[str]:
    return {*kind.__struct_fields__, *(f"{at}.{name}" for at, of in inner for name in names_in(of))}


async def drafted(season: Season) -> tuple[Campaign, tuple[OfferAsked, OfferAsked]]:
    offers = full(season.now + timedelta(days=1))
    more = {"day_budget": 700_000, "store_budget": 90_050, "uses_until": season.now + timedelta(days=20)}
    return await season.draft(*offers, funders=BANK, **more), offers


async def asked(season: Season, campaign: Campaign) -> tuple[OfferAsked, ...]:
    found = sorted(await offers_of(season, campaign), key=lambda offer: offer.position)
    return tuple(asked_again(offer) for offer in found)


def test_the_offers_of_these_tests_say_something_of_every_field() -> None:
    claimed, earned = full(datetime(2026, 5, 1, tzinfo=UTC))
    known = names_in(OfferAsked) | names_in(SimpleNamespace(__struct_fields__=()), ("audience", Audience))
    known |= {f"bounds.{name}" for name in Bounds.__struct_fields__}
    known |= {f"earning.{name}" for name in Earning.__struct_fields__}
    assert known <= said_in(claimed) | said_in(earned)
    assert {*Payees.__struct_fields__} <= said_in(claimed.audience.payees)
    assert {*CampaignOffer.__struct_fields__} - COUNTED == {*OfferAsked.__struct_fields__}
    assert OF_CAMPAIGN | {"funders", "offers"} == {*DraftCampaign.__struct_fields__}
    assert {*DraftCampaign.__struct_fields__} | {"campaign", "channel"} == {*ReviseCampaign.__struct_fields__}


async def test_a_draft_keeps_every_field_that_is_said(season: Season) -> None:
    campaign, offers = await drafted(season)
    assert await asked(season, campaign) == offers
    assert (campaign.day_budget, campaign.store_budget) == (700_000, 90_050)


async def test_a_copy_says_every_field_again_and_moves_the_time_of_a_flash_sale(season: Season) -> None:
    campaign, (claimed, earned) = await drafted(season)
    later = timedelta(days=40)
    copied = await season.do(CopyCampaign(campaign=campaign.id, starts_at=campaign.starts_at + later))
    first, second = await asked(season, copied)
    moved = msgspec.structs.replace(
        claimed.bounds,
        opens_at=cast("datetime", claimed.bounds.opens_at) + later,
        closes_at=cast("datetime", claimed.bounds.closes_at) + later,
    )
    assert first == msgspec.structs.replace(claimed, bounds=moved)
    assert second == earned
    same = OF_CAMPAIGN - {"starts_at", "ends_at", "uses_until"}
    assert {name: getattr(copied, name) for name in same} == {name: getattr(campaign, name) for name in same}
    assert copied.uses_until == campaign.uses_until + later


async def test_a_copy_for_a_later_year_opens_its_flash_sale_on_the_same_day_of_that_year(season: Season) -> None:
    campaign, (claimed, _) = await drafted(season)
    copied = await season.do(CopyCampaign(campaign=campaign.id))
    first, _ = await asked(season, copied)
    times = (campaign.starts_at, campaign.ends_at, cast("datetime", claimed.bounds.opens_at))
    assert [copied.starts_at, copied.ends_at, first.bounds.opens_at] == years_later(times, season.now)


def test_years_later_keep_the_order_of_instants_around_a_leap_day() -> None:
    noon = datetime(2028, 2, 28, 4, tzinfo=UTC)
    times = (noon, noon + timedelta(days=9), noon + timedelta(hours=20))
    later = years_later(times, datetime(2028, 6, 1, tzinfo=UTC))
    assert later == [time + timedelta(days=366) for time in times]


async def test_a_change_of_the_name_alone_changes_no_field_of_an_offer(season: Season) -> None:
    campaign, offers = await drafted(season)
    changed = await season.do(await revised(season, campaign, name="改过"))
    assert await asked(season, changed) == offers
    assert {name: getattr(changed, name) for name in OF_CAMPAIGN - {"name"}} == {
        name: getattr(campaign, name) for name in OF_CAMPAIGN - {"name"}
    }
    assert changed.name == "改过"


async def test_the_designer_shows_and_says_every_field_again(season: Season) -> None:
    campaign, offers = await drafted(season)
    found = sorted(await offers_of(season, campaign), key=lambda offer: offer.position)
    texts = texts_of(cast("Any", SimpleNamespace(offers=found)), campaign)
    said = asked_of(texts, SCALES)
    assert said["offers"] == offers
    assert said["funders"] == BANK
    local = {"starts_at", "ends_at", "uses_until"}
    assert {name: said[name] for name in OF_CAMPAIGN - local} == {
        name: getattr(campaign, name) for name in OF_CAMPAIGN - local
    }
    changed = await season.do(ReviseCampaign(campaign=campaign.id, channel="counter", **said))
    assert await asked(season, changed) == offers


async def test_a_changed_draft_keeps_to_the_merchants_on_its_own_list(season: Season) -> None:
    campaign = await season.draft(funders=BANK)
    on_list = off(audience=Audience(payees=Payees(lists=(campaign.id,))))
    await season.do(await revised(season, campaign, offers=(on_list,)))
    changed = await season.do(await revised(season, campaign, offers=(off(), off(20_000, 6_000))))
    assert [offer.audience.payees.lists for offer in await asked(season, changed)] == [(campaign.id,)] * 2


@pytest.mark.parametrize("bounds", [Bounds(caps=(Cap(CapKind.PHONE, 1),)), Bounds(again=True)])
async def test_what_is_earned_has_no_bounds_of_claims(season: Season, bounds: Bounds) -> None:
    earned = msgspec.structs.replace(full(season.now)[1], bounds=bounds)
    draft = await season.drafting(earned, funders=BANK)
    assert (await season.refused(draft))[0] == "campaign_offer.earned_bounds"
    campaign = await season.draft(funders=BANK)
    before = await asked(season, campaign)
    assert (await season.refused(await revised(season, campaign, offers=(earned,))))[0] == (
        "campaign_offer.earned_bounds"
    )
    assert await asked(season, campaign) == before
