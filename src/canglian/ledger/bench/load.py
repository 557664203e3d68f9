"""A load of HTTP requests from one process: raw sockets, kept alive, as cheap for a request as Python allows.

Each connection sends its next request as soon as it has the answer to the last. What is measured is the time from
the first byte sent to the last byte received, as the client sees it.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from canglian.ledger.bench.report import percentile

Numbered = tuple[int, bytes]
"""A request and the number by which its sender knows it."""

Answered = Callable[[int, int, bytes], None]
"""Called with the number, status (0 when the connection broke before an answer) and body of every request sent."""

_LATER = (429, 503)
_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


class Load:
    """What is sent and what came back. ``seconds`` has the time of every request, by status.

    A connection that was answered 429 or 503 waits ``patience`` seconds before its next request.
    """

    def __init__(self, requests: Iterator[Numbered], answered: Answered | None = None, *, patience: float = 0) -> None:
        self.requests = requests
        self.answered = answered
        self.patience = patience
        self.seconds: dict[int, list[float]] = {}
        self.broken = 0
        self.stopping = False

    @property
    def statuses(self) -> Counter[int]:
        """How many answers there were of each status."""
        return Counter({status: len(times) for status, times in self.seconds.items()})

    def forget(self) -> None:
        """Begin to count anew: what was, was warming up."""
        self.seconds = {}

    def take(self) -> Numbered | None:
        """The next request, or None when it is over."""
        return None if self.stopping else next(self.requests, None)

    def note(self, number: int, status: int, body: bytes, seconds: float) -> None:
        """One request is answered, or broke off."""
        if status:
            self.seconds.setdefault(status, []).append(seconds)
        else:
            self.broken += 1
        if self.answered is not None:
            self.answered(number, status, body)


class _Connection(asyncio.Protocol):
    """One connection: a request, its answer, the next request."""

    def __init__(self, load: Load, over: asyncio.Future[None]) -> None:
        self._load = load
        self._over = over
        self._transport: Any = None
        self._number: int | None = None
        self._begun = 0.0
        self._received = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        if self._received:
            data = self._received + data
        head = data.find(_END)
        if head >= 0:
            total = head + 4 + _length(data, head)
            if len(data) >= total:
                self._received = b""
                self._answered(int(data[9:12]), data[head + 4 : total])
                return
        self._received = data

    def connection_lost(self, exc: Exception | None) -> None:
        if self._number is not None:
            self._load.note(self._number, 0, b"", time.perf_counter() - self._begun)
        if not self._over.done():
            self._over.set_result(None)

    def _send(self) -> None:
        if self._over.done():
            return
        taken = self._load.take()
        if taken is None:
            self._transport.close()
            return
        self._number, request = taken
        self._begun = time.perf_counter()
        self._transport.write(request)

    def _answered(self, status: int, body: bytes) -> None:
        number, self._number = self._number, None
        assert number is not None
        self._load.note(number, status, body, time.perf_counter() - self._begun)
        if self._load.patience and status in _LATER:
            asyncio.get_running_loop().call_later(self._load.patience, self._send)
        else:
            self._send()


def _length(data: bytes, head: int) -> int:
    start = data.find(_LENGTH, 0, head) + len(_LENGTH)
    return int(data[start : data.find(b"\r", start)])


async def put(load: Load, port: int, connections: int) -> None:
    """Send until the requests are out, ``load.stopping`` is set, or every connection broke."""
    loop = asyncio.get_running_loop()
    ends = [loop.create_future() for _ in range(connections)]
    for over in ends:
        try:
            await loop.create_connection(lambda over=over: _Connection(load, over), "127.0.0.1", port)
        except OSError:
            over.set_result(None)
    await asyncio.gather(*ends)


class Timed(msgspec.Struct, frozen=True):
    """What one level of load came to."""

    per_second: float
    p50_ms: float
    p99_ms: float
    statuses: dict[str, int]

    @classmethod
    def of(cls, seconds: dict[int, list[float]], took: float) -> "Timed":
        """What the times by status come to; the rate and the times are those of the requests that were done."""
        done = [second for status, times in seconds.items() if status < 300 for second in times]
        if not done:
            raise RuntimeError(f"nothing was done: { {status: len(times) for status, times in seconds.items()} }")
        return cls(
            round(len(done) / took),
            round(percentile(done, 0.5) * 1000, 3),
            round(percentile(done, 0.99) * 1000, 3),
            {str(status): len(times) for status, times in sorted(seconds.items())},
        )


async def timed(load: Load, port: int, connections: int, *, warm: float, seconds: float) -> Timed:
    """Put a load on for ``warm`` seconds without and then ``seconds`` with a count."""
    task = asyncio.ensure_future(put(load, port, connections))
    await asyncio.sleep(warm)
    load.forget()
    start = time.perf_counter()
    await asyncio.sleep(seconds)
    took = time.perf_counter() - start
    counted, load.stopping = dict(load.seconds), True
    load.forget()
    await task
    return Timed.of(counted, took)


def request(path: str, key: str, body: bytes, token: str) -> bytes:
    """A POST with its own idempotency key."""
    return (
        f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {token}\r\nidempotency-key: {key}\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    ).encode() + body
