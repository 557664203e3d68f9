"""Services outside in the console: a plain state, connected or not, and lines that are paused but not removed."""

import dataclasses

import msgspec

from canglian.app.opening import Opened
from canglian.bank.party.outside import ADAPTERS
from canglian.kernel.outbox import ChangeReceiver, ReceiverState
from canglian.kernel.settings import Settings
from canglian.web.observing.connections import services_outside
from canglian.web.outside import Wiring
from canglian.web.signing_keys import SigningKey
from tests.web.conftest import enter
from tests.web.entering import Enter

__all__ = ["enter"]


def connected(settings: Settings) -> Settings:
    key = SigningKey.new("bank")
    values = {"identity_url": "http://127.0.0.1:9", "identity_key": str(key), "identity_peer": str(key.public)}
    return msgspec.structs.replace(settings, **values)


async def test_what_is_not_connected_says_so(enter: Enter) -> None:
    client = await enter("viewer")
    page = await client.get("/console/connections")
    assert page.status_code == 200
    assert page.text.count("未接入</span>") == 4


async def test_a_line_has_its_place_and_is_no_receiver_to_be_changed(installation: Opened, enter: Enter) -> None:
    services = dataclasses.replace(installation.services, settings=connected(installation.services.settings))
    wiring = Wiring(services, ADAPTERS)
    for _ in range(2):
        await wiring.introduce(1)
    await wiring.close()
    identity, *others = await services_outside(services, 1)
    assert (identity.url, [other.url for other in others]) == ("http://127.0.0.1:9", [None] * 3)
    assert [(line.name, line.dead, line.state) for line in identity.lines] == [
        ("party.identity", 0, ReceiverState.ACTIVE)
    ]
    engine = services.engine
    for change in ({"url": "https://example.org"}, {"secret": "x"}, {"state": ReceiverState.REMOVED}):
        outcome = await engine.submit(1, ChangeReceiver(receiver="rcv_party_identity", **change), actor="test")
        assert outcome.error is not None
        assert outcome.error.code == "receiver.is_adapter"
    paused = ChangeReceiver(receiver="rcv_party_identity", state=ReceiverState.PAUSED)
    assert (await engine.execute(1, paused, actor="test")).state is ReceiverState.PAUSED
    client = await enter("admin")
    page = await client.get("/console/outbox/rcv_party_identity")
    assert page.status_code == 200
    assert "adapter:party.identity" in page.text
    assert 'value="removed"' not in page.text
