"""A person pays an order from several wallets: which pays what is shown before the PIN, and on the receipt."""

import re

from canglian.bank.payment.commands import RefundPayment
from canglian.bank.wallet import pins
from canglian.bank.wallet.commands import SetPin
from tests.bank.payment.mobile.test_checkout import opened, signed_in
from tests.bank.wallet.mobile.conftest import NewPhone
from tests.bank.wallet.mobile.town import PIN, Town


async def test_wallets_that_are_not_enough_by_themselves_pay_together_with_one_pin(town: Town, phone: NewPhone) -> None:
    payer = await town.person()
    cash = await town.wallet(payer, funds=3_000)
    ecny = await town.wallet(payer, "wallet.ecny2", deposit=cash.deposit, funds=4_000)
    order = await opened(town, 5_000)
    own, at = await signed_in(phone, payer), f"/m/checkout/{order.code}"
    page = (await own.look(at)).text
    together = page.partition('value="together"')[2].partition("</label>")[0]
    assert "checked" in together.partition(">")[0]
    assert "¥30.00" in together
    assert "¥20.00" in together
    page = (await own.send(at, wallet="together")).text
    assert page.count("data-pad=") == 1
    assert "¥30.00" in page.partition("data-pad=")[0]
    form = {**own.form(f"{at}/pay"), "pin": PIN}
    page = (await own.send(f"{at}/pay", pin=PIN)).text
    assert (await town.has(cash), await town.has(ecny)) == (0, 2_000)
    assert "-¥50.00" in page
    assert "¥30.00" in page
    assert "¥20.00" in page
    again = await own.client.post(f"{at}/pay", data=form)
    assert again.headers["location"].startswith(str(own.page.url.path)), "the same form again pays nothing more"
    payment = str(own.page.url.path).rsplit("/", 1)[1]
    await town.do(RefundPayment(payment=payment, number="r-1", amount=2_500, reason="少了一盒", channel="counter"))
    page = (await own.look(f"/m/payments/{payment}")).text
    assert "+¥25.00" in page
    assert page.index("+¥20.00") < page.index("+¥5.00"), "the last source first"
    page = (await own.look("/m/payments")).text
    assert "+¥25.00" in page


async def test_wallets_are_named_in_the_language_of_who_pays(town: Town, phone: NewPhone) -> None:
    payer = await town.person()
    cash = await town.wallet(payer, funds=9_000)
    await town.wallet(payer, "wallet.ecny2", deposit=cash.deposit, funds=4_000)
    order = await opened(town, 5_000)
    own, at = await signed_in(phone, payer), f"/m/checkout/{order.code}"
    own.client.cookies.set("canglian_language", "en")
    for path in (at, f"{at}/several"):
        page = (await own.look(path)).text
        assert 'lang="en"' in page
        shown = re.findall(r'class="choice">(.*?)</label>', page, re.DOTALL)
        assert len(shown) >= 2, path
        assert re.findall(r"[\u4e00-\u9fff]+", "".join(shown)) == [], path


async def test_somebody_says_how_much_of_which_wallet(town: Town, phone: NewPhone) -> None:
    payer = await town.person()
    cash = await town.wallet(payer, funds=9_000)
    ecny = await town.wallet(payer, "wallet.ecny2", deposit=cash.deposit, funds=9_000)
    order = await opened(town, 5_000)
    own, at = await signed_in(phone, payer), f"/m/checkout/{order.code}"
    assert f'href="{at}/several"' in (await own.look(at)).text
    await own.look(f"{at}/several")
    page = await own.send(at)
    assert page.status_code == 422
    assert "请至少选择一个" in page.text
    page = await own.send(at, **{f"use_{ecny.id}": "1", f"most_{ecny.id}": "x"})
    assert page.status_code == 422
    places = {f"place_{ecny.id}": "1", f"place_{cash.id}": "2"}
    both = {f"use_{ecny.id}": "1", f"most_{ecny.id}": "12.50", f"use_{cash.id}": "1", **places}
    page = await own.send(at, **both)
    assert page.text.index("¥12.50") < page.text.index("¥37.50")
    await own.send(f"{at}/pay", pin=PIN)
    assert (await town.has(cash), await town.has(ecny)) == (9_000 - 3_750, 9_000 - 1_250)


async def test_wallets_with_different_pins_ask_for_each(town: Town, phone: NewPhone) -> None:
    payer = await town.person()
    cash = await town.wallet(payer, funds=3_000)
    ecny = await town.wallet(payer, "wallet.ecny2", deposit=cash.deposit, funds=4_000, pin=False)
    await town.do(SetPin(wallet=ecny.id, pin_digest=await pins.hashed(town.services.keyring, ecny.id, "930517")))
    order = await opened(town, 5_000)
    own, at = await signed_in(phone, payer), f"/m/checkout/{order.code}"
    await own.look(at)
    await own.send(at, wallet="together")
    page = await own.send(f"{at}/pay", pin=PIN)
    assert page.status_code == 422
    assert page.text.count("data-pad=") == 2
    assert (await town.has(cash), await town.has(ecny)) == (3_000, 4_000)
    await own.send(f"{at}/pay", pin=PIN, pin1="930517")
    assert str(own.page.url.path).startswith("/m/payments/pay_")
    assert (await town.has(cash), await town.has(ecny)) == (0, 2_000)


async def test_what_stands_in_the_way_says_what_can_be_done(town: Town, phone: NewPhone) -> None:
    payer = await town.person()
    poor = await town.wallet(payer, funds=100)
    bare = await town.wallet(payer, "wallet.ecny2", deposit=poor.deposit, funds=100_000, pin=False)
    order = await opened(town, 5_000)
    own = await signed_in(phone, payer)
    page = (await own.look(f"/m/checkout/{order.code}")).text
    assert f"/m/wallets/{poor.id}/recharge" in page
    assert f"/m/wallets/{bare.id}/pin" in page
