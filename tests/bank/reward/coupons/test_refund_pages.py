"""A shopper sees before paying what a refund would give, and a merchant to which funder what goes back."""

from canglian.bank.payment import Merchant
from canglian.bank.payment.commands import OpenOrder, RegisterMerchant
from canglian.bank.reward import Coupon, CouponState, RefundPolicy
from canglian.bank.reward.commands import ClaimCoupon
from canglian.kernel.queries.entities import one
from tests.bank.reward.test_faces import running
from tests.bank.wallet.mobile.conftest import NewPhone, configuration, phone, town
from tests.bank.wallet.mobile.town import PIN, Town
from tests.web.conftest import enter
from tests.web.entering import Enter, send

__all__ = ["configuration", "enter", "phone", "town"]


async def test_what_a_refund_gives_is_said_before_the_pin_on_the_receipt_and_to_the_merchant(
    town: Town, phone: NewPhone, enter: Enter
) -> None:
    _, offer = await running(town, refund=RefundPolicy.REQUALIFY)
    somebody, owner = await town.person(), await town.person("王建国", "13800138071")
    wallet = await town.wallet(somebody, funds=10_000)
    await town.wallet(owner)
    merchant: Merchant = await town.do(
        RegisterMerchant(name="新城鲜果店", category="5411", region="330106", party=owner.party.id)
    )
    coupon = await town.do(ClaimCoupon(offer=offer.id, wallet=wallet.id))
    own = phone()
    await own.sign_in(somebody.mobile)
    order = await town.do(OpenOrder(merchant=merchant.id, number="o-1", subject="鲜果", amount=1_800))
    checkout = f"/m/checkout/{order.code}"
    await own.look(checkout)
    page = (await own.send(checkout, wallet=wallet.id)).text
    for text in ("如需退货", "全部退货（¥18.00）", "+¥15.00", "退一半（¥9.00）", "+¥6.00", "按留下的商品重新计算优惠"):
        assert text in page, text
    page = (await own.send(f"{checkout}/pay", pin=PIN)).text
    assert "按留下的商品重新计算优惠" in page
    used = await one(town.services.reader, 1, Coupon, coupon.id)
    shop = phone()
    await shop.sign_in(owner.mobile)
    refund = f"/m/shop/{merchant.id}/payments/{used.payment}/refund"
    page = (await shop.look(refund)).text
    assert "其中退给本行" in page
    page = (await shop.send(refund, amount="9.00")).text
    for text in ("满 10 减 3", "其中退给本行", "¥3.00", "¥6.00"):
        assert text in page, text
    assert await one(town.services.reader, 1, Coupon, coupon.id) == used
    client = await enter("operator")
    at = f"/console/payments/{used.payment}"
    page = (await client.get(at)).text
    for text in (
        "退给付款人 ¥15.00，退给出资方 ¥3.00；付款人仍享受优惠 ¥0.00。",
        "满 10 减 3",
        f"/console/coupons/{coupon.id}",
    ):
        assert text in page, text
    page = (await send(client, at, f"{at}/refund-preview", refund="9.00")).text
    for text in (
        "退给付款人 ¥6.00，退给出资方 ¥3.00",
        "<div>本行 ¥3.00</div>",
        "按留下的商品重新计算优惠",
        'value="9.00"',
    ):
        assert text in page, text
    assert "还可退款 ¥18.00" in (await send(client, at, f"{at}/refund-preview", refund="18.01")).text
    client.cookies.clear()
    assert "退款试算" not in (await (await enter("auditor")).get(at)).text
    assert (await send(client, at, f"{at}/refund-preview", refund="9.00")).status_code == 403
    assert await one(town.services.reader, 1, Coupon, coupon.id) == used
    await shop.send(refund, amount="9.00", shown="9.00")
    assert await town.has(wallet) == 10_000 - 1_500 + 600
    after = await one(town.services.reader, 1, Coupon, coupon.id)
    assert (after.state, after.used) == (CouponState.USED, 0)
