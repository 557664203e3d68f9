"""Clients that take their time are let go; those that are merely slow are served."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from canglian.kernel.settings import Settings
from canglian.web.slow import BODY, HEADERS, NOTHING, UNREAD_SECONDS, Limits
from tests.serving import PATIENCE, end, start

Connect = Callable[[], Any]


@pytest.fixture
def connect(database: str, tmp_path: Path) -> Iterator[Connect]:
    """Connects to a server that gives a request two seconds."""
    process, address = start(database, tmp_path, header_seconds="2", body_seconds="2")
    host, port = address.removeprefix("http://").split(":")
    yield lambda: asyncio.open_connection(host, int(port))
    end(process)


async def trickle(connect: Connect, *pieces: bytes, then: bytes = b"") -> bytes:
    """Send some pieces at once and then a byte each tenth of a second, until the server ends the connection."""
    reader, writer = await connect()
    writer.write(b"".join(pieces))
    sent = asyncio.create_task(reader.read())
    async with asyncio.timeout(PATIENCE):
        while not sent.done():
            if then and not writer.transport.is_closing():
                writer.write(then)
            await asyncio.wait([sent], timeout=0.1)
    writer.close()
    with_error = sent.exception()
    return b"" if with_error is not None else sent.result()


HEAD = b"POST /v1/transfers HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ck_abcdefgh_x\r\n"
POST = b"POST /console/login HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-www-form-urlencoded\r\n"


async def test_no_connection_keeps_the_server_waiting(connect: Connect) -> None:
    """Not by sending nothing, nor some of the headers or of the body, byte by byte or not at all.

    Who still sends while the server ends the connection may miss what the server said.
    """
    length = b"content-length: 100000\r\n\r\n"
    answers = await asyncio.gather(
        trickle(connect),
        trickle(connect, b"G"),
        trickle(connect, b"GET / HTTP/1.1\r\nx: ", then=b"a"),
        trickle(connect, HEAD, then=b"x-a: b\r\n"),
        trickle(connect, POST, length, then=b"a"),
        trickle(connect, POST, b"transfer-encoding: chunked\r\n\r\n", then=b"1\r\na\r\n"),
        trickle(connect, b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n", b"GET / HTTP/1.1\r\nx: ", then=b"a"),
        *(trickle(connect, b"GET / HTTP/1.1\r\n", then=b"") for _ in range(100)),
    )
    assert answers[0] == b""
    assert all(b" 408 " in answer for answer in (answers[1], *answers[7:]))
    assert all(answer == b"" or b" 408 " in answer for answer in answers[2:7])


async def test_a_slow_body_that_keeps_coming_is_waited_for(connect: Connect) -> None:
    reader, writer = await connect()
    body = b"login=admin&password=" + b"x" * 20_000
    writer.write(POST + f"content-length: {len(body)}\r\n\r\n".encode())
    pieces = [body[at : at + 1_000] for at in range(0, len(body), 1_000)]
    for piece in pieces:
        writer.write(piece)
        await asyncio.sleep(0.2)
    line = await asyncio.wait_for(reader.readline(), PATIENCE)
    writer.close()
    assert line.split()[1] == b"403"  # read to its end, and without the token of a form


def waiting(reading: int, since: float, **more: Any) -> Any:
    """A connection that waits since then."""
    ended: list[str] = []
    transport = SimpleNamespace(
        is_closing=lambda: bool(ended),
        close=lambda: ended.append("closed"),
        abort=lambda: ended.append("aborted"),
        write=lambda _: ended.append("late"),
    )
    flow = SimpleNamespace(write_paused=more.pop("unread", False), read_paused=more.pop("paused", False))
    given = {"cycle": None, "received": 0, "unread_since": 0.0, **more}
    return SimpleNamespace(reading=reading, since=since, transport=transport, flow=flow, ended=ended, **given)


DONE = SimpleNamespace(response_complete=True, response_started=True)
BUSY = SimpleNamespace(response_complete=False, response_started=True)


@pytest.mark.parametrize(
    ("connection", "is_ended"),
    [
        (waiting(NOTHING, 0), True),
        (waiting(NOTHING, 1), False),
        (waiting(NOTHING, 0, cycle=BUSY), False),
        (waiting(NOTHING, 0, cycle=DONE), False),
        (waiting(HEADERS, 0, cycle=DONE), True),
        (waiting(HEADERS, 0), True),
        (waiting(HEADERS, 0, paused=True), False),
        (waiting(BODY, 0, cycle=BUSY), False),
        (waiting(BODY, -20, cycle=BUSY), True),
        (waiting(BODY, -20, cycle=BUSY, received=20_000), False),
    ],
)
def test_what_waits_for_the_client_is_bounded_and_what_waits_for_the_server_is_not(
    connection: Any, is_ended: bool
) -> None:
    Limits(Settings()).sweep([connection], 10.5)
    assert bool(connection.ended) == is_ended


def test_an_answer_that_nobody_reads_is_given_up() -> None:
    limits, connection = Limits(Settings()), waiting(NOTHING, 0, cycle=BUSY, unread=True)
    for now in (1.0, UNREAD_SECONDS):
        limits.sweep([connection], now)
        assert connection.ended == []
    limits.sweep([connection], UNREAD_SECONDS + 2.0)
    assert connection.ended == ["aborted"]


def test_an_address_has_so_many_connections_and_gets_others_when_it_lets_go() -> None:
    limits = Limits(Settings(connections_max=2, trusted_hops=1, trusted_proxies="10.0.0.1"))
    sources = [limits.enter(("203.0.113.9", port)) for port in range(3)]
    assert sources == ["203.0.113.9", "203.0.113.9", None]
    assert limits.enter(("203.0.113.10", 1)) is not None
    assert [limits.enter((f"2001:db8::{n}", 1)) for n in range(1, 4)][-1] is None
    for client in (("127.0.0.1", 1), ("::1", 1), ("10.0.0.1", 1), None):
        assert [limits.enter(client) for _ in range(5)] == [""] * 5
    limits.leave("203.0.113.9")
    assert limits.enter(("203.0.113.9", 9)) == "203.0.113.9"
