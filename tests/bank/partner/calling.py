"""A partner with an app, and a client that signs as the app does."""

import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import httpx
import msgspec

from canglian.app.opening import Opened
from canglian.bank.partner.calls import key_id
from canglian.bank.partner.commands import AcceptPartner, AddApp, AddKey, RegisterPartner
from canglian.bank.partner.model import Partner, PartnerApp, PartnerKey
from canglian.web.signing import Asked, signed_request
from canglian.web.signing_keys import SigningKey

GROUP = "91320500MA1MTE5Q23"


class Made(NamedTuple):
    """A partner with its app, and what the app signs with."""

    partner: Partner
    app: PartnerApp
    key: PartnerKey
    signing: SigningKey


async def made(installation: Opened, **fields: Any) -> Made:
    """A partner that was let in, with an app and a key."""
    engine = installation.services.engine
    registered = await engine.execute(1, RegisterPartner(name="晴川光伏集团", registration=GROUP), actor="user:ann")
    partner = await engine.execute(1, AcceptPartner(partner=registered.id), actor="user:bob")
    fields = {"scopes": ["products:read"], **fields}
    adding = msgspec.convert({"partner": partner.id, "name": "屋顶平台", **fields}, AddApp)
    app = await engine.execute(1, adding, actor="user:ann")
    return await with_key(installation, partner, app)


async def with_key(installation: Opened, partner: Partner, app: PartnerApp, **fields: Any) -> Made:
    """The app with a fresh key."""
    secret = SigningKey.new("new")
    public = str(secret.public).rpartition(":")[2]
    key = await installation.services.engine.execute(
        1, AddKey(app=app.id, public_key=public, **fields), actor="user:ann"
    )
    return Made(partner, app, key, SigningKey(key_id(1, key.id), secret.algorithm, secret.secret))


async def send(
    http: httpx.AsyncClient,
    key: SigningKey,
    path: str,
    *,
    method: str = "GET",
    now: float | None = None,
    nonce: str | None = None,
    change: Callable[[dict[str, str]], None] = lambda _: None,
    **more: Any,
) -> httpx.Response:
    """Send a signed request; ``change`` does something to its headers after it was signed."""
    path, _, query = path.partition("?")
    body = more.pop("content", b"")
    headers: Mapping[str, str] = {"content-type": "application/json"} if body else {}
    asked = Asked(method, "canglian.test", path, query, headers, body)
    signed = {**headers, **signed_request(key, asked, time.time() if now is None else now, nonce)}
    change(signed)
    return await http.request(method, f"{path}?{query}" if query else path, headers=signed, content=body, **more)
