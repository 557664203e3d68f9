"""Stores and staff of a merchant, splits and claims, as an operator does them on pages."""

from canglian.app.opening import Opened
from canglian.bank.payment import Merchant, MerchantStaff, MerchantStore, Payment, SourceUse, SplitShare
from canglian.bank.payment.commands import OpenOrder, PayOrder, RefundPayment, RegisterMerchant
from canglian.kernel.queries.entities import some
from tests.bank.payment.console.test_pages import MERCHANTS, registered
from tests.bank.wallet.api.people import give, opened
from tests.bank.wallet.mobile.town import Town
from tests.conftest import Caller
from tests.web.entering import Enter, send


async def test_stores_are_added_closed_and_reopened_and_people_come_and_go(enter: Enter, installation: Opened) -> None:
    client, reader = await enter("operator"), installation.services.reader
    shop = await registered(client)
    form = {"code": "wener", "name": "文二路店", "region": "330106", "address": "文二路 391 号"}
    assert (await send(client, shop, action="add-store", **form)).status_code == 303
    answer = await send(client, shop, action="add-store", **form)
    assert answer.status_code == 422
    assert "已有编码为 wener 的门店" in answer.text
    (store,) = await some(reader, 1, MerchantStore, "code", "wener")
    assert (await send(client, shop, action="close-store", store=store.id, reason="装修")).status_code == 303
    assert (await send(client, shop, action="reopen-store", store=store.id, reason="好了")).status_code == 303
    party = (await Town(installation).person()).party.id
    assert (await send(client, shop, action="add-staff", party=party, role="cashier")).status_code == 303
    page = (await client.get(shop)).text
    assert "391" in page
    assert "收银员" in page
    (staff,) = await some(reader, 1, MerchantStaff, "party", party)
    assert (await send(client, shop, action="remove-staff", staff=staff.id)).status_code == 303
    assert "收银员" not in (await client.get(shop)).text.partition('id="acts"')[0]


async def test_a_merchant_has_a_risk_and_web_sites_and_is_closed_for_ever(enter: Enter) -> None:
    client = await enter("operator")
    shop = await registered(client)
    empty = dict.fromkeys(("store", "party", "payout_wallet", "payout_account", "lists"), "")
    form = {"name": "新城果业", "category": "5411", "region": "330106", "fees": "standard", **empty}
    answer = await send(client, shop, action="change", origins="https://a.example https://b.example", **form)
    assert answer.status_code == 303, answer.text
    assert "https://a.example https://b.example" in (await client.get(shop)).text
    assert (await send(client, shop, action="set-risk", risk="high", reason="投诉")).status_code == 303
    assert "高风险" in (await client.get(shop)).text
    assert (await send(client, shop, action="close", reason="停业")).status_code == 303
    page = (await client.get(shop)).text
    assert "已注销：不再下单和收款" in page
    assert "商户已注销" in page


async def test_a_payment_is_split_on_its_page_and_what_a_receiver_owes_is_listed(
    enter: Enter, installation: Opened, call: Caller
) -> None:
    engine, reader = installation.services.engine, installation.services.reader
    client, wallet = await enter("operator"), await opened(call, 1)
    await give(installation, wallet["account"], 10_000)
    shop: Merchant = await engine.execute(
        1, RegisterMerchant(name="新城鲜果店", category="5411", region="330106"), actor="test"
    )
    other: Merchant = await engine.execute(
        1, RegisterMerchant(name="西溪配送", category="4215", region="330106"), actor="test"
    )
    order = await engine.execute(
        1, OpenOrder(merchant=shop.id, number="o-1", subject="鲜果一篮", amount=10_000), actor="test"
    )
    paying = PayOrder(order=order.id, sources=(SourceUse(item=wallet["id"]),), channel="counter")
    payment: Payment = await engine.execute(1, paying, actor="test")
    at = f"/console/payments/{payment.id}"
    assert "西溪配送" in (await client.get(at)).text
    above = {"number": "s-0", "receiver": other.id, "amount": "30.01", "share_bps": ""}
    assert (await send(client, at, action="split", **above)).status_code == 422
    share = {"number": "s-1", "receiver": other.id, "amount": "", "share_bps": "10"}
    answer = await send(client, at, action="split", **share)
    assert answer.status_code == 303, answer.text
    (given,) = await some(reader, 1, SplitShare, "payment", payment.id)
    assert given.amount == 1_000
    assert "没有待追回的分账款" in (await client.get("/console/split-claims")).text
    back = RefundPayment(payment=payment.id, number="r-1", amount=10_000, reason="退货", channel="counter")
    await engine.execute(1, back, actor="test")
    assert (await client.get("/console/split-claims?format=csv")).status_code == 200


async def test_whoever_may_only_read_splits_nothing(enter: Enter) -> None:
    client = await enter("viewer")
    at = f"/console/payments/pay_{'0' * 26}"
    assert (await client.post(at, data={"action": "split", "number": "s-1"})).status_code == 403
    assert (await client.post(f"{MERCHANTS}/mer_{'0' * 26}", data={"action": "close"})).status_code == 403
    assert (await client.get("/console/split-claims")).status_code == 200


async def test_steps_of_fees_are_typed_and_shown_as_yuan_and_percent(enter: Enter) -> None:
    client = await enter("admin")
    at = "/console/fee-schedules"
    form = {"action": "add", "code": "standard", "name": "标准商户", "rate_bps": "0.38", "tax_bps": "6", "note": "阶梯"}
    answer = await send(client, f"{at}?code=standard", at, **form, steps="5000=x")
    assert answer.status_code == 422
    assert "阶梯写作" in answer.text
    answer = await send(client, f"{at}?code=standard", at, **form, refundable="yes", steps="5000=0.30 50000=0.25")
    assert answer.status_code == 303, answer.text
    page = (await client.get(f"{at}?code=standard")).text
    assert "5000.00=0.30、50000.00=0.25" in page
    assert 'value="5000.00=0.30 50000.00=0.25"' in page
