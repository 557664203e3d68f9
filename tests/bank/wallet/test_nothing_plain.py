"""Planted names, numbers and PINs of a holder's whole life appear in no table, log line, event or page."""

import io
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from canglian.app.opening import Opened
from canglian.kernel import logs
from tests.bank.party.people import identity
from tests.bank.party.test_nothing_plain import everything_stored
from tests.bank.wallet.api.people import PIN, give, holder, opened
from tests.conftest import Caller
from tests.web.conftest import enter
from tests.web.entering import Enter

__all__ = ["enter"]

NAME, MOBILE, LOOSE_MOBILE = "欧阳晓燕", "13800138001", "13900139009"
CARD = "6228480400556677889"
WRONG_PIN, NEXT_PIN = "305172", "482615"
FINGERPRINT = "browser-of-ouyang-xiaoyan"


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    logs.configure("debug", "json", stream)
    yield stream
    logs.configure("info", "json", sys.stderr)


async def number_of(installation: Opened, table: str, identity_: str) -> str:
    """The whole number of an account or a wallet, which only the installation's key opens."""
    services = installation.services
    sealed = await services.reader.value(
        f'SELECT number_sealed FROM "{table}" WHERE book = $1 AND id = $2', 1, identity_
    )
    return services.keyring.open(sealed, f"{table}.number")


async def live(call: Caller, installation: Opened) -> dict[str, str]:
    """An account, a binding, two wallets, PINs right and wrong, a device, a code; the ids by what they are."""
    person = await holder(installation)
    deposit = f"/v1/deposit-accounts/{person.deposit}"

    async def done(path: str, body: Any, status: int) -> dict[str, Any]:
        answer = await call("POST", path, body)
        assert answer.status_code == status, (path, answer.text)
        return answer.json()

    bound = (await done(f"{deposit}/bound-accounts", {"number": CARD, "bank": "农村信用社"}, 201))["id"]
    elements = {"elements": 5, "matched": True, "reference": "el-1"}
    await done(f"/v1/bound-accounts/{bound}/elements", elements, 200)
    await done(f"/v1/bound-accounts/{bound}/message", {"reference": "sms-1"}, 200)
    await done(f"/v1/bound-accounts/{bound}/code", {"matched": True, "reference": "sms-1"}, 200)
    await done(f"{deposit}/bound-accounts", {"number": CARD, "bank": "农村信用社"}, 422)
    await done(f"{deposit}/cash", {"direction": "in", "amount": 50_000}, 201)
    mine = await opened(call, product="wallet.ecny2", party=person.party, deposit=person.deposit)
    loose = await opened(call, product="wallet.ecny4", mobile=LOOSE_MOBILE)
    await give(installation, mine["account"], 9_000)
    paying = {"payer": mine["id"], "payee": loose["id"], "amount": 100}
    await done("/v1/wallet-transfers", {**paying, "pin": WRONG_PIN}, 422)
    await done("/v1/wallet-transfers", {**paying, "pin": PIN, "note": "房租"}, 201)
    await done("/v1/wallet-transfers", {**paying, "pin": PIN, "note": f"给 {LOOSE_MOBILE}"}, 422)
    await done(f"/v1/wallets/{mine['id']}/pin", {"pin": NEXT_PIN, "current": PIN}, 200)
    device = {"device": FINGERPRINT, "name": "手机", "platform": "web"}
    await done(f"/v1/wallets/{mine['id']}/devices", device, 201)
    whole = await number_of(installation, "wallet", loose["id"])
    await done("/v1/wallets/search", {"number": whole}, 200)
    return {"party": person.party, "deposit": person.deposit, "mine": mine["id"], "loose": loose["id"], "bound": bound}


async def test_nothing_of_a_holder_stands_in_plain_anywhere(
    call: Caller, enter: Enter, installation: Opened, database: str, logged: io.StringIO
) -> None:
    made = await live(call, installation)
    numbers = [await number_of(installation, "wallet", made[name]) for name in ("mine", "loose")]
    numbers.append(await number_of(installation, "deposit_account", made["deposit"]))
    client = await enter("admin")
    paths = [
        "/console/people",
        f"/console/people/{made['party']}",
        "/console/deposits",
        "/console/deposits?format=csv",
        f"/console/deposits/{made['deposit']}",
        f"/console/deposits/{made['deposit']}/statement",
        "/console/rail-orders",
        "/console/wallets",
        "/console/wallets?format=csv",
        f"/console/wallets/{made['mine']}",
        f"/console/wallets/{made['loose']}",
        "/console/events",
        "/console/commands",
        *(f"/console/commands/{number}" for number in range(1, 40)),
    ]
    shown = {}
    for path in paths:
        answer = await client.get(path)
        if answer.status_code == 200:
            shown[path] = answer.text
    assert len(shown) >= 35, sorted(set(paths) - set(shown))
    for path in ("wallets", f"wallets/{made['mine']}", "wallet-transfers", f"bound-accounts/{made['bound']}", "events"):
        shown[f"/v1/{path}"] = (await call("GET", f"/v1/{path}")).text
    stored = await everything_stored(database)
    for table in ("wallet", "wallet_pin", "wallet_device", "deposit_account", "bound_account", "limit_tally"):
        assert stored[table], table
    places = {**stored, **shown, "log": logged.getvalue()}
    planted = (NAME, MOBILE, LOOSE_MOBILE, identity(1), CARD, *numbers, PIN, WRONG_PIN, NEXT_PIN, FINGERPRINT)
    for text in planted:
        assert [place for place, content in places.items() if text in content] == [], text
