"""Pay and collect codes on two phones."""

import re

from tests.bank.wallet.mobile.conftest import NewPhone
from tests.bank.wallet.mobile.town import PIN, Town


def digits_in(page: str) -> str:
    found = re.search(r'<p class="digits"[^>]*>([0-9 ]+)</p>', page)
    assert found, page
    return found[1].replace(" ", "")


async def test_a_pay_code_is_shown_after_the_pin_and_anew_without_it_for_a_while(town: Town, phone: NewPhone) -> None:
    payer, payee = await town.person(), await town.person("司徒振华")
    mine, theirs = await town.wallet(payer, funds=100_000), await town.wallet(payee)
    own, other = phone(), phone()
    await own.sign_in(payer.mobile)
    await other.sign_in(payee.mobile)
    at = f"/m/wallets/{mine.id}/code/pay"
    assert 'class="qr"' not in (await own.look(at)).text
    first = digits_in((await own.send(at, pin=PIN)).text)
    second = digits_in((await own.send(at)).text)
    assert first != second
    await other.look("/m/scan")
    page = await other.send("/m/scan", code=second)
    assert "欧***" in page.text
    page = await other.send("/m/scan/take", amount="30", wallet=theirs.id)
    assert str(page.url.path).startswith("/m/transfers/")
    assert (await town.has(mine), await town.has(theirs)) == (97_000, 3_000)
    await other.look("/m/scan")
    await other.send("/m/scan", code=second)
    page = await other.send("/m/scan/take", amount="30", wallet=theirs.id)
    assert page.status_code == 422
    assert await town.has(theirs) == 3_000


async def test_a_collect_code_with_an_amount_is_paid_with_the_pin_and_both_sides_are_told(
    town: Town, phone: NewPhone
) -> None:
    payer, payee = await town.person(), await town.person("司徒振华")
    mine, theirs = await town.wallet(payer, funds=100_000), await town.wallet(payee)
    own, other = phone(), phone()
    await own.sign_in(payer.mobile)
    await other.sign_in(payee.mobile)
    at = f"/m/wallets/{theirs.id}/code/collect"
    await other.look(at)
    shown = (await other.send(at, amount="6.60")).text
    state = re.search(r'data-state="([^"]+)"', shown)
    assert state
    assert (await other.client.get(state[1])).json() == {"to": None}
    await own.look("/m/scan")
    assert "¥6.60" in (await own.send("/m/scan", code=digits_in(shown))).text
    await own.send("/m/scan/pay", wallet=mine.id)
    page = await own.send("/m/scan/pay/pin", pin=PIN)
    assert page.status_code == 200
    assert (await town.has(mine), await town.has(theirs)) == (99_340, 660)
    address = (await other.client.get(state[1])).json()["to"]
    assert "付给您 ¥6.60" in (await other.look(address)).text
    assert (await own.client.get(state[1])).status_code == 404
