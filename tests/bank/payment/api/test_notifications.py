"""What merchants are told, over HTTP: addresses are added, tried, paused; strangers find none."""

from typing import Any

from canglian.app.opening import Opened
from tests.bank.payment.api.test_payments import SHOP
from tests.bank.payment.told import URL, told_badly
from tests.conftest import Caller


async def test_an_address_is_added_tried_paused_and_its_secret_renewed_by_the_api(
    call: Caller, installation: Opened
) -> None:
    shop = (await call("POST", "/v1/merchants", SHOP)).json()
    added = (await call("POST", f"/v1/merchants/{shop['id']}/notifications", {"url": URL})).json()
    receiver = added["receiver"]["id"]
    assert added["secret"].startswith("whsec_")
    tried = await call("POST", f"/v1/receivers/{receiver}/test")
    assert (tried.status_code, tried.json()["state"], tried.json()["tries"]) == (201, "queued", 0)
    await told_badly(installation, receiver)
    (waiting,) = (await call("GET", f"/v1/dead-letters?receiver={receiver}")).json()["data"]
    assert (waiting["state"], waiting["tries"], waiting["status"]) == ("waiting", 1, 503)
    assert waiting["next_at"] is not None
    (attempt,) = (await call("GET", f"/v1/deliveries?receiver={receiver}")).json()["data"]
    assert (attempt["delivered"], attempt["status"], attempt["duration_ms"]) == (False, 503, 7)
    assert (await call("POST", f"/v1/dead-letters/{waiting['id']}/resend")).json()["state"] == "queued"
    renewed = await call("POST", f"/v1/receivers/{receiver}/rotate-secret")
    assert renewed.json()["secret"] != added["secret"]
    paused = await call("PATCH", f"/v1/receivers/{receiver}", {"state": "paused"})
    assert paused.json()["state"] == "paused"
    refused = await call("POST", f"/v1/receivers/{receiver}/test")
    assert (refused.status_code, refused.json()["code"]) == (422, "receiver.paused")
    (shown,) = (await call("GET", f"/v1/merchants/{shop['id']}/notifications")).json()["data"]
    assert (shown["id"], shown["about"], shown["state"]) == (receiver, {"merchant": shop["id"]}, "paused")


async def test_a_stranger_finds_no_address_of_another_book(call: Caller, caller: Any, installation: Opened) -> None:
    shop = (await call("POST", "/v1/merchants", SHOP)).json()
    added = (await call("POST", f"/v1/merchants/{shop['id']}/notifications", {"url": URL})).json()
    book = (await installation.open_book("second", "二号支行", actor="test")).id
    stranger = await caller(book=book)
    for method, path, body in (
        ("GET", f"/v1/merchants/{shop['id']}/notifications", None),
        ("POST", f"/v1/merchants/{shop['id']}/notifications", {"url": URL}),
        ("POST", f"/v1/receivers/{added['receiver']['id']}/test", None),
        ("POST", f"/v1/receivers/{added['receiver']['id']}/rotate-secret", None),
        ("PATCH", f"/v1/receivers/{added['receiver']['id']}", {"state": "paused"}),
    ):
        assert (await stranger(method, path, body)).status_code == 404, path
