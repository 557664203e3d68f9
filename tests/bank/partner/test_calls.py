"""Signed calls of apps: what is answered, and everything that is refused without doing anything."""

import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from canglian.app.opening import Opened
from canglian.bank.partner import calls
from canglian.bank.partner.calls import calls_of
from canglian.bank.partner.commands import (
    ChangeApp,
    EndApp,
    ExitPartner,
    ResumePartner,
    RevokeKey,
    SuspendApp,
    SuspendPartner,
)
from canglian.bank.partner.queries import usage
from canglian.bank.partner.scopes import Scope
from canglian.web.principal import Role
from canglian.web.signing import Answered, verified_answer
from canglian.web.signing_keys import SigningKey, VerifyingKey
from tests.bank.partner.calling import Made, made, send, with_key
from tests.conftest import Caller

APP = "/v1/open/app"
PRODUCTS = "/v1/open/products"


@pytest.fixture
async def app(installation: Opened) -> Made:
    """An app that may see products."""
    return await made(installation)


@pytest.fixture(autouse=True)
def looked_up_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """No key is remembered, so that what was changed counts at once."""
    monkeypatch.setattr(calls, "FRESH_SECONDS", 0.0)


async def do(installation: Opened, command: Any) -> Any:
    return await installation.services.engine.execute(1, command, actor="user:ann")


async def code_of(http: httpx.AsyncClient, key: SigningKey, path: str = APP, **more: Any) -> str:
    answer = await send(http, key, path, **more)
    assert answer.status_code >= 400, answer.text
    return str(answer.json()["code"])


async def test_an_app_sees_itself_and_the_products_and_its_answers_are_signed(
    http: httpx.AsyncClient, app: Made
) -> None:
    answer = await send(http, app.signing, APP)
    assert answer.status_code == 200, answer.text
    itself = answer.json()
    assert (itself["id"], itself["partner"], itself["scopes"]) == (app.app.id, "晴川光伏集团", ["products:read"])
    assert itself["keys"] == [app.signing.id]
    bank = VerifyingKey.read(itself["answer_key"])
    for path in (APP, PRODUCTS, "/v1/open/nothing"):
        answer = await send(http, app.signing, path)
        sent = dict(answer.request.headers)
        verified_answer(bank, Answered(answer.status_code, dict(answer.headers), sent, answer.content), time.time())
    products = (await send(http, app.signing, PRODUCTS)).json()["data"]
    assert {"deposit.class2", "wallet.ecny4"} <= {product["code"] for product in products}
    assert "deposit.internal" not in {product["code"] for product in products}
    assert all(isinstance(product["rate_ppm"], int) for product in products)


async def test_what_is_not_signed_as_it_has_to_be_is_refused(http: httpx.AsyncClient, app: Made) -> None:
    key = app.signing
    stranger = SigningKey.new(key.id)
    nobody = SigningKey.new("1.pky_" + "0" * 26)
    assert await code_of(http, nobody) == "signature.key_unknown"
    assert await code_of(http, stranger) == "signature.wrong"
    assert await code_of(http, key, now=time.time() - 301) == "signature.out_of_time"
    assert await code_of(http, key, now=time.time() + 302) == "signature.out_of_time"
    assert (await send(http, key, APP, nonce="once")).status_code == 200
    assert await code_of(http, key, nonce="once") == "signature.replayed"

    def unsigned(headers: dict[str, str]) -> None:
        del headers["signature"]

    assert await code_of(http, key, change=unsigned) == "signature.missing"

    def of_another_body(headers: dict[str, str]) -> None:
        headers["content-digest"] = "sha-256=:" + "A" * 43 + "=:"

    assert await code_of(http, key, change=of_another_body) == "signature.digest_differs"
    answer = await send(http, key, f"{APP}?a=1")
    moved = await http.get(PRODUCTS, headers=dict(answer.request.headers))
    assert moved.json()["code"] == "signature.wrong", "a signature is of one address"


async def test_only_apps_call_the_open_api_and_apps_call_nothing_else(
    http: httpx.AsyncClient, caller: Callable[..., Awaitable[Caller]], app: Made
) -> None:
    for role in Role:
        answer = await (await caller(role))("GET", APP)
        assert (answer.status_code, answer.json()["code"]) == (403, "auth.forbidden"), role
    assert (await http.get(APP)).json()["code"] == "auth.required"
    for path in ("/v1/accounts", "/v1/partners", f"/v1/partner-apps/{app.app.id}", "/v1/transfers", "/v1/me"):
        answer = await send(http, app.signing, path)
        assert (answer.status_code, answer.json()["code"]) in ((403, "auth.app_elsewhere"), (404, "request.not_found"))


async def test_an_app_without_the_scope_is_refused(http: httpx.AsyncClient, installation: Opened, app: Made) -> None:
    await do(installation, ChangeApp(app=app.app.id, scopes=[]))
    answer = await send(http, app.signing, PRODUCTS)
    assert (answer.status_code, answer.json()["code"]) == (403, "partner_app.scope")
    assert (await send(http, app.signing, APP)).status_code == 200


async def test_whoever_is_suspended_ended_or_gone_is_shut_out(
    http: httpx.AsyncClient, installation: Opened, app: Made
) -> None:
    partner = app.partner.id
    await do(installation, SuspendPartner(partner=partner, reason="整改"))
    assert await code_of(http, app.signing) == "partner_app.suspended"
    await do(installation, ResumePartner(partner=partner))
    assert (await send(http, app.signing, APP)).status_code == 200
    await do(installation, SuspendApp(app=app.app.id, reason="排查"))
    assert await code_of(http, app.signing) == "partner_app.suspended"
    await do(installation, EndApp(app=app.app.id, reason="下线"))
    assert await code_of(http, app.signing) == "partner_app.suspended"
    await do(installation, ExitPartner(partner=partner, reason="到期"))
    assert await code_of(http, app.signing) == "partner_app.suspended"


async def test_a_key_takes_the_place_of_another_while_both_count(
    http: httpx.AsyncClient, installation: Opened, app: Made
) -> None:
    second = await with_key(installation, app.partner, app.app, others_end_in=7)
    for key in (app.signing, second.signing):
        assert (await send(http, key, APP)).status_code == 200
    third = await with_key(installation, app.partner, app.app, others_end_in=0)
    for key in (app.signing, second.signing):
        assert await code_of(http, key) == "signature.key_unknown"
    assert (await send(http, third.signing, APP)).json()["keys"] == [third.signing.id]
    await do(installation, RevokeKey(partner_key=third.key.id))
    assert await code_of(http, third.signing) == "signature.key_unknown"


async def test_calls_come_from_known_networks_within_the_rate_and_the_quota(
    http: httpx.AsyncClient, installation: Opened, app: Made
) -> None:
    changed = ChangeApp(app=app.app.id, scopes=[Scope.PRODUCTS_READ], networks=["203.0.113.0/24"])
    await do(installation, changed)
    assert await code_of(http, app.signing) == "partner_app.address"
    here = ["127.0.0.0/8"]
    await do(installation, ChangeApp(app=app.app.id, scopes=[], networks=here, rate_per_second=1))
    second = await with_key(installation, app.partner, app.app)
    keys = (app.signing, second.signing, app.signing)
    codes = [(await send(http, key, APP)).status_code for key in keys]
    assert codes == [200, 200, 429]
    made_ = calls_of(installation.services)
    await made_.flush(1)
    await do(installation, ChangeApp(app=app.app.id, scopes=[], networks=here, calls_per_day=4))
    answers = [await send(http, app.signing, APP) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["code"] == "partner_app.quota"
    assert 0 < int(answers[2].headers["retry-after"]) <= 86_400


async def test_what_was_called_is_counted_in_the_book_once(
    http: httpx.AsyncClient, installation: Opened, app: Made
) -> None:
    for path in (APP, APP, "/v1/accounts"):
        await send(http, app.signing, path)
    counter = calls_of(installation.services)
    await counter.flush(1)
    await counter.flush(1)
    (day,) = await usage(installation.services.reader, 1, app.app.id, calls.today())
    assert (day.calls, day.refused) == (3, 1)
    await do(installation, SuspendApp(app=app.app.id, reason="排查"))
    await send(http, app.signing, APP)
    await counter.flush(1)
    (day,) = await usage(installation.services.reader, 1, app.app.id, calls.today())
    assert (day.calls, day.refused) == (4, 2), "whoever is shut out is seen to call"
