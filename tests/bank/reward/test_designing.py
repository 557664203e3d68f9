"""A draft is changed, copied for another year, and its offers are of any kind and for anybody."""

from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from canglian.bank.reward import Campaign, CampaignOffer, CampaignState, FunderKind, OfferKind, Tier
from canglian.bank.reward.campaigns.commands.drafting import asked_again, years_later
from canglian.bank.reward.campaigns.commands.values import FunderAsked, OfferAsked
from canglian.bank.reward.campaigns.model import Audience, Earning, TaskStep
from canglian.bank.reward.commands import (
    ApproveCampaign,
    ClaimCoupon,
    CopyCampaign,
    ReviseCampaign,
    SendBackCampaign,
    SubmitCampaign,
)
from canglian.bank.reward.designing.rows import cap_texts, in_texts, more_rows
from canglian.bank.reward.designing.typed import OfferTyped, tier_text, tier_typed
from canglian.bank.reward.offers import are_sound, drawn, expected
from canglian.bank.wallet import Wallet
from tests.bank.reward.seasons import Season, off

BANK = (FunderAsked(FunderKind.BANK, "本行", 10_000),)
RANDOM = (Tier(1_000, 100, None, 70), Tier(1_000, 500, None, 25), Tier(1_000, 900, None, 5))


def luck(**fields: Any) -> OfferAsked:
    """So much off as chance says."""
    asked: dict[str, Any] = {"stock": 50, "per_person": 50, **fields}
    return OfferAsked(kind=OfferKind.RANDOM, name="随机立减", tiers=RANDOM, **asked)


async def revised(season: Season, campaign: Campaign, **changes: Any) -> ReviseCampaign:
    """The draft as it is, with some of it changed."""
    found = await season.get(Campaign, campaign.id)
    offers = [await season.offer(found, place) for place in range(len(await offers_of(season, found)))]
    asked: dict[str, Any] = {
        "name": found.name,
        "summary": found.summary,
        "starts_at": found.starts_at,
        "ends_at": found.ends_at,
        "uses_until": found.uses_until,
        "asset": found.asset,
        "day_budget": found.day_budget,
        "store_budget": found.store_budget,
        "funders": tuple(FunderAsked(each.kind, each.name, each.share_bps, each.wallet) for each in found.funders),
        "offers": tuple(asked_again(offer) for offer in offers),
        **changes,
    }
    return ReviseCampaign(campaign=found.id, channel="counter", **asked)


async def offers_of(season: Season, campaign: Campaign) -> list[CampaignOffer]:
    offers = await season.rows(CampaignOffer, campaign=campaign.id)
    return sorted((offer for offer in offers if offer.position), key=lambda offer: offer.position)


async def test_what_was_sent_back_is_changed_and_submitted_again(season: Season) -> None:
    campaign = await season.draft(off(), off(20_000, 6_000))
    await season.pay_in(campaign, 50_000, 30_000, 20_000)
    await season.do(SubmitCampaign(campaign=campaign.id))
    assert (await season.refused(await revised(season, campaign)))[0] == "campaign.state"
    await season.second(SendBackCampaign(campaign=campaign.id, reason="门槛太高"))
    first, second = await offers_of(season, campaign)
    one = off(5_000, 1_000, name="满五十减十")
    changed = await season.do(await revised(season, campaign, name="夏季品茗", offers=(one,)))
    assert (changed.name, changed.state, changed.revised_by) == ("夏季品茗", CampaignState.DRAFT, ("teller",))
    (only,) = await offers_of(season, campaign)
    assert (only.id, only.tiers, only.name) == (first.id, (Tier(5_000, 1_000),), "满五十减十")
    gone = await season.get(CampaignOffer, second.id)
    assert (gone.position, gone.stock) == (0, 0)
    await season.do(SubmitCampaign(campaign=campaign.id))
    await season.second(ApproveCampaign(campaign=campaign.id))
    person = await season.ewallet(1)
    await season.do(ClaimCoupon(offer=only.id, wallet=person.id))
    assert (await season.refused(ClaimCoupon(offer=second.id, wallet=person.id)))[0] == "campaign_offer.none_left"
    assert (await season.refused(await revised(season, campaign)))[0] == "campaign.state"
    await season.explain(campaign)


async def test_who_changed_a_draft_does_not_approve_it(season: Season) -> None:
    campaign = await season.draft()
    await season.pay_in(campaign, 50_000, 30_000, 20_000)
    changed = await season.second(await revised(season, campaign, summary="改过"))
    assert changed.revised_by == ("user:second",)
    await season.do(SubmitCampaign(campaign=campaign.id))
    code, _ = await season.refused(ApproveCampaign(campaign=campaign.id))
    assert code == "campaign.own_approval"
    with pytest.raises(Exception, match="own_approval"):
        await season.second(ApproveCampaign(campaign=campaign.id))
    assert (await season.get(Campaign, campaign.id)).state is CampaignState.REVIEW


async def test_a_funder_that_leaves_gets_back_what_it_paid_in_and_one_that_stays_keeps_it(season: Season) -> None:
    campaign = await season.draft()
    bureau = await season.get(Wallet, campaign.funders[0].wallet)
    before = await season.has(bureau)
    await season.pay_in(campaign, 50_000, 30_000, 20_000)
    assert await season.has(bureau) == before - 50_000
    _, bank, merchant = campaign.funders
    left = (
        FunderAsked(FunderKind.BANK, "本行", 7_000),
        FunderAsked(FunderKind.MERCHANT, "新城商场", 3_000, merchant.wallet),
    )
    changed = await season.do(await revised(season, campaign, funders=left))
    assert await season.has(bureau) == before
    assert [funder.unreserved for funder in changed.funders] == [bank.unreserved, merchant.unreserved]
    assert [funder.share_bps for funder in changed.funders] == [7_000, 3_000]
    assert await season.funders(changed) == [(30_000, 0, 0, 0), (20_000, 0, 0, 0)]
    wrong = (FunderAsked(FunderKind.BANK, "本行", 9_999),)
    assert (await season.refused(await revised(season, campaign, funders=wrong)))[0] == "campaign.shares"
    assert await season.funders(changed) == [(30_000, 0, 0, 0), (20_000, 0, 0, 0)]
    await season.explain(changed)


async def test_another_asset_opens_other_accounts_and_pays_everybody_back(season: Season) -> None:
    campaign = await season.draft(funders=BANK)
    await season.pay_in(campaign, 10_000)
    changed = await season.do(await revised(season, campaign, asset="ECNY"))
    assert changed.asset == "ECNY"
    assert changed.redeemed != campaign.redeemed
    assert await season.balance(campaign.funders[0].unreserved) == 0
    assert await season.funders(changed) == [(0, 0, 0, 0)]


async def test_a_copy_is_a_draft_of_the_same_days_a_year_later(season: Season) -> None:
    campaign = await season.draft(luck(), funders=BANK)
    copied = await season.do(CopyCampaign(campaign=campaign.id))
    assert (copied.name, copied.state) == (campaign.name, CampaignState.DRAFT)
    assert copied.starts_at == campaign.starts_at.replace(year=campaign.starts_at.year + 1)
    assert copied.ends_at == campaign.ends_at.replace(year=campaign.ends_at.year + 1)
    (offer,) = await offers_of(season, copied)
    assert (offer.kind, offer.tiers) == (OfferKind.RANDOM, RANDOM)


def test_days_of_a_later_year_are_the_same_ones_in_shanghai() -> None:
    def at(*parts: int) -> datetime:
        return datetime(*parts, 16, tzinfo=UTC)  # type: ignore[misc]

    now = at(2026, 2, 1)
    assert years_later([at(2023, 3, 19), at(2023, 4, 19)], now) == [at(2026, 3, 19), at(2026, 4, 19)]
    assert years_later([at(2026, 3, 19), at(2026, 4, 19)], now) == [at(2027, 3, 19), at(2027, 4, 19)]
    assert years_later([at(2024, 2, 27), at(2024, 2, 28)], now) == [at(2026, 2, 27), at(2026, 2, 28)]
    assert years_later([at(2024, 2, 28), at(2024, 3, 28)], now) == [at(2026, 2, 27), at(2026, 3, 28)]


async def test_chance_gives_what_is_published_and_the_most_has_to_be_there(season: Season) -> None:
    campaign = await season.approved(luck(), funders=BANK, funds=(5_000,))
    person = await season.ewallet(1)
    amounts: list[int] = []
    while await season.balance(campaign.funders[0].unreserved) >= 900:
        coupon = await season.claimed(campaign, person)
        assert sum(coupon.reserved) == coupon.amount
        amounts.append(coupon.amount)
    assert {*amounts} <= {100, 500, 900}
    code, _ = await season.refused(await season.claims(campaign, person))
    assert code == "campaign.budget"
    await season.explain(campaign)


def test_chance_keeps_to_its_weights() -> None:
    nothing: dict[str, Any] = dict.fromkeys(CampaignOffer.__struct_fields__)
    offer = CampaignOffer(**nothing).replace(kind=OfferKind.RANDOM, tiers=RANDOM)
    chance = Random(1)
    found = [drawn(offer, chance) for _ in range(20_000)]
    for tier in RANDOM:
        assert abs(found.count(tier.off) / len(found) - (tier.weight or 0) / 100) < 0.01
    assert expected(RANDOM) == 240
    assert abs(sum(found) / len(found) - 240) < 5


async def test_a_coupon_of_chance_takes_its_own_amount_off(season: Season) -> None:
    campaign = await season.approved(luck(), funders=BANK, funds=(50_000,))
    person, shop = await season.ewallet(1, 50_000), await season.shop()
    coupon = await season.claimed(campaign, person)
    await season.used(shop, 2_000, coupon, person)
    used = await season.coupon(coupon)
    assert used.used == coupon.amount
    assert await season.has(person) == 48_000 + coupon.amount
    await season.explain(campaign)


def test_offers_that_contradict_their_kind_are_unsound() -> None:
    step = Earning((TaskStep(0, 200), TaskStep(3, 100)))
    reward = (Tier(500, 200),)
    for kind, tiers, earning, sound in (
        (OfferKind.RANDOM, RANDOM, None, True),
        (OfferKind.RANDOM, RANDOM[:1], None, False),
        (OfferKind.RANDOM, (*RANDOM[:2], Tier(2_000, 900, None, 5)), None, False),
        (OfferKind.RANDOM, (Tier(1_000, 100), Tier(1_000, 500)), None, False),
        (OfferKind.SPEND_AND_SAVE, RANDOM[:1], None, False),
        (OfferKind.TASK, reward, step, True),
        (OfferKind.TASK, reward, None, False),
        (OfferKind.TASK, reward, Earning(), False),
        (OfferKind.TASK, (Tier(500, 100),), step, False),
        (OfferKind.TASK, reward, Earning((TaskStep(3, 200), TaskStep(3, 100))), False),
        (OfferKind.INVITE, reward, Earning(), True),
        (OfferKind.INVITE, reward, step, False),
        (OfferKind.BENEFIT, (Tier(0, 3_000),), None, True),
        (OfferKind.BENEFIT, (Tier(100, 3_000),), None, False),
        (OfferKind.SPEND_AND_SAVE, reward, Earning(), False),
    ):
        assert are_sound(kind, tiers, earning) is sound, (kind, tiers, earning)


async def test_an_offer_for_some_people_is_claimed_by_them_alone(season: Season) -> None:
    young = off(audience=Audience(segments=("new_customer:30", "verified:remote")))
    campaign = await season.approved(young, funders=BANK, funds=(50_000,))
    person = await season.ewallet(1)
    offer = (await season.offer(campaign)).id
    for seen, lacking in (((), "new_customer:30"), (("new_customer:30",), "verified:remote")):
        code, fields = await season.refused(ClaimCoupon(offer=offer, wallet=person.id, segments=seen))
        assert (code, fields["segment"]) == ("campaign_offer.not_for", lacking)
    await season.do(ClaimCoupon(offer=offer, wallet=person.id, segments=young.audience.segments))
    unknown = off(audience=Audience(segments=("left_handed",)))
    assert (await season.refused(await season.drafting(unknown, funders=BANK)))[0] == "campaign_offer.segment"


async def test_what_is_earned_is_not_claimed(season: Season) -> None:
    invite = OfferAsked(kind=OfferKind.INVITE, name="邀请有礼", tiers=(Tier(500, 500),), stock=5, earning=Earning())
    campaign = await season.approved(invite, funders=BANK, funds=(50_000,))
    person = await season.ewallet(1)
    assert (await season.refused(await season.claims(campaign, person)))[0] == "campaign_offer.earned"


def test_rows_of_a_form_are_the_texts_that_stand_for_them() -> None:
    texts = {"o1_tiers": "100=25 200=60", "o2_tiers": "0=10%20", "o3_tiers": "5=2", "o3_steps": "0=2 3=1"}
    caps = {"o1_caps": "device=1 household=2", "o3_kind": "task"}
    for place in (1, 2, 3):
        rows = more_rows(more_rows({**texts, **caps}, place, "tier"), place, "step")
        rows |= {f"o{place}_cap_{kind}": most for kind, most in cap_texts({**texts, **caps}, place).items()}
        again = in_texts({name: text for name, text in rows.items() if not name.endswith(("_tiers", "_steps"))}, place)
        expected = "5=0.01" if place == 3 else texts[f"o{place}_tiers"]
        assert again[f"o{place}_tiers"] == expected
        assert again[f"o{place}_steps"] == texts.get(f"o{place}_steps", "")
        assert again[f"o{place}_caps"] == caps.get(f"o{place}_caps", "")


def test_offers_are_typed_as_they_are_shown() -> None:
    for text in ("100=25", "0=10%20", "20=1*70", "12.50=0.30"):
        assert tier_text(tier_typed(text)) == text
    task = OfferTyped(
        kind=OfferKind.TASK,
        name="月月刷",
        tiers=("5=1",),
        stock=9,
        steps=("0=2", "3=1", "5=2"),
        purchase_min=500,
        from_clock="17:00",
    ).asked(days=(6, 7))
    assert task.tiers == (Tier(500, 200),)
    assert task.earning == Earning((TaskStep(0, 200), TaskStep(3, 100), TaskStep(5, 200)), 500)
    assert (task.audience.days, task.audience.from_minute) == ((6, 7), 17 * 60)
