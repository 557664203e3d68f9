"""Whoever holds the key of another book, or one that only reads, does nothing on any route, whatever ids are named."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from canglian.app.opening import Opened
from canglian.web.principal import Role
from tests.bank.payment.api.test_payments import SHOP, done, order, payer, shop, sources
from tests.bank.wallet.api.people import PIN
from tests.conftest import Caller

__all__ = ["payer", "shop"]

BACK = {"number": "r-9", "amount": 1, "reason": "退货"}
WHY = {"reason": "核查"}


@pytest.fixture
async def there(call: Caller, shop: Any, payer: Any) -> dict[str, str]:
    """One of each thing, by the first letters of its id."""
    asked = await order(call, shop, 2_000)
    paid = await done(call, f"/v1/payment-orders/{asked['id']}/pay", sources(payer))
    waiting = await order(call, shop, 1_000, "o-2")
    body = {"merchant": shop["id"], "code": "one", "name": "一号店", "region": "330106", "address": "文二路"}
    store = await done(call, "/v1/merchant-stores", body)
    refund = await done(call, f"/v1/payments/{paid['id']}/refunds", {**BACK, "number": "r-1"})
    channel = await done(call, "/v1/channel-orders", {"order": waiting["id"], "method": "card", "later": True})
    held = await order(call, shop, 500, "o-3")
    authorised = await done(call, f"/v1/payment-orders/{held['id']}/authorise", sources(payer))
    body = {"url": "https://shop.example/canglian"}
    told = await done(call, f"/v1/merchants/{shop['id']}/notifications", body)
    return {
        "mer": shop["id"],
        "ord": waiting["id"],
        "pay": paid["id"],
        "held": authorised["id"],
        "sto": store["id"],
        "rfd": refund["id"],
        "cho": channel["id"],
        "rcv": told["receiver"]["id"],
        "wal": payer["id"],
    }


def reads(there: dict[str, str]) -> list[str]:
    return [
        f"merchants/{there['mer']}",
        f"merchants/{there['mer']}/notifications",
        f"merchant-stores/{there['sto']}",
        f"payment-orders/{there['ord']}",
        f"payments/{there['pay']}",
        f"payments/{there['held']}",
        f"refunds/{there['rfd']}",
        f"channel-orders/{there['cho']}",
        f"receivers/{there['rcv']}",
    ]


def writes(there: dict[str, str]) -> list[tuple[str, str, Any]]:
    pays = {"sources": [{"item": there["wal"], "pin": PIN}]}
    new = {"merchant": there["mer"], "number": "x-1", "subject": "鲜果", "amount": 100}
    split = {"number": "s-1", "receivers": [{"merchant": there["mer"], "amount": 1}]}
    return [
        ("PATCH", f"merchants/{there['mer']}", {"name": "别人的店"}),
        ("POST", f"merchants/{there['mer']}/suspension", WHY),
        ("POST", f"merchants/{there['mer']}/closing", WHY),
        ("POST", f"merchants/{there['mer']}/risk", {"risk": "high", **WHY}),
        ("POST", f"merchants/{there['mer']}/notifications", {"url": "https://elsewhere.example/"}),
        (
            "POST",
            "merchant-stores",
            {"merchant": there["mer"], "code": "two", "name": "二号店", "region": "330106", "address": "文二路"},
        ),
        ("PATCH", f"merchant-stores/{there['sto']}", {"name": "别人的店"}),
        ("POST", "payment-orders", new),
        ("POST", f"payment-orders/{there['ord']}/close", WHY),
        ("POST", f"payment-orders/{there['ord']}/pay", pays),
        ("POST", f"payment-orders/{there['ord']}/authorise", pays),
        ("POST", f"payment-orders/{there['ord']}/take", {"code": "280000000000000016"}),
        ("POST", "payments", {**new, **pays}),
        ("POST", f"payments/{there['held']}/capture", {}),
        ("POST", f"payments/{there['held']}/cancel", WHY),
        ("POST", f"payments/{there['pay']}/splits", split),
        ("POST", f"payments/{there['pay']}/unsplit", None),
        ("POST", f"payments/{there['pay']}/refunds", BACK),
        ("POST", "channel-orders", {"order": there["ord"], "method": "qr"}),
        ("POST", f"channel-orders/{there['cho']}/enquiry", None),
        ("POST", f"channel-orders/{there['cho']}/again", None),
        ("POST", f"receivers/{there['rcv']}/test", None),
        ("POST", f"receivers/{there['rcv']}/rotate-secret", None),
        ("PATCH", f"receivers/{there['rcv']}", {"state": "removed"}),
    ]


async def test_a_key_of_another_book_finds_and_changes_nothing(
    caller: Callable[..., Awaitable[Caller]], installation: Opened, there: dict[str, str]
) -> None:
    book = (await installation.open_book("second", "二号支行", actor="test")).id
    stranger = await caller(book=book)
    before = (await installation.services.store.state(1)).commands
    for path in reads(there):
        assert (await stranger("GET", f"/v1/{path}")).status_code == 404, path
    for method, path, body in writes(there):
        answer = await stranger(method, f"/v1/{path}", body)
        assert answer.status_code in (404, 422), (method, path, answer.text)
        assert answer.json()["code"].endswith((".not_found", ".code_unknown")), (path, answer.text)
    assert (await installation.services.store.state(1)).commands == before


async def test_a_key_that_only_reads_changes_nothing(
    caller: Callable[..., Awaitable[Caller]], installation: Opened, there: dict[str, str]
) -> None:
    viewer = await caller(role=Role.VIEWER)
    before = (await installation.services.store.state(1)).commands
    for path in reads(there):
        assert (await viewer("GET", f"/v1/{path}")).status_code == 200, path
    for method, path, body in writes(there):
        answer = await viewer(method, f"/v1/{path}", body)
        assert (answer.status_code, answer.json()["code"]) == (403, "auth.forbidden"), (method, path)
    assert (await installation.services.store.state(1)).commands == before


async def test_things_of_two_merchants_are_not_mixed(call: Caller, there: dict[str, str]) -> None:
    other = await done(call, "/v1/merchants", {**SHOP, "name": "乙店"})
    new = {"merchant": other["id"], "number": "x-1", "subject": "鲜果", "amount": 100, "store": there["sto"]}
    pays = {"sources": [{"item": there["wal"], "pin": PIN}]}
    for path, body in (("payment-orders", new), ("payments", {**new, **pays})):
        answer = await call("POST", f"/v1/{path}", body)
        assert (answer.status_code, answer.json()["code"]) == (422, "merchant_store.of_another"), path
    answer = await call("POST", f"/v1/payments/{there['held']}/capture", {"amount": 501})
    assert (answer.status_code, answer.json()["code"]) == (422, "payment.above_authorised")
    body = {"number": "s-1", "receivers": [{"merchant": other["id"], "amount": 601}]}
    answer = await call("POST", f"/v1/payments/{there['pay']}/splits", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "split.above")
    listed = (await call("GET", f"/v1/payments?merchant={other['id']}")).json()["data"]
    assert listed == []
