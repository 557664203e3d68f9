"""A person pays an order by its code: what stands in the way is said before the PIN, and the receipt tells all."""

from canglian.bank.payment import Merchant, OrderState, PaymentOrder
from canglian.bank.payment.commands import CloseOrder, OpenOrder, RefundPayment, RegisterMerchant, TakePayment
from canglian.bank.wallet import codes
from canglian.kernel.queries.entities import some
from tests.bank.wallet.mobile.conftest import NewPhone
from tests.bank.wallet.mobile.test_codes import digits_in
from tests.bank.wallet.mobile.town import PIN, Phone, Resident, Town


async def opened(town: Town, amount: int, number: str = "o-1", **more: int) -> PaymentOrder:
    """An order of a shop."""
    found = await some(town.services.reader, 1, Merchant, "name", "新城鲜果店")
    asked = RegisterMerchant(name="新城鲜果店", category="5411", region="330106", store="文二路店")
    shop: Merchant = found[0] if found else await town.do(asked)
    return await town.do(OpenOrder(merchant=shop.id, number=number, subject="鲜果一篮", amount=amount, **more))


async def signed_in(phone: NewPhone, who: Resident) -> Phone:
    mobile = phone()
    await mobile.sign_in(who.mobile)
    return mobile


async def test_an_order_is_scanned_paid_with_the_pin_and_told_of_on_a_receipt(town: Town, phone: NewPhone) -> None:
    payer = await town.person()
    rich = await town.wallet(payer, funds=10_000)
    poor = await town.wallet(payer, "wallet.ecny2", deposit=rich.deposit, funds=100)
    order = await opened(town, 5_000, discount=500)
    own = await signed_in(phone, payer)
    await own.look("/m/scan")
    page = await own.send("/m/scan", code=f"{order.code[:6]} {order.code[6:12]} {order.code[12:]}")
    at = f"/m/checkout/{order.code}"
    assert str(page.url.path) == at
    assert "新城鲜果店 · 文二路店" in page.text
    assert "¥45.00" in page.text
    radio = page.text.partition(f'value="{poor.id}"')[2].partition("</label>")[0]
    assert "disabled" in radio.partition(">")[0], "it has too little, and says so"
    assert "¥1.00" in radio
    await own.send(at, wallet=poor.id)
    assert own.page.status_code == 422
    await own.send(at, wallet=rich.id)
    assert "data-pad" in own.page.text
    wrong = await own.send(f"{at}/pay", pin="000000")
    assert wrong.status_code == 422
    assert await town.has(rich) == 10_000
    page = await own.send(f"{at}/pay", pin=PIN)
    assert str(page.url.path).startswith("/m/payments/pay_")
    assert "-¥45.00" in page.text
    assert await town.has(rich) == 5_500
    assert "该订单已支付" in (await own.look(at)).text
    payment = str(page.url.path).rsplit("/", 1)[1]
    await town.do(RefundPayment(payment=payment, number="r-1", amount=2_500, reason="少了一盒", channel="counter"))
    assert "+¥22.50" in (await own.look(f"/m/payments/{payment}")).text
    assert "退回 ¥22.50" in (await own.look("/m/payments")).text
    statement = (await own.look(f"/m/statements?wallet={rich.id}")).text
    assert statement.count("新城鲜果店") == 2


async def test_the_same_form_sent_twice_pays_once(town: Town, phone: NewPhone) -> None:
    payer = await town.person()
    wallet = await town.wallet(payer, funds=10_000)
    order = await opened(town, 1_000)
    own = await signed_in(phone, payer)
    at = f"/m/checkout/{order.code}"
    await own.look(at)
    await own.send(at, wallet=wallet.id)
    form = {**own.form(f"{at}/pay"), "pin": PIN}
    first, second = await own.client.post(f"{at}/pay", data=form), await own.client.post(f"{at}/pay", data=form)
    assert first.headers["location"] == second.headers["location"]
    assert await town.has(wallet) == 9_000


async def test_an_order_that_was_closed_says_so_and_a_wallet_of_another_is_not_found(
    town: Town, phone: NewPhone
) -> None:
    payer, other = await town.person(), await town.person("司徒振华")
    await town.wallet(payer, funds=10_000)
    theirs = await town.wallet(other, funds=10_000)
    order, closed = await opened(town, 1_000), await opened(town, 1_000, "o-2")
    await town.do(CloseOrder(order=closed.id, reason="客人不要了"))
    own = await signed_in(phone, payer)
    assert "请商户重新下单" in (await own.look(f"/m/checkout/{closed.code}")).text
    assert (await own.look("/m/checkout/480000000000000000")).status_code == 404
    at = f"/m/checkout/{order.code}"
    await own.look(at)
    form = own.form(at)
    for path in (at, f"{at}/pay"):
        answer = await own.client.post(path, data={**form, "wallet": theirs.id, "pin": PIN})
        assert answer.status_code in (404, 422), path
    assert await town.has(theirs) == 10_000
    (stored,) = await some(town.services.reader, 1, PaymentOrder, "id", order.id)
    assert stored.state is OrderState.OPEN


async def test_whoever_shows_a_pay_code_is_led_to_the_receipt(town: Town, phone: NewPhone) -> None:
    payer = await town.person()
    wallet = await town.wallet(payer, funds=10_000)
    order = await opened(town, 1_000)
    own = await signed_in(phone, payer)
    at = f"/m/wallets/{wallet.id}/code/pay"
    await own.look(at)
    page = (await own.send(at, pin=PIN)).text
    digits = digits_in(page)
    state = page.split('data-state="')[1].split('"')[0]
    taking = TakePayment(order=order.id, code_digest=codes.digest(town.services.keyring, digits), channel="api")
    paid = await town.do(taking)
    assert (await own.client.get(state)).json() == {"to": f"/m/payments/{paid.id}?done=1"}
