"""An engine with events, and a real HTTP receiver on loopback."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
import pytest

from canglian.kernel import Engine
from canglian.kernel.crypto import Keyring
from canglian.kernel.outbox import Dispatcher, Policy, Receiver, add_receiver
from canglian.kernel.postgres.reader import Reader
from canglian.kernel.postgres.store import PostgresStore
from tests.kernel.toy import MakeBox

KEYRING = Keyring({"1": b"k" * 32}, b"i" * 32)
START = datetime(2026, 1, 5, 1, tzinfo=UTC)


class Heard(NamedTuple):
    """One message as it came in."""

    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def number(self) -> int:
        return msgspec.json.decode(self.body)["number"]

    def is_signed_with(self, secret: str) -> bool:
        """Checked as the specification says, with nothing of ours."""
        content = f"{self.id}.{self.headers['webhook-timestamp']}.".encode() + self.body
        key = base64.b64decode(secret.removeprefix("whsec_"))
        wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        given = [signature.split(",", 1) for signature in self.headers["webhook-signature"].split(" ")]
        return ["v1", wanted] in given


class Ear:
    """A tiny HTTP/1.1 server: keeps what it hears and answers as ``answer`` says (a status, or bytes as they are)."""

    def __init__(self) -> None:
        self.heard: list[Heard] = []
        self.answer: Callable[[Heard], Awaitable[int | bytes]] = self.ok
        self.at_once = 0
        self.connections = 0
        self.most_at_once = 0
        self._server: asyncio.Server | None = None

    async def ok(self, _heard: Heard) -> int:
        return 204

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/hook?of=us"

    @property
    def numbers(self) -> list[int]:
        return [heard.number for heard in self.heard]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode().split("\r\n")
                headers = dict(_header(line) for line in lines[1:] if line)
                heard = Heard(headers, await reader.readexactly(int(headers["content-length"])))
                self.at_once += 1
                self.most_at_once = max(self.most_at_once, self.at_once)
                self.heard.append(heard)
                try:
                    answer = await self.answer(heard)
                finally:
                    self.at_once -= 1
                if isinstance(answer, int):
                    answer = f"HTTP/1.1 {answer} x\r\ncontent-length: 0\r\n\r\n".encode()
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def _header(line: str) -> tuple[str, str]:
    name, _, value = line.partition(": ")
    return name.lower(), value


class Post:
    """An engine on book 1, and dispatchers on it, under a clock that tests move."""

    def __init__(self, store: PostgresStore) -> None:
        self.store = store
        self.reader = Reader(store.pool)
        self.now = START
        self.engine = Engine(store, clock=lambda: self.now)
        self.dispatchers: list[Dispatcher] = []

    def dispatcher(self, **policy: Any) -> Dispatcher:
        chosen = Policy(**{"allow_private": True, "timeout_seconds": 2.0, **policy})
        dispatcher = Dispatcher(self.engine, self.reader, KEYRING, chosen, clock=lambda: self.now)
        self.dispatchers.append(dispatcher)
        return dispatcher

    async def add(self, url: str, **fields: Any) -> tuple[Receiver, str]:
        return await add_receiver(self.engine, KEYRING, 1, actor="user:ann", **{"url": url, "name": "shop", **fields})

    async def events(self, count: int) -> None:
        """So many events of kind ``box.made``."""
        await asyncio.gather(*(self.engine.submit(1, MakeBox(holds=n), actor="t") for n in range(count)))

    async def receiver(self, identity: str) -> Receiver:
        return (await self.store.load(1, Receiver, [identity]))[identity]

    async def pump(self, dispatcher: Dispatcher) -> None:
        """One turn, to its end."""
        await dispatcher.turn(1)
        await dispatcher.settle()

    def later(self, **gap: float) -> None:
        self.now += timedelta(**gap)


@pytest.fixture
async def post(toy_database: str) -> AsyncIterator[Post]:
    store = await PostgresStore.open(toy_database)
    post = Post(store)
    await post.engine.found(1, date(2026, 1, 5))
    yield post
    for dispatcher in post.dispatchers:
        await dispatcher.close()
    await post.engine.stop()
    await store.close()


@pytest.fixture
async def ear() -> AsyncIterator[Ear]:
    listening = Ear()
    await listening.start()
    yield listening
    await listening.stop()
