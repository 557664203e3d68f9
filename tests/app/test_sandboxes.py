"""The sandboxes as programs: signatures and nonces, one doing for one key, restarts, faults to order, their end."""

import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest

from canglian.app.demo.worlds import beside
from canglian.app.sandboxes import serving
from canglian.kernel.errors import CanglianError, Conflict, Malformed, Unavailable
from canglian.kernel.settings import Settings
from canglian.web.outside import Client, connection, connections, is_connected
from canglian.web.outside import client as client_module
from canglian.web.outside.connections import Connection
from canglian.web.sandbox.faults import Faults, Mischief, read
from canglian.web.sandbox.journal import Journal
from canglian.web.signing import Asked, signed_request
from canglian.web.signing_keys import SigningKey
from tests import sandboxes
from tests.sandboxes import Sandboxes
from tests.serving import PATIENCE

MESSAGE = {"mobile": "13812345678", "template": "notice", "values": {"text": "<b>你好</b>"}}


def connected(worlds: Sandboxes, **more: Any) -> Settings:
    return worlds.connected(Settings(), **more)


@pytest.mark.parametrize("algorithm", ["ed25519", "hmac-sha256"])
async def test_a_signed_client_is_understood_and_a_key_does_once(tmp_path: Path, algorithm: str) -> None:
    with sandboxes.running(tmp_path, "--algorithm", algorithm, world="sms") as worlds:
        async with Client(connections(connected(worlds)), timeout_seconds=5) as client:
            first = await client.call("sms", "POST", "/messages", MESSAGE, key="one")
            again = await client.call("sms", "POST", "/messages", MESSAGE, key="one")
            other = await client.call("sms", "POST", "/messages", MESSAGE, key="two")
            assert first == again
            assert first.data != other.data
            assert len(worlds.inbox()) == 2
            with pytest.raises(CanglianError) as caught:
                await client.call("sms", "POST", "/messages", {**MESSAGE, "mobile": "13800000000"}, key="one")
            assert (caught.value.code, caught.value.fields["status"]) == ("outside.refused", 422)
            with pytest.raises(Unavailable) as away:
                await client.call("rail", "GET", "/files/2026-01-05")
            assert away.value.code == "outside.not_connected"
        page = httpx.get(f"{worlds.addresses['sms']}/inbox", trust_env=False, timeout=PATIENCE).text
        assert "&lt;b&gt;你好" in page
        assert "<b>你好" not in page


@pytest.mark.parametrize(
    ("header", "wait_ms", "times"), [("120", 120_000, 1), (None, None, 3), ("0", 0, 3), ("soon", None, 3)]
)
@pytest.mark.parametrize("status", [429, 503])
async def test_a_service_that_says_when_to_come_again_is_not_asked_before(
    monkeypatch: pytest.MonkeyPatch, status: int, header: str | None, wait_ms: int | None, times: int
) -> None:
    asked: list[str] = []

    def believe(*_: object) -> None:
        """Take the answer for signed."""

    async def answer(_client: Client, _connection: object, method: str, *_: object) -> Any:
        asked.append(method)
        return status, {} if header is None else {"retry-after": header}, b"", {}

    monkeypatch.setattr(Client, "_exchange", answer)
    monkeypatch.setattr(client_module, "_verify", believe)
    monkeypatch.setattr(client_module, "PAUSE_SECONDS", 0.001)
    key = SigningKey.new("bank", "hmac-sha256")
    async with Client({"sms": Connection("sms", "http://127.0.0.1:1", key, key.public)}, timeout_seconds=5) as client:
        with pytest.raises(Unavailable) as away:
            await client.call("sms", "GET", "/messages")
    assert (away.value.code, away.value.wait_ms, len(asked)) == ("outside.away", wait_ms, times)


@pytest.mark.parametrize("world", ["sms", "identity", "rail"])
def test_a_body_that_is_nested_deeply_or_no_json_is_the_senders_fault(tmp_path: Path, world: str) -> None:
    places = {"sms": "/messages", "identity": "/checks/elements", "rail": "/orders"}
    deep = (b"[" * 50_000, b'{"a":' * 20_000, b'{"values":' + b"[" * 3_000)
    with sandboxes.in_a_thread(tmp_path) as worlds, httpx.Client(trust_env=False, timeout=PATIENCE) as client:
        address, key = worlds.addresses[world], SigningKey.read(worlds.settings[f"{world}_key"])
        for number, body in enumerate((*deep, b"{", b"\xff", b'"\\ud800"', b"[]", b"null", b"1e999")):
            headers = {"content-type": "application/json", "idempotency-key": f"deep-{number}"}
            asked = Asked("POST", urlsplit(address).netloc, places[world], "", headers, body)
            signed = {**headers, **signed_request(key, asked, time.time())}
            answer = client.post(f"{address}{places[world]}", content=body, headers=signed)
            assert (answer.status_code, answer.json()["code"]) == (400, "malformed"), body[:20]
            answer = client.put(f"{address}/faults", content=body)
            assert (answer.status_code, answer.json()["code"]) == (422, "fault_invalid"), body[:20]


async def test_a_nonce_is_taken_once_also_after_a_restart(tmp_path: Path) -> None:
    with sandboxes.running(tmp_path, world="sms") as worlds:
        port = worlds.ports[0]
        key = SigningKey.read(worlds.settings["sms_key"])
        address = worlds.addresses["sms"]
        body = msgspec.json.encode(MESSAGE)
        headers = {"content-type": "application/json", "idempotency-key": "one"}
        asked = Asked("POST", urlsplit(address).netloc, "/messages", "", headers, body)
        whole = {**headers, **signed_request(key, asked, time.time())}

        def post(more: dict[str, str]) -> tuple[int, str | None]:
            answer = httpx.post(f"{address}/messages", content=body, headers=more, trust_env=False, timeout=PATIENCE)
            return answer.status_code, answer.json().get("code")

        assert post(headers) == (401, "signature.missing")
        stranger = SigningKey.new("bank")
        assert post({**headers, **signed_request(stranger, asked, time.time())}) == (401, "signature.wrong")
        assert post({**headers, **signed_request(key, asked, time.time() - 301)}) == (401, "signature.out_of_time")
        assert post(whole) == (202, None)
        assert post(whole) == (401, "signature.replayed")
    with sandboxes.running(tmp_path, "--port", str(port), world="sms") as worlds:
        assert post(whole) == (401, "signature.replayed")
        assert len(worlds.inbox()) == 1


async def test_a_bank_with_another_key_is_told_so_and_a_world_with_another_key_is_not_believed(tmp_path: Path) -> None:
    with sandboxes.running(tmp_path, world="identity") as worlds:
        stranger = str(SigningKey.new("bank"))
        body = {"name": "欧阳", "number": "1", "session": "s"}
        cases = ((connected(worlds, identity_key=stranger), "outside.denied"),)
        cases += ((connected(worlds, identity_peer=stranger), "outside.answer_unsigned"),)
        for settings, code in cases:
            async with Client(connections(settings), timeout_seconds=5) as client:
                with pytest.raises(Unavailable) as caught:
                    await client.call("identity", "POST", "/checks/liveness", body, key="k")
            assert caught.value.code == code
            assert "欧阳" not in str(caught.value)


async def test_a_second_demo_does_not_keep_its_worlds_in_the_folder_of_the_first(tmp_path: Path) -> None:
    """A world keeps its books in a file of its own, which two of them would spoil; another world may run beside it."""
    settings = Settings(data_dir=str(tmp_path), port=0)
    with sandboxes.running(tmp_path / "sandbox", world="sms"):
        with pytest.raises(Conflict) as refused:
            async with beside(settings):
                pass
        assert (refused.value.code, refused.value.fields["name"]) == ("folder.in_use", "sms")
        with pytest.raises(Conflict):
            async with serving(["sms"], tmp_path / "sandbox"):
                pass
        async with serving(["rail"], tmp_path / "sandbox") as running:
            assert set(running.addresses) == {"rail"}


def test_sandboxes_end_with_whoever_started_them(tmp_path: Path) -> None:
    started = sandboxes.start(tmp_path)
    assert started.process.stdin is not None
    started.process.stdin.close()
    assert sandboxes.gone(started.process)
    assert started.process.stdout is not None
    started.process.stdout.close()


@pytest.mark.parametrize("host", ["evil.example", "10.0.0.1:8101", "localhost.evil.example"])
def test_no_page_of_the_web_reaches_the_control_by_a_name_of_its_own(tmp_path: Path, host: str) -> None:
    with sandboxes.running(tmp_path, world="sms") as worlds:
        for path in ("/faults", "/inbox", "/"):
            answer = httpx.get(
                worlds.addresses["sms"] + path, headers={"host": host}, trust_env=False, timeout=PATIENCE
            )
            assert answer.status_code == 403, path


def test_a_fault_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with sandboxes.running(tmp_path, "--fault", "slow=0.25", world="sms") as worlds:
        url = f"{worlds.addresses['sms']}/faults"
        for wrong in ({"slwo": 1}, {"slow": 2}, {"slow": "often"}, []):
            assert httpx.put(url, json=wrong, trust_env=False, timeout=PATIENCE).status_code == 422
        assert httpx.get(url, trust_env=False, timeout=PATIENCE).json()["slow"] == 0.25


@pytest.mark.parametrize("text", ["slwo=1", "slow", "slow=often", "slow=2", "slow=-1", "times=1"])
def test_a_fault_on_the_command_line_is_a_rate(text: str) -> None:
    with pytest.raises(Malformed):
        read([text])


def test_mischief_ends_after_its_times_and_is_the_same_for_a_seed() -> None:
    mischief = Mischief(Faults(error=1.0, times=2))
    assert [mischief.strikes("error") for _ in range(4)] == [True, True, False, False]
    half = [[Mischief(Faults(slow=0.5), seed).strikes("slow") for _ in range(1)] for seed in (1, 1)]
    assert half[0] == half[1]


def test_a_line_that_a_crash_cut_short_is_taken_off(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    journal = Journal(path)
    journal.add({"a": 1})
    journal.close()
    with path.open("ab") as file:
        file.write(b'{"a": 2')
    again = Journal(path)
    assert list(again.lines()) == [{"a": 1}]
    again.add({"a": 3})
    assert list(again.lines()) == [{"a": 1}, {"a": 3}]
    again.close()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"sms_url": "http://10.0.0.1:80"}, "sms_url"),
        ({"sms_url": "http://sms.example"}, "sms_url"),
        ({"sms_url": "ftp://127.0.0.1"}, "sms_url"),
        ({"sms_url": "https://user:x@sms.example"}, "sms_url"),
        ({"sms_key": None}, "sms_key"),
        ({"sms_key": "bank:ed25519:short"}, "sms_key"),
        ({"sms_peer": "nonsense"}, "sms_peer"),
    ],
    ids=str,
)
def test_a_connection_by_half_is_refused_and_its_key_is_not_repeated(change: dict[str, Any], name: str) -> None:
    key = SigningKey.new("bank")
    whole: dict[str, Any] = {"sms_url": "https://sms.example", "sms_key": str(key), "sms_peer": str(key.public)}
    assert connection(Settings(**whole), "sms") is not None
    assert not is_connected(Settings(**whole), "rail")
    with pytest.raises(Malformed) as caught:
        connection(Settings(**{**whole, **change}), "sms")
    assert caught.value.fields["name"] == name
    assert str(change.get(name)) not in str(caught.value)
