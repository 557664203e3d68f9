"""Money for a purpose over HTTP: a contract's life up to a payment, what is shown before, and wrong PINs."""

from typing import Any

from canglian.app.opening import Opened
from canglian.bank.payment.queries import choosing, orders
from canglian.bank.purpose.custody import queries as custody
from canglian.bank.purpose.room import end_contracts, pay_out
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


async def test_a_prepaid_card_is_sold_used_seen_by_its_merchant_and_given_back(
    call: Caller, installation: Opened
) -> None:
    gym, other = [await done(call, "/v1/merchants", {**SHOP, "category": "7997"}) for _ in range(2)]
    buyer = await opened(call, 1)
    await give(installation, buyer["account"], 50_000)
    offer = await done(call, "/v1/prepaid-offers", {"payee": gym["id"], "name": "健身卡"})
    at = f"/v1/prepaid-offers/{offer['id']}"
    body = {"wallet": buyer["id"], "amount": 30_000}
    answer = await call("POST", f"{at}/cards", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "wallet_pin.needed")
    card = await done(call, f"{at}/cards", {**body, "pin": PIN})
    asked = await order(call, gym, 10_000)
    sources = {"sources": [{"source": "purpose", "item": card["grant"]["id"], "pin": PIN}]}
    await done(call, f"/v1/payment-orders/{asked['id']}/pay", sources)
    shown = await done(call, f"/v1/wallets/{buyer['id']}/codes", {"kind": "pay", "pin": PIN})
    visit = {
        "merchant": gym["id"],
        "number": "visit-2",
        "subject": "健身一次",
        "amount": 5_000,
        "code": shown["digits"],
    }
    drawn = await done(call, "/v1/payments/prepaid-uses", visit)
    assert drawn["captured"] == 5_000
    above = await call("POST", "/v1/payments/prepaid-uses", {**visit, "number": "visit-3", "amount": 15_001})
    assert (above.status_code, above.json()["code"]) == (422, "wallet_code.used")
    [seen] = (await call("GET", f"/v1/prepaid-cards?payee={gym['id']}&state=active")).json()["data"]
    assert (seen["id"], seen["wallet"], seen["paid"], seen["remaining"]) == (
        card["contract"]["id"],
        buyer["id"],
        30_000,
        15_000,
    )
    assert (await call("GET", f"/v1/prepaid-cards/{seen['id']}")).json() == seen
    assert (await call("GET", "/v1/prepaid-cards/pur_" + "0" * 26)).status_code == 404
    totals = (await call("GET", f"/v1/prepaid-cards/totals?payee={gym['id']}")).json()
    assert totals == {"cards": 1, "remaining": 15_000, "bonus_remaining": 0, "used": 15_000}
    assert (await call("GET", f"/v1/prepaid-cards?payee={other['id']}")).json()["data"] == []
    assert (await call("GET", at)).json()["state"] == "open"
    refund = f"/v1/prepaid-cards/{seen['id']}/refund"
    assert (await call("POST", refund, {"pin": "305172"})).json()["code"] == "wallet_pin.wrong"
    await done(call, f"{at}/close", {"reason": "门店停业"}, 200)
    assert [found["state"] for found in (await call("GET", "/v1/prepaid-offers?state=closed")).json()["data"]] == [
        "closed"
    ]
    services = installation.services
    assert await custody.closed_offers(services.reader, 1) == [offer["id"]]
    await end_contracts(services, 1)
    assert (await call("GET", f"/v1/wallets/{buyer['id']}")).json()["wallet"]["balance"] == 35_000
    standing = (await call("GET", f"{at}/standing")).json()
    assert {name: standing[name] for name in ("sold", "living", "given_back", "waiting")} == {
        "sold": 1,
        "living": 0,
        "given_back": 15_000,
        "waiting": 0,
    }
    assert await custody.closed_offers(services.reader, 1) == []
    again = await call("POST", refund, {"pin": PIN})
    assert (again.status_code, again.json()["code"]) == (422, "purpose_contract.state")


async def test_a_version_of_a_template_is_proposed_once_its_cases_hold(call: Caller) -> None:
    [first] = [
        found for found in (await call("GET", "/v1/purpose-templates")).json()["data"] if found["code"] == "welfare"
    ]
    body = {name: first[name] for name in ("code", "kind", "name", "rules", "cases")} | {"note": "新版"}
    filed = await done(call, "/v1/purpose-templates", body)
    assert filed["state"] == "pending"
    answer = await call("POST", "/v1/purpose-templates", {**body, "rules": {}})
    assert (answer.status_code, answer.json()["code"]) == (422, "purpose_template.case_failed")


async def test_a_grant_is_clawed_back_and_not_passed_on(call: Caller, installation: Opened) -> None:
    holder = await opened(call, 1)
    grant = await granted(call, installation, holder, 3_000)
    at = f"/v1/purpose-grants/{grant['id']}"
    back = await done(call, f"{at}/clawback", {"reason": "重复发放", "amount": 1_000}, 200)
    assert back["remaining"] == 2_000
    answer = await call("POST", f"{at}/transfer", {"to": holder["id"], "amount": 1, "pin": PIN})
    assert (answer.status_code, answer.json()["code"]) == (422, "purpose_grant.not_transferable")


async def test_a_split_is_paid_out_by_itself_once_it_is_released(call: Caller, installation: Opened) -> None:
    holder = await opened(call, 1)
    grant = await granted(call, installation, holder, 3_000, template="split")
    await pay_out(installation.services, 1)
    await done(call, f"/v1/purpose-contracts/{grant['contract']}/releases", {"reason": "已验收"}, 200)
    await pay_out(installation.services, 1)
    assert (await call("GET", f"/v1/wallets/{holder['id']}")).json()["wallet"]["balance"] == 3_000
    assert (await call("GET", f"/v1/purpose-grants/{grant['id']}")).json()["state"] == "used"
