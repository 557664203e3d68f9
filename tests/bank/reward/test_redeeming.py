"""A benefit is redeemed on the phone of a merchant's people, by its holder's digits: seen first, done once."""

from datetime import timedelta

from canglian.bank.payment import Merchant
from canglian.bank.payment.commands import RegisterMerchant
from canglian.bank.reward import Coupon, CouponState, OfferKind, Tier
from canglian.bank.reward.benefits.queries import code_of
from canglian.bank.reward.campaigns.commands.values import FunderAsked, OfferAsked
from canglian.bank.reward.campaigns.model import CampaignOffer, FunderKind
from canglian.bank.reward.commands import (
    ApproveCampaign,
    ClaimCoupon,
    DraftCampaign,
    FundCampaign,
    SubmitCampaign,
)
from canglian.kernel.queries.entities import one, some
from canglian.kernel.values import utc_now
from tests.bank.wallet.mobile.conftest import NewPhone, configuration, phone, town
from tests.bank.wallet.mobile.town import Town

__all__ = ["configuration", "phone", "town"]

WASH = OfferAsked(kind=OfferKind.BENEFIT, name="洗车一次", tiers=(Tier(0, 3_000),), stock=5, per_person=2)


async def claimed(town: Town) -> Coupon:
    """A benefit that somebody has claimed."""
    start = utc_now() - timedelta(hours=1)
    drafted = await town.do(
        DraftCampaign(
            name="洗车季",
            summary="免费洗车",
            starts_at=start,
            ends_at=start + timedelta(days=10),
            funders=(FunderAsked(FunderKind.BANK, "本行", 10_000),),
            offers=(WASH,),
        )
    )
    await town.do(FundCampaign(campaign=drafted.id, funder=1, amount=15_000, channel="counter"))
    await town.do(SubmitCampaign(campaign=drafted.id))
    await town.do(ApproveCampaign(campaign=drafted.id), "user:second")
    (offer,) = await some(town.services.reader, 1, CampaignOffer, "campaign", drafted.id)
    wallet = await town.wallet(await town.person("王建国", "13800138071"))
    return await town.do(ClaimCoupon(offer=offer.id, wallet=wallet.id))


async def test_a_benefit_is_seen_and_then_redeemed_once(town: Town, phone: NewPhone) -> None:
    owner = await town.person()
    shop: Merchant = await town.do(
        RegisterMerchant(name="洁净洗车", category="7542", region="330106", party=owner.party.id)
    )
    at, own = f"/m/shop/{shop.id}", phone()
    await own.sign_in(owner.mobile)
    assert f"{at}/benefits" not in (await own.look(at)).text, "nobody has a benefit yet"
    coupon = await claimed(town)
    code = await code_of(town.services.reader, 1, coupon.id) or ""
    assert f"{at}/benefits" in (await own.look(at)).text
    await own.look(f"{at}/benefits")
    for wrong in ("000000000000", "12", "１２３４５６７８９０１２", ""):
        assert (await own.send(f"{at}/benefits", code=wrong)).status_code == 422, wrong
    seen = await own.send(f"{at}/benefits", code=f"{code[:4]} {code[4:8]} {code[8:]}")
    assert "洗车一次" in seen.text
    assert "¥30.00" in seen.text
    assert (await one(town.services.reader, 1, Coupon, coupon.id)).state is CouponState.CLAIMED, "it was only looked at"
    done = await own.send(f"{at}/benefits", code=code, sure="1")
    assert "已核销" in done.text
    assert (await one(town.services.reader, 1, Coupon, coupon.id)).state is CouponState.USED
    await own.look(f"{at}/benefits")
    assert (await own.send(f"{at}/benefits", code=code, sure="1")).status_code == 422


async def test_who_does_not_work_there_redeems_nothing(town: Town, phone: NewPhone) -> None:
    owner, other = await town.person(), await town.person("李红", "13800138072")
    shop, own = [
        await town.do(RegisterMerchant(name=name, category="7542", region="330106", party=somebody.party.id))
        for name, somebody in (("洁净洗车", owner), ("别家洗车", other))
    ]
    coupon = await claimed(town)
    code = await code_of(town.services.reader, 1, coupon.id) or ""
    strange = phone()
    await strange.sign_in(other.mobile)
    assert (await strange.look(f"/m/shop/{shop.id}/benefits")).status_code == 404
    await strange.look(f"/m/shop/{own.id}/benefits")
    form = strange.form(f"/m/shop/{own.id}/benefits")
    answer = await strange.client.post(f"/m/shop/{shop.id}/benefits", data={**form, "code": code, "sure": "1"})
    assert answer.status_code == 404
    assert (await one(town.services.reader, 1, Coupon, coupon.id)).state is CouponState.CLAIMED
