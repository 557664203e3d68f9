"""What a merchant is told, on the console: what has not arrived is sent again; nobody else's address is touched."""

import re
from typing import Any

from canglian.app.opening import Opened
from canglian.bank.payment import Merchant
from canglian.bank.payment.commands import RegisterMerchant
from canglian.kernel.outbox import queries
from canglian.kernel.queries.paging import Order
from tests.bank.payment.told import URL, told_badly
from tests.web.entering import Enter, send


def registering(name: str) -> RegisterMerchant:
    return RegisterMerchant(name=name, category="5411", region="330106")


async def addresses(installation: Opened, shop: str) -> list[Any]:
    page = await queries.receivers(installation.services.reader, 1, Order(), {"merchant": shop})
    return page.items


async def test_operators_see_what_has_not_arrived_and_send_it_again(enter: Enter, installation: Opened) -> None:
    execute = installation.services.engine.execute
    shop: Merchant = await execute(1, registering("新城鲜果店"), actor="test")
    other: Merchant = await execute(1, registering("老街面馆"), actor="test")
    at, elsewhere = (f"/console/merchants/{merchant.id}/notifications" for merchant in (shop, other))
    client = await enter("operator")
    assert (await send(client, at, action="add", url=URL)).status_code == 403
    assert await addresses(installation, shop.id) == []
    client.cookies.clear()
    admin = await enter("admin")
    page = await send(admin, at, action="add", url="ftp://shop.example")
    assert page.status_code == 422
    page = await send(admin, at, action="add", url=URL)
    assert "whsec_" in page.text
    (address,) = await addresses(installation, shop.id)
    assert (await send(admin, elsewhere, action="test", receiver=address.id)).status_code in (404, 422)
    assert (await send(admin, at, action="test", receiver=address.id)).status_code == 303
    await told_badly(installation, address.id)
    admin.cookies.clear()
    operator = await enter("operator")
    page = (await operator.get(at)).text
    for text in (URL, "503", "测试事件"):
        assert text in page, text
    letter = re.search(r"/console/dead-letters/(\d+)", page)
    assert letter is not None
    assert (await send(operator, at, f"{elsewhere}/{letter[1]}")).status_code == 404
    assert (await send(operator, at, f"{at}/{letter[1]}")).status_code == 303
    assert (await queries.dead_letter(installation.services.reader, 1, int(letter[1]))).state.value == "queued"
    operator.cookies.clear()
    admin = await enter("admin")
    for action, state in (("pause", "paused"), ("resume", "active")):
        assert (await send(admin, at, action=action, receiver=address.id)).status_code == 303
        assert (await addresses(installation, shop.id))[0].state.value == state
    assert "whsec_" in (await send(admin, at, action="secret", receiver=address.id)).text
    assert (await send(admin, at, action="remove", receiver=address.id)).status_code == 303
    assert await addresses(installation, shop.id) == []
    admin.cookies.clear()
    viewer = await enter("viewer")
    assert (await viewer.get(at)).status_code == 200
    assert (await send(viewer, at, f"{at}/{letter[1]}")).status_code == 403
