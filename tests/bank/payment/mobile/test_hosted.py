"""The page of an order for whoever was sent there by a merchant's web site."""

import msgspec

from canglian.bank.payment import Merchant, PaymentOrder
from canglian.bank.payment.checkout_url import checkout_url
from canglian.bank.payment.commands import ChangeMerchant, CloseOrder, OpenOrder, RegisterMerchant
from canglian.bank.payment.mobile.hosted import state_of
from canglian.kernel.settings import Settings
from canglian.kernel.values import utc_now
from tests.bank.wallet.mobile.conftest import NewPhone
from tests.bank.wallet.mobile.town import PIN, Town
from tests.conftest import Caller

BACK = "https://shop.example/thanks?o=7"


async def ordered(town: Town, number: str = "o-1") -> PaymentOrder:
    asked = RegisterMerchant(name="西溪网店", category="5411", region="330106", origins=("https://shop.example",))
    shop: Merchant = await town.do(asked)
    return await town.do(OpenOrder(merchant=shop.id, number=number, subject="鲜果一篮", amount=1_000, return_url=BACK))


async def test_a_stranger_sees_what_is_asked_signs_in_comes_back_pays_and_is_led_to_the_shop(
    town: Town, phone: NewPhone
) -> None:
    payer = await town.person()
    wallet = await town.wallet(payer, funds=5_000)
    order = await ordered(town)
    at = f"/m/order/1/{order.code}"
    own, desk = phone(), phone()
    for page in ((await own.look(at)).text, (await desk.look(at)).text):
        assert "西溪网店" in page
        assert "¥10.00" in page
        assert "<svg" in page
        assert f'href="/m/checkout/{order.code}"' in page
    answer = await own.client.get(f"/m/checkout/{order.code}")
    assert answer.status_code == 303
    back = answer.headers["location"]
    assert back == f"/m/sign-in?next=%2Fm%2Fcheckout%2F{order.code}"
    await own.sign_in(payer.mobile, f"/m/checkout/{order.code}")
    assert str(own.page.url.path) == f"/m/checkout/{order.code}"
    assert (await desk.client.get(f"{at}/state")).json() == {"state": "open"}
    await own.send(f"/m/checkout/{order.code}", wallet=wallet.id)
    page = (await own.send(f"/m/checkout/{order.code}/pay", pin=PIN)).text
    assert f'href="{BACK}"' in page
    assert (await desk.client.get(f"{at}/state")).json() == {"state": "paid"}
    page = (await desk.look(at)).text
    assert "该订单已支付" in page
    assert f'<a class="btn" href="{BACK}" rel="noreferrer" data-onward="4">' in page
    assert "欧" not in page, "who paid is nobody's business there"
    await town.do(ChangeMerchant(merchant=order.merchant, origins=()))
    assert BACK not in (await desk.look(at)).text, "not to a site that the merchant has no more"


async def test_closed_expired_and_unknown_orders_say_so(town: Town, phone: NewPhone) -> None:
    order = await ordered(town)
    desk = phone()
    await town.do(CloseOrder(order=order.id, reason="客人不要了"))
    page = (await desk.look(f"/m/order/1/{order.code}")).text
    assert "商户已关闭此订单" in page
    assert "/m/checkout/" not in page
    expired = order.replace(expires_at=utc_now())
    assert (state_of(order), state_of(expired)) == ("open", "expired")
    for path in (f"/m/order/2/{order.code}", "/m/order/1/480000000000000000", f"/m/order/0/{order.code}"):
        assert (await desk.look(path)).status_code == 404, path
        assert (await desk.client.get(f"{path}/state")).status_code == 404, path


async def test_the_api_answers_the_address_of_the_page(call: Caller) -> None:
    body = {"name": "西溪网店", "category": "5411", "region": "330106", "origins": ["https://shop.example"]}
    shop = (await call("POST", "/v1/merchants", body)).json()
    asked = {"merchant": shop["id"], "number": "o-1", "subject": "鲜果一篮", "amount": 1_000, "return_url": BACK}
    order = (await call("POST", "/v1/payment-orders", asked)).json()
    assert order["checkout_url"].endswith(f"/m/order/1/{order['code']}")
    assert (await call("GET", f"/v1/payment-orders/{order['id']}")).json()["checkout_url"] == order["checkout_url"]
    answer = await call("POST", "/v1/payment-orders", {**asked, "number": "o-2", "return_url": "https://evil.example/"})
    assert (answer.status_code, answer.json()["code"]) == (422, "payment_order.return_url")


async def test_the_address_is_as_the_world_knows_the_server(town: Town) -> None:
    order = await ordered(town)
    settings = msgspec.structs.replace(Settings(), public_url="https://bank.example/")
    assert checkout_url(settings, 1, order) == f"https://bank.example/m/order/1/{order.code}"
    assert checkout_url(Settings(), 1, order) == f"http://127.0.0.1:8000/m/order/1/{order.code}"
