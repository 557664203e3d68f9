"""A campaign is drafted, funded, approved by a second person, runs by the clock, and is settled."""

from datetime import timedelta

from canglian.bank.reward import Campaign, CampaignState, FunderKind, OfferKind, Tier
from canglian.bank.reward.campaigns.commands.values import FunderAsked, OfferAsked
from canglian.bank.reward.commands import (
    ApproveCampaign,
    CopyCampaign,
    EndCampaign,
    ExpireCoupons,
    FinishCampaign,
    FundCampaign,
    PauseCampaign,
    PayBackFunder,
    ResumeCampaign,
    SendBackCampaign,
    SettleCampaign,
    StartCampaign,
    SubmitCampaign,
)
from canglian.bank.wallet import Wallet
from canglian.ledger.commands import PostTransfer
from tests.bank.reward.seasons import Season, off


async def test_a_second_person_approves_what_was_funded(season: Season) -> None:
    campaign = await season.draft()
    assert campaign.state is CampaignState.DRAFT
    code, fields = await season.refused(SubmitCampaign(campaign=campaign.id))
    assert (code, fields["funder"]) == ("campaign.unfunded", "商务局")
    await season.pay_in(campaign, 50_000, 30_000, 20_000)
    await season.do(SubmitCampaign(campaign=campaign.id))
    assert (await season.refused(ApproveCampaign(campaign=campaign.id)))[0] == "campaign.own_approval"
    back = await season.second(SendBackCampaign(campaign=campaign.id, reason="门槛太高"))
    assert (back.state, back.reason) == (CampaignState.DRAFT, "门槛太高")
    await season.do(SubmitCampaign(campaign=campaign.id))
    approved = await season.second(ApproveCampaign(campaign=campaign.id))
    assert (approved.state, approved.approved_by) == (CampaignState.SCHEDULED, "user:second")
    assert (await season.refused(SubmitCampaign(campaign=campaign.id)))[0] == "campaign.state"


async def test_a_draft_that_contradicts_itself_is_refused(season: Season) -> None:
    bureau = await season.payer(91, 0)
    somebody = await season.ewallet(94, 5_000)
    bank = FunderAsked(FunderKind.BANK, "本行", 5_000)
    with_wallet = FunderAsked(FunderKind.BANK, "本行", 5_000, bureau.id)
    government = FunderAsked(FunderKind.GOVERNMENT, "商务局", 4_999, bureau.id)
    ecny = await season.ecny(2, serial=93)
    foreign = FunderAsked(FunderKind.GOVERNMENT, "商务局", 5_000, ecny.id)
    for funders, expected in (
        ((bank, government), "campaign.shares"),
        ((bank, with_wallet), "campaign.funder"),
        ((bank, FunderAsked(FunderKind.MERCHANT, "商场", 5_000)), "campaign.funder"),
        ((bank, foreign), "campaign.wallet_asset"),
        ((bank, FunderAsked(FunderKind.MERCHANT, "某人", 5_000, somebody.id)), "campaign.funder_wallet"),
    ):
        code, _ = await season.refused(await season.drafting(funders=funders))
        assert code == expected
    whole = (FunderAsked(FunderKind.BANK, "本行", 10_000),)
    code, _ = await season.refused(await season.drafting(funders=whole, ends_at=season.now - timedelta(days=1)))
    assert code == "campaign.times"
    for kind, tiers in (
        (OfferKind.SPEND_AND_SAVE, (Tier(100, 200),)),
        (OfferKind.SPEND_AND_SAVE, (Tier(100, 0),)),
        (OfferKind.SPEND_AND_SAVE, (Tier(100, 10), Tier(200, 20))),
        (OfferKind.TIERED, (Tier(100, 10),)),
        (OfferKind.TIERED, (Tier(200, 20), Tier(100, 10))),
        (OfferKind.TIERED, (Tier(100, 20), Tier(200, 10))),
        (OfferKind.PERCENT, (Tier(100, 20),)),
    ):
        offer = OfferAsked(kind=kind, name="满减", tiers=tiers, stock=1)
        assert (await season.refused(await season.drafting(offer, funders=whole)))[0] == "campaign_offer.tiers"
    assert await season.rows(Campaign) == []


async def test_it_starts_is_paused_goes_on_and_ends_by_the_clock(season: Season) -> None:
    start = season.now + timedelta(hours=1)
    campaign = await season.approved(starts_at=start)
    assert (await season.refused(StartCampaign(campaign=campaign.id)))[0] == "campaign.not_started"
    season.now = start
    assert (await season.do(StartCampaign(campaign=campaign.id))).state is CampaignState.RUNNING
    assert (await season.do(PauseCampaign(campaign=campaign.id, reason="核查"))).state is CampaignState.PAUSED
    person = await season.ewallet(1)
    assert (await season.refused(await season.claims(campaign, person)))[0] == "campaign.not_running"
    assert (await season.do(ResumeCampaign(campaign=campaign.id, reason="无异常"))).state is CampaignState.RUNNING
    await season.claimed(campaign, person)
    assert (await season.refused(FinishCampaign(campaign=campaign.id)))[0] == "campaign.not_over"
    season.now = campaign.ends_at
    assert (await season.do(FinishCampaign(campaign=campaign.id))).state is CampaignState.ENDED


async def test_what_no_coupon_took_is_paid_back_to_its_funders(season: Season) -> None:
    campaign, person, shop = await season.approved(), await season.ewallet(1, 50_000), await season.shop()
    first = await season.claimed(campaign, person)
    other = await season.ewallet(2, 50_000)
    second = await season.claimed(campaign, other)
    paid = await season.used(shop, 12_000, first, person)
    assert (await season.refused(SettleCampaign(campaign=campaign.id)))[0] == "campaign.state"
    season.now = campaign.ends_at
    await season.do(FinishCampaign(campaign=campaign.id))
    code, fields = await season.refused(SettleCampaign(campaign=campaign.id))
    assert (code, fields["left"]) == ("campaign.coupons_left", 2_500)
    await season.do(ExpireCoupons(coupons=(second.id,)))
    assert (await season.refused(PayBackFunder(campaign=campaign.id, funder=1, channel="counter")))[
        0
    ] == "campaign.state"
    settled = await season.do(SettleCampaign(campaign=campaign.id))
    assert settled.state is CampaignState.SETTLED
    assert await season.funders(campaign) == [(0, 0, 1_250, 48_750), (0, 0, 750, 29_250), (0, 0, 500, 19_500)]
    bureau = await season.get(Wallet, campaign.funders[0].wallet)
    before = await season.has(bureau)
    await season.do(PayBackFunder(campaign=campaign.id, funder=1, channel="counter"))
    await season.do(PayBackFunder(campaign=campaign.id, funder=2, channel="counter"))
    assert await season.has(bureau) == before + 48_750
    code, _ = await season.refused(PayBackFunder(campaign=campaign.id, funder=1, channel="counter"))
    assert code == "campaign.nothing_returned"
    await season.explain(campaign)
    await season.refund(paid, 12_000)
    assert await season.funders(campaign) == [(0, 0, 0, 1_250), (0, 0, 0, 750), (0, 0, 0, 20_000)]
    await season.explain(campaign)


async def test_a_campaign_that_ends_early_takes_no_claims_and_its_coupons_are_still_used(season: Season) -> None:
    campaign, person, shop = await season.approved(), await season.ewallet(1, 50_000), await season.shop()
    coupon = await season.claimed(campaign, person)
    await season.do(EndCampaign(campaign=campaign.id, reason="提前结束"))
    other = await season.ewallet(2)
    assert (await season.refused(await season.claims(campaign, other)))[0] == "campaign.not_running"
    await season.used(shop, 12_000, coupon, person)
    await season.explain(campaign)


async def test_a_copy_is_a_draft_of_its_own_at_another_time(season: Season) -> None:
    campaign = await season.approved(off(), off(20_000, 5_000, name="满二百减五十"))
    later = campaign.starts_at + timedelta(days=365)
    copied = await season.do(CopyCampaign(campaign=campaign.id, name="来年春茶", starts_at=later))
    assert (copied.state, copied.starts_at, copied.ends_at) == (
        CampaignState.DRAFT,
        later,
        campaign.ends_at + timedelta(days=365),
    )
    assert (copied.drafted_by, copied.approved_by) == ("teller", None)
    assert {funder.unreserved for funder in copied.funders}.isdisjoint(funder.unreserved for funder in campaign.funders)
    assert (await season.offer(copied, 1)).name == "满二百减五十"
    assert await season.funded(copied) == [0, 0, 0]


async def test_money_of_a_campaign_moves_by_its_commands_alone(season: Season) -> None:
    campaign = await season.approved()
    bureau = campaign.funders[0]
    payable = campaign.funders[1].returned
    for debit, credit in ((bureau.unreserved, payable), (payable, bureau.reserved)):
        await season.refused(PostTransfer(debit=debit, credit=credit, amount=1, code="test.out"))
    assert await season.funders(campaign) == [(50_000, 0, 0, 0), (30_000, 0, 0, 0), (20_000, 0, 0, 0)]
    wallet = await season.get(Wallet, bureau.wallet)
    too_much = FundCampaign(campaign=campaign.id, funder=1, amount=10**9, channel="counter")
    await season.refused(too_much)
    unknown = FundCampaign(campaign=campaign.id, funder=4, amount=1, channel="counter")
    assert (await season.refused(unknown))[0] == "campaign.funder_unknown"
    with_pin = FundCampaign(campaign=campaign.id, funder=1, amount=1, channel="mobile")
    assert (await season.refused(with_pin))[0] == "wallet_pin.needed"
    assert await season.has(wallet) == 450_000
