"""Payments over HTTP: merchants, orders, paying with PINs, refunds; other books, wrong PINs, twice the same."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from canglian.app.opening import Opened
from canglian.bank.approval import Book
from canglian.bank.wallet.mobile.others import used
from canglian.kernel.auditing import replay
from tests.bank.wallet.api.people import PIN, give, opened
from tests.conftest import Caller

SHOP = {"name": "新城鲜果店", "category": "5411", "region": "330106", "store": "文二路店"}


async def done(call: Caller, path: str, body: Any, status: int = 201, method: str = "POST") -> Any:
    answer = await call(method, path, body)
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.fixture
async def shop(call: Caller) -> dict[str, Any]:
    return await done(call, "/v1/merchants", SHOP)


@pytest.fixture
async def payer(call: Caller, installation: Opened) -> dict[str, Any]:
    """A wallet with 50.00."""
    wallet = await opened(call, 1)
    await give(installation, wallet["account"], 5_000)
    return wallet


async def order(call: Caller, shop: Any, amount: int, number: str = "o-1", **more: Any) -> dict[str, Any]:
    body = {"merchant": shop["id"], "number": number, "subject": "鲜果一篮", "amount": amount, **more}
    return await done(call, "/v1/payment-orders", body)


def sources(*wallets: Any, pin: str = PIN) -> dict[str, Any]:
    return {"sources": [{"item": wallet["id"], "pin": pin} for wallet in wallets]}


async def balance(call: Caller, wallet: Any) -> int:
    return (await call("GET", f"/v1/wallets/{wallet['id']}")).json()["wallet"]["balance"]


async def test_a_merchant_is_registered_paid_and_refunds(call: Caller, shop: Any, payer: Any) -> None:
    asked = await order(call, shop, 4_000, discount=1_000)
    paid = await done(call, f"/v1/payment-orders/{asked['id']}/pay", sources(payer))
    assert (paid["amount"], paid["fee"], paid["tax"], paid["channel"]) == (3_000, 11, 1, "api")
    body = {"number": "r-1", "amount": 2_000, "reason": "少了一盒"}
    back = await done(call, f"/v1/payments/{paid['id']}/refunds", body)
    assert (back["gross"], back["amount"]) == (2_000, 1_500)
    whole = (await call("GET", f"/v1/payments/{paid['id']}")).json()
    assert (whole["order"]["state"], whole["payment"]["refunded"]) == ("paid", 1_500)
    assert [line["item"] for line in whole["lines"]] == [payer["id"]]
    assert [line["amount"] for line in whole["refunds"][0]["lines"]] == [1_500]
    owed = (await call("GET", f"/v1/merchants/{shop['id']}")).json()["owed"]
    assert {line["asset"]: line["balance"] for line in owed} == {"CNY": 0, "ECNY": 3_000 - 1_500 - 11 + back["fee"]}
    for path in ("payments", "refunds", "payment-orders"):
        listed = (await call("GET", f"/v1/{path}?merchant={shop['id']}")).json()["data"]
        assert len(listed) == 1, path
    assert (await call("GET", f"/v1/refunds/{back['id']}")).json()["refund"] == back
    assert (await call("GET", f"/v1/payments?item={payer['id']}")).json()["data"][0]["id"] == paid["id"]
    assert await balance(call, payer) == 3_500


async def test_a_wrong_pin_counts_and_moves_nothing(call: Caller, shop: Any, payer: Any) -> None:
    asked = await order(call, shop, 1_000)
    answer = await call("POST", f"/v1/payment-orders/{asked['id']}/pay", sources(payer, pin="305172"))
    assert (answer.status_code, answer.json()["code"]) == (422, "wallet_pin.wrong")
    answer = await call("POST", f"/v1/payment-orders/{asked['id']}/pay", {"sources": [{"item": payer["id"]}]})
    assert (answer.status_code, answer.json()["code"]) == (422, "wallet_pin.needed")
    assert await balance(call, payer) == 5_000


async def test_an_order_asked_for_by_many_at_once_is_paid_once(call: Caller, shop: Any, payer: Any) -> None:
    asked = await order(call, shop, 400)
    path = f"/v1/payment-orders/{asked['id']}/pay"
    answers = await asyncio.gather(*(call("POST", path, sources(payer)) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201] + [422] * 9
    assert {answer.json()["code"] for answer in answers if answer.status_code == 422} == {"payment_order.paid"}
    assert await balance(call, payer) == 4_600


async def test_fifty_refunds_at_once_give_back_no_more_than_was_paid(call: Caller, shop: Any, payer: Any) -> None:
    asked = await order(call, shop, 1_000)
    paid = await done(call, f"/v1/payment-orders/{asked['id']}/pay", sources(payer))
    path = f"/v1/payments/{paid['id']}/refunds"

    async def back(number: int) -> int:
        return (await call("POST", path, {"number": f"r-{number}", "amount": 70, "reason": "退货"})).status_code

    statuses = await asyncio.gather(*map(back, range(50)))
    assert (statuses.count(201), statuses.count(422)) == (14, 36)
    assert await balance(call, payer) == 5_000 - 20


async def test_what_was_asked_twice_under_one_key_is_done_once(call: Caller, shop: Any, payer: Any) -> None:
    asked = await order(call, shop, 1_000)
    headers = {"idempotency-key": "till-1"}
    path = f"/v1/payment-orders/{asked['id']}/pay"
    first = await call("POST", path, sources(payer), headers=headers)
    second = await call("POST", path, sources(payer), headers=headers)
    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert await balance(call, payer) == 4_000


async def test_the_merchant_takes_a_payment_by_the_payers_code(call: Caller, shop: Any, payer: Any) -> None:
    shown = await done(call, f"/v1/wallets/{payer['id']}/codes", {"kind": "pay", "pin": PIN})
    asked = await order(call, shop, 900)
    path = f"/v1/payment-orders/{asked['id']}/take"
    paid = await done(call, path, {"code": shown["digits"]})
    assert used(paid["id"]) == f"/m/payments/{paid['id']}?done=1"
    second = await order(call, shop, 100, "o-2")
    answer = await call("POST", f"/v1/payment-orders/{second['id']}/take", {"code": shown["digits"]})
    assert (answer.status_code, answer.json()["code"]) == (422, "wallet_code.used")
    assert await balance(call, payer) == 4_100


async def test_a_till_asks_once_for_order_payment_and_split(call: Caller, shop: Any, payer: Any) -> None:
    other = await done(call, "/v1/merchants", {**SHOP, "name": "乙店"})
    shown = await done(call, f"/v1/wallets/{payer['id']}/codes", {"kind": "pay", "pin": PIN})
    body = {"merchant": shop["id"], "number": "t-1", "subject": "鲜果一篮", "amount": 900}
    share = {"receivers": [{"merchant": other["id"], "share_bps": 1_000}]}
    paid = await done(call, "/v1/payments", {**body, **share, "codes": [shown["digits"]]})
    whole = (await call("GET", f"/v1/payments/{paid['id']}")).json()
    assert (whole["order"]["number"], whole["order"]["state"], whole["splits"][0]["amount"]) == ("t-1", "paid", 90)
    assert await done(call, "/v1/payments", {**body, **share, "codes": [shown["digits"]]}) == paid
    assert (await done(call, "/v1/payments", {**body, "number": "t-2", **sources(payer)}))["amount"] == 900
    answer = await call("POST", "/v1/payments", {**body, "number": "t-3", **sources(payer, pin="305172")})
    assert (answer.status_code, answer.json()["code"]) == (422, "wallet_pin.wrong")
    assert await balance(call, payer) == 3_200


async def test_an_order_is_authorised_captured_in_parts_and_cancelled(call: Caller, shop: Any, payer: Any) -> None:
    asked = await order(call, shop, 2_000)
    held = await done(call, f"/v1/payment-orders/{asked['id']}/authorise", sources(payer))
    assert (held["state"], held["captured"]) == ("authorised", 0)
    at = f"/v1/payments/{held['id']}"
    assert (await done(call, f"{at}/capture", {"amount": 500}, 200))["captured"] == 500
    answer = await call("POST", f"{at}/capture", {"amount": 1_501})
    assert (answer.status_code, answer.json()["code"]) == (422, "payment.above_authorised")
    assert (await done(call, f"{at}/cancel", {"reason": "够了"}, 200))["expires_at"] is None
    assert await balance(call, payer) == 4_500


async def test_a_payment_is_split_and_a_refund_takes_the_share_back(call: Caller, shop: Any, payer: Any) -> None:
    other = await done(call, "/v1/merchants", {**SHOP, "name": "乙店"})
    asked = await order(call, shop, 2_000, split=True)
    paid = await done(call, f"/v1/payment-orders/{asked['id']}/pay", sources(payer))
    assert paid["split_until"] is not None
    at = f"/v1/payments/{paid['id']}"
    body = {"number": "s-1", "receivers": [{"merchant": other["id"], "share_bps": 2_000}]}
    (share,) = await done(call, f"{at}/splits", body)
    assert (share["amount"], share["state"], share["receiver"]) == (400, "done", other["id"])
    answer = await call("POST", f"{at}/unsplit")
    assert (answer.status_code, answer.json()["code"]) == (422, "split.not_frozen")
    await done(call, f"{at}/refunds", {"number": "r-1", "amount": 1_000, "reason": "退货"})
    whole = (await call("GET", at)).json()
    assert [(share["returned"], share["state"]) for share in whole["splits"]] == [(200, "done")]


async def test_a_dry_run_says_what_would_be_and_changes_nothing(call: Caller, shop: Any, payer: Any) -> None:
    asked = await order(call, shop, 1_000)
    answer = await call("POST", f"/v1/payment-orders/{asked['id']}/pay?dry_run=true", sources(payer))
    assert (answer.status_code, answer.json()["amount"]) == (200, 1_000)
    assert await balance(call, payer) == 5_000


async def test_nothing_of_another_book_is_found(
    call: Caller, caller: Callable[..., Awaitable[Caller]], installation: Opened, shop: Any, payer: Any
) -> None:
    asked = await order(call, shop, 1_000)
    paid = await done(call, f"/v1/payment-orders/{asked['id']}/pay", sources(payer))
    other_book = (await installation.open_book("second", "二号支行", actor="test")).id
    stranger = await caller(book=other_book)
    for path in (f"merchants/{shop['id']}", f"payment-orders/{asked['id']}", f"payments/{paid['id']}"):
        assert (await stranger("GET", f"/v1/{path}")).status_code == 404, path
    back = {"number": "r-1", "amount": 1, "reason": "退货"}
    answer = await stranger("POST", f"/v1/payments/{paid['id']}/refunds", back)
    assert (answer.status_code, answer.json()["code"]) == (404, "payment.not_found")
    answer = await stranger("POST", f"/v1/payment-orders/{asked['id']}/close", {"reason": "x"})
    assert answer.status_code == 404
    assert (await stranger("GET", "/v1/payments")).json()["data"] == []


async def test_what_a_merchant_is_owed_moves_by_its_room_alone(call: Caller, shop: Any, payer: Any) -> None:
    asked = await order(call, shop, 1_000)
    await done(call, f"/v1/payment-orders/{asked['id']}/pay", sources(payer))
    line = {"debit": shop["accounts"]["ECNY"], "credit": payer["account"], "amount": 1, "code": "take"}
    answer = await call("POST", "/v1/transfers", line)
    assert (answer.status_code, answer.json()["code"]) == (422, "account.kept")


async def test_a_merchant_is_changed_suspended_and_resumed(call: Caller, shop: Any) -> None:
    at = f"/v1/merchants/{shop['id']}"
    changed = await done(call, at, {"store": None, "fees": "public"}, 200, "PATCH")
    assert (changed["store"], changed["fees"], changed["name"]) == (None, "public", SHOP["name"])
    answer = await call("PATCH", at, {"fees": "nonsense"})
    assert (answer.status_code, answer.json()["code"]) == (422, "fee_schedule.not_found")
    assert (await done(call, f"{at}/suspension", {"reason": "核查"}, 200))["state"] == "suspended"
    answer = await call("POST", f"{at}/suspension", {"reason": "核查"})
    assert (answer.status_code, answer.json()["code"]) == (422, "merchant.suspended")
    assert (await done(call, f"{at}/resumption", {"reason": "核查完毕"}, 200))["state"] == "active"
    assert len((await call("GET", "/v1/merchants?state=active&category=5411")).json()["data"]) == 1


async def test_what_is_no_wallet_is_asked_for_no_pin_and_the_log_replays(
    call: Caller, shop: Any, payer: Any, installation: Opened
) -> None:
    asked = await order(call, shop, 100)
    for item in ("grt_" + "0" * 26, "cpn_" + "0" * 26):
        refused = await call("POST", f"/v1/payment-orders/{asked['id']}/pay", sources({"id": item}))
        assert (refused.status_code, refused.json()["code"]) == (422, "wallet.not_found")
    assert await balance(call, payer) == 5_000
    assert (await replay(installation.services.store, 1, Book)).differences == []
