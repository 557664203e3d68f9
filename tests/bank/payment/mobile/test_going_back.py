"""A browser that goes back from what answered a form gets a page, and never asks whether to send the form again."""

import re
from typing import Any

import httpx
import pytest

from canglian.app.opening import Opened
from canglian.app.rooms import rooms
from canglian.bank.payment import SourceUse
from canglian.bank.payment.commands import OpenOrder, PayOrder
from tests.bank.payment.mobile.test_shop import shop_of, signed_in
from tests.bank.wallet.mobile.conftest import NewPhone
from tests.bank.wallet.mobile.test_strangers import form_token, routes
from tests.bank.wallet.mobile.town import PIN, Town
from tests.web.entering import Enter, token_in

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
TYPED = {
    "amount": "12.34",
    "pin": PIN,
    "again": PIN,
    "current": PIN,
    "code": "280000000000000000",
    "mobile": "13900139000",
}


def console_posts() -> list[str]:
    """Every address of the console that a form is sent to."""
    handlers: list[Any] = [handler for room in rooms() for handler in room.console]
    paths = [path for handler in handlers if "POST" in handler.http_methods for path in handler.paths]
    found = [re.sub(r"{[^}]*:(int)}", "1", re.sub(r"{[^}]*:date}", "2026-01-01", path)) for path in paths]
    return sorted({"/console" + re.sub(r"{[^}]*}", "1", path) for path in found} - {"/console/logout"})


async def led_on(client: httpx.AsyncClient, address: str, token: str) -> bool:
    """Send a form as a browser does, and look at where it leads; whether it was a page that answered it."""
    answer = await client.post(address, data={"_token": token, **TYPED}, headers=BROWSER)
    assert answer.status_code == 303, (address, answer.status_code, answer.text[:300])
    location = answer.headers["location"]
    assert not any(typed in location for typed in TYPED.values()), location
    if "shown=" not in location:
        return False
    assert location.partition("?")[0] == address
    page = await client.get(location, headers=BROWSER)
    assert page.status_code == 200 or 400 <= page.status_code < 500, (address, page.status_code)
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert (await client.get(location, headers=BROWSER)).text == page.text, "going back shows it again"
    again = await client.get(re.sub("shown=.*", "shown=-", location), headers=BROWSER)
    assert again.status_code == 303, "it is kept no more"
    assert again.headers["location"].startswith(("/m", "/console"))
    assert "shown=" not in again.headers["location"]
    form = await client.get(again.headers["location"], headers=BROWSER)
    assert form.status_code in (200, 303, 404), (address, again.headers["location"], form.status_code)
    return True


async def test_every_form_of_a_persons_pages_leads_on_to_its_answer(
    installation: Opened, town: Town, phone: NewPhone
) -> None:
    person = await signed_in(phone, await town.person())
    pages = 0
    for method, path, _ in routes(installation):
        if method == "POST" and path not in ("/m/sign-out", "/m/devices/end-others"):
            at = re.sub(r"\{\w+:(str|int)\}", "1", path)
            pages += await led_on(person.client, at, await form_token(person.client))
    assert pages >= 25


async def test_every_form_of_the_console_leads_on_to_its_answer(enter: Enter) -> None:
    client, pages = await enter("admin"), 0
    for address in console_posts():
        token = token_in((await client.get("/console/limits")).text)
        pages += await led_on(client, address, token)
        if (await client.get("/console")).status_code != 200:
            client = await enter("admin")
    assert pages >= 50


async def test_a_stranger_does_not_get_a_page_that_was_kept_for_somebody(town: Town, phone: NewPhone) -> None:
    first, second = await signed_in(phone, await town.person()), await signed_in(phone, await town.person("慕容雪"))
    token = await form_token(first.client)
    answer = await first.client.post("/m/scan", data={"_token": token, "code": "x"}, headers=BROWSER)
    location = answer.headers["location"]
    for client in (second.client, phone().client):
        stolen = await client.get(location, headers=BROWSER)
        assert (stolen.status_code, stolen.headers["location"]) == (303, "/m/scan")
    own = await first.client.get(location, headers=BROWSER)
    assert own.status_code == 422, "and it is still there for whom it is"


async def test_a_secret_is_handed_out_once(enter: Enter) -> None:
    client = await enter("admin")
    token = token_in((await client.get("/console/keys")).text)
    form = {"_token": token, "_key": "k1", "name": "kasse", "role": "viewer"}
    made = await client.post("/console/keys", data=form, headers=BROWSER)
    location = made.headers["location"]
    assert "ck_" in (await client.get(location, headers=BROWSER)).text
    again = await client.get(location, headers=BROWSER)
    assert (again.status_code, again.headers["location"]) == (303, "/console/keys")
    assert "ck_" not in location


async def test_after_paying_the_way_back_shows_that_it_is_paid(town: Town, phone: NewPhone) -> None:
    owner, payer = await town.person(), await town.person("司徒振华")
    shop, wallet = await shop_of(town, owner), await town.wallet(payer, funds=10_000)
    order = await town.do(OpenOrder(merchant=shop.id, number="o-1", subject="苹果", amount=1_234))
    customer = await signed_in(phone, payer)
    customer.client.headers.update(BROWSER)
    at = f"/m/checkout/{order.code}"
    await customer.look(at)
    pad = await customer.client.post(at, data={**customer.form(at), "wallet": wallet.id})
    assert (pad.status_code, "1234" in pad.headers["location"]) == (303, False)
    await customer.look(pad.headers["location"])
    assert "data-pad" in customer.page.text
    await customer.send(f"{at}/pay", pin=PIN)
    assert customer.page.url.path.startswith("/m/payments/")
    back = await customer.client.get(pad.headers["location"])
    assert (back.status_code, back.headers["location"]) == (303, at)
    assert "该订单已支付" in (await customer.look(at)).text


async def test_after_a_refund_the_way_back_shows_what_is_left(town: Town, phone: NewPhone) -> None:
    owner, payer = await town.person(), await town.person("司徒振华")
    shop, wallet = await shop_of(town, owner), await town.wallet(payer, funds=10_000)
    order = await town.do(OpenOrder(merchant=shop.id, number="o-1", subject="苹果", amount=1_000))
    paid = await town.do(PayOrder(order=order.id, sources=(SourceUse(item=wallet.id),), channel="counter"))
    keeper = await signed_in(phone, owner)
    keeper.client.headers.update(BROWSER)
    at = f"/m/shop/{shop.id}/payments/{paid.id}/refund"
    await keeper.look(at)
    shown = await keeper.client.post(at, data={**keeper.form(at), "amount": "4"})
    await keeper.look(shown.headers["location"])
    await keeper.send(at, amount="4")
    assert keeper.page.url.path == at.removesuffix("/refund")
    back = await keeper.client.get(shown.headers["location"])
    assert (back.status_code, back.headers["location"]) == (303, at)
    assert "¥6.00" in (await keeper.look(at)).text


@pytest.mark.parametrize("headers", [{}, {"accept": "*/*"}, {**BROWSER, "hx-request": "true"}])
async def test_scripts_and_programs_are_answered_at_once(town: Town, phone: NewPhone, headers: dict[str, str]) -> None:
    person = await signed_in(phone, await town.person())
    token = await form_token(person.client)
    answer = await person.client.post("/m/scan", data={"_token": token, "code": "x"}, headers=headers)
    assert answer.status_code == 422
