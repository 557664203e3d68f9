"""The pages of merchants, orders and payments: registered, paid, refunded, suspended."""

import httpx

from canglian.app.opening import Opened
from canglian.bank.payment import PaymentOrder, SourceUse
from canglian.bank.payment.commands import PayOrder, RegisterMerchant
from canglian.kernel.queries.entities import some
from tests.bank.wallet.api.people import give, opened
from tests.conftest import Caller
from tests.web.entering import Enter, find, send

MERCHANTS = "/console/merchants"


async def registered(client: httpx.AsyncClient) -> str:
    """The page of a merchant that was just registered."""
    form = {"name": "新城鲜果店", "category": "5411", "region": "330106", "store": "文二路店", "fees": "standard"}
    answer = await send(client, f"{MERCHANTS}/new", action="register", **form)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def test_a_merchant_is_registered_asks_for_money_and_gives_it_back(
    enter: Enter, installation: Opened, call: Caller
) -> None:
    client = await enter("operator")
    shop = await registered(client)
    answer = await send(client, shop, action="open", number="o-1", subject="鲜果一篮", amount="20.00", discount="")
    assert answer.status_code == 303, answer.text
    order_page = answer.headers["location"]
    page = (await client.get(order_page)).text
    assert "¥20.00" in page
    assert "<svg" in page
    wallet = await opened(call, 1)
    await give(installation, wallet["account"], 5_000)
    order = order_page.rsplit("/", 1)[1]
    command = PayOrder(order=order, sources=(SourceUse(item=wallet["id"]),), channel="counter")
    payment = await installation.services.engine.execute(1, command, actor="test")
    at = f"/console/payments/{payment.id}"
    answer = await send(client, at, action="refund", number="r-1", amount="5.00", reason="少了一盒")
    assert answer.status_code == 303, answer.text
    page = (await client.get(at)).text
    assert "少了一盒" in page
    answer = await send(client, at, action="refund", number="r-2", amount="15.01", reason="退货")
    assert answer.status_code == 422
    assert "还可退款 ¥15.00" in answer.text
    for path in (shop, order_page, MERCHANTS, "/console/merchant-orders", "/console/payments", "/console/refunds"):
        assert "新城鲜果店" in (await client.get(path)).text, path
    for path in (f"{MERCHANTS}?state=x&format=csv", "/console/payments?format=csv", "/console/payments?state=paid"):
        assert (await client.get(path)).status_code == 200, path
    found = await find(client, payment.id)
    assert found.headers["location"] == at, "the ledger has transfers of it, too"
    for path in ("/console/fee-schedules", "/console/payment-policies"):
        assert (await client.get(path)).status_code == 200, path


async def test_an_order_is_closed_and_a_merchant_suspended_and_resumed(enter: Enter, installation: Opened) -> None:
    client = await enter("operator")
    shop = await registered(client)
    answer = await send(client, shop, action="open", number="o-1", subject="鲜果一篮", amount="20.00", discount="")
    order_page = answer.headers["location"]
    answer = await send(client, order_page, action="close", reason="客人不要了")
    assert answer.status_code == 303
    page = (await client.get(order_page)).text
    assert "客人不要了" in page
    assert "订单不在待支付状态" in page
    (order,) = await some(installation.services.reader, 1, PaymentOrder, "number", "o-1")
    assert order.state.value == "closed"
    assert (await send(client, shop, action="change", **_filled("新城果业"))).status_code == 303
    assert (await send(client, shop, action="suspend", reason="核查")).status_code == 303
    page = (await client.get(shop)).text
    assert "新城果业" in page
    assert "已暂停：不能下单和收款" in page
    assert (await send(client, shop, action="resume", reason="核查完毕")).status_code == 303
    assert "已暂停：不能下单和收款" not in (await client.get(shop)).text


def _filled(name: str) -> dict[str, str]:
    empty = dict.fromkeys(("store", "party", "payout_wallet", "payout_account"), "")
    return {"name": name, "category": "5411", "region": "330106", "fees": "standard", **empty}


async def test_whoever_may_only_read_sees_and_does_nothing(enter: Enter, installation: Opened) -> None:
    command = RegisterMerchant(name="新城面馆", category="5812", region="330106")
    shop = f"{MERCHANTS}/{(await installation.services.engine.execute(1, command, actor='test')).id}"
    client = await enter("viewer")
    page = await client.get(shop)
    assert page.status_code == 200
    assert "<form" not in page.text.partition('id="acts"')[2].partition("</section>")[0]
    assert (await client.get(f"{MERCHANTS}/new")).status_code == 403
    assert (await client.post(shop, data={"action": "suspend", "reason": "x"})).status_code == 403
