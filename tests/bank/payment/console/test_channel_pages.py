"""Channel orders by API and on the console: enquired now, sent again; strangers and readers are refused."""

from canglian.app.opening import Opened
from canglian.bank.payment import ChannelKind, ChannelMethod, ChannelOrder, ChannelState
from canglian.bank.payment.commands import (
    AnswerChannelOrder,
    MarkChannelSent,
    MarkChannelUnknown,
    OpenOrder,
    PayByChannel,
    RefundPayment,
    RegisterMerchant,
)
from canglian.kernel.queries.entities import some
from tests.conftest import Caller
from tests.web.entering import Enter, find, send

PATH = "/console/channel-orders"


async def unanswered(installation: Opened) -> ChannelOrder:
    """A channel order whose answer was lost."""
    execute = installation.services.engine.execute
    shop = await execute(1, RegisterMerchant(name="新城鲜果店", category="5411", region="330106"), actor="test")
    asked = OpenOrder(merchant=shop.id, number="o-1", subject="鲜果一篮", amount=2_000)
    order = await execute(1, asked, actor="test")
    found = await execute(1, PayByChannel(order=order.id, method=ChannelMethod.QR), actor="test")
    await execute(1, MarkChannelSent(channel_order=found.id), actor="test")
    return await execute(1, MarkChannelUnknown(channel_order=found.id), actor="test")


async def test_an_operator_sees_what_was_not_answered_and_has_it_enquired(enter: Enter, installation: Opened) -> None:
    found = await unanswered(installation)
    client = await enter("operator")
    page = (await client.get(PATH, params={"state": "unknown"})).text
    assert "新城鲜果店" in page
    assert "¥20.00" in page
    at = f"{PATH}/{found.id}"
    assert "结果未知" in (await client.get(at)).text
    answer = await send(client, at, action="enquire")
    assert answer.status_code == 303, answer.text
    (asked,) = await some(installation.services.reader, 1, ChannelOrder, "order", found.order)
    assert (asked.state, asked.enquiries) == (ChannelState.UNKNOWN, 0)
    assert (await find(client, found.id)).headers["location"] == at


async def test_who_only_reads_does_not_enquire(enter: Enter, installation: Opened) -> None:
    found = await unanswered(installation)
    client = await enter("viewer")
    at = f"{PATH}/{found.id}"
    page = await client.get(at)
    assert "立即查询" not in page.text
    assert (await send(client, at, action="enquire")).status_code == 403


async def test_a_refund_that_the_channel_refused_is_sent_again(enter: Enter, installation: Opened) -> None:
    found = await unanswered(installation)
    execute = installation.services.engine.execute
    done = AnswerChannelOrder(channel_order=found.id, succeeded=True, amount=2_000, fee=5)
    paid = await execute(1, done, actor="test")
    refund = RefundPayment(payment=paid.payment or "", number="r-1", amount=500, reason="退货", channel="counter")
    await execute(1, refund, actor="test")
    (back,) = await some(installation.services.reader, 1, ChannelOrder, "original", found.id)
    await execute(1, AnswerChannelOrder(channel_order=back.id, succeeded=False, reason="账户已注销"), actor="test")
    client = await enter("operator")
    at = f"{PATH}/{back.id}"
    assert "账户已注销" in (await client.get(at)).text
    answer = await send(client, at, action="send-again")
    assert answer.status_code == 303, answer.text
    both = await some(installation.services.reader, 1, ChannelOrder, "original", found.id)
    assert sorted(order.state for order in both) == [ChannelState.REFUSED, ChannelState.REQUESTED]
    assert {order.kind for order in both} == {ChannelKind.REFUND}
    assert "¥5.00" in (await client.get(f"/console/payments/{paid.payment}")).text


async def test_lists_find_a_merchant_by_its_name_and_an_order_by_its_number(enter: Enter, installation: Opened) -> None:
    found = await unanswered(installation)
    client = await enter("viewer")
    for path in (PATH, "/console/merchant-orders"):
        for text, is_there in (("鲜果", True), (found.merchant, True), ("面馆", False)):
            page = (await client.get(path, params={"merchant": text})).text
            assert ("¥20.00" in page) is is_there, (path, text)
    for text, is_there in (("o-1", True), (found.order, True), ("o-2", False)):
        page = (await client.get(PATH, params={"order": text, "merchant": "新城"})).text
        assert ("¥20.00" in page) is is_there, text
    for path in ("/console/payments", "/console/refunds", "/console/split-claims"):
        assert (await client.get(path, params={"merchant": "鲜果", "receiver": "面馆"})).status_code == 200


async def test_an_order_is_given_to_the_channel_from_its_page(enter: Enter, installation: Opened) -> None:
    found = await unanswered(installation)
    execute = installation.services.engine.execute
    asked = OpenOrder(merchant=found.merchant, number="o-2", subject="礼盒", amount=9_000)
    order = await execute(1, asked, actor="test")
    at = f"/console/merchant-orders/{order.id}"
    client = await enter("operator")
    answer = await send(client, at, action="pay", method="card", later="yes")
    assert answer.status_code == 303, answer.text
    (made,) = await some(installation.services.reader, 1, ChannelOrder, "order", order.id)
    assert answer.headers["location"] == f"{PATH}/{made.id}"
    assert (made.kind, made.method, made.amount) == (ChannelKind.AUTHORISE, ChannelMethod.CARD, 9_000)
    assert made.id in (await client.get(at)).text
    client.cookies.clear()
    viewer = await enter("viewer")
    assert (await send(viewer, at, action="pay", method="card")).status_code == 403


async def test_the_api_asks_the_channel_and_tells_strangers_nothing(call: Caller) -> None:
    body = {"name": "新城鲜果店", "category": "5411", "region": "330106"}
    shop = (await call("POST", "/v1/merchants", body)).json()
    asked = {"merchant": shop["id"], "number": "o-1", "subject": "鲜果一篮", "amount": 2_000}
    order = (await call("POST", "/v1/payment-orders", asked)).json()
    answer = await call("POST", "/v1/channel-orders", {"order": order["id"], "method": "qr"})
    assert answer.status_code == 201, answer.text
    found = answer.json()
    assert (found["state"], found["amount"], found["kind"]) == ("requested", 2_000, "pay")
    again = await call("POST", "/v1/channel-orders", {"order": order["id"], "method": "qr"})
    assert again.json()["id"] == found["id"]
    assert (await call("GET", f"/v1/channel-orders/{found['id']}")).json()["id"] == found["id"]
    listed = (await call("GET", f"/v1/channel-orders?order={order['id']}&state=requested")).json()["data"]
    assert [row["id"] for row in listed] == [found["id"]]
    unknown = "cho_" + "0" * 26
    for path in (unknown, f"{unknown}/enquiry", f"{unknown}/again"):
        method = "GET" if path == unknown else "POST"
        answer = await call(method, f"/v1/channel-orders/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "channel_order.not_found")
    answer = await call("POST", "/v1/channel-orders", {"order": order["id"], "method": "cash"})
    assert answer.status_code == 422 or answer.json()["code"] == "request.malformed"
