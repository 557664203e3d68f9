"""The server as a process: it says when it is ready, and stops without leaving anything half done."""

import asyncio
import json
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from canglian.app.opening import Opened, opened
from canglian.app.rooms import rooms
from canglian.app.server import serve
from canglian.kernel.errors import Conflict
from canglian.kernel.outbox import ConnectAdapter
from canglian.kernel.postgres.embedded import EmbeddedPostgres
from canglian.kernel.settings import Settings
from canglian.web.principal import Role
from canglian.web.system.access import create_key
from tests.serving import PATIENCE, client_of, end, start


@pytest.fixture
def server(installation: Opened, database: str, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server process on the test's database, and its address."""
    process, address = start(database, tmp_path)
    yield process, address
    end(process)


@pytest.fixture
async def key(installation: Opened) -> str:
    _, key = await create_key(installation.services, name="t", of_book=1, role=Role.ADMIN, actor="test")
    return key


async def test_a_stop_answers_what_is_under_way_and_ends_in_order(
    server: tuple[subprocess.Popen[str], str], key: str, tmp_path: Path
) -> None:
    process, address = server
    assert address.startswith("http://127.0.0.1:")
    async with client_of(address, key) as client:
        for _ in range(2):
            made = await client.post("/v1/accounts", json={"asset": "CNY", "head": "2011", "floor": None})
            assert made.status_code == 201
        move = {"debit": 1, "credit": 2, "amount": 1, "code": "test.move"}
        waiting = [asyncio.create_task(client.post("/v1/transfers", json=move)) for _ in range(50)]
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        process.send_signal(signal.SIGTERM)
        answers = await asyncio.gather(*waiting, return_exceptions=True)
    await asyncio.to_thread(process.communicate, timeout=PATIENCE)
    errors = (tmp_path / "server.log").read_text()
    assert process.returncode == 0, errors
    lines = [json.loads(line) for line in errors.splitlines()]
    assert lines[-1]["event"] == "stopped"
    assert not [line for line in lines if line["level"] == "error"]
    posted = [answer for answer in answers if isinstance(answer, httpx.Response) and answer.status_code == 201]
    assert posted
    assert all(isinstance(answer, httpx.TransportError) or answer in posted for answer in answers)


async def test_a_taken_port_is_told_before_anything_is_started(configuration: Settings) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        settings = msgspec.structs.replace(
            configuration, port=other.getsockname()[1], database_url="postgresql://nobody@localhost:1/nothing"
        )
        with pytest.raises(Conflict, match=r"cli\.port_taken"):
            await serve(settings)


async def test_a_database_that_goes_away_is_503_and_comes_back_by_itself(
    configuration: Settings, tmp_path: Path
) -> None:
    postgres = EmbeddedPostgres(tmp_path / "postgres")
    settings = msgspec.structs.replace(configuration, database_url=postgres.start())
    async with opened(settings, migrate=True) as installation:
        await installation.open_book("main", "总行", actor="test")
        _, key = await create_key(installation.services, name="t", of_book=1, role=Role.ADMIN, actor="test")
    process, address = start(postgres.url, tmp_path)
    try:
        async with client_of(address, key) as client:
            await _goes_away_and_comes_back(client, postgres)
    finally:
        end(process)
        postgres.stop()


async def _goes_away_and_comes_back(client: httpx.AsyncClient, postgres: EmbeddedPostgres) -> None:
    account = {"asset": "CNY", "head": "2011"}
    assert (await client.post("/v1/accounts", json=account)).json()["id"] == 1
    await asyncio.to_thread(postgres.stop)
    away = await client.post("/v1/accounts", json=account)
    assert away.status_code == 503, away.text
    assert away.json()["code"] in ("database.away", "database.away_reading"), "a slow stop has the key looked up first"
    assert int(away.headers["retry-after"]) >= 1
    unread = await client.get("/v1/accounts")
    assert (unread.status_code, unread.json()["code"]) == (503, "database.away_reading"), unread.text
    assert unread.json()["detail"] == "The database does not answer, so nothing could be read. Try again.", (
        "what was asked for changes nothing anyway"
    )
    assert (await client.get("/readyz")).status_code == 503
    assert (await client.get("/livez")).status_code == 200
    await asyncio.to_thread(postgres.start)
    back = await client.post("/v1/accounts", json=account)
    for _ in range(100):
        if back.status_code == 201:
            break
        await asyncio.sleep(0.1)
        back = await client.post("/v1/accounts", json=account)
    assert (back.status_code, back.json()["id"]) == (201, 2)
    assert (await client.get("/readyz")).json() == {"status": "ready", "checks": {"database": "ok", "migrations": "ok"}}


async def test_a_running_server_sends_events_to_their_receivers(
    installation: Opened, database: str, key: str, tmp_path: Path
) -> None:
    arrived: asyncio.Queue[tuple[dict[str, str], Any]] = asyncio.Queue()

    async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        fields = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
        body = json.loads(await reader.readexactly(int(fields["content-length"])))
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        await arrived.put((fields, body))

    listener = await asyncio.start_server(receive, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    process, address = start(database, tmp_path, outbox_allow_private="true")
    try:
        async with client_of(address, key) as client:
            wanted = {"name": "shop", "url": f"http://127.0.0.1:{port}/hook", "kinds": ["account.*"]}
            added = await client.post("/v1/receivers", json=wanted)
            assert added.status_code == 201, added.text
            for _ in range(2):
                await client.post("/v1/accounts", json={"asset": "CNY", "head": "2011"})
            got = [await asyncio.wait_for(arrived.get(), PATIENCE) for _ in range(2)]
            assert [body["data"]["account"] for _, body in got] == [1, 2]
            assert all(fields["webhook-signature"].startswith("v1,") for fields, _ in got)
    finally:
        end(process)
        listener.close()


def test_every_adapter_of_the_house_is_connected_by_a_command_that_can_be_read_back() -> None:
    adapters = [adapter for room in rooms() for adapter in room.outside]
    assert len({adapter.name for adapter in adapters}) == len(adapters) >= 6
    for adapter in adapters:
        command = ConnectAdapter(adapter=adapter.name, kinds=list(adapter.kinds))
        assert msgspec.json.decode(msgspec.json.encode(command), type=ConnectAdapter) == command
