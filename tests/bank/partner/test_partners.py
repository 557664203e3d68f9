"""Partners, apps and keys: who decides, and what is refused."""

import base64
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_curve_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from canglian.app.opening import Opened
from canglian.bank.partner.calls import key_id
from canglian.bank.partner.commands.keys import KEYS_MAX
from canglian.web.principal import Role
from canglian.web.signing_keys import HMAC, RSA, SigningKey
from tests.bank.partner.calling import GROUP, made, send
from tests.conftest import Caller

BODY = {"name": "晴川光伏集团", "registration": GROUP}


def public_key() -> str:
    raw = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(raw).decode()


async def refused(call: Caller, path: str, body: Any = None) -> str:
    answer = await call("POST", path, body)
    assert answer.status_code >= 400, answer.text
    return str(answer.json()["code"])


async def test_a_partner_is_let_in_by_another_person(caller: Callable[..., Awaitable[Caller]]) -> None:
    one, other = await caller(), await caller()
    registered = (await one("POST", "/v1/partners", BODY)).json()
    path = f"/v1/partners/{registered['id']}"
    assert registered["state"] == "review"
    assert await refused(one, f"{path}/accept") == "partner.own_application"
    assert await refused(one, f"{path}/apps", {"name": "平台", "scopes": []}) == "partner.state"
    assert await refused(one, "/v1/partners", BODY) == "partner.known"
    wrong = (await one("POST", "/v1/partners", {**BODY, "registration": "123"})).json()
    assert (wrong["code"], wrong["fields"]["field"]) == ("party.credit_code_form", "registration")
    accepted = (await other("POST", f"{path}/accept")).json()
    assert accepted["state"] == "active"
    assert accepted["decided_by"] != accepted["applied_by"]
    assert await refused(other, f"{path}/refuse", {"reason": "x"}) == "partner.state"
    assert await refused(other, f"{path}/resume") == "partner.state"
    assert (await other("POST", f"{path}/exit", {"reason": "到期"})).json()["state"] == "exited"
    assert (await one("POST", "/v1/partners", BODY)).status_code == 201, "it may come back"


async def test_only_those_who_may_do_something_about_partners(
    installation: Opened, caller: Callable[..., Awaitable[Caller]]
) -> None:
    app = await made(installation)
    asked: dict[str, tuple[Any, set[Role]]] = {
        "/v1/partners": (BODY, {Role.OPERATOR, Role.ADMIN}),
        f"/v1/partners/{app.partner.id}/accept": (None, {Role.APPROVER, Role.ADMIN}),
        f"/v1/partners/{app.partner.id}/apps": ({"name": "平台", "scopes": []}, {Role.ADMIN}),
        f"/v1/partner-apps/{app.app.id}/keys": ({"public_key": "x"}, {Role.ADMIN}),
        f"/v1/partner-apps/{app.app.id}/secrets": ({}, {Role.ADMIN}),
        f"/v1/partner-keys/{app.key.id}/revoke": (None, {Role.ADMIN}),
    }
    for role in Role:
        call = await caller(role)
        for path, (body, may) in asked.items():
            answer = await call("POST", f"{path}?dry_run=true", body)
            assert (answer.status_code == 403) == (role not in may), (role, path, answer.text)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"scopes": ["money:take"]}, "request.malformed"),
        ({"networks": ["203.0.113.0/33"]}, "partner_app.network"),
        ({"networks": ["here"]}, "partner_app.network"),
        ({"rate_per_second": 0}, "request.malformed"),
        ({"calls_per_day": 0}, "request.malformed"),
        ({"name": ""}, "request.malformed"),
    ],
)
async def test_an_app_is_what_it_has_to_be(
    installation: Opened, call: Caller, change: dict[str, Any], code: str
) -> None:
    partner = (await made(installation)).partner
    body = {"name": "平台", "scopes": ["products:read"], **change}
    assert await refused(call, f"/v1/partners/{partner.id}/apps", body) == code


async def test_a_public_key_is_taken_as_people_have_it_and_once(installation: Opened, call: Caller) -> None:
    path = f"/v1/partner-apps/{(await made(installation)).app.id}/keys"
    private = Ed25519PrivateKey.generate()
    pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    raw = base64.b64encode(private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
    added = await call("POST", path, {"public_key": pem})
    assert (added.status_code, added.json()["public_key"]) == (201, raw)
    assert await refused(call, path, {"public_key": raw}) == "partner_key.used"
    for wrong in ("", "AAAA", "@@", raw[:-4], pem[:-40], "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----"):
        assert await refused(call, path, {"public_key": wrong}) in ("partner_key.form", "request.malformed"), wrong
    for _ in range(KEYS_MAX - 2):
        assert (await call("POST", path, {"public_key": public_key()})).status_code == 201
    assert await refused(call, path, {"public_key": public_key()}) == "partner_key.too_many"
    assert (await call("POST", path, {"public_key": public_key(), "others_end_in": 0})).status_code == 422
    (newest, *_) = (await call("GET", path)).json()["data"]
    revoked = f"/v1/partner-keys/{newest['id']}/revoke"
    assert (await call("POST", revoked)).status_code == 200
    assert await refused(call, revoked) == "partner_key.ended"
    assert (await call("POST", path, {"public_key": public_key()})).status_code == 201


async def test_a_shared_secret_signs_and_is_shown_to_whoever_made_it_alone(
    http: httpx.AsyncClient, installation: Opened, call: Caller
) -> None:
    path = f"/v1/partner-apps/{(await made(installation)).app.id}"
    made_now = (await call("POST", f"{path}/secrets", {})).json()
    key = SigningKey.read(made_now["secret"])
    assert (key.id, key.algorithm) == (key_id(1, made_now["id"]), HMAC)
    answer = await send(http, key, "/v1/open/app")
    assert (answer.status_code, key.id in answer.json()["keys"]) == (200, True)
    other = SigningKey.new(key.id, HMAC)
    assert (await send(http, other, "/v1/open/app")).json()["code"] == "signature.wrong"
    another = SigningKey.read((await call("POST", f"{path}/secrets", {"others_end_in": 3})).json()["secret"])
    assert key.secret != another.secret
    shown = (await call("GET", f"/v1/partner-keys/{made_now['id']}")).json()
    assert (shown["public_key"], "secret" in shown, shown["ends_at"] is None) == (None, False, False)
    sql = "SELECT payload, result FROM command WHERE book = $1 AND kind = 'partner.add_secret'"
    lines = await installation.services.reader.rows(sql, 1)
    assert len(lines) == 2
    secret = made_now["secret"].rpartition(":")[2]
    assert not any(secret in str(line) for line in lines), "it stands in no log"


async def test_a_key_of_rsa_has_enough_bits_and_signs(
    http: httpx.AsyncClient, installation: Opened, call: Caller
) -> None:
    path = f"/v1/partner-apps/{(await made(installation)).app.id}/keys"
    for bits in (1024, 2048):
        private = generate_private_key(65_537, bits)
        pem = private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        answer = await call("POST", path, {"public_key": pem})
        assert (answer.status_code == 201) == (bits == 2048), answer.text
    assert answer.json()["algorithm"] == RSA
    document = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    key = SigningKey(key_id(1, answer.json()["id"]), RSA, document)
    assert (await send(http, key, "/v1/open/app")).status_code == 200
    other = SigningKey.new(key.id, RSA)
    assert (await send(http, other, "/v1/open/app")).json()["code"] == "signature.wrong"
    curve = generate_curve_key(SECP256R1()).public_key()
    pem = curve.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    assert await refused(call, path, {"public_key": pem}) == "partner_key.form"


async def test_another_books_partners_are_not_there(
    installation: Opened, caller: Callable[..., Awaitable[Caller]]
) -> None:
    app = await made(installation)
    await installation.open_book("other", "城西支行", actor="test")
    call = await caller(Role.ADMIN, 2)
    for path in (f"/v1/partners/{app.partner.id}", f"/v1/partner-apps/{app.app.id}", f"/v1/partner-keys/{app.key.id}"):
        assert (await call("GET", path)).status_code == 404
    assert (await call("POST", f"/v1/partner-keys/{app.key.id}/revoke")).status_code == 404
    assert (await call("GET", "/v1/partners")).json()["data"] == []
