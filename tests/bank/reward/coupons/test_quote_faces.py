"""Quotes through the API and on a phone: kept while the PIN is typed, with the reason of each coupon left out."""

from typing import Any

from canglian.bank.party.queries import parties
from canglian.bank.payment import Merchant
from canglian.bank.payment.commands import OpenOrder, RegisterMerchant
from canglian.bank.reward import Coupon, CouponQuote, CouponState, QuoteState
from canglian.bank.reward.commands import ClaimCoupon, QuoteCoupons
from canglian.kernel.queries.entities import one, some
from tests.bank.payment.api.test_payments import done, order, shop
from tests.bank.reward.test_faces import campaign, offer_of, payer, running, second
from tests.bank.wallet.mobile.conftest import NewPhone, configuration, phone, town
from tests.bank.wallet.mobile.town import PIN, Town
from tests.conftest import Caller
from tests.web.conftest import enter
from tests.web.entering import Enter, find, send

__all__ = ["campaign", "configuration", "enter", "payer", "phone", "second", "shop", "town"]


async def test_an_order_is_quoted_and_paid_with_it_over_http(
    call: Caller, campaign: Any, payer: Any, shop: Any
) -> None:
    offer = await offer_of(call, campaign)
    coupon = await done(call, f"/v1/campaign-offers/{offer}/claims", {"wallet": payer["id"]})
    small, asked = await order(call, shop, 900, "o-0"), await order(call, shop, 1_500)
    body = {"order": small["id"], "wallets": [payer["id"]]}
    (out,) = (await done(call, "/v1/coupon-quotes", body))["left_out"]
    assert (out["code"], out["amount"]) == ("coupon.below", 1_000)
    assert out["sentence"] == "This coupon is taken from a price of ¥10.00 on."
    chinese = await call("POST", "/v1/coupon-quotes", body, headers={"accept-language": "zh-CN"})
    assert chinese.json()["left_out"][0]["sentence"] == "该优惠券须满 ¥10.00 使用。"
    quote = await done(call, "/v1/coupon-quotes", {"order": asked["id"], "wallets": [payer["id"]]})
    assert (quote["state"], quote["off"], quote["due"]) == ("open", 300, 1_200)
    assert (await call("GET", f"/v1/coupons/{coupon['id']}")).json()["state"] == "locked"
    uses = [
        *({"source": "coupon", "item": taken["coupon"], "pin": PIN} for taken in quote["taken"]),
        {"item": payer["id"], "pin": PIN},
    ]
    paid = await done(call, f"/v1/payment-orders/{asked['id']}/pay", {"sources": uses})
    after = (await call("GET", f"/v1/coupon-quotes/{quote['id']}")).json()
    assert (after["state"], after["payment"]) == ("used", paid["id"])
    assert len((await call("GET", f"/v1/coupon-quotes?order={asked['id']}")).json()["data"]) == 1


async def test_another_person_does_not_pay_with_a_coupon_that_came_back(
    call: Caller, campaign: Any, payer: Any, shop: Any, town: Town
) -> None:
    offer = await offer_of(call, campaign)
    coupon = await done(call, f"/v1/campaign-offers/{offer}/claims", {"wallet": payer["id"]})
    asked = await order(call, shop, 1_500)
    uses = [{"source": "coupon", "item": coupon["id"], "pin": PIN}, {"item": payer["id"], "pin": PIN}]
    paid = await done(call, f"/v1/payment-orders/{asked['id']}/pay", {"sources": uses})
    back = {"number": "r-1", "amount": 1_500, "reason": "退货"}
    await done(call, f"/v1/payments/{paid['id']}/refunds", back)
    assert (await call("GET", f"/v1/coupons/{coupon['id']}")).json()["state"] == "claimed"
    thief = await town.wallet(await town.person("王建国", "13800138071"), "wallet.ecny2", funds=5_000)
    another = await order(call, shop, 1_500, "o-2")
    quote = await done(call, "/v1/coupon-quotes", {"order": another["id"], "wallets": [thief.id]})
    assert quote["taken"] == []
    assert quote["off"] == 0
    uses = [{"source": "coupon", "item": coupon["id"], "pin": "000000"}, {"item": thief.id, "pin": PIN}]
    refused = await call("POST", f"/v1/payment-orders/{another['id']}/pay", {"sources": uses})
    assert (refused.status_code, refused.json()["code"]) == (422, "wallet_pin.wrong")
    assert (await call("GET", f"/v1/coupons/{coupon['id']}")).json()["state"] == "claimed"


async def test_the_phone_keeps_the_best_and_says_why_not_the_others(town: Town, phone: NewPhone) -> None:
    _, first = await running(town)
    _, second_offer = await running(town, stock=3)
    somebody = await town.person()
    wallet = await town.wallet(somebody, funds=10_000)
    merchant: Merchant = await town.do(RegisterMerchant(name="新城鲜果店", category="5411", region="330106"))
    coupons = [await town.do(ClaimCoupon(offer=offer.id, wallet=wallet.id)) for offer in (first, second_offer)]
    order_ = await town.do(OpenOrder(merchant=merchant.id, number="o-1", subject="鲜果", amount=1_800))
    own, checkout = phone(), f"/m/checkout/{order_.code}"
    await own.sign_in(somebody.mobile)
    page = (await own.look(checkout)).text
    assert "为什么没用这些券" in page
    assert "此券不能与其他券同用" in page
    await own.send(checkout, wallet=wallet.id)
    (quote,) = await some(town.services.reader, 1, CouponQuote, "order", order_.id)
    assert quote.state is QuoteState.OPEN
    locked = await one(town.services.reader, 1, Coupon, quote.taken[0].coupon)
    assert locked.state is CouponState.LOCKED
    page = (await own.send(f"{checkout}/pay", pin=PIN)).text
    assert "-¥15.00" in page
    (quote,) = await some(town.services.reader, 1, CouponQuote, "order", order_.id)
    assert quote.state is QuoteState.USED
    states = [(await one(town.services.reader, 1, Coupon, coupon.id)).state for coupon in coupons]
    assert sorted(states) == [CouponState.CLAIMED, CouponState.USED]


async def test_a_coupon_that_is_kept_for_an_order_is_shown_and_let_go_by_its_holder_alone(
    town: Town, phone: NewPhone
) -> None:
    _, offer = await running(town)
    somebody, stranger = await town.person(), await town.person("王建国", "13800138071")
    wallet = await town.wallet(somebody, funds=10_000)
    await town.wallet(stranger, funds=10_000)
    merchant: Merchant = await town.do(RegisterMerchant(name="新城鲜果店", category="5411", region="330106"))
    coupon = await town.do(ClaimCoupon(offer=offer.id, wallet=wallet.id))
    first, other = [
        await town.do(OpenOrder(merchant=merchant.id, number=number, subject="鲜果", amount=1_800))
        for number in ("o-1", "o-2")
    ]
    own, foreign = phone(), phone()
    await own.sign_in(somebody.mobile)
    await own.look(f"/m/checkout/{first.code}")
    await own.send(f"/m/checkout/{first.code}", wallet=wallet.id)
    (quote,) = await some(town.services.reader, 1, CouponQuote, "order", first.id)
    assert "已为另一笔订单保留至" in (await own.look(f"/m/checkout/{other.code}")).text
    page = (await own.look("/m/coupons")).text
    assert "为订单保留" in page
    assert f'value="{quote.id}"' in page
    await foreign.sign_in(stranger.mobile)
    await foreign.look("/m/coupons")
    fields = {**foreign.form(f"/m/coupons/{offer.id}/claim"), "quote": quote.id}
    assert (await foreign.client.post("/m/coupons/let-go", data=fields)).status_code == 404
    assert (await one(town.services.reader, 1, Coupon, coupon.id)).state is CouponState.LOCKED
    await own.look("/m/coupons")
    await own.send("/m/coupons/let-go")
    assert (await one(town.services.reader, 1, Coupon, coupon.id)).state is CouponState.CLAIMED


async def test_an_operator_finds_a_shoppers_quote_with_the_reason_of_each_offer_left_out(
    town: Town, enter: Enter
) -> None:
    _, offer = await running(town)
    somebody, other = await town.person(), await town.person("王建国", "13800138071")
    wallet = await town.wallet(somebody, funds=10_000)
    merchant: Merchant = await town.do(RegisterMerchant(name="新城鲜果店", category="5411", region="330106"))
    coupon = await town.do(ClaimCoupon(offer=offer.id, wallet=wallet.id))
    small, asked = [
        await town.do(OpenOrder(merchant=merchant.id, number=f"o-{amount}", subject="鲜果", amount=amount))
        for amount in (900, 1_500)
    ]
    too_small = await town.do(QuoteCoupons(order=small.id, wallets=(wallet.id,)))
    quote = await town.do(QuoteCoupons(order=asked.id, wallets=(wallet.id,)))
    client = await enter("operator")
    listed = (await client.get(f"/console/coupon-quotes?party={somebody.party.id}&state=open")).text
    assert quote.id in listed
    (name,) = (await parties.names(town.services.reader, 1, [somebody.party.id])).values()
    assert name in listed
    assert quote.id not in (await client.get(f"/console/coupon-quotes?party={other.party.id}")).text
    assert "该优惠券须满 ¥10.00 使用。" in (await client.get(f"/console/coupon-quotes/{too_small.id}")).text
    at = f"/console/coupon-quotes/{quote.id}"
    assert (await find(client, quote.id)).headers["location"] == at
    page = (await client.get(at)).text
    for text in (
        "¥3.00",
        "¥12.00",
        f"/console/coupons/{coupon.id}",
        f"/console/merchant-orders/{asked.id}",
        "新城鲜果店",
    ):
        assert text in page, text
    assert (await send(client, at, action="cancel")).status_code == 303
    assert (await one(town.services.reader, 1, CouponQuote, quote.id)).state is QuoteState.CANCELLED
    assert (await one(town.services.reader, 1, Coupon, coupon.id)).state is CouponState.CLAIMED
    assert (await send(client, at, action="cancel")).status_code == 422
    client.cookies.clear()
    viewer = await enter("viewer")
    assert (await send(viewer, at, action="cancel")).status_code == 403
    assert (await client.get(f"/console/coupon-quotes/cqt_{'0' * 26}")).status_code == 404
