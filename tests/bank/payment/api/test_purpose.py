"""Money for a purpose over HTTP: a contract's life up to a payment, what is shown before, and wrong PINs."""

from typing import Any

from canglian.app.opening import Opened
from canglian.bank.payment.queries import choosing, orders
from tests.bank.payment.api.test_payments import SHOP, done, order
from tests.bank.wallet.api.people import PIN, give, opened
from tests.conftest import Caller


async def granted(call: Caller, installation: Opened, holder: Any, amount: int, **fields: Any) -> dict[str, Any]:
    """A grant of a contract that somebody else pays."""
    payer = await opened(call, 2)
    await give(installation, payer["account"], amount)
    body = {"template": "welfare", "name": "敬老餐", "payer": payer["id"], "valid_until": "2099-12-31", **fields}
    contract = await done(call, "/v1/purpose-contracts", body)
    at = f"/v1/purpose-contracts/{contract['id']}"
    await done(call, f"{at}/signature", {"pin": PIN}, 200)
    await done(call, f"{at}/funding", {"amount": amount, "pin": PIN}, 200)
    lines = {"lines": [{"wallet": holder["id"], "amount": amount}]}
    return (await done(call, f"{at}/grants", lines))["grants"][0]


async def test_what_is_shown_before_is_what_pays(call: Caller, installation: Opened) -> None:
    shop, holder = await done(call, "/v1/merchants", SHOP), await opened(call, 1)
    await give(installation, holder["account"], 5_000)
    grant = await granted(call, installation, holder, 3_000)
    asked = await order(call, shop, 4_000)
    reader = installation.services.reader
    shown = await choosing.sources_for(reader, 1, holder["id"], await orders.order(reader, 1, asked["id"]))
    assert [(choice.use.source, choice.use.item, choice.amount, choice.name) for choice in shown] == [
        ("purpose", grant["id"], 3_000, "敬老餐"),
        ("wallet", holder["id"], 1_000, None),
    ]
    sources = [
        {"source": choice.use.source, "item": choice.use.item, "most": choice.use.most, "pin": PIN} for choice in shown
    ]
    wrong = [{**source, "pin": "305172"} for source in sources]
    answer = await call("POST", f"/v1/payment-orders/{asked['id']}/pay", {"sources": wrong})
    assert (answer.status_code, answer.json()["code"]) == (422, "wallet_pin.wrong")
    paid = await done(call, f"/v1/payment-orders/{asked['id']}/pay", {"sources": sources})
    lines = (await call("GET", f"/v1/payments/{paid['id']}")).json()["lines"]
    assert [(line["source"], line["amount"]) for line in lines] == [("purpose", 3_000), ("wallet", 1_000)]
    listed = (await call("GET", f"/v1/purpose-movements?grant={grant['id']}")).json()["data"]
    assert [(line["kind"], line["amount"], line["payee"]) for line in listed] == [("spent", 3_000, shop["id"])]


async def test_money_that_may_not_pay_is_not_shown(call: Caller, installation: Opened) -> None:
    bar, holder = await done(call, "/v1/merchants", {**SHOP, "category": "5813"}), await opened(call, 1)
    await granted(call, installation, holder, 3_000)
    asked = await order(call, bar, 4_000)
    reader = installation.services.reader
    shown = await choosing.sources_for(reader, 1, holder["id"], await orders.order(reader, 1, asked["id"]))
    assert [(choice.use.source, choice.amount) for choice in shown] == [("wallet", 4_000)]


async def test_a_grant_that_is_not_there_pays_nothing(call: Caller) -> None:
    shop = await done(call, "/v1/merchants", SHOP)
    asked = await order(call, shop, 4_000)
    body = {"sources": [{"source": "purpose", "item": "grt_" + "0" * 26, "pin": PIN}]}
    answer = await call("POST", f"/v1/payment-orders/{asked['id']}/pay", body)
    assert (answer.status_code, answer.json()["code"]) == (404, "purpose_grant.not_found")
