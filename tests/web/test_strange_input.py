"""Whatever a stranger sends is answered as the stranger's fault, never as ours: no 500, no trace in the log."""

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from canglian.app.demo.logins import PASSWORD, make_logins
from canglian.app.opening import Opened
from canglian.app.server import application
from canglian.kernel.queries.paging import Order
from canglian.ledger.commands import OpenAccount
from canglian.ledger.queries.transfers import TransferFilter, transfers
from canglian.web.principal import Role
from canglian.web.services import Services
from canglian.web.system.access import create_key
from tests.serving import PATIENCE, Served
from tests.web.entering import send, token_in
from tests.web.strange import COOKIE, requests

SEED = 20_261_129
REQUESTS = 1_200
CONNECTIONS = 8
FORMS = {"/console/login": "canglian_form", "/m/sign-in": "canglian_person_form"}


@pytest.fixture
def server(serve_at: Callable[[str], Served]) -> str:
    """The address of a server process."""
    return serve_at("").address


async def ask(address: str, request: bytes) -> int:
    """The status of the answer to a request on a connection of its own; 0 for none."""
    reader, writer = await _connect(address)
    writer.write(request)
    line = await asyncio.wait_for(reader.readline(), PATIENCE)
    writer.close()
    return int(line.split()[1]) if line else 0


async def _connect(address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, port = address.removeprefix("http://").split(":")
    return await asyncio.open_connection(host, int(port))


def traces(folder: Path) -> list[Any]:
    """What the server's log says of faults of ours."""
    lines = (folder / "server.log").read_text().splitlines()
    return [line for line in lines if "Traceback" in line or '"error"' in line]


def paths() -> list[str]:
    """All that the server answers, as templates."""
    found = {re.sub(r":[a-z]+}", "}", route.path_format) for route in application(4 * 2**20).routes}
    return sorted(found | {"/static/{file}", "/outside/rail/1", "/nothing"})


async def tokens(address: str) -> dict[str, str]:
    """The token of the forms of both kinds of pages, for a browser whose cookie is ``COOKIE``."""
    async with httpx.AsyncClient(base_url=address, timeout=PATIENCE) as client:
        return {
            name: token_in((await client.get(page, headers={"cookie": f"{name}={COOKIE}"})).text)
            for page, name in FORMS.items()
        }


async def signed_in(services: Services, address: str) -> list[dict[str, str]]:
    """The headers of an administrator, by a key and by a session of the console."""
    await make_logins(services, 1)
    _, key = await create_key(services, name="strange", of_book=1, role=Role.ADMIN, actor="test")
    async with httpx.AsyncClient(base_url=address, timeout=PATIENCE) as client:
        await send(client, "/console/login", login="admin", password=PASSWORD)
        cookie = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        token = token_in((await client.get("/console/security")).text)
    return [{"authorization": f"Bearer {key}"}, {"cookie": cookie, "x-form-token": token}]


async def _is_signed_in(address: str, headers: dict[str, str]) -> bool:
    path = "/v1/accounts" if "authorization" in headers else "/console/accounts"
    async with httpx.AsyncClient(base_url=address, timeout=PATIENCE) as client:
        return (await client.get(path, headers=headers)).status_code == 200


@pytest.mark.slow
async def test_no_strange_request_is_a_fault_of_ours(server: str, installation: Opened, tmp_path: Path) -> None:
    signed = await signed_in(installation.services, server)
    pending = list(requests(paths(), await tokens(server), signed, SEED, REQUESTS))
    faults: list[Any] = []

    async def work() -> None:
        while pending:
            request = pending.pop()
            status = await ask(server, request)
            if not 200 <= status < 500:
                faults.append((status, request[:300]))

    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    assert faults == []
    assert traces(tmp_path) == []
    assert [await _is_signed_in(server, headers) for headers in signed] == [True, True]


def plain(method: str, path: str, host: str, headers: str) -> bytes:
    """A request with little in it."""
    lines = [f"{method} {path} HTTP/1.1", f"host: {host}", "content-length: 0", *filter(None, [headers])]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


ONCE = (
    ("GET /static/%00", "", 404),
    ("GET /static/" + "a" * 5_000, "", 404),
    ("GET /static/" + "a/" * 2_000, "", 404),
    ("GET /static/%2e%2e/manifest.json", "", 404),
    ("GET /static/manifest.json", "", 200),
    ("OPTIONS /nothing", "", 404),
    ("GET /metrics", "", 200),
    ("GET /metrics", "X-Forwarded-For: garbage", 403),
    ("GET /metrics", "X-Forwarded-For: 127.0.0.1", 403),
    ("POST /console/language", "Origin: http://[", 403),
    ("POST /m/language", "Origin: http://[", 403),
    ("POST /m/language", "Origin: http://a]", 403),
)
"""What was answered with 500 once, and what stands beside it."""


async def test_what_was_a_fault_once_is_none(server: str, tmp_path: Path) -> None:
    host = server.removeprefix("http://")
    for line, header, wanted in ONCE:
        lines = [f"{line} HTTP/1.1", f"host: {host}", "content-length: 0", *filter(None, [header]), "", ""]
        assert await ask(server, "\r\n".join(lines).encode()) == wanted, line[:60]
    assert traces(tmp_path) == []


GONE = (
    ("/v1/transfers", b'{"debit":1,"credit":2,"amount":5,"code":"test.move"}'),
    ("/v1/holds", b'{"debit":1,"credit":2,"amount":5,"code":"test.hold"}'),
    ("/console/login", b"login=admin"),
    ("/m/sign-in", b"mobile=13800138000"),
)


async def test_a_client_that_goes_away_in_the_middle_of_a_body_leaves_a_line_and_no_trace(
    installation: Opened, serve_at: Callable[[str], Served], tmp_path: Path
) -> None:
    """What came may be whole as JSON: it is not what the client wanted to send, and nothing is done."""
    services = installation.services
    for _ in range(2):
        await services.engine.execute(1, OpenAccount(asset="CNY", head="2011", floor=None), actor="test")
    _, key = await create_key(services, name="t", of_book=1, role=Role.ADMIN, actor="test")
    address = serve_at(key).address
    for path, body in GONE:
        _, writer = await _connect(address)
        kind = "application/json" if path.startswith("/v1") else "application/x-www-form-urlencoded"
        lines = [f"POST {path} HTTP/1.1", "host: x", f"content-type: {kind}", f"authorization: Bearer {key}"]
        writer.write("\r\n".join([*lines, f"content-length: {len(body) + 1}", "", ""]).encode() + body)
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.close()
    gone: list[str] = []
    log: list[Any] = []
    async with asyncio.timeout(PATIENCE):
        while len(gone) < len(GONE):
            await asyncio.sleep(0.05)
            log = [json.loads(line) for line in (tmp_path / "server.log").read_text().splitlines()]
            gone = [line["path"] for line in log if line["event"] == "client went away"]
    assert sorted(gone) == sorted(path for path, _ in GONE)
    assert {line["level"] for line in log} == {"info"}
    assert traces(tmp_path) == []
    page = await transfers(services.reader, 1, TransferFilter(), Order())
    assert list(page.items) == []
