"""The effect of a campaign, from people with wallets and their payments in PostgreSQL to a page for the bureau."""

from collections.abc import Sequence
from datetime import timedelta

from tests.bank.reward.seasons import off
from tests.bank.wallet.mobile.conftest import configuration, town
from tests.bank.wallet.mobile.town import Town
from tests.scenario.shopping.cities import MALLS
from tests.web.conftest import enter
from tests.web.entering import Enter

from canglian.bank.payment import Merchant, Payment, SourceUse
from canglian.bank.payment.commands import CreatePayment, RefundPayment, RegisterMerchant
from canglian.bank.reward import Campaign, Coupon, FunderKind
from canglian.bank.reward.campaigns import queries as campaigns
from canglian.bank.reward.campaigns.commands.values import FunderAsked
from canglian.bank.reward.campaigns.holdout import slot_of
from canglian.bank.reward.campaigns.model import Audience
from canglian.bank.reward.commands import (
    ApproveCampaign,
    ClaimCoupon,
    DraftCampaign,
    FundCampaign,
    SubmitCampaign,
)
from canglian.bank.wallet import Wallet
from canglian.kernel.values import SHANGHAI, utc_now
from canglian.scenario.shopping.commands import AddCampaign, AddTheme, JoinCampaign, OpenBureau, OpenSeason
from canglian.scenario.shopping.queries.effect import effect_of
from canglian.scenario.shopping.statistics import Sample, difference, ratio_mismatch

__all__ = ["configuration", "enter", "town"]

PEOPLE, HELD_OUT_BPS = 24, 5_000
"""So many that chance leaves neither group with fewer than two of them, of whom nothing could be computed."""


def sample(values: Sequence[int]) -> Sample:
    return Sample(len(values), sum(values), sum(value * value for value in values))


async def buy(town: Town, shop: Merchant, wallet: Wallet, number: str, gross: int, coupon: Coupon | None) -> Payment:
    """A purchase, with a coupon where there is one."""
    uses = () if coupon is None else (SourceUse(source="coupon", item=coupon.id),)
    asked = CreatePayment(
        merchant=shop.id,
        number=number,
        subject="茶",
        amount=gross,
        channel="counter",
        sources=(*uses, SourceUse(item=wallet.id)),
    )
    return await town.do(asked)


async def campaign_of(town: Town, bureau: Wallet, shop: Merchant) -> tuple[Campaign, str]:
    """A campaign from now on that holds half of the people out, with the merchant in it; and its place."""
    today = utc_now().astimezone(SHANGHAI).date()
    first, last = today - timedelta(days=1), today + timedelta(days=30)
    season = await town.do(OpenSeason(name="爱购苏州", malls=MALLS, starts_on=first, ends_on=last))
    adding = AddTheme(season=season.id, name="春季品茗", summary="茶叶茶社", starts_on=first, ends_on=last)
    theme = await town.do(adding)
    start = utc_now()
    drafted = await town.do(
        DraftCampaign(
            name="品茗满减",
            summary="满 10 减 3",
            starts_at=start,
            ends_at=start + timedelta(days=10),
            funders=(
                FunderAsked(FunderKind.GOVERNMENT, "区商务局", 5_000, bureau.id),
                FunderAsked(FunderKind.BANK, "本行", 5_000),
            ),
            offers=(off(1_000, 300, stock=50, audience=Audience(holdout_bps=HELD_OUT_BPS)),),
        )
    )
    place = await town.do(AddCampaign(theme=theme.id, campaign=drafted.id))
    await town.do(JoinCampaign(place=place.id, merchant=shop.id))
    for funder in (1, 2):
        await town.do(FundCampaign(campaign=drafted.id, funder=funder, amount=10_000, channel="counter"))
    await town.do(SubmitCampaign(campaign=drafted.id))
    return await town.do(ApproveCampaign(campaign=drafted.id), "user:second"), place.id


async def test_the_effect_is_that_of_people_who_could_claim_beside_those_who_could_not(
    town: Town, enter: Enter
) -> None:
    owner, payer = await town.person("茶社老板", "13800138080"), await town.person("商务局长", "13800138090")
    shop = await town.do(RegisterMerchant(name="老茶社", category="5411", region="320508", party=owner.party.id))
    await town.do(RegisterMerchant(name="商务局食堂", category="5812", region="320508", party=payer.party.id))
    elsewhere = await town.do(RegisterMerchant(name="别家", category="5411", region="320508"))
    own, bureau = await town.wallet(owner, funds=50_000, pin=False), await town.wallet(payer, funds=50_000, pin=False)
    wallets = [await town.wallet(await town.person(), funds=50_000, pin=False) for _ in range(PEOPLE)]
    campaign, place = await campaign_of(town, bureau, shop)
    whole = await campaigns.whole(town.services.reader, 1, campaign.id)
    late = await town.wallet(await town.person(), funds=50_000, pin=False)

    spent: dict[bool, list[int]] = {False: [], True: []}
    first: Payment | None = None
    for turn, wallet in enumerate(wallets):
        is_held = slot_of(campaign.id, wallet.party or "") < HELD_OUT_BPS
        coupon = None if is_held else await town.do(ClaimCoupon(offer=whole.offers[0].id, wallet=wallet.id))
        gross = (1_000 if is_held else 4_000) + turn
        paid = await buy(town, shop, wallet, f"n-{turn}", gross, coupon)
        first = first or paid
        spent[is_held].append(gross)
    assert first is not None
    await town.do(RefundPayment(payment=first.id, number="r", amount=500, reason="退", channel="counter"))
    spent[slot_of(campaign.id, wallets[0].party or "") < HELD_OUT_BPS][0] -= 500
    await buy(town, shop, own, "own", 9_000, None)  # who owns a merchant is in neither group
    await buy(town, shop, late, "late", 9_000, None)  # nor is who came after it began
    await buy(town, elsewhere, wallets[0], "elsewhere", 9_000, None)  # and what is bought elsewhere counts nowhere

    whole = await campaigns.whole(town.services.reader, 1, campaign.id)
    found = await effect_of(town.services.reader, 1, whole, utc_now())
    treated, held_out = sample(spent[False]), sample(spent[True])
    assert (found.treated, found.held_out, found.holdout_bps) == (treated, held_out, HELD_OUT_BPS)
    assert found.lift == difference(treated, held_out)
    assert found.mismatch == ratio_mismatch([treated.count, held_out.count], [0.5, 0.5])
    assert found.cost == sum(funder.spent for funder in whole.funders) > 0
    await _as_the_bureau_reads_it(town, enter, campaign, place, bureau)
    if found.incremental is not None and found.is_fair and found.incremental[0] > 0:
        middle = found.incremental[1]
        assert middle == round((treated.mean - held_out.mean) * treated.count)
        assert found.cost_per_yuan == (found.cost * 100 + middle // 2) // middle


async def _as_the_bureau_reads_it(town: Town, enter: Enter, campaign: Campaign, place: str, bureau: Wallet) -> None:
    """The bank exports both groups; the bureau sees the figures of its campaign, and no page of the bank."""
    operator = await enter("operator")
    file = await operator.get(f"/console/season-campaigns/{place}/effect", params={"format": "csv"})
    assert file.status_code == 200
    assert [line.split(",")[0] for line in file.text.lstrip("\ufeff").split()] == ["group", "treated", "held_out"]
    opened = await town.do(OpenBureau(name="区商务局", wallets=(bureau.id,), logins=("visitor",)))
    operator.cookies.clear()
    visitor = await enter("visitor")
    page = await visitor.get(f"/console/season-bureaus/{opened.id}/campaigns/{campaign.id}")
    assert page.status_code == 200
    assert 'id="incremental"' in page.text
    assert (await visitor.get(f"/console/season-campaigns/{place}/effect")).status_code == 403
